"""Writers that are killed, and writers that meet: the index is always that of one of them."""

import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.index.rows import SPACE, everything, ids, passage, table
from tests.index.server import Server
from tests.index.writer import Where, Write, killed_after, run, together
from twin_core.errors import LakeError
from twin_core.index.base import ChunkIndex, Query
from twin_core.index.lance import LanceIndex
from twin_core.index.weaviate import WeaviateIndex

SPACES = (SPACE, "another")


def rows_of(seed: int, docs: int) -> pl.DataFrame:
    """Rows of d0…, some of which another seed shares."""
    chooser = random.Random(seed)
    return table(
        *(
            passage(f"d{d}.c{c}", f"words {chooser.randrange(3)}")
            for d in range(docs)
            for c in range(8)
            if chooser.random() < 0.8
        )
    )


def texts(rows: pl.DataFrame) -> dict[str, str]:
    return dict(zip(rows["chunk_id"], rows["text"], strict=True))


def next_write(
    seed: int, held: pl.DataFrame | None, space: str, docs: int
) -> tuple[Write, pl.DataFrame]:
    """A write of a kind that the seed chooses, and all rows after it."""
    chooser = random.Random(seed)
    fresh = rows_of(seed, docs)
    kind = chooser.choice(["sync", "sync", "apply", "apply", "space", "optimise"])
    if held is None or kind == "sync":
        return Write("ines", fresh, space), fresh
    if kind == "space":
        return Write("ines", fresh, SPACES[SPACES[0] == space]), fresh
    if kind == "optimise":
        return Write("ines", held.clear(), space, optimise=True), held
    some = tuple(f"d{d}" for d in chooser.sample(range(docs), docs // 3))
    theirs = pl.col("doc_id").is_in(some)
    part = fresh.filter(theirs)
    return Write("ines", part, space, docs=some), pl.concat([held.filter(~theirs), part])


def endure(where: Where, kills: int, docs: int, longest: float) -> None:
    """Cut off so many writers at seeded moments, within about the time that a write takes; each
    time the rows are the old or the new ones, and the same write done again leaves the new ones."""
    held: pl.DataFrame | None = None
    space, cut, seed = SPACE, 0, 0
    while cut < kills:
        write, wanted = next_write(seed, held, space, docs)
        cut += killed_after(where, write, random.Random(seed).random() * longest)
        index = where.open()
        found = everything(index, "ines")
        assert found in (texts(wanted), {} if held is None else texts(held)), (seed, write.docs)
        write.run(index)
        assert everything(index, "ines") == texts(wanted), seed
        assert index.contents("ines").distinct == index.contents("ines").rows == wanted.height
        assert set(ids(index.search("ines", Query(text="words"), 999))) == set(texts(wanted))
        held, space, seed = wanted, write.space, seed + 1
        if isinstance(index, WeaviateIndex):
            index.close()


def test_kill_9_at_50_moments_leaves_lancedb_whole(tmp_path: Path):
    endure(Where(tmp_path / "index"), 50, docs=20, longest=0.1)


def test_kill_9_at_50_moments_leaves_weaviate_whole(weaviate_server: Server):
    try:
        endure(weaviate_server.where(lease=0.3), 50, docs=6, longest=0.15)
    finally:
        weaviate_server.clear()


def test_concurrent_syncs_of_processes_leave_one_of_them(
    opened: Callable[[], ChunkIndex], where: Where
):
    first, second = rows_of(1, 20), rows_of(2, 20)
    for base, space in ((None, SPACE), (rows_of(3, 20), SPACE), (rows_of(3, 20), "another")):
        if base is not None:
            opened().sync("ines", [base], SPACE)
        writes = [Write("ines", rows, space) for rows in (first, second)]
        assert together(where, writes) == ["done", "done"]
        contents = opened().contents("ines")
        assert contents.distinct == contents.rows
        assert everything(opened(), "ines") in (texts(first), texts(second))


def test_concurrent_applies_of_processes_both_count(opened: Callable[[], ChunkIndex], where: Where):
    opened().sync("ines", [rows_of(1, 20)], SPACE)
    after = rows_of(2, 20)
    halves = [tuple(f"d{d}" for d in range(start, 20, 2)) for start in (0, 1)]
    writes = [
        Write("ines", after.filter(pl.col("doc_id").is_in(docs)), SPACE, docs=docs)
        for docs in halves
    ]
    assert together(where, writes) == ["done", "done"]
    assert everything(opened(), "ines") == texts(after)


def test_a_damaged_table_is_named_with_its_remedy(lance: LanceIndex):
    lance.sync("ines", [rows_of(1, 3)], SPACE)
    for path in Path(lance.location).rglob("*.lance"):
        if path.is_file():
            path.write_bytes(b"not a table")
    for call in (
        lambda: lance.search("ines", Query([1.0] * 8), 1),
        lambda: lance.sync("ines", [rows_of(2, 3)], SPACE),
    ):
        with pytest.raises(LakeError, match=r"index of ines(?s:.*)Remedy: .*remove .*chunks__ines"):
            call()
    lance.drop("ines")
    lance.sync("ines", [rows_of(2, 3)], SPACE)
    assert everything(lance, "ines") == texts(rows_of(2, 3))
    assert run(Where(Path(lance.location)), Write("ines", rows_of(2, 3), SPACE)) == "done"
