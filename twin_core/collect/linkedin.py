"""LinkedIn's own data export, the zip as downloaded: published articles, and posts of some length.

The files are not documented and differ by year and language, so the columns of the posts are told
by what they hold. Times in the export are UTC.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from twin_core.collect.medium import Parts
from twin_core.collect.source import Fetched, moment, web_address
from twin_core.collect.zipped import MAX_MEMBER_BYTES, ExportSource, Member, open_archive
from twin_core.confined import Confined
from twin_core.errors import BlockedError, SourceError
from twin_core.fingerprint import text_hash
from twin_core.sources import LinkedinSpec

MIN_POST_WORDS = 40
_MEMBERS = r"(?i)(?:.*/)?(?:Articles/[^/]+\.html?|Shares[^/]*\.csv)"
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?")
_STATED = re.compile(
    r"<(p|div|span)\b[^<>]*>\s*(created|published) on:?\s*([^<]{1,40})</\1>", re.IGNORECASE
)
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{2,4}(?:[ T,].{0,15})?")
_LINK = re.compile(r"https?://(?:[\w-]+\.)?(?:linkedin\.com|lnkd\.in)/\S+", re.IGNORECASE)
_FORMS = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%m/%d/%y, %I:%M %p", "%m/%d/%Y, %I:%M %p")
_URL = re.compile(r"https?://\S+")
_COMMENTARY = re.compile(r"comment|kommentar|comentari", re.IGNORECASE)
_VISIBILITY_NAME = re.compile(r"visib|sichtbar|zichtbaar", re.IGNORECASE)
_VISIBILITY = re.compile(r"[A-Z]+(?:_[A-Z]+)*")
# MEMBER_NETWORK stands at nearly every post of an export, whoever may see it on the site
_PUBLIC = {"", "PUBLIC", "ANYONE", "MEMBER_NETWORK"}


class LinkedinSource(ExportSource):
    """A member's articles and longer posts, without drafts, reshares and what is not public."""

    wanted = f"published articles, nor posts of {MIN_POST_WORDS} words"

    def __init__(self, spec: LinkedinSpec, web: object = None) -> None:
        super().__init__(spec.label, spec.path)

    def articles(self, child: Confined) -> Iterator[tuple[str, Fetched | SourceError]]:
        for member in open_archive(self.path, child, _MEMBERS, None):
            is_posts = member.name.lower().endswith(".csv")
            function = "read_posts" if is_posts else "read_article"
            try:
                found = child.call(f"twin_core.collect.linkedin:{function}", member.text)
            except SourceError as error:
                yield self.address(member.name), self.problem(member.name, error)
                continue
            if is_posts:
                yield from (self._post(member.name, *post) for post in found)
            elif found:
                yield self._article(member, found)

    def _article(self, member: Member, said: dict[str, Any]) -> tuple[str, Fetched]:
        named = _MOMENT.search(member.name)  # file names begin with the time of creation
        published = moment(said["published"] or (named[0] if named else None))
        return self.address(member.name), Fetched(
            body=said["body"],
            media_type="text/html",
            title=said["title"] or None,
            published_at=published,
            dated_by="export" if published else None,
            canonical=said["url"],
        )

    def _post(self, name: str, stated: str, link: str, text: str) -> tuple[str, Fetched]:
        address = web_address(link) if link else None
        published = _stated_moment(stated)
        place = " ".join(filter(None, (stated, address))) or text_hash(text)
        return self.address(f"{name}/{place}"), Fetched(
            body=text + "\n",
            media_type="text/markdown",
            title=_title(text),
            published_at=published,
            dated_by="export" if published else None,
            canonical=address,
        )


def _title(text: str) -> str:
    """A post's first line, of at most 80 characters: posts have no title."""
    line = text.split("\n", 1)[0]
    return line if len(line) <= 80 else line[:80].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "…"


def _stated_moment(stated: str) -> datetime | None:
    """A date in ISO 8601 or in one of the export's other forms, as UTC; None for an unknown one."""
    stated = stated.replace("\u202f", " ").removesuffix("UTC").strip()
    for form in _FORMS:
        try:
            return datetime.strptime(stated, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return moment(stated)


class _Roles:
    """What the elements of an exported article are; a second `h1` is one of its own headings."""

    def __init__(self) -> None:
        self.titled = False

    def __call__(self, tag: str, said: dict[str, str], around: str) -> str | None:
        if tag in ("script", "style", "head"):
            return tag
        if tag == "h1" and around == "body" and not self.titled:
            self.titled = True
            return "title"
        if tag == "p" and around == "body" and said.get("class") in ("created", "published"):
            return said["class"]
        inner = {("head", "title"): "page", ("title", "a"): "link"}
        inner |= {("", "body"): "body", ("head", "body"): "body"}
        return inner.get((around, tag))


def read_article(html: str) -> dict[str, Any] | None:
    """title, url, published and body of an exported article; None for one never published.

    To be run in a child process. Raises `BlockedError` for a page that is no exported article.
    """
    page = Parts(html, _Roles())
    body = "".join(page.first("body").markup)
    if not page.all("body"):
        raise BlockedError("it has no body", "it is not an article of LinkedIn's; take it out.")
    said = {role: page.first(role).text for role in ("created", "published")}
    for _, role, text in _STATED.findall(body[:5000]):  # exports without classes
        said[role.lower()] = said[role.lower()] or text
    if said["created"] and not said["published"]:
        return None
    published = _MOMENT.search(said["published"])
    link = page.first("link")
    url = link.said.get("href", "").strip()
    return {
        "title": f"{page.first('title').text} {link.text}".strip() or page.first("page").text,
        "url": web_address(url) if _LINK.fullmatch(url) else None,
        "published": published[0] if published else None,
        "body": f"<article>{_STATED.sub('', body).strip()}</article>",
    }


def read_posts(text: str) -> list[tuple[str, str, str]]:
    """(date as stated, link, text) of the public posts in Shares.csv that are long enough.

    To be run in a child process. Raises `BlockedError` for a table without dates and links.
    """
    csv.field_size_limit(MAX_MEMBER_BYTES)
    heading = False
    for delimiter in ",;\t":
        table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = [[cell.strip() for cell in row] for row in table if len(row) > 2]
        heading = heading or bool(rows)
        posts = [row for row in rows if any(map(_DATE.fullmatch, row)) or any(map(_link, row))]
        if posts:
            return list(_long_public(posts, rows[: rows.index(posts[0])]))
    if heading:
        return []  # and nothing below it
    raise BlockedError(
        "it is not a table of posts, with their dates and links", "ask LinkedIn for it again."
    )


def _long_public(posts: list[list[str]], before: list[list[str]]) -> Iterator[tuple[str, str, str]]:
    """before: the rows above the first post, one of which is the heading."""
    width = max(map(len, posts))
    posts = [row + [""] * (width - len(row)) for row in posts]
    columns = list(range(width))

    def take(worth: Callable[[str], int], name: re.Pattern[str] | None = None) -> int | None:
        """The column of this name, or else whose cells are worth most; the leftmost of equals."""
        above = [c for c in columns for row in before if name and name.search("".join(row[c:][:1]))]
        worths = {c: sum(worth(row[c]) for row in posts) for c in columns}
        held = [c for c in columns if 0 < worths[c] == max(worths.values())]
        best = next(iter(above + held), None)
        if best is not None:
            columns.remove(best)
        return best

    date = take(lambda cell: bool(_DATE.fullmatch(cell)))
    link = take(lambda cell: bool(_link(cell)))
    text = take(lambda cell: max(0, _words(cell) - 1), _COMMENTARY)
    visibility = take(lambda cell: bool(_VISIBILITY.fullmatch(cell)), _VISIBILITY_NAME)
    for row in posts:
        public = visibility is None or row[visibility].upper() in _PUBLIC
        if text is not None and public and _words(row[text]) >= MIN_POST_WORDS:
            address = "" if link is None else _link(row[link])
            yield "" if date is None else row[date], address, _unquoted(row[text])


def _link(cell: str) -> str:
    return cell if _LINK.fullmatch(cell) else ""


def _words(text: str) -> int:
    return len(_URL.sub("", text).split())


def _unquoted(text: str) -> str:
    """A commentary without the quotation marks that the export puts around each of its lines.

    It stores `one⏎two` as `one"⏎"two`. Of two lines that are quoted themselves, each has both.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    for _ in range(2):  # some exports do it twice
        wrapped = all(line.endswith('"') for line in lines[:-1])
        wrapped = wrapped and all(line.startswith('"') for line in lines[1:])
        if len(lines) < 2 or not wrapped or lines[0].count('"') % 2 == 0:
            break
        lines = [lines[0][:-1], *(line[1:-1] for line in lines[1:-1]), lines[-1][1:]]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in lines)).strip()
