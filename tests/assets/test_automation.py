"""What runs by itself: on changed data, never past a failed gate. What a killed run leaves."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from definitions import defs
from tests.conftest import folder_author
from twin_assets.runner import PID_TAG, open_instance, release_dead_runs, run_author
from twin_core.authors import Author, add_authors
from twin_core.settings import TwinSettings, load_settings


class Daemon:
    """Ticks as the automation sensors do, keeping the cursor between ticks."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.cursor = None

    def tick(self, asset: str) -> set[str]:
        result = dg.evaluate_automation_conditions(
            defs=defs,
            instance=self.instance,
            asset_selection=dg.AssetSelection.assets(asset),
            cursor=self.cursor,
        )
        self.cursor = result.cursor
        return set(result.get_requested_partitions(dg.AssetKey(asset)))

    def run(self, author: str, *assets: str) -> bool:
        return run_author(self.instance, author, lambda progress: None, list(assets)).success


@pytest.fixture
def daemon():
    with open_instance(load_settings()) as instance:
        instance.add_dynamic_partitions("authors", ["ines", "tobias"])
        yield Daemon(instance)


def test_new_articles_are_cleaned_without_being_asked(author: Author, daemon: Daemon):
    assert daemon.tick("cleaned_docs") == set()
    assert daemon.run("ines", "raw_articles")
    assert daemon.tick("cleaned_docs") == {"ines"}


def test_only_changed_articles_ask_again(author: Author, articles: Path, daemon: Daemon):
    daemon.tick("cleaned_docs")
    assert daemon.run("ines", "raw_articles", "cleaned_docs")
    assert daemon.tick("cleaned_docs") == set()
    assert daemon.run("ines", "raw_articles")
    assert daemon.tick("cleaned_docs") == set()
    edited = next(iter(sorted(articles.glob("*.md"))))
    edited.write_text(edited.read_text() + "\nOne sentence more.\n")
    assert daemon.run("ines", "raw_articles")
    assert daemon.tick("cleaned_docs") == {"ines"}


def test_a_failed_gate_stops_later_runs_too(
    author: Author, articles: Path, tmp_path: Path, installation: TwinSettings, daemon: Daemon
):
    short = tmp_path / "short"
    short.mkdir()
    (short / "one.md").write_text("---\ntitle: One\n---\n\nToo short to be an article.\n")
    add_authors(installation.authors_file, (folder_author(short, "tobias"),))
    daemon.tick("doc_chunks")
    assert daemon.run("ines", "raw_articles", "cleaned_docs")
    assert not daemon.run("tobias", "raw_articles", "cleaned_docs")
    assert daemon.tick("doc_chunks") == {"ines"}


def test_a_killed_run_is_closed_and_a_live_one_is_not(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    job = defs.resolve_job_def("twin")
    with open_instance(load_settings()) as instance:
        runs = [
            instance.create_run_for_job(
                job, status=dg.DagsterRunStatus.STARTED, tags={PID_TAG: str(pid)}
            )
            for pid in (gone.pid, os.getpid())
        ]
        assert release_dead_runs(instance) == [runs[0].run_id]
        states = [instance.get_run_by_id(run.run_id).status for run in runs]  # type: ignore
    assert states == [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.STARTED]
