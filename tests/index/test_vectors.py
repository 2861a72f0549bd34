"""The index follows the vectors too, and an embedder's faults do not reach it."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.core.stages import AUTHOR, Counting, Stages, article
from tests.index.rows import SPACE, fill, named, only, passage, table, vector_of
from twin_core.errors import DataError
from twin_core.features import embed
from twin_core.index.base import ChunkIndex, Query
from twin_core.records import CHUNK_EMBEDDINGS

ARTICLES = {f"d{n}": article(f"d{n}", random.Random(n)) for n in range(6)}


class Faulty(Counting):
    """What `change` makes of the right vectors, in the same space."""

    def __init__(self, change: Callable[[np.ndarray], np.ndarray]) -> None:
        super().__init__()
        self._change = change

    def embed(self, texts, done=None):
        return self._change(super().embed(texts, done))


def shifted(vectors: np.ndarray) -> np.ndarray:
    return np.roll(vectors, 1, axis=1)


def fresh(root: Path) -> dict[str, object]:
    stages = Stages(root)
    stages.run(ARTICLES)
    return stages.held()


def test_vectors_that_were_embedded_anew_reach_the_index(tmp_path: Path):
    Stages(tmp_path, Faulty(shifted)).run(ARTICLES)
    stages = Stages(tmp_path)
    shutil.rmtree(stages.table(CHUNK_EMBEDDINGS).directory)
    stages.embed()
    assert stages.follow().upserted == stages.index.contents(AUTHOR).rows
    wanted = fresh(tmp_path / "fresh")
    assert stages.held() == wanted


def test_another_version_of_the_stage_embeds_anew_and_reaches_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    Stages(tmp_path, Faulty(shifted)).run(ARTICLES)
    monkeypatch.setattr(embed, "VERSION", "embed-of-this-test")
    stages = Stages(tmp_path)
    stages.run(ARTICLES)
    assert stages.embedder.read
    wanted = fresh(tmp_path / "fresh")
    assert stages.held() == wanted
    assert stages.embed().texts == stages.follow().upserted == 0


def test_vectors_of_another_space_are_not_indexed(tmp_path: Path):
    before = Stages(tmp_path)
    before.run(ARTICLES)
    wanted = before.held()
    for articles in (ARTICLES, {**ARTICLES, "d9": article("d9", random.Random(9))}):
        other = Stages(tmp_path, Counting("others/8"))
        other.collect(articles)
        other.clean()
        other.chunk()
        with pytest.raises(DataError, match=r"of digests/8.*gives others/8(?s:.*)chunk_embeddings"):
            other.follow()
        held = Stages(tmp_path).held()
        assert all(held[name] == wanted[name] for name in ("index", "words", "hybrid"))
    other.embed()
    assert other.follow().upserted and other.index.contents(AUTHOR).space == "others/8"


@pytest.mark.parametrize("whole", [True, False], ids=["sync", "apply"])
def test_a_passage_with_another_vector_is_another_row(index: ChunkIndex, whole: bool):
    fill(index, "ines", named("d1.c0", "d2.c0"))
    rows = table(passage("d1.c0", vector=vector_of("other")), passage("d2.c0"))
    if whole:
        report = fill(index, "ines", rows)
    else:
        report = index.apply("ines", ["d1", "d2"], rows, SPACE)
    assert (report.upserted, report.deleted, report.unchanged) == (1, 0, 1)
    best, _ = index.search("ines", Query(vector_of("other")), 2)
    assert best.chunk_id == "d1.c0" and best.cosine == pytest.approx(1, abs=1e-5)
    assert fill(index, "ines", rows).unchanged == 2


def test_more_hits_than_32_bits_count_may_be_asked_for(index: ChunkIndex):
    fill(index, "ines", named("d1.c0", "d2.c0"))
    vector = only().vector
    for query in (Query(vector, "words"), Query(text="words"), Query(vector)):
        assert len(index.search("ines", query, 1 << 40)) == 2


def spoilt(vectors: np.ndarray) -> np.ndarray:
    vectors[-1] = np.nan
    return vectors


@pytest.mark.parametrize("change", [spoilt, lambda v: v * np.inf], ids=["nan", "inf"])
def test_vectors_that_are_not_finite_are_not_stored(tmp_path: Path, change):
    stages = Stages(tmp_path, Faulty(change))
    with pytest.raises(DataError, match=r"passage \w+ of d\d by digests/8 is not finite"):
        stages.run(ARTICLES)
    assert stages.table(CHUNK_EMBEDDINGS).rows == 0
    stages = Stages(tmp_path)
    stages.run(ARTICLES)
    wanted = fresh(tmp_path / "fresh")
    assert stages.held() == wanted


def test_vectors_of_another_width_are_not_stored(tmp_path: Path):
    first = {name: ARTICLES[name] for name in ("d0", "d1")}
    wide = Stages(tmp_path, Faulty(lambda vectors: np.tile(vectors, 2)))
    wide.collect(first)
    for stage in (wide.clean, wide.chunk, wide.embed):
        stage()
    stages = Stages(tmp_path)
    with pytest.raises(DataError, match="8 dimensions, others have 16") as caught:
        stages.run(ARTICLES)
    assert stages.table(CHUNK_EMBEDDINGS).manifest["key"].to_list() == ["d0", "d1"]
    directory = stages.table(CHUNK_EMBEDDINGS).directory
    assert f"move {directory} and " in caught.value.remedy
    shutil.rmtree(directory)
    stages = Stages(tmp_path)
    stages.run(ARTICLES)
    wanted = fresh(tmp_path / "fresh")
    assert stages.held() == wanted


@pytest.mark.parametrize("damage", ["stray", "manifest", "segment", "lost"])
@pytest.mark.parametrize("space", ["digests/8", "another/8"])
def test_what_is_only_a_cache_stops_no_run(tmp_path: Path, damage: str, space: str):
    """digests/8 comes back to the damaged vectors; another/8 stays beside them."""
    for name in ("digests/8", "another/8"):
        Stages(tmp_path, Counting(name)).run(ARTICLES)
    (home,) = tmp_path.rglob(".ines.spaces")
    (kept,) = home.iterdir()
    if damage == "stray":
        (home / ".DS_Store").write_text("x")
    for path in kept.glob("*.parquet"):
        if damage == "lost" and path.stem != "manifest":
            path.unlink()
        elif damage == ("manifest" if path.stem == "manifest" else "segment"):
            content = b"x" * path.stat().st_size  # a new file: segments are linked
            path.unlink()
            path.write_bytes(content)
    articles = {name: row for name, row in ARTICLES.items() if name != "d5"}
    Stages(tmp_path, Counting(space)).run(articles)
    again = Stages(tmp_path, Counting(space))
    again.run(articles)
    clean = Stages(tmp_path / "fresh", Counting(space))
    clean.run(articles)
    assert again.embedder.read == [] and again.held() == clean.held()
