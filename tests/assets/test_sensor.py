"""The new-content sensor: adds authors, asks only for those that changed, survives a dead
source."""

import json
from pathlib import Path

import dagster as dg
import pytest

from tests.conftest import folder_author
from twin_assets.resources import TwinResource
from twin_assets.sensors import new_content
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


def test_a_dead_source_stops_no_other_author(author: Author, installation: TwinSettings, instance):
    dead = author.model_copy(
        update={
            "slug": "dead",
            "sources": (FeedSpec(kind="feed", url="http://127.0.0.1:9/feed.xml"),),
        }
    )
    add_authors(installation.authors_file, (dead,))
    result = evaluate(instance, None)
    assert asked(result) == ["ines"]
    assert "dead" not in json.loads(result.cursor)  # type: ignore[arg-type, union-attr]


def test_without_an_authors_file_it_says_what_to_do(instance):
    result = evaluate(instance, None)
    assert isinstance(result, dg.SkipReason)
    assert "twin init" in (result.skip_message or "")
