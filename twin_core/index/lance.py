"""The embedded index: one LanceDB table an author, so that one author's writer never meets
another's.

The key field is declared (`lance-schema:unenforced-primary-key`): without it two concurrent merges
duplicate rows silently.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from twin_core.errors import LakeError
from twin_core.index.base import Hit, SyncReport

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = ("chunk_id", "chunk_hash", "doc_id", "url", "title", "heading", "start", "end", "text")


class LanceIndex:
    """`ChunkIndex` in a local directory."""

    backend = "lancedb"

    def __init__(self, directory: Path) -> None:
        self.location = str(directory)

    def _connect(self) -> Any:
        import lancedb

        return lancedb.connect(self.location)

    def _open(self, author: str) -> Any:
        database = self._connect()
        name = _table_name(author)
        return database.open_table(name) if name in database.list_tables().tables else None

    @contextmanager
    def _explained(self, author: str) -> Iterator[None]:
        """LanceDB reports a damaged table as a `RuntimeError` or `OSError` of its own sources."""
        try:
            yield
        except (RuntimeError, OSError) as error:
            raise LakeError(
                f"the index of {author} in {self.location} cannot be read: {str(error)[:120]}",
                f"remove {Path(self.location) / _table_name(author)}.lance and materialise "
                f"chunk_index again: `twin run {author}` rebuilds it from the stored vectors.",
            ) from error

    def sync(self, author: str, rows: pl.DataFrame) -> SyncReport:
        with self._explained(author):
            return self._sync(author, rows)

    def _sync(self, author: str, rows: pl.DataFrame) -> SyncReport:
        table = self._open(author)
        incoming = _to_arrow(rows)
        if (
            table is None
            or table.schema.field("vector").type != incoming.schema.field("vector").type
        ):
            deleted = 0 if table is None else table.count_rows()
            self._connect().create_table(
                _table_name(author), incoming, mode="overwrite", schema=incoming.schema
            )
            return SyncReport(rows.height, deleted, 0)
        before = pl.from_arrow(
            table.search().select(["chunk_id", "chunk_hash", "start", "url"]).to_arrow()
        )
        assert isinstance(before, pl.DataFrame)
        keys = ["chunk_id", "chunk_hash", "start", "url"]
        unchanged = rows.join(before, on=keys, how="semi").height
        deleted = before.join(rows, on="chunk_id", how="anti").height
        if unchanged < rows.height or deleted:
            (
                table.merge_insert("chunk_id")
                .when_matched_update_all(
                    where="target.chunk_hash != source.chunk_hash OR target.start != source.start"
                    " OR target.url != source.url"
                )
                .when_not_matched_insert_all()
                .when_not_matched_by_source_delete()
                .execute(incoming)
            )
            table.optimize()
        return SyncReport(rows.height - unchanged, deleted, unchanged)

    def search(self, author: str, vector: list[float], k: int) -> list[Hit]:
        with self._explained(author):
            table = self._open(author)
        if table is None:
            raise LakeError(
                f"there is no index of {author} in {self.location}",
                f"materialise chunk_index: `twin run {author}`.",
            )
        with self._explained(author):
            found = table.search(vector).distance_type("cosine").limit(k).to_list()
        names = ("chunk_id", "doc_id", "url", "title", "heading", "start", "end", "text")
        return [
            Hit(**{name: row[name] for name in names}, score=1.0 - row["_distance"])
            for row in found
        ]

    def count(self, author: str) -> tuple[int, int]:
        with self._explained(author):
            table = self._open(author)
        if table is None:
            return 0, 0
        with self._explained(author):
            ids = table.search().select(["chunk_id"]).to_arrow()["chunk_id"]
        return len(ids), len(ids.unique())

    def drop(self, author: str) -> None:
        if self._open(author) is not None:
            self._connect().drop_table(_table_name(author))


def _table_name(author: str) -> str:
    return f"chunks__{author}"


def _to_arrow(rows: pl.DataFrame) -> "pa.Table":
    import pyarrow as pa

    width = len(rows["vector"][0]) if rows.height else 0
    types = {"start": pa.int64(), "end": pa.int64()}
    fields = [pa.field(name, types.get(name, pa.string())) for name in COLUMNS]
    key = {"lance-schema:unenforced-primary-key": "true"}
    fields[0] = pa.field("chunk_id", pa.string(), nullable=False, metadata=key)
    vector = pa.field("vector", pa.list_(pa.float32(), width))
    columns = [rows[name].to_list() for name in COLUMNS]
    values = pa.array(rows["vector"].to_list(), vector.type)
    return pa.table([*columns, values], schema=pa.schema([*fields, vector]))
