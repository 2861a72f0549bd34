"""RSS, Atom and JSON feeds; the page behind an entry where the feed carries only a summary."""

import io
import json
import re
from calendar import timegm
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from twin_core.collect.listing import Listings
from twin_core.collect.page import fetch_page
from twin_core.collect.source import Fetched, Reference, Validators, moment, site_of, web_address
from twin_core.collect.web import Web
from twin_core.errors import BlockedError, SourceError
from twin_core.fingerprint import fingerprint
from twin_core.sources import FeedSpec

MIN_WHOLE_WORDS = 120  # below that a feed's content is taken for a summary
_TAG = re.compile(r"<[^<>]*>")
_CUT_SHORT = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|read (?:more|on|the rest)|continue reading|keep reading)"
    r"[\s»→\].]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entry:
    """One entry of a feed, whatever its dialect. content: whole body as HTML, or empty."""

    reference: Reference
    content: str = ""
    byline: tuple[str, ...] = ()


def is_whole(content: str) -> bool:
    """Whether a feed's content is the article, not its beginning."""
    text = _TAG.sub(" ", content).strip()
    return len(text.split()) >= MIN_WHOLE_WORDS and not _CUT_SHORT.search(text[-200:])


class FeedSource:
    """Entries of one feed. A feed lists only the latest, so what it drops is not gone."""

    complete = False

    def __init__(self, spec: FeedSpec, web: Web) -> None:
        self.spec, self.web = spec, web
        self.label = spec.label
        self._entries: dict[str, Entry] = {}
        self._sites: set[str] = set()

    def discover(self) -> Iterator[Reference]:
        answer = self.web.get(self.spec.url, listing=True)
        with Listings() as listings:
            home, items = listings.read(read_feed, answer.body, answer.url)
        if not items:
            raise SourceError(
                f"the feed {self.spec.url} has no entries",
                "check the feed's address in the authors file; open it in a browser.",
            )
        self._sites = {site_of(url) for url in (self.spec.url, answer.url, home) if url}
        self._entries = {item["url"]: _entry(item) for item in items}
        for entry in self._entries.values():
            yield entry.reference

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        entry = self._entries.get(reference.url)
        if site_of(reference.url) not in self._sites:
            raise BlockedError(
                f"{reference.url} is on another site than the feed",
                "if it is the author's, name it in a source of kind pages.",
            )
        if entry is None or not is_whole(entry.content):
            fetched = fetch_page(self.web, reference, known)
            if fetched and entry and entry.byline and not fetched.byline:
                return replace(fetched, byline=entry.byline)
            return fetched
        if known and known.etag == reference.validator:
            return None
        return Fetched(
            body=f"<article>{entry.content}</article>",
            media_type="text/html",
            title=reference.title or None,
            byline=entry.byline,
            published_at=reference.published_at,
            updated_at=reference.updated_at,
            dated_by="feed" if reference.published_at else None,
            etag=reference.validator,
        )


Item = dict[str, Any]  # an entry as JSON values, since it may come from a child process


def read_feed(body: bytes, url: str) -> tuple[str, list[Item]]:
    """(address of the site, items) of a feed in any dialect; `SourceError` if it is none."""
    import feedparser

    if body.lstrip()[:1] == b"{":
        return _read_json(body, url)
    parsed = feedparser.parse(
        io.BytesIO(body),  # it would open the file that bytes alone may name
        sanitize_html=False,
        response_headers={"content-location": url},
    )
    if not parsed.get("version"):
        raise _no_feed(url)
    found = [one for one in parsed.entries if one.get("link")]
    items = _items(url, found, lambda one: _xml_item(url, one))
    return str(parsed.feed.get("link", "")), items


def _entry(item: Item) -> Entry:
    if "problem" in item:
        broken = SourceError(item["problem"], "correct it; the other entries are not affected.")
        return Entry(Reference(item["url"], problem=broken))
    published, updated = (
        datetime.fromisoformat(item[name]) if item[name] else None
        for name in ("published_at", "updated_at")
    )
    reference = Reference(item["url"], item["title"], published, updated, item["validator"])
    return Entry(reference, item["content"], tuple(item["byline"]))


def _no_feed(url: str) -> SourceError:
    return SourceError(
        f"{url} is not an RSS, Atom or JSON feed",
        "check the feed's address in the authors file; open it in a browser.",
    )


def _time(entry: Any, *names: str) -> datetime | None:
    for name in names:
        parsed = dict.get(entry, f"{name}_parsed")  # feedparser's own `get` guesses
        stated = str(dict.get(entry, name, ""))
        if found := moment(stated):
            return found
        # feedparser reads more forms, and finds a date in nearly anything
        if parsed and 0 < parsed.tm_year < 10_000 and str(parsed.tm_year) in stated:
            return datetime.fromtimestamp(timegm(parsed), UTC)
    return None


def _items(url: str, entries: list[Any], read: Callable[[Any], Item]) -> list[Item]:
    """The item of each entry; one that cannot be read is a problem of its own."""
    found: list[Item] = []
    for number, entry in enumerate(entries, 1):
        try:
            found.append(read(entry))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            problem = f"entry {number} of the feed cannot be read: {str(error)[:200]}"
            found.append({"url": f"{url}#{number}", "problem": problem})
    return found


def _address(base: str, stated: object) -> str:
    address = web_address(str(stated), base)
    if address is None:
        raise ValueError(f"'{str(stated)[:100]}' is no address")
    return address


def _item(
    url: str,
    title: str,
    published: datetime | None,
    updated: datetime | None,
    content: str,
    summary: str,
    byline: list[str],
) -> Item:
    return {
        "url": url,
        "title": title,
        "published_at": published and published.isoformat(),
        "updated_at": updated and updated.isoformat(),
        "validator": fingerprint(title, updated, content or summary),
        "content": content,
        "byline": byline,
    }


def _xml_item(base: str, entry: Any) -> Item:
    content = next((str(part.value) for part in entry.get("content", ()) if part.value), "")
    people = [str(person.get("name", "")) for person in entry.get("authors", ())]
    return _item(
        _address(base, entry.link),
        _TAG.sub("", str(entry.get("title", ""))).strip(),
        _time(entry, "published", "updated"),
        _time(entry, "updated", "published"),
        content,
        str(entry.get("summary", "")),
        [name for name in people if name],
    )


def _read_json(body: bytes, url: str) -> tuple[str, list[Item]]:
    """https://www.jsonfeed.org/version/1.1/"""
    try:
        feed = json.loads(body)
        items = feed["items"]
        known = str(feed["version"]).startswith("https://jsonfeed.org/version/")
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise _no_feed(url) from error
    if not known or not isinstance(items, list):
        raise _no_feed(url)
    items = [item for item in items if isinstance(item, dict) and isinstance(item.get("url"), str)]
    site = _people(feed)
    found = _items(url, items, lambda item: _json_item(url, item, site))
    return str(feed.get("home_page_url") or ""), found


def _people(item: dict[str, Any]) -> list[str]:
    """Names of the authors that a JSON feed or one of its items has."""
    said = item.get("authors") or item.get("author")
    people = said if isinstance(said, list) else [said]
    names = [str(person.get("name") or "") for person in people if isinstance(person, dict)]
    return [name for name in names if name]


def _json_item(base: str, item: dict[str, Any], site: list[str]) -> Item:
    content = item.get("content_html") or ""
    if not content and item.get("content_text"):
        paragraphs = str(item["content_text"]).split("\n\n")
        content = "".join(f"<p>{_escaped(paragraph)}</p>" for paragraph in paragraphs)
    published = moment(item.get("date_published"))
    return _item(
        _address(base, item["url"]),
        str(item.get("title") or "").strip(),
        published,
        moment(item.get("date_modified")) or published,
        str(content),
        "",
        _people(item) or site,
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
