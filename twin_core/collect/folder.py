"""A folder of Markdown, MDX or HTML files, with YAML or TOML front matter or without."""

import os
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote_from_bytes

from twin_core.collect.frontmatter import (
    PUBLISHED,
    UPDATED,
    below_imports,
    byline,
    dated_by_file,
    in_drafts,
    is_draft,
    split_front_matter,
    split_heading,
    stated_address,
    stated_moment,
    stated_title,
)
from twin_core.collect.page import about, decode
from twin_core.collect.source import Fetched, Reference, Validators, canonical_url, moment
from twin_core.collect.web import Web
from twin_core.errors import BlockedError, EmptyError, GoneError, SourceError, WithheldError
from twin_core.sources import FolderSpec

# Of a post's name, as Jekyll has it: 2024-02-01-queues.md.
_NAME_DATE = re.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d(?=[-_. ]|$)")
MARKDOWN = {".md", ".markdown", ".mdx"}
HTML = {".html", ".htm"}
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_.~/-]*")
_MARKS = str.maketrans({"#": "%23", "?": "%3F"})  # where a fragment or a query would begin
_KINDS = {suffix[1:] for suffix in MARKDOWN | HTML}
MAX_BYTES = 5_000_000
_LINKED = "name that folder as a source of its own."
_MOVE = "move it out of that folder to publish it."
_INDEX = "name the site's feed or sitemap instead, or give the file a name of its own."
NOT_ARTICLES = {"readme", "index", "_index", "license", "contributing"}


class FolderSource:
    """Every article below a folder, except READMEs, drafts and hidden files; a file taken away is
    missing. A link that leads out of the folder, or to a folder, is not followed."""

    complete = True

    def __init__(self, spec: FolderSpec, web: Web | None = None) -> None:
        self.spec = spec
        self.label = spec.label
        self._paths: dict[str, str] = {}
        self._real_root = ""

    def discover(self) -> Iterator[Reference]:
        root = self.spec.path
        if not root.is_dir():
            problem = "is a file, not a folder" if root.exists() else "does not exist"
            raise SourceError(f"the folder {root} {problem}", "correct the path.")
        base = f"{canonical_url(self.spec.base_url).rstrip('/')}/" if self.spec.base_url else ""
        self._paths, self._real_root = {}, os.path.realpath(root)
        empty = True
        for file, below in _articles(os.fspath(root.absolute())):
            empty = False
            if isinstance(below, BlockedError):
                yield Reference(_file_address(file), problem=below)
                continue
            stem, status = file.name.rpartition(".")[0], file.stat(follow_symlinks=False)
            place = below if stem.lower() == "index" else f"{below}{stem}/"
            url = base + _readable(place) if base else _file_address(file)
            if url in self._paths:
                reason = f"{file.path} would have the address of {self._paths[url]}"
                yield Reference(_file_address(file), problem=BlockedError(reason, "rename it."))
                continue
            self._paths[url] = file.path
            validator = f"{status.st_size}/{status.st_mtime_ns}"
            # A link's own time says nothing of the file behind it.
            yield Reference(url, stem, None, None, validator, not file.is_symlink())
        if empty:
            kinds = ", ".join(sorted(MARKDOWN | HTML))
            raise EmptyError(
                f"the folder {root} holds no articles ({kinds})",
                "put the articles there, or correct the path.",
            )

    def _leads_out(self, path: Path) -> bool:
        return not os.path.realpath(path).startswith(os.path.join(self._real_root, ""))

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        name = self._paths.get(reference.url)
        if name is None:
            raise GoneError(f"{reference.url} is not in {self.spec.path}", "it was taken away.")
        path = Path(name)
        if self._leads_out(path):
            raise BlockedError(
                f"{path} is a link that leads out of {self.spec.path}",
                "put the file itself there, or name its folder as a source.",
            )
        if known and known.etag == reference.validator and reference.certain:
            return None
        remedy = f"correct or remove {path.name}; the other articles are not affected."
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise BlockedError(f"{path} is no file", remedy)
            if status.st_size > MAX_BYTES:
                raise BlockedError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB", remedy)
            text = decode(path.read_bytes(), None)
            fetched = read_article(text, path, reference.validator, reference.url)
        except (OSError, ValueError) as error:
            raise SourceError(f"{path} cannot be read: {error}", remedy) from error
        if fetched is None:
            raise WithheldError(f"{path} is marked as a draft", "set `draft: false` to publish it.")
        return fetched


def _articles(
    folder: str, below: str = ""
) -> "Iterator[tuple[os.DirEntry[str], str | BlockedError]]":
    """(file, its folder's path below the root, as `a/b/`) of each that may be an article, by name;
    or why it cannot be taken."""
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    drafts = in_drafts(below)
    for entry in found:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _articles(entry.path, f"{below}{entry.name}/")
            continue
        stem, _, kind = entry.name.rpartition(".")
        kind, linked = kind.lower(), entry.is_symlink()
        if linked and os.path.isdir(entry.path):
            yield entry, BlockedError(f"{entry.path} is a link to a folder", _LINKED)
        elif kind not in _KINDS or not (linked or entry.is_file()):
            continue
        elif stem.lower() in NOT_ARTICLES and not (below and stem.lower() == "index"):
            continue
        elif drafts:
            yield entry, WithheldError(f"{entry.path} is in a folder of drafts", _MOVE)
        elif stem.lower() == "index" and f".{kind}" in HTML:
            yield entry, BlockedError(f"{entry.path} may be a list of articles", _INDEX)
        else:  # `index.md` is a bundle: a folder that holds an article and its images
            yield entry, below


def _file_address(file: "os.DirEntry[str]") -> str:
    plain = _PLAIN_PATH.fullmatch(file.path)  # as `quote` leaves it, at a tenth of the time
    return "file://" + (file.path if plain else quote_from_bytes(os.fsencode(file.path)))


def _readable(name: str) -> str:
    """A path within an address: `#` and `?` percent-encoded, or all that UTF-8 cannot hold."""
    return name.translate(_MARKS) if name.isprintable() else quote_from_bytes(os.fsencode(name))


def read_article(text: str, path: Path, validator: str, url: str = "") -> Fetched | None:
    """The article that a file holds, or None if it says it is a draft; raises `ValueError` for
    broken front matter. url: where it stands unless it says otherwise."""
    meta, body = split_front_matter(text.removeprefix("\ufeff"))
    if is_draft(meta):
        return None
    if path.suffix.lower() == ".mdx":
        body = below_imports(body)
    page = about(body, path.name) if path.suffix.lower() in HTML else None
    heading, below = (None, body) if page else split_heading(body)
    name = path.parent.name if path.stem.lower() == "index" else path.stem
    title = stated_title(meta) or (page.title if page else None) or heading or name
    if heading == title:
        body = below
    published = stated_moment(meta, PUBLISHED)
    dated_by = "front matter"
    if published is None and page and page.published_at:
        published, dated_by = page.published_at, str(page.dated_by)
    if published is None and (named := _NAME_DATE.match(name)):
        published, dated_by = moment(named[0]), "name of the file"
    if published is None:
        published = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        dated_by = dated_by_file(meta)
    return Fetched(
        body=body,
        media_type="text/html" if page else "text/markdown",
        title=title,
        byline=byline(meta) or tuple(page.byline if page else ()),
        published_at=published,
        updated_at=stated_moment(meta, UPDATED) or (page.updated_at if page else None),
        dated_by=dated_by,
        canonical=stated_address(meta, url) or (page.canonical if page else None),
        etag=validator,
    )
