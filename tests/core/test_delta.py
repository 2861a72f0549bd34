"""Incremental ≡ full, for any sequence of edits; only what changed is computed."""

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin_core import segments
from twin_core.delta import DeltaReport, delta, patched, replaced, store
from twin_core.fingerprint import text_hash
from twin_core.records import Column, Table
from twin_core.segments import SegmentedTable

PARTS = Table(
    "parts",
    {
        "doc_id": Column(pl.String, "article"),
        "fingerprint": Column(pl.String, "inputs", versioned=False),
        "part": Column(pl.String, "one word of the text"),
        "place": Column(pl.Int64, "its place"),
    },
    key="doc_id",
)

Texts = dict[str, str]


def words(rows: pl.DataFrame) -> pl.DataFrame:
    return PARTS.frame(
        [
            {"doc_id": row["doc_id"], "part": word, "place": place}
            for row in rows.iter_rows(named=True)
            for place, word in enumerate(row["text"].split())
        ]
    )


class Stage:
    """The stage `words` over texts, with what it computed and stored."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.seen: list[str] = []

    @property
    def table(self) -> SegmentedTable:
        return SegmentedTable(self.directory, PARTS)

    def run(self, texts: Texts, version: str = "1", batch: int = 2) -> DeltaReport:
        marks = pl.DataFrame(
            {"key": list(texts), "mark": [text_hash(t) for t in texts.values()]},
            schema={"key": pl.String, "mark": pl.String},
        )
        self.seen = []

        def load(keys: list[str]):
            for at in range(0, len(keys), batch):
                part = keys[at : at + batch]
                self.seen += part
                yield pl.DataFrame({"doc_id": part, "text": [texts[key] for key in part]})

        draft, report = delta(self.table, marks, load, words, version)
        draft.publish()
        return report


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "parts")


corpora = st.dictionaries(st.sampled_from("abcdefgh"), st.text("xy ", max_size=4), max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(corpora, min_size=1, max_size=6), st.randoms(), st.booleans())
def test_incremental_equals_full_for_any_sequence_of_edits(steps, random, compacting):
    before = segments.MAX_SMALL
    segments.MAX_SMALL = 1 if compacting else before
    try:
        with tempfile.TemporaryDirectory() as folder:
            grown = Stage(Path(folder) / "grown")
            for place, texts in enumerate(steps):
                keys = list(texts)
                random.shuffle(keys)
                shuffled = {key: texts[key] for key in keys}
                report = grown.run(shuffled)
                fresh = Stage(Path(folder) / str(place))
                fresh.run(shuffled)
                assert grown.table.read().equals(fresh.table.read())
                assert grown.table.data_version == fresh.table.data_version
                assert grown.table.marks.equals(fresh.table.marks)
                assert report.recomputed + report.reused == len(texts)
                assert report.rows == grown.table.rows == grown.table.read().height
    finally:
        segments.MAX_SMALL = before


def test_only_the_edited_document_is_computed(stage: Stage):
    stage.run({"a": "one two", "b": "three", "c": "four"})
    report = stage.run({"b": "new", "a": "one two"})
    assert stage.seen == ["b"]
    assert report == DeltaReport(rows=3, recomputed=1, reused=1, removed=1)
    assert stage.table.read()["part"].to_list() == ["new", "one", "two"]


def test_nothing_is_computed_or_written_when_nothing_changed(stage: Stage):
    stage.run({"a": "one", "b": "two"})
    files = {path: path.stat().st_mtime_ns for path in stage.directory.iterdir()}
    report = stage.run({"a": "one", "b": "two"})
    assert (report.recomputed, report.reused, report.removed) == (0, 2, 0)
    assert {path: path.stat().st_mtime_ns for path in stage.directory.iterdir()} == files


def test_a_document_without_rows_is_not_computed_again(stage: Stage):
    stage.run({"a": "", "b": "two"})
    assert stage.run({"a": "", "b": "two"}).recomputed == 0
    assert stage.run({"a": "one", "b": "two"}).recomputed == 1


def test_a_new_stage_version_computes_everything_once(stage: Stage):
    stage.run({"a": "one", "b": "two"})
    mark = stage.table.marks
    assert stage.run({"a": "one", "b": "two"}, version="2").recomputed == 2
    assert stage.run({"a": "one", "b": "two"}, version="2").recomputed == 0
    assert stage.table.marks.equals(mark), "the same rows are no change for the stages downstream"


def test_an_empty_upstream_leaves_nothing(stage: Stage):
    stage.run({"a": "one"})
    assert stage.run({}).removed == 1
    assert stage.table.read().is_empty()


def test_what_a_row_was_computed_from_is_in_its_fingerprint(stage: Stage, tmp_path: Path):
    stage.run({"a": "one", "b": "one"})
    prints = dict(stage.table.read(columns=["doc_id", "fingerprint"]).iter_rows())
    assert prints["a"] == prints["b"] != ""
    stage.run({"a": "one", "b": "two"})
    after = dict(stage.table.read(columns=["doc_id", "fingerprint"]).iter_rows())
    assert after["a"] == prints["a"] and after["b"] != prints["b"]


def frame(**texts: str) -> pl.DataFrame:
    rows = [{"doc_id": key, "text": text} for key, text in texts.items()]
    return words(pl.DataFrame(rows, schema={"doc_id": pl.String, "text": pl.String}))


def test_replacing_a_table_writes_what_differs(tmp_path: Path):
    table = replaced(SegmentedTable(tmp_path, PARTS), frame(a="one two", b="three")).publish()
    held = dict(table.manifest.select("key", "segment").iter_rows())
    table = replaced(table, frame(b="three", a="other")).publish()
    assert table.read()["part"].to_list() == ["three", "other"]
    after = dict(table.manifest.select("key", "segment").iter_rows())
    assert after["b"] == held["b"] and after["a"] != held["a"]
    assert replaced(table, frame()).publish().read().is_empty()


def test_patching_a_table_keeps_the_rest(tmp_path: Path):
    table = replaced(SegmentedTable(tmp_path, PARTS), frame(a="one", b="two", c="three")).publish()
    written = store(table, frame(b="other", d="four"))
    table = patched(table, ["d", "c", "b"], written).publish()
    assert table.read()["part"].to_list() == ["four", "three", "other"]
