"""What one pass makes of articles that were taken down, moved, renamed, or look alike."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.core.test_collect import INES, LONG, folder, gather, gather_all, live
from tests.serving import Page, article, rss, serving
from twin_core.collect.collect import collect, utc_now
from twin_core.collect.folder import FolderSource
from twin_core.collect.source import Reference, open_source
from twin_core.collect.tally import SourceTally, Window
from twin_core.collect.web import Web
from twin_core.errors import SettingError, UnreachableError
from twin_core.features.clean import clean
from twin_core.sources import FeedSpec, PagesSpec, SitemapSpec

OTHER = " ".join(f"quite{n} different{n}" for n in range(120))


def pages_of(address: str, *paths: str) -> PagesSpec:
    return PagesSpec(kind="pages", urls=tuple(f"{address}{path}" for path in paths))


def sitemap(*paths: str) -> Page:
    listing = "".join(f"<url><loc>{{origin}}{path}</loc></url>" for path in paths)
    return Page(f"<urlset>{listing}</urlset>", media_type="application/xml")


def signed(text: str, name: str) -> Page:
    return article(text, f'<meta name="author" content="{name}"><title>{text[:9]}</title>')


def whole_feed(*paths: str) -> Page:
    items = "".join(
        f"<item><title>{path}</title><link>{{origin}}{path}</link>"
        f"<content:encoded><![CDATA[<p>{LONG} {path}</p>]]></content:encoded></item>"
        for path in paths
    )
    space = "http://purl.org/rss/1.0/modules/content/"
    channel = f"<channel><title>t</title><link>{{origin}}/</link>{items}</channel>"
    return Page(f'<rss version="2.0" xmlns:content="{space}">{channel}</rss>')


def test_signed_by_another_now_or_forbidden_by_robots_is_taken_down():
    pages = {"/a": signed("First a. " + LONG, "Ines Okafor"), "/b": article("Second b. " + OTHER)}
    with serving(pages) as site:
        spec = pages_of(site.address, "/a", "/b")
        frame, _ = gather(spec)
        site.pages["/a"] = signed("First a. " + LONG, "Bo Li")
        site.pages["/robots.txt"] = Page("User-agent: *\nDisallow: /b", media_type="text/plain")
        frame, tally = gather(spec, frame)
        assert (tally.missing, tally.gone) == (2, 0)
        assert ["signed by Bo Li" in why or "robots" in why for _, why in tally.blocked] == [1, 1]
        frame, tally = gather(spec, frame)
        assert (tally.gone, live(frame)) == (2, [])


def test_what_one_source_may_not_take_another_may(tmp_path: Path):
    with serving({"/a": article("Here. " + LONG)}) as site:
        (tmp_path / "a.md").write_text("# A\n\nHere. " + LONG)
        ways = [pages_of(site.address, "/a/"), folder(tmp_path, site.address)]
        site.pages["/a/"] = site.pages["/a"]
        frame, _ = gather_all(ways)
        site.pages["/robots.txt"] = Page("User-agent: *\nDisallow: /", media_type="text/plain")
        for _ in range(3):
            frame, tallies = gather_all(ways, frame)
            assert tallies[0].blocked and live(frame) == ["A"]
        assert frame["source"].to_list() == [ways[1].label]


def test_a_page_that_cannot_be_read_now_is_not_missing_from_a_list_that_grew():
    pages = {"/a": article("a " + LONG), "/b": article("b " + OTHER), "/c": article("c. " * 90)}
    with serving(pages) as site:
        frame, _ = gather(pages_of(site.address, "/a", "/b"))
        site.pages["/b"] = Page("no", 400)
        for _ in range(3):
            frame, tallies = gather_all([pages_of(site.address, "/a", "/b", "/c")], frame)
            assert [tally.missing for tally in tallies] == [0] and len(live(frame)) == 3


def test_a_list_by_another_label_keeps_its_validators():
    """Of before `pages:` was named by its first address, and one that begins with another now."""
    pages = {f"/{n}": article(f"{n} " + LONG + OTHER[: 90 * n]) for n in range(4)}
    for path, page in pages.items():
        page.headers["ETag"] = f'"{path}"'
    with serving(pages) as site:
        first, _ = gather(pages_of(site.address, "/0", "/1", "/2"))
        older = pl.lit(f"pages:{site.address}/0 and 2 more").alias("source")
        for stored in (first.with_columns(older), first):
            site.requests.clear()
            spec = pages_of(site.address, "/3", "/2", "/1")
            frame, tallies = gather_all([spec], stored)
            sent = {path: headers.get("If-None-Match") for path, headers in site.requests}
            assert sent["/1"] == '"/1"' and sent["/2"] == '"/2"'
            assert (tallies[0].new, tallies[0].unchanged, tallies[0].changed) == (1, 2, 0)
            assert (tallies[1].source, tallies[1].missing) == ("(no longer a source)", 1)
            names = dict(frame.select("url", "source").iter_rows())
            assert {names[url] for url in spec.urls} == {spec.label}
            frame, tallies = gather_all([spec], frame)
            assert [tally.gone for tally in tallies] == [0, 1]
            assert frame.filter(pl.col("status") == "live").height == 3


def test_two_sources_of_one_label_miss_only_what_neither_lists():
    pages = {"/a/1": article("a " + LONG), "/b/1": article("b " + OTHER)}
    with serving({**pages, "/s.xml": sitemap(*pages)}) as site:
        ways = [
            SitemapSpec(kind="sitemap", url=f"{site.address}/s.xml", include=part)
            for part in ("/a/", "/b/")
        ]
        frame, tallies = gather_all(ways)
        assert [tally.new for tally in tallies] == [1, 1]
        for order in (ways, ways[::-1], ways):
            frame, tallies = gather_all(order, frame)
            assert [tally.unchanged for tally in tallies] == [1, 1]
            assert [tally.missing + tally.gone for tally in tallies] == [0, 0]
            assert frame["missed"].to_list() == [0, 0]
        site.pages["/s.xml"] = sitemap("/a/1")
        for missing, gone in ((1, 0), (0, 1)):
            frame, tallies = gather_all([ways[0]] * 2, frame)
            assert (tallies[1].missing, tallies[1].gone) == (missing, gone)
        assert frame.filter(pl.col("status") == "live")["url"].to_list() == [f"{site.address}/a/1"]


def test_while_one_of_two_sources_of_a_label_fails_nothing_is_missed(tmp_path: Path):
    """The second is a double: of one label, ours fail together."""
    (tmp_path / "a.md").write_text("# A\n\n" + LONG)
    (tmp_path / "b.md").write_text("# B\n\n" + OTHER)

    class Half:
        complete = True

        def __init__(self, number: int, fails: bool = False) -> None:
            self.whole, self.number, self.fails = FolderSource(folder(tmp_path)), number, fails
            self.label, self.fetch = self.whole.label, self.whole.fetch

        def discover(self) -> Iterator[Reference]:
            found = list(self.whole.discover())
            if self.fails:
                raise UnreachableError("not now", "later")
            yield found[self.number]

    frame, _ = collect(INES, [Half(0), Half(1)], None, utc_now())
    for fails in ((False, True), (True, False), (False, True)):
        halves = [Half(number, fails[number]) for number in (0, 1)]
        frame, tallies = collect(INES, halves, frame, utc_now())
        assert [tally.missing + tally.gone for tally in tallies] == [0, 0]
        assert [tally.unchanged for tally in tallies] == [not failed for failed in fails]
    assert live(frame) == ["A", "B"]


def test_an_overloaded_host_is_left_alone_and_loses_nothing():
    pages = {f"/{n}": article(f"{n} " + LONG + OTHER[: 90 * n]) for n in range(5)}
    with serving({**pages, "/feed": rss("/3", "/4")}) as site:
        ways = [
            pages_of(site.address, "/0", "/1", "/2"),
            FeedSpec(kind="feed", url=f"{site.address}/feed"),
        ]
        first, _ = gather_all(ways)
        site.pages |= dict.fromkeys(pages, Page("", 429))
        frame = first
        for _ in range(3):
            site.requests.clear()
            frame, tallies = gather_all(ways, frame)
            assert site.asked() == ["/0"] * 3
            assert [tally.missing + tally.gone for tally in tallies] == [0, 0]
            assert [url for url, _ in tallies[0].quarantined] == list(ways[0].urls)
            assert all("HTTP 429" in reason for _, reason in tallies[0].quarantined)
            assert "not asked again in this pass (HTTP 429)" in str(tallies[1].failed)
        assert frame.equals(first)


def test_what_a_whole_feed_lets_go_keeps_its_text():
    page = f"<nav>Home About</nav><article><p>{LONG} /a</p></article><footer>foot</footer>"
    modified = {"Last-Modified": "Mon, 02 Jun 2025 08:00:00 GMT"}
    with serving({"/a": Page(page, headers=modified), "/feed": whole_feed("/a", "/b")}) as site:
        spec = FeedSpec(kind="feed", url=f"{site.address}/feed")
        first, _ = gather(spec)
        site.pages["/feed"] = whole_feed("/b")
        frame, tally = gather(spec, first)
        assert (tally.changed, tally.unchanged, tally.missing) == (0, 2, 0)
        assert frame["body"].to_list() == first["body"].to_list()
        gather(spec, frame)
        conditions = [headers for path, headers in site.requests if path == "/a"]
        assert conditions[-1]["If-Modified-Since"] == modified["Last-Modified"]
        del site.pages["/a"]
        frame, tally = gather(spec, frame)
        assert tally.missing == 1
        assert live(gather(spec, frame)[0]) == ["/b"]


def test_articles_of_one_title_in_one_layout_stay_apart():
    chrome = " ".join(f"nav{n} item" for n in range(150))

    def page(text: str, marked: bool) -> Page:
        inner = f"<article><p>{text}</p></article>" if marked else f"<div>{text}</div>"
        head = "<html><head><title>Weeknotes</title></head>"
        return Page(f"{head}<body><div>{chrome}</div>{inner}</body></html>")

    texts = [" ".join(f"{word}{n}" for n in range(90)) for word in ("alpha", "beta")]
    for marked in (True, False):
        pages = {f"/{n}": page(text, marked) for n, text in enumerate(texts)}
        pages["/copy"] = pages["/0"]
        with serving(pages) as site:
            frame, tally = gather(pages_of(site.address, *pages))
        assert (frame.height, tally.duplicates) == (2, 1)


@pytest.mark.parametrize("title", ["Hello | My Site", "Hello – My Site", "Hello - My Site"])
def test_a_site_s_name_after_the_title_makes_no_other_article(title: str):
    pages = {"/a": article(LONG, "<title>Hello</title>")}
    with serving({**pages, "/h": article(LONG, f"<title>{title}</title>")}) as site:
        ways = [pages_of(site.address, "/a"), pages_of(site.address, "/h")]
        for order in (ways, ways[::-1]):
            frame, tallies = gather_all(order)
            assert (frame.height, tallies[1].duplicates) == (1, 1)
            again, tallies = gather_all(order, frame)
            assert again.height == 1 and sum(tally.unchanged for tally in tallies) == 1


@pytest.mark.parametrize("files_first", [True, False])
@pytest.mark.parametrize("change", ["file", "draft", "gone", "page", "page gone"])
def test_a_file_and_a_page_of_one_article_change_each_by_itself(
    tmp_path: Path, files_first: bool, change: str
):
    (tmp_path / "kept.md").write_text("# Kept\n\n" + "kept " * 90)
    file = tmp_path / "hello.md"
    file.write_text("# Hello\n\n" + LONG)
    with serving({"/h": article(LONG, "<title>Hello</title>"), "/k": article(OTHER)}) as site:
        ways = [folder(tmp_path), pages_of(site.address, "/h", "/k")][:: 1 if files_first else -1]
        frame, _ = gather_all(ways)
        assert live(frame).count("Hello") == 2
        assert sorted(clean(frame)["drop_reason"].is_null()) == [False, True, True, True]
        if change == "gone":
            file.unlink()
        elif change == "draft":
            file.write_text("---\ntitle: Hello\ndraft: true\n---\n" + LONG)
        elif change == "file":
            file.write_text("# Boats\n\n" + OTHER[::-1])
        elif change == "page":
            site.pages["/h"] = article("anew " + OTHER[::-1], "<title>Boats</title>")
        else:
            del site.pages["/h"]
        for _ in range(2):
            frame, _ = gather_all(ways, frame)
        fresh, _ = gather_all(ways)
    columns = ["doc_id", "url", "also_at", "title", "body", "source"]
    found = frame.filter(pl.col("status") == "live").select(columns).sort("doc_id")
    assert found.equals(fresh.select(columns).sort("doc_id"))


def test_an_address_on_a_site_of_others_is_not_believed():
    head = '<link rel="canonical" href="{}/essay">'
    with serving({}) as site:
        own = site.address.replace("127.0.0.1", "localhost")
        site.pages["/a"] = article(LONG, head.format("https://evil.example"))
        site.pages["/b"] = article(OTHER, head.format(own))
        spec = pages_of(site.address, "/a", "/b")
        frame, _ = gather(spec)
        assert set(frame["url"]) == set(spec.urls)
        blog = FeedSpec(kind="feed", url=f"{own}/feed")
        known = INES.model_copy(update={"sources": (spec, blog)})
        frame, _ = gather(spec, author=known)
        assert set(frame["url"]) == {spec.urls[0], f"{own}/essay"}


def test_a_window_finds_a_new_page_by_the_date_that_it_states():
    def dated(text: str, day: str) -> Page:
        return article(text, f'<meta name="date" content="{day}"><title>{day}</title>')

    pages = {"/a": dated(LONG, "2024-05-01"), "/b": dated(OTHER, "2025-05-01")}
    pages["/c"] = article("undated. " * 90)
    with serving(pages) as site:
        year = Window(datetime(2025, 1, 1, tzinfo=UTC))
        frame, _ = gather_all([pages_of(site.address, *pages)], window=year)
    assert live(frame) == ["2025-05-01"]


def test_a_window_in_which_nothing_can_lie_is_named():
    days = datetime(2025, 6, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    for since, until in (days, (days[0], days[0])):
        with pytest.raises(SettingError, match="2025-06-01 is not before until 2025-0"):
            Window(since, until)


def test_many_articles_of_one_title_are_compared_in_time(tmp_path: Path):
    for number in range(150):
        words = " ".join(f"w{number}x{n}" for n in range(1000))
        (tmp_path / f"{number}.md").write_text(f"# Untitled\n\n{words}\n")
    start = time.process_time()
    frame, tally = gather(folder(tmp_path))
    assert (frame.height, tally.duplicates) == (150, 0)
    assert time.process_time() - start < 4


def test_a_pass_by_two_names_of_one_host(tmp_path: Path):
    """A source whose label changed claims the rows of the old one before they are orphans."""
    (tmp_path / "a.md").write_text("# A\n\n" + LONG)
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    frame, _ = gather(folder(tmp_path))
    moved = folder(tmp_path / "link")
    with Web() as web:
        found, tallies = collect(INES, [open_source(moved, web)], frame, utc_now())
    assert [tally.source for tally in tallies] == [moved.label]
    assert isinstance(tallies[0], SourceTally) and tallies[0].missing == 0
    assert found.filter(pl.col("status") == "live").height == 1


@pytest.mark.parametrize("files_first", [True, False])
def test_a_file_that_states_its_page_is_one_article_with_it(tmp_path: Path, files_first: bool):
    with serving({"/h": article(LONG, "<title>Hello</title>"), "/k": article(OTHER)}) as site:
        file, page = tmp_path / "hello.md", f"{site.address}/h"
        file.write_text(f"---\ntitle: Hello\ncanonical: {page}\n---\n{LONG}\n")
        ways = [folder(tmp_path), pages_of(site.address, "/h", "/k")][:: 1 if files_first else -1]
        frame = None
        for _ in range(3):
            frame, tallies = gather_all(ways, frame)
            assert frame["url"].to_list().count(page) == 1 and frame.height == 2
        assert sum(tally.duplicates for tally in tallies) == 1
        file.write_text("# Boats\n\n" + OTHER[::-1])
        frame, _ = gather_all(ways, frame)
        assert live(frame).count("Boats") == 1 and page in frame["url"]


def test_a_page_that_was_kept_with_a_file_is_read_by_itself(tmp_path: Path):
    """As it was kept before 2026-11-29: an article of a page had the file's row."""
    with serving({"/h": article(OTHER, "<title>Boats</title>")}) as site:
        (tmp_path / "hello.md").write_text("# Hello\n\n" + LONG)
        frame, _ = gather(folder(tmp_path))
        frame = frame.with_columns(also_at=pl.lit([f"{site.address}/h"]))
        for _ in range(2):
            frame, _ = gather_all([folder(tmp_path), pages_of(site.address, "/h")], frame)
            assert live(frame) == ["Boats", "Hello"]
            assert frame["also_at"].to_list() == [[], []]
