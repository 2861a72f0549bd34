"""The vector index, as every backend offers it."""

from dataclasses import dataclass
from typing import Protocol

import polars as pl


@dataclass(frozen=True)
class Hit:
    """A passage found, with what a citation needs. score: cosine similarity, -1..1."""

    chunk_id: str
    doc_id: str
    url: str
    title: str
    heading: str
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True)
class SyncReport:
    """Rows that a sync wrote, removed and left alone."""

    upserted: int
    deleted: int
    unchanged: int


class ChunkIndex(Protocol):
    """An author's passages, searchable; authors never see one another's."""

    backend: str
    location: str

    def sync(self, author: str, rows: pl.DataFrame) -> SyncReport:
        """Make the author's part hold exactly `rows` (doc_chunks with a `vector` column), in one
        step: a query during it sees the old rows or the new ones."""
        ...

    def search(self, author: str, vector: list[float], k: int) -> list[Hit]:
        """The k nearest passages, best first; fewer when there are fewer."""
        ...

    def count(self, author: str) -> tuple[int, int]:
        """(rows, distinct chunk ids) of the author."""
        ...

    def drop(self, author: str) -> None:
        """Remove the author's part; an author without one is no error."""
        ...
