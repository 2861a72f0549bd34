"""Loading `definitions` ÷ a bare `import dagster`, in CPU seconds: what every run and sensor tick
pays.

`python -m benchmarks.import_time [REPEATS]` interleaves both in fresh processes and prints one JSON
line.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.results import entry

TARGET = 1.15
PROJECT = Path(__file__).resolve().parent.parent
STATEMENTS = {"dagster": "import dagster", "definitions": "import definitions"}


def cpu_seconds(statement: str) -> float:
    """User and system seconds of a fresh interpreter that runs the statement."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", statement], cwd=PROJECT, check=True, env=dict(os.environ))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(repeats: int = 7) -> list[dict[str, Any]]:
    """The entry of metric d: medians of interleaved fresh processes."""
    for statement in STATEMENTS.values():
        cpu_seconds(statement)  # byte code and page cache
    taken: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for _ in range(repeats):
        for name, statement in STATEMENTS.items():
            taken[name].append(cpu_seconds(statement))
    ours, peer = (statistics.median(taken[name]) for name in ("definitions", "dagster"))
    return [
        entry(
            "d",
            "loading definitions ÷ a bare `import dagster`",
            *(ours, peer, TARGET, "CPU-s"),
            "more than half of the difference is polars, the rest our own modules; "
            "no torch, transformers, lancedb or the like",
        )
    ]


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 7)[0]))
