"""Articles in, a served twin out; then nothing is computed twice, and one edit costs one
document."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.assets.test_definitions import LINEAGE
from tests.lineage.conftest import ARTICLES, AUTHOR, Lineage
from twin_core import records
from twin_core.lake import read_manifest
from twin_core.records import Checkpoint, EvalReport, InferenceReport, Release, ServedTwin
from twin_core.segments import MANIFEST

ASSETS = set().union(*LINEAGE.values())


def test_every_asset_was_materialised(lineage: Lineage):
    assert lineage.first.failures == {}
    assert lineage.first.success
    assert {step.asset for step in lineage.first.steps} == ASSETS


def test_what_people_see(lineage: Lineage):
    seen = lineage.metadata(lineage.first)
    assert seen["raw_articles"]["fetched"] == ARTICLES
    assert "/ines-okafor/feed.xml" in seen["raw_articles"]["sources"]
    assert seen["cleaned_docs"]["dagster/partition_row_count"] == ARTICLES
    assert seen["doc_chunks"]["preview"].startswith("| title | heading |")
    assert "data:image/png;base64," in seen["sft_checkpoint"]["loss"]
    assert seen["sft_checkpoint"]["tokens"] > 1000
    assert "| gptq |" in seen["eval_report"]["variants"]
    assert seen["inference_report"]["tokens_per_s_speculative"] > 0


def test_the_checkpoints_are_whole_and_hold_no_pickle(lineage: Lineage):
    for asset in ("base_model", "sft_checkpoint", "dpo_checkpoint", "gptq_weights"):
        key = None if asset == "base_model" else AUTHOR
        checkpoint = lineage.lake.read_record(asset, key, Checkpoint)
        manifest = read_manifest(Path(checkpoint.directory), digests=True)
        suffixes = {Path(name).suffix for name in manifest.files}
        assert ".safetensors" in suffixes
        assert not suffixes & {".bin", ".pt", ".pkl", ".pickle"}


def test_quantised_weights_tell_nothing_of_the_calibration(lineage: Lineage):
    checkpoint = lineage.lake.read_record("gptq_weights", AUTHOR, Checkpoint)
    for path in Path(checkpoint.directory).rglob("*.json"):
        text = path.read_text()
        assert "Ines Okafor" not in text
        assert str(lineage.settings.home) not in text
        assert "/tmp" not in text
    config = json.loads((Path(checkpoint.directory) / "config.json").read_text())
    quantisation = config["quantization_config"]
    assert (quantisation["bits"], quantisation["sym"], quantisation["desc_act"]) == (4, True, False)


def test_training_learnt_and_the_report_has_every_variant(lineage: Lineage):
    report = lineage.lake.read_record("eval_report", AUTHOR, EvalReport)
    assert list(report.variants) == ["base", "sft", "dpo", "gptq"]
    assert report.variants["sft"].perplexity < report.variants["base"].perplexity
    assert 0 <= report.recall_at_k <= 1


def test_the_twin_is_promoted_served_and_timed(lineage: Lineage):
    release = lineage.lake.read_record("promoted_twin", AUTHOR, Release)
    served = lineage.lake.read_record("served_twin", AUTHOR, ServedTwin)
    timed = lineage.lake.read_record("inference_report", AUTHOR, InferenceReport)
    assert served.release_id == release.release_id
    assert served.answer
    assert set(timed.variants) == {"full", "gptq", "speculative"}
    assert timed.variants["gptq"].weights_mb < timed.variants["full"].weights_mb


def test_every_answer_trained_on_is_the_authors(lineage: Lineage):
    pairs = lineage.lake.read_frame(records.INSTRUCT_DATASET, AUTHOR)
    docs = lineage.lake.read_frame(records.CLEANED_DOCS, AUTHOR)
    preferences = lineage.lake.read_frame(records.PREFERENCE_DATASET, AUTHOR)
    texts = dict(docs.select("doc_id", "text").iter_rows())
    assert all(r["answer"] in texts[r["doc_id"]] for r in pairs.iter_rows(named=True))
    assert all(r["chosen"] in texts[r["doc_id"]] for r in preferences.iter_rows(named=True))


def test_a_second_run_computes_nothing(lineage: Lineage):
    before = snapshot(lineage)
    outcome, progress = lineage.run()
    assert outcome.success
    seen = lineage.metadata(outcome)
    for asset in ("cleaned_docs", "doc_chunks", "chunk_embeddings"):
        assert seen[asset]["recomputed"] == 0, asset
    assert (seen["raw_articles"]["fetched"], seen["raw_articles"]["bytes"]) == (0, 0)
    assert seen["chunk_index"]["upserted"] == seen["preference_dataset"]["generated"] == 0
    assert seen["promoted_twin"]["moved"] is False
    worked = ("steps", "answers", "evaluating", "timing", "quantised", "chunks")
    assert [p.text for p in progress if p.kind == "message" and p.text.endswith(worked)] == []
    assert snapshot(lineage) == before


def snapshot(lineage: Lineage) -> dict[str, int]:
    """Every file of weights and when it was written."""
    files = lineage.settings.weights_dir.rglob("*.safetensors")
    return {str(path): path.stat().st_mtime_ns for path in files}


def test_one_edit_recomputes_one_documents_rows(lineage: Lineage):
    page = sorted(lineage.articles.glob("*.md"))[0]
    original = page.read_text()
    up_to_index = ["raw_articles", "cleaned_docs", "doc_chunks", "chunk_embeddings", "chunk_index"]
    page.write_text(original + "\nOne more thing about bread — write it down, on paper, today.\n")
    outcome, _ = lineage.run(up_to_index)
    seen = lineage.metadata(outcome)
    assert (seen["raw_articles"]["fetched"], seen["raw_articles"]["unchanged"]) == (1, ARTICLES - 1)
    for asset in ("cleaned_docs", "doc_chunks"):
        assert (seen[asset]["recomputed"], seen[asset]["reused"]) == (1, ARTICLES - 1), asset
    assert 1 <= seen["chunk_embeddings"]["embedded"] <= 2
    chunks = lineage.lake.read_frame(records.DOC_CHUNKS, AUTHOR)
    edited = chunks.filter(pl.col("text").str.contains("write it down, on paper, today"))["doc_id"]
    of_the_document = chunks.filter(pl.col("doc_id") == edited[0]).height  # all name its version
    assert seen["chunk_index"]["upserted"] == of_the_document < chunks.height / 4
    page.write_text(original)
    outcome, _ = lineage.run(up_to_index)
    assert outcome.success


def test_a_corrupt_table_is_named_and_nothing_else_is_lost(lineage: Lineage):
    path = lineage.lake.table(records.CLEANED_DOCS, AUTHOR).directory / MANIFEST
    content = path.read_bytes()
    path.write_bytes(content[:200])
    try:
        outcome, _ = lineage.run(["doc_chunks"])
        assert not outcome.success
        assert "cleaned_docs" in outcome.failures["doc_chunks"]
        assert "away and materialise cleaned_docs again" in outcome.failures["doc_chunks"]
    finally:
        path.write_bytes(content)
    assert lineage.lake.read_frame(records.DOC_CHUNKS, AUTHOR).height > 0


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda whole: whole[:1000], "1000 bytes"),
        (lambda whole: b"\xff" * len(whole), "cannot be loaded"),
    ],
    ids=["truncated", "garbage of the same size"],
)
def test_a_damaged_model_directory_is_named(lineage: Lineage, tmp_path: Path, damage, named: str):
    checkpoint = lineage.lake.read_record("sft_checkpoint", AUTHOR, Checkpoint)
    weights = Path(checkpoint.directory) / "model.safetensors"
    kept = tmp_path / "kept"
    shutil.copy2(weights, kept)
    table = lineage.lake.path("preference_dataset", AUTHOR, ".parquet")
    stored = table.read_bytes()
    table.unlink()  # so that the SFT model is asked again
    weights.write_bytes(damage(kept.read_bytes()))
    try:
        outcome, _ = lineage.run(["preference_dataset"])
        problem = outcome.failures["preference_dataset"]
        assert named in problem
        assert f"Remedy: remove {checkpoint.directory}" in problem
    finally:
        shutil.copy2(kept, weights)
        table.write_bytes(stored)


def test_a_failed_gate_stops_what_comes_after(lineage: Lineage, tmp_path: Path):
    """A recipe whose bound no model meets: GPTQ must not be promoted over it."""
    import yaml

    from twin_core.settings import PROJECT

    recipe = yaml.safe_load((PROJECT / "twin_core/recipes/tiny.yaml").read_text())
    recipe["instruct"]["max_words"] = 10_000  # a fresh dataset, so that the gate below is reached
    recipe["dpo"]["max_perplexity_ratio"] = 1.0000001
    recipe["dpo"]["learning_rate"] = 0.5
    own = tmp_path / "strict.yaml"
    own.write_text(yaml.safe_dump(recipe))
    before = lineage.lake.read_record("promoted_twin", AUTHOR, Release)
    records_before = {
        name: lineage.lake.path(name, AUTHOR, ".json").read_bytes()
        for name in ("dpo_checkpoint", "gptq_weights")
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TWIN_PROFILE", str(own))
        outcome, _ = lineage.run(["dpo_checkpoint", "gptq_weights", "promoted_twin"])
    for name, content in records_before.items():
        lineage.lake.path(name, AUTHOR, ".json").write_bytes(content)
    assert not outcome.success
    assert "dpo_kept_the_language" in outcome.failures["dpo_checkpoint"]
    assert {step.asset for step in outcome.steps} == {"dpo_checkpoint"}
    assert lineage.lake.read_record("promoted_twin", AUTHOR, Release) == before


def test_an_article_that_fails_leaves_the_others(lineage: Lineage):
    page = sorted(lineage.articles.glob("*.md"))[1]
    original = page.read_text()
    head = original.split("---")[1]
    page.write_text(f"---{head}---\n\nToo short.\n")
    try:
        outcome, _ = lineage.run(["raw_articles", "cleaned_docs", "doc_chunks"])
        docs = lineage.lake.read_frame(records.CLEANED_DOCS, AUTHOR)
        assert outcome.success
        assert docs.filter(pl.col("drop_reason").is_not_null()).height == 1
        assert lineage.metadata(outcome)["cleaned_docs"]["left_out"] == 1
    finally:
        page.write_text(original)
        assert lineage.run(["raw_articles", "cleaned_docs", "doc_chunks"])[0].success


def test_an_author_who_revokes_is_not_collected(lineage: Lineage):
    path = lineage.settings.authors_file
    original = path.read_text()
    path.write_text(original.replace("granted:", "revoked: 2026-02-01\n      granted:"))
    try:
        outcome, _ = lineage.run(["raw_articles"])
        assert "revoked consent on 2026-02-01" in outcome.failures["raw_articles"]
    finally:
        path.write_text(original)
