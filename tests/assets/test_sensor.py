"""The new-content sensor: adds authors, asks only for those that changed, survives a dead
source."""

import os
import time
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from tests.conftest import folder_author
from twin_assets.resources import TwinResource
from twin_assets.sensors import RECHECK_SECONDS, SECONDS_BETWEEN_POLLS, Cursor, new_content
from twin_core.authors import Author, add_authors
from twin_core.settings import TwinSettings
from twin_core.sources import FeedSpec


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
    failing = cursor_of(result).authors["dead"].sources[dead_feed().label]
    assert (failing.version, failing.failures) == (None, 1)
    assert failing.not_before > time.time() + SECONDS_BETWEEN_POLLS
    (articles / "new.md").write_text("# New\n\nText.\n")
    second = evaluate(instance, result.cursor)  # type: ignore[union-attr]
    assert asked(second) == ["ines"]
    assert cursor_of(second).authors["dead"].sources[dead_feed().label].failures == 1


def test_a_dead_source_hides_no_other_source_of_its_author(
    author: Author, articles: Path, installation: TwinSettings, instance
):
    both = author.model_copy(update={"slug": "both", "sources": (dead_feed(), *author.sources)})
    add_authors(installation.authors_file, (both,))
    first = evaluate(instance, None)
    assert sorted(asked(first)) == ["both", "ines"]
    (articles / "new.md").write_text("# New\n\nText.\n")
    assert sorted(asked(evaluate(instance, first.cursor))) == ["both", "ines"]  # type: ignore


def test_a_tick_without_time_goes_on_with_the_next_author(
    author: Author, articles: Path, installation: TwinSettings, instance, monkeypatch
):
    others = [folder_author(articles, slug) for slug in ("b", "c", "d")]
    add_authors(installation.authors_file, tuple(others))
    polled: list[str] = []

    def slow(source) -> str:
        polled.append(source.label)
        time.sleep(0.1)
        return f"{len(polled)}"

    monkeypatch.setattr("twin_assets.sensors.listing_version", slow)
    monkeypatch.setattr("twin_assets.sensors.POLL_SECONDS", 0.15)
    asked_for: list[str] = []
    cursor = None
    for _ in range(2):
        result = evaluate(instance, cursor)
        asked_for += asked(result)
        cursor = result.cursor  # type: ignore[union-attr]
    assert asked_for == ["ines", "b", "c", "d"]


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
