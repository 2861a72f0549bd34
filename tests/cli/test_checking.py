"""`twin authors check`: each source on lines of its own, compared with what is stored."""

from itertools import takewhile
from pathlib import Path
from unittest.mock import ANY

import pytest
from typer.testing import CliRunner

from tests.conftest import folder_author
from tests.serving import Page, article, serving
from twin_assets.cli import app
from twin_assets.cli.console import console
from twin_assets.collection import _collect
from twin_assets.resources import Installation
from twin_core.authors import Author, add_authors
from twin_core.settings import TwinSettings
from twin_core.sources import FeedSpec, FolderSpec, PagesSpec

TEXT = " ".join(f"word{n} follows word{n + 1} closely." for n in range(60))


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", 80)
    monkeypatch.setenv("TWIN_COLLECT_HOSTS", "127.0.0.1")


def check(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["authors", "check", *arguments])
    assert not done.exception or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout  # the test's own server complains on the other


def table(output: str) -> list[list[str]]:
    """The words of each row that has counts, the header first."""
    lines = takewhile(str.strip, output[output.index("  source ") :].splitlines())
    return [line.split() for line in lines if len(line.split()) > 5]


def words(output: str) -> str:
    return " ".join(output.split())


def test_a_source_is_told_of_in_80_columns(author: Author, articles: Path, narrow):
    (articles / "broken.md").write_text("---\na: [\n---\nText.\n")
    code, output = check()
    assert code == 0
    assert max(map(len, output.splitlines())) <= 80
    assert f"folder:{articles}" in output.replace("\n", "").replace(" ", "")
    header, *rows = table(output)
    assert header == "source found new changed unchanged gone blocked quarantined bytes".split()
    assert [row[-8:] for row in rows] == ["19 18 0 0 0 0 1 0".split()]
    assert "broken.md: quarantined: " in words(output)
    assert "18 articles (nothing is stored yet); nothing was stored" in words(output)


def test_what_is_stored_is_compared_and_not_transferred_again(installation: TwinSettings, narrow):
    page = article(TEXT, "<title>One</title>")
    page.headers["ETag"] = '"1"'
    with serving({"/a": page, "/b": article(TEXT * 2, "<title>Two</title>")}) as site:
        spec = PagesSpec(kind="pages", urls=(f"{site.address}/a", f"{site.address}/b"))
        one = folder_author(Path(), "one").model_copy(update={"sources": (spec,)})
        add_authors(installation.authors_file, (one,))
        here = Installation(installation.model_copy(update={"collect_hosts": "127.0.0.1"}))
        _collect(here, "one", None)[0].publish()
        before = here.lake.root.stat().st_mtime_ns, sorted(here.lake.root.rglob("*"))
        site.pages["/b"] = article("Quite another text. " * 60, "<title>Two</title>")
        code, output = check()
        assert code == 0
        header, row, *_ = table(output)
        assert dict(zip(header[1:], row[-8:], strict=True)) | {"bytes": ""} == {
            **dict.fromkeys(header[1:], "0"), "found": "2", "changed": "1", "unchanged": "1",
            "bytes": "",
        }  # fmt: skip
        assert "2 articles (2 are stored); nothing was stored" in words(output)
    assert before == (here.lake.root.stat().st_mtime_ns, sorted(here.lake.root.rglob("*")))


def test_not_even_the_cache_of_listings_is_stored(installation: TwinSettings, narrow):
    item = "<item><link>{origin}/a</link></item>"
    feed = Page(f'<rss version="2.0"><channel><link>{{origin}}/</link>{item}</channel></rss>')
    feed.headers["ETag"] = '"1"'
    byline = f"<meta name=author content='Eve \x1b[2J ![](x) {'E' * 300_000}'>"
    with serving({"/feed": feed, "/a": article(TEXT, byline)}) as site:
        spec = FeedSpec(kind="feed", url=f"{site.address}/feed")
        one = folder_author(Path(), "one").model_copy(update={"sources": (spec,)})
        add_authors(installation.authors_file, (one,))
        before = sorted(installation.home.rglob("*"))
        _, output = check()
    assert "nothing was stored" in words(output)
    assert sorted(installation.home.rglob("*")) == before
    assert "blocked: signed by Eve [2J" in words(output) and "\x1b" not in output
    assert len(output) < 4000


def test_what_stands_twice_is_told_beneath(installation: TwinSettings, narrow):
    with serving({"/a": article(TEXT, "<title>One</title>")}) as site:
        listed = PagesSpec(kind="pages", urls=(f"{site.address}/a",))
        again = PagesSpec(kind="pages", urls=(f"{site.address}/a#again", f"{site.address}/b"))
        both = folder_author(Path(), "both").model_copy(update={"sources": (listed, again)})
        add_authors(installation.authors_file, (both,))
        code, output = check()
    assert code == 0
    assert max(map(len, output.splitlines())) <= 80
    assert [row[-8:-1] for row in table(output)[1:]] == [
        "1 1 0 0 0 0 0".split(), "2 0 0 0 0 0 1".split()
    ]  # fmt: skip
    assert f"pages:{site.address}/a#again duplicates 1 ! {site.address}/b" in words(output)


def test_every_source_that_fails_is_named_with_its_remedy(installation: TwinSettings, narrow):
    with serving({"/feed": Page("no feed")}) as site:
        specs = (
            FeedSpec(kind="feed", url=f"{site.address}/feed"),
            FolderSpec(kind="folder", path=Path("/no/such/folder")),
        )
        both = folder_author(Path(), "both").model_copy(update={"sources": specs})
        add_authors(installation.authors_file, (both,))
        code, output = check()
    assert code == 1
    assert [row[-8:] for row in table(output)[1:]] == [["0"] * 7 + [ANY], ["0"] * 8]
    told = words(output)
    assert f"feed:{site.address}/feed ✗ {site.address}/feed is not an RSS" in told
    assert "folder:/no/such/folder ✗ the folder /no/such/folder does not exist" in told
    assert told.count("Remedy:") == 2


def test_one_author_hides_no_other(
    author: Author, installation: TwinSettings, narrow, monkeypatch: pytest.MonkeyPatch
):
    """The fault is a double: those that we knew are repaired."""
    real = Installation.web_options

    def web_options(self, *known: Author):
        if known[0].slug == "aa":
            raise ZeroDivisionError("in a reader")
        return real(self, *known)

    monkeypatch.setattr(Installation, "web_options", web_options)
    text = installation.authors_file.read_text()
    first = text.replace("slug: ines", "slug: aa").removeprefix("authors:\n")
    installation.authors_file.write_text(f"authors:\n{first}{text.removeprefix('authors:')}")
    code, output = check()
    assert code == 1
    assert "ZeroDivisionError: in a reader" in output
    assert "18 articles" in output
