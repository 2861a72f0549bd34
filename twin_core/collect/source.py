"""What every place of publication offers: list what there is, and fetch one thing of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from twin_core.authors import FeedSpec, SourceSpec
from twin_core.fingerprint import text_hash


@dataclass(frozen=True)
class Reference:
    """An article as a source lists it, before its body is fetched.

    validator: changes when the listing says that the article did (ETag, date, file time and size).
    """

    url: str
    title: str
    published_at: datetime | None
    updated_at: datetime | None
    validator: str


@dataclass(frozen=True)
class Fetched:
    """An article's body and what came with it."""

    body: str
    media_type: str
    title: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Validators:
    """What the last fetch of an article left us with, to ask whether it changed."""

    etag: str | None
    last_modified: str | None


class Source(Protocol):
    """One file in this package for each kind.

    label: kind:location, as it stands in `raw_articles.source`.
    complete: whether `discover` lists everything there is, so that what it no longer lists is gone.
    """

    @property
    def label(self) -> str: ...

    @property
    def complete(self) -> bool: ...

    def discover(self) -> Iterator[Reference]:
        """References, newest listing order; raises `SourceError` when the source cannot be read."""
        ...

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        """The article, or None if `known` shows it is unchanged; raises `SourceError`."""
        ...


def open_source(spec: SourceSpec) -> Source:
    """The source that a spec of the authors file describes."""
    if isinstance(spec, FeedSpec):
        from twin_core.collect.feed import FeedSource

        return FeedSource(spec)
    from twin_core.collect.folder import FolderSource

    return FolderSource(spec)


def canonical_url(url: str) -> str:
    """Scheme and host in lower case, no fragment, no tracking parameters."""
    parts = urlsplit(url.strip())
    query = "&".join(
        pair
        for pair in parts.query.split("&")
        if pair and not pair.startswith(("utm_", "fbclid=", "gclid=", "source=rss"))
    )
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", query, ""))


def document_id(url: str) -> str:
    """The article's identity: a digest of its canonical URL."""
    return text_hash(canonical_url(url))
