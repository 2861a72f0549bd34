"""Passes of the index that overlap: whichever comes last, the next pass leaves the passages alone.

Each case is put at the place where it hurts: between what a pass reads and its turn to write, while
another writes, and between what it wrote and what it notes.
"""

import random
import shutil
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests import killing
from tests.core.stages import AUTHOR, Stages, article, edited
from tests.index.rows import SPACE, everything, fill, named
from tests.index.writer import Where
from twin_core.errors import TwinError
from twin_core.index.base import ChunkIndex, IndexMovedError, Query, SyncReport
from twin_core.index.follow import follow
from twin_core.records import CHUNK_EMBEDDINGS, DOC_CHUNKS

Open = Callable[[], ChunkIndex]


class Halting:
    """The index itself; what another does right before and right after a write of ours is given."""

    def __init__(
        self, index: ChunkIndex, before: Callable[[], object], after: Callable[[], object]
    ):
        self._index, self._before, self._after = index, before, after
        self.backend, self.location = index.backend, index.location

    def __getattr__(self, name: str):
        return getattr(self._index, name)

    def apply(self, *given, **named) -> SyncReport:
        return self._between(self._index.apply, *given, **named)

    def sync(self, author: str, batches: Iterable[pl.DataFrame], space: str) -> SyncReport:
        return self._between(self._index.sync, author, batches, space)

    def _between(self, write: Callable[..., SyncReport], *given, **named) -> SyncReport:
        before, self._before = self._before, lambda: None
        before()
        try:
            return write(*given, **named)
        finally:
            after, self._after = self._after, lambda: None
            after()


def some(seed: int, count: int = 8) -> dict[str, dict]:
    chooser = random.Random(seed)
    return {f"d{n}": article(f"d{n}", chooser) for n in range(count)}


def with_new(articles: dict[str, dict], name: str, seed: int) -> dict[str, dict]:
    return {**articles, name: article(name, random.Random(seed))}


def prepared(stages: Stages, articles: dict[str, dict]) -> None:
    """All stages but the last."""
    stages.collect(articles)
    for stage in (stages.clean, stages.chunk, stages.embed):
        stage()


def differing(stages: Stages) -> set[tuple[str, str]]:
    """Passages of which the index and `doc_chunks` do not hold the same."""
    rows = stages.table(DOC_CHUNKS).read()
    wanted = set(rows.select("chunk_id", "text").iter_rows())
    return wanted ^ set(everything(stages.index, AUTHOR).items())


class Two:
    """Two views of one lake, the second older or newer, over one index and one memory."""

    def __init__(self, tmp_path: Path, opened: Open) -> None:
        self._opened, self._root = opened, tmp_path
        self.held = some(1)
        self.one = self._stages("one")
        self.one.run(self.held)
        self.memory = self.one.lake.path("chunk_index_held", AUTHOR, ".json")
        shutil.copytree(tmp_path / "one" / "lake", tmp_path / "two" / "lake")
        self.two = self._stages("two")

    def _stages(self, name: str) -> Stages:
        stages = Stages(self._root / name)
        stages.index = self._opened()  # type: ignore[assignment]
        return stages

    def follow(self, stages: Stages, index: ChunkIndex | None = None) -> SyncReport:
        tables = stages.table(DOC_CHUNKS), stages.table(CHUNK_EMBEDDINGS)
        space = stages.embedder.space
        return follow(index or stages.index, AUTHOR, *tables, space, self.memory)


@pytest.mark.parametrize("forgetful", [False, True], ids=["apply", "sync"])
@pytest.mark.parametrize("place", ["before", "after"])
def test_a_whole_pass_of_another_at_the_worst_place(
    tmp_path: Path, opened: Open, place: str, forgetful: bool
):
    """One edits d6; the other, whose lake has an edit of d3, passes right before one's turn to
    write, or right before one notes what it wrote. Then the edit of d3 is taken back."""
    both = Two(tmp_path, opened)
    prepared(both.two, with_new(both.held, "d3", 33))
    mine = with_new(both.held, "d6", 66)
    prepared(both.one, mine)
    if forgetful:
        both.memory.unlink()
    moments: dict[str, Callable[[], Any]] = {"before": lambda: None, "after": lambda: None}
    moments[place] = lambda: both.follow(both.two)
    both.follow(both.one, Halting(both.one.index, **moments))  # type: ignore[arg-type]
    both.follow(both.one)
    assert not differing(both.one)
    both.follow(both.two)
    assert not differing(both.two)


def test_a_pass_that_waits_for_its_turn_compares_with_what_it_then_finds(
    tmp_path: Path, opened: Open
):
    """The other reads the version while one is inside its write, and waits for its turn."""
    both = Two(tmp_path, opened)
    prepared(both.two, with_new(both.held, "d3", 33))
    prepared(both.one, with_new(both.held, "d6", 66))
    read, said = threading.Event(), []
    two = Halting(both.two.index, read.set, lambda: None)
    other = threading.Thread(target=lambda: said.append(both.follow(both.two, two)))  # type: ignore[arg-type]

    def during() -> Iterable[pl.DataFrame]:
        other.start()  # it will have read the version of before this write
        assert read.wait(60)
        chunks, vectors = both.one.table(DOC_CHUNKS), both.one.table(CHUNK_EMBEDDINGS)
        rows = chunks.read().join(
            vectors.read(columns=["doc_id", "chunk_hash", "vector"]), on=["doc_id", "chunk_hash"]
        )
        yield rows

    both.one.index.sync(AUTHOR, during(), both.one.embedder.space)
    other.join()
    assert said
    assert not differing(both.two)
    both.follow(both.one)
    assert not differing(both.one)


def test_a_write_that_expects_another_version_writes_nothing(opened: Open):
    index, other = opened(), opened()
    report = fill(index, "ines", named("d1.c0", "d2.c0"))
    assert report.version == index.version("ines")
    seen = report.version
    theirs = other.apply("ines", ["d1"], named("d1.c1"), SPACE, expected=seen)
    assert theirs.version == index.version("ines") != seen
    for docs, rows in ((["d2"], named("d2.c1")), (["d2"], named("d2.c0")), ([], named())):
        with pytest.raises(IndexMovedError, match="ines"):
            index.apply("ines", docs, rows, SPACE, expected=seen)
    assert everything(index, "ines").keys() == {"d1.c1", "d2.c0"}
    same = index.apply("ines", ["d2"], named("d2.c0"), SPACE, expected=theirs.version)
    assert (same.upserted, same.version) == (0, theirs.version)
    other.drop("ines")
    with pytest.raises(IndexMovedError, match="ines"):
        index.apply("ines", ["d2"], named("d2.c1"), SPACE, expected=theirs.version)
    assert index.sync("ines", [], SPACE).version is index.version("ines") is None


@pytest.mark.parametrize("kind", ["sync", "apply", "build"])
def test_writers_that_meet_report_versions_of_their_own(opened: Open, kind: str):
    """Only the last writer's version is the index's; two never claim the same."""
    fill(opened(), "ines", named("d0.c0"))
    start, reports = threading.Barrier(4), []

    def write(number: int) -> None:
        index = opened()
        rows = named(f"d{number}.c0", text=f"of {number}")
        start.wait()
        if kind == "apply":
            reports.append(index.apply("ines", [f"d{number}"], rows, SPACE))
        else:
            reports.append(fill(index, "ines", rows, SPACE if kind == "sync" else f"of {number}"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    versions = [report.version for report in reports]
    assert len(set(versions)) == 4
    assert opened().version("ines") in versions


def passes(root: Path, where: Where, seed: int, count: int) -> None:
    """A process that passes over the lake that another passes over too. The tables are not made for
    two writers: a pass may find a segment gone, and leaves off there."""
    chooser, finished = random.Random(seed), 0
    stages, articles = Stages(root), some(7, 14)
    stages.index = where.open()  # type: ignore[assignment]
    for _ in range(count):
        articles = edited(articles, chooser)
        with suppress(TwinError, OSError):
            stages.run(articles)
            finished += 1
    assert finished


@pytest.mark.parametrize("seed", range(2))
def test_one_pass_repairs_what_two_processes_left(
    tmp_path: Path, opened: Open, where: Where, seed: int
):
    stages = Stages(tmp_path / "lake")
    stages.index = opened()  # type: ignore[assignment]
    articles = some(7, 14)
    stages.run(articles)
    for round_ in range(3):
        seeds = [1000 * seed + 10 * round_ + process for process in (1, 2)]
        said = killing.together(*((passes, tmp_path / "lake", where, s, 6) for s in seeds))
        assert said == ["done", "done"]
        stages = Stages(tmp_path / "lake")
        stages.index = opened()  # type: ignore[assignment]
        stages.run(articles)
        assert not differing(stages)
        contents = stages.index.contents(AUTHOR)
        assert contents.rows == contents.distinct == stages.table(DOC_CHUNKS).rows
        found = stages.index.search(AUTHOR, Query(text="oven night queue"), 999)
        assert len({hit.chunk_id for hit in found}) == len(found) > 0
