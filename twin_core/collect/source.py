"""What every place of publication offers: list what there is, and fetch one thing of it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit, urlunsplit

from twin_core.collect.dates import moment as moment  # a date as any source states it
from twin_core.collect.web import Web
from twin_core.errors import SourceError, TwinError, UnreachableError
from twin_core.fingerprint import fingerprint, text_hash
from twin_core.sources import SourceSpec


@dataclass(frozen=True)
class Reference:
    """An article as a source lists it, before its body is fetched.

    validator: changes when the listing says that the article did (ETag, date, file time and size).
    certain: and only then; an article whose stored validator is equal need not be asked for.
    problem: why this part of the listing gives no article; it is reported, and never fetched.
    """

    url: str
    title: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    validator: str = ""
    certain: bool = False
    problem: SourceError | None = None


@dataclass(frozen=True)
class Fetched:
    """An article's body and what came with it.

    byline: the names that it is signed with; empty where it is signed with none.
    dated_by: what `published_at` was read from, e.g. `feed`, `json-ld`, `front matter`, `git log`.
    canonical: the address that the article itself calls its own, if it names one.
    answered_at: the address that the article's own led to, where that is another.
    paywalled: the body is not whole for us; it must then be empty.
    """

    body: str
    media_type: str
    title: str | None = None
    byline: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    dated_by: str | None = None
    canonical: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    paywalled: bool = False
    answered_at: str | None = None


@dataclass(frozen=True)
class Validators:
    """What the last fetch of an article left us with, to ask whether it changed."""

    etag: str | None
    last_modified: str | None


class Source(Protocol):
    """One module in this package for each kind.

    label: kind:location, as it stands in `raw_articles.source`.
    complete: whether `discover` lists everything there is, so that what it no longer lists is
    missing. Of the others, stored articles that are no longer listed are asked for one by one.
    """

    @property
    def label(self) -> str: ...

    @property
    def complete(self) -> bool: ...

    def discover(self) -> Iterator[Reference]:
        """References; raises `SourceError` when the source as a whole cannot be read, and
        `EmptyError` when it can be, and there is nothing."""
        ...

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        """The article, or None if `known` shows it is unchanged.

        Raises `GoneError` when it is no longer there, `BlockedError` when a rule forbids taking it,
        another `SourceError` when it cannot be read now.
        """
        ...


_READERS = {
    "feed": "twin_core.collect.feed:FeedSource",
    "sitemap": "twin_core.collect.sitemap:SitemapSource",
    "archive": "twin_core.collect.archive:ArchiveSource",
    "pages": "twin_core.collect.pages:PagesSource",
    "substack": "twin_core.collect.substack:SubstackSource",
    "github": "twin_core.collect.github:GithubSource",
    "folder": "twin_core.collect.folder:FolderSource",
    "medium": "twin_core.collect.medium:MediumSource",
    "linkedin": "twin_core.collect.linkedin:LinkedinSource",
    "notion": "twin_core.collect.notes:NotionSource",
    "obsidian": "twin_core.collect.notes:ObsidianSource",
}


def open_source(spec: SourceSpec, web: Web) -> Source:
    """The source that a spec of the authors file describes; all of a pass share one `web`."""
    module, name = _READERS[spec.kind].split(":")
    reader: Any = getattr(import_module(module), name)
    return reader(spec, web)


def listed(source: Source) -> list[Reference]:
    """Everything that a source lists now; raises nothing but `SourceError`."""
    try:
        return list(source.discover())
    except TwinError:
        raise
    except Exception as error:
        raise SourceError(
            f"{source.label} cannot be listed: {type(error).__name__}: {str(error)[:200]}",
            "the other sources are not affected; report it if the source is in order.",
        ) from error


def listing_version(source: Source) -> str:
    """A digest of what the source lists now, without fetching a body: it changes when an article
    does.

    Raises `SourceError` if the source, or a part that may come back, cannot be listed.
    """
    references = listed(source)
    for reference in references:
        if isinstance(reference.problem, UnreachableError):
            raise reference.problem
    return fingerprint(sorted((one.url, one.title, one.validator) for one in references))


@lru_cache(maxsize=16384)  # some MB; a pass asks for each article's a few times
def canonical_url(url: str) -> str:
    """Scheme and host in lower case, no default port, no fragment, no tracking parameters."""
    parts = urlsplit(url.strip())
    scheme, host = parts.scheme.lower(), parts.netloc.lower()
    default = {"http": ":80", "https": ":443"}.get(scheme, "")
    query = "&".join(
        pair
        for pair in parts.query.split("&")
        if pair and not pair.startswith(("utm_", "fbclid=", "gclid=", "ref=", "source=rss"))
    )
    return urlunsplit((scheme, host.removesuffix(default), parts.path or "/", query, ""))


def web_address(stated: str, base: str = "") -> str | None:
    """The canonical form of an address that somebody states, relative to `base`; None if it is
    none of the web."""
    try:
        url = canonical_url(urljoin(base, stated.strip()))
        parts = urlsplit(url)
        sound = url.encode() and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return url if sound and parts.scheme in ("http", "https") else None


def site_of(url: str) -> str:
    """The host without `www.`: what makes two addresses the same site; empty for no address."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_among(site: str, sites: Collection[str]) -> bool:
    """Whether a site is one of these, a part of one, or what one of them is a part of."""
    return any(site == own or site.endswith(f".{own}") or own.endswith(f".{site}") for own in sites)


def document_id(url: str) -> str:
    """The article's identity: a digest of its canonical URL."""
    return text_hash(canonical_url(url))
