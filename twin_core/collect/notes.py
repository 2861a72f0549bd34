"""Notes as published: Notion's Markdown export (zip, or the folder unpacked), and Obsidian vaults.

Each has marks of its own in its Markdown; what remains of them is what a reader would see.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import takewhile
from typing import Any

from twin_core.collect import frontmatter
from twin_core.collect.frontmatter import (
    FILE_TIME,
    byline,
    dated_by_file,
    in_drafts,
    is_draft,
    split_front_matter,
    split_heading,
    stated_moment,
    stated_title,
)
from twin_core.collect.source import Fetched, moment, web_address
from twin_core.collect.zipped import ExportSource, Member, open_archive, open_folder
from twin_core.confined import Confined
from twin_core.errors import SourceError, WithheldError
from twin_core.sources import NotionSpec, ObsidianSpec

_PAGES = r"(?:.*/)?(?:[^/]* )?[0-9a-f]{32}\.md"
_EXPORT_BLOCKS = r"(?:.*/)?ExportBlock-[^/]*\.zip"
_NOTION_ID = re.compile(r" ?[0-9a-f]{32}$")
_ADDRESS = re.compile(r"https?://[^\s\ud800-\udfff]+")
_PROPERTY = re.compile(r"([^\W\d_][^:\n]{0,39}):(?:[ \t]+(.*))?$")
_ZONE = re.compile(r"\s*\([^()]*\)\s*$")
_DATED = ("published", "published on", "published at", "publish date", "publication date", "date")
_CREATED = ("created", "created time", "created at", "created on", "date created")
_EDITED = ("updated", "last updated", "last edited", "last edited time", "edited")
_SIGNED = ("author", "authors", "written by", "by")
_WEB_ADDRESS = ("canonical", "canonical url", "canonical_url", "published url", "permalink")
_OTHER = ("status", "tags", "publish", "draft", "private", "url", "created by", "last edited by")
_KNOWN = {*_DATED, *_CREATED, *_EDITED, *_SIGNED, *_WEB_ADDRESS, *_OTHER}
_UNFINISHED = ("drafting", "entwurf", "idea", "in progress", "not started", "to do")

# in code nothing is a mark of the application; a comment may hold code, so both are found at once
_CODE = (
    r"^[ \t>]*(?P<fence>`{3,}+(?=[^`\n]*$)|~{3,}+)[^\n]*"
    r"(?:\n(?:.*?\n)??[ \t>]*(?P=fence)[`~]*[ \t]*$|.*\Z)"
    r"|(?<!`)(?P<tick>`{1,2})(?!`)[^\n]+?(?<!`)(?P=tick)(?!`)"
)
_NOTION_CODE = re.compile(_CODE, re.MULTILINE | re.DOTALL)
_OBSIDIAN_CODE = re.compile(_CODE + r"|(?P<comment>%%.*?%%)", re.MULTILINE | re.DOTALL)
_TARGET = r"\((?:[^()\n]|\([^()\n]{0,200}\)){0,500}\)"
_ELSEWHERE = r"(?![A-Za-z][A-Za-z0-9+.-]{1,20}:)"
_LOCAL_IMAGE = re.compile(rf"!\[[^\[\]\n]{{0,500}}\](?=\({_ELSEWHERE}){_TARGET}")
_LOCAL_LINK = re.compile(
    rf"(?<!!)\[([^\[\]\n]{{0,500}})\](?=\((?:https?://(?:www\.)?notion\.so/|{_ELSEWHERE})){_TARGET}"
)
_ASIDE = re.compile(r"^</?aside>[ \t]*\n?", re.MULTILINE)
_EMBED = re.compile(r"!\[\[[^\[\]\n]{0,500}\]\]")
_WIKI_LINK = re.compile(r"\[\[([^\[\]|\n]{0,500})(?:\|([^\[\]\n]{0,500}))?\]\]")
_CALLOUT = re.compile(r"^((?:[ \t]*>)+)[ \t]*\[![\w|][\w| -]{0,40}\][+-]?[ \t]*(.*)$", re.MULTILINE)
_TAGS = re.compile(r"^[ \t]*#[\w/-]+(?:[ \t,]+#[\w/-]+)*[ \t]*$\n?", re.MULTILINE)
_BLOCK_ID = re.compile(r"(?:^|[ \t]{1,9})\^[A-Za-z0-9-]{1,60}[ \t]*$", re.MULTILINE)
_HIGHLIGHT = re.compile(r"==(?=\S)([^=\n]{1,500})(?<=\S)==")
_KEPT = re.compile("\ue000(\\d{1,7})\ue001")


def _rewritten(text: str, code: re.Pattern[str], rewrite: Callable[[str], str]) -> str:
    """The text with its prose rewritten and its code as it was; comments are left out."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        if found.groupdict().get("comment"):
            return ""
        kept.append(found[0])
        return f"\ue000{len(kept) - 1}\ue001"

    marked = rewrite(code.sub(keep, re.sub("[\ue000\ue001]", "", text)))
    whole = _KEPT.sub(lambda found: kept[int(found[1])], marked)
    return re.sub(r"\n{3,}", "\n\n", whole).strip() + "\n"


def _notion_prose(text: str) -> str:
    return _ASIDE.sub("", _LOCAL_LINK.sub(r"\1", _LOCAL_IMAGE.sub("", text)))


def _obsidian_prose(text: str) -> str:
    text = _LOCAL_IMAGE.sub("", _EMBED.sub("", text))
    text = _LOCAL_LINK.sub(r"\1", _WIKI_LINK.sub(_seen, text))
    text = _CALLOUT.sub(lambda found: f"{found[1]} {found[2]}".rstrip(), text)
    return _HIGHLIGHT.sub(r"\1", _BLOCK_ID.sub("", _TAGS.sub("", text)))


def _seen(link: re.Match[str]) -> str:
    """Of [[folder/Note#Heading|alias]] a reader sees the alias, or the note, or the heading."""
    note, _, heading = link[1].partition("#")
    return (link[2] or note.rsplit("/", 1)[-1] or heading.lstrip("^")).strip()


def _web_address(said: dict[str, Any]) -> str | None:
    named = (str(said.get(name) or "") for name in _WEB_ADDRESS)
    addresses = (web_address(url) for url in named if _ADDRESS.fullmatch(url))
    return next(filter(None, addresses), None)


class NotesSource(ExportSource):
    """Notes in an archive or a folder. A kind gives `read`."""

    def read(self, note: Member) -> Fetched:
        """Raises `BlockedError` for a draft, `ValueError` for what cannot be read."""
        raise NotImplementedError

    def taken(
        self, notes: Iterator[Member | tuple[str, SourceError]]
    ) -> Iterator[tuple[str, Fetched | SourceError]]:
        """Each note under its address."""
        for note in notes:
            name = note[0] if isinstance(note, tuple) else note.name
            try:
                article = note[1] if isinstance(note, tuple) else self.read(note)
            except SourceError as error:
                article = error
            except ValueError as error:
                article = SourceError(f"it cannot be read: {error}", "correct or remove it.")
            if isinstance(article, SourceError):
                yield self.address(name), self.problem(name, article)
            else:
                yield self.address(name), article


class NotionSource(NotesSource):
    """The pages of a Notion export; databases (CSV) and what else lies there are ignored."""

    wanted = "pages of Notion's Markdown export (files named by title and id)"

    def __init__(self, spec: NotionSpec, web: object = None) -> None:
        super().__init__(spec.label, spec.path)

    def articles(self, child: Confined) -> Iterator[tuple[str, Fetched | SourceError]]:
        if self.path.is_dir():
            pages = re.compile(_PAGES)
            return self.taken(open_folder(self.path, lambda name: bool(pages.fullmatch(name))))
        return self.taken(iter(open_archive(self.path, child, _PAGES, _EXPORT_BLOCKS)))

    def read(self, note: Member) -> Fetched:
        text = note.text.removeprefix("\ufeff").replace("\r\n", "\n")
        title, text = split_heading(text)
        said, text = _properties(text)
        if is_draft(said, *_UNFINISHED):
            raise WithheldError(
                "it is marked as a draft", "set its Status in Notion to publish it."
            )
        published = _first_moment(said, (*_DATED, *_CREATED))
        name = _NOTION_ID.sub("", note.name.rsplit("/", 1)[-1].removesuffix(".md"))
        signed = next((said[key] for key in _SIGNED if said.get(key)), "")
        return Fetched(
            body=_rewritten(text, _NOTION_CODE, _notion_prose),
            media_type="text/markdown",
            title=title or name or None,
            byline=tuple(name.strip() for name in signed.split(",") if name.strip()),
            published_at=published or note.modified,
            updated_at=_first_moment(said, _EDITED),
            dated_by="properties" if published else FILE_TIME,
            canonical=_web_address(said),
        )


def _properties(text: str) -> tuple[dict[str, str], str]:
    """(key in lower case → value, the text below): the lines `Key: Value` right under the title.

    A first paragraph that merely begins with `Note:` is none: one key must be known, or there must
    be several lines, and nothing else.
    """
    block, _, rest = text.lstrip("\n").partition("\n\n")
    lines = block.split("\n")
    stated = list(takewhile(bool, map(_PROPERTY.match, lines)))
    found = {one[1].strip().lower(): (one[2] or "").strip() for one in stated if one}
    if _KNOWN.isdisjoint(found) and not len(stated) == len(lines) > 1:
        return {}, text
    return found, "\n".join(lines[len(stated) :]) + "\n\n" + rest


def _first_moment(said: dict[str, str], names: tuple[str, ...]) -> datetime | None:
    return next((found for name in names if (found := _notion_moment(said.get(name, "")))), None)


def _notion_moment(stated: str) -> datetime | None:
    """`March 4, 2024 10:11 AM`, `2024/03/04 22:11` or ISO 8601, as UTC; a span's beginning."""
    return moment(_ZONE.sub("", stated.split(" → ")[0].lstrip("@")))


class ObsidianSource(NotesSource):
    """The notes of a vault, without templates, drafts, and links that lead out of it."""

    wanted = "notes (*.md)"

    def __init__(self, spec: ObsidianSpec, web: object = None) -> None:
        super().__init__(spec.label, spec.path)

    def articles(self, child: Confined) -> Iterator[tuple[str, Fetched | SourceError]]:
        if not self.path.is_dir():
            raise SourceError(
                f"the vault {self.path} does not exist", "correct `path` in the authors file."
            )
        return self.taken(open_folder(self.path, _is_note))

    def read(self, note: Member) -> Fetched:
        said, text = split_front_matter(note.text.removeprefix("\ufeff").replace("\r\n", "\n"))
        if is_draft(said, *_UNFINISHED):
            raise WithheldError("it is marked as a draft", "set `draft: false` to publish it.")
        if in_drafts(note.name):
            raise WithheldError("it is in a folder of drafts", "move it out to publish it.")
        text = _rewritten(text, _OBSIDIAN_CODE, _obsidian_prose)
        heading, rest = split_heading(text)
        name = note.name.rsplit("/", 1)[-1].removesuffix(".md")
        title = stated_title(said) or heading or name
        published = stated_moment(said, frontmatter.PUBLISHED)
        return Fetched(
            body=rest if title == heading else text,
            media_type="text/markdown",
            title=title,
            byline=byline(said),
            published_at=published or note.modified,
            updated_at=stated_moment(said, frontmatter.UPDATED),
            dated_by="front matter" if published else dated_by_file(said),
            canonical=_web_address(said),
        )


def _is_note(name: str) -> bool:
    *folders, file = name.split("/")
    hidden = any(part.startswith(".") for part in (*folders, file))
    templates = any(folder.lower().strip("_") == "templates" for folder in folders)
    return file.lower().endswith(".md") and not hidden and not templates
