"""Authors whose passages are too many for memory: Lance's own index of their vectors."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.index.rows import DAY, SPACE, fill, ids, passage, table
from twin_core.index.base import Filters, Query
from twin_core.index.lance import LanceIndex
from twin_core.index.lance_table import LanceTable
from twin_core.index.lance_write import TRAINING
from twin_core.index.neighbours import unit

ROWS, WIDTH = 4000, 64


def made(count: int, width: int = WIDTH, first: int = 0) -> pl.DataFrame:
    """Passages in clusters; the text of each tenth has a word that the others have not."""
    chooser = np.random.default_rng(first + 1)
    centres = np.random.default_rng(9).standard_normal((40, width))
    matrix = unit(centres[chooser.integers(0, 40, count)] + chooser.standard_normal((count, width)))
    numbers = pl.int_range(first, first + count, eager=True)
    names = numbers.cast(pl.String)
    return pl.concat([table(passage("d.c"))] * count).with_columns(
        chunk_id=names,
        fingerprint=names,
        doc_id=(numbers // 20).cast(pl.String),
        parent_id=(numbers // 4).cast(pl.String),
        start=numbers.cast(pl.Int64),
        text=pl.when(numbers % 10 == 0).then(pl.lit("a kiln")).otherwise(pl.lit("bread")) + names,
        published_at=pl.lit(DAY) + pl.duration(days=numbers % 100),
        vector=pl.Series(matrix.astype(np.float32).tolist(), dtype=pl.List(pl.Float32)),
    )


def matrix_of(rows: pl.DataFrame) -> np.ndarray:
    return np.asarray(rows["vector"].to_list(), dtype=np.float32)


def indexed(index: LanceIndex) -> dict[str, int]:
    """Which columns have an index, and how many rows it does not know yet."""
    found, _ = LanceTable(index.location, "ines").require()
    return {one.columns[0]: one.num_unindexed_rows for one in found.list_indices()}


def recall(index: LanceIndex, rows: pl.DataFrame, queries: np.ndarray, **filters) -> float:
    matrix, names = matrix_of(rows), rows["chunk_id"].to_numpy()
    found = 0
    for query in queries:
        exact = {*names[np.argsort(-(matrix @ query))[:10]]}
        asked = Query(query.tolist(), filters=Filters(**filters))
        found += len(exact & {*ids(index.search("ines", asked, 10))})
    return found / (10 * len(queries))


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return made(ROWS)


@pytest.fixture(scope="module")
def queries(rows: pl.DataFrame) -> np.ndarray:
    matrix = matrix_of(rows)
    return unit(0.6 * matrix[100:140] + 0.4 * matrix[900:940])


@pytest.fixture(scope="module")
def large(rows: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> LanceIndex:
    index = LanceIndex(tmp_path_factory.mktemp("large"), memory=0)
    fill(index, "ines", rows)
    return index


def test_the_nearest_are_found_by_the_index(large: LanceIndex, rows, queries):
    assert indexed(large) == {"doc_id": 0, "text": 0, "vector": 0}
    assert recall(large, rows, queries) >= 0.98


def test_filters_leave_what_they_admit(large: LanceIndex, rows: pl.DataFrame, queries):
    for until in (DAY + timedelta(days=50), DAY + timedelta(days=2)):
        admitted = rows.filter(pl.col("published_at") < until)
        assert recall(large, admitted, queries, until=until) >= 0.98
    few = rows.filter(pl.col("doc_id").is_in(["7", "100"]))
    assert recall(large, few, queries, doc_ids=("7", "100")) == 1


@pytest.mark.parametrize(
    "filters", [Filters(), Filters(doc_ids=("3", "4")), Filters(since=DAY + timedelta(days=90))]
)
@pytest.mark.parametrize("text", ["", "kiln", "kiln bread120"])
def test_what_is_found_is_what_memory_gives(large: LanceIndex, queries, text: str, filters):
    memory = LanceIndex(Path(large.location))
    for vector in (None, queries[0].tolist(), queries[1].tolist()):
        query = Query(vector, text, filters)
        found, wanted = large.search("ines", query, 8), memory.search("ines", query, 8)
        assert ids(found) == ids(wanted)
        for one, other in zip(found, wanted, strict=True):
            assert one.score == pytest.approx(other.score, abs=1e-5)
            assert one.cosine == (other.cosine and pytest.approx(other.cosine, abs=1e-5))
            assert (one.url, one.text, one.published_at) == (
                other.url,
                other.text,
                other.published_at,
            )
    assert large.siblings("ines", ["3", "900", "no"]) == memory.siblings("ines", ["3", "900", "no"])
    assert large.siblings("ines", []) == []


def test_an_author_who_fits_memory_has_no_index_of_vectors(tmp_path: Path, rows, queries):
    index = LanceIndex(tmp_path)
    fill(index, "ines", rows)
    assert indexed(index) == {"doc_id": 0, "text": 0}
    grown = LanceIndex(tmp_path, memory=1 << 20)
    assert recall(grown, rows, queries[:5]) == 1  # scanned
    grown.optimise("ines")
    assert indexed(grown) == {"doc_id": 0, "text": 0, "vector": 0}
    assert recall(LanceIndex(tmp_path, memory=1 << 20), rows, queries) >= 0.98


def test_a_sync_by_which_an_author_outgrows_memory_makes_the_index(tmp_path: Path, rows):
    room = 4 << 20  # of 1,200 rows, not of 4,000
    index = LanceIndex(tmp_path, memory=room)
    fill(index, "ines", rows[:1200])
    assert "vector" not in indexed(index)
    fill(index, "ines", rows)
    assert indexed(index)["vector"] == 0


def test_what_is_written_later_is_found_at_once_and_what_goes_is_not(tmp_path: Path, rows):
    index = LanceIndex(tmp_path, memory=0)
    fill(index, "ines", rows)
    later = made(40, first=ROWS)
    gone = rows.filter(pl.col("doc_id") == "3")
    index.apply("ines", ["3", "200", "201"], later, SPACE)
    assert indexed(index)["vector"] == 40
    left = pl.concat([rows.filter(pl.col("doc_id") != "3"), later])
    asked = np.concatenate([matrix_of(later)[:20], matrix_of(gone)])
    assert recall(index, left, asked) >= 0.98
    index.optimise("ines")
    assert indexed(index)["vector"] == 0
    assert recall(index, left, asked) >= 0.98


def test_a_reader_whose_version_was_removed_reads_the_next(
    tmp_path: Path, rows, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("twin_core.index.lance.KEPT", timedelta(milliseconds=1))
    reader, writer = (LanceIndex(tmp_path, memory=0) for _ in range(2))
    fill(writer, "ines", rows)
    vector = matrix_of(rows)[81].tolist()
    assert ids(reader.search("ines", Query(vector), 1)) == ["81"]
    moved = rows.filter(pl.col("doc_id") == "4").with_columns(
        chunk_id="new" + pl.col("chunk_id"), fingerprint="new" + pl.col("fingerprint")
    )
    for doc in ("0", "1", "2"):
        writer.apply("ines", [doc], rows.clear(), SPACE)
    writer.apply("ines", ["4"], moved, SPACE)
    writer.optimise("ines")
    assert ids(reader.search("ines", Query(vector), 1)) == ["new81"]
    assert ids(reader.siblings("ines", ["20"]))[1:2] == ["new81"]


@pytest.mark.parametrize("width", [12, 2])
def test_vectors_of_an_odd_width_have_an_index_too(tmp_path: Path, width: int):
    rows = made(TRAINING, width)
    index = LanceIndex(tmp_path, memory=0)
    fill(index, "ines", rows)
    assert indexed(index)["vector"] == 0
    assert recall(index, rows, matrix_of(rows)[:20]) >= 0.98
