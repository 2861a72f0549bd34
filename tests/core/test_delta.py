"""Incremental ≡ full, for any sequence of edits; only what changed is computed."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from twin_core.delta import DeltaReport, delta
from twin_core.records import Column, Table

PARTS = Table(
    "parts",
    {
        "doc_id": Column(pl.String, "article"),
        "fingerprint": Column(pl.String, "inputs"),
        "part": Column(pl.String, "one word of the text"),
        "place": Column(pl.Int64, "its place"),
    },
)
EMPTY = pl.DataFrame(schema={"doc_id": pl.String, "text": pl.String})


def upstream(texts: dict[str, str]) -> pl.DataFrame:
    rows = [{"doc_id": key, "text": text} for key, text in texts.items()]
    return pl.DataFrame(rows, schema=EMPTY.schema)


def words(rows: pl.DataFrame) -> pl.DataFrame:
    return PARTS.frame(
        [
            {"doc_id": row["doc_id"], "part": word, "place": place}
            for row in rows.iter_rows(named=True)
            for place, word in enumerate(row["text"].split())
        ]
    )


def run(
    texts: dict[str, str], previous: pl.DataFrame | None, version: str = "1"
) -> tuple[pl.DataFrame, DeltaReport]:
    return delta(
        PARTS, upstream(texts), previous, words, key="doc_id", inputs=["text"], version=version
    )


corpora = st.dictionaries(
    st.sampled_from("abcdefgh"), st.text("xy ", min_size=1).map(lambda t: f"w {t}"), max_size=8
)


@settings(max_examples=150, deadline=None)
@given(st.lists(corpora, min_size=1, max_size=6), st.randoms())
def test_incremental_equals_full_for_any_sequence_of_edits(steps, random):
    previous = None
    for texts in steps:
        keys = list(texts)
        random.shuffle(keys)
        shuffled = {key: texts[key] for key in keys}
        previous, report = run(shuffled, previous)
        full, _ = run(shuffled, None)
        assert previous.equals(full)
        assert report.recomputed + report.reused == len(texts)


def test_only_the_edited_row_is_computed():
    seen: list[str] = []

    def watched(rows: pl.DataFrame) -> pl.DataFrame:
        seen.extend(rows["doc_id"])
        return words(rows)

    first, _ = run({"a": "one two", "b": "three", "c": "four"}, None)
    arguments = {"key": "doc_id", "inputs": ["text"], "version": "1"}
    after, report = delta(
        PARTS, upstream({"b": "new", "a": "one two"}), first, watched, **arguments
    )
    assert seen == ["b"]
    assert report == DeltaReport(rows=3, recomputed=1, reused=1, removed=1)
    assert after["part"].to_list() == ["new", "one", "two"]


def test_nothing_is_computed_when_nothing_changed():
    first, _ = run({"a": "one", "b": "two"}, None)
    again, report = run({"a": "one", "b": "two"}, first)
    assert (report.recomputed, report.reused, report.removed) == (0, 2, 0)
    assert again.equals(first)


def test_a_new_stage_version_computes_everything_once():
    first, _ = run({"a": "one", "b": "two"}, None)
    _, report = run({"a": "one", "b": "two"}, first, version="2")
    assert report.recomputed == 2


def test_an_empty_upstream_leaves_nothing():
    first, _ = run({"a": "one"}, None)
    after, report = run({}, first)
    assert after.height == 0
    assert report.removed == 1
