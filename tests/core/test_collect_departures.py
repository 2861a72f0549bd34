"""What becomes of articles that are no longer where they were: taken down, led elsewhere, not to be
had for a while, and missing in a pass that dies."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.core.test_collect import INES, LONG, feed, folder, gather
from tests.serving import article, local_web, rss, serving
from twin_core.collect import articles
from twin_core.collect.collect import collect, update, utc_now
from twin_core.collect.source import open_source
from twin_core.collect.web import Web
from twin_core.records import RAW_ARTICLES
from twin_core.segments import Draft, SegmentedTable
from twin_core.sources import PagesSpec


class DiedError(Exception):
    """The process is gone."""


def leading_to(address: str, status: int = 301):
    def answer(handler) -> None:
        handler.send_response(status)
        handler.send_header("Location", address)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def told(frame: pl.DataFrame) -> list[tuple]:
    return frame.select("url", "status", "missed").sort("url").rows()


def test_a_pass_that_dies_has_counted_nothing_as_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(articles, "BATCH", 2)
    written = tmp_path / "articles"
    written.mkdir()
    for number in range(12):
        (written / f"{number}.md").write_text(f"# Number {number}\n\n{number} {LONG}")

    def run(lake: Path) -> list[tuple]:
        table = SegmentedTable(lake, RAW_ARTICLES)
        with local_web() as web:
            update(table, INES, [open_source(folder(written), web)], utc_now())[0].publish()
        return told(SegmentedTable(lake, RAW_ARTICLES).read())

    before = tmp_path / "before"
    run(before)
    for number in range(12):
        if number % 2:
            (written / f"{number}.md").unlink()
        else:
            (written / f"{number}.md").write_text(f"# Number {number}\n\nanew {number} {LONG}")
    shutil.copytree(before, tmp_path / "clean")
    clean = run(tmp_path / "clean")
    assert sum(missed == 1 for _, _, missed in clean) == 6
    publish, deaths = Draft.publish, 0
    for at in range(1, 20):
        lake, published = tmp_path / str(at), 0
        shutil.copytree(before, lake)

        def dying(draft: Draft, at: int = at):
            nonlocal published
            done = publish(draft)
            published += 1
            if published == at:
                raise DiedError
            return done

        with monkeypatch.context() as patched:
            patched.setattr(Draft, "publish", dying)
            try:
                run(lake)
                break
            except DiedError:
                deaths += 1
        finished = told(SegmentedTable(lake, RAW_ARTICLES).read()) == clean
        if not finished:  # else a further pass is a further check
            assert run(lake) == clean
    assert deaths > 2


def test_what_leads_to_the_front_page_was_taken_down():
    home = article("All that I ever wrote.")
    with serving({"/feed": rss("/a", "/b"), "/a": article(f"A. {LONG}"), "/": home}) as site:
        site.pages["/b"] = article(f"B. {LONG}")
        rows, _ = gather(feed(site.address))
        site.pages["/a"] = leading_to("/", 302)
        for status, missed in (("live", 1), ("gone", 2)):
            rows, _ = gather(feed(site.address), rows)
            assert told(rows) == [
                (f"{site.address}/a", status, missed),
                (f"{site.address}/b", "live", 0),
            ]
            assert not rows["body"].str.contains("All that I ever").any()


def test_what_leads_to_another_site_is_not_taken():
    with serving({"/other": article(f"Somebody else's words. {LONG}")}) as other:
        elsewhere = other.address.replace("127.0.0.1", "localhost") + "/other"
        with serving({"/feed": rss("/a"), "/a": article(f"A. {LONG}")}) as site:
            with Web(allowed=("127.0.0.1", "localhost")) as web:
                source = open_source(feed(site.address), web)
                rows, _ = collect(INES, [source], None, utc_now(), None, web)
                site.pages["/a"] = leading_to(elsewhere)
                for _ in range(2):
                    after, (tally,) = collect(INES, [source], rows, utc_now(), None, web)
                    assert after.equals(rows)
                    assert "on another site" in str(tally.blocked)


def test_what_leads_elsewhere_on_its_site_lives_there():
    with serving({"/feed": rss("/old"), "/old": leading_to("/new")}) as site:
        site.pages["/new"] = article(f"Moved. {LONG}")
        rows, _ = gather(feed(site.address))
        (row,) = rows.iter_rows(named=True)
        assert (row["url"], row["also_at"]) == (f"{site.address}/new", [f"{site.address}/old"])
        again, tally = gather(feed(site.address), rows)
        assert told(again) == told(rows) and (tally.new, tally.unchanged) == (0, 1)


def test_an_address_that_may_not_be_asked_for_a_while_takes_nothing_away():
    with serving({"/a": article(f"A. {LONG}")}) as site:
        spec = PagesSpec(kind="pages", urls=(f"{site.address}/a",))
        with local_web() as web:
            rows, _ = collect(INES, [open_source(spec, web)], None, utc_now(), None, web)
        for _ in range(3):
            with Web() as web:  # loopback is private to it
                after, (tally,) = collect(
                    INES, [open_source(spec, web)], rows, utc_now(), None, web
                )
            assert "not a public address" in str(tally.blocked)
            assert after.equals(rows)
