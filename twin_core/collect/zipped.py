"""What the exports share: archives read safely, and articles kept for a pass.

An archive is opened in a child process. Every name in it is judged before anything is unpacked,
what is unpacked stays in memory, and one member that must not be there refuses the whole archive:
no export that a platform made holds such a thing.
"""

import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from twin_core.collect.frontmatter import FILE_TIME
from twin_core.collect.page import decode
from twin_core.collect.source import Fetched, Reference, Validators, moment
from twin_core.confined import Confined
from twin_core.errors import BlockedError, EmptyError, GoneError, SourceError
from twin_core.fingerprint import fingerprint, text_hash

MAX_MEMBERS = 50_000
MAX_MEMBER_BYTES = 5_000_000
MAX_TOTAL_BYTES = 100_000_000
MAX_PART_BYTES = 300_000_000  # held in the child's memory at once
MAX_RATIO = 100  # HTML of exports has 5 to 20
RATIO_FROM_BYTES = 1_000_000  # a small file is no bomb, however well it packs
_NESTED = (".zip", ".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".jar")
_ABSOLUTE = re.compile(r"/|[A-Za-z]:/")
_SHADOW = re.compile(r"__MACOSX/|(?:.*/)?\._")  # macOS packs one beside each file
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
_REMEDY = "take that file out, or ask the platform for the export again."


@dataclass(frozen=True)
class Member:
    """One text file of an export; its name has `/` between folders."""

    name: str
    text: str
    modified: datetime | None


def read_members(path: str, pattern: str, parts: str | None = None) -> list[list[str]]:
    """[name, text, time of change in ISO 8601 or ""] of the members whose whole name matches.

    parts: names of archives within the archive that are opened too, one level deep. To be run in a
    child process: raises `BlockedError` for what is hostile, `SourceError` for what is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return list(_Reading(re.compile(pattern), parts).members(archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise SourceError(
            f"it is damaged, or not a zip file ({error})", "download it again, and name the zip."
        ) from error


class _Reading:
    """One archive's reading. left: bytes that may still be unpacked."""

    def __init__(self, wanted: re.Pattern[str], parts: str | None) -> None:
        self.wanted = wanted
        self.parts = re.compile(parts) if parts else None
        self.left = MAX_TOTAL_BYTES

    def members(self, archive: zipfile.ZipFile, nested: bool = False) -> Iterator[list[str]]:
        infos = archive.infolist()
        parts = None if nested else self.parts
        _judge(infos, parts)
        for info in infos:
            name = info.filename.replace("\\", "/")
            if parts and parts.fullmatch(name):
                part = io.BytesIO(_unpacked(archive, info, MAX_PART_BYTES))
                with zipfile.ZipFile(part) as inner:
                    yield from self.members(inner, nested=True)
            elif self.wanted.fullmatch(name) and not _SHADOW.match(name):
                content = _unpacked(archive, info, min(MAX_MEMBER_BYTES, self.left))
                self.left -= len(content)
                yield [name, decode(content, None), _modified(info)]


def _modified(info: zipfile.ZipInfo) -> str:
    try:
        return datetime(*info.date_time).isoformat()
    except ValueError:
        return ""


def _judge(infos: list[zipfile.ZipInfo], parts: re.Pattern[str] | None) -> None:
    """Raise `BlockedError` if the list of contents alone shows that the archive is hostile."""
    if len(infos) > MAX_MEMBERS:
        raise BlockedError(f"it holds {len(infos):,} files (at most {MAX_MEMBERS:,})", _REMEDY)
    for info in infos:
        if reason := _reason(info, parts):
            raise BlockedError(f"it holds '{info.orig_filename[:100]}', {reason}", _REMEDY)
    # members that share their bytes: a small archive then unpacks to any size
    ordered = sorted(infos, key=lambda info: info.header_offset)
    for one, following in zip(ordered, ordered[1:], strict=False):
        if one.header_offset + one.compress_size > following.header_offset:
            raise BlockedError(f"its files overlap at '{following.filename[:100]}'", _REMEDY)


def _reason(info: zipfile.ZipInfo, parts: re.Pattern[str] | None) -> str | None:
    name = info.orig_filename.replace("\\", "/")  # before zipfile cut it at a null character
    if _ABSOLUTE.match(name):
        return "whose path is absolute"
    if ".." in name.split("/"):
        return "whose path leads out of the archive"
    if _UNPRINTABLE.search(name):
        return "whose name has unprintable characters"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "which is a link or a device, not a file"
    if name.lower().endswith(_NESTED) and not (parts and parts.fullmatch(name)):
        return "which is an archive within the archive"
    packed = max(info.compress_size, 1)
    if info.file_size > RATIO_FROM_BYTES and info.file_size > MAX_RATIO * packed:
        return f"which unpacks to {info.file_size // packed:,} times its size"
    if info.flag_bits & 1:
        return "which is encrypted"
    return None


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    if info.file_size > limit:
        raise BlockedError(
            f"it unpacks to too much: '{info.filename[:100]}' has {info.file_size / 1e6:.0f} MB, "
            f"{limit / 1e6:.0f} MB are left",
            "take that file out, or export less at a time.",
        )
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BlockedError(
            f"it holds '{info.filename[:100]}', packed by a method that no export uses", _REMEDY
        )
    with archive.open(info) as stream:
        return stream.read(info.file_size)


def open_archive(path: Path, child: Confined, pattern: str, parts: str | None) -> list[Member]:
    """The members of an archive as `read_members` gives them; its errors name the archive."""
    if path.is_dir():
        raise SourceError(f"{path} is a folder", "name the zip as it was downloaded.")
    if not path.is_file():
        raise SourceError(f"{path} does not exist", "correct `path` in the authors file.")
    try:
        found = child.call("twin_core.collect.zipped:read_members", str(path), pattern, parts)
    except SourceError as error:
        verdict = "is refused" if isinstance(error, BlockedError) else "cannot be read"
        raise type(error)(f"the archive {path} {verdict}: {error.problem}", error.remedy) from error
    return [Member(name, text, moment(modified)) for name, text, modified in found]


def open_folder(
    root: Path, wanted: Callable[[str], bool]
) -> Iterator[Member | tuple[str, SourceError]]:
    """The files below a folder whose relative names are wanted; (name, why) of one not taken."""
    inside = root.resolve()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if not wanted(name) or path.is_dir():
            continue
        if not path.resolve().is_relative_to(inside):
            yield name, BlockedError("it is a link that leads out", "put the file itself there.")
            continue
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_MEMBER_BYTES:
                size = f"{MAX_MEMBER_BYTES // 1_000_000} MB"
                yield name, BlockedError(f"it is no file, or larger than {size}", "take it out.")
                continue
            text = decode(path.read_bytes(), None)
            yield Member(name, text, datetime.fromtimestamp(status.st_mtime, UTC))
        except OSError as error:
            yield name, SourceError(f"it cannot be read: {error.strerror}", "make it readable.")


class ExportSource:
    """An export read whole once for each listing; fetching is then a look-up.

    A kind gives `articles`: address → the article without validators, or why it is not taken.
    wanted: what it looks for, for the error when there is none of it.
    """

    complete = True
    wanted = ""

    def __init__(self, label: str, path: Path) -> None:
        self.label, self.path = label, path
        self._found: dict[str, Fetched | SourceError] = {}

    def articles(self, child: Confined) -> Iterator[tuple[str, Fetched | SourceError]]:
        raise NotImplementedError

    def address(self, name: str) -> str:
        """A file address of something in the export, the same in every run."""
        return f"{self.path.absolute().as_uri()}/{quote(os.fsencode(name))}"

    def problem(self, name: str, error: SourceError) -> SourceError:
        """An error of one article, with article and export named."""
        return type(error)(f"'{_sound(name)}' in {self.path}: {error.problem}", error.remedy)

    def discover(self) -> Iterator[Reference]:
        with Confined() as child:
            found: dict[str, Fetched | SourceError] = {}
            for url, article in self.articles(child):
                if url in found and isinstance(article, Fetched):  # two posts of one second
                    url = f"{url}/{text_hash(article.body)}"
                found[url] = article
        if not found:
            raise EmptyError(
                f"{self.path} holds no {self.wanted}",
                "correct `path` in the authors file, or ask the platform for the export again.",
            )
        self._found = {url: _validated(article) for url, article in found.items()}
        for url, article in self._found.items():
            if isinstance(article, SourceError):
                yield Reference(url, validator=fingerprint(article.problem))
            else:
                dates = article.published_at, article.updated_at
                yield Reference(url, article.title or "", *dates, article.etag or "")

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        article = self._found.get(reference.url)
        if article is None:
            raise GoneError(f"{reference.url} is not in {self.path}", "it was taken away.")
        if isinstance(article, SourceError):
            raise article
        return None if known and known.etag == article.etag else article


def _validated(article: Fetched | SourceError) -> Fetched | SourceError:
    """The article with a validator over its content and the dates that it states.

    A file's own time is not stated: unpacking the same export again changes it, and nothing else.
    """
    if isinstance(article, SourceError):
        return article
    by_file = (article.dated_by or "").startswith(FILE_TIME)
    stated = None if by_file else article.published_at
    content = text_hash(article.body), article.canonical, stated, article.updated_at
    title, byline = _sound(article.title or ""), tuple(map(_sound, article.byline))
    etag = fingerprint(title, byline, *content)
    return replace(article, title=title or None, byline=byline, etag=etag)


def _sound(text: str) -> str:
    """Text that UTF-8 can hold: file names and YAML may bring surrogates."""
    return text.encode("utf-8", "replace").decode()
