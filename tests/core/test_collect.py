"""Collection over real files and real HTTP; one bad article never fails the others."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from twin_core.authors import FeedSpec, FolderSpec
from twin_core.collect.collect import collect, listing_version, utc_now
from twin_core.collect.feed import FeedSource
from twin_core.collect.folder import FolderSource, split_front_matter
from twin_core.collect.source import Source, canonical_url
from twin_core.errors import SourceError


def folder(path: Path) -> FolderSource:
    return FolderSource(FolderSpec(kind="folder", path=path))


def feed(address: str, slug: str = "ines-okafor") -> FeedSource:
    return FeedSource(FeedSpec(kind="feed", url=f"{address}/{slug}/feed.xml"))


def gather(source: Source, previous: pl.DataFrame | None = None):
    frame, (tally,) = collect("ines", "consent", [source], previous, utc_now())
    return frame, tally


@contextmanager
def serving(pages: dict[str, tuple[int, str, str]]) -> Iterator[str]:
    """Path → (status, media type, body), over real HTTP on loopback."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            status, media_type, body = pages.get(self.path, (404, "text/plain", "no"))
            content = body.replace("{origin}", f"http://{self.headers['Host']}").encode()
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def rss(*paths: str) -> str:
    items = "".join(
        f"<item><title>{p}</title><link>{{origin}}{p}</link>"
        "<pubDate>Mon, 02 Jun 2025 08:00:00 +0000</pubDate></item>"
        for p in paths
    )
    return f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'


def test_a_folder_is_collected_with_dates_from_its_front_matter(articles: Path):
    frame, tally = gather(folder(articles))
    assert (tally.found, tally.new, frame.height) == (18, 18, 18)
    assert frame["published_at"].min().year == 2023  # type: ignore[union-attr]
    assert frame["updated_at"].count() == 5
    assert not frame["body"].str.starts_with("---").any()


def test_an_unchanged_folder_is_not_read_again(articles: Path):
    first, _ = gather(folder(articles))
    again, tally = gather(folder(articles), first)
    assert (tally.unchanged, tally.new, tally.changed, tally.bytes) == (18, 0, 0, 0)
    assert again.equals(first)


def test_an_edit_a_new_file_and_a_removed_one(articles: Path):
    first, _ = gather(folder(articles))
    edited, removed, *_ = sorted(articles.glob("*.md"))
    edited.write_text(edited.read_text() + "\nOne more sentence.\n")
    removed.unlink()
    (articles / "new.md").write_text("# Fresh\n\nA new article, with some words in it.\n")
    frame, tally = gather(folder(articles), first)
    assert (tally.new, tally.changed, tally.unchanged, tally.gone) == (1, 1, 16, 1)
    assert frame.filter(pl.col("status") == "gone").height == 1
    assert frame.filter(pl.col("title") == "Fresh").height == 1


def test_the_sample_site_is_collected_over_http(site: tuple[str, Path]):
    frame, tally = gather(feed(site[0]))
    assert (tally.found, tally.new, len(tally.quarantined)) == (18, 18, 0)
    assert set(frame["media_type"]) == {"text/html"}
    assert frame["etag"].null_count() == 0


def test_an_unchanged_site_transfers_no_page(site: tuple[str, Path]):
    first, _ = gather(feed(site[0]))
    again, tally = gather(feed(site[0]), first)
    assert (tally.unchanged, tally.bytes) == (18, 0)
    assert again.equals(first)


def test_an_edited_page_alone_is_fetched(site: tuple[str, Path]):
    address, root = site
    first, _ = gather(feed(address))
    page = sorted((root / "ines-okafor" / "articles").glob("*.md"))[3]
    page.write_text(page.read_text() + "\nA late thought.\n")
    _, tally = gather(feed(address), first)
    assert (tally.changed, tally.unchanged) == (1, 17)
    assert 0 < tally.bytes < 20_000


def test_one_bad_page_never_fails_the_others():
    with serving(
        {
            "/feed": (200, "application/rss+xml", rss("/good", "/missing", "/pdf")),
            "/good": (200, "text/html", "<article><p>Words.</p></article>"),
            "/pdf": (200, "application/pdf", "%PDF"),
        }
    ) as address:
        frame, tally = gather(FeedSource(FeedSpec(kind="feed", url=f"{address}/feed")))
    assert frame["title"].to_list() == ["/good"]
    reasons = dict(tally.quarantined)
    assert "HTTP 404" in reasons[f"{address}/missing"]
    assert "application/pdf" in reasons[f"{address}/pdf"]


def test_an_article_that_now_fails_keeps_what_is_stored(articles: Path):
    first, _ = gather(folder(articles))
    broken = sorted(articles.glob("*.md"))[0]
    broken.write_text("---\ntitle: [unclosed\n---\nText.\n")
    frame, tally = gather(folder(articles), first)
    assert len(tally.quarantined) == 1
    assert "front matter is not YAML" in tally.quarantined[0][1]
    assert frame.equals(first)


@pytest.mark.parametrize(
    ("pages", "problem"),
    [
        ({"/feed": (200, "application/rss+xml", rss())}, "has no entries"),
        ({"/feed": (200, "text/html", "<p>hello</p>")}, "is not an RSS or Atom feed"),
        ({"/feed": (404, "text/plain", "no")}, "HTTP 404"),
        ({"/feed": (500, "text/plain", "no")}, "HTTP 500"),
    ],
)
def test_a_bad_feed_is_named(pages, problem):
    with serving(pages) as address, pytest.raises(SourceError, match=problem) as caught:
        gather(FeedSource(FeedSpec(kind="feed", url=f"{address}/feed")))
    assert "Remedy:" in str(caught.value)
    assert f"{address}/feed" in str(caught.value)


def test_an_unreachable_feed_is_named():
    with pytest.raises(SourceError, match="cannot be fetched"):
        gather(FeedSource(FeedSpec(kind="feed", url="http://127.0.0.1:9/feed")))


def test_a_dead_source_keeps_what_is_stored_and_stops_no_other(articles: Path):
    first, _ = gather(folder(articles))
    dead = FeedSource(FeedSpec(kind="feed", url="http://127.0.0.1:9/feed"))
    frame, tallies = collect("ines", "consent", [dead, folder(articles)], first, utc_now())
    assert tallies[0].failed
    assert tallies[1].unchanged == 18
    assert frame.height == 18


@pytest.mark.parametrize("make", [lambda p: p / "absent", lambda p: p / "empty"])
def test_a_folder_without_articles_is_named(tmp_path: Path, make):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="does not exist|holds no Markdown"):
        gather(folder(make(tmp_path)))


def test_drafts_readmes_and_links_out_of_the_folder_are_left_alone(tmp_path: Path):
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    root = tmp_path / "texts"
    root.mkdir()
    (root / "one.md").write_text("---\ntitle: One\ndate: 2025-03-01\n---\nText.\n")
    (root / "two.md").write_text("---\ntitle: Two\ndraft: true\n---\nText.\n")
    (root / "README.md").write_text("about")
    (root / "link.md").symlink_to(secret)
    frame, tally = gather(folder(root))
    assert frame["title"].to_list() == ["One"]
    assert "draft" in tally.quarantined[0][1]


@pytest.mark.parametrize(
    "text",
    [
        "---\na: &a [x]\nb: [*a, *a]\n---\nbody",
        "---\n!!python/object/apply:os.system ['true']\n---\nbody",
        "---\n- a list\n---\nbody",
    ],
)
def test_hostile_front_matter_is_refused(text: str):
    with pytest.raises(ValueError, match="front matter"):
        split_front_matter(text)


def test_the_same_article_by_two_addresses_is_one():
    assert canonical_url("HTTPS://Example.org/a?utm_source=x#top") == "https://example.org/a"


def test_the_listing_changes_exactly_when_an_article_does(articles: Path):
    before = listing_version([folder(articles)])
    assert listing_version([folder(articles)]) == before
    page = sorted(articles.glob("*.md"))[0]
    page.write_text(page.read_text() + "\nmore\n")
    assert listing_version([folder(articles)]) != before
