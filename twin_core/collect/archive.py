"""Archive pages: the articles that a site's own lists link to, beyond what its feed still has."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from twin_core.collect.listing import Listings
from twin_core.collect.page import PAGE_TYPES, decode, fetch_page
from twin_core.collect.sitemap import MAX_PAGES, matches
from twin_core.collect.source import Fetched, Reference, Validators, site_of, web_address
from twin_core.collect.web import Web
from twin_core.errors import SourceError
from twin_core.sources import ArchiveSpec

MAX_LISTS = 1000
MAX_ADDRESS = 4096  # characters; many links below one long address make gigabytes


class _Links(HTMLParser):
    """The addresses that a page links to, and the one it calls its next page."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.found: list[str] = []
        self.next: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag not in ("a", "link") or not said.get("href"):
            return
        address = web_address(said["href"], self.base)
        if address and len(address) > MAX_ADDRESS:
            return
        if address and "next" in said.get("rel", "").lower().split():
            self.next = self.next or address
        elif address and tag == "a":
            self.found.append(address)


class ArchiveSource:
    """Links of an archive page and of the pages that follow it (`rel=next`), on its own site."""

    def __init__(self, spec: ArchiveSpec, web: Web) -> None:
        self.spec, self.web = spec, web
        self.label = spec.label
        self.complete = True

    def discover(self) -> Iterator[Reference]:
        found: dict[str, Reference] = {}
        cut: dict[str, SourceError] = {}
        url: str | None = self.spec.url
        read: set[str] = set()
        with Listings() as listings:
            while url and url not in read and len(read) < MAX_LISTS and len(found) < MAX_PAGES:
                read.add(url)
                links = self._links(listings, url)
                for address in links["found"]:
                    same = site_of(address) == site_of(self.spec.url)
                    if same and matches(self.spec.include, self.spec.exclude, address):
                        found[address] = Reference(address)
                if not links["whole"]:
                    problem = f"{url} breaks off at a declaration that is none"
                    cut[url] = SourceError(problem, "correct its HTML; links before it count.")
                url = links["next"]
        if url and url not in read:
            problem = f"only {MAX_LISTS:,} list pages and {MAX_PAGES:,} articles are read"
            cut[url] = SourceError(problem, "name a narrower list; what is stored stays.")
        self.complete = not cut  # what a list that was cut does not show may still be there
        if not found:
            raise SourceError(
                f"{self.spec.url} links to no page that matches {self.spec.include}",
                "check the address, and `include` in the authors file.",
            )
        yield from found.values()
        yield from (Reference(url, problem=error) for url, error in cut.items())

    def _links(self, listings: Listings, url: str) -> dict[str, Any]:
        answer = self.web.get(url, listing=True)
        if answer.media_type not in PAGE_TYPES:
            raise SourceError(f"{url} is {answer.media_type}, not a web page", "check the address.")
        return listings.read(read_links, answer.body, answer.url, answer.charset)

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        return fetch_page(self.web, reference, known)


def read_links(body: bytes, url: str, charset: str | None) -> dict[str, Any]:
    """The addresses that a page links to, which it calls its next, and whether all of it was
    read."""
    links, whole = _Links(url), True
    try:
        links.feed(decode(body, charset))
    except AssertionError:  # the parser's, at a broken declaration
        whole = False
    return {"found": links.found, "next": links.next, "whole": whole}
