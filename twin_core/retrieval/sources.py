"""Which sources an author's passages come from: what a question can name."""

from functools import lru_cache
from pathlib import Path

import polars as pl

from twin_core.lake import Lake
from twin_core.records import DOC_CHUNKS


def sources_of(lake: Lake, author: str) -> tuple[str, ...]:
    """The sources in the author's passages, sorted; none before there are passages."""
    path = lake.path(DOC_CHUNKS.name, author, ".parquet")
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return ()


@lru_cache(maxsize=64)
def _read(path: Path, _modified: int) -> tuple[str, ...]:
    """One column of the file, once for each time it is published."""
    try:
        found = pl.read_parquet(path, columns=["source"])["source"].unique().drop_nulls()
    except pl.exceptions.PolarsError:  # written before passages had sources
        return ()
    return tuple(sorted(found))
