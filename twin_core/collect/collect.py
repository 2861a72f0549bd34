"""Bring an author's stored articles in line with what the sources say now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import polars as pl

from twin_core.collect.source import Reference, Source, Validators, document_id
from twin_core.errors import SourceError
from twin_core.fingerprint import fingerprint, text_hash
from twin_core.progress import track
from twin_core.records import RAW_ARTICLES


@dataclass
class SourceTally:
    """What one source gave in one pass."""

    source: str
    found: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    bytes: int = 0
    quarantined: list[tuple[str, str]] = field(default_factory=list)
    failed: str | None = None


def collect(
    author: str,
    consent_id: str,
    sources: Sequence[Source],
    previous: pl.DataFrame | None,
    now: datetime,
) -> tuple[pl.DataFrame, list[SourceTally]]:
    """All articles of an author: new and edited ones fetched, the others carried over.

    A source that fails, or an article that cannot be fetched, is recorded in the tally and leaves
    what is stored as it was. If every source failed and nothing is stored, the first failure is
    raised.
    """
    stored = (
        {row["doc_id"]: row for row in previous.iter_rows(named=True)}
        if previous is not None
        else {}
    )
    rows = dict(stored)
    tallies: list[SourceTally] = []
    claimed: set[str] = set()
    first_failure: SourceError | None = None
    for source in sources:
        tally = SourceTally(source.label)
        tallies.append(tally)
        try:
            references = list(source.discover())
        except SourceError as error:
            tally.failed = error.problem
            first_failure = first_failure or error
            continue
        tally.found = len(references)
        for reference in track(references, f"{author} from {source.label}", "articles"):
            key = document_id(reference.url)
            if key in claimed:
                continue
            claimed.add(key)
            row = _refresh(source, reference, stored.get(key), tally, now)
            if row:
                rows[key] = {**row, "doc_id": key, "author": author, "consent_id": consent_id}
        if source.complete:
            _mark_gone(source, rows, {document_id(r.url) for r in references}, tally)
    if not rows and first_failure:
        raise first_failure
    ordered = sorted(rows.values(), key=lambda row: (row["published_at"], row["doc_id"]))
    return RAW_ARTICLES.frame(ordered), tallies


def _refresh(
    source: Source, reference: Reference, known: dict | None, tally: SourceTally, now: datetime
) -> dict | None:
    validators = Validators(known["etag"], known["last_modified"]) if known else None
    try:
        fetched = source.fetch(reference, validators)
    except SourceError as error:
        tally.quarantined.append((reference.url, error.problem))
        return known
    if fetched is None and known:
        tally.unchanged += 1
        return {**known, "status": "live"}
    if fetched is None:
        tally.quarantined.append((reference.url, "unchanged, but nothing is stored of it"))
        return None
    tally.bytes += len(fetched.body.encode())
    title = fetched.title or reference.title or reference.url
    content_hash = text_hash(f"{title}\n{fetched.body}")
    if known and known["content_hash"] == content_hash:
        tally.unchanged += 1
    else:
        tally.changed += bool(known)
        tally.new += not known
    stored_date = known["published_at"] if known else None
    return {
        "source": source.label,
        "url": reference.url,
        "title": title,
        "published_at": fetched.published_at or reference.published_at or stored_date or now,
        "updated_at": fetched.updated_at or reference.updated_at,
        "fetched_at": now,
        "media_type": fetched.media_type,
        "body": fetched.body,
        "content_hash": content_hash,
        "etag": fetched.etag,
        "last_modified": fetched.last_modified,
        "status": "live",
    }


def _mark_gone(source: Source, rows: dict[str, dict], listed: set[str], tally: SourceTally) -> None:
    for key, row in rows.items():
        if row["source"] == source.label and key not in listed and row["status"] == "live":
            rows[key] = {**row, "status": "gone"}
            tally.gone += 1


def listing_version(sources: Sequence[Source]) -> str:
    """A digest of what the sources list now, without fetching a body: it changes when an article
    does.

    Raises `SourceError` if a source cannot be listed.
    """
    listing = sorted(
        (reference.url, reference.title, reference.validator)
        for source in sources
        for reference in source.discover()
    )
    return fingerprint(listing)


def utc_now() -> datetime:
    """The present moment, as the tables store time."""
    return datetime.now(UTC)
