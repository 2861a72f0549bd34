"""Markdown as spans: which characters of a text are the author's prose, and which are something
else."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from twin_core.nested import own_list, own_paragraph

LONG_HEADING = 15  # words; what has more is a text: a paragraph above a line of dashes, mostly
PROSE = "prose"
REFERENCE = "reference"  # what no block holds: link definitions, for the most part
_KINDS = {
    "Paragraph": PROSE,
    "Heading": "heading",
    "CodeBlock": "code",
    "BlockQuote": "quote",
    "List": "list",
    "Table": "table",
    "HtmlBlock": "html",
    "Rule": "rule",
}

# A heading that reads as it is written; the parser reads all others.
_UNMARKED = re.compile(r"(#{1,6}) ([^\W_](?:[ ,.:;?'’/-]?[^\W_])*[.?]?)")
_AFTER = re.compile(r"\n[ \t]*\n ?\[[^\]\n]+\]:")  # definitions that the parser adds to a list


class Block(NamedTuple):
    """A top-level block: text[start:end], what it is, and the headings above it."""

    kind: str
    start: int
    end: int
    headings: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _parser():
    import pyromark

    return pyromark.Markdown(options=pyromark.Options.ENABLE_TABLES)


def blocks(text: str) -> list[Block]:
    """The top-level blocks of a CommonMark text with tables, in order.

    Whole lines; every character that is not white space belongs to exactly one. Headings as they
    read, without their marks.
    """
    found: list[Block] = []
    path: list[tuple[int, str]] = []
    headings: tuple[str, ...] = ()
    covered = 0
    for kind, level, name, start, end in _top_level(text) if text.isascii() else _wide(text):
        if start and text[start - 1] != "\n":  # the parser leaves out indentation
            line = text.rfind("\n", covered, start) + 1  # 0: none, or the first line
            start = line if (line or not covered) and text[line:start].isspace() else start
        if kind in ("list", "quote") and (after := _AFTER.search(text, start, end)):
            end = after.start()
        while end > start and text[end - 1].isspace():
            end -= 1
        if start - covered > 2:
            if lost := _reference(text, covered, start, headings):
                found.append(lost)
            covered = start  # the block itself may be white space of Unicode, and none then
        if level:
            path = [step for step in path if step[0] < level]
            path.append((level, name))
            headings = tuple(name for _, name in path)
        if start < end:
            found.append(Block(kind, start, end, headings))
            covered = end
    if lost := _reference(text, covered, len(text), headings):
        found.append(lost)
    return found


def headed(text: str, spans: Iterable[Iterable[Any]]) -> list[Block]:
    """`blocks(text)` where all but the headings is known already: (kind, start, end) of each.

    Of these those alone are parsed that have marks, unless one may refer to a definition elsewhere
    in the text.
    """
    found: list[Block] = []
    path: list[tuple[int, str]] = []
    headings: tuple[str, ...] = ()
    for kind, start, end in spans:
        if kind == "heading":
            line = text[start:end]
            if unmarked := _UNMARKED.fullmatch(line):
                level, name = len(unmarked[1]), unmarked[2]
            else:
                parsed = _top_level(line.encode("utf-8", "replace").decode())
                alone, level, name, *_ = next(parsed, ("", 0, "", 0, 0))
                if alone != kind or "[" in line:
                    return blocks(text)
            path = [step for step in path if step[0] < level]
            path.append((level, name))
            headings = tuple(name for _, name in path)
        found.append(Block(kind, start, end, headings))
    return found


def _reference(text: str, start: int, end: int, headings: tuple[str, ...]) -> Block | None:
    """What is between two blocks, if that is more than white space."""
    gap = text[start:end]
    content = gap.strip()
    if not content:
        return None
    start += len(gap) - len(gap.lstrip())
    return Block(REFERENCE, start, start + len(content), headings)


def _wide(text: str) -> Iterator[tuple[str, int, str, int, int]]:
    """`_top_level` with offsets in characters, where the parser counts bytes of UTF-8."""
    content = text.encode("utf-8", "replace")  # a lone surrogate becomes a character too
    before = place = 0  # the same place, in bytes and in characters
    for kind, level, name, start, end in _top_level(content.decode()):
        place += len(content[before:start].decode())
        length = len(content[start:end].decode())
        yield kind, level, name, place, place + length
        before, place = end, place + length


def _top_level(text: str) -> Iterator[tuple[str, int, str, int, int]]:
    """(kind, heading level or 0, heading's text, first byte, end) of each top-level block."""
    events: Iterator[tuple[Any, Any]] = _parser().events_with_range(text)
    edge = 0
    for event, where in events:
        if where["end"] <= edge:  # within the block before, or its end
            continue
        tag = event if event.__class__ is str else event["Start"]
        level, name = 0, ""
        edge = where["end"]
        if tag.__class__ is dict:
            if "Heading" in tag:
                level, name = int(tag["Heading"]["level"][1:]), _heading(events)
            tag = next(iter(tag))
        yield _KINDS[tag], level, name, where["start"], edge


def _heading(events: Iterator[tuple[Any, Any]]) -> str:
    """The text of the heading whose start was just read, in one line."""
    parts: list[str] = []
    for event, _ in events:
        if event.__class__ is str:
            parts.append(" ")  # a break of the line
        elif "Text" in event or "Code" in event:
            parts.append(event.get("Text", event.get("Code", "")))
        elif "Heading" in str(event.get("End")):
            break
    return " ".join("".join(parts).split())


# Scripts that put no space between words: Han, kana, Thai, Lao, Khmer, Burmese.
_UNSPACED = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f]"
)


def word_count(text: str) -> int:
    """Words of a text; in scripts without spaces two characters count as one."""
    unspaced = 0 if text.isascii() else len(_UNSPACED.findall(text))
    spaced = _UNSPACED.sub(" ", text) if unspaced else text
    return len(spaced.split()) + unspaced // 2


def own_prose(text: str, found: list[Block] | None = None) -> str:
    """The author's own paragraphs and list items: no headings (but long ones are paragraphs),
    quotations, code, tables, HTML or formulas on lines of their own, in the items neither.

    found: the text's blocks, where they are known; their headings do not matter.
    """
    parts: list[str] = []
    for block in blocks(text) if found is None else found:
        kind, start, end, _ = _long_as_prose(text, block)
        if kind == "list":
            parts.append(own_list(text[start:end]))
        elif kind == PROSE:
            parts.append(own_paragraph(text[start:end]))
    return "\n\n".join(filter(None, parts))


def is_long(heading: str) -> bool:
    return word_count(heading) > LONG_HEADING


def _long_as_prose(text: str, block: Block) -> Block:
    """The block; of a long heading its words, without marks, as a block of prose."""
    written = text[block.start : block.end]
    if block.kind != "heading" or not is_long(written):
        return block
    content = written.encode("utf-8", "replace")
    events: list[tuple[Any, Any]] = list(_parser().events_with_range(content.decode()))
    if not is_long(_heading(iter(events[1:]))):  # links are not words
        return block
    first, last = events[1][1]["start"], events[-2][1]["end"]
    start = block.start + len(content[:first].decode())
    return Block(PROSE, start, start + len(content[first:last].decode()), block.headings)


def passages(text: str, min_words: int, max_words: int) -> list[Block]:
    """Runs of consecutive prose blocks under one heading, each of at most `max_words` words.

    A paragraph longer than that stands alone; runs shorter than `min_words` are left out. Spans are
    contiguous in `text`, so a passage is a verbatim piece of the document. A long heading is a
    paragraph, and no run holds its marks.
    """
    runs: list[Block] = []
    current: Block | None = None

    def words(block: Block) -> int:
        return word_count(text[block.start : block.end])

    for block in blocks(text):
        block = _long_as_prose(text, block)
        if block.kind != PROSE:
            runs += [current] if current else []
            current = None
            continue
        joined = current and Block(PROSE, current.start, block.end, block.headings)
        marks = current and text[current.end : block.start].strip()  # of a long heading
        if joined and not marks and words(joined) <= max_words:
            current = joined
        else:
            runs += [current] if current else []
            current = block
    runs += [current] if current else []
    return [_under_short(run) for run in runs if words(run) >= min_words]


def _under_short(run: Block) -> Block:
    return run._replace(headings=tuple(name for name in run.headings if not is_long(name)))
