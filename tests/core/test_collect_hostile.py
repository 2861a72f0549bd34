"""Small pages and files made to hang or to break what reads them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.core.test_collect import LONG, feed, folder, gather, live
from tests.serving import Page, article, local_web, rss, serving
from twin_core.collect.archive import read_links
from twin_core.collect.feed import is_whole, read_feed
from twin_core.collect.listing import SMALL, Listings
from twin_core.collect.page import about, decode
from twin_core.collect.same import alike, sketch, without_site
from twin_core.collect.sitemap import parse_sitemap
from twin_core.collect.source import listed, open_source
from twin_core.collect.substack import _TAG as TAG
from twin_core.errors import SourceError
from twin_core.sources import ArchiveSpec, PagesSpec, SitemapSpec, SourceSpec

PIECES = ["<script ", "<a ", "<a b='", "<!--", "</", "<!", "<![", "&#", "<", "<nav>", "<main>"]
PIECES += ["<script>", "</script ", "<A \n", "](", " | ", "&lt;", "<title>a<b>"]


@pytest.mark.parametrize("piece", PIECES)
def test_no_text_takes_more_than_linear_time(piece: str, tmp_path: Path):
    text = piece * (400_000 // len(piece))
    (tmp_path / "a.mdx").write_text(text)
    start = time.process_time()
    about(text, "https://example.org/")
    alike(sketch(LONG + text), sketch(text))
    is_whole(text)
    TAG.sub("", text)
    without_site(text)
    gather(folder(tmp_path))
    assert time.process_time() - start < 8


def test_a_title_of_a_hundred_thousand_brackets():
    item = f"<item><link>{{origin}}/ok</link><title>{'&lt;' * 100_000}</title></item>"
    page = Page(f'<rss version="2.0"><channel><title>t</title>{item}</channel></rss>')
    with serving({"/feed": page, "/ok": article(LONG)}) as site:
        start = time.process_time()
        frame, _ = gather(feed(site.address))
        assert time.process_time() - start < 8
    assert len(frame["title"][0]) < 400
    assert "title: cut at 300" in frame["repairs"][0]


def test_a_page_nested_beyond_reason_is_left_out_at_once():
    deep = Page("<html><body>" + "<div>" * 100_000 + LONG)
    flat = Page("<html><title>Flat</title><body>" + f"<div>{LONG}</div>" * 2000)
    with serving({"/deep": deep, "/flat": flat}) as site:
        urls = (f"{site.address}/deep", f"{site.address}/flat")
        frame, tally = gather(PagesSpec(kind="pages", urls=urls))
    assert live(frame) == ["Flat"]
    assert "more than 512 deep" in tally.quarantined[0][1]


@pytest.mark.parametrize(
    "head",
    ['<link rel="canonical" href="http://[bad/">', '<link rel="canonical" href="http://a:x/">',
     "<![", "<![if x]>"],
)  # fmt: skip
def test_a_broken_head_does_not_cost_the_article(head: str):
    with serving({"/a": article(LONG, "<title>Kept</title>" + head)}) as site:
        frame, tally = gather(PagesSpec(kind="pages", urls=(f"{site.address}/a",)))
    assert (live(frame), tally.quarantined) == (["Kept"], [])


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "rot13", "undefined"])
def test_a_charset_that_is_none_of_the_webs_is_as_good_as_none(charset: str):
    assert decode("naïve \\x41".encode(), charset) == "naïve \\x41"


def test_a_link_to_a_pipe_is_told_and_not_waited_for(tmp_path: Path):
    (tmp_path / "a.md").write_text("# A\n\n" + LONG)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "p.md").symlink_to(tmp_path / "pipe")
    frame, tally = gather(folder(tmp_path))
    assert live(frame) == ["A"]
    assert "is no file" in tally.blocked[0][1]


CHANNEL = '<rss version="2.0"><channel>'
BELOW_A_LONG_BASE = (
    f'<rss version="2.0" xml:base="http://e.org/{"x" * 5_000_000}/"><channel>'
    + "<item><link>b</link></item>" * 5000
)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(CHANNEL + "<a>" * 700_000, id="tags"),
        pytest.param(BELOW_A_LONG_BASE, id="base"),
    ],
)
def test_a_feed_that_asks_too_much_is_refused_and_what_is_stored_stays(
    body: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Listings.__init__, "__defaults__", (2.0, 300))
    with serving({"/feed": rss("/ok"), "/ok": article(LONG, "<title>Fine</title>")}) as site:
        frame, _ = gather(feed(site.address))
        site.pages["/feed"] = Page(body)
        start = time.process_time()
        again, tally = gather(feed(site.address), frame)
        assert time.process_time() - start < 3
    assert again.equals(frame)
    assert tally.failed and tally.failed.startswith(f"{site.address}/feed is not read: it ")


@pytest.mark.parametrize(
    "piece", ["<a>", "<item>", "&lt;a ", "<a '", "<", "<item><link>/a</link></item>"]
)
def test_a_small_feed_costs_its_reader_little(piece: str):
    start = time.process_time()
    read_feed((CHANNEL + piece * (SMALL // len(piece))).encode(), "https://example.org/feed")
    assert time.process_time() - start < 5


def test_large_listings_are_read_alike_in_a_child():
    notes = "<!--" + "x" * SMALL + "-->"
    pages = {
        "/feed": rss("/ok", summary="short"),
        "/s.xml": Page(
            "<urlset><url><loc>{origin}/ok</loc><lastmod>2025-06-02</lastmod></url></urlset>"
        ),
        "/list": Page('<a href="/ok">caf\u00e9</a><a href="http://[bad/">x</a>'),
    }
    with serving(pages) as site, local_web() as web:
        specs: list[SourceSpec] = [
            feed(site.address),
            SitemapSpec(kind="sitemap", url=f"{site.address}/s.xml"),
            ArchiveSpec(kind="archive", url=f"{site.address}/list", include="ok"),
        ]
        small = [listed(open_source(spec, web)) for spec in specs]
        for page in pages.values():
            page.body = str(page.body) + notes
        assert [listed(open_source(spec, web)) for spec in specs] == small
        pages["/s.xml"].body = "<urlset>" + notes
        with pytest.raises(SourceError, match="s.xml is not XML"):
            listed(open_source(specs[1], web))


@pytest.mark.parametrize(
    ("reader", "more"), [(read_feed, ()), (parse_sitemap, ()), (read_links, ("utf-8",))]
)
def test_a_child_that_ended_is_replaced_for_the_next_listing(reader: Any, more: tuple[str, ...]):
    bodies = {
        read_feed: str(rss("/ok").body),
        parse_sitemap: "<urlset></urlset>",
        read_links: '<a href="/ok">x</a>',
    }
    body = bodies[reader].encode().replace(b"{origin}", b"https://example.org") + b" " * SMALL
    with Listings() as listings:
        first = listings.read(reader, body, "https://example.org/x", *more)
        child = listings._child._child
        assert child
        child.kill()
        child.wait()
        assert listings.read(reader, body, "https://example.org/x", *more) == first


def test_a_feed_that_is_a_path_opens_no_file(tmp_path: Path):
    (tmp_path / "feed.xml").write_text(str(rss("/ok").body))
    with pytest.raises(SourceError, match="not an RSS"):
        read_feed(str(tmp_path / "feed.xml").encode(), "https://example.org/feed")


def test_an_address_of_a_megabyte_is_not_joined_with_every_link():
    base = "https://example.org/" + "x" * 100_000 + "/"
    assert read_links(b'<a href="a">x</a>' * 100 + b'<a href="/b">x</a>', base, None) == {
        "found": ["https://example.org/b"],
        "next": None,
        "whole": True,
    }


def test_a_child_whose_caller_is_gone_ends_by_itself():
    command = [sys.executable, "-m", "twin_core.confined", "500"]
    request = {"function": "time:sleep", "arguments": [60], "seconds": 0.2}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
        assert child.stdin
        child.stdin.write(json.dumps(request).encode() + b"\n")
        child.stdin.flush()
        assert child.wait(30) == -signal.SIGALRM
