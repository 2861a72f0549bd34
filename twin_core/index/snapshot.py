"""One version of an author's passages, held in memory by the process that searches them."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import polars as pl

from twin_core.index.base import Filters, Hit
from twin_core.index.filters import mask
from twin_core.index.neighbours import WORTH_GRAPH, Array, Graph, best, build_graph, by_graph
from twin_core.index.rows import CITED, as_hits

if TYPE_CHECKING:
    import pyarrow as pa

WORTH_GATHERING = 4  # a filter that admits fewer than 1 in 4 rows: score only those
SETTLED = (
    5.0  # seconds that a snapshot has been read before its graph is built: writes come in runs
)
LOOK = 0.1  # seconds between two looks whether it is still current


class Snapshot:
    """A table's rows and unit vectors; never changes, so any number of threads may search it.

    bytes: what it takes, a graph included. `wants_graph` from the second search on: a process that
    asks once needs none.
    """

    def __init__(self, rows: "pa.Table") -> None:
        import numpy as np

        rows = rows.combine_chunks()
        chunks = rows["vector"].chunks
        width = rows.schema.field("vector").type.list_size
        flat = chunks[0].flatten().to_numpy() if chunks else np.empty(0, np.float32)
        self.matrix: Array = _unit(flat.reshape(-1, width))
        frame = pl.from_arrow(rows.select([*CITED, "topic_words"]))
        assert isinstance(frame, pl.DataFrame)
        self.frame = frame
        self._cited = frame.select(CITED)
        self._large = len(self.matrix) >= WORTH_GRAPH
        self.bytes = self.matrix.nbytes * (1 + self._large) + int(frame.estimated_size())
        self._numbers: dict[str, int] | None = None
        self._graph: Graph | None = None
        self._tried = False
        self._scanned = False
        self.read_at = time.monotonic()

    @property
    def wants_graph(self) -> bool:
        return self._large and self._scanned and not self._tried

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
        graph = self._graph
        if graph is None:
            self._scanned = True
        elif k * 8 < len(self.matrix):
            return by_graph(graph, self.matrix, vector, k)
        scores = self.matrix @ vector
        top = best(scores, k)
        return top, scores[top]

    def numbers(self, chunk_ids: Sequence[str]) -> list[int]:
        """The row numbers of these chunks."""
        if self._numbers is None:
            ids = self.frame["chunk_id"].to_list()
            self._numbers = {name: number for number, name in enumerate(ids)}
        return [self._numbers[name] for name in chunk_ids]

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

    def build(self, going: Callable[[], bool] = lambda: True) -> None:
        """Build the graph now, as long as `going()`; tried once."""
        self._tried = True
        self._graph = build_graph(self.matrix, going)


class Builder:
    """Builds one graph at a time, in a thread that stops soon after the main thread ends.

    It is no daemon: a process that ends while one is within usearch aborts.
    """

    def __init__(self) -> None:
        self.building: Snapshot | None = None
        self._lock = threading.Lock()

    def ask(self, snapshot: Snapshot, current: Callable[[], bool]) -> None:
        """Build this snapshot's graph soon, unless a build goes on; ask again then. It begins once
        the snapshot is `SETTLED` seconds old, and stops when it is no longer `current()`."""
        with self._lock:
            if self.building is not None or not snapshot.wants_graph:
                return
            self.building = snapshot
        try:
            threading.Thread(
                target=self._build, args=(snapshot, current), name="index graph", daemon=False
            ).start()
        except RuntimeError:  # the process ends, or may have no more threads: scanning goes on
            self.building = None

    def _build(self, snapshot: Snapshot, current: Callable[[], bool]) -> None:
        def going() -> bool:
            return threading.main_thread().is_alive() and current()

        try:
            while (early := snapshot.read_at + SETTLED - time.monotonic()) > 0 and going():
                time.sleep(min(early, LOOK))
            if going():
                snapshot.build(going)
        finally:
            self.building = None


def _unit(matrix: Array) -> Array:
    """Rows of length 1; the same array where they have it already."""
    import numpy as np

    lengths = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))
    if np.all(np.abs(lengths - 1) < 1e-3):
        return matrix
    return matrix / np.maximum(lengths, 1e-12)[:, None]
