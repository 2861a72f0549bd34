"""Web pages given one by one."""

from collections.abc import Iterator

from twin_core.collect.page import fetch_page
from twin_core.collect.source import Fetched, Reference, Validators, canonical_url
from twin_core.collect.web import Web
from twin_core.sources import PagesSpec


class PagesSource:
    """The pages of a list; what is taken off the list is missing."""

    complete = True

    def __init__(self, spec: PagesSpec, web: Web) -> None:
        self.spec, self.web = spec, web
        self.label = spec.label

    def discover(self) -> Iterator[Reference]:
        for url in dict.fromkeys(canonical_url(url) for url in self.spec.urls):
            yield Reference(url)

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        return fetch_page(self.web, reference, known)
