"""Made-up passages to index, and the reading of what an index holds."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from twin_core.index.base import ChunkIndex, Filters, Hit, Query
from twin_core.records import DOC_CHUNKS

WIDTH = 8
SPACE = "made-up/8"
DAY = datetime(2025, 1, 1, tzinfo=UTC)


def vector_of(name: str, width: int = WIDTH) -> list[float]:
    """A unit vector that depends on the name alone."""
    seed = int.from_bytes(name.encode()[-8:].rjust(8, b"\0"), "big")
    vector = np.random.default_rng(seed).standard_normal(width)
    return (vector / np.linalg.norm(vector)).astype(np.float32).tolist()


def passage(name: str, text: str = "", **values: object) -> dict:
    """A row of `doc_chunks` with its vector; `d1.c2` is a passage of document d1."""
    doc, _, place = name.partition(".")
    number = int("".join(ch for ch in place if ch.isdigit()) or 0)
    words = text or f"words of {name}"
    row = {
        "chunk_id": name,
        "doc_id": doc,
        "fingerprint": f"{name}/{words}",
        "position": number,
        "parent_id": f"{doc}/p{number // 3}",
        "url": f"https://example.org/{doc}/",
        "title": f"Title of {doc}",
        "published_at": DAY + timedelta(days=int("".join(filter(str.isdigit, doc)) or 0)),
        "source": "example.org",
        "language": "en",
        "doc_version": f"v/{doc}",
        "heading": f"Part {place}",
        "start": number * 100,
        "end": number * 100 + len(words),
        "text": words,
        "tokens": 7,
        "chunk_hash": f"{name}/{words}",
        "vector": vector_of(name),
    }
    unknown = values.keys() - row.keys()
    assert not unknown, unknown
    return {**row, **values}


def table(*rows: dict) -> pl.DataFrame:
    schema = {**DOC_CHUNKS.schema, "vector": pl.List(pl.Float32)}
    return pl.DataFrame(list(rows), schema=schema)


def named(*names: str, text: str = "", width: int = WIDTH) -> pl.DataFrame:
    return table(*(passage(name, text, vector=vector_of(name, width)) for name in names))


def fill(index: ChunkIndex, author: str, frame: pl.DataFrame, space: str = SPACE):
    """Sync in batches of three, as the pipeline does in larger ones."""
    return index.sync(author, frame.iter_slices(3), space)


def everything(index: ChunkIndex, author: str, width: int = WIDTH) -> dict[str, str]:
    """chunk_id → text of all that a search can find."""
    rows = index.contents(author).rows
    if rows == 0:
        return {}
    hits = index.search(author, Query(vector=[1.0] + [0.0] * (width - 1)), rows + 10)
    assert len(hits) == len({hit.chunk_id for hit in hits})
    return {hit.chunk_id: hit.text for hit in hits}


def ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.chunk_id for hit in hits]


def only(**values: object) -> Query:
    """A query by vector with these filters."""
    return Query(vector=[1.0] + [0.0] * (WIDTH - 1), filters=Filters(**values))  # type: ignore[arg-type]
