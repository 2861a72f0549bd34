"""Archive pages: the articles that a site's own lists link to, beyond what its feed still has."""

from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser

from twin_core.collect.page import PAGE_TYPES, decode, fetch_page
from twin_core.collect.sitemap import matches
from twin_core.collect.source import Fetched, Reference, Validators, site_of, web_address
from twin_core.collect.web import Web
from twin_core.errors import SourceError
from twin_core.sources import ArchiveSpec

MAX_LISTS = 100


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
        if address and "next" in said.get("rel", "").lower().split():
            self.next = self.next or address
        elif address and tag == "a":
            self.found.append(address)


class ArchiveSource:
    """Links of an archive page and of the pages that follow it (`rel=next`), on its own site."""

    complete = True

    def __init__(self, spec: ArchiveSpec, web: Web) -> None:
        self.spec, self.web = spec, web
        self.label = spec.label

    def discover(self) -> Iterator[Reference]:
        found: dict[str, Reference] = {}
        url: str | None = self.spec.url
        read: set[str] = set()
        while url and url not in read and len(read) < MAX_LISTS:
            read.add(url)
            links = self._links(url)
            for address in links.found:
                same = site_of(address) == site_of(self.spec.url)
                if same and matches(self.spec.include, self.spec.exclude, address):
                    found[address] = Reference(address)
            url = links.next
        if not found:
            raise SourceError(
                f"{self.spec.url} links to no page that matches {self.spec.include}",
                "check the address, and `include` in the authors file.",
            )
        yield from found.values()

    def _links(self, url: str) -> _Links:
        answer = self.web.get(url, listing=True)
        if answer.media_type not in PAGE_TYPES:
            raise SourceError(f"{url} is {answer.media_type}, not a web page", "check the address.")
        links = _Links(answer.url)
        with suppress(AssertionError):  # the parser's, at a broken declaration
            links.feed(decode(answer.body, answer.charset))
        return links

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        return fetch_page(self.web, reference, known)
