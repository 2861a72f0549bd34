"""Collection: an author's articles as they stand where they were published."""

import dagster as dg
import polars as pl

from twin_assets.partitions import authors
from twin_assets.presentation import markdown_table, schema_metadata, table_result
from twin_assets.resources import Installation, TwinResource
from twin_core.collect.collect import SourceTally, collect, utc_now
from twin_core.collect.source import open_source
from twin_core.errors import TwinError, UnreachableError
from twin_core.records import RAW_ARTICLES


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
    context: dg.AssetExecutionContext, twin: TwinResource
) -> dg.MaterializeResult[pl.DataFrame]:
    """Every article of the author as fetched, with its date, validators and the consent it came
    under."""
    try:
        frame, tallies = _collect(twin.here, context.partition_key)
    except TwinError as error:  # only what may pass by itself is worth another try
        again = isinstance(error, UnreachableError)
        raise dg.Failure(str(error), allow_retries=again) from error
    for tally in tallies:
        for url, reason in tally.quarantined:
            context.log.warning("left out %s: %s", url, reason)
        if tally.failed:
            context.log.warning("source %s failed: %s", tally.source, tally.failed)
    return table_result(
        RAW_ARTICLES,
        frame,
        ["published_at", "title", "url", "status", "source"],
        fetched=sum(tally.new + tally.changed for tally in tallies),
        unchanged=sum(tally.unchanged for tally in tallies),
        bytes=sum(tally.bytes for tally in tallies),
        sources=_sources(tallies),
    )


def _collect(here: Installation, slug: str) -> tuple[pl.DataFrame, list[SourceTally]]:
    author = here.author(slug, "collect")
    assert author.consent  # the line above saw to that
    return collect(
        author.slug,
        author.consent.consent_id,
        [open_source(spec) for spec in author.sources],
        here.lake.previous_frame(RAW_ARTICLES, author.slug),
        utc_now(),
    )


def _sources(tallies: list[SourceTally]) -> dg.MarkdownMetadataValue:
    header = ["source", "found", "new", "changed", "unchanged", "gone", "bytes", "left out"]
    rows = [
        [
            tally.source,
            tally.found,
            tally.new,
            tally.changed,
            tally.unchanged,
            tally.gone,
            tally.bytes,
            tally.failed or "; ".join(f"{url}: {why}" for url, why in tally.quarantined),
        ]
        for tally in tallies
    ]
    return markdown_table(header, rows)


@dg.asset_check(asset=raw_articles, blocking=True, partitions_def=authors)
def has_live_articles(raw_articles: pl.DataFrame) -> dg.AssetCheckResult:
    """At least one article is live, and no article stands twice."""
    live = raw_articles.filter(pl.col("status") == "live").height
    twice = raw_articles.height - raw_articles["doc_id"].n_unique()
    return dg.AssetCheckResult(
        passed=live > 0 and twice == 0, metadata={"live": live, "duplicates": twice}
    )
