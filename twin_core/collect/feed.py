"""RSS and Atom feeds, with the full page behind each entry."""

from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from twin_core.authors import FeedSpec
from twin_core.collect import http
from twin_core.collect.source import Fetched, Reference, Validators, canonical_url
from twin_core.errors import SourceError

PAGE_TYPES = ("text/html", "application/xhtml+xml")


def _moment(entry: Any, *names: str) -> datetime | None:
    for name in names:
        parsed = dict.get(entry, f"{name}_parsed")  # feedparser's own `get` guesses
        if parsed:
            return datetime.fromtimestamp(timegm(parsed), UTC)
    return None


class FeedSource:
    """Entries of one feed. A feed lists only the latest, so what it drops is not gone."""

    complete = False

    def __init__(self, spec: FeedSpec) -> None:
        self.spec = spec
        self.label = spec.label

    def discover(self) -> Iterator[Reference]:
        import feedparser

        with http.open_client() as client:
            _, body = http.get(client, self.spec.url)
        parsed = feedparser.parse(body)
        remedy = "check the feed's address in the authors file; open it in a browser."
        if not parsed.get("version"):
            raise SourceError(f"{self.spec.url} is not an RSS or Atom feed", remedy)
        entries = [entry for entry in parsed.entries if entry.get("link")]
        if not entries:
            raise SourceError(f"the feed {self.spec.url} has no entries", remedy)
        for entry in entries:
            updated = _moment(entry, "updated", "published")
            yield Reference(
                url=canonical_url(entry.link),
                title=entry.get("title", "").strip(),
                published_at=_moment(entry, "published", "updated"),
                updated_at=updated,
                validator=updated.isoformat() if updated else entry.get("id", ""),
            )

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        headers = {"Accept": ", ".join(PAGE_TYPES)}
        if known and known.etag:
            headers["If-None-Match"] = known.etag
        if known and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        with http.open_client() as client:
            response, body = http.get(client, reference.url, headers)
        if response.status_code == 304:
            return None
        media_type = response.headers.get("content-type", "").split(";")[0].strip().lower()
        if media_type not in PAGE_TYPES:
            raise SourceError(
                f"{reference.url} is {media_type or 'of no stated type'}, not a web page",
                "remove it from the feed, or publish the article as HTML.",
            )
        return Fetched(
            body=body.decode(response.encoding or "utf-8", "replace"),
            media_type="text/html",
            etag=response.headers.get("etag"),
            last_modified=response.headers.get("last-modified"),
        )
