"""Documentation of git repositories, over git's own protocol on loopback: real repositories with
several authors, and what a hostile one may hold."""

import gc
import http.server
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import folder_author
from twin_core.collect import vetting
from twin_core.collect.collect import collect, utc_now
from twin_core.collect.folder import FolderSource
from twin_core.collect.gitcli import Repository
from twin_core.collect.github import GithubSource, address_of, plain_email
from twin_core.collect.source import Fetched, Reference, Validators
from twin_core.collect.web import Web
from twin_core.errors import BlockedError, GoneError, SourceError, UnreachableError
from twin_core.sources import FolderSpec, GithubSpec

INES = "Ines Okafor <ines@okafor.example>"
TOBIAS = "Tobias Wren <tobias@wren.example>"
LINES = "".join(f"Sentence number {number} about the tide.\n" for number in range(12))


class Served:
    """A repository that is written to in `work` and served from `address` by `git http-backend`."""

    def __init__(self, root: Path) -> None:
        self.work = root / "work"
        self.bare = root / "served" / "tides.git"
        self.address = ""
        self.status, self.header = 0, ("", "")  # to answer with instead of the repository
        self.stall = 0.0  # seconds before it answers
        self.asked: list[str] = []
        self.sent = 0
        self.message = "work"
        self.web = Web(allowed=("127.0.0.1",))
        self.work.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=trunk", str(self.work))
        self.git("init", "--quiet", "--bare", "--initial-branch=trunk", str(self.bare))
        for setting in ("allowFilter", "allowAnySHA1InWant"):
            self.git("-C", str(self.bare), "config", f"uploadpack.{setting}", "true")

    def git(self, *arguments: str, given: str = "", **environment: str) -> str:
        """The output of a git command in `work`, free of the tester's own configuration."""
        plain = {"PATH": os.defpath, "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.work,
            env={**plain, **environment},
            input=given.encode(),
            capture_output=True,
            check=True,
        )
        return done.stdout.decode("utf-8", "replace").strip()

    def commit(self, who: str, day: str, files: dict[str, str | bytes] | None = None) -> None:
        """Write files, commit everything as somebody on a day, and publish it."""
        for path, content in (files or {}).items():
            target = self.work / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "--all")
        command = ("commit", "--quiet", "--allow-empty", f"--message={self.message}")
        self.git(*command, **signed(who, day))
        self.git("push", "--quiet", str(self.bare), "HEAD:trunk")

    def source(self, *emails: str, **values: Any) -> GithubSource:
        spec = GithubSpec(kind="github", url=f"{self.address}/tides.git", emails=emails, **values)
        return GithubSource(spec, self.web)

    def read(self, *emails: str, **values: Any) -> dict[str, Fetched | SourceError | None]:
        """One pass: path → what fetching it gave."""
        source = self.source(*emails, **values)
        return {
            one.url.partition("/blob/trunk/")[2]: one.problem or attempt(source, one)
            for one in source.discover()
        }


def signed(who: str, day: str) -> dict[str, str]:
    """What tells git who commits, and when."""
    name, email = who.rstrip(">").split(" <")
    values = {"NAME": name, "EMAIL": email, "DATE": f"{day}T08:00:00+00:00"}
    return {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in values.items()
    }


def attempt(source: GithubSource, reference: Reference) -> Fetched | SourceError | None:
    try:
        return source.fetch(reference, None)
    except SourceError as error:
        return error


def cgi(root: Path, method: str, target: str, headers: Message, body: bytes) -> dict[str, str]:
    """What a web server tells `git http-backend` of a request."""
    path, _, query = target.partition("?")
    return {
        "PATH": os.defpath,
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": headers.get("Git-Protocol", ""),
    }


def backend(served: Served) -> type[http.server.BaseHTTPRequestHandler]:
    """What a web server in front of `git http-backend` does."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(b"")

        def do_POST(self) -> None:
            self.answer(self.rfile.read(int(self.headers["Content-Length"])))

        def answer(self, body: bytes) -> None:
            served.asked.append(self.path)
            time.sleep(served.stall)
            if served.status:
                self.send_response(served.status)
                self.send_header(*served.header)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            environment = cgi(served.bare.parent, self.command, self.path, self.headers, body)
            command = ["git", "http-backend"]
            done = subprocess.run(command, input=body, capture_output=True, env=environment)
            head, _, content = done.stdout.partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            served.sent += len(content)
            self.send_response(int(fields.pop("Status", "200").split()[0]))
            for name, value in fields.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                self.wfile.write(content)
            except (BrokenPipeError, ConnectionResetError):  # git was ended, as it should be
                pass

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    one = Served(tmp_path)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), backend(one))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    one.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield one
    finally:
        one.web.close()
        server.shutdown()
        server.server_close()


def test_a_file_is_taken_with_the_dates_and_the_author_of_the_log(served: Served):
    served.commit(INES, "2023-05-01", {"README.md": f"# Tide tables\n\n{LINES}"})
    served.commit(TOBIAS, "2024-02-03", {"README.md": f"# Tide tables\n\n{LINES}One by me.\n"})
    source = served.source()
    (reference,) = source.discover()
    assert reference.url == f"{served.address}/tides/blob/trunk/README.md"
    assert reference.validator == served.git("rev-parse", "HEAD:README.md")
    fetched = source.fetch(reference, None)
    assert fetched
    assert fetched.title == "Tide tables"
    assert fetched.body.strip() == f"{LINES}One by me."
    assert fetched.media_type == "text/markdown"
    assert fetched.byline == ("Ines Okafor",)
    assert fetched.published_at == datetime(2023, 5, 1, 8, tzinfo=UTC)
    assert fetched.updated_at == datetime(2024, 2, 3, 8, tzinfo=UTC)
    assert fetched.dated_by == "git log"
    assert fetched.etag == reference.validator
    assert source.complete
    assert source.label == f"github:{served.address}/tides.git"


def test_markdown_at_the_paths_is_taken_and_nothing_else(served: Served):
    taken = ("README", "README.zh.md", "docs/guide.md", "docs/deep/er.mdx", "docs/Ünï côde?.md")
    others = ("README.rst", "README.txt", "docs/figure.svg", "docs/list.txt", "notes.md", "src/x.c")
    served.commit(INES, "2024-01-01", {path: LINES for path in taken + others})
    source = served.source()
    references = list(source.discover())
    assert sorted(one.title for one in references) == sorted(taken)
    assert all(one.url.isascii() and " " not in one.url for one in references)
    assert all(isinstance(attempt(source, one), Fetched) for one in references)
    assert list(served.read(paths=("notes.md", "src"))) == ["notes.md"]


def test_a_file_is_followed_through_its_renames(served: Served):
    served.commit(INES, "2021-01-01", {"notes/old.md": LINES})
    served.git("mv", "notes/old.md", "notes/newer.md")
    served.commit(TOBIAS, "2022-01-01")
    (served.work / "docs").mkdir()
    served.git("mv", "notes/newer.md", "docs/newest.md")
    served.commit(TOBIAS, "2023-01-01", {"docs/newest.md": LINES + "Moved.\n"})
    served.commit(TOBIAS, "2024-01-01", {"docs/copy.md": LINES + "Moved.\n"})
    found = served.read()
    moved, copied = found["docs/newest.md"], found["docs/copy.md"]
    assert isinstance(moved, Fetched)
    assert isinstance(copied, Fetched)
    assert moved.byline == ("Ines Okafor",)
    assert moved.published_at == datetime(2021, 1, 1, 8, tzinfo=UTC)
    assert moved.updated_at == datetime(2023, 1, 1, 8, tzinfo=UTC)
    assert copied.published_at == datetime(2024, 1, 1, 8, tzinfo=UTC)  # not that of its model


def test_what_others_wrote_is_blocked_with_the_share(served: Served):
    mine, theirs = LINES, "".join(f"Another line {number}.\n" for number in range(36))
    served.commit(INES, "2024-01-01", {"docs/mine.md": mine, "docs/theirs.md": mine})
    served.commit(TOBIAS, "2024-01-02", {"docs/theirs.md": mine + theirs, "README.md": theirs})
    found = served.read("ines@okafor.example")
    assert isinstance(found["docs/mine.md"], Fetched)
    assert isinstance(found["docs/theirs.md"], BlockedError)
    assert "25% of its lines are by ines@okafor.example" in str(found["docs/theirs.md"])
    assert "0% of its lines" in str(found["README.md"])
    by_name = served.read()["docs/theirs.md"]
    assert isinstance(by_name, Fetched)
    assert by_name.byline == ("Tobias Wren",)


def test_without_emails_a_file_needs_one_author_of_most_of_it(served: Served):
    served.commit(INES, "2024-01-01", {"README.md": LINES})
    served.commit(TOBIAS, "2024-01-02", {"README.md": LINES + LINES.replace("tide", "moon")})
    assert "50% of its lines are by Ines Okafor" in str(served.read()["README.md"])


def test_an_author_is_known_by_all_addresses_given(served: Served):
    served.commit("Ines <INES@Okafor.example>", "2024-01-01", {"README.md": LINES})
    hidden = "inesokafor <4711+inesokafor@users.noreply.github.com>"
    served.commit(hidden, "2024-01-02", {"README.md": LINES + LINES.replace("tide", "moon")})
    emails = ("ines@okafor.example", "inesokafor@users.noreply.github.com")
    assert isinstance(served.read(*emails)["README.md"], Fetched)
    assert isinstance(served.read(emails[0])["README.md"], BlockedError)
    assert plain_email("<4711+Ines@users.noreply.github.com>") == "ines@users.noreply.github.com"
    assert plain_email("4711+ines@okafor.example") == "4711+ines@okafor.example"


def test_a_mailmap_of_the_repository_does_not_decide_who_wrote_what(served: Served):
    mailmap = f"{INES} <tobias@wren.example>\n"
    served.commit(TOBIAS, "2024-01-01", {"README.md": LINES, ".mailmap": mailmap})
    found = served.read()["README.md"]
    assert isinstance(found, Fetched)
    assert found.byline == ("Tobias Wren",)


def test_a_repository_with_nothing_by_the_author_says_so_once(served: Served):
    served.commit(TOBIAS, "2024-01-01", {f"docs/{number}.md": LINES for number in range(3)})
    found = served.read("ines@okafor.example")
    assert len(found) == 3
    for error in found.values():
        assert "no commit in" in str(error)
        assert "is by ines@okafor.example" in str(error)
        assert "Remedy: name all addresses" in str(error)


def test_an_unchanged_file_is_not_read_and_the_log_not_fetched(served: Served):
    for day in range(1, 8):
        served.message = os.urandom(20_000).hex()
        files = {"README.md": f"# {day}\n{LINES}", "src/code.bin": os.urandom(100_000)}
        served.commit(INES, f"2024-01-0{day}", files)
    first = served.source()
    (reference,) = first.discover()
    assert isinstance(first.fetch(reference, None), Fetched)
    assert served.sent < 250_000  # the log, not what else is in the repository
    served.asked.clear()
    served.sent = 0
    again = served.source()
    (reference,) = again.discover()
    assert again.fetch(reference, Validators(reference.validator, None)) is None
    assert len(served.asked) == 3
    assert served.sent < 40_000  # one commit
    assert served.web.transferred > 0


def test_the_past_of_a_file_is_fetched_in_one_go(served: Served):
    for day in range(1, 10):
        served.commit(INES, f"2024-01-0{day}", {"README.md": "".join(LINES.splitlines(True)[:day])})
    source = served.source()
    (reference,) = source.discover()
    served.asked.clear()
    assert isinstance(source.fetch(reference, None), Fetched)
    assert sum("info/refs" in path for path in served.asked) == 3  # the file, the log, its past


def test_a_server_that_sends_everything_is_read_all_the_same(served: Served):
    for setting in ("allowFilter", "allowAnySHA1InWant"):
        served.git("-C", str(served.bare), "config", f"uploadpack.{setting}", "false")
    served.commit(INES, "2024-01-01", {"README.md": "First.\n"})
    served.commit(INES, "2024-01-02", {"README.md": LINES})
    found = served.read()["README.md"]
    assert isinstance(found, Fetched)
    assert found.published_at == datetime(2024, 1, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "text", "title"),
    [
        (
            "README.md",
            '<p align="center"><img src="a.png"></p>\n\n# The `tides`\n\nText.',
            "The tides",
        ),
        ("README.md", "[![build](b.svg)](ci)\n\nTide tables\n===========\n\nText.", "Tide tables"),
        ("README.md", "Tide tables\r\n===========\r\n\r\nText.\r\n", "Tide tables"),
        ("README.md", '<h1 align="center">[Tides](t.md)</h1>\n\nText.', "Tides"),
        ("README.md", "```sh\n# a comment\n```\n\n## Second rank\n", "README.md"),
        ("docs/a.md", "---\ntitle: Stated\n---\n# Other\n\nText.", "Stated"),
        ("docs/a.mdx", "import X from 'x'\n\n# Title\n\n<X/>\n\nText.", "Title"),
    ],
)
def test_the_title_is_the_first_heading_or_the_path(served: Served, path, text, title):
    served.commit(INES, "2024-01-01", {path: text})
    found = served.read()[path]
    assert isinstance(found, Fetched)
    assert found.title == title
    assert "import X" not in found.body
    assert "---\ntitle" not in found.body


def test_one_bad_file_never_stops_the_others(served: Served, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("twin_core.collect.github.MAX_BYTES", 100_000)
    served.commit(
        INES,
        "2024-01-01",
        {
            "docs/good.md": LINES,
            "docs/huge.md": os.urandom(3_000_000).hex(),
            "docs/large.md": "word " * 25_000,
            "docs/binary.md": b"\0\1\2",
            "docs/empty.md": " \n",
            "docs/draft.md": f"---\nDraft: 'true'\n---\n{LINES}",
            "docs/_drafts/secret.md": LINES,
            "docs/broken.md": "---\ntitle: [unclosed\n---\nText.\n",
            "docs/pointer.md": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
            "docs/latin.md": "Früh am Abend stieg die Flut.\n".encode("latin-1"),
        },
    )
    found = served.read()
    good, latin = found.pop("docs/good.md"), found.pop("docs/latin.md")
    assert isinstance(good, Fetched)
    assert isinstance(latin, Fetched)
    assert latin.body.startswith("Früh am Abend")
    reasons = {
        "docs/huge.md": "gives more than collection takes",
        "docs/large.md": "is larger than 0.1 MB",
        "docs/binary.md": "holds no text",
        "docs/empty.md": "holds no text",
        "docs/draft.md": "is marked as a draft",
        "docs/_drafts/secret.md": "is in a folder of drafts",
        "docs/broken.md": "front matter is not YAML",
        "docs/pointer.md": "is kept in Git LFS",
    }
    assert found.keys() == reasons.keys()
    for path, reason in reasons.items():
        assert isinstance(found[path], SourceError)
        assert reason in str(found[path])
        assert f"{served.address}/tides/blob/trunk/{path}" in str(found[path])
    assert served.sent < 10_000_000


def hostile_home(home: Path, served: Served, run: str) -> Path:
    """A user's home whose git configuration runs a command wherever git lets it."""
    hooks = home / "hooks"
    hooks.mkdir(parents=True)
    for name in ("post-checkout", "post-merge", "reference-transaction", "pre-auto-gc"):
        for folder in (hooks, served.bare / "hooks"):
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(f"#!/bin/sh\n{run}\n")
            (folder / name).chmod(0o755)
    (home / ".gitconfig").write_text(
        f'[filter "lfs"]\nsmudge = {run}\nprocess = {run}\nrequired = true\n'
        f"[core]\nhooksPath = {hooks}\nfsmonitor = {run}\n[credential]\nhelper = !{run}\n"
        f'[url "{served.address}/other/"]\ninsteadOf = {served.address}/\n'
    )
    return home


def test_nothing_that_a_repository_or_the_users_own_git_brings_is_run(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    marker = tmp_path / "ran"
    run = f"touch {marker}"
    home = hostile_home(tmp_path / "users-home", served, run)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_ASKPASS", str(home / "hooks" / "post-merge"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    modules = f'[submodule "x"]\npath = docs/x\nurl = {served.address}/submodule\nupdate = !{run}\n'
    (served.work / "docs").mkdir()
    (served.work / "docs" / "link.md").symlink_to("/etc/passwd")
    served.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},docs/x")
    (served.work / "docs" / "x").mkdir()
    served.commit(
        INES,
        "2024-01-01",
        {
            "README.md": LINES,
            ".gitattributes": "*.md filter=lfs diff=lfs merge=lfs -text\n",
            ".gitmodules": modules,
            ".lfsconfig": f"[lfs]\nurl = {served.address}/lfs\n",
            "hooks/post-checkout": f"#!/bin/sh\n{run}\n",
        },
    )
    marker.unlink(missing_ok=True)  # pushing may have run the served repository's own
    found = served.read(paths=("README*", "docs/**", "**"))
    assert list(found) == ["README.md"]
    assert isinstance(found["README.md"], Fetched)
    assert not marker.exists()
    assert all(path.startswith("/tides.git/") for path in served.asked)


@pytest.mark.parametrize(
    "url",
    [
        "-oProxyCommand=x",
        "--upload-pack=x",
        "ext::sh -c x",
        "file:///etc",
        "ssh://git@github.com/a/b",
        "git@github.com:a/b",
        "git://github.com/a/b",
        "http://github.com/a/b",
        "https://",
        "https://-oProxyCommand=x/a",
        "https://user:secret@github.com/a/b",
        "https://github.com/a/b c",
        "https://github.com/a/b\n--upload-pack=x",
        "https://github.com/a\tb",
        "https://github.com/a/b?x=1",
        "https://github.com/a/b#x",
        "https://github.com\\@127.0.0.1/a/b",
        "https://github.com./a/b",
        "https://[::1]/a/b",
        "https://127.0.0.1/a/b",
        "https://2130706433/a/b",
        "https://169.254.169.254/latest",
        "https://localhost/a/b",
    ],
)
def test_a_hostile_or_private_address_is_refused(url: str):
    with pytest.raises(BlockedError) as caught:
        address_of(url, ())
    assert "secret" not in str(caught.value)
    spec = GithubSpec.model_construct(kind="github", url=url)
    with pytest.raises(BlockedError):
        list(GithubSource(spec, Web()).discover())


def test_a_private_server_is_not_asked_unless_it_is_allowed(served: Served):
    served.commit(INES, "2024-01-01", {"README.md": LINES})
    spec = GithubSpec(kind="github", url=served.address.replace("http:", "https:") + "/tides.git")
    with pytest.raises(BlockedError, match="not a public address"):
        list(GithubSource(spec, Web()).discover())
    assert not served.asked


def test_a_name_is_resolved_once_and_git_goes_where_it_was_vetted(
    served: Served, monkeypatch: pytest.MonkeyPatch
):
    """The name server is a double: a real one that knows this name cannot be had in a test. That
    the repository is read shows that git did not ask one."""
    served.commit(INES, "2024-01-01", {"README.md": LINES})
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(vetting, "resolve", resolve)
    port = served.address.rsplit(":", 1)[1]
    spec = GithubSpec(kind="github", url=f"http://tides.invalid:{port}/tides")
    (served.bare.parent / "tides").symlink_to(served.bare)
    source = GithubSource(spec, Web(allowed=("tides.invalid",)))
    (reference,) = source.discover()
    assert isinstance(source.fetch(reference, None), Fetched)
    assert asked == ["tides.invalid"]


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_refused(served: Served, status: int):
    served.commit(INES, "2024-01-01", {"README.md": LINES})
    served.status = status
    served.header = ("Location", f"{served.address}/elsewhere/tides.git/info/refs")
    with pytest.raises(BlockedError, match="redirects elsewhere"):
        list(served.source().discover())
    assert len(served.asked) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, SourceError), (403, SourceError), (429, UnreachableError), (503, UnreachableError)],
)
def test_a_server_that_refuses_is_told_from_one_that_is_busy(served: Served, status, kind):
    served.status, served.header = status, ("WWW-Authenticate", 'Basic realm="x"')
    with pytest.raises(SourceError) as caught:
        list(served.source().discover())
    assert type(caught.value) is kind
    assert f"{served.address}/tides.git" in str(caught.value)


@pytest.mark.parametrize(
    ("url", "kind", "problem"),
    [
        ("{address}/absent.git", SourceError, "is not a public repository"),
        ("http://127.0.0.1:9/tides", UnreachableError, "cannot be read"),
        ("https://tides.invalid/a/b", UnreachableError, "has no address"),
    ],
)
def test_a_repository_that_cannot_be_read_is_named(served: Served, url, kind, problem):
    spec = GithubSpec(kind="github", url=url.format(address=served.address))
    with pytest.raises(kind, match=problem) as caught:
        list(GithubSource(spec, served.web).discover())
    assert "Remedy:" in str(caught.value)


def test_an_empty_repository_and_one_without_markdown_are_named(served: Served):
    with pytest.raises(SourceError, match="is empty"):
        list(served.source().discover())
    served.commit(INES, "2024-01-01", {"main.c": "int main;\n"})
    with pytest.raises(SourceError, match="has 0 Markdown files at README"):
        list(served.source().discover())


def test_a_repository_that_is_too_large_or_too_slow_is_given_up(
    served: Served, monkeypatch: pytest.MonkeyPatch
):
    served.commit(INES, "2024-01-01", {"README.md": LINES, "src/a.bin": os.urandom(2_000_000)})
    served.git("-C", str(served.bare), "config", "uploadpack.allowFilter", "false")
    monkeypatch.setattr("twin_core.collect.gitcli.MAX_REPOSITORY", 1_000_000)
    with pytest.raises(BlockedError, match="gives more than collection takes"):
        list(served.source().discover())
    monkeypatch.setattr("twin_core.collect.gitcli.MAX_REPOSITORY", 100_000_000)
    monkeypatch.setattr("twin_core.collect.gitcli.NETWORK_SECONDS", 0.3)
    served.stall = 2.0
    with pytest.raises(BlockedError, match="takes longer than it may"):
        list(served.source().discover())


def test_a_tree_that_unfolds_to_millions_of_files_is_given_up(
    served: Served, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("twin_core.collect.gitcli.LOCAL_SECONDS", 1.0)
    name = served.git("hash-object", "-w", "--stdin", given="text\n")
    entry = f"100644 blob {name}\t{{}}.md"
    for _ in range(9):  # each tree holds the one before ten times
        listing = "\n".join(entry.format(letter) for letter in "abcdefghij")
        name = served.git("mktree", given=listing)
        entry = f"040000 tree {name}\t{{}}"
    commit = served.git("commit-tree", name, "-m", "bomb", **signed(INES, "2024-01-01"))
    served.git("push", "--quiet", str(served.bare), f"{commit}:refs/heads/trunk")
    with pytest.raises(BlockedError, match="takes longer than it may|too much memory"):
        list(served.source(paths=("*",)).discover())


def test_a_server_that_stalls_is_left_when_the_pass_ends(served: Served):
    served.commit(INES, "2024-01-01", {"README.md": LINES})
    served.stall = 20.0
    served.web.deadline = time.monotonic() + 1.0
    started = time.monotonic()
    with pytest.raises(UnreachableError, match="used up"):
        list(served.source().discover())
    assert time.monotonic() - started < 10.0


def test_the_clone_is_removed(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    clones = tmp_path / "clones"
    clones.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(clones))
    served.commit(INES, "2024-01-01", {"README.md": LINES})
    source = served.source()
    (reference,) = source.discover()
    assert len(list(clones.iterdir())) == 1
    list(source.discover())
    assert len(list(clones.iterdir())) == 1
    del source
    gc.collect()
    assert not list(clones.iterdir())
    source = served.source()
    list(source.discover())
    source.close()
    assert not list(clones.iterdir())
    with pytest.raises(GoneError):
        source.fetch(reference, None)


@pytest.mark.parametrize("version", [None, "git version 2.30.1"])
def test_git_missing_or_too_old_to_be_confined_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str | None
):
    programs = tmp_path / "bin"
    programs.mkdir()
    if version:
        (programs / "git").write_text(f"#!/bin/sh\necho {version}\n")
        (programs / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(SourceError, match="not installed|older than 2.37") as caught:
        Repository("https://git.example/a/b", "git.example:443:127.0.0.1", Web())
    assert "Remedy: install" in str(caught.value)


@pytest.mark.parametrize("step", [1, -1])
def test_no_file_takes_the_address_of_a_repository_s(served: Served, step: int):
    served.commit(INES, "2024-05-01", {"a.md": f"# Repo A\n\n{LINES}", "b.md": f"# B\n\n{LINES}"})
    notes = served.work.parent / "notes"
    notes.mkdir()
    stated = f"canonical: {served.address}/tides/blob/trunk/a.md"
    (notes / "x.md").write_text(f"---\ntitle: File X\n{stated}\n---\nOf other things.\n")
    files = FolderSource(FolderSpec(kind="folder", path=notes))
    frame = None
    for _ in range(3):
        sources = [files, served.source(paths=["*.md"])][::step]
        author = folder_author(notes)
        frame, tallies = collect(author, sources, frame, utc_now(), transferred=served.web)
        assert {t.source.split(":")[0] for t in tallies if t.bytes} == {"github"}
        assert sorted(frame["title"]) == ["B", "File X", "Repo A"]
