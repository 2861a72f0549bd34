"""One pass over a folder, from the command line, as a peer would be put beside it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import lancedb

from benchmarks import corpus
from benchmarks.peers import PROJECT

KEYS = {"documents", "chunks", "embedded", "index", "wall_s", "cpu_s", "peak_rss_mib"}
KEYS |= {"import_s", "import_cpu_s"}


def passed(docs: Path, state: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.index_pass", str(docs), str(state)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def rows(told: dict[str, Any]) -> list[tuple[str, str]]:
    index = told["index"]
    table = lancedb.connect(index["uri"]).open_table(index["table"])
    return sorted(
        (row[index["source"]], row[index["text"]]) for row in table.to_arrow().to_pylist()
    )


def test_a_pass_after_an_edit_and_a_deletion_leaves_the_index_of_a_fresh_one(tmp_path: Path):
    docs = corpus.write(tmp_path / "docs", 12)
    first = passed(docs, tmp_path / "state")
    assert set(first) == KEYS and set(first["index"]) == {"uri", "table", "source", "text"}
    assert first["documents"] == 12 and first["embedded"] == first["chunks"] == len(rows(first))
    names = sorted(docs.iterdir())
    names[0].unlink()
    names[1].write_text(corpus.edited(names[1].read_text(encoding="utf-8"), 1), encoding="utf-8")
    second, fresh = passed(docs, tmp_path / "state"), passed(docs, tmp_path / "fresh")
    assert second["documents"] == fresh["documents"] == 11
    assert rows(second) == rows(fresh)
    assert second["embedded"] < 5 < fresh["embedded"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    command = [sys.executable, "-m", "benchmarks.index_pass", str(tmp_path / "no"), str(tmp_path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 2 and "no is no folder of Markdown files" in done.stderr
