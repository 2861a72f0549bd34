"""What every `ChunkIndex` does, on both backends."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.index.rows import (
    DAY,
    SPACE,
    everything,
    fill,
    ids,
    named,
    only,
    passage,
    table,
    vector_of,
)
from twin_core.errors import IndexMismatchError, LakeError, UnknownAuthorError
from twin_core.index.base import ChunkIndex, Contents, Filters, Query


def test_a_sync_makes_it_hold_exactly_the_rows(index: ChunkIndex):
    report = fill(index, "ines", named("d1.c0", "d1.c1", "d2.c0", "d2.c1"))
    assert (report.upserted, report.deleted, report.unchanged) == (4, 0, 0)
    report = fill(index, "ines", named("d1.c1", "d2.c0", "d2.c1", "d3.c0"))
    assert (report.upserted, report.deleted, report.unchanged) == (1, 1, 3)
    assert everything(index, "ines").keys() == {"d1.c1", "d2.c0", "d2.c1", "d3.c0"}
    contents = index.contents("ines")
    assert (contents.rows, contents.distinct, contents.space) == (4, 4, SPACE)


def test_a_sync_of_the_same_rows_writes_nothing(index: ChunkIndex):
    fill(index, "ines", named("d1.c0", "d1.c1"))
    before = index.contents("ines")
    report = fill(index, "ines", named("d1.c1", "d1.c0"))
    assert (report.upserted, report.deleted, report.unchanged) == (0, 0, 2)
    assert index.contents("ines") == before


def test_a_changed_text_replaces_the_old(index: ChunkIndex):
    fill(index, "ines", named("d1.c0", "d1.c1"))
    before = index.version("ines")
    report = fill(index, "ines", named("d1.c0", "d1.c1", text="other"))
    assert (report.upserted, report.deleted, report.unchanged) == (2, 0, 0)
    assert set(everything(index, "ines").values()) == {"other"}
    assert index.version("ines") != before


def test_a_sync_to_no_rows_leaves_nothing_to_find(index: ChunkIndex):
    fill(index, "ines", named("d1.c0", "d1.c1"))
    assert index.sync("ines", [], SPACE).deleted == 2
    assert index.contents("ines").rows == 0
    fill(index, "ines", named("d1.c0"))
    assert everything(index, "ines").keys() == {"d1.c0"}


def test_a_fault_of_the_rows_themselves_changes_nothing(index: ChunkIndex):
    fill(index, "ines", named("d1.c0", "d1.c1"))

    def broken():
        yield named("d2.c0", "d2.c1")
        raise ZeroDivisionError("while embedding")

    for space in (SPACE, "another"):
        with pytest.raises(ZeroDivisionError, match="while embedding"):
            index.sync("ines", broken(), space)
    assert everything(index, "ines").keys() == {"d1.c0", "d1.c1"}
    assert fill(index, "ines", named("d1.c0", "d1.c1")).unchanged == 2


def test_apply_changes_these_documents_alone(index: ChunkIndex):
    fill(index, "ines", named("d1.c0", "d1.c1", "d2.c0", "d3.c0"))
    rows = pl.concat([named("d1.c1", "d1.c2"), named("d4.c0")])
    report = index.apply("ines", ["d1", "d3", "d4", "d5"], rows, SPACE)
    assert (report.upserted, report.deleted, report.unchanged) == (2, 2, 1)
    assert everything(index, "ines").keys() == {"d1.c1", "d1.c2", "d2.c0", "d4.c0"}


def test_apply_of_what_is_there_writes_nothing(index: ChunkIndex):
    fill(index, "ines", named("d1.c0", "d2.c0"))
    before = index.contents("ines")
    for docs, rows in ((["d1"], named("d1.c0")), ([], named()), (["d9"], named())):
        report = index.apply("ines", docs, rows, SPACE)
        assert (report.upserted, report.deleted) == (0, 0)
    assert index.contents("ines") == before


def test_apply_needs_an_index_of_the_same_space(index: ChunkIndex):
    with pytest.raises(LakeError, match=r"no index of ines(?s:.*)twin run ines"):
        index.apply("ines", ["d1"], named("d1.c0"), SPACE)
    fill(index, "ines", named("d1.c0"))
    with pytest.raises(IndexMismatchError, match="another"):
        index.apply("ines", ["d1"], named("d1.c1"), "another")
    assert everything(index, "ines").keys() == {"d1.c0"}


def test_authors_never_see_one_another(index: ChunkIndex):
    fill(index, "ines", named("d1.c0"))
    fill(index, "tobias", named("d1.c1", "d1.c2"))
    index.apply("tobias", ["d2"], named("d2.c0"), SPACE)
    assert everything(index, "ines").keys() == {"d1.c0"}
    assert ids(index.search("ines", Query(text="words"), 9)) == ["d1.c0"]
    assert ids(index.siblings("ines", ["d1/p0"])) == ["d1.c0"]
    index.drop("ines")
    index.drop("ines")
    assert index.contents("ines") == Contents()
    assert everything(index, "tobias").keys() == {"d1.c1", "d1.c2", "d2.c0"}


def test_another_space_replaces_everything(index: ChunkIndex):
    fill(index, "ines", named("d1.c0", "d1.c1", "d1.c2"))
    fill(index, "tobias", named("d5.c0"))
    report = fill(index, "ines", named("d1.c0", "d1.c1", width=4), "made-up/4")
    assert (report.upserted, report.deleted, report.unchanged) == (2, 3, 0)
    assert index.contents("ines").space == "made-up/4"
    assert everything(index, "ines", 4).keys() == {"d1.c0", "d1.c1"}
    assert everything(index, "tobias").keys() == {"d5.c0"}
    assert fill(index, "ines", named("d1.c0", "d1.c1", width=4), "made-up/4").unchanged == 2


def test_the_nearest_come_first_with_their_cosine(index: ChunkIndex):
    near = [0.8, 0.6] + [0.0] * 6
    far = [-1.0] + [0.0] * 7
    query = [1.0] + [0.0] * 7
    rows = table(
        passage("d1.c0", vector=far), passage("d1.c1", vector=near), passage("d1.c2", vector=query)
    )
    fill(index, "ines", rows)
    hits = index.search("ines", Query(vector=[3.0] + [0.0] * 7), 3)
    assert ids(hits) == ["d1.c2", "d1.c1", "d1.c0"]
    assert [hit.score for hit in hits] == pytest.approx([1.0, 0.8, 0.0], abs=0.02)
    assert [hit.cosine for hit in hits] == pytest.approx([1.0, 0.8, -1.0], abs=0.02)
    assert ids(index.search("ines", Query(vector=query), 1)) == ["d1.c2"]


def test_a_hit_carries_what_a_citation_needs(index: ChunkIndex):
    row = passage("d1.c2", "“Ein Satz”, said Zoë: it’s 5 < 6 \\ 'so' \x1f 🌲")
    undated = passage("d2.c0", published_at=None, heading=None, parent_id=None)
    fill(index, "ines", table(row, undated))
    (hit,) = index.search("ines", Query(vector=row["vector"]), 1)
    for name in (
        "chunk_id doc_id parent_id url title heading start end text published_at source doc_version"
    ).split():
        assert getattr(hit, name) == row[name], name
    assert hit.published_at is not None and hit.published_at.utcoffset() == timedelta(0)
    (hit,) = index.search("ines", only(doc_ids=("d2",)), 1)
    assert (hit.published_at, hit.heading, hit.parent_id) == (None, "", "")


def test_words_find_passages(index: ChunkIndex):
    rows = table(
        passage("d1.c0", "The kiln was cold all winter."),
        passage("d1.c1", "Glaze and kiln, kiln and glaze: the kiln again."),
        passage("d2.c0", "Nothing of the sort."),
    )
    fill(index, "ines", rows)
    index.apply("ines", ["d3"], table(passage("d3.c0", "A porcupine by the kiln.")), SPACE)
    hits = index.search("ines", Query(text="kiln"), 10)
    assert set(ids(hits)) == {"d1.c0", "d1.c1", "d3.c0"}
    assert hits[0].chunk_id == "d1.c1"
    assert hits[0].score == 1.0 and all(0 < hit.score <= 1 for hit in hits)
    assert all(hit.cosine is None for hit in hits)
    assert ids(index.search("ines", Query(text="porcupine"), 10)) == ["d3.c0"]
    assert index.search("ines", Query(text="unheardof"), 10) == []
    for odd in ('"', "kiln AND (", "a:b*", "\\", "-", "'; DROP", "🌲"):
        index.search("ines", Query(text=odd), 3)
    for quoted in ('"porcupine"', '"A porcupine" or "a hedgehog"', "'porcupine'", '"porcupine'):
        assert ids(index.search("ines", Query(text=quoted), 10)) == ["d3.c0"], quoted


UNSPACED = {
    "d1.c0": "パンを焼くのは朝の仕事です。小麦粉と水と塩を量り、生地をこねて発酵させます。",
    "d2.c0": "列車は時刻表どおりに駅を出て、海のそばの町に着きます。",
    "d3.c0": "我们在北京大学图书馆学习机器学习和自然语言处理。",
    "d4.c0": "ผมชอบกินข้าวผัดและดื่มกาแฟตอนเช้า",
    "d5.c0": "The train leaves Kyoto (京都) at nine; the bakery's ovens are hot by 3.14.",
}
ASKED = {
    "d1.c0": ("パン", "小麦粉", "発酵", "朝の仕事", "パンの生地"),
    "d2.c0": ("列車", "時刻表", "ﾚｯｼｬ 列車", "駅"),
    "d3.c0": ("图书馆", "北京", "机器学习", "自然语言"),
    "d4.c0": ("กาแฟ", "ข้าวผัด"),
    "d5.c0": ("京都", "train", "Train", "ovens", "Kyoto 京都"),
}


def test_words_of_scripts_without_spaces_are_found(index: ChunkIndex):
    fill(index, "ines", table(*(passage(name, text) for name, text in UNSPACED.items())))
    for name, questions in ASKED.items():
        for question in questions:
            hits = index.search("ines", Query(text=question), 9)
            assert hits and hits[0].chunk_id == name, question
            assert hits[0].text == UNSPACED[name]
            both = index.search("ines", Query(vector_of(name), question), 9)
            assert both[0].chunk_id == name, question
    for absent in ("電話", "飛行機", "手机", "telephone"):
        assert index.search("ines", Query(text=absent), 9) == [], absent


def test_a_topic_finds_words_of_scripts_without_spaces(index: ChunkIndex):
    rows = table(
        passage("d1.c0", title="朝のパン屋", heading="小麦粉"),
        passage("d2.c0", title="列車とPythonの本"),
        passage("d3.c0", title="กาแฟตอนเช้า"),
    )
    fill(index, "ines", rows)

    def found(topic: str) -> set[str]:
        return {hit.doc_id for hit in index.search("ines", only(topic=topic), 9)}

    assert found("パン") == found("パン屋") == found("朝 小麦粉") == {"d1"}
    assert found("python") == found("列車 PYTHON") == found("本") == {"d2"}
    assert found("กาแฟ") == {"d3"}
    assert found("パン 列車") == found("屋パン") == set()


@pytest.mark.parametrize("character", ["ก", "京", "ー", "a", "က", " ", "🌲", "\u0301"])
def test_a_long_text_of_one_character_is_stored_and_found(index: ChunkIndex, character: str):
    fill(index, "ines", table(passage("d1.c0", character * 100_000 + " kiln")))
    assert ids(index.search("ines", Query(text="kiln"), 9)) == ["d1.c0"]
    index.search("ines", Query(text=character * 1000), 9)
    index.search("ines", only(topic=character * 100_000), 9)


@pytest.mark.parametrize("author", ["../evil", "", "a/b", "Ines", "ines\n", "a_b", "x" * 99])
def test_what_is_no_slug_is_refused(index: ChunkIndex, author: str, tmp_path: Path):
    for call in (
        lambda: index.sync(author, [named("d1.c0")], SPACE),
        lambda: index.apply(author, ["d1"], named("d1.c0"), SPACE),
        lambda: index.search(author, Query(text="words"), 3),
        lambda: index.siblings(author, ["d1/p0"]),
        lambda: index.contents(author),
        lambda: index.version(author),
        lambda: index.optimise(author),
        lambda: index.drop(author),
    ):
        with pytest.raises(UnknownAuthorError, match=r"cannot be an author's slug(?s:.*)Remedy"):
            call()
    assert not [*tmp_path.glob("index/*"), *tmp_path.glob("*evil*")]


@pytest.mark.parametrize("fusion", ["rrf", "relative"])
def test_both_together_prefer_what_both_find(index: ChunkIndex, fusion):
    query = [1.0] + [0.0] * 7
    rows = table(
        passage("d1.c0", "an entirely different thing", vector=[0.99, 0.14] + [0.0] * 6),
        passage("d1.c1", "the kiln and the glaze", vector=[0.9, 0.0, 0.43] + [0.0] * 5),
        passage("d1.c2", "kiln once, among many other words", vector=[0.0, 1.0] + [0.0] * 6),
        *(passage(f"d2.c{i}", vector=[0.0] * 7 + [1.0]) for i in range(4)),
    )
    fill(index, "ines", rows)
    hits = index.search("ines", Query(vector=query, text="kiln glaze", fusion=fusion), 3)
    assert hits[0].chunk_id == "d1.c1"
    assert 1 >= hits[0].score >= hits[1].score >= hits[2].score >= 0
    assert hits[0].cosine == pytest.approx(0.9, abs=0.02)
    by_words = Query(vector=query, text="kiln", alpha=0.0, fusion=fusion)
    assert set(ids(index.search("ines", by_words, 2))) == {"d1.c1", "d1.c2"}
    by_vector = Query(vector=query, text="kiln", alpha=1.0, fusion=fusion)
    assert ids(index.search("ines", by_vector, 2)) == ["d1.c0", "d1.c1"]
    filtered = Query(
        vector=query, text="kiln glaze", fusion=fusion, filters=Filters(doc_ids=("d2",))
    )
    assert {hit.doc_id for hit in index.search("ines", filtered, 9)} == {"d2"}


def test_filters_admit_what_they_say(index: ChunkIndex):
    rows = table(
        passage("d1.c0", title="On Kilns", heading="Glaze > Ash"),
        passage("d2.c0", title="Étude", source="medium"),
        passage("d3.c0", title="On Clay", heading="It's a \\ 'quoted' one", source="o'hara"),
        passage("d4.c0", title="Kilnsman", published_at=None, source='a"b\\c'),
    )
    fill(index, "ines", rows)

    def found(**values: object) -> set[str]:
        by_vector = only(**values)
        by_words = Query(text="words", filters=by_vector.filters)
        answer = {hit.doc_id for hit in index.search("ines", by_vector, 9)}
        assert {hit.doc_id for hit in index.search("ines", by_words, 9)} == answer
        return answer

    assert found() == {"d1", "d2", "d3", "d4"}
    assert found(since=DAY + timedelta(days=2)) == {"d2", "d3"}
    assert found(until=DAY + timedelta(days=2)) == {"d1"}
    assert found(since=datetime(2025, 1, 3), until=datetime(2025, 1, 4)) == {"d2"}
    assert found(since=datetime(2030, 1, 1, tzinfo=UTC)) == set()
    assert found(sources=("medium", "o'hara")) == {"d2", "d3"}
    assert found(sources=('a"b\\c',)) == {"d4"}
    assert found(doc_ids=("d1", "d4", "nobody")) == {"d1", "d4"}
    assert found(topic="kilns") == {"d1"}
    assert found(topic="ON ash") == {"d1"}
    assert found(topic="ÉTUDE") == {"d2"}
    assert found(topic="it's 'quoted'") == {"d3"}
    assert found(topic="on", sources=("example.org",)) == {"d1"}


def test_siblings_are_all_passages_of_the_parents_in_order(index: ChunkIndex):
    fill(index, "ines", named(*(f"d{d}.c{c}" for c in (5, 0, 3, 1, 4, 2) for d in (2, 1))))
    hits = index.siblings("ines", ["d2/p1", "d1/p0"])
    assert ids(hits) == ["d1.c0", "d1.c1", "d1.c2", "d2.c3", "d2.c4", "d2.c5"]
    assert {hit.score for hit in hits} == {0.0}
    assert index.siblings("ines", []) == []
    assert index.siblings("ines", ["o'brien"]) == []


def test_searching_what_was_never_indexed_says_what_to_do(index: ChunkIndex):
    fill(index, "ines", named("d1.c0"))
    for ask in (
        lambda: index.search("nobody", Query(vector=vector_of("x")), 3),
        lambda: index.search("nobody", Query(text="words"), 3),
        lambda: index.siblings("nobody", ["p"]),
    ):
        with pytest.raises(LakeError, match=r"no index of nobody(?s:.*)twin run nobody"):
            ask()
    assert index.contents("nobody") == Contents()


def test_vectors_of_another_width_are_refused(index: ChunkIndex):
    fill(index, "ines", named("d1.c0", "d1.c1"))
    with pytest.raises(IndexMismatchError, match=r"4 dimensions.*ines.*8"):
        index.search("ines", Query(vector=[1.0] * 4), 3)
    mixed = pl.concat([named("d2.c0"), named("d2.c1", width=4)])
    for write in (
        lambda: fill(index, "ines", pl.concat([named("d1.c0", "d1.c1", "d1.c2"), mixed])),
        lambda: fill(index, "ines", mixed, "another"),
        lambda: index.apply("ines", ["d2"], mixed, SPACE),
    ):
        with pytest.raises(IndexMismatchError, match="dimensions for the index of ines"):
            write()
    assert everything(index, "ines").keys() == {"d1.c0", "d1.c1"}
    assert fill(index, "ines", named("d1.c0", "d1.c1")).unchanged == 2


def test_a_vector_of_another_model_of_the_same_width_is_refused(
    opened: Callable[[], ChunkIndex],
):
    writer, reader = opened(), opened()
    fill(writer, "ines", named("d1.c0"))
    vector = [1.0] + [0.0] * 7
    assert len(reader.search("ines", Query(vector, space=SPACE), 3)) == 1
    copied = f"a-copy@of-the-model@{SPACE}"  # the same weights in another directory
    assert len(reader.search("ines", Query(vector, space=copied), 3)) == 1
    for text in ("", "words"):
        with pytest.raises(IndexMismatchError, match=f"of {SPACE}, the question's is of another"):
            reader.search("ines", Query(vector, text, space="another"), 3)
    assert len(reader.search("ines", Query(text="words", space="another"), 3)) == 1
    fill(writer, "ines", named("d1.c0"), "another")
    assert len(reader.search("ines", Query(vector, space="another"), 3)) == 1


def test_maintenance_changes_nothing_that_is_found(index: ChunkIndex):
    fill(index, "ines", named(*(f"d{i}.c0" for i in range(20))))
    for i in range(10):
        index.apply("ines", [f"d{i}"], named(f"d{i}.c1"), SPACE)
    before = everything(index, "ines")
    words = set(ids(index.search("ines", Query(text="words"), 99)))
    figures = index.optimise("ines")
    assert figures["rows"] == 20
    assert everything(index, "ines") == before
    assert set(ids(index.search("ines", Query(text="words"), 99))) == words == before.keys()
    assert fill(index, "ines", named("d99.c0")).deleted == 20
    index.optimise("nobody")


@pytest.mark.parametrize("space", [SPACE, "another"])
def test_a_query_during_a_sync_sees_old_or_new(opened: Callable[[], ChunkIndex], space: str):
    writer = opened()
    names = [f"d{i}.c0" for i in range(60)]
    old, new = named(*names, text="old words"), named(*names[20:], "d99.c0", text="new words")
    fill(writer, "ines", old)
    stop, seen, faults = threading.Event(), set(), []

    def ask(query: Query) -> None:
        reader = opened()
        while not stop.is_set():
            getattr(reader, "_homes", {}).clear()  # on Weaviate, as one that has just been opened
            try:
                hits = reader.search("ines", query, 200)
                seen.add((len(hits), frozenset(hit.text for hit in hits)))
            except Exception as error:
                faults.append(error)

    queries = [only(), Query(text="words"), only(topic="title")]
    threads = [threading.Thread(target=ask, args=(query,)) for query in queries]
    for thread in threads:
        thread.start()
    for _ in range(3):
        fill(writer, "ines", new, space)
        fill(writer, "ines", old)
        writer.apply("ines", [f"d{i}" for i in range(60)] + ["d99"], new, SPACE)
        writer.optimise("ines")
        fill(writer, "ines", old, space)
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults, faults[0]
    assert seen <= {(60, frozenset({"old words"})), (41, frozenset({"new words"}))}
    assert len(seen) == 2


def test_the_edges_of_a_query_are_the_same_everywhere(index: ChunkIndex):
    fill(index, "ines", named("d1.c0", "d1.c1"))
    vector = [1.0] + [0.0] * 7
    assert index.search("ines", Query(vector), 0) == index.search("ines", Query(vector), -1) == []
    assert index.search("ines", Query(), 5) == index.search("ines", Query(text="  "), 5) == []
    assert len(index.search("ines", Query(vector), 20_000)) == 2
    with pytest.raises(ValueError, match="alpha is 7"):
        Query(vector, alpha=7)
