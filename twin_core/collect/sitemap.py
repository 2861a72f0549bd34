"""Sitemaps (https://www.sitemaps.org/protocol.html) and indexes of them, as XML, text or gzip."""

import gzip
import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from twin_core.collect.page import fetch_page
from twin_core.collect.source import Fetched, Reference, Validators, moment, web_address
from twin_core.collect.web import MAX_BYTES, Web
from twin_core.errors import BlockedError, SourceError
from twin_core.sources import SitemapSpec

MAX_SITEMAPS = 200
MAX_PAGES = 50_000  # the protocol's own limit of one sitemap
_GZIP = b"\x1f\x8b"


class SitemapSource:
    """Pages that a sitemap lists, itself filtered by `include` and `exclude`; it lists all there
    are, unless a part of it could not be read."""

    def __init__(self, spec: SitemapSpec, web: Web) -> None:
        self.spec, self.web = spec, web
        self.label = spec.label
        self.complete = True

    def discover(self) -> Iterator[Reference]:
        found: dict[str, Reference] = {}
        broken: dict[str, SourceError] = {}
        waiting, read = [self.spec.url], set[str]()
        self.complete = True
        while waiting and len(read) < MAX_SITEMAPS and len(found) < MAX_PAGES:
            url = waiting.pop(0)
            if url in read:
                continue
            read.add(url)
            try:
                maps, pages = parse_sitemap(self.web.get(url, listing=True).body, url)
            except SourceError as error:
                if url == self.spec.url:
                    raise
                broken[url] = error
                self.complete = False
                continue
            waiting += maps
            for stated, changed in pages:
                address = web_address(stated)
                if address is None:
                    reason = f"{url} lists '{stated[:100]}', which is no address"
                    broken[f"{url}#{stated[:100]}"] = SourceError(reason, "correct the sitemap.")
                elif matches(self.spec.include, self.spec.exclude, address):
                    found[address] = Reference(
                        address, updated_at=changed, validator=str(changed or "")
                    )
        if broken and not found:
            raise next(iter(broken.values()))
        if not found:
            raise SourceError(
                f"the sitemap {self.spec.url} lists no page that is wanted",
                "check its address, and `include` and `exclude` in the authors file.",
            )
        yield from found.values()
        yield from (Reference(url, problem=error) for url, error in broken.items())

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        return fetch_page(self.web, reference, known)


def matches(include: str | None, exclude: str | None, address: str) -> bool:
    """Whether an address is wanted."""
    if include and not re.search(include, address):
        return False
    return not (exclude and re.search(exclude, address))


def parse_sitemap(body: bytes, url: str) -> tuple[list[str], list[tuple[str, datetime | None]]]:
    """(sitemaps that an index names, (page, last change) of a sitemap).

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
    return [], [(entry["loc"], moment(entry.get("lastmod"))) for entry in located]


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
