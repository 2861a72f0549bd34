"""What stands within a list item or a paragraph and is not its author's prose: code blocks,
quotations, tables, HTML, and formulas on lines of their own."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

_PARTS = {"CodeBlock", "BlockQuote", "Table", "HtmlBlock"}
_BLOCKS = {"Paragraph", "List", "Item", "Heading"}  # a line of text may begin in these

# Without one of these a list has no part: fences, marks, and the indentation of code.
_LIST_MARKS = re.compile(r"```|~~~|[>|<\t]|\$\$| {5}")
_LINE_ENDS = re.compile(rb"[ \t.,;:]*(?:\n|\Z)")  # punctuation may follow a formula

_REST_OF_LINE = re.compile(r"[ \t.,;:]*\n?")
_BLANK_LINES = re.compile(r"(?:[ \t]*\n)*")
_SPACE = re.compile(r"\s*")


@lru_cache(maxsize=1)
def _parser():
    import pyromark

    options = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_MATH
    return pyromark.Markdown(options=options)


def own_list(text: str) -> str:
    """A list without what is not prose in its items, nor items that hold nothing else. The rest
    stays verbatim; empty if nothing is left."""
    return _without_parts(text) if _LIST_MARKS.search(text) else text


def own_paragraph(text: str) -> str:
    """A paragraph without the lines that are formulas; empty if nothing is left."""
    return _without_parts(text) if "$$" in text else text


def _without_parts(text: str) -> str:
    content = text.encode("utf-8", "replace")  # a lone surrogate becomes a character too
    parts = _parts(content)
    return _cut(text, _in_characters(content, parts)) if parts else text


def _parts(content: bytes) -> list[tuple[int, int]]:
    """Where the parts stand, in bytes and in order; an item that holds nothing else is one whole.

    Parsed alone a block has the structure that it has in its document.
    """
    parts: list[tuple[int, int]] = []
    items: list[tuple[int, int]] = []  # the open ones: parts and pieces of prose before each
    own = 0  # pieces of prose
    fresh = True  # nothing stands before on the line
    events: Iterator[tuple[Any, Any]] = _parser().events_with_range(content.decode())
    for event, where in events:
        start, end = where["start"], where["end"]
        if parts and parts[-1][0] <= start < parts[-1][1]:  # within the part before, or its end
            continue
        name, tag = _named(event)
        if name == "End":
            if tag == "Item":
                before, pieces = items.pop()
                if own == pieces and len(parts) > before:
                    parts[before:] = [(start, end)]
        elif tag in _PARTS or (name == "DisplayMath" and fresh and _LINE_ENDS.match(content, end)):
            parts.append((start, end))
        elif tag in _BLOCKS or name in ("SoftBreak", "HardBreak"):
            fresh = True
            if tag == "Item":
                items.append((len(parts), own))
        elif name != "Text" or content[start:end].strip(b" \t.,;:"):  # a full stop is no prose
            fresh = False
            own += 1
    return parts


def _named(event: Any) -> tuple[str, str]:
    """What an event is, and the tag that it starts or ends ("" for others)."""
    if event.__class__ is str:
        return event, ""
    name, tag = next(iter(event.items()))
    if name not in ("Start", "End"):
        return name, ""
    return name, tag if tag.__class__ is str else next(iter(tag))


def _in_characters(content: bytes, parts: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    before = place = 0  # the same place, in bytes and in characters
    for start, end in parts:
        place += len(content[before:start].decode())
        first = place
        place += len(content[start:end].decode())
        yield first, place
        before = end


def _cut(text: str, parts: Iterator[tuple[int, int]]) -> str:
    """The text without these parts and their lines. What follows a part that stands right behind
    an item's mark moves up to the mark; blank lines around one do not add up."""
    kept: list[str] = []
    done = 0
    behind_mark, blank = False, True
    for start, end in parts:
        if not (behind_mark and start <= done):
            line = text.rfind("\n", done, start) + 1 or done
            behind_mark = bool(text[line:start].strip())
            piece = text[done : start if behind_mark else line]
            kept.append(piece)
            space = piece[len(piece.rstrip()) :].count("\n")
            blank = space > 1 or (blank if not piece else space == 1 and piece.isspace())
        end = _past(_REST_OF_LINE, text, end) if text[end - 1] != "\n" else end
        if behind_mark or blank:
            end = _past(_SPACE if behind_mark else _BLANK_LINES, text, end)
        done = max(done, end)
    kept.append(text[done:])
    return "".join(kept).rstrip()


def _past(pattern: re.Pattern[str], text: str, place: int) -> int:
    found = pattern.match(text, place)
    return found.end() if found else place
