"""Run the twin's job for one author in this process, on the same instance as the UI's."""

import logging
import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from dagster._core.instance.ref import InstanceRef

from twin_assets.partitions import authors
from twin_core.settings import PROJECT, TwinSettings

JOB = "twin"
PID_TAG = "twin/pid"
CONFIG = PROJECT / "dagster.yaml"
_UNFINISHED = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


@dataclass
class Step:
    """One asset of a run: its metadata, and how long it took."""

    asset: str
    seconds: float = 0.0
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass
class Outcome:
    """What came of a run. failures: asset or check → the problem and its remedy, in words."""

    run_id: str
    success: bool
    steps: list[Step]
    failures: dict[str, str]


@dataclass(frozen=True)
class Progress:
    """Something that a watcher shows: kind is start, done, failed, check, warning or message."""

    kind: str
    asset: str
    text: str = ""
    step: Step | None = None


Watch = Callable[[Progress], None]


@contextmanager
def open_instance(settings: TwinSettings) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance of this installation, configured by the project's dagster.yaml."""
    home = settings.home / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    with dg.DagsterInstance.from_ref(
        InstanceRef.from_dir(str(home), config_dir=str(CONFIG.parent), config_filename=CONFIG.name)
    ) as instance:
        yield instance


def release_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Close runs whose process was killed, so that they do not hold a pool's slot for ever."""
    released = []
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        pid = run.tags.get(PID_TAG)
        if pid is None or _alive(int(pid)):
            continue
        instance.report_run_failed(run, f"the process {pid} that ran it is gone")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        released.append(run.run_id)
    return released


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def run_author(
    instance: dg.DagsterInstance,
    author: str,
    watch: Watch,
    selection: list[str] | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Outcome:
    """Materialise the author's lineage, or the selected assets of it; failures are in the
    outcome.

    since, until: days between which articles are fetched anew (`CollectConfig`).
    """
    from definitions import defs

    release_dead_runs(instance)
    assert authors.name
    instance.add_dynamic_partitions(authors.name, [author])
    run_id = str(uuid.uuid4())
    listener = _Listener(watch)
    instance.add_event_listener(run_id, listener)
    result = defs.resolve_job_def(JOB).execute_in_process(
        instance=instance,
        partition_key=author,
        raise_on_error=False,
        run_id=run_id,
        asset_selection=[dg.AssetKey(name) for name in selection] if selection else None,
        tags={PID_TAG: str(os.getpid())},
        run_config={
            "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            **_collect_config(selection, since, until),
        },
    )
    return Outcome(run_id, result.success, list(listener.steps.values()), listener.failures)


def _collect_config(
    selection: list[str] | None, since: str | None, until: str | None
) -> dict[str, Any]:
    if (since is None and until is None) or (selection and "raw_articles" not in selection):
        return {}
    return {"ops": {"raw_articles": {"config": {"since": since, "until": until}}}}


class _Listener:
    """Turns Dagster's event log into `Progress`."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.steps: dict[str, Step] = {}
        self.failures: dict[str, str] = {}
        self._started: dict[str, float] = {}
        self._checks: set[str] = set()

    def __call__(self, entry: dg.EventLogEntry) -> None:
        event = entry.dagster_event
        if event is None:
            level = int(entry.level)
            if entry.step_key and level >= logging.INFO:
                kind = "warning" if level >= logging.WARNING else "message"
                self.watch(Progress(kind, entry.step_key, entry.user_message))
            return
        kind, key = event.event_type, event.step_key or ""
        if kind == dg.DagsterEventType.STEP_START:
            self._started[key] = entry.timestamp
            self.watch(Progress("start", key))
        elif kind == dg.DagsterEventType.ASSET_MATERIALIZATION:
            metadata = event.step_materialization_data.materialization.metadata
            self.steps[key] = Step(key, metadata={k: v.value for k, v in metadata.items()})
        elif kind == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            self._check(key, event.asset_check_evaluation_data)
        elif kind == dg.DagsterEventType.STEP_SUCCESS and key in self.steps:
            step = self.steps[key]
            step.seconds = entry.timestamp - self._started[key]
            self.watch(Progress("done", key, step=step))
        elif kind == dg.DagsterEventType.STEP_FAILURE:
            self._fail(key, event.step_failure_data)

    def _check(self, key: str, evaluation: Any) -> None:
        self._checks.add(key)
        figures = ", ".join(f"{name} {_short(v.value)}" for name, v in evaluation.metadata.items())
        asset = evaluation.asset_key.to_user_string()
        if evaluation.passed:
            self.watch(Progress("check", key, f"{asset}: {evaluation.check_name} ({figures})"))
            return
        text = f"{asset}: {evaluation.check_name} did not pass ({figures})"
        if evaluation.severity == dg.AssetCheckSeverity.ERROR:
            self.failures[asset] = text
            self.watch(Progress("failed", key, text))
        else:
            self.watch(Progress("warning", key, text))

    def _fail(self, key: str, data: Any) -> None:
        if key in self._checks:
            return  # the check itself was reported
        error = data.error
        while error is not None and error.cause is not None and "Remedy:" not in error.message:
            error = error.cause
        text = error.message.strip() if error else "failed without an error"
        if error and "Remedy:" in text:  # ours: its words are enough without its class
            text = re.sub(rf"^[\w.]*\b{error.cls_name}: ", "", text)
        self.failures[key] = text
        self.watch(Progress("failed", key, text))


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
