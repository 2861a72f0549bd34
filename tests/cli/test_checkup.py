"""`twin doctor` on parts that only some installations have."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.core.test_retrieval_model import endpoint, raw
from tests.index.server import free_ports, own_server
from twin_assets.cli import app, checkup
from twin_core.embedder import PACKAGED, model_directory
from twin_core.settings import load_settings

KEY = "a-key-of-this-test"


def doctor() -> tuple[int, str]:
    done = CliRunner().invoke(app, ["doctor"], env={"COLUMNS": "300"})
    return done.exit_code, " ".join(done.output.split())


def without(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """As if they were not installed."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name in packages else find(name, *a)
    )


@pytest.mark.parametrize("backend", ["onnx", "openvino", "openvino-int8"])
def test_the_backend_of_the_embedder(monkeypatch: pytest.MonkeyPatch, backend: str):
    monkeypatch.setenv("TWIN_EMBEDDING_BACKEND", backend)
    assert checkup._backend(load_settings()).good
    without(monkeypatch, "onnxruntime", "openvino")
    code, said = doctor()
    assert code == 1
    assert f"TWIN_EMBEDDING_BACKEND is {backend}" in said and "Remedy: `pip install" in said


def test_presidio_and_its_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    assert "presidio installed" not in doctor()[1]
    monkeypatch.setenv("TWIN_PII", "presidio")
    assert "presidio installed" in doctor()[1]
    for model, good in ((str(tmp_path), True), ("spacy", True), ("no_such", False), ("a/b", False)):
        monkeypatch.setenv("TWIN_PRESIDIO_MODEL", model)
        assert checkup._presidio(load_settings()).good is good
    without(monkeypatch, "presidio_analyzer")
    code, said = doctor()
    assert code == 1
    assert "presidio_analyzer is not installed" in said and "set TWIN_PII=rules" in said


def test_the_rerank_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for model in (tmp_path / "absent", tmp_path, model_directory(PACKAGED)):
        monkeypatch.setenv("TWIN_RERANK_MODEL", str(model))
        code, said = doctor()
        assert code == 1
        assert "the cross-encoder" in said and "unset it to rerank by words" in said
    folder = tmp_path / "cross"
    folder.mkdir()
    (folder / "config.json").write_text('{"architectures": ["BertForSequenceClassification"]}')
    monkeypatch.setenv("TWIN_RERANK_MODEL", str(folder))
    assert "no weights" in checkup._reranker(load_settings()).found
    (folder / "pytorch_model.bin").touch()
    assert checkup._reranker(load_settings()).good


def test_a_weaviate_that_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    environment = {
        "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": "false",
        "AUTHENTICATION_APIKEY_ENABLED": "true",
        "AUTHENTICATION_APIKEY_ALLOWED_KEYS": KEY,
        "AUTHENTICATION_APIKEY_USERS": "twin",
    }
    with own_server(tmp_path, **environment) as server:
        monkeypatch.setenv("TWIN_WEAVIATE_URL", server.url)
        monkeypatch.setenv("TWIN_WEAVIATE_GRPC", str(server.grpc))
        refused = checkup._weaviate(load_settings())
        assert not refused.good and "TWIN_WEAVIATE_API_KEY" in refused.remedy
        monkeypatch.setenv("TWIN_WEAVIATE_API_KEY", KEY)
        found = checkup._weaviate(load_settings())
        assert found.good and f"at {server.url}" in found.found
        monkeypatch.setenv("TWIN_WEAVIATE_GRPC", f"127.0.0.1:{free_ports(1)[0]}")
        assert "gRPC" in checkup._weaviate(load_settings()).found
        assert not checkup._weaviate(load_settings()).good


def test_a_weaviate_that_is_not_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TWIN_WEAVIATE_URL", f"http://127.0.0.1:{free_ports(1)[0]}")
    code, said = doctor()
    assert code == 1
    assert "does not answer" in said and "Remedy: start the server" in said
    monkeypatch.setenv("TWIN_WEAVIATE_URL", "vectors:8080")
    assert "http://host:port" in checkup._weaviate(load_settings()).remedy
    without(monkeypatch, "weaviate")
    assert "llm-twin[weaviate]" in checkup._weaviate(load_settings()).remedy


@pytest.mark.parametrize(
    ("version", "good"),
    [("1.31.9", False), ("0.99", False), ("1.32.0", True), ("v1.40.0-rc.1", True), ("2.0", True)],
)
def test_the_version_of_a_weaviate(monkeypatch: pytest.MonkeyPatch, version: str, good: bool):
    """The server is made up: only one version can be built here."""
    found = weaviate_saying(monkeypatch, json.dumps({"version": version}).encode())
    assert found.good is good
    assert version in found.found and "at least 1.32" in found.remedy


@pytest.mark.parametrize("said", [b"", b"<html>", b"[]", b"{}", b"null", b'{"version": null}'])
def test_what_is_no_weaviate(monkeypatch: pytest.MonkeyPatch, said: bytes):
    assert not weaviate_saying(monkeypatch, said).good


def weaviate_saying(monkeypatch: pytest.MonkeyPatch, body: bytes) -> checkup.Finding:
    with endpoint(raw(body)) as (url, _), endpoint(raw(b"")) as (grpc, _):
        monkeypatch.setenv("TWIN_WEAVIATE_URL", url)
        monkeypatch.setenv("TWIN_WEAVIATE_GRPC", grpc.removeprefix("http://"))
        return checkup._weaviate(load_settings())


def test_these_checks_import_nothing_heavy():
    code = (
        "import sys, twin_assets.cli.checkup as c\n"
        "from twin_core.settings import load_settings\n"
        "s = load_settings().model_copy(update={'pii': 'presidio', 'rerank_model': '.',\n"
        "    'embedding_backend': 'onnx', 'weaviate_url': 'http://127.0.0.1:9'})\n"
        "for check in (c._backend, c._presidio, c._reranker, c._weaviate): check(s)\n"
        "heavy = {'torch', 'transformers', 'weaviate', 'spacy', 'onnxruntime', 'lancedb'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
