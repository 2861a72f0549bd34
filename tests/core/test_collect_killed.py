"""A collection that dies leaves whole rows, loses at most a batch, and is made up for."""

import random
import shutil
import time
from pathlib import Path

import feedparser as feedparser  # with httpx2 and protego: a process to be killed has its imports
import httpx2 as httpx2
import polars as pl
import protego as protego
import pytest

from tests.core.test_collect import INES, LONG, feed
from tests.killing import killed_after, start
from tests.serving import article, local_web, rss, serving
from twin_core.collect import articles
from twin_core.collect.collect import update, utc_now
from twin_core.collect.source import open_source
from twin_core.records import RAW_ARTICLES
from twin_core.segments import MANIFEST, SegmentedTable

PAGES = 12
PATHS = [f"/{number}" for number in range(PAGES)]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(articles, "BATCH", 2)


def crawl(directory: Path, address: str) -> None:
    articles.BATCH = 2
    with local_web() as web:
        table = SegmentedTable(directory, RAW_ARTICLES)
        update(table, INES, [open_source(feed(address), web)], utc_now(), None, web)[0].publish()


def rows(directory: Path) -> set[str]:
    frame = SegmentedTable(directory, RAW_ARTICLES).read()
    return {str(row) for row in frame.drop("fetched_at").iter_rows()}


def texts(edition: int) -> dict:
    """Every other page is another in each edition."""
    return {
        path: article(f"Page {number} of edition {edition * (number % 2)}. {LONG}")
        for number, path in enumerate(PATHS)
    }


@pytest.mark.parametrize("stored", [False, True])
def test_kill_9_at_25_moments_of_a_crawl(tmp_path: Path, stored: bool):
    with serving({"/feed": rss(*PATHS), **texts(1)}) as site:
        before, clean = tmp_path / "before", tmp_path / "clean"
        before.mkdir()
        if stored:
            crawl(before, site.address)
        site.pages |= texts(2)
        shutil.copytree(before, clean)
        _, said = start(crawl, clean, site.address)
        begun = time.monotonic()
        assert said.recv() == "done"
        seconds = time.monotonic() - begun
        old, new = rows(before), rows(clean)
        assert len(new) == PAGES and len(new - old) == (PAGES // 2 if stored else PAGES)
        cut, seed, progress = 0, 0, set[int]()
        # On a busy machine most kills may come before the first batch: then there are more.
        while cut < 25 or not (0 in progress and len(progress) > 2):
            seed += 1
            assert seed < 200, f"no kill came between batches: {progress}"
            lake = tmp_path / str(seed)
            shutil.copytree(before, lake)
            cut += killed_after(random.Random(seed).random() * seconds, crawl, lake, site.address)
            found = rows(lake)
            assert found <= old | new
            assert len(found) == PAGES or not stored
            progress.add(len(found & (new - old)))
            crawl(lake, site.address)
            assert rows(lake) == new
            shutil.rmtree(lake)


def test_a_crawl_keeps_what_it_has_fetched_batch_by_batch(
    tmp_path: Path,
):
    seen: list[int] = []

    def page(handler) -> None:
        table = SegmentedTable(tmp_path, RAW_ARTICLES)
        seen.append(table.rows if (tmp_path / MANIFEST).exists() else 0)
        handler.send_error(404)

    with serving({"/feed": rss(*PATHS, "/last"), **texts(1), "/last": page}) as site:
        with local_web() as web:
            source = open_source(feed(site.address), web)
            table = SegmentedTable(tmp_path, RAW_ARTICLES)
            draft, _ = update(table, INES, [source], utc_now())
    assert seen == [PAGES]
    assert draft.publish().read().select(pl.len()).item() == PAGES
