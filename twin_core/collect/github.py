"""README and documentation of a public git repository: what this author wrote the most of.

The log gives what a page of documentation does not: when a file was first written and last changed,
and by whom. It is fetched when a file is new or changed; to list, the last commit is enough.
"""

import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from urllib.parse import quote, urlsplit

from twin_core.collect.address import check_address
from twin_core.collect.frontmatter import (
    below_imports,
    in_drafts,
    is_draft,
    split_front_matter,
    split_heading,
)
from twin_core.collect.gitcli import ADDRESS, Repository
from twin_core.collect.page import decode
from twin_core.collect.source import Fetched, Reference, Validators, canonical_url, moment
from twin_core.collect.vetting import vetted
from twin_core.collect.web import Web
from twin_core.errors import BlockedError, GoneError, SourceError, UnreachableError, WithheldError
from twin_core.sources import GithubSpec

MARKDOWN = (".md", ".mdx", ".markdown")
MAX_BYTES = 1_000_000  # of one file
MAX_HISTORY = 50_000_000  # of all its versions, as git packs them
MAX_FILES = 2_000
MOST = 0.5  # an author's share of a file's lines must be above this
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_GITHUB_ID = re.compile(r"^\d+\+(?=.*@users\.noreply\.github\.com$)")
_LFS = b"version https://git-lfs.github.com/spec/"
_FENCED = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.M | re.S)
_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t]*#*[ \t]*$|^(\S.*)\n=+[ \t]*$|<h1[^>]*>(.+?)</h1>", re.M)
_HEAD = 8_000  # characters in which a title is sought
_MARKUP = re.compile(r"<[^>]*>|!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])")
_LINK = re.compile(r"\[([^\[\]]*)\](?:\([^)]{0,1000}\)|\[[^\[\]]*\])")
_OTHERS = "the other files are not affected."
_EMAILS = "name all addresses that the author has in the log in `emails`, or take it out."


class GithubSource:
    """Markdown files that `paths` name, and READMEs without a suffix; no other kind of file, no
    symbolic link, nothing of a submodule and nothing kept in Git LFS."""

    complete = True

    def __init__(self, spec: GithubSpec, web: Web) -> None:
        self.spec, self.web = spec, web
        self.label = spec.label
        self._emails = {plain_email(email) for email in spec.emails}
        self._repository: Repository | None = None
        self._files: dict[str, tuple[str, str]] = {}
        self._log: SourceError | None = None  # why the log cannot be had

    def discover(self) -> Iterator[Reference]:
        self.close()
        url, pin = address_of(self.spec.url, self.web.allowed)
        self._repository = Repository(url, pin, self.web)
        base = f"{canonical_url(url).removesuffix('.git')}/blob/{quote(self._repository.branch)}"
        self._files = {
            f"{base}/{quote(os.fsencode(path))}": (path, blob)
            for path, blob in self._repository.files(self.spec.paths)
            if is_prose(path)
        }
        named = f"{len(self._files)} Markdown files at {', '.join(self.spec.paths)}"
        if not 0 < len(self._files) <= MAX_FILES:
            raise SourceError(f"{url} has {named}", "correct `paths` in the authors file.")
        for address, (path, blob) in self._files.items():
            name, problem = os.fsencode(path).decode("utf-8", "replace"), None
            if in_drafts(path):
                problem = WithheldError(f"{address} is in a folder of drafts", _OTHERS)
            yield Reference(address, name, validator=blob, problem=problem)

    def close(self) -> None:
        """Remove the clone; it goes with the object, too."""
        if self._repository:
            self._repository.close()
        self._repository, self._files, self._log = None, {}, None

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        repository = self._repository
        path, blob = self._files.get(reference.url, ("", ""))
        if not repository or not blob:
            raise GoneError(f"{reference.url} is not in {self.spec.url}", "it was taken away.")
        if known and known.etag == blob:
            return None
        content = _content(repository, reference.url, blob)
        title, body = _article(decode(content, "utf-8").replace("\r\n", "\n"), path, reference)
        self._need_log(repository)
        dates, versions = history(repository, path)
        repository.fetch_blobs([one for one in versions if one != blob], MAX_HISTORY)
        blame = repository.run("blame", "-w", "--line-porcelain", repository.head, "--", path)
        name, share = main_author(lines_by_author(blame), self._emails)
        if share <= MOST:
            by = f"{share:.0%} of its lines are by {', '.join(self.spec.emails) or name}"
            raise WithheldError(f"{reference.url} is not mostly by one author: {by}", _EMAILS)
        return Fetched(
            body=body,
            media_type="text/markdown",
            title=title,
            byline=(name,) if name and not self._emails else (),  # e-mails said who it is
            published_at=moment(dates[-1] if dates else None),
            updated_at=moment(dates[0] if dates else None),
            dated_by="git log",
            etag=blob,
        )

    def _need_log(self, repository: Repository) -> None:
        """Have the log, with this author in it; what failed is not tried again for every file."""
        if self._log:
            raise self._log
        try:
            if repository.deepen() and self._emails:
                log = repository.run("log", "--format=%ae", repository.head)
                if not self._emails & set(map(plain_email, log.decode("utf-8", "replace").split())):
                    by = ", ".join(self.spec.emails)
                    raise BlockedError(f"no commit in {repository.url} is by {by}", _EMAILS)
        except SourceError as error:
            self._log = error
            raise


def address_of(url: str, allowed: Sequence[str]) -> tuple[str, str]:
    """(address as git may be given it, its host's vetted addresses as HOST:PORT:ADDRESS,…).

    allowed: private hosts, which may be asked over plain http, too. Raises `BlockedError`, or
    `UnreachableError` for a host without an address.
    """
    check_address(url)
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    plain = url.isascii() and url.isprintable() and not set(" \\\"'`") & set(url)
    if not plain or not _HOST.fullmatch(host) or parts.query or parts.fragment:
        raise BlockedError(f"{url!r} is not the address of a repository", ADDRESS)
    number = port or {"http": 80, "https": 443}[parts.scheme]
    if parts.scheme == "http" and not {host, f"{host}:{number}"} & set(allowed):
        raise BlockedError(f"{url} is not encrypted", "name it by https://.")
    try:
        found = vetted(host, number, allowed)
    except TimeoutError as error:
        raise UnreachableError(str(error), "check the name server if it stays so.") from error
    except OSError as error:
        raise UnreachableError(f"{host} has no address: {error.strerror}", ADDRESS) from error
    numbers = ",".join(f"[{one}]" if ":" in one else one for one in found)
    netloc = f"{host}:{port}" if port else host
    return f"{parts.scheme}://{netloc}{parts.path.rstrip('/')}", f"{host}:{number}:{numbers}"


def is_prose(path: str) -> bool:
    """Whether a file is Markdown by its name."""
    return path.lower().endswith(MARKDOWN) or os.path.basename(path).lower() == "readme"


def plain_email(email: str) -> str:
    """An address in lower case, without the number in those that GitHub gives."""
    return _GITHUB_ID.sub("", email.strip().strip("<>").lower())


def lines_by_author(blame: bytes) -> Counter[tuple[str, str]]:
    """(name, email) → lines with text on them, of `git blame --line-porcelain`."""
    found: Counter[tuple[str, str]] = Counter()
    name = email = ""
    for line in blame.split(b"\n"):
        if line.startswith(b"author "):
            name = line[7:].decode("utf-8", "replace").strip()
        elif line.startswith(b"author-mail "):
            email = line[12:].decode("utf-8", "replace")
        elif line.startswith(b"\t") and line.strip():
            found[name, email] += 1
    return found


def main_author(lines: Counter[tuple[str, str]], emails: Collection[str]) -> tuple[str, float]:
    """(name, share of the lines) of whoever has these emails, or of who wrote the most."""
    names: Counter[str] = Counter()
    for (name, email), count in lines.items():
        if not emails or plain_email(email) in emails:
            names[name] += count
    name, most = max(names.items(), key=lambda one: one[1], default=("", 0))
    return name, (names.total() if emails else most) / max(lines.total(), 1)


def history(repository: Repository, path: str) -> tuple[list[str], list[str]]:
    """(times of the commits that changed a file, its blobs), latest first, through its renames.

    `git log --follow` also takes a file for the copy of another that it resembles, and compares it
    with all files of its first commit to find out.
    """
    dates: list[str] = []
    blobs: dict[str, None] = {}
    tip = repository.head
    for _ in range(20):  # names that a file had
        options = ("--format=%H%x09%aI", "--raw", "--no-abbrev", "--no-renames")
        log = repository.run("--literal-pathspecs", "log", *options, tip, "--", path)
        lines = [line for line in log.decode("utf-8", "replace").split("\n") if line]
        commits = [line.split("\t") for line in lines if not line.startswith(":")]
        blobs |= dict.fromkeys(line.split(" ")[3] for line in lines if line.startswith(":"))
        if not commits:
            break
        dates += [date for _, date in commits]
        oldest = commits[-1][0]
        options = ("-r", "-M", "-z", "--raw", "--no-abbrev", "--diff-filter=R", "--no-commit-id")
        moved = repository.run("diff-tree", *options, oldest).split(b"\0")
        sources = dict(zip(moved[2::3], moved[1::3], strict=False))
        if os.fsencode(path) not in sources:
            break
        path, tip = os.fsdecode(sources[os.fsencode(path)]), f"{oldest}^"
    return dates, [blob for blob in blobs if blob.strip("0")]


def _content(repository: Repository, url: str, blob: str) -> bytes:
    """The bytes of a file; raises `BlockedError` if it is too large, or no text."""
    try:
        repository.fetch_blobs([blob], 2 * MAX_BYTES)
        size = int(repository.run("cat-file", "-s", blob))
    except BlockedError as error:
        raise BlockedError(f"{url} is not taken: {error.problem}", _OTHERS) from error
    if size > MAX_BYTES:
        raise BlockedError(f"{url} is larger than {MAX_BYTES / 1e6:g} MB", _OTHERS)
    content = repository.run("cat-file", "blob", blob)
    if content.startswith(_LFS):
        raise BlockedError(f"{url} is kept in Git LFS", "keep prose in git itself.")
    if b"\0" in content or not content.strip():
        raise BlockedError(f"{url} holds no text", _OTHERS)
    return content


def _article(text: str, path: str, reference: Reference) -> tuple[str, str]:
    """(title, body) of a file, without its front matter, MDX code, and the title at its top."""
    try:
        meta, body = split_front_matter(text)
    except ValueError as error:
        raise SourceError(f"{reference.url} cannot be read: {error}", _OTHERS) from error
    if is_draft(meta):
        raise WithheldError(f"{reference.url} is marked as a draft", _OTHERS)
    if path.lower().endswith(".mdx"):
        body = below_imports(body)
    title = str(meta.get("title") or "").strip() or _heading(body) or reference.title
    first, below = split_heading(body)
    if first and _without_markup(first) == title:
        body = below
    return title, body


def _heading(body: str) -> str:
    """The text of the first heading of the first rank; empty if there is none."""
    for found in _HEADING.finditer(_FENCED.sub("", body[:_HEAD])):
        if text := _without_markup("".join(filter(None, found.groups()))):
            return text
    return ""


def _without_markup(text: str) -> str:
    return _LINK.sub(r"\1", _MARKUP.sub("", text)).replace("`", "").strip("*_ \t")
