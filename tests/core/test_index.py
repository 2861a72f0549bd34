"""What every `ChunkIndex` does; run on the real LanceDB."""

import threading
from pathlib import Path

import polars as pl
import pytest

from twin_core.errors import LakeError
from twin_core.index.lance import LanceIndex
from twin_core.records import DOC_CHUNKS


def rows(*names: str, width: int = 8, text: str = "words") -> pl.DataFrame:
    frame = DOC_CHUNKS.frame(
        [
            {
                "chunk_id": name,
                "doc_id": "d",
                "url": "https://example.org/",
                "title": "T",
                "heading": "",
                "start": 0,
                "end": 5,
                "text": f"{text} {name}",
                "chunk_hash": f"{text}{name}",
            }
            for name in names
        ]
    )
    vectors = [[float(i == sum(map(ord, name)) % width) for i in range(width)] for name in names]
    return frame.with_columns(pl.Series("vector", vectors, dtype=pl.List(pl.Float32)))


@pytest.fixture
def index(tmp_path: Path) -> LanceIndex:
    return LanceIndex(tmp_path / "index")


def test_a_sync_makes_it_hold_exactly_the_rows(index: LanceIndex):
    assert index.sync("ines", rows("a", "b", "c")).upserted == 3
    report = index.sync("ines", rows("b", "c", "d"))
    assert (report.upserted, report.deleted, report.unchanged) == (1, 1, 2)
    assert index.count("ines") == (3, 3)
    assert {hit.chunk_id for hit in index.search("ines", [1.0] * 8, 10)} == {"b", "c", "d"}


def test_a_sync_of_the_same_rows_writes_nothing(index: LanceIndex):
    index.sync("ines", rows("a", "b"))
    report = index.sync("ines", rows("a", "b"))
    assert (report.upserted, report.deleted, report.unchanged) == (0, 0, 2)


def test_a_changed_text_replaces_the_old(index: LanceIndex):
    index.sync("ines", rows("a", "b"))
    assert index.sync("ines", rows("a", "b", text="other")).upserted == 2
    assert all(hit.text.startswith("other") for hit in index.search("ines", [1.0] * 8, 5))


def test_the_nearest_comes_first_with_its_similarity(index: LanceIndex):
    index.sync("ines", rows("a", "b", "c"))
    best = index.search("ines", rows("b")["vector"][0].to_list(), 2)[0]
    assert best.chunk_id == "b"
    assert best.score == pytest.approx(1.0)


def test_authors_never_see_one_another(index: LanceIndex):
    index.sync("ines", rows("a"))
    index.sync("tobias", rows("b", "c"))
    assert [hit.chunk_id for hit in index.search("ines", [1.0] * 8, 10)] == ["a"]
    index.drop("ines")
    index.drop("ines")
    assert index.count("ines") == (0, 0)
    assert index.count("tobias") == (2, 2)


def test_another_embedder_replaces_the_whole_table(index: LanceIndex):
    index.sync("ines", rows("a", "b"))
    report = index.sync("ines", rows("a", "b", width=4))
    assert report.upserted == 2
    assert len(index.search("ines", [1.0] * 4, 5)) == 2


def test_searching_what_was_never_indexed_says_what_to_do(index: LanceIndex):
    with pytest.raises(LakeError, match=r"no index of nobody(?s:.*)twin run nobody"):
        index.search("nobody", [1.0] * 8, 3)


def test_concurrent_syncs_leave_no_duplicate(index: LanceIndex):
    index.sync("ines", rows("seed"))
    wanted = rows(*(f"c{i}" for i in range(200)))
    failures: list[BaseException] = []

    def work() -> None:
        try:
            LanceIndex(Path(index.location)).sync("ines", wanted)
        except RuntimeError as error:  # a commit conflict is an answer; a duplicate is not
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failures) < len(threads)
    assert index.count("ines") == (200, 200)


def test_a_damaged_index_is_named_with_its_remedy(index: LanceIndex):
    index.sync("ines", rows("a", "b"))
    for path in Path(index.location).rglob("*.lance"):
        if path.is_file():
            path.write_bytes(b"not a table")
    for call in (
        lambda: index.search("ines", [1.0] * 8, 1),
        lambda: index.sync("ines", rows("a", "c")),
    ):
        with pytest.raises(LakeError, match=r"index of ines(?s:.*)Remedy: remove .*chunks__ines"):
            call()
