"""Metric h: CPU milliseconds for each partition of a back-fill, on an instance with SQLite.

A trivial asset that publishes one row a partition with our lake: a run a partition (Dagster's
default; in one process here, so that it does not even pay for imports), one run for all
(`BackfillPolicy.single_run`), and one run for all whose events are stored in batches.
`python -m benchmarks.backfill VARIANT PARTITIONS` runs one and prints one JSON line.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.peers.measuring import cpu_seconds
from benchmarks.results import entry

TARGET_MS = 10.0
MEASURED = {"default": 251.0, "single_run": 21.0}  # peers, ms, when the target was set
PARTITIONS = {"default": 40, "single_run": 1000, "batched": 1000}  # a run each: the same for any
REPEATS = 3
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def back_fill(variant: str, partitions: int, home: Path) -> float:
    """CPU milliseconds a partition; raises when a partition is not materialised."""
    import dagster as dg
    from dagster._core.storage.tags import (
        ASSET_PARTITION_RANGE_END_TAG,
        ASSET_PARTITION_RANGE_START_TAG,
    )

    from twin_core.lake import Lake
    from twin_core.records import CORPUS_SPLIT

    lake, keys = Lake(home / "lake"), [f"author-{number:05}" for number in range(partitions)]
    row = {"doc_id": "d", "split": "train", "title": "t", "own_words": 3, "content_hash": "h"}

    @dg.asset(
        partitions_def=dg.StaticPartitionsDefinition(keys),
        backfill_policy=None if variant == "default" else dg.BackfillPolicy.single_run(),
    )
    def split(context: dg.AssetExecutionContext) -> None:
        for key in context.partition_keys:
            lake.write_frame(CORPUS_SPLIT, key, CORPUS_SPLIT.frame([{**row, "doc_id": key}]))

    with dg.DagsterInstance.local_temp(str(home), overrides=_storage(variant, home)) as instance:
        job = dg.Definitions(assets=[split], jobs=[dg.define_asset_job("fill")]).resolve_job_def(
            "fill"
        )
        if variant == "default":
            runs: list[dict[str, Any]] = [{"partition_key": key} for key in keys]
        else:
            ends = (ASSET_PARTITION_RANGE_START_TAG, ASSET_PARTITION_RANGE_END_TAG)
            runs = [{"tags": dict(zip(ends, (keys[0], keys[-1]), strict=True))}]
        before = cpu_seconds()
        for run in runs:
            job.execute_in_process(instance=instance, run_config=QUIET, **run)
        taken = cpu_seconds() - before
        done = len(instance.get_materialized_partitions(dg.AssetKey("split")))
    if done != partitions:
        raise AssertionError(f"{variant}: {done} of {partitions} partitions materialised")
    return 1000 * taken / partitions


def _storage(variant: str, home: Path) -> dict[str, Any] | None:
    if variant != "batched":
        return None
    return {
        "event_log_storage": {
            "module": "benchmarks.batched_events",
            "class": "BatchedSqliteEventLog",
            "config": {"base_dir": str(home / "events")},
        }
    }


def _in_process_of_its_own(variant: str) -> float:
    environment = dict(os.environ)
    if variant == "batched":
        environment["DAGSTER_EVENT_BATCH_SIZE"] = "1000"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.backfill", variant]
        + [str(PARTITIONS[variant])],
        env=environment,
        cwd=Path(__file__).resolve().parent.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    taken = json.loads(done.stdout.splitlines()[-1])["cpu_ms"]
    print(f"  {variant:10} {taken:7.1f} ms a partition", flush=True)
    return taken


def measure() -> list[dict[str, Any]]:
    """Ours is what our assets do: a run for each author, as long as they declare no policy."""
    from twin_assets.features import doc_chunks

    taken: dict[str, list[float]] = {variant: [] for variant in PARTITIONS}
    for _ in range(REPEATS):
        for variant in PARTITIONS:
            taken[variant].append(_in_process_of_its_own(variant))
    cost = {variant: statistics.median(figures) for variant, figures in taken.items()}
    adopted = doc_chunks.backfill_policy is not None
    ours = cost["batched" if adopted else "default"]
    note = (
        f"a run each {cost['default']:.1f} ms, single_run {cost['single_run']:.1f} ms, single_run "
        f"with batched events {cost['batched']:.1f} ms"
    )
    if not adopted:
        note += (
            "; ours is the default's figure: in one run for all, an author has no data version, "
            "preview, gate or retry of their own"
        )
    return [
        entry(
            "h",
            f"CPU of a back-filled partition ÷ {peer}",
            *(ours, cost[variant], round(TARGET_MS / MEASURED[variant], 3), "ms"),
            note if variant == "default" else "",
        )
        for variant, peer in (("default", "Dagster's default"), ("single_run", "single_run"))
    ]


if __name__ == "__main__":
    chosen, count = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="backfill-") as folder:
        print(json.dumps({"variant": chosen, "cpu_ms": back_fill(chosen, count, Path(folder))}))
