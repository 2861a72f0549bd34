"""RSS, Atom and JSON feeds; the page behind an entry where the feed carries only a summary."""

import json
import re
from calendar import timegm
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from twin_core.collect.page import fetch_page
from twin_core.collect.source import Fetched, Reference, Validators, moment, site_of, web_address
from twin_core.collect.web import Answer, Web
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
        home, entries = _read(answer)
        if not entries:
            raise SourceError(
                f"the feed {self.spec.url} has no entries",
                "check the feed's address in the authors file; open it in a browser.",
            )
        self._sites = {site_of(url) for url in (self.spec.url, answer.url, home) if url}
        self._entries = {entry.reference.url: entry for entry in entries}
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


def _read(answer: Answer) -> tuple[str, list[Entry]]:
    """(address of the site, entries) of a feed in any dialect; `SourceError` if it is none."""
    if answer.body.lstrip()[:1] == b"{":
        return _read_json(answer)
    import feedparser

    parsed = feedparser.parse(
        answer.body, sanitize_html=False, response_headers={"content-location": answer.url}
    )
    if not parsed.get("version"):
        raise _no_feed(answer.url)
    items = [one for one in parsed.entries if one.get("link")]
    entries = _entries(answer.url, items, lambda one: _entry(answer.url, one))
    return str(parsed.feed.get("link", "")), entries


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


def _entries(url: str, items: list[Any], read: Callable[[Any], Entry]) -> list[Entry]:
    """The entry of each item; one that cannot be read is a problem of its own."""
    found: list[Entry] = []
    for number, item in enumerate(items, 1):
        try:
            found.append(read(item))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            problem = f"entry {number} of the feed cannot be read: {str(error)[:200]}"
            broken = SourceError(problem, "correct it; the other entries are not affected.")
            found.append(Entry(Reference(f"{url}#{number}", problem=broken)))
    return found


def _address(base: str, stated: object) -> str:
    address = web_address(str(stated), base)
    if address is None:
        raise ValueError(f"'{str(stated)[:100]}' is no address")
    return address


def _entry(base: str, entry: Any) -> Entry:
    content = next((str(part.value) for part in entry.get("content", ()) if part.value), "")
    people = [str(person.get("name", "")) for person in entry.get("authors", ())]
    updated = _time(entry, "updated", "published")
    title = _TAG.sub("", str(entry.get("title", ""))).strip()
    reference = Reference(
        url=_address(base, entry.link),
        title=title,
        published_at=_time(entry, "published", "updated"),
        updated_at=updated,
        validator=fingerprint(title, updated, content or str(entry.get("summary", ""))),
    )
    return Entry(reference, content, tuple(name for name in people if name))


def _read_json(answer: Answer) -> tuple[str, list[Entry]]:
    """https://www.jsonfeed.org/version/1.1/"""
    try:
        feed = json.loads(answer.body)
        items = feed["items"]
        known = str(feed["version"]).startswith("https://jsonfeed.org/version/")
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise _no_feed(answer.url) from error
    if not known or not isinstance(items, list):
        raise _no_feed(answer.url)
    items = [item for item in items if isinstance(item, dict) and isinstance(item.get("url"), str)]
    site = _people(feed)
    entries = _entries(answer.url, items, lambda item: _json_entry(answer.url, item, site))
    return str(feed.get("home_page_url") or ""), entries


def _people(item: dict[str, Any]) -> tuple[str, ...]:
    """Names of the authors that a JSON feed or one of its items has."""
    said = item.get("authors") or item.get("author")
    people = said if isinstance(said, list) else [said]
    names = [str(person.get("name") or "") for person in people if isinstance(person, dict)]
    return tuple(name for name in names if name)


def _json_entry(base: str, item: dict[str, Any], site: tuple[str, ...]) -> Entry:
    content = item.get("content_html") or ""
    if not content and item.get("content_text"):
        paragraphs = str(item["content_text"]).split("\n\n")
        content = "".join(f"<p>{_escaped(paragraph)}</p>" for paragraph in paragraphs)
    updated = moment(item.get("date_modified")) or moment(item.get("date_published"))
    title = str(item.get("title") or "").strip()
    reference = Reference(
        url=_address(base, item["url"]),
        title=title,
        published_at=moment(item.get("date_published")),
        updated_at=updated,
        validator=fingerprint(title, updated, str(content)),
    )
    return Entry(reference, str(content), _people(item) or site)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
