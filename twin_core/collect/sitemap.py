"""Sitemaps (https://www.sitemaps.org/protocol.html) and indexes of them, as XML, text or gzip."""

import gzip
import io
import re
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from twin_core.collect.listing import Listings
from twin_core.collect.page import fetch_page
from twin_core.collect.source import (
    Fetched,
    Reference,
    Validators,
    is_among,
    moment,
    site_of,
    web_address,
)
from twin_core.collect.web import MAX_BYTES, Web
from twin_core.errors import BlockedError, SourceError
from twin_core.sources import SitemapSpec

MAX_SITEMAPS = 2000
MAX_PAGES = 50_000  # of all parts together; the protocol's own limit of one
_GZIP = b"\x1f\x8b"


class SitemapSource:
    """Pages that a sitemap lists, itself filtered by `include` and `exclude`; it lists all there
    are, unless a part of it could not be read."""

    def __init__(self, spec: SitemapSpec, web: Web) -> None:
        self.spec, self.web = spec, web
        self.label = spec.label
        self.complete = True
        self._foreign: set[str] = set()  # listed, on other sites

    def discover(self) -> Iterator[Reference]:
        with Listings() as listings:
            found, broken = self._read_all(listings)
        if broken and not found:
            raise next(iter(broken.values()))
        if not found:
            raise SourceError(
                f"the sitemap {self.spec.url} lists no page that is wanted",
                "check its address, and `include` and `exclude` in the authors file.",
            )
        yield from found.values()
        yield from (Reference(url, problem=error) for url, error in broken.items())

    def _read_all(self, listings: Listings) -> tuple[dict[str, Reference], dict[str, SourceError]]:
        """(pages, what is wrong) by address, of the sitemap and all its parts."""
        found: dict[str, Reference] = {}
        broken: dict[str, SourceError] = {}
        sites = {site_of(self.spec.url)}
        waiting, known = deque([self.spec.url]), {self.spec.url}
        self.complete, self._foreign = True, set()
        while waiting and len(found) + len(broken) < MAX_PAGES:
            url = waiting.popleft()
            try:
                answer = self.web.get(url, listing=True)
                maps, pages = listings.read(parse_sitemap, answer.body, url)
            except SourceError as error:
                if url == self.spec.url:
                    raise
                broken[url] = error
                self.complete = False
                continue
            if url == self.spec.url:
                sites.add(site_of(answer.url))
            fresh = [part for part in dict.fromkeys(maps) if part not in known]
            within = fresh[: MAX_SITEMAPS - len(known)]
            waiting += within
            known.update(within)
            if len(within) < len(fresh):
                self._stop(broken, fresh[len(within)], f"{MAX_SITEMAPS:,} sitemaps")
            for stated, changed in pages:
                page = _page(stated, changed)
                if page is None:
                    reason = f"{url} lists '{stated[:100]}', which is no address"
                    broken[f"{url}#{stated[:100]}"] = SourceError(reason, "correct the sitemap.")
                elif matches(self.spec.include, self.spec.exclude, page.url):
                    found[page.url] = page
                    if not is_among(site_of(page.url), sites):
                        self._foreign.add(page.url)
        if waiting:
            self._stop(broken, waiting[0], f"{MAX_PAGES:,} pages")
        return found, broken

    def _stop(self, broken: dict[str, SourceError], url: str, limit: str) -> None:
        """Tell what is not read any more; its pages are not missing for that."""
        self.complete = False
        broken[url] = SourceError(
            f"{self.spec.url} has more than {limit}: from {url[:200]} on it is not read",
            "name its parts one by one as sources; what is stored stays.",
        )

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        if reference.url in self._foreign:
            raise BlockedError(
                f"{reference.url} is on another site than the sitemap",
                "if it is the author's, name it in a source of kind pages.",
            )
        return fetch_page(self.web, reference, known)


def _page(stated: str, changed: str | None) -> Reference | None:
    """What a sitemap lists; None if it is no address."""
    address = web_address(stated)
    if address is None:
        return None
    date = datetime.fromisoformat(changed) if changed else None
    return Reference(address, updated_at=date, validator=str(date or ""))


def matches(include: str | None, exclude: str | None, address: str) -> bool:
    """Whether an address is wanted."""
    if include and not re.search(include, address):
        return False
    return not (exclude and re.search(exclude, address))


def parse_sitemap(body: bytes, url: str) -> tuple[list[str], list[tuple[str, str | None]]]:
    """(sitemaps that an index names, (page, last change in ISO 8601) of a sitemap).

    Raises `SourceError` for what is no sitemap, `BlockedError` for one with entities or a document
    type, or one that unfolds beyond the size cap.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    if body.startswith(_GZIP):
        try:
            body = gzip.GzipFile(fileobj=io.BytesIO(body)).read(MAX_BYTES + 1)
        except (OSError, EOFError) as error:
            raise SourceError(f"{url} is damaged gzip: {error}", "check its address.") from error
        if len(body) > MAX_BYTES:
            raise BlockedError(f"{url} unfolds to more than {MAX_BYTES} bytes", "split it.")
    if not body.lstrip().startswith(b"<"):
        lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines()]
        return [], [(line, None) for line in lines if line.startswith("http")]
    try:
        root = fromstring(body, forbid_dtd=True)
    except DefusedXmlException as error:
        raise BlockedError(
            f"{url} declares XML entities or a document type", "remove it."
        ) from error
    except ParseError as error:
        raise SourceError(f"{url} is not XML: {error}", "check the sitemap's address.") from error
    if _name(root) not in ("urlset", "sitemapindex"):
        raise SourceError(f"{url} is not a sitemap", "check the sitemap's address.")
    entries = [{_name(part): (part.text or "").strip() for part in entry} for entry in root]
    located = [entry for entry in entries if entry.get("loc")]
    if _name(root) == "sitemapindex":
        return [entry["loc"] for entry in located], []
    changes = [moment(entry.get("lastmod")) for entry in located]
    return [], [
        (entry["loc"], changed and changed.isoformat())
        for entry, changed in zip(located, changes, strict=True)
    ]


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
