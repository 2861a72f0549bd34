"""From articles to index: incremental ≡ full, and whatever dies in between is made up for."""

import random
import shutil
import time
from pathlib import Path

import pytest

from tests.core.stages import AUTHOR, FOOTER, Counting, Stages, article, crash_stage, edited
from tests.killing import killed_after, start
from twin_core.records import CHUNK_EMBEDDINGS, CLEANED_DOCS, DOC_CHUNKS
from twin_core.segments import SegmentedTable

NAMES = ("clean", "chunk", "embed", "follow")


def some(seed: int, count: int = 10) -> dict[str, dict]:
    chooser = random.Random(seed)
    return {f"d{n}": article(f"d{n}", chooser) for n in range(count)}


@pytest.mark.parametrize("seed", range(12))
def test_incremental_equals_full_for_any_sequence_of_edits(tmp_path: Path, seed: int):
    chooser = random.Random(seed)
    grown, articles = Stages(tmp_path / "grown"), some(seed, chooser.randrange(0, 9))
    for step in range(6):
        grown.run(articles)
        fresh = Stages(tmp_path / str(step))
        fresh.run(articles)
        assert grown.held() == fresh.held(), step
        contents = grown.index.contents(AUTHOR)
        assert contents.rows == contents.distinct == grown.table(DOC_CHUNKS).rows
        articles = edited(articles, chooser)


def test_word_scores_drift_little_and_not_beyond_the_upkeep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("twin_core.index.lance_write.FEW", 0)
    monkeypatch.setattr("twin_core.index.lance_write.DRIFT", 0.5)
    grown, fresh, articles = Stages(tmp_path / "grown"), Stages(tmp_path / "fresh"), some(3, 12)
    grown.run(articles)
    articles["d5"] = article("d5", random.Random(99))
    grown.run(articles)
    fresh.run(articles)
    assert grown.held()["words"] != fresh.held()["words"]  # the index was not built anew
    grown.index.optimise(AUTHOR)
    assert grown.held() == fresh.held()


def test_one_edit_computes_one_document_and_its_new_passages(tmp_path: Path):
    stages, articles = Stages(tmp_path), some(3, 12)
    stages.run(articles)
    name = "d5"
    body = articles[name]["body"] + "\n\nOne paragraph more, about the oven and the night."
    articles[name] = {**articles[name], "body": body, "content_hash": body}
    stages.collect(articles)
    before = set(stages.table(DOC_CHUNKS).read()["chunk_hash"])
    stages.embedder.read.clear()
    assert stages.clean().recomputed == 1
    assert stages.chunk().recomputed == 1
    done, new = stages.embed(), set(stages.table(DOC_CHUNKS).read()["chunk_hash"]) - before
    assert done.documents.recomputed == 1 and done.texts == len(new) > 0
    assert len(stages.embedder.read) == len(new)
    report, passages = stages.follow(), stages.table(DOC_CHUNKS).read([name]).height
    assert report.upserted == passages
    assert report.unchanged == stages.table(DOC_CHUNKS).rows - passages


def test_a_run_over_the_same_articles_does_nothing(tmp_path: Path):
    stages = Stages(tmp_path)
    stages.run(some(4))
    files = {f: f.stat().st_mtime_ns for f in stages.lake.root.rglob("*.parquet")}
    stages.embedder.read.clear()
    stages.run(some(4))
    assert stages.clean().recomputed == stages.chunk().recomputed == 0
    assert stages.embedder.read == []
    report = stages.follow()
    assert (report.upserted, report.deleted) == (0, 0)
    assert {f: f.stat().st_mtime_ns for f in stages.lake.root.rglob("*.parquet")} == files


def test_an_equal_passage_of_two_documents_is_embedded_once(tmp_path: Path):
    articles = some(5, 6)
    shared = articles["d0"]["body"].replace(FOOTER, "")
    for name in ("d2", "d4"):  # own text around it, so that none is a copy of another
        own = "\n\n".join(article(name, random.Random(name))["body"] for _ in range(1))
        body = f"{own}\n\n## Shared\n\nThe same sentence stands in two articles of hers.\n"
        title = "The same title"
        articles[name] = {**articles[name], "body": body, "title": title, "content_hash": body}
    stages = Stages(tmp_path)
    stages.run(articles)
    assert shared and len(stages.embedder.read) == len(set(stages.embedder.read))
    rows = stages.table(CHUNK_EMBEDDINGS).read()
    assert rows["chunk_hash"].n_unique() == len(stages.embedder.read) < rows.height
    added = {**articles, "d9": {**articles["d2"], **{k: v for k, v in articles["d2"].items()}}}
    text = "Something new about the train. " * 9 + "\n\n## Shared\n\n"
    text += "The same sentence stands in two articles of hers.\n"
    added["d9"] |= {"doc_id": "d9", "url": "https://example.org/d9/", "body": text}
    stages.embedder.read.clear()
    stages.run({**added, "d9": {**added["d9"], "content_hash": text}})
    assert not any("The same sentence" in read for read in stages.embedder.read)
    assert stages.embedder.read


def test_a_taken_down_article_leaves_every_table_and_the_index(tmp_path: Path):
    stages, articles = Stages(tmp_path), some(6)
    stages.run(articles)
    stages.run({**articles, "d3": {**articles["d3"], "status": "gone"}})
    for table in (CLEANED_DOCS, DOC_CHUNKS, CHUNK_EMBEDDINGS):
        assert "d3" not in set(stages.table(table).read()["doc_id"])
    assert not any("doc_id='d3'" in hit for hit in stages.held()["index"])  # type: ignore[union-attr]
    stages.run({name: {**row, "status": "gone"} for name, row in articles.items()})
    assert stages.index.contents(AUTHOR).rows == 0


def test_another_model_embeds_everything_once_and_says_so(tmp_path: Path):
    stages = Stages(tmp_path)
    stages.run(some(7))
    other = Stages(tmp_path, Counting("another/8"))
    done = other.embed()
    assert done.replaced_space == "digests/8"
    assert done.texts == other.table(DOC_CHUNKS).read()["chunk_hash"].n_unique()
    other.follow()
    assert other.index.contents(AUTHOR).space == "another/8"
    again = other.embed()
    assert again.texts == 0 and again.replaced_space is None


def test_coming_back_to_a_model_embeds_only_what_is_new(tmp_path: Path):
    articles = some(7)
    Stages(tmp_path).run(articles)
    other = Stages(tmp_path, Counting("another/8"))
    other.run(articles)
    articles["d20"] = article("d20", random.Random(20))
    del articles["d1"]
    back = Stages(tmp_path)
    back.run(articles)
    fresh = Stages(tmp_path / "fresh")
    fresh.run(articles)
    assert back.held() == fresh.held()
    added = set(fresh.table(DOC_CHUNKS).read(["d20"])["chunk_hash"])
    assert 0 < len(back.embedder.read) <= len(added)
    kept = list(tmp_path.rglob(".ines.spaces/*/manifest.parquet"))
    assert len(kept) == 2
    for path in kept:
        held = SegmentedTable(path.parent, CHUNK_EMBEDDINGS).read(columns=["doc_id"])["doc_id"]
        assert "d1" not in set(held) and len(held)


class Dying(Counting):
    """Fails at its third batch, as a machine that is switched off would."""

    def __init__(self, space: str = "digests/8") -> None:
        super().__init__(space)
        self.batches = 0

    def embed(self, texts, done=None):
        self.batches += 1
        if self.batches > 2:
            raise OSError("switched off")
        return super().embed(texts, done)


@pytest.mark.parametrize("space", ["digests/8", "another/8"])
def test_vectors_survive_a_run_that_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, space: str
):
    monkeypatch.setattr("twin_core.segments.BATCH", 2)
    monkeypatch.setattr("twin_core.delta.BATCH", 2)
    monkeypatch.setattr("twin_core.segments.SegmentedTable.batches.__defaults__", (None, None, 2))
    stages = Stages(tmp_path)
    stages.collect(some(10))
    for stage in (stages.clean, stages.chunk):
        stage()
    if space != "digests/8":
        stages.embed()
    dying = Stages(tmp_path, Dying(space))
    with pytest.raises(OSError, match="switched off"):
        dying.embed()
    again = Stages(tmp_path, Counting(space))
    done = again.embed()
    assert dying.embedder.read and not set(dying.embedder.read) & set(again.embedder.read)
    rows = again.table(CHUNK_EMBEDDINGS).read()
    assert rows["model"].unique().to_list() == [space]
    assert done.texts + len(dying.embedder.read) == rows["chunk_hash"].n_unique()
    fresh = Stages(tmp_path / "fresh", Counting(space))
    fresh.run(some(10))
    again.follow()
    assert again.held() == fresh.held()


def test_an_index_that_someone_else_wrote_is_compared_as_a_whole(tmp_path: Path):
    stages, articles = Stages(tmp_path), some(8)
    stages.run(articles)
    wanted = stages.held()["index"]
    stages.index.apply(AUTHOR, ["d1", "d2"], stages.table(DOC_CHUNKS).read([]), "digests/8")
    assert stages.held()["index"] != wanted
    stages.follow()
    assert stages.held()["index"] == wanted
    stages.index.drop(AUTHOR)
    stages.follow()
    assert stages.held()["index"] == wanted
    stages.memory.write_text("not JSON")
    stages.follow()
    assert stages.held()["index"] == wanted


def written(root: Path) -> dict[Path, int]:
    """When each file was last written, locks left out."""
    found = (path for path in root.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {path: path.stat().st_mtime_ns for path in found}


@pytest.mark.parametrize("stage", NAMES)
def test_kill_9_at_50_moments_of_a_stage_is_made_up_for(tmp_path: Path, stage: str):
    """Each time the articles changed; the stage is killed within the time that it takes, and done
    again; what all tables and the index then hold is what a run without the kill gives."""
    root, chooser = tmp_path / "killed", random.Random(stage)
    stages, articles = Stages(root), some(9)
    stages.run(articles)
    cut = tried = amid = 0
    taken: list[float] = []  # seconds of runs that were not cut, on this machine as busy as it is
    while cut < 50:
        tried += 1
        assert tried < 400, f"{stage} is too fast to be cut"
        articles = edited(articles, chooser)
        stages.collect(articles)
        for name in NAMES[: NAMES.index(stage)]:
            getattr(stages, name)()
        before = written(root)
        if tried % 10 == 1:
            process, said = start(crash_stage, root, stage)
            began = time.monotonic()
            assert said.recv() == "done"
            taken.append(time.monotonic() - began)
            process.join()
            killed = False
        else:
            killed = killed_after(chooser.random() * taken[-1], crash_stage, root, stage)
        cut += killed
        amid += killed and written(root) != before
        for name in NAMES[NAMES.index(stage) :]:
            getattr(stages, name)()
        if killed:
            clean = tmp_path / "clean"
            shutil.rmtree(clean, ignore_errors=True)
            fresh = Stages(clean)
            fresh.run(articles)
            assert stages.held() == fresh.held(), tried
    assert amid >= 3, f"{amid} of {cut} kills came after the first write"
