"""What runs by itself: on changed data, never past a failed gate. What a killed run leaves."""

import os
import subprocess
import sys

import dagster as dg
import pytest

from definitions import defs
from twin_assets.runner import PID_TAG, open_instance, release_dead_runs
from twin_core.settings import load_settings


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as one:
        one.add_dynamic_partitions("authors", ["ines", "tobias"])
        yield one


def materialised(instance: dg.DagsterInstance, asset: str, author: str, version: str) -> None:
    instance.report_runless_asset_event(
        dg.AssetMaterialization(asset, partition=author, tags={"dagster/data_version": version})
    )


def gate(instance: dg.DagsterInstance, passed: bool, author: str) -> None:
    instance.report_runless_asset_event(
        dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey("raw_articles"),
            check_name="has_live_articles",
            passed=passed,
            metadata={},
            blocking=True,
            partition=author,
        )
    )


def requested(result: dg.EvaluateAutomationConditionsResult, asset: str) -> set[str]:
    return set(result.get_requested_partitions(dg.AssetKey(asset)))


def test_new_articles_are_cleaned_without_being_asked(instance):
    first = dg.evaluate_automation_conditions(defs=defs, instance=instance)
    assert requested(first, "cleaned_docs") == set()
    gate(instance, True, "ines")
    materialised(instance, "raw_articles", "ines", "1")
    second = dg.evaluate_automation_conditions(defs=defs, instance=instance, cursor=first.cursor)
    assert requested(second, "cleaned_docs") == {"ines"}


def test_the_same_data_again_asks_for_nothing(instance):
    def tick(cursor=None):
        return dg.evaluate_automation_conditions(defs=defs, instance=instance, cursor=cursor)

    first = tick()
    gate(instance, True, "ines")
    materialised(instance, "raw_articles", "ines", "1")
    second = tick(first.cursor)
    assert requested(second, "cleaned_docs") == {"ines"}
    materialised(instance, "cleaned_docs", "ines", "1")
    third = tick(second.cursor)
    materialised(instance, "raw_articles", "ines", "1")
    fourth = tick(third.cursor)
    assert requested(third, "cleaned_docs") == requested(fourth, "cleaned_docs") == set()
    materialised(instance, "raw_articles", "ines", "2")
    assert requested(tick(fourth.cursor), "cleaned_docs") == {"ines"}


def test_a_failed_gate_stops_later_runs_too(instance):
    first = dg.evaluate_automation_conditions(defs=defs, instance=instance)
    for author, passed in (("ines", False), ("tobias", True)):
        gate(instance, passed, author)
        materialised(instance, "raw_articles", author, "1")
    second = dg.evaluate_automation_conditions(defs=defs, instance=instance, cursor=first.cursor)
    assert requested(second, "cleaned_docs") == {"tobias"}


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
