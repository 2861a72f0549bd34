"""How results travel between assets: tables as Parquet, small results as JSON, both published
atomically."""

from typing import Any

import dagster as dg
import polars as pl

from twin_core import records
from twin_core.lake import Lake
from twin_core.records import Record, Table

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
    """polars frames, one file an author, held to the table's declaration."""

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame) -> None:
        asset, partition = _place(context)
        path = _lake().write_frame(TABLES[asset], partition, obj)
        context.add_output_metadata({"path": dg.MetadataValue.path(path)})

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        asset, partition = _place(context)
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
