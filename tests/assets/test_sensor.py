"""The new-content sensor: adds authors, asks only for those that changed, survives a dead
source."""

import os
import time
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from definitions import defs
from tests.conftest import folder_author
from tests.serving import Page, rss, serving
from twin_assets.resources import TwinResource
from twin_assets.runner import JOB
from twin_assets.sensors import (
    RECHECK_SECONDS,
    SECONDS_BETWEEN_POLLS,
    Cursor,
    _key,
    new_content,
)
from twin_core.authors import Author, add_authors
from twin_core.collect.polling import Poller
from twin_core.lake import Lake
from twin_core.records import RAW_ARTICLES
from twin_core.settings import TwinSettings
from twin_core.sources import FeedSpec, FolderSpec, SitemapSpec


def evaluate(instance: dg.DagsterInstance, cursor: str | None) -> dg.SensorResult | dg.SkipReason:
    context = dg.build_sensor_context(instance=instance, cursor=cursor)
    result = new_content(context, twin=TwinResource())
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    for request in getattr(result, "dynamic_partitions_requests", None) or ():
        instance.add_dynamic_partitions("authors", list(request.partition_keys))
    return result


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as one:
        yield one


def asked(result: dg.SensorResult | dg.SkipReason) -> list[str]:
    assert isinstance(result, dg.SensorResult)
    return [str(request.partition_key) for request in result.run_requests or ()]


def test_a_new_author_becomes_a_partition_and_is_asked_for(author: Author, instance):
    result = evaluate(instance, None)
    assert asked(result) == ["ines"]
    assert instance.get_dynamic_partitions("authors") == ["ines"]


def test_an_unchanged_author_is_not_asked_for_again(author: Author, instance):
    first = evaluate(instance, None)
    again = evaluate(instance, first.cursor)  # type: ignore[union-attr]
    assert isinstance(again, dg.SkipReason)
    assert "nothing new from 1 authors" in (again.skip_message or "")


def test_only_the_changed_author_is_asked_for(
    author: Author, articles: Path, tmp_path: Path, installation: TwinSettings, instance
):
    other = tmp_path / "other"
    other.mkdir()
    (other / "one.md").write_text("# One\n\nText.\n")
    add_authors(installation.authors_file, (folder_author(other, "tobias"),))
    first = evaluate(instance, None)
    assert sorted(asked(first)) == ["ines", "tobias"]
    (other / "two.md").write_text("# Two\n\nText.\n")
    second = evaluate(instance, first.cursor)  # type: ignore[union-attr]
    assert asked(second) == ["tobias"]
    keys = [r.run_key for result in (first, second) for r in result.run_requests]  # type: ignore
    assert len(set(keys)) == 3


def dead_feed() -> FeedSpec:
    return FeedSpec(kind="feed", url="http://127.0.0.1:9/feed.xml")


def cursor_of(result: dg.SensorResult | dg.SkipReason) -> Cursor:
    assert isinstance(result, dg.SensorResult)
    return Cursor.read(result.cursor)


def test_a_dead_source_stops_no_other_author_and_is_left_alone_for_a_while(
    author: Author, articles: Path, installation: TwinSettings, instance
):
    dead = author.model_copy(update={"slug": "dead", "sources": (dead_feed(),)})
    add_authors(installation.authors_file, (dead,))
    result = evaluate(instance, None)
    assert asked(result) == ["ines"]
    failing = cursor_of(result).authors["dead"].sources[_key(dead_feed())]
    assert (failing.version, failing.failures) == (None, 1)
    assert failing.not_before > time.time() + SECONDS_BETWEEN_POLLS
    (articles / "new.md").write_text("# New\n\nText.\n")
    second = evaluate(instance, result.cursor)  # type: ignore[union-attr]
    assert asked(second) == ["ines"]
    assert cursor_of(second).authors["dead"].sources[_key(dead_feed())].failures == 1


def test_a_dead_source_hides_no_other_source_of_its_author(
    author: Author, articles: Path, installation: TwinSettings, instance
):
    both = author.model_copy(update={"slug": "both", "sources": (dead_feed(), *author.sources)})
    add_authors(installation.authors_file, (both,))
    first = evaluate(instance, None)
    assert sorted(asked(first)) == ["both", "ines"]
    (articles / "new.md").write_text("# New\n\nText.\n")
    assert sorted(asked(evaluate(instance, first.cursor))) == ["both", "ines"]  # type: ignore


def feed_author(slug: str, *urls: str) -> Author:
    specs = tuple(FeedSpec(kind="feed", url=url) for url in urls)
    return folder_author(Path("/nowhere"), slug).model_copy(update={"sources": specs})


def test_a_tick_without_time_goes_on_with_the_next_source(
    installation: TwinSettings, instance, monkeypatch
):
    """Even within one author, of whom each source takes as long as a tick has."""

    def slow(handler) -> None:
        time.sleep(0.3)
        body = rss(handler.path + "/a").body.encode()  # type: ignore[union-attr]
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    monkeypatch.setenv("TWIN_COLLECT_HOSTS", "127.0.0.1")
    monkeypatch.setattr("twin_assets.sensors.POLL_SECONDS", 0.1)
    with serving({f"/{n}": slow for n in range(4)}) as site:
        first, *others = (f"{site.address}/{n}" for n in range(4))
        known = (feed_author("one", first), feed_author("many", *others))
        add_authors(installation.authors_file, known)
        cursor, asked_for = None, []
        for _ in range(4):
            result = evaluate(instance, cursor)
            asked_for += asked(result)
            cursor = result.cursor  # type: ignore[union-attr]
        assert asked_for == ["one", "many", "many", "many"]
        assert site.asked() == ["/0", "/1", "/2", "/3"]


def drip(handler) -> None:
    try:
        handler.send_response(200)
        while True:
            handler.wfile.write(b"X-Drip: x\r\n")
            time.sleep(0.1)
    except OSError:
        handler.close_connection = True


def test_a_source_that_takes_for_ever_costs_one_tick_its_time_and_no_more(
    author: Author, installation: TwinSettings, instance, monkeypatch
):
    """A server that drips, and a pattern over which `re` would spend years without ever letting
    another thread run. Nobody can tell what they have, so collection itself looks once a day."""
    monkeypatch.setenv("TWIN_COLLECT_HOSTS", "127.0.0.1")
    monkeypatch.setattr("twin_assets.sensors.SOURCE_SECONDS", 1.0)
    monkeypatch.setattr("twin_core.collect.polling.GRACE_SECONDS", 1.0)
    pages = {"/feed": drip, "/s.xml": Page("{origin}/" + "a" * 40 + "!", media_type="text/plain")}
    with serving(pages) as site:
        pattern = SitemapSpec(kind="sitemap", url=f"{site.address}/s.xml", include="(a|a)+$")
        stuck = author.model_copy(update={"slug": "stuck", "sources": (pattern,)})
        known = (feed_author("drips", f"{site.address}/feed"), stuck, folder_author(Path(), "z"))
        add_authors(installation.authors_file, known)
        started = time.monotonic()
        result = evaluate(instance, None)
        assert time.monotonic() - started < 15
        assert asked(result) == ["ines", "drips", "stuck", "z"]
        state = cursor_of(result).authors
        assert state["drips"].sources[_key(known[0].sources[0])].slow
        assert state["stuck"].sources[_key(pattern)].slow
        again = evaluate(instance, result.cursor)  # type: ignore[union-attr]
        assert isinstance(again, dg.SkipReason)


def test_any_fault_of_a_source_is_that_sources_failure(
    author: Author, installation: TwinSettings, instance, monkeypatch
):
    """The fault is a double: those that we knew are repaired."""
    other = feed_author("other", "https://example.org/feed")
    add_authors(installation.authors_file, (other,))
    real = Poller.version

    def version(self, spec):
        if spec.kind == "feed":
            raise ZeroDivisionError("in a reader")
        return real(self, spec)

    monkeypatch.setattr(Poller, "version", version)
    result = evaluate(instance, None)
    assert asked(result) == ["ines"]
    assert cursor_of(result).authors["other"].sources[_key(other.sources[0])].failures == 1


def collected(instance: dg.DagsterInstance, result: dg.SensorResult | dg.SkipReason) -> bool:
    """Do what the daemon does with a request: run it, with its key as a tag."""
    assert isinstance(result, dg.SensorResult) and result.run_requests
    (request,) = result.run_requests
    done = defs.resolve_job_def(JOB).execute_in_process(
        instance=instance,
        partition_key=request.partition_key,
        asset_selection=[dg.AssetKey("raw_articles")],
        tags={"dagster/run_key": str(request.run_key)},
        raise_on_error=False,
    )
    return done.success


def later(cursor: str | None, seconds: float) -> str:
    """The cursor as if it had been stored that long ago."""
    memory = Cursor.read(cursor)
    for known in memory.authors.values():
        known.requested_at -= seconds
    return memory.model_dump_json()


def test_a_collection_that_failed_is_asked_for_again_but_not_at_once(
    author: Author, articles: Path, instance
):
    first = evaluate(instance, None)
    away = articles.rename(articles.parent / "away")
    assert not collected(instance, first)
    away.rename(articles)
    cursor = first.cursor  # type: ignore[union-attr]
    assert isinstance(evaluate(instance, cursor), dg.SkipReason)
    second = evaluate(instance, later(cursor, 700))
    assert asked(second) == ["ines"]
    articles.rename(away)
    assert not collected(instance, second)
    away.rename(articles)
    cursor = second.cursor  # type: ignore[union-attr]
    assert isinstance(evaluate(instance, later(cursor, 700)), dg.SkipReason)  # later and later
    third = evaluate(instance, later(cursor, 1300))
    assert collected(instance, third)
    cursor = third.cursor  # type: ignore[union-attr]
    assert isinstance(evaluate(instance, later(cursor, 5000)), dg.SkipReason)


def test_a_run_that_never_came_is_asked_for_again(author: Author, instance):
    cursor = evaluate(instance, None).cursor  # type: ignore[union-attr]
    assert isinstance(evaluate(instance, later(cursor, 3000)), dg.SkipReason)
    assert asked(evaluate(instance, later(cursor, 4000))) == ["ines"]


def test_a_source_that_has_nothing_any_more_is_a_change(author: Author, articles: Path, instance):
    first = evaluate(instance, None)
    emptied(articles)
    second = evaluate(instance, first.cursor)  # type: ignore[union-attr]
    assert asked(second) == ["ines"]
    assert isinstance(evaluate(instance, second.cursor), dg.SkipReason)  # type: ignore[union-attr]


def emptied(articles: Path) -> None:
    for page in articles.glob("*.md"):
        page.unlink()


def statuses(installation: TwinSettings) -> list[str]:
    frame = Lake(installation.lake_dir).previous_frame(RAW_ARTICLES, "ines")
    assert frame is not None
    return sorted(frame["status"].unique())


def test_what_an_emptied_folder_had_goes_after_two_checks_in_a_row(
    author: Author, articles: Path, installation: TwinSettings, instance
):
    first = evaluate(instance, None)
    assert collected(instance, first)
    emptied(articles)
    second = evaluate(instance, first.cursor)  # type: ignore[union-attr]
    assert collected(instance, second)  # at the next tick
    assert statuses(installation) == ["live"]
    cursor = second.cursor  # type: ignore[union-attr]
    assert isinstance(evaluate(instance, cursor), dg.SkipReason)
    assert collected(instance, evaluate(instance, later(cursor, RECHECK_SECONDS + 1)))
    assert statuses(installation) == ["gone"]


def test_a_folder_emptied_before_the_sensor_first_looked_is_a_change(
    author: Author, articles: Path, installation: TwinSettings, instance
):
    """Collected by hand, or under a cursor that was lost."""
    assert collected(instance, evaluate(instance, None))
    emptied(articles)
    first = evaluate(instance, None)
    assert asked(first) == ["ines"]
    assert isinstance(evaluate(instance, first.cursor), dg.SkipReason)  # type: ignore[union-attr]
    cursor = later(first.cursor, RECHECK_SECONDS + 1)  # type: ignore[union-attr]
    assert asked(evaluate(instance, cursor)) == ["ines"]


def test_a_folder_that_never_had_anything_is_asked_of_nobody(
    author: Author, articles: Path, instance
):
    emptied(articles)
    result = evaluate(instance, None)
    assert isinstance(result, dg.SensorResult) and not result.run_requests
    assert cursor_of(result).authors["ines"].sources[_key(author.sources[0])].failures == 1


def parts_author(articles: Path) -> Author:
    """One folder twice: as it is, and as it stands on the web."""
    own = FolderSpec(kind="folder", path=articles)
    sources = (own, own.model_copy(update={"base_url": "https://ines.example/posts"}))
    assert sources[0].label == sources[1].label
    return folder_author(articles, "parts").model_copy(update={"sources": sources})


def test_two_sources_of_one_label_are_known_apart(
    articles: Path, installation: TwinSettings, instance
):
    add_authors(installation.authors_file, (parts_author(articles),))
    first = evaluate(instance, None)
    assert asked(first) == ["parts"]
    assert isinstance(evaluate(instance, first.cursor), dg.SkipReason)  # type: ignore[union-attr]
    (articles / "new.md").write_text("# New\n\nText.\n")
    second = evaluate(instance, first.cursor)  # type: ignore[union-attr]
    assert asked(second) == ["parts"]
    assert isinstance(evaluate(instance, second.cursor), dg.SkipReason)  # type: ignore[union-attr]


def test_a_cursor_that_knew_sources_by_their_label_is_read(author: Author, instance):
    first = cursor_of(evaluate(instance, None))
    (spec,) = author.sources
    known = first.authors["ines"]
    known.sources = {spec.label: known.sources[_key(spec)]}
    assert isinstance(evaluate(instance, first.model_dump_json()), dg.SkipReason)


def test_a_thousand_unchanged_authors_fit_into_few_ticks(
    articles: Path, installation: TwinSettings, instance
):
    few = articles.parent / "few"
    few.mkdir()
    (few / "one.md").write_text("# One\n\nText.\n")
    known = tuple(folder_author(few, f"a{n}") for n in range(1000))
    add_authors(installation.authors_file, known)
    started = time.monotonic()
    first = evaluate(instance, None)
    assert len(asked(first)) == 1000
    assert time.monotonic() - started < 25


def test_everyone_is_asked_for_once_a_day(author: Author, instance):
    first = evaluate(instance, None)
    cursor = cursor_of(first)
    cursor.authors["ines"].requested_at -= RECHECK_SECONDS + 1
    assert asked(evaluate(instance, cursor.model_dump_json())) == ["ines"]


def test_a_change_and_its_undoing_are_two_runs(author: Author, articles: Path, instance):
    page = sorted(articles.glob("*.md"))[0]
    before, times = page.read_text(), os.stat(page)
    first = evaluate(instance, None)
    page.write_text(before + "\nmore\n")
    second = evaluate(instance, first.cursor)  # type: ignore[union-attr]
    repeated = evaluate(instance, first.cursor)  # type: ignore[union-attr]
    page.write_text(before)
    os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))
    third = evaluate(instance, second.cursor)  # type: ignore[union-attr]
    first_key, second_key, repeated_key, third_key = (
        result.run_requests[0].run_key
        for result in (first, second, repeated, third)  # type: ignore
    )
    assert len({first_key, second_key, third_key}) == 3
    assert second_key == repeated_key  # a tick that died before its cursor was stored


def test_an_author_without_consent_is_not_polled(
    author: Author, articles: Path, installation: TwinSettings, instance
):
    revoked = folder_author(articles, "revoked", revoked=date(2026, 2, 1))
    add_authors(installation.authors_file, (revoked,))
    assert asked(evaluate(instance, None)) == ["ines"]


def test_a_cursor_of_an_older_form_is_begun_anew(author: Author, instance):
    assert asked(evaluate(instance, '{"ines": "abc"}')) == ["ines"]
    assert asked(evaluate(instance, "no json")) == ["ines"]


def test_without_an_authors_file_it_says_what_to_do(instance):
    result = evaluate(instance, None)
    assert isinstance(result, dg.SkipReason)
    assert "twin init" in (result.skip_message or "")
