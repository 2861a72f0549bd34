"""Runs passes as processes of their own, ours and the peers', and reads their sinks."""

import json
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

from benchmarks import peers

REPEATS = 3
ENOUGH = 120.0  # CPU seconds: a pass that took as long is not repeated, noise is small against it
TIMEOUT = 1800
HIDDEN = 1.0  # CPU seconds outside what a pass reports of itself that its end may take


@dataclass
class Contestant:
    """One way to bring a folder into an index, and the figures of its passes."""

    name: str
    module: str
    is_peer: bool = True
    full: list[dict[str, Any]] = field(default_factory=list)
    edit: list[dict[str, Any]] = field(default_factory=list)

    def run(self, docs: Path, state: Path) -> dict[str, Any]:
        """One pass in a fresh process: its JSON line."""
        python = peers.interpreter() if self.is_peer else sys.executable
        before = getrusage(RUSAGE_CHILDREN)
        done = subprocess.run(
            [python, "-m", self.module, docs, state],
            cwd=peers.PROJECT,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
        after = getrusage(RUSAGE_CHILDREN)
        if done.returncode:
            raise RuntimeError(f"{self.name} failed:\n{done.stderr[-2000:]}")
        line = json.loads(done.stdout.strip().splitlines()[-1])
        total = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        hidden = total - line["cpu_s"] - line["import_cpu_s"]
        if hidden > HIDDEN + 0.1 * total:
            raise RuntimeError(f"{self.name} took {hidden:.1f} CPU seconds that it does not report")
        print(
            f"  {self.name:12} {line['documents']:6} documents {line['chunks']:7} chunks"
            f" {line['embedded']:6} embedded {line['cpu_s']:8.2f} CPU-s"
            f" {line['peak_rss_mib']:6.0f} MiB",
            flush=True,
        )
        return line


def median(lines: Iterable[dict[str, Any]], figure: str = "cpu_s") -> float:
    return statistics.median(line[figure] for line in lines)


def wants_more(lines: list[dict[str, Any]]) -> bool:
    """Whether a pass is to be run again."""
    return len(lines) < REPEATS and sum(line["cpu_s"] for line in lines) < ENOUGH


def rows(line: dict[str, Any], sources: Iterable[str] | None = None) -> Counter[tuple[str, ...]]:
    """(source, text, chunk_id where there is one) of each row in the pass's sink; sources: file
    names to which this is limited."""
    import lancedb

    index = line["index"]
    table = lancedb.connect(index["uri"]).open_table(index["table"]).to_arrow()
    columns = [_column(table, index["source"]), _column(table, index["text"])]
    if "chunk_id" in table.column_names:
        columns.append(_column(table, "chunk_id"))
    found = Counter(zip(*columns, strict=True))
    if sources is None:
        return found
    stems = {Path(source).stem for source in sources}
    return Counter({row: count for row, count in found.items() if Path(row[0]).stem in stems})


def _column(table: Any, name: str) -> list[str]:
    outer, _, inner = name.partition(".")
    values = table[outer].to_pylist()
    return [value[inner] for value in values] if inner else values
