"""Documents → passages that the embedder reads whole.

A chunk never crosses a heading, breaks between blocks, else between sentences, else between tokens,
and with its title and heading never exceeds the encoder's window. The spans of a document's chunks
cover every character of it that is not white space or a heading.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator

import polars as pl

from twin_core.embedder import TokenCounter
from twin_core.fingerprint import fingerprint, text_hash
from twin_core.markdown import Block, blocks
from twin_core.records import DOC_CHUNKS

VERSION = "chunk-1"
TARGET_TOKENS = 180  # a paragraph or two: small enough to be about one thing
MAX_CONTEXT_TOKENS = 48  # of title and heading, so that the passage keeps most of the window
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n")

Span = tuple[int, int]


def embedding_text(title: str, heading: str, text: str) -> str:
    """What is embedded and searched: the passage under its title and heading."""
    return f"{title}. {heading}\n{text}" if heading else f"{title}\n{text}"


def chunk(docs: pl.DataFrame, counter: TokenCounter) -> pl.DataFrame:
    """Rows of `cleaned_docs` (usable ones) → rows of `doc_chunks`."""
    rows = [row for doc in docs.iter_rows(named=True) for row in _chunk_document(doc, counter)]
    return DOC_CHUNKS.frame(rows)


def _chunk_document(doc: dict, counter: TokenCounter) -> Iterator[dict]:
    text, title = doc["text"], doc["title"]
    seen: Counter[str] = Counter()
    position = 0
    for heading, section in _sections(blocks(text)):
        room = _room(counter, title, heading)
        for start, end in _pack(text, section, counter, room):
            passage = text[start:end]
            content = _context(counter, title, heading, passage)
            occurrence = seen[content]
            seen[content] += 1
            yield {
                "chunk_id": fingerprint(doc["doc_id"], content, occurrence),
                "doc_id": doc["doc_id"],
                "position": position,
                "url": doc["url"],
                "title": title,
                "published_at": doc["published_at"],
                "heading": heading,
                "start": start,
                "end": end,
                "text": passage,
                "tokens": counter.count(content),
                "chunk_hash": text_hash(content),
            }
            position += 1


def _context(counter: TokenCounter, title: str, heading: str, passage: str) -> str:
    """The embedded text, with a title and heading that are cut when they alone are too long."""
    head = embedding_text(title, heading, "")
    spans = counter.spans(head)
    if len(spans) > MAX_CONTEXT_TOKENS:
        head = head[: spans[MAX_CONTEXT_TOKENS - 1][1]] + "\n"
    return head + passage


def _room(counter: TokenCounter, title: str, heading: str) -> int:
    return counter.limit - counter.count(_context(counter, title, heading, ""))


def _sections(found: list[Block]) -> Iterator[tuple[str, list[Block]]]:
    """Runs of blocks below the same heading, as (heading path, blocks)."""
    section: list[Block] = []
    for block in found:
        starts_anew = block.kind == "heading" or (section and block.headings != section[0].headings)
        if starts_anew and section:
            yield " > ".join(section[0].headings), section
            section = []
        if block.kind not in ("heading", "rule"):
            section.append(block)
    if section:
        yield " > ".join(section[0].headings), section


def _pack(text: str, section: list[Block], counter: TokenCounter, room: int) -> list[Span]:
    """Join consecutive blocks up to the target; split what is larger than the room."""
    packed: list[Span] = []
    target = min(TARGET_TOKENS, room)

    def size(span: Span) -> int:
        return len(counter.spans(text[span[0] : span[1]]))

    for block in section:
        for piece in _split(text, (block.start, block.end), size, room, counter):
            joined = (packed[-1][0], piece[1]) if packed else piece
            if packed and size(joined) <= target:
                packed[-1] = joined
            else:
                packed.append(piece)
    return packed


def _split(
    text: str, span: Span, size: Callable[[Span], int], room: int, counter: TokenCounter
) -> list[Span]:
    if size(span) <= room:
        return [span]
    start, end = span
    cuts = [start + m.end() for m in _SENTENCE_END.finditer(text[start:end])]
    edges = [start, *(cut for cut in cuts if start < cut < end), end]
    pieces: list[Span] = []
    for left, right in zip(edges, edges[1:], strict=False):
        if pieces and size((pieces[-1][0], right)) <= room:
            pieces[-1] = (pieces[-1][0], right)
        elif size((left, right)) <= room:
            pieces.append((left, right))
        else:
            pieces += _split_tokens(text, (left, right), counter, room)
    return pieces


def _split_tokens(text: str, span: Span, counter: TokenCounter, room: int) -> list[Span]:
    """A sentence longer than the window, cut between tokens, at white space where there is some."""
    start, end = span
    pieces: list[Span] = []
    while start < end:
        tokens = counter.spans(text[start:end])
        if len(tokens) <= room:
            pieces.append((start, end))
            break
        cut = start + max(tokens[room - 1][1], 1)
        space = text.rfind(" ", start + (cut - start) // 2, cut)
        cut = space + 1 if space > 0 else cut
        pieces.append((start, cut))
        start = cut
    return pieces
