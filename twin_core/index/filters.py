"""`Filters` in the language of each reader: a mask over rows in memory, and SQL for Lance."""

from datetime import UTC, datetime

import polars as pl

from twin_core.index.base import Filters
from twin_core.index.rows import asked_words


def utc(moment: datetime) -> datetime:
    """The moment in UTC; one without a zone is taken to be."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def mask(filters: Filters) -> pl.Expr | None:
    """True for the rows admitted; None where all are."""
    parts: list[pl.Expr] = []
    if filters.since is not None:
        parts.append(pl.col("published_at") >= utc(filters.since))
    if filters.until is not None:
        parts.append(pl.col("published_at") < utc(filters.until))
    if filters.sources:
        parts.append(pl.col("source").is_in(list(filters.sources)))
    if filters.doc_ids:
        parts.append(pl.col("doc_id").is_in(list(filters.doc_ids)))
    parts += [pl.col("topic_words").list.contains(word) for word in asked_words(filters.topic)]
    return pl.all_horizontal(parts).fill_null(False) if parts else None


def sql(filters: Filters) -> str | None:
    """The same as a condition for Lance."""
    parts: list[str] = []
    if filters.since is not None:
        parts.append(f"published_at >= {_moment(filters.since)}")
    if filters.until is not None:
        parts.append(f"published_at < {_moment(filters.until)}")
    if filters.sources:
        parts.append(f"source IN ({quoted(filters.sources)})")
    if filters.doc_ids:
        parts.append(f"doc_id IN ({quoted(filters.doc_ids)})")
    parts += [f"array_has(topic_words, {quoted([w])})" for w in asked_words(filters.topic)]
    return " AND ".join(parts) or None


def quoted(values: list[str] | tuple[str, ...]) -> str:
    """SQL string literals; a quote is doubled, nothing else is special in Lance's dialect."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


def _moment(value: datetime) -> str:
    return f"timestamp '{utc(value).isoformat()}'"
