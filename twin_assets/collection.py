"""Collection: an author's articles as they stand where they were published."""

from datetime import datetime

import dagster as dg
import polars as pl
from pydantic import Field

from twin_assets.partitions import authors
from twin_assets.presentation import draft_result, markdown_table, schema_metadata
from twin_assets.resources import Installation, TwinResource
from twin_core.collect.collect import update, utc_now
from twin_core.collect.merge import SourceTally, Window
from twin_core.collect.source import moment, open_source
from twin_core.errors import SettingError, TwinError, UnreachableError
from twin_core.records import RAW_ARTICLES
from twin_core.segments import Draft, SegmentedTable

TALLY_COLUMNS = (
    *("source", "found", "new", "changed", "unchanged", "duplicates", "missing", "gone"),
    *("paywalled", "blocked", "quarantined", "bytes"),
)


class CollectConfig(dg.Config):
    """A span of publication dates to fetch anew; without one, what changed is fetched."""

    since: str | None = Field(default=None, description="first day, as 2025-01-31")
    until: str | None = Field(default=None, description="the day after the last, as 2025-02-28")


@dg.asset(
    group_name="collection",
    kinds={"polars", "parquet"},
    owners=["team:content"],
    partitions_def=authors,
    io_manager_key="parquet",
    metadata=schema_metadata(RAW_ARTICLES),
    retry_policy=dg.RetryPolicy(max_retries=2, delay=10, backoff=dg.Backoff.EXPONENTIAL),
)
def raw_articles(
    context: dg.AssetExecutionContext, config: CollectConfig, twin: TwinResource
) -> dg.MaterializeResult[Draft]:
    """Every article of the author as fetched, with its date, validators and the consent it came
    under."""
    try:
        draft, tallies = _collect(twin.here, context.partition_key, _window(config))
    except TwinError as error:  # only what may pass by itself is worth another try
        again = isinstance(error, UnreachableError)
        raise dg.Failure(str(error), allow_retries=again) from error
    for tally in tallies:
        for url, reason in (*tally.blocked, *tally.quarantined):
            context.log.warning("left out %s: %s", url, reason)
        if tally.failed:
            context.log.warning("source %s failed: %s", tally.source, tally.failed)
    return draft_result(
        draft,
        ["published_at", "title", "url", "status", "source"],
        fetched=sum(tally.new + tally.changed for tally in tallies),
        unchanged=sum(tally.unchanged for tally in tallies),
        bytes=sum(tally.bytes for tally in tallies),
        sources=markdown_table(list(TALLY_COLUMNS), [tally_row(tally) for tally in tallies]),
        left_out=markdown_table(["source", "what", "why"], left_out(tallies)),
    )


def _window(config: CollectConfig) -> Window | None:
    if config.since is None and config.until is None:
        return None
    ends: list[datetime | None] = []
    for text in (config.since, config.until):
        ends.append(moment(text))
        if text and ends[-1] is None:
            raise SettingError(f"'{text}' is not a date", "write it as 2025-01-31.")
    return Window(*ends)


def _collect(
    here: Installation, slug: str, window: Window | None
) -> tuple[Draft, list[SourceTally]]:
    author = here.author(slug, "collect")
    with here.web(author) as web:
        sources = [open_source(spec, web) for spec in author.sources]
        table = here.lake.table(RAW_ARTICLES, author.slug)
        return update(table, author, sources, utc_now(), window, web)


def tally_row(tally: SourceTally) -> list[object]:
    """A tally's counts in the order of `TALLY_COLUMNS`."""
    counts = {"blocked": len(tally.blocked), "quarantined": len(tally.quarantined)}
    return [counts.get(name, getattr(tally, name)) for name in TALLY_COLUMNS]


def left_out(tallies: list[SourceTally]) -> list[tuple[str, str, str]]:
    """(source, what, why) of everything that was not taken."""
    rows: list[tuple[str, str, str]] = []
    for tally in tallies:
        if tally.failed:
            rows.append((tally.source, "the whole source", tally.failed))
        rows += [(tally.source, url, f"blocked: {why}") for url, why in tally.blocked]
        rows += [(tally.source, url, f"quarantined: {why}") for url, why in tally.quarantined]
    return rows


@dg.asset_check(asset=raw_articles, blocking=True, partitions_def=authors)
def has_live_articles(raw_articles: SegmentedTable) -> dg.AssetCheckResult:
    """At least one article is live, and no article stands twice.

    Where all are gone it only warns: that they are has to reach the index.
    """
    rows = raw_articles.read(columns=["doc_id", "status"])
    live, gone = (rows.filter(pl.col("status") == status).height for status in ("live", "gone"))
    twice = rows.height - rows["doc_id"].n_unique()
    withdrawn = live == 0 < gone and twice == 0
    return dg.AssetCheckResult(
        passed=live > 0 and twice == 0,
        severity=dg.AssetCheckSeverity.WARN if withdrawn else dg.AssetCheckSeverity.ERROR,
        metadata={"live": live, "gone": gone, "repeated_ids": twice},
    )
