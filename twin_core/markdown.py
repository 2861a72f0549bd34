"""Markdown as spans: which characters of a text are the author's prose, and which are something
else."""

from dataclasses import dataclass
from functools import lru_cache

PROSE = "prose"
_KINDS = {
    "paragraph_open": PROSE,
    "heading_open": "heading",
    "fence": "code",
    "code_block": "code",
    "blockquote_open": "quote",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "html_block": "html",
    "hr": "rule",
}


@dataclass(frozen=True)
class Block:
    """A top-level block: text[start:end], what it is, and the headings above it."""

    kind: str
    start: int
    end: int
    headings: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _parser():
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")


def blocks(text: str) -> list[Block]:
    """The top-level blocks of a CommonMark text, in order; blank lines between them belong to
    none."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found: list[Block] = []
    path: list[tuple[int, str]] = []
    tokens = _parser().parse(text)
    for place, token in enumerate(tokens):
        if token.level != 0 or token.map is None or token.type not in _KINDS:
            continue
        kind = _KINDS[token.type]
        start, end = starts[token.map[0]], starts[min(token.map[1], len(starts) - 1)]
        end = start + len(text[start:end].rstrip())
        if kind == "heading":
            level = int(token.tag[1:])
            path = [step for step in path if step[0] < level]
            path.append((level, tokens[place + 1].content.strip()))
        found.append(Block(kind, start, end, tuple(name for _, name in path)))
    return found


def own_prose(text: str) -> str:
    """The author's own paragraphs and list items: no headings, quotations, code, tables or HTML."""
    parts = (text[b.start : b.end] for b in blocks(text) if b.kind in (PROSE, "list"))
    return "\n\n".join(parts)


def passages(text: str, min_words: int, max_words: int) -> list[Block]:
    """Runs of consecutive prose blocks under one heading, each of at most `max_words` words.

    A paragraph longer than that stands alone; runs shorter than `min_words` are left out. Spans are
    contiguous in `text`, so a passage is a verbatim piece of the document.
    """
    runs: list[Block] = []
    current: Block | None = None

    def words(block: Block) -> int:
        return len(text[block.start : block.end].split())

    for block in blocks(text):
        if block.kind != PROSE:
            runs += [current] if current else []
            current = None
            continue
        joined = current and Block(PROSE, current.start, block.end, block.headings)
        if joined and words(joined) <= max_words:
            current = joined
        else:
            runs += [current] if current else []
            current = block
    runs += [current] if current else []
    return [run for run in runs if words(run) >= min_words]
