"""A web page of an article: fetched with validators, decoded, and what it says of itself.

The page's own statements are read in the order of their reliability: JSON-LD (schema.org), then
OpenGraph and other `meta`, then `time` elements. Nothing is guessed from running text.
"""

import codecs
import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from twin_core.collect.source import (
    Fetched,
    Reference,
    Validators,
    canonical_url,
    moment,
    web_address,
)
from twin_core.collect.web import Answer, Web
from twin_core.errors import GoneError, SourceError

PAGE_TYPES = ("text/html", "application/xhtml+xml")
_READ_CHARACTERS = 400_000  # what describes a page stands at its head
_MAX_BYLINES = 10
MAX_DEPTH = 512  # what browsers show, too
_CONTAINERS = {"article", "blockquote", "div", "ol", "section", "table", "ul"}
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.I)
# The charsets of the web (https://encoding.spec.whatwg.org), by Python's names for them
_CHARSETS = re.compile(
    r"ascii|utf-(?:8|16|32)(?:-sig|-le|-be)?|iso8859-\d+|koi8-[rtu]|mac-\w+|cp\d+|hz|"
    r"gb\w+|big5\w*|euc_\w+|iso2022_\w+|shift_jis\w*"
)
_SPACE = re.compile(r"\s+")
_ARTICLE_TYPES = {
    *("Article", "BlogPosting", "NewsArticle", "TechArticle", "Report", "SocialMediaPosting"),
    *("ScholarlyArticle", "OpinionNewsArticle", "Review"),
}


@dataclass
class About:
    """What a page says of itself; None or empty where it says nothing."""

    title: str | None = None
    byline: list[str] = field(default_factory=list)
    published_at: datetime | None = None
    updated_at: datetime | None = None
    dated_by: str | None = None
    canonical: str | None = None
    paywalled: bool = False

    def date(self, published: object, updated: object, by: str) -> None:
        """Take dates where there are none yet."""
        if self.published_at is None and (found := moment(published)):
            self.published_at, self.dated_by = found, by
        if self.updated_at is None:
            self.updated_at = moment(updated)


class _Head(HTMLParser):
    """Collects title, meta, canonical link, JSON-LD and the first `time` of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: dict[str, list[str]] = {}
        self.canonical: str | None = None
        self.times: list[str] = []
        self.scripts: list[str] = []
        self.title = ""
        self.headline = ""
        self.deepest = 0
        self._depth = 0
        self._into: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in _CONTAINERS:
            self._depth += 1
            self.deepest = max(self.deepest, self._depth)
        if tag == "meta":
            name = (said.get("property") or said.get("name") or said.get("itemprop") or "").lower()
            if name and said.get("content"):
                self.meta.setdefault(name, []).append(said["content"].strip())
        elif tag == "link" and "canonical" in said.get("rel", "").lower().split():
            self.canonical = self.canonical or said.get("href")
        elif tag == "time" and said.get("datetime"):
            self.times.append(said["datetime"])
        elif tag == "script" and said.get("type", "").lower() == "application/ld+json":
            self._into = "script"
            self.scripts.append("")
        elif tag == "title" and not self.title:
            self._into = "title"
        elif tag == "h1" and not self.headline:
            self._into = "headline"

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag in _CONTAINERS and self._depth > 0
        if tag in ("script", "title", "h1"):
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into == "script":
            self.scripts[-1] += data
        elif self._into:
            setattr(self, self._into, getattr(self, self._into) + data)


def about(html: str, url: str) -> About:
    """What the page at `url` says of itself; raises `SourceError` if it is nested beyond reason."""
    head = _Head()
    with suppress(AssertionError):  # the parser's, at a broken declaration: what came before counts
        # without `close`, which takes quadratic time for tags that do not end
        head.feed(html[:_READ_CHARACTERS])
    if head.deepest > MAX_DEPTH:
        raise SourceError(
            f"{url} nests its elements more than {MAX_DEPTH} deep", "no reader can show it."
        )
    found = About()
    for item in _linked_data(head.scripts):
        _from_linked_data(found, item)
    meta = {name: values[0] for name, values in head.meta.items()}
    found.date(meta.get("article:published_time"), meta.get("article:modified_time"), "meta")
    for name in ("datepublished", "date", "dc.date", "dcterms.created", "parsely-pub-date"):
        found.date(meta.get(name), None, "meta")
    if head.times:
        found.date(head.times[0], None, "time element")
    if not found.byline:
        names = head.meta.get("author") or head.meta.get("article:author") or []
        found.byline = [name for name in names if not name.startswith(("http://", "https://"))]
    found.title = found.title or meta.get("og:title") or head.headline or head.title or None
    if found.title:
        found.title = _SPACE.sub(" ", found.title).strip()
    address = head.canonical or meta.get("og:url")
    found.canonical = web_address(address, url) if address else None
    tier = meta.get("article:content_tier", "").lower()
    found.paywalled = found.paywalled or tier in ("locked", "metered")
    return found


def _linked_data(scripts: list[str]) -> list[dict[str, Any]]:
    """The articles among a page's JSON-LD objects; what is not JSON says nothing."""
    found: list[dict[str, Any]] = []
    for script in scripts:
        try:
            parsed = json.loads(script)
        except (ValueError, RecursionError):
            continue
        items = parsed if isinstance(parsed, list) else [parsed]
        for item in items:
            if isinstance(item, dict):
                graph = item.get("@graph")
                found += [item, *(graph if isinstance(graph, list) else [])]
    return [item for item in found if isinstance(item, dict) and _types(item) & _ARTICLE_TYPES]


def _types(item: dict[str, Any]) -> set[str]:
    kind = item.get("@type")
    return {str(one) for one in (kind if isinstance(kind, list) else [kind])}


def _from_linked_data(found: About, item: dict[str, Any]) -> None:
    found.date(item.get("datePublished"), item.get("dateModified"), "json-ld")
    if not found.title and isinstance(item.get("headline"), str):
        found.title = item["headline"]
    if not found.byline:
        found.byline = _names(item.get("author"))
    if str(item.get("isAccessibleForFree", "true")).lower() == "false":
        found.paywalled = True


def _names(author: object) -> list[str]:
    people = author if isinstance(author, list) else [author]
    names = [person.get("name") if isinstance(person, dict) else person for person in people]
    return [name.strip() for name in names if isinstance(name, str) and name.strip()][:_MAX_BYLINES]


def decode(body: bytes, charset: str | None) -> str:
    """Text of a body: by byte-order mark, stated charset, the page's own `meta`, UTF-8, and last
    Windows-1252, in which any bytes are text. An unknown charset is as good as none."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if body.startswith(mark):
            return body.decode(name, "replace")
    inside = _DECLARED.search(body[:2048])
    for name in (charset, inside[1].decode("ascii") if inside else None, "utf-8"):
        try:
            known = codecs.lookup(name).name if name else ""
            if _CHARSETS.fullmatch(known):
                return body.decode("cp1252" if known == "iso8859-1" else known)
        except (LookupError, ValueError):
            continue
    return body.decode("cp1252", "replace")


def fetch_page(web: Web, reference: Reference, known: Validators | None) -> Fetched | None:
    """The web page behind a reference, or None if it is unchanged since `known`."""
    headers = {"Accept": ", ".join(PAGE_TYPES)}
    if known and known.etag:
        headers["If-None-Match"] = known.etag
    if known and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    answer = web.get(reference.url, headers)
    if answer.status == 304:
        return None
    if answer.media_type not in PAGE_TYPES:
        raise SourceError(
            f"{reference.url} is {answer.media_type or 'of no stated type'}, not a web page",
            "take it out of the source, or publish the article as HTML.",
        )
    return as_fetched(answer, reference)


def as_fetched(answer: Answer, reference: Reference) -> Fetched:
    """A page's answer with what it says of itself; the listing's dates come first.

    Raises `GoneError` where the address leads to a front page: many sites answer so for what they
    have taken down.
    """
    there, asked = canonical_url(answer.url), canonical_url(reference.url)
    led = urlsplit(there)[1:] != urlsplit(asked)[1:]  # http to https is the same
    if led and urlsplit(there).path == "/" != urlsplit(asked).path and not urlsplit(there).query:
        raise GoneError(f"{reference.url} leads to the front page {there}", "it was taken down.")
    html = decode(answer.body, answer.charset)
    page = about(html, answer.url)
    return Fetched(
        body="" if page.paywalled else html,
        media_type="text/html",
        title=reference.title or page.title,
        byline=tuple(page.byline),
        published_at=reference.published_at or page.published_at,
        updated_at=reference.updated_at or page.updated_at,
        dated_by="listing" if reference.published_at else page.dated_by,
        canonical=page.canonical or (there if led else None),
        answered_at=there if led else None,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
        paywalled=page.paywalled,
    )
