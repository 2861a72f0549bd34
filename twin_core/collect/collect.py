"""Bring an author's stored articles in line with what the sources say now."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from twin_core.authors import Author
from twin_core.collect.articles import Articles
from twin_core.collect.merge import Pass
from twin_core.collect.row import is_file
from twin_core.collect.source import Reference, Source, listed
from twin_core.collect.tally import SourceTally, Window
from twin_core.delta import replaced
from twin_core.errors import EmptyError, SourceError
from twin_core.records import RAW_ARTICLES
from twin_core.segments import Draft, SegmentedTable


def update(
    table: SegmentedTable,
    author: Author,
    sources: Sequence[Source],
    now: datetime,
    window: Window | None = None,
    transferred: Any = None,
) -> tuple[Draft, list[SourceTally]]:
    """All articles of an author: new and edited ones fetched, the others carried over.

    A source that fails, or an article that cannot be fetched, is recorded in the tally and leaves
    what is stored as it was. If every source failed and nothing is stored, the first failure is
    raised. An article that two sources have is one row, of the source listed first.

    window: fetch anew what was published then, whatever its validators say, and nothing else.
    transferred: what counts received bytes, as its attribute `transferred`; a `Web`.
    """
    last = {source.label: source for source in sources}
    work = Pass(author, Articles(table), now, window, set(last))
    failures: list[SourceError] = []
    # What stands at an address of its own is known before anything states that address.
    files = [source for source in sources if is_file(source.label)]
    listings: dict[int, list[Reference] | SourceError] = {}
    received: dict[int, int] = {}  # bytes of a listing
    for source in files:
        before = getattr(transferred, "transferred", 0)
        found = listings[id(source)] = _listing(source, work)
        received[id(source)] = getattr(transferred, "transferred", 0) - before
        if isinstance(found, SourceError):
            work.failed.add(source.label)
            work.files |= work.articles.addresses_of(source.label)
        else:
            work.files.update(one.url for one in found)
    for source in sources:
        tally = SourceTally(source.label)
        work.tallies.append(tally)
        before = getattr(transferred, "transferred", 0)
        try:
            found = listings[id(source)] if source in files else _listing(source, work)
            if isinstance(found, SourceError):
                raise found
            work.take(source, found, tally)
        except SourceError as error:
            tally.failed = error.problem
            failures.append(error)
            work.failed.add(source.label)
        # two of one label (two parts of a sitemap) miss only what neither has
        if source is last[source.label] and source.label not in work.failed:
            work.take_leave(source, tally)
        tally.bytes += getattr(transferred, "transferred", 0) - before
        tally.bytes += received.get(id(source), 0)
    if not len(work.articles) and failures:
        raise failures[0]
    work.mark_orphans()
    work.finish()
    return work.articles.draft(), work.tallies


def _listing(source: Source, work: Pass) -> list[Reference] | SourceError:
    """What the source lists, nothing where all that it gave was taken away; or why it cannot."""
    try:
        return listed(source)
    except EmptyError as error:
        return [] if work.articles.of_source(source.label) else error
    except SourceError as error:
        return error


def collect(
    author: Author,
    sources: Sequence[Source],
    previous: pl.DataFrame | None,
    now: datetime,
    window: Window | None = None,
    transferred: Any = None,
) -> tuple[pl.DataFrame, list[SourceTally]]:
    """`update` on a frame, with nothing stored: what a pass would give."""
    with tempfile.TemporaryDirectory(prefix="collect-") as folder:
        table = SegmentedTable(Path(folder), RAW_ARTICLES)
        if previous is not None:
            table = replaced(table, previous).publish()
        draft, tallies = update(table, author, sources, now, window, transferred)
        return draft.table.read(), tallies


def utc_now() -> datetime:
    """The present moment, as the tables store time."""
    return datetime.now(UTC)
