"""Listings with a bad entry: it is told, and nothing else is lost."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
import pytest

from tests.core.test_collect import INES, LONG, feed, folder, gather, gather_all, live
from tests.serving import Page, article, local_web, rss, serving
from twin_core.collect import archive, sitemap
from twin_core.collect.archive import ArchiveSource
from twin_core.collect.collect import collect, utc_now
from twin_core.collect.sitemap import SitemapSource
from twin_core.collect.source import (
    Fetched,
    Reference,
    Validators,
    is_among,
    listed,
    listing_version,
    open_source,
    site_of,
)
from twin_core.collect.web import Web
from twin_core.errors import SourceError, UnreachableError
from twin_core.sources import ArchiveSpec, SitemapSpec

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(*items: dict, **more: object) -> Page:
    return Page(json.dumps({"version": VERSION, "items": [*items, {"url": "{origin}/ok"}], **more}))


def with_link(page: Page, link: str) -> Page:
    item = f"<item><title>x</title><link>{link}</link></item></channel>"
    page.body = str(page.body).replace("</channel>", item)
    return page


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (with_link(rss("/ok"), "http://[bad/"), ""),  # feedparser gives none
        (json_feed({"url": "http://[bad/", "title": "t"}), "no address"),
        (json_feed({"url": "{origin}/\ud800", "title": "t"}), "no address"),
        (json_feed(authors=7), ""),
        (json_feed(authors="Ines"), ""),
        (rss("/ok", date="9999-12-31T23:59:59-14:00"), ""),
        (rss("/ok", date="0001-01-01T00:00:00+14:00"), ""),
    ],
)
def test_a_bad_entry_of_a_feed_leaves_the_others(page: Page, problem: str):
    with serving({"/feed": page, "/ok": article(LONG, "<title>Fine</title>")}) as site:
        frame, tally = gather(feed(site.address))
    assert (tally.found, frame.height) == (1, 1)
    assert [problem in why for _, why in tally.quarantined] == ([True] if problem else [])


@pytest.mark.parametrize("date", ["-4712-01-01", "10000-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])
def test_an_impossible_date_is_not_believed(date: str):
    with serving({"/feed": rss("/ok", date=date), "/ok": article(LONG)}) as site:
        frame, _ = gather(feed(site.address))
    assert frame["dated_by"][0].startswith("first seen")
    assert frame["published_at"].to_list() == frame["fetched_at"].to_list()


def test_what_no_text_can_hold_is_repaired_and_told():
    item = {"url": "{origin}/one", "title": "A\u202eB \ud800\x00", "content_html": f"<p>{LONG}</p>"}
    page = json_feed({**item, "authors": [{"name": "Ines\x00 Okafor \ud800"}]})
    with serving({"/feed": page, "/ok": article(LONG + " more")}) as site:
        frame, tally = gather(feed(site.address))
    assert not tally.quarantined
    row = frame.row(by_predicate=pl.col("url").str.ends_with("/one"), named=True)
    assert (row["title"], row["byline"]) == ("AB \ufffd", ["Ines Okafor \ufffd"])
    assert "title: 1 NUL characters removed" in row["repairs"]
    assert "by-line: 1 NUL" in row["repairs"] and "bidirectional" in row["repairs"]


def test_a_bad_address_in_a_sitemap_or_an_archive_leaves_the_others():
    urls = "<url><loc>http://[bad/</loc></url><url><loc>{origin}/ok</loc></url>"
    pages = {
        "/s.xml": Page(f"<urlset>{urls}</urlset>"),
        "/list": Page('<a href="http://[bad/">x</a><a href="/ok">ok</a><![ <a href="/late">x</a>'),
        "/ok": article(LONG, "<title>Fine</title>"),
    }
    with serving(pages) as site:
        frame, tally = gather(SitemapSpec(kind="sitemap", url=f"{site.address}/s.xml"))
        assert live(frame) == ["Fine"]
        assert "no address" in tally.quarantined[0][1]
        listed = ArchiveSpec(kind="archive", url=f"{site.address}/list", include="ok")
        assert live(gather(listed)[0]) == ["Fine"]


def test_a_dead_part_of_a_sitemap_is_told_and_its_articles_stay():
    def part(path: str) -> Page:
        return Page(f"<urlset><url><loc>{{origin}}{path}</loc></url></urlset>")

    maps = [f"<sitemap><loc>{{origin}}/{name}.xml</loc></sitemap>" for name in "ab"]
    pages = {
        "/sitemap.xml": Page(f"<sitemapindex>{''.join(maps)}</sitemapindex>"),
        "/a.xml": part("/one"),
        "/b.xml": part("/two"),
        "/one": article("One. " + LONG, "<title>One</title>"),
        "/two": article("Two, of other words.", "<title>Two</title>"),
    }
    with serving(pages) as site:
        spec = SitemapSpec(kind="sitemap", url=f"{site.address}/sitemap.xml")
        frame, _ = gather(spec)
        del site.pages["/b.xml"]
        for _ in range(3):
            frame, tally = gather(spec, frame)
            assert (live(frame), tally.missing, tally.unchanged) == (["One", "Two"], 0, 2)
            assert tally.quarantined[0][0] == f"{site.address}/b.xml"
        del site.pages["/two"]
        frame, _ = gather_all([spec], frame)
        frame, _ = gather(spec, frame)
        assert live(frame) == ["One"]
        site.pages["/b.xml"] = Page("no", 503)
        with local_web() as web, pytest.raises(UnreachableError):
            listing_version(open_source(spec, web))
        del site.pages["/a.xml"]
        with pytest.raises(SourceError, match="cannot be fetched|HTTP 404"):
            gather(spec)


@dataclass(frozen=True)
class Faulty:
    """A double: a source with a fault that none of ours is known to have."""

    label: str = "faulty:source"
    complete: bool = True

    def discover(self) -> Iterator[Reference]:
        yield Reference("https://example.org/a")
        raise KeyError("unforeseen")

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        raise AssertionError


def test_an_unforeseen_fault_is_that_of_its_source(articles):
    with local_web() as web:
        sources = [Faulty(), open_source(folder(articles), web)]
        frame, tallies = collect(INES, sources, None, utc_now())
    assert "KeyError" in str(tallies[0].failed)
    assert (tallies[1].new, frame.height) == (18, 18)
    with pytest.raises(SourceError, match="cannot be listed"):
        listing_version(Faulty())


def sitemap_of(*addresses: str) -> Page:
    return Page(f"<urlset>{''.join(f'<url><loc>{one}</loc></url>' for one in addresses)}</urlset>")


def test_what_a_sitemap_lists_on_another_site_is_not_taken():
    pages = {"/theirs": article("Theirs. " + LONG), "/ok": article(LONG, "<title>Own</title>")}
    with serving(pages) as site, Web(allowed=("127.0.0.1", "localhost")) as web:
        theirs = site.address.replace("127.0.0.1", "localhost") + "/theirs"
        site.pages["/s.xml"] = sitemap_of("{origin}/ok", theirs)
        spec = SitemapSpec(kind="sitemap", url=f"{site.address}/s.xml")
        frame, tallies = collect(INES, [open_source(spec, web)], None, utc_now())
        assert "/theirs" not in site.asked()
    assert live(frame) == ["Own"]
    (address, reason) = tallies[0].blocked[0]
    assert address == theirs and "another site than the sitemap" in reason


@pytest.mark.parametrize(
    ("host", "other", "is_own"),
    [
        ("example.org", "www.example.org", True),
        ("www.example.org", "example.org", True),
        ("example.org", "blog.example.org", True),
        ("maps.example.org", "example.org", True),
        ("example.org", "badexample.org", False),
        ("ines.example.org", "others.example.org", False),
    ],
)
def test_which_sites_a_sitemap_may_list(host: str, other: str, is_own: bool):
    assert is_among(site_of(f"https://{other}/a"), {site_of(f"https://{host}/")}) is is_own


def listing_of(posts: int) -> dict[str, Page]:
    """The newest first: a page of an archive, and a part of a sitemap, for each."""
    pages = {}
    for number in range(posts):
        link = f'<a rel="next" href="/list/{number + 1}">older</a>' if number + 1 < posts else ""
        post = posts - 1 - number
        pages[f"/list/{number}"] = Page(f'<a href="/post/{post}">x</a>{link}')
        pages[f"/post/{post}"] = article(f"{post} is this one. {LONG} {post}" * (post + 1))
        pages[f"/{post}.xml"] = sitemap_of(f"{{origin}}/post/{post}")
    parts = (f"<sitemap><loc>{{origin}}/{n}.xml</loc></sitemap>" for n in reversed(range(posts)))
    pages["/map.xml"] = Page(f"<sitemapindex>{''.join(parts)}</sitemapindex>")
    return pages


@pytest.mark.parametrize("kind", ["archive", "sitemap"])
def test_a_listing_beyond_its_limit_is_told_and_loses_nothing(
    kind: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(archive, "MAX_LISTS", 4)
    monkeypatch.setattr(sitemap, "MAX_SITEMAPS", 5)  # the index is one
    with serving(listing_of(4)) as site:
        spec: ArchiveSpec | SitemapSpec
        if kind == "archive":
            spec = ArchiveSpec(kind="archive", url=f"{site.address}/list/0", include="/post/")
        else:
            spec = SitemapSpec(kind="sitemap", url=f"{site.address}/map.xml")
        frame, tally = gather(spec)
        assert (tally.found, tally.quarantined) == (4, [])
        for posts in (6, 8, 10):
            site.pages.clear()
            site.pages.update(listing_of(posts))
            frame, tally = gather(spec, frame)
            assert (tally.found, tally.new, tally.missing, tally.gone) == (4, 2, 0, 0)
            limit = "only 4 list pages" if kind == "archive" else "more than 5 sitemaps"
            assert [limit in reason for _, reason in tally.quarantined] == [True]
        assert set(frame["status"]) == {"live"}
        del site.pages["/post/0"]  # what is not listed is still asked for by its page
        frame, _ = gather(spec, frame)
        frame, tally = gather(spec, frame)
        assert (tally.gone, len(live(frame))) == (1, 9)


@pytest.mark.parametrize("kind", ["archive", "sitemap"])
def test_more_pages_than_a_listing_may_have_are_told(kind: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "MAX_PAGES", 3)
    monkeypatch.setattr(sitemap, "MAX_PAGES", 3)
    with serving(listing_of(5)) as site, local_web() as web:
        source: ArchiveSource | SitemapSource
        if kind == "archive":
            address = f"{site.address}/list/0"
            source = ArchiveSource(ArchiveSpec(kind="archive", url=address, include="/post/"), web)
        else:
            source = SitemapSource(SitemapSpec(kind="sitemap", url=f"{site.address}/map.xml"), web)
        references = listed(source)
    assert [one.problem is None for one in references] == [True, True, True, False]
    assert not source.complete


def test_a_list_page_that_breaks_off_is_told_and_loses_nothing():
    pages = {"/ok": article(LONG, "<title>Fine</title>")}
    pages["/late"] = article("Late, of other words.", "<title>Late</title>")
    with serving(pages) as site:
        spec = ArchiveSpec(kind="archive", url=f"{site.address}/list", include="ok|late")
        site.pages["/list"] = Page('<a href="/ok">x</a><a href="/late">x</a>')
        frame, _ = gather(spec)
        site.pages["/list"] = Page('<a href="/ok">x</a><![ <a href="/late">x</a>')
        for _ in range(3):
            frame, tally = gather(spec, frame)
            assert (live(frame), tally.missing) == (["Fine", "Late"], 0)
            assert "breaks off" in tally.quarantined[0][1]
