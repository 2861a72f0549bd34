"""Which sources and titles an author's passages have, in which order they appeared, and which names
are the author's: what a question can name."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import polars as pl

from twin_core.authors import load_authors
from twin_core.errors import TwinError
from twin_core.index.base import Filters
from twin_core.index.filters import mask
from twin_core.lake import Lake
from twin_core.records import DOC_CHUNKS
from twin_core.retrieval.terms import bare_title, main_title, title_key
from twin_core.segments import SegmentedTable


def sources_of(lake: Lake, author: str) -> tuple[str, ...]:
    """The sources in the author's passages, sorted; none before there are passages."""
    table = lake.table(DOC_CHUNKS, author)
    return _read(table.directory, table.modified)[0] if table.exists else ()


def titles_of(lake: Lake, author: str) -> Mapping[str, str]:
    """Titles of the author's texts by their keys (`terms.title_key`, and `bare_title` where that is
    one title's alone), and what stands before a colon or dash in them by its key; none before there
    are passages."""
    table = lake.table(DOC_CHUNKS, author)
    return _read(table.directory, table.modified)[1] if table.exists else {}


def newest_first(lake: Lake, author: str, within: Filters | None = None) -> tuple[str, ...]:
    """Ids of the author's documents that have a date, the newest first. within: those that it
    admits by period and source."""
    table = lake.table(DOC_CHUNKS, author)
    if not table.exists:
        return ()
    dated = _dated(table.directory, table.modified)
    admitted = mask(replace(within, topic="")) if within else None
    return tuple(
        (dated if admitted is None else dated.filter(admitted))["doc_id"].unique(
            maintain_order=True
        )
    )


@lru_cache(maxsize=64)
def _dated(directory: Path, _modified: int) -> pl.DataFrame:
    """Documents with their dates and sources, the newest first."""
    columns = ["doc_id", "published_at", "source"]
    found = SegmentedTable(directory, DOC_CHUNKS).read(columns=columns)
    dated = (
        found.drop_nulls("published_at")
        .group_by("doc_id", "source")
        .agg(pl.col("published_at").max())
    )
    return dated.sort("published_at", "doc_id", descending=[True, False])


@lru_cache(maxsize=64)
def _read(directory: Path, _modified: int) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """(sources, titles by their keys) in the table, read once for each time it is published."""
    found = SegmentedTable(directory, DOC_CHUNKS).read(columns=["source", "title"]).unique()
    titles = sorted(found["title"].drop_nulls().unique())
    mains = {title: main_title(title) for title in titles}
    known = {bare_title(title): title for title in titles}
    twice = Counter(map(bare_title, titles))
    known = {key: title for key, title in known.items() if twice[key] == 1}
    known |= {title_key(main): main for title, main in mains.items() if main != title}
    known |= {title_key(title): title for title in titles}
    return tuple(sorted(found["source"].unique().drop_nulls())), known


def names_of(authors_file: Path, author: str) -> tuple[str, ...]:
    """The names that the author signs with; none where the file does not know them."""
    try:
        return _names(authors_file, authors_file.stat().st_mtime_ns, author)
    except (OSError, TwinError):
        return ()


@lru_cache(maxsize=64)
def _names(authors_file: Path, _modified: int, author: str) -> tuple[str, ...]:
    found = load_authors(authors_file).get(author)
    return (found.name, *found.aliases)
