"""Medium's own export, the zip as downloaded; and how the HTML of exports is split into parts."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

from twin_core.collect.source import Fetched, moment, web_address
from twin_core.collect.zipped import ExportSource, open_archive
from twin_core.confined import Confined
from twin_core.errors import BlockedError, SourceError
from twin_core.sources import MediumSpec

# drafts lie beside the posts; a post that was never finished is not a publication
_POSTS = r"(?:.*/)?posts/(?!draft_)[^/]+\.html"
_DAY = re.compile(r"(?:.*/)?(\d{4}-\d{2}-\d{2})_")
_HEADINGS = {"h1", "h2", "h3", "h4"}
_LEADING = {"graf--leading", "graf--first"}
MIN_UNTITLED_WORDS = 100  # a text without a heading of its own that is shorter is a reply
_OUTSIDE = {  # the body
    ("h1", "p-name"): "name",
    ("time", "dt-published"): "published",
    ("a", "p-canonical"): "canonical",
    ("a", "p-author"): "author",
}
_BLOCKS = {"p", "div", "br", "li", "blockquote", "pre", "section", "figure", *_HEADINGS}


class MediumSource(ExportSource):
    """The posts of a Medium export, without drafts and replies to others."""

    wanted = "published posts (posts/*.html)"

    def __init__(self, spec: MediumSpec, web: object = None) -> None:
        super().__init__(spec.label, spec.path)

    def articles(self, child: Confined) -> Iterator[tuple[str, Fetched | SourceError]]:
        for member in open_archive(self.path, child, _POSTS, None):
            address = self.address(member.name)
            try:
                post = child.call("twin_core.collect.medium:read_post", member.text)
            except SourceError as error:
                yield address, self.problem(member.name, error)
                continue
            if post is None:
                continue
            day = _DAY.match(member.name)
            published = moment(post["published"] or (day[1] if day else None))
            yield (
                address,
                Fetched(
                    body=post["body"],
                    media_type="text/html",
                    title=post["title"],
                    byline=tuple(post["byline"]),
                    published_at=published,
                    dated_by="export" if published else None,
                    canonical=post["canonical"],
                ),
            )


class _Roles:
    """What the elements of an exported post are.

    Posts of early years have no class for the title; there it is a heading that leads the body.
    """

    def __init__(self, html: str) -> None:
        self.marked = "graf--title" in html
        self.sections = 0

    def __call__(self, tag: str, said: dict[str, str], around: str) -> str | None:
        classes = set(said.get("class", "").split())
        if tag in ("script", "style"):
            return "code"
        if around == "body":
            self.sections += tag == "section"
            leads = tag in _HEADINGS and classes & _LEADING and self.sections < 2
            return "heading" if "graf--title" in classes or (leads and not self.marked) else None
        if around:
            return None
        if tag == "section":
            return "body" if said.get("data-field") == "body" or "e-content" in classes else None
        return next((_OUTSIDE[tag, name] for name in classes if (tag, name) in _OUTSIDE), None)


def read_post(html: str) -> dict[str, Any] | None:
    """title, byline, published, canonical and body of an exported post; None for a reply.

    To be run in a child process. Raises `BlockedError` for a page that is no exported post.
    """
    page = Parts(html, _Roles(html))
    name, body = page.first("name").text, page.first("body")
    if not page.all("body"):
        raise BlockedError("it has no section of class e-content", "it is not a post of Medium's.")
    if not page.all("heading") and _is_reply(name, body.text):
        return None
    canonical = page.first("canonical").said.get("href", "").strip()
    return {
        "title": name or page.first("heading").text,
        "byline": [part.text for part in page.all("author") if part.text],
        "published": page.first("published").said.get("datetime"),
        "canonical": web_address(canonical),
        "body": f"<article>{''.join(body.markup).strip()}</article>",
    }


def _is_reply(name: str, text: str) -> bool:
    # Medium marks replies in no way, but names them by their own first words
    beginning = name.rstrip(".…").strip()
    return text.startswith(beginning) or len(text.split()) < MIN_UNTITLED_WORDS


@dataclass
class Part:
    """An element of a page: its attributes, the markup in it, and the text in it."""

    role: str
    tag: str
    said: dict[str, str]
    markup: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    depth: int = 1

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


class Parts(HTMLParser):
    """A page split by role(tag, attributes, role around it) → an element's role, or None.

    Each part holds what stands in it without the parts in it, so that they can be left out.
    """

    def __init__(self, html: str, role: Callable[[str, dict[str, str], str], str | None]) -> None:
        super().__init__(convert_charrefs=False)
        self._role, self._open = role, list[Part]()
        self.found: list[Part] = []
        self.feed(html)
        self.close()

    def all(self, role: str) -> list[Part]:
        return [part for part in self.found if part.role == role]

    def first(self, role: str) -> Part:
        """The first part of a role; an empty one if there is none."""
        return next(iter(self.all(role)), Part(role, "", {}))

    def _write(self, markup: str | None, text: str) -> None:
        if self._open:
            self._open[-1].markup.append(markup or "")
            self._open[-1].words.append(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if role := self._role(tag, said, self._open[-1].role if self._open else ""):
            self._open.append(Part(role, tag, said))
            self.found.append(self._open[-1])
            return
        if self._open and self._open[-1].tag == tag:
            self._open[-1].depth += 1
        self._write(self.get_starttag_text(), " " if tag in _BLOCKS else "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._write(self.get_starttag_text(), " " if tag in _BLOCKS else "")

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1].tag == tag:
            self._open[-1].depth -= 1
            if self._open[-1].depth == 0:
                self._open.pop()
                return
        self._write(f"</{tag}>", " " if tag in _BLOCKS else "")

    def handle_data(self, data: str) -> None:
        self._write(data, data)

    def handle_entityref(self, name: str) -> None:
        self._write(f"&{name};", unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self._write(f"&#{name};", unescape(f"&#{name};"))
