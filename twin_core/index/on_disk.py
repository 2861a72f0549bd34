"""One version of an author's passages, searched where they lie: for those too many for memory.

Lance finds the nearest by its own index (IVF_RQ: cells of k-means, in each one bit for a dimension,
Gao and Long 2024), and the best of those are scored in full. Rows written since it was built are
scanned. A row is named by its `_rowid`, which stays what it is within a version.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from twin_core.index.base import Filters, Hit
from twin_core.index.filters import quoted, sql
from twin_core.index.neighbours import Array
from twin_core.index.rows import CITED, as_hits

if TYPE_CHECKING:
    import pyarrow as pa

METRIC = "cosine"
CELLS = 20  # that are searched, and more where those hold fewer than are asked for
SCORED = 30  # in full, for each that is asked for: with fewer, recall@10 of 50,000 rows was 0.87
TEXT_BYTES = 3000  # of a passage in memory, beside its vector


def memory_of(table: Any) -> int:
    """Bytes that the table's rows would take in memory, about."""
    return table.count_rows() * (4 * dimensions(table.schema) + TEXT_BYTES)


def dimensions(schema: "pa.Schema") -> int:
    """Dimensions of a table's vectors."""
    return schema.field("vector").type.list_size


class OnDisk:
    """What `Snapshot` is, without the rows. table: a LanceDB table, at the version to be read."""

    bytes = 0

    def __init__(self, table: Any) -> None:
        self._table = table
        self.width = dimensions(table.schema)
        self.count: int = table.count_rows()

    def nearest(self, vector: Array, k: int, filters: Filters) -> tuple[Array, Array]:
        """(row ids, cosines) of nearly all of the k nearest rows that the filters admit."""
        near = self._table.search(vector, vector_column_name="vector").distance_type(METRIC)
        near = near.minimum_nprobes(CELLS).maximum_nprobes(0).refine_factor(SCORED)
        if where := sql(filters):
            near = near.where(where, prefilter=True)
        found = near.select(["_distance"]).with_row_id(True).limit(k).to_arrow()
        return found["_rowid"].to_numpy(), 1 - found["_distance"].to_numpy()

    def numbers(self, found: pl.DataFrame) -> list[int]:
        """The row ids of what a search by words found."""
        return found["_rowid"].to_list()

    def cosines(self, rows: Sequence[int], vector: Array) -> list[float]:
        import numpy as np

        matrix = self._taken(rows, ["vector"])["vector"].to_numpy()
        lengths = np.linalg.norm(matrix, axis=1)
        return (matrix @ vector / np.maximum(lengths, 1e-12)).tolist()

    def of_parents(self, parent_ids: Sequence[str]) -> list[int]:
        """The row ids of all passages of these parents, by document and place."""
        if not parent_ids:
            return []
        wanted = self._table.search().where(f"parent_id IN ({quoted(list(parent_ids))})")
        found = pl.from_arrow(wanted.select(["doc_id", "start"]).with_row_id(True).to_arrow())
        assert isinstance(found, pl.DataFrame)
        return found.sort("doc_id", "start")["_rowid"].to_list()

    def hits(
        self, rows: Sequence[int], scores: Sequence[float], cosines: Sequence[float | None]
    ) -> list[Hit]:
        return as_hits(self._taken(rows, CITED).iter_rows(named=True), scores, cosines)

    def _taken(self, rows: Sequence[int], columns: Sequence[str]) -> pl.DataFrame:
        """These columns of the rows, in the order of `rows`; Lance gives them in its own."""
        wanted = self._table.take_row_ids(list(rows)).select([*columns]).with_row_id()
        found = pl.from_arrow(wanted.to_arrow())
        assert isinstance(found, pl.DataFrame)
        order = pl.DataFrame({"_rowid": pl.Series(rows, dtype=pl.UInt64)})
        return order.join(found, on="_rowid", maintain_order="left").select(columns)
