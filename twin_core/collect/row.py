"""One row of `raw_articles`, made from what a source gave."""

from datetime import datetime, timedelta
from typing import Any

from twin_core.authors import Author
from twin_core.collect.frontmatter import FILE_TIME
from twin_core.collect.source import Fetched, Reference, canonical_url
from twin_core.fingerprint import text_hash
from twin_core.plain import plain, repaired

_FILES = ("folder:", "github:", "linkedin:", "medium:", "notion:", "obsidian:")
FIRST_SEEN = "first seen"
AHEAD = timedelta(days=2)  # a date in another time zone, or a clock that is a little fast


def make_row(
    author: Author,
    label: str,
    reference: Reference,
    fetched: Fetched,
    row: dict[str, Any] | None,
    now: datetime,
) -> dict[str, Any]:
    """The row of a fetched article, `doc_id` left out. row: what was stored of it before."""
    body, repairs = repaired(fetched.body)
    title, odd_title = plain(fetched.title or reference.title or reference.url)
    names = [plain(name) for name in fetched.byline]
    repairs = [repairs, odd_title and f"title: {odd_title}"]
    repairs += [f"by-line: {odd}" for _, odd in names if odd]
    published, dated_by = _dated(reference, fetched, row, now)
    return {
        "author": author.slug,
        "consent_id": author.consent.consent_id if author.consent else "",
        "source": label,
        "url": canonical_url(reference.url) if row is None else row["url"],
        "also_at": list(row["also_at"] or ()) if row else [],
        "title": title or reference.url,
        "byline": [name for name, _ in names if name],
        "published_at": published,
        "dated_by": dated_by,
        "updated_at": fetched.updated_at or reference.updated_at,
        "fetched_at": now,
        "media_type": fetched.media_type,
        "body": body,
        "content_hash": text_hash(f"{title}\n{body}"),
        "etag": fetched.etag,
        "last_modified": fetched.last_modified,
        "repairs": "; ".join(filter(None, repairs)) or None,
        "status": "paywalled" if fetched.paywalled else "live",
        "missed": 0,
    }


def _dated(
    reference: Reference, fetched: Fetched, row: dict[str, Any] | None, now: datetime
) -> tuple[datetime, str]:
    stated = fetched.published_at or reference.published_at
    by = fetched.dated_by or ("listing" if stated else FIRST_SEEN)
    if stated and stated > now + AHEAD:
        stated, by = None, f"{FIRST_SEEN}: {stated:%Y-%m-%d} ({by}) is yet to come"
    if row and (stated is None or _by_file(by) and _by_file(row["dated_by"])):
        return row["published_at"], row["dated_by"]  # an edit does not make it younger
    return stated or now, by


def is_file(label: str) -> bool:
    """Whether a source holds files of the author's. Each is an article by itself: copies of it are
    found when they are cleaned, or what they are would depend on what they have been."""
    return label.startswith(_FILES)


def is_stated(by: str | None) -> bool:
    """Whether a date is one that the article or its listing states. by: what it was taken from."""
    return bool(by) and not by.startswith((FILE_TIME, FIRST_SEEN))


def _by_file(by: str | None) -> bool:
    return (by or "").startswith(FILE_TIME)
