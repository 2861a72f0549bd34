"""Small pages and files made to hang or to break what reads them."""

import os
import time
from pathlib import Path

import pytest

from tests.core.test_collect import LONG, feed, folder, gather, live
from tests.serving import Page, article, serving
from twin_core.collect.feed import is_whole
from twin_core.collect.page import about, decode
from twin_core.collect.same import alike, sketch, without_site
from twin_core.collect.substack import _TAG as TAG
from twin_core.sources import PagesSpec

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
