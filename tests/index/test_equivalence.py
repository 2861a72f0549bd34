"""Whatever the order of writes, the index holds what a fresh build of the same rows would."""

import json
import random
import string
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.stages import AUTHOR, Stages, article
from tests.index.rows import SPACE, everything, fill, ids, passage, table
from twin_core.index.base import ChunkIndex, Filters, Query
from twin_core.index.filters import mask
from twin_core.index.fuse import fuse
from twin_core.index.lance import LanceIndex
from twin_core.index.neighbours import Signs, best, by_signs, signs_of
from twin_core.index.rows import stored

Corpus = dict[str, dict[str, str]]  # document → passage → text


def rows_of(corpus: Corpus, docs: list[str] | None = None) -> pl.DataFrame:
    return table(
        *(
            passage(name, text)
            for doc in (sorted(corpus) if docs is None else docs)
            for name, text in sorted(corpus.get(doc, {}).items())
        )
    )


def edited(corpus: Corpus, chooser: random.Random) -> tuple[Corpus, list[str]]:
    """The corpus after some documents were added, edited or removed, and which they were."""
    after = {doc: dict(passages) for doc, passages in corpus.items()}
    changed = chooser.sample([f"d{i}" for i in range(6)], chooser.randrange(1, 4))
    for doc in changed:
        if chooser.random() < 0.25:
            after.pop(doc, None)
            continue
        count = chooser.randrange(0, 5)
        after[doc] = {
            f"{doc}.c{place}": f"words {chooser.randrange(3)}"
            for place in chooser.sample(range(6), count)
        }
    return after, changed


@pytest.mark.parametrize("seed", range(6))
def test_apply_leaves_what_a_sync_would(opened: Callable[[], ChunkIndex], seed: int):
    chooser = random.Random(seed)
    index = opened()
    corpus: Corpus = {"d0": {"d0.c0": "words"}}
    fill(index, "ines", rows_of(corpus))
    for _ in range(12 if index.backend == "lancedb" else 5):
        corpus, changed = edited(corpus, chooser)
        wanted = {name: text for passages in corpus.values() for name, text in passages.items()}
        match chooser.randrange(6):
            case 0:
                fill(index, "ines", rows_of(corpus))
            case 1:
                fill(index, "ines", rows_of(corpus), "another")
                fill(index, "ines", rows_of(corpus))
            case _:
                if index.contents("ines").space is None:
                    fill(index, "ines", rows_of(corpus))
                index_is_there = index.contents("ines").space is not None
                if index_is_there:
                    index.apply("ines", changed, rows_of(corpus, changed), SPACE)
        if chooser.random() < 0.2:
            index.optimise("ines")
        assert everything(index, "ines") == wanted
        contents = index.contents("ines")
        assert contents.rows == contents.distinct == len(wanted)
        if contents.space is not None:
            found = index.search("ines", Query(text="words"), 99)
            assert set(ids(found)) == wanted.keys()
            assert fill(index, "ines", rows_of(corpus)).unchanged == len(wanted)


@pytest.mark.parametrize("said", ["null", "{}", "3", "[]", "[1, 2]", '["a", "b", 3]', '"abc"', ""])
def test_a_memory_that_is_none_of_ours_is_as_if_there_were_none(tmp_path: Path, said: str):
    stages = Stages(tmp_path)
    stages.run({name: article(name, random.Random(name)) for name in ("d1", "d2")})
    held = stages.held()
    memory = stages.lake.path("chunk_index_held", AUTHOR, ".json")
    good = memory.read_bytes()
    memory.write_text(said)
    report = stages.follow()
    assert (report.upserted, report.deleted) == (0, 0)
    assert stages.held() == held
    assert memory.read_bytes() == good


def test_a_memory_of_the_right_version_without_documents_is_none(tmp_path: Path):
    stages = Stages(tmp_path)
    stages.run({"d1": article("d1", random.Random(1))})
    memory = stages.lake.path("chunk_index_held", AUTHOR, ".json")
    memory.write_text(json.dumps([*json.loads(memory.read_bytes())[:2], None]))
    assert stages.follow().upserted == 0


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
awkward = st.one_of(
    texts, st.sampled_from(["'", "''", '"', "\\", "\\'", "%", "_", "a'b\\", "é", "🌲"])
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources=st.lists(awkward, min_size=1, max_size=5), topic=awkward, chosen=st.data())
def test_the_same_rows_are_admitted_in_memory_and_in_sql(
    tmp_path_factory: pytest.TempPathFactory, sources: list[str], topic: str, chosen
):
    frame = table(
        *(
            passage(f"d{i}.c0", source=source, title=f"{topic} {i}" if i % 2 else "plain")
            for i, source in enumerate(sources)
        )
    )
    wanted = Filters(
        sources=(chosen.draw(st.sampled_from(sources)), chosen.draw(awkward)),
        topic=topic if chosen.draw(st.booleans()) else "",
    )
    index = LanceIndex(tmp_path_factory.mktemp("index"))
    fill(index, "ines", frame)
    by_vector = ids(index.search("ines", Query([1.0] + [0.0] * 7, filters=wanted), 9))
    by_words = ids(index.search("ines", Query(text="words", filters=wanted), 9))
    expected = mask(wanted)
    assert expected is not None
    assert set(by_vector) == set(by_words)
    rows = stored(frame, 8, "ines").filter(expected)["chunk_id"].to_list()
    assert set(by_vector) == set(rows)
    assert all(sources[int(name[1])] in wanted.sources for name in by_vector)


scored = st.lists(
    st.tuples(st.sampled_from(string.ascii_lowercase), st.floats(0, 1)),
    max_size=12,
    unique_by=lambda pair: pair[0],
).map(lambda pairs: sorted(pairs, key=lambda pair: -pair[1]))


@given(scored, scored, st.floats(0, 1), st.sampled_from(["rrf", "relative"]))
def test_fusion_keeps_all_in_order_and_within_bounds(near, matched, alpha, fusion):
    fused = fuse(near, matched, alpha, fusion)
    weighed = {k for k, _ in near if alpha} | {k for k, _ in matched if alpha < 1}
    assert {key for key, _ in fused} == weighed
    scores = [score for _, score in fused]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 + 1e-9 for score in scores)


def test_first_in_both_rankings_scores_one():
    for fusion in ("rrf", "relative"):
        fused = fuse([("a", 0.9), ("b", 0.1)], [("a", 7.0), ("c", 3.0)], 0.6, fusion)
        assert fused[0] == ("a", pytest.approx(1.0))


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


ROWS = 8000


def recall(signs: Signs, matrix: np.ndarray, queries: np.ndarray, k: int) -> float:
    """Share of the k nearest that are found; of equally near ones, whichever are is right."""
    if not signs.serve(k):
        return 1.0  # all are scanned
    found = 0
    for query in queries:
        scores = matrix @ query
        least = scores[best(scores, k)[-1]] - 1e-6
        found += int((by_signs(signs, matrix, query, k)[1] >= least).sum())
    return found / (k * len(queries))


def spectrum(width: int) -> np.ndarray:
    return np.arange(1, width + 1) ** -0.4


def made(rows: int, width: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """(rows around centres, the centres), which vary in some directions more than in others, as
    embeddings do."""
    chooser, much = np.random.default_rng(3), spectrum(width)
    centres = chooser.standard_normal((rows // 20, width)) * much
    around = 0.7 * chooser.standard_normal((rows, width)) * much
    return unit(centres[chooser.integers(0, len(centres), rows)] + around), unit(centres)


@pytest.mark.parametrize("width", [64, 384, 1000])
def test_the_nearest_are_on_the_list_of_queries_that_are_no_passages(width: int):
    matrix, centres = made(ROWS, width)
    signs = signs_of(matrix)
    chooser = np.random.default_rng(5)
    for distance in (0.05, 0.7, 1.5):
        away = chooser.standard_normal((100, width)) * spectrum(width)
        away *= distance * np.sqrt(2) / np.linalg.norm(spectrum(width))
        queries = unit(centres[chooser.integers(0, len(centres), 100)] + away)
        assert recall(signs, matrix, queries, 10) >= 0.98
        assert recall(signs, matrix, queries, 50) >= 0.98
    assert signs.serve(10)


def test_rows_that_share_a_direction_are_told_apart():
    """Embeddings of one author do: seen from the origin, all their signs would be alike."""
    matrix, centres = made(ROWS)
    shared = np.full(64, 1.0)
    matrix, queries = unit(matrix + shared), unit(centres[:100] + shared)
    assert recall(signs_of(matrix), matrix, queries, 10) >= 0.98


@pytest.mark.parametrize("shared", [1.5, 3.0])
def test_the_list_is_long_enough_for_rows_that_lie_close_together(shared: float):
    """As far from their mean as they share little: what a question is far from is in proportion."""
    chooser = np.random.default_rng(7)
    axes = np.linalg.qr(chooser.standard_normal((64, 64)))[0]
    matrix = unit(shared * axes[:1] + chooser.standard_normal((ROWS, 64)) / 8)
    queries = unit(0.6 * matrix[:60] + 0.4 * matrix[60:120])
    signs = signs_of(matrix)
    assert recall(signs, matrix, queries, 10) >= 0.97


@pytest.mark.parametrize("copies", [5, 20])
def test_passages_that_are_nearly_copies_of_others_leave_room_on_the_list(copies: int):
    chooser = np.random.default_rng(6)
    few, _ = made(ROWS // copies, 384)
    copied = np.repeat(few, copies, axis=0)
    matrix = unit(copied + 0.002 * chooser.standard_normal(copied.shape))
    queries = unit(few[:100] + 1.5 * chooser.standard_normal((100, 384)) / np.sqrt(384))
    assert recall(signs_of(matrix), matrix, queries, 10) >= 0.98


def test_the_list_gives_as_many_as_are_asked_for_nearest_first():
    matrix, _ = made(4000)
    signs = signs_of(matrix)
    assert signs.length(500) == 10 * signs.length(50) > 0
    rows, cosines = by_signs(signs_of(matrix), matrix, matrix[7], 500)
    assert len(rows) == len(set(rows.tolist())) == 500 and rows[0] == 7
    assert np.allclose(cosines, matrix[rows] @ matrix[7], atol=1e-6)
    assert cosines.tolist() == sorted(cosines.tolist(), reverse=True)


def test_of_many_equal_rows_as_many_as_are_asked_for_are_found():
    matrix, _ = made(4000)
    matrix[::10] = matrix[7]
    rows, cosines = by_signs(signs_of(matrix), matrix, matrix[7], 5)
    assert len(set(rows.tolist())) == 5 and np.allclose(cosines, 1)


def test_a_large_index_is_searched_by_signs_from_the_second_question_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    count = 2000
    monkeypatch.setattr("twin_core.index.snapshot.WORTH_SIGNS", count)
    numbers = pl.int_range(count, eager=True).cast(pl.String)
    matrix, centres = made(count)
    frame = pl.concat([table(passage("d.c"))] * count).with_columns(
        chunk_id=numbers, fingerprint=numbers, vector=pl.Series(matrix.tolist())
    )
    index = LanceIndex(tmp_path)
    fill(index, "ines", frame.cast({"vector": pl.List(pl.Float32)}))
    taken = []
    for centre in centres[:20]:
        exact = best(matrix @ centre, 5)
        found = index.search("ines", Query(centre.tolist()), 5)
        assert [int(hit.chunk_id) for hit in found] == exact.tolist()
        taken.append(index._passages("ines")[0]._signs is not None)
    assert taken == [False] + [True] * 19


def test_threads_that_ask_at_once_take_the_signs_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    taken: list[int] = []

    def counted(matrix: np.ndarray) -> Signs:
        taken.append(len(matrix))
        return signs_of(matrix)

    monkeypatch.setattr("twin_core.index.snapshot.WORTH_SIGNS", 600)
    monkeypatch.setattr("twin_core.index.snapshot.signs_of", counted)
    matrix, _ = made(600)
    rows = pl.concat([table(passage("d.c"))] * 600).with_columns(vector=pl.Series(matrix.tolist()))
    numbers = pl.int_range(600, eager=True).cast(pl.String)
    index = LanceIndex(tmp_path)
    rows = rows.with_columns(chunk_id=numbers, fingerprint=numbers)
    fill(index, "ines", rows.cast({"vector": pl.List(pl.Float32)}))
    index.search("ines", Query(matrix[0].tolist()), 1)
    with ThreadPoolExecutor(8) as pool:
        found = [*pool.map(lambda row: index.search("ines", Query(row.tolist()), 1), matrix[:64])]
    assert [int(hits[0].chunk_id) for hits in found] == list(range(64)) and taken == [600]
