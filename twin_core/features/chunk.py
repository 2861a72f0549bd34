"""Documents → passages that the embedder reads whole.

A chunk never crosses a heading or a rule, breaks between blocks, else between sentences (prose) or
lines (code, lists, tables), else between words, else between tokens, and with its title and heading
never exceeds the encoder's window. Every character of a document that is not white space, a heading
or a rule is in exactly one chunk; with overlap, in at least one. So is a heading that would be
embedded nowhere whole: a long one, one without a text below it, one that the context has no room
for.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import polars as pl

from twin_core.delta import DeltaReport, delta
from twin_core.embedder import TokenCounter
from twin_core.features.pack import LETTERS, Packer, Piece
from twin_core.fingerprint import LENGTH, text_hash
from twin_core.markdown import PROSE, Block, blocks, headed, is_long
from twin_core.recipe import Chunking
from twin_core.records import DOC_CHUNKS
from twin_core.segments import Draft, SegmentedTable

VERSION = "chunk-6"
MAX_CONTEXT_TOKENS = 48  # of title and heading, so that the passage keeps most of the window
MAX_HEADING = 200  # characters stored with each passage below it; what has more is read as a text
_LAST_WORD = 40  # characters: a longer word at the end of these is cut, not left out
_STEP = " > "  # between the headings of a path
_READ = ("doc_id", "title", "text", "spans")
_COMPUTED = (
    *("chunk_id", "position", "parent_id", "heading", "start", "end", "text", "tokens"),
    "chunk_hash",
)


class Window:
    """What the encoder reads of a section's passages: their title and heading, and the room left.

    head: embedded before each passage; `cut` where title and heading alone are too long.
    """

    def __init__(self, counter: TokenCounter, title: str | None, heading: str) -> None:
        self.counter = counter
        cap = min(MAX_CONTEXT_TOKENS, counter.limit // 4)
        most = LETTERS * cap  # or a long title would be read again for each section
        self.head = embedding_text((title or "")[:most], heading, "")
        size = counter.size(self.head)
        self.cut = len(self.head) > most or size > cap
        if self.cut:
            head = self.head[:most]
            spans = counter.spans(head)
            self.head = (head[: spans[cap - 1][1]] if len(spans) > cap else head) + "\n"
            size = counter.size(self.head)
        self.used = size + counter.special
        self.room = max(counter.limit - self.used, 1)

    def tokens(self, passage: str) -> int:
        return self.counter.count(self.head + passage)


class Windows(dict[str, Window]):
    """Heading path → window under one title, each made once.

    Where the beginning of a path fills the context, all that goes on from it has the same window,
    and is not read.
    """

    def __init__(self, counter: TokenCounter, title: str | None) -> None:
        super().__init__()
        self._counter, self._title = counter, title

    def __missing__(self, heading: str) -> Window:
        steps = heading.split(_STEP)
        # Tokens of a beginning stay what they are only where sizes add up.
        above = range(len(steps) if self._counter.additive else 0)
        for path in (_STEP.join(steps[:depth]) for depth in above):
            if path not in self:
                self[path] = Window(self._counter, self._title, path)
            if self[path].cut:
                self[heading] = self[path]
                return self[heading]
        self[heading] = Window(self._counter, self._title, heading)
        return self[heading]


def embedding_text(title: str, heading: str, text: str) -> str:
    """The passage under its title and heading."""
    return f"{title}. {heading}\n{text}" if heading else f"{title}\n{text}"


def embedded_texts(chunks: pl.DataFrame, counter: TokenCounter) -> list[str]:
    """What is embedded of each row of `doc_chunks`: the text that its `chunk_hash` is of."""
    under: dict[str | None, Windows] = {}
    texts: list[str] = []
    for title, heading, text in chunks.select("title", "heading", "text").iter_rows():
        if title not in under:
            under[title] = Windows(counter, title)
        texts.append(under[title][heading or ""].head + text)
    return texts


def chunk(docs: pl.DataFrame, counter: TokenCounter, shape: Chunking | None = None) -> pl.DataFrame:
    """Rows of `cleaned_docs` (usable ones) → rows of `doc_chunks`."""
    shape = shape or Chunking()
    rows: list[tuple[Any, ...]] = []
    origins: list[int] = []
    for place, (doc_id, title, text, spans) in enumerate(docs.select(*_READ).iter_rows()):
        found = blocks(text or "") if spans is None else headed(text, map(dict.values, spans))
        rows.extend(_chunk_document(doc_id, title, text or "", found, counter, shape))
        origins += [place] * (len(rows) - len(origins))
    columns = dict(zip(_COMPUTED, zip(*rows, strict=True), strict=True)) if rows else {}
    schema = {name: DOC_CHUNKS.schema[name] for name in _COMPUTED}
    of_document = docs.select(
        *("doc_id", "url", "title", "published_at", "source", "language"),
        pl.col("content_hash").alias("doc_version"),
        pl.lit(None, pl.String).alias("fingerprint"),
    )[origins]
    return DOC_CHUNKS.conform(pl.DataFrame(columns, schema=schema).hstack(of_document))


def update(
    cleaned: SegmentedTable,
    chunks: SegmentedTable,
    counter: TokenCounter,
    shape: Chunking | None = None,
) -> tuple[Draft, DeltaReport]:
    """Bring `chunks` in line with `cleaned`: documents that changed are chunked again."""
    shape = shape or Chunking()
    return delta(
        chunks,
        cleaned.marks,
        cleaned.batches,
        lambda docs: chunk(docs.filter(pl.col("drop_reason").is_null()), counter, shape),
        f"{VERSION}/{counter.name}/{counter.limit}/{shape.model_dump_json()}",
    )


def _chunk_document(
    doc_id: str,
    title: str | None,
    text: str,
    found: list[Block],
    counter: TokenCounter,
    shape: Chunking,
) -> Iterator[tuple[Any, ...]]:
    """Values of `_COMPUTED` for each chunk."""
    packer = Packer(text, counter, shape)
    seen: Counter[str] = Counter()
    position = 0
    bare = _bare(found)
    windows = Windows(counter, title)
    for headings, above, section in _sections(found):
        heading = _STEP.join(map(_shortened, headings))
        window = windows[heading]
        if above and (above.start in bare or window.cut or _is_long(above)):
            section = [above._replace(kind=PROSE), *section]
        if not section:
            continue
        parent, held = "", 0
        for start, end, size, _ in _fitted(packer, section, window):
            passage = text[start:end]
            tokens = window.used + size if counter.additive else window.tokens(passage)
            chunk_hash = text_hash(window.head + passage)
            chunk_id = _identify(doc_id, chunk_hash, seen[chunk_hash])
            seen[chunk_hash] += 1
            held += size
            if not parent or held > shape.parent_tokens:
                parent, held = chunk_id, size  # named by its first chunk
            yield chunk_id, position, parent, heading, start, end, passage, tokens, chunk_hash
            position += 1


def _identify(owner: str, content: str, occurrence: int) -> str:
    name = f"{owner} {content} {occurrence}".encode()
    return hashlib.sha256(name).hexdigest()[:LENGTH]


def _sections(
    found: list[Block],
) -> Iterator[tuple[tuple[str, ...], Block | None, list[Block]]]:
    """Runs of blocks between headings and rules, as (heading path, the heading right above or None,
    blocks)."""
    above: Block | None = None
    section: list[Block] = []
    for block in found:
        if block.kind not in ("heading", "rule"):
            section.append(block)
            continue
        if above or section:
            yield (above or section[0]).headings, above, section
        above, section = (block if block.kind == "heading" else None), []
    if above or section:
        yield (above or section[0]).headings, above, section


def _bare(found: list[Block]) -> set[int]:
    """Starts of the headings that have words, and nothing below them before the next of their level
    or above: they are in no other passage's context."""
    bare: set[int] = set()
    last: Block | None = None
    for block in found:
        if block.kind == "rule":
            continue
        if block.kind != "heading":
            last = None
            continue
        ends = last is not None and len(block.headings) <= len(last.headings)
        if last and ends:
            bare.add(last.start)
        if block.headings[-1]:
            last = block
        elif ends:
            last = None
    return bare | {last.start} if last else bare


def _is_long(heading: Block) -> bool:
    name = heading.headings[-1]
    return len(name) > MAX_HEADING or is_long(name)


def _shortened(heading: str) -> str:
    """The heading's first `MAX_HEADING` characters, cut at a word, for the passages below it."""
    if len(heading) <= MAX_HEADING:
        return heading
    end = heading.rfind(" ", MAX_HEADING - _LAST_WORD, MAX_HEADING)
    return heading[: end if end > 0 else MAX_HEADING] + "…"


def _fitted(packer: Packer, section: list[Block], window: Window) -> list[Piece]:
    """The section's chunks, none longer than the window; measured whole where sizes do not add
    up."""
    room = window.room
    while True:
        pieces = packer.pack(section, room)
        if packer.counter.additive:
            return pieces
        longest = max(window.tokens(packer.text[piece.start : piece.end]) for piece in pieces)
        if longest <= packer.counter.limit or room <= 1:
            return pieces
        room = max(1, room - (longest - packer.counter.limit))
