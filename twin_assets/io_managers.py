"""How results travel between assets: tables as Parquet, small results as JSON, both published
atomically."""

from typing import Any

import dagster as dg
import polars as pl

from twin_core import records
from twin_core.lake import Lake
from twin_core.records import Record, Table
from twin_core.segments import Draft, SegmentedTable

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        records.RAW_ARTICLES,
        records.CLEANED_DOCS,
        records.DOC_CHUNKS,
        records.CHUNK_EMBEDDINGS,
        records.CORPUS_SPLIT,
        records.INSTRUCT_DATASET,
        records.PREFERENCE_DATASET,
    )
}


def _lake() -> Lake:
    from twin_core.settings import load_settings  # pydantic-settings: 0.3 s of every import

    return Lake(load_settings().lake_dir)


def _place(context: dg.InputContext | dg.OutputContext) -> tuple[str, str | None]:
    partition = context.asset_partition_key if context.has_asset_partitions else None
    return context.asset_key.path[-1], partition


class ParquetIOManager(dg.ConfigurableIOManager):
    """Tables, held to their declaration: a file an author, or segments where they are kept by
    document.

    An asset gives a frame, or a `Draft` of a table kept by document; its reader's annotation says
    whether it wants the whole frame or a `SegmentedTable`, of which it reads what it needs.
    """

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame | Draft) -> None:
        asset, partition = _place(context)
        if isinstance(obj, Draft):
            path = obj.publish().directory
        else:
            path = _lake().write_frame(TABLES[asset], partition, obj)
        context.add_output_metadata({"path": dg.MetadataValue.path(path)})

    def load_input(self, context: dg.InputContext) -> pl.DataFrame | SegmentedTable:
        asset, partition = _place(context)
        if context.dagster_type.typing_type is SegmentedTable:
            return _lake().require_table(TABLES[asset], partition)
        return _lake().read_frame(TABLES[asset], partition)


class RecordIOManager(dg.ConfigurableIOManager):
    """Frozen pydantic records, one JSON file an author; the reader's annotation says which."""

    def handle_output(self, context: dg.OutputContext, obj: Record) -> None:
        asset, partition = _place(context)
        path = _lake().write_record(asset, partition, obj)
        context.add_output_metadata({"path": dg.MetadataValue.path(path)})

    def load_input(self, context: dg.InputContext) -> Any:
        asset, partition = _place(context)
        kind = context.dagster_type.typing_type
        if not (isinstance(kind, type) and issubclass(kind, Record)):
            raise TypeError(f"annotate the input '{asset}' with the record it holds, not {kind}")
        return _lake().read_record(asset, partition, kind)
