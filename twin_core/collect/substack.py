"""Substack publications, by the archive and post API that their own pages read.

Substack documents neither; what is relied on here is what several readers of it report alike. In
the archive `body_html` is null, and `truncated_body_text` may stand beside a free post. A paid post
gives null or its free beginning without any mark of the cut, so `audience` decides, not the text.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from twin_core.collect.source import Fetched, Reference, Validators, moment, web_address
from twin_core.collect.web import Answer, Web
from twin_core.errors import BlockedError, GoneError, SourceError
from twin_core.fingerprint import fingerprint
from twin_core.sources import SubstackSpec

PAGE = 12  # what Substack's own archive page asks for; above 20 it gives fewer than it is asked for
MAX_PAGES = 500
MAX_STALE_PAGES = 3  # a post published while we read shifts a page, not three
EVERYONE = "everyone"
NOT_ARTICLES = {"thread", "restack"}
MIN_EPISODE_WORDS = 120  # below that the text with a podcast or video is notes on it
MIN_STATED_WORDS = 100  # for comparing with `wordcount`, which counts the whole post
_MAX_BYLINES = 10
_SLUG = re.compile(r"[\w-][\w.-]*")
_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\s\u3040-\u30ff\u3400-\u9fff]+")
_ADDRESS = (
    "name the publication's own address, such as https://name.substack.com, in the authors file."
)
_LATER = "the other posts are not affected; it is tried again in the next pass."


@dataclass(frozen=True)
class Post:
    """An item of the archive. audience: empty if not stated. problem: why it cannot be read."""

    reference: Reference
    slug: str = ""
    audience: str = ""
    dated: bool = False
    problem: str = ""


class SubstackSource:
    """Every newsletter post of one publication, and podcast episodes that carry their own text.

    Discussion threads and cross-posts from other publications are not listed. What is not for
    everyone is recorded as paywalled, without its free beginning.
    """

    complete = True

    def __init__(self, spec: SubstackSpec, web: Web) -> None:
        self.spec, self.web = spec, web
        self.label = spec.label
        parts = urlsplit(spec.url)
        self.base = f"{parts.scheme}://{parts.netloc}"
        self._posts: dict[str, Post] = {}

    def discover(self) -> Iterator[Reference]:
        self._posts = {}
        for address, items in self._pages():
            for number, item in enumerate(items, 1):
                post = _listed(self.base, address, number, item)
                if post and post.reference.url not in self._posts:
                    self._posts[post.reference.url] = post
                    yield post.reference
        if not self._posts:
            raise SourceError(f"the archive of {self.base} lists no articles", _ADDRESS)

    def _pages(self) -> Iterator[tuple[str, list[Any]]]:
        """(address, items) of each page; raises `SourceError` if they do not end.

        A list cut short would make the articles beyond it look missing, so none is returned.
        """
        offset = stale = 0
        seen: set[str] = set()
        for _ in range(MAX_PAGES):
            query = f"sort=new&search=&offset={offset}&limit={PAGE}"
            address = f"{self.base}/api/v1/archive?{query}"
            items = _parsed(self.web.get(address, listing=True))
            if not isinstance(items, list):
                raise SourceError(f"{address} is not a list of posts", _ADDRESS)
            if not items:
                return
            fresh = {_text(item, "slug") for item in items} - seen
            stale = 0 if fresh else stale + 1
            if stale == MAX_STALE_PAGES:
                raise SourceError(f"{address} repeats the pages before it", _ADDRESS)
            seen |= fresh
            yield address, items
            offset += len(items)  # a page may hold fewer than were asked for
        raise SourceError(f"the archive of {self.base} has over {MAX_PAGES} pages", _ADDRESS)

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        post = self._posts.get(reference.url)
        if post is None:
            raise GoneError(f"the archive of {self.base} has no {reference.url}", _LATER)
        if post.problem:
            raise SourceError(post.problem, _LATER)
        if known and known.etag == reference.validator:
            return None
        if post.audience not in ("", EVERYONE):
            return _paywalled(reference, etag=reference.validator)
        address = f"{self.base}/api/v1/posts/{quote(post.slug, safe='')}"
        answer = self.web.get(address, _conditions(known))
        if answer.status == 304:
            return None
        data = _parsed(answer)
        if not isinstance(data, dict) or not _text(data, "audience"):
            raise SourceError(f"{address} is not a post that says who may read it", _LATER)
        return _article(data, answer, post)


def _listed(base: str, address: str, number: int, item: Any) -> Post | None:
    """What an item of the archive says, or None if it is no article of this publication."""
    slug = _text(item, "slug")
    if not _SLUG.fullmatch(slug) or not slug.strip("."):
        where = f"item {number} of {address}"
        return Post(Reference(f"{address}&item={number}"), problem=f"{where} has no usable slug")
    if _text(item, "type") in NOT_ARTICLES or item.get("restacked_post_id"):
        return None
    stated = [_text(item, key) for key in ("title", "post_date", "updated_at", "audience")]
    title, published, updated, audience = stated
    reference = Reference(
        url=_web_address(_text(item, "canonical_url")) or f"{base}/p/{quote(slug)}",
        title=title.strip(),
        published_at=moment(published),
        updated_at=moment(updated),
        validator=fingerprint(slug, *stated),
    )
    return Post(reference, slug, audience, dated=bool(updated))


def _article(data: dict[str, Any], answer: Answer, post: Post) -> Fetched:
    """The article in an answer of the post API; raises `BlockedError` if there is no text in it."""
    reference = post.reference
    # without an HTTP validator, a date of change in the archive is as good
    etag = answer.headers.get("etag") or (reference.validator if post.dated else None)
    modified = answer.headers.get("last-modified")
    if _text(data, "audience") != EVERYONE:
        return _paywalled(reference, etag, modified, data)
    body = _text(data, "body_html")
    words = len(_WORD.findall(_TAG.sub(" ", body)))
    kind = _text(data, "type") or "newsletter"
    if kind != "newsletter" and words < MIN_EPISODE_WORDS:
        raise BlockedError(
            f"{reference.url} is a {kind} without a text of its own",
            "publish its transcript in the post to have it taken.",
        )
    if _cut_short(data, words):
        return _paywalled(reference, etag, modified, data)
    if not words:
        raise BlockedError(f"{reference.url} has no text", "take it down if it is no article.")
    return Fetched(
        body=f"<article>{body}</article>",
        media_type="text/html",
        title=_text(data, "title").strip() or reference.title or None,
        byline=_byline(data),
        published_at=moment(_text(data, "post_date")) or reference.published_at,
        updated_at=moment(_text(data, "updated_at")) or reference.updated_at,
        dated_by="substack",
        canonical=_web_address(_text(data, "canonical_url")),
        etag=etag,
        last_modified=modified,
    )


def _cut_short(data: dict[str, Any], words: int) -> bool:
    """Whether the body is missing, or much shorter than the post is said to be."""
    if not words and _text(data, "truncated_body_text").strip():
        return True
    stated = data.get("wordcount")
    return isinstance(stated, int) and stated >= MIN_STATED_WORDS and 2 * words < stated


def _paywalled(
    reference: Reference,
    etag: str | None,
    modified: str | None = None,
    data: dict[str, Any] | None = None,
) -> Fetched:
    return Fetched(
        body="",
        media_type="text/html",
        title=reference.title or None,
        byline=_byline(data or {}),
        published_at=reference.published_at or moment(_text(data, "post_date")),
        updated_at=reference.updated_at,
        dated_by="substack",
        etag=etag,
        last_modified=modified,
        paywalled=True,
    )


def _parsed(answer: Answer) -> Any:
    """The JSON of an answer; raises `SourceError` if it is something else."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        kind = answer.media_type or "of no stated type"
        raise SourceError(f"{answer.url} is not JSON but {kind}", _ADDRESS) from error


def _text(item: Any, key: str) -> str:
    """The text under a key; empty if there is none. Half a surrogate pair becomes `?`."""
    value = item.get(key) if isinstance(item, dict) else None
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _web_address(address: str) -> str | None:
    """The canonical form of a whole web address; None if it is none."""
    return web_address(address) if address.isprintable() else None


def _byline(data: dict[str, Any]) -> tuple[str, ...]:
    people = data.get("publishedBylines")
    names = [_text(person, "name").strip() for person in people] if isinstance(people, list) else []
    return tuple(name for name in names if name)[:_MAX_BYLINES]


def _conditions(known: Validators | None) -> dict[str, str]:
    headers = {"Accept": "application/json"}
    # what stands for the archive's date of change is no ETag, and is not sent as one
    if known and known.etag and known.etag.startswith(('"', "W/")):
        headers["If-None-Match"] = known.etag
    if known and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers
