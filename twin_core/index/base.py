"""The chunk index, as every backend offers it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

import polars as pl

from twin_core.authors import SLUG
from twin_core.errors import DataError, IndexMismatchError, LakeError, UnknownAuthorError


class IndexMovedError(LakeError):
    """The index is no longer at the version that a write was computed from."""


@dataclass(frozen=True)
class Hit:
    """A passage found, with what a citation needs.

    score: in 0..1, comparable within one search: the cosine for a search by vector alone (0 where
    it is negative), BM25 as a share of the best hit's for words alone, and the fused value for
    both, where 1 is first in both rankings. cosine: with the query's vector, whatever the score;
    None for a search by words alone.
    """

    chunk_id: str
    doc_id: str
    parent_id: str
    url: str
    title: str
    heading: str
    start: int
    end: int
    text: str
    published_at: datetime | None
    source: str
    doc_version: str
    score: float
    cosine: float | None = None


@dataclass(frozen=True)
class Filters:
    """Which passages may be found; an empty field admits all.

    since, until: publication, the second excluded; without a zone they are UTC, and a passage
    without a date is then not found. topic: words that must all occur in the title or the
    headings, whole and in any case.
    """

    since: datetime | None = None
    until: datetime | None = None
    sources: tuple[str, ...] = ()
    doc_ids: tuple[str, ...] = ()
    topic: str = ""


@dataclass(frozen=True)
class Query:
    """What is searched: by vector, by words, or by both (hybrid) when both are given.

    alpha: weight of the vector's ranking against that of the words, 0..1. fusion: reciprocal
    ranks (Cormack et al. 2009), or scores scaled to 0..1 (`relative`). space: of the vector, where
    it is known; an index of another space refuses it.
    """

    vector: Sequence[float] | None = None
    text: str = ""
    filters: Filters = field(default_factory=Filters)
    alpha: float = 0.6
    fusion: Literal["rrf", "relative"] = "rrf"
    space: str | None = None

    @property
    def empty(self) -> bool:
        """Neither vector nor words: nothing is found."""
        return self.vector is None and not self.text.strip()

    def __post_init__(self) -> None:
        if not 0 <= self.alpha <= 1:
            raise ValueError(f"alpha is {self.alpha}, not within 0 and 1")
        if self.vector is not None and not _finite(self.vector):
            raise DataError(
                "the vector of the question is not finite",
                "a broken embedding model gives such vectors: check TWIN_EMBEDDING_MODEL.",
            )


def author_of(slug: str) -> str:
    """The slug, which names files and collections; `UnknownAuthorError` where it is none."""
    if not re.fullmatch(SLUG, slug):
        raise UnknownAuthorError(
            f"{slug[:80]!r} cannot be an author's slug",
            "use the slug that the authors file has: lower-case letters, digits and hyphens.",
        )
    return slug


def of_another_space(author: str, held: str | None, wanted: str) -> IndexMismatchError:
    """A write into an index that cannot take it; held: its space, None where its form is older."""
    fault = f"holds vectors of {held}, not of {wanted}" if held else "has an older form"
    return IndexMismatchError(
        f"the index of {author} {fault}",
        "sync all of the author's rows: they must come from one embedder.",
    )


def require_space(author: str, held: str | None, query: Query) -> None:
    """`IndexMismatchError` where the query's vector is of another space than the index: of another
    model of the same width, nothing near would be found, and nobody told why. An index of an older
    form does not say which it has (held: None)."""
    if query.vector is None or query.space is None or held is None:
        return
    if _model(query.space) != _model(held):
        raise IndexMismatchError(
            f"the index of {author} holds vectors of {held}, the question's is of {query.space}",
            f"index with the model of questions (`twin run {author}`), or restart what asks, with "
            "the model of the index.",
        )


def _model(space: str) -> str:
    """A space without the name of the model's directory, which a copy may have another of."""
    return space.rsplit("@", 1)[-1]


def require_version(author: str, expected: str | None, found: str | None) -> None:
    """`IndexMovedError` where a write expected another version than the writer finds."""
    if expected is not None and found != expected:
        raise IndexMovedError(
            f"the index of {author} is at version {found}, not at {expected}: another has written",
            "materialise chunk_index again, which compares all rows.",
        )


def _finite(vector: Sequence[float]) -> bool:
    import numpy as np

    return bool(np.isfinite(vector).all())


@dataclass(frozen=True)
class SyncReport:
    """Rows that a write added or replaced, removed and left alone. version: what it left the
    author's part at, read before another could write; None where there is no part any more."""

    upserted: int
    deleted: int
    unchanged: int
    version: str | None = None


@dataclass(frozen=True)
class Contents:
    """What the index holds of an author. space: the embedding space of its vectors."""

    rows: int = 0
    distinct: int = 0
    space: str | None = None


class ChunkIndex(Protocol):
    """An author's passages, searchable; authors never see one another's.

    Rows are those of `doc_chunks` with a `vector` column (unit length). A row is the same row
    when its (`chunk_id`, `fingerprint`) is. space: name of the embedding model and backend; when
    it differs from what is stored, everything is built anew beside the old and swapped in.
    Every query sees the state before a write or the state after it.
    """

    backend: str
    location: str

    def sync(self, author: str, batches: Iterable[pl.DataFrame], space: str) -> SyncReport:
        """Make the author's part hold exactly these rows, whatever it held before; what is there
        already is not written again."""
        ...

    def apply(
        self,
        author: str,
        docs: Sequence[str],
        rows: pl.DataFrame,
        space: str,
        expected: str | None = None,
    ) -> SyncReport:
        """Make the rows of these documents exactly `rows` and leave all other documents alone:
        the cost follows the change. `IndexMismatchError` when the index has another space.

        expected: the version that the change was computed from. Where the index is at another by
        the time it is this writer's turn, nothing is written: `IndexMovedError`."""
        ...

    def search(self, author: str, query: Query, k: int) -> list[Hit]:
        """The k best passages, best first; fewer when there are fewer, none for an empty query.
        `LakeError` where the author has no index, `IndexMismatchError` where it has another space
        than the query."""
        ...

    def siblings(self, author: str, parent_ids: Sequence[str]) -> list[Hit]:
        """All passages of these parents, by document and place (score 0)."""
        ...

    def contents(self, author: str) -> Contents:
        """Counted in the index itself."""
        ...

    def version(self, author: str) -> str | None:
        """Names the state of the author's part: every write to it makes another. None where there
        is none."""
        ...

    def drop(self, author: str) -> None:
        """Remove the author's part; an author without one is no error."""
        ...

    def optimise(self, author: str) -> dict[str, int]:
        """Compact, bring the secondary indexes in line and remove old versions; figures for
        people. Readers are not disturbed."""
        ...
