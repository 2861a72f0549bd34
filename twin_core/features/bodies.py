"""Bodies of components and of paired tags that stand further in than their tags.

Syntax: docusaurus.io (tabs), gohugo.io (shortcodes); by mdxjs.com/docs/what-is-mdx MDX has no
indented code.
"""

import re
from typing import NamedTuple

from twin_core.features.components import component_tags
from twin_core.features.shown_words import BLOCK_START, Edit, before_in_line
from twin_core.features.template_tags import block_tags

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")


class _Mark(NamedTuple):
    """A tag. column: how far in it is; None where something stands before it in its line, or, if
    it opens, behind it."""

    name: str
    closes: bool
    column: int | None


class _Body:
    """What a tag has opened: its first line, how far in the tag is (None where that does not have
    its line for itself), and how far in the least of its lines is."""

    def __init__(self, name: str, line: int, column: int | None) -> None:
        self.name, self.line, self.column = name, line, column
        self.least: int | None = None

    def holds(self, column: int | None) -> None:
        if column is not None:
            self.least = column if self.least is None else min(self.least, column)

    def moves_by(self) -> int:
        if self.column is None or self.least is None:
            return 0
        return max(0, self.least - self.column)


def levelled(text: str, hidden: str) -> list[Edit]:
    """Bodies of components and of paired tags that stand further in than their tags, moved to
    where those stand: without the tags they would be code. Their lines keep how they stand to
    each other."""
    tags = _tags_by_line(text, hidden)
    if not tags:
        return []
    lines = text.split("\n")
    moved = _moved(lines, tags)
    edits, start, by = [], 0, 0
    for number, line in enumerate(lines):
        by += moved[number]
        spread = _spread(line) if by and line.strip() else line
        kept = spread[min(by, _column(spread)) :] if by and line.strip() else line
        if kept != line:
            edits.append((start, start + len(line), kept))
        start += len(line) + 1
    return edits


def _tags_by_line(text: str, hidden: str) -> dict[int, list[_Mark]]:
    found = [
        (one.start(), one.end(), f"<{one[2]}", bool(one[1]))
        for one in component_tags(hidden)
        if not one[3].endswith("/")
    ]
    by_line: dict[int, list[_Mark]] = {}
    number, counted = 0, 0
    for start, end, name, closes in sorted([*found, *block_tags(text, hidden)]):
        if start < counted:  # a tag within a tag
            continue
        at = start if closes else end
        number, counted = number + text.count("\n", counted, at), at
        before = before_in_line(text, start)
        begins = before is not None and ">" not in before and BLOCK_START.fullmatch(before)
        column = len(before.expandtabs(4)) if begins and before is not None else None
        if not closes and text[end : end + 200].split("\n", 1)[0].strip():
            column = None
        by_line.setdefault(number, []).append(_Mark(name, closes, column))
    return by_line


def _moved(lines: list[str], tags: dict[int, list[_Mark]]) -> list[int]:
    """Of each line by how much more than the one before it is moved."""
    moved = [0] * (len(lines) + 2)
    opened: list[_Body] = []
    names: dict[str, int] = {}
    fence = ""
    for number, line in enumerate(lines):
        column = _column(_spread(line)) if line.strip() and not fence else None
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        for tag in tags.get(number, ()):
            ends_above = tag.closes and tag.column is not None
            if not ends_above:
                if opened:
                    opened[-1].holds(column)
                column = None
            if not tag.closes:
                opened.append(_Body(tag.name, number + 1, tag.column))
                names[tag.name] = names.get(tag.name, 0) + 1
            elif names.get(tag.name):
                body = _closed(opened, names, tag.name)
                moved[body.line] += body.moves_by()
                moved[max(body.line, number + (not ends_above))] -= body.moves_by()
        if opened:
            opened[-1].holds(column)
    return moved


def _closed(opened: list[_Body], names: dict[str, int], name: str) -> _Body:
    """The last body of that name, taken from those that are open with all that was left open in
    it; what is around it holds its lines too."""
    body = opened.pop()
    names[body.name] -= 1
    while body.name != name:
        opened[-1].holds(body.least)
        body = opened.pop()
        names[body.name] -= 1
    if opened:
        opened[-1].holds(body.least)
    return body


def _column(spread: str) -> int:
    return len(spread) - len(spread.lstrip(" "))


def _spread(line: str) -> str:
    """The line with the tabs that it is indented by as spaces."""
    bare = line.lstrip(" \t")
    return line[: len(line) - len(bare)].expandtabs(4) + bare
