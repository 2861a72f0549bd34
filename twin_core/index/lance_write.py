"""How rows get into a LanceDB table; nothing here decides what readers see (`lance_table`)."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import polars as pl

from twin_core.index.base import SyncReport
from twin_core.index.lance_table import SPACE, LanceTable
from twin_core.index.on_disk import METRIC, dimensions, memory_of
from twin_core.index.rows import FORM, STORED, stored, width_of

if TYPE_CHECKING:
    import pyarrow as pa

ROW_IDS = 10_000  # in one DELETE
COMMIT = 2  # batches in one commit: Lance holds pages of every column until its end
KEYS = ["chunk_id", "fingerprint"]
FEW = 2000  # rows whose word index is built anew with every write: 0.07 CPU-s
# Splits at spaces and marks, as Lance does by default, and scripts without spaces by a dictionary.
WORDS = "icu/split"
# Those that Lance passes over with its default. Together with ICU it would pass over those of all
# languages, and so never find the English words war, man, die, son, sin, also, site.
STOP_WORDS = (
    "a about after again against ain all am an and are aren as at be been being below between "
    "both but by can couldn d did didn do does doesn doing don down during each few for from "
    "further had hadn has hasn have haven having he her here hers herself him himself his how i "
    "if in into is isn it its itself just ll m ma me mightn more most mustn my myself needn no "
    "nor not now o of off on or other our ours ourselves out over own re s same shan she should "
    "shouldn so some such t than that the their theirs them themselves then there these they this "
    "those through to too under until up ve very was wasn we were weren what when where which "
    "while who whom will with won wouldn y you your yours yourself yourselves"
).split()
TRAINING = 1024  # rows that an index of vectors is made from, at least; fewer are scanned
DRIFT = 0.02  # of more rows, the share that may have changed since it was built


def build(
    place: LanceTable,
    before: Any | None,
    batches: Iterator[pl.DataFrame],
    space: str,
    memory: int,
) -> SyncReport:
    """Write everything, batch by batch, and index it, before readers see it."""
    deleted = 0 if before is None else before.count_rows()
    first = next(batches, None)
    if first is None:
        place.discard()
        return SyncReport(0, deleted, 0)
    written = 0

    def counted() -> Iterator[pl.DataFrame]:
        nonlocal written
        for batch in chain([first], batches):
            written += batch.height
            yield batch

    schema = _schema(width_of(first), space)
    rows = counted()
    table = _streamed(place.overwrite, islice(rows, COMMIT), place.author, schema)
    while (part := next(rows, None)) is not None:
        _streamed(table.add, chain([part], islice(rows, COMMIT - 1)), place.author, schema)
    index(table, memory)
    place.publish(table)
    return SyncReport(written, deleted, 0)


def bring_in_line(
    place: LanceTable, table: Any, batches: Iterator[pl.DataFrame], memory: int
) -> SyncReport:
    """Add the rows that are not there, then remove those that should not be."""
    before = keys(table, None)
    kept: list[pl.DataFrame] = []
    added: list[pl.Series] = []

    def fresh() -> Iterator[pl.DataFrame]:
        for batch in batches:
            kept.append(before.join(batch, on=KEYS, how="semi", nulls_equal=True))
            rows = batch.join(before, on=KEYS, how="anti", nulls_equal=True)
            added.append(rows["chunk_id"])
            if rows.height:
                yield rows

    rows = fresh()
    first = next(rows, None)
    if first is not None:
        _streamed(table.add, chain([first], rows), place.author, table.schema)
    stale = before if not kept else before.join(pl.concat(kept), on="_rowid", how="anti")
    delete(table, stale["_rowid"].to_list())
    names = pl.concat(added) if added else before["chunk_id"].clear()
    if names.len() or stale.height:
        index(table, memory)
        index_words(table, names.len() + stale.height)
        place.publish(table)
    gone = stale.filter(~pl.col("chunk_id").is_in(names.implode()))
    return SyncReport(names.len(), gone.height, before.height - stale.height)


def _streamed(
    write: Callable[["pa.RecordBatchReader"], Any],
    frames: Iterable[pl.DataFrame],
    author: str,
    schema: "pa.Schema",
) -> Any:
    """`write` on the frames as one Arrow stream; a fault of the frames is raised as it is, where
    Arrow would make a text of it."""
    import pyarrow as pa

    faults: list[BaseException] = []

    def batches() -> Iterator["pa.RecordBatch"]:
        try:
            for frame in frames:
                yield from as_arrow(frame, author, schema).to_batches()
        except BaseException as fault:
            faults.append(fault)
            raise

    try:
        return write(pa.RecordBatchReader.from_batches(schema, batches()))
    finally:
        if faults:  # instead of what Arrow made of it
            raise faults[0] from None


def keys(table: Any, where: str | None) -> pl.DataFrame:
    """`KEYS` and _rowid of the rows that the condition admits."""
    wanted = table.search().select(KEYS).with_row_id(True)
    found = pl.from_arrow((wanted.where(where) if where else wanted).to_arrow())
    assert isinstance(found, pl.DataFrame)
    return found


def delete(table: Any, row_ids: list[int]) -> None:
    for at in range(0, len(row_ids), ROW_IDS):
        table.delete(f"_rowid IN ({','.join(map(str, row_ids[at : at + ROW_IDS]))})")


def index(table: Any, memory: int) -> None:
    """Create the secondary indexes that the table does not have: documents, words, and vectors
    where its rows take more memory than that."""
    from lancedb.index import BTree

    present = {index.columns[0] for index in table.list_indices()}
    if "doc_id" not in present:
        table.create_index("doc_id", config=BTree())
    if "text" not in present:
        _build_words(table)
    if "vector" not in present and memory_of(table) > memory and table.count_rows() >= TRAINING:
        _build_vectors(table)


def index_words(table: Any, changed: int | None = None) -> None:
    """Build the word index anew where what changed would tell in its scores: until then BM25 counts
    rows that are gone and takes new ones apart. changed: rows in this write; None builds anyhow."""
    rows = table.count_rows()
    if rows > FEW and changed is not None:
        pending = sum(
            stats.num_unindexed_rows
            for one in table.list_indices()
            if one.columns == ["text"] and (stats := table.index_stats(one.name))
        )
        if max(pending, changed) <= DRIFT * rows:
            return
    if rows:
        _build_words(table)


def _build_vectors(table: Any) -> None:
    """Half a second of CPU for 50,000 rows of 384 dimensions, and 3 MB."""
    from lancedb.index import IvfRq, IvfSq

    kind = (
        IvfSq if dimensions(table.schema) % 8 else IvfRq
    )  # which takes whole bytes of signs alone
    table.create_index("vector", config=kind(distance_type=METRIC))


def _build_words(table: Any) -> None:
    from lancedb.index import FTS

    config = FTS(with_position=False, base_tokenizer=WORDS, custom_stop_words=[*STOP_WORDS])
    table.create_index("text", config=config, replace=True)


def _schema(width: int, space: str) -> "pa.Schema":
    import pyarrow as pa

    types = {"start": pa.int64(), "end": pa.int64(), "published_at": pa.timestamp("us", "UTC")}
    fields = [pa.field(name, types.get(name, pa.string())) for name in STORED]
    key = {"lance-schema:unenforced-primary-key": "true"}
    fields[0] = pa.field(STORED[0], pa.string(), nullable=False, metadata=key)
    fields.append(pa.field("topic_words", pa.list_(pa.string())))
    fields.append(pa.field("vector", pa.list_(pa.float32(), width)))
    return pa.schema(fields, metadata={SPACE: json.dumps([FORM, space])})


def as_arrow(frame: pl.DataFrame, author: str, schema: "pa.Schema") -> "pa.Table":
    rows = stored(frame, schema.field("vector").type.list_size, author)
    return rows.to_arrow().cast(schema)
