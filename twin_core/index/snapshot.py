"""One version of an author's passages, held in memory by the process that searches them."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from twin_core.index.base import Filters, Hit
from twin_core.index.filters import mask
from twin_core.index.neighbours import (
    BITS,
    WORTH_SIGNS,
    Array,
    Signs,
    best,
    by_signs,
    signs_of,
    unit,
)
from twin_core.index.on_disk import dimensions
from twin_core.index.rows import CITED, as_hits

if TYPE_CHECKING:
    import pyarrow as pa

WORTH_GATHERING = 4  # a filter that admits fewer than 1 in 4 rows: score only those


class Snapshot:
    """A table's rows and unit vectors; never changes, so any number of threads may search it.

    bytes: what it takes, signs included, which are taken at the second search: a process that asks
    once needs none.
    """

    def __init__(self, rows: "pa.Table") -> None:
        import numpy as np

        rows = rows.combine_chunks()
        chunks = rows["vector"].chunks
        width = dimensions(rows.schema)
        flat = chunks[0].flatten().to_numpy() if chunks else np.empty(0, np.float32)
        self.matrix: Array = unit(flat.reshape(-1, width))
        frame = pl.from_arrow(rows.select([*CITED, "topic_words"]))
        assert isinstance(frame, pl.DataFrame)
        self.frame = frame
        self._cited = frame.select(CITED)
        self._large = len(self.matrix) >= WORTH_SIGNS
        signs = len(self.matrix) * BITS // 8 if self._large else 0
        self.bytes = self.matrix.nbytes + signs + int(frame.estimated_size())
        self._numbers: dict[str, int] | None = None
        self._signs: Signs | None = None
        self._taking = threading.Lock()
        self._scanned = False

    @property
    def count(self) -> int:
        return len(self.matrix)

    @property
    def width(self) -> int:
        return self.matrix.shape[1]

    def nearest(self, vector: Array, k: int, filters: Filters) -> tuple[Array, Array]:
        """(row numbers, cosines) of the k nearest rows that the filters admit."""
        import numpy as np

        admitted = mask(filters)
        if admitted is not None:
            rows = np.flatnonzero(self.frame.select(admitted).to_series().to_numpy())
            if len(rows) * WORTH_GATHERING < len(self.matrix):
                scores = self.matrix[rows] @ vector
            else:
                scores = (self.matrix @ vector)[rows]
            top = best(scores, k)
            return rows[top], scores[top]
        if self._large and self._scanned and self._signs is None:
            self._take_signs()
        signs, self._scanned = self._signs, True
        if signs and signs.serve(k):
            return by_signs(signs, self.matrix, vector, k)
        scores = self.matrix @ vector
        top = best(scores, k)
        return top, scores[top]

    def _take_signs(self) -> None:
        """Once; who comes meanwhile scans."""
        if self._taking.acquire(blocking=False):
            self._signs = signs_of(self.matrix)  # and never again: it is not released

    def numbers(self, found: pl.DataFrame) -> list[int]:
        """The row numbers of what a search by words found."""
        if self._numbers is None:
            ids = self.frame["chunk_id"].to_list()
            self._numbers = {name: number for number, name in enumerate(ids)}
        return [self._numbers[name] for name in found["chunk_id"]]

    def cosines(self, rows: Sequence[int], vector: Array) -> list[float]:
        return (self.matrix[list(rows)] @ vector).tolist()

    def of_parents(self, parent_ids: Sequence[str]) -> list[int]:
        """The row numbers of all passages of these parents, by document and place."""
        numbered = self.frame.select("parent_id", "doc_id", "start").with_row_index("row")
        wanted = numbered.filter(pl.col("parent_id").is_in(list(parent_ids)))
        return wanted.sort("doc_id", "start")["row"].to_list()

    def hits(
        self, rows: Sequence[int], scores: Sequence[float], cosines: Sequence[float | None]
    ) -> list[Hit]:
        found = (dict(zip(CITED, self._cited.row(row), strict=True)) for row in rows)
        return as_hits(found, scores, cosines)
