"""A stage that is killed at any call by which it changes files is made up for, and seen whole."""

import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.core.stages import AUTHOR, TABLES, Counting, Stages, article, crash_stage
from tests.killing import killed_at
from twin_core.records import CHUNK_EMBEDDINGS
from twin_core.segments import MANIFEST, SegmentedTable

NAMES = ("clean", "chunk", "embed", "follow")
DECLARED = {table.name: table for table in TABLES}
OTHER = "another/8"
EMBEDDER = Counting()
SWEPT = "before unlink"
# By case: the stage, what it finds beside the changes, and what it does beside replacing files.
CASES = {
    "clean": ("clean", None, SWEPT),
    "chunk": ("chunk", None, SWEPT),
    "embed": ("embed", None, SWEPT),
    "embed after another model": ("embed", OTHER, "before link"),
    "follow": ("follow", None, "before update"),
    "follow after another writer": ("follow", "no memory", "before update"),
    "follow for the first time": ("follow", "no index", "before create_table"),
}


def documents(table: SegmentedTable) -> list[tuple[Any, ...]]:
    """(key, all that the manifest says of it but where it lies, its rows), in the table's order."""
    rows: dict[str, list[dict]] = {}
    for row in table.read().iter_rows(named=True):
        rows.setdefault(row[table.key], []).append(row)
    entries = table.manifest.drop("segment").iter_rows()
    found = [(entry[0], entry, rows.pop(entry[0], [])) for entry in entries]
    assert not rows and all(len(mine) == entry[-1] for _, entry, mine in found)
    return found


def published(root: Path, stage: str) -> dict[str, Any]:
    """What readers see: every table that is published, and the index where the stage writes it."""
    stages, found = Stages(root, EMBEDDER), dict[str, Any]()
    for path in stages.lake.root.rglob(MANIFEST):
        place = path.parent.relative_to(stages.lake.root)
        found[str(place)] = documents(SegmentedTable(path.parent, DECLARED[place.parts[0]]))
    if stage == "follow":
        found["index"] = stages.index.contents(AUTHOR), stages.indexed()
    return found


def changed(articles: dict[str, dict], step: int) -> dict[str, dict]:
    """One edited, one with another title, one new, one taken down, one gone; the rest as it was."""
    chooser = random.Random(step)
    after = articles | {name: article(name, chooser) for name in ("d1", f"d{step + 10}")}
    after["d4"] = {**after["d4"], "title": f"Another title, {step}"}
    after[f"d{step + 5}"] = {**after[f"d{step + 5}"], "status": "gone"}
    del after[f"d{step + 2}"]
    return after


def prepare(root: Path, stage: str, circumstances: str | None) -> None:
    """All stages have run, and did so again after changes, long ago; then there were changes again,
    and the stages before this one have run."""
    articles = {f"d{n}": article(f"d{n}", random.Random(n)) for n in range(9)}
    stages = Stages(root, Counting(OTHER) if circumstances == OTHER else EMBEDDER)
    for step in range(2):
        stages.run(articles)
        articles = changed(articles, step)
    for path in (root / "lake").rglob(MANIFEST):
        (path.parent / "9-lost.parquet").write_bytes(b"of a writer that was killed")
    for path in (root / "lake").rglob("*.parquet"):
        os.utime(path, (0, 0))
    stages.collect(articles)
    for name in NAMES[: NAMES.index(stage)]:
        getattr(stages, name)()
    if circumstances == "no memory":
        stages.memory.unlink()
    if circumstances == "no index":
        stages.index.drop(AUTHOR)


def restore(before: Path, root: Path) -> None:
    """The state again, at the path where it was made; the index's files are linked, since it is by
    the number of a file that its version is known."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(before / "lake", root / "lake")
    shutil.copytree(before / "index", root / "index", copy_function=os.link)


def either(name: str, found: Any, before: Any, after: Any) -> bool:
    """Whether it is in one of the two states. Vectors are published as they come: of them, it is
    each document that is."""
    if found == before or found == after:
        return True
    if not name.startswith(CHUNK_EMBEDDINGS.name):
        return False
    now, old, new = ({one[0]: one for one in state or ()} for state in (found, before, after))
    return all(now.get(key) in (old.get(key), new.get(key)) for key in {**now, **old, **new})


@pytest.mark.parametrize("case", CASES)
def test_a_stage_that_is_killed_at_any_write_is_made_up_for(tmp_path: Path, case: str):
    """Killed at its first moment, at its second, … until it comes through: readers see the state
    before it or the one after it, and done again it gives what a run without the kill gives."""
    stage, circumstances, special = CASES[case]
    root, start = tmp_path / "state", tmp_path / "start"
    prepare(root, stage, circumstances)
    root.rename(start)
    restore(start, root)
    before = published(root, stage)
    getattr(Stages(root, EMBEDDER), stage)()
    after = published(root, stage)
    passed, seen, moment = [], set(), ""
    while moment is not None:
        restore(start, root)
        moment = killed_at(len(passed), root, crash_stage, root, stage)
        passed.append(moment or "done")
        found = published(root, stage)
        for name in {**found, **before, **after}:
            states = (state.get(name) for state in (found, before, after))
            assert either(name, *states), f"{name}, killed {moment}"
        seen.add((found == before, found == after))
        getattr(Stages(root, EMBEDDER), stage)()
        assert published(root, stage) == after, f"done again, killed {moment}"
    assert {(True, False), (False, True)} <= seen
    for kind in ("amid", "before fsync", "before replace", special):
        assert any(moment.startswith(kind) for moment in passed), f"never killed {kind}"
