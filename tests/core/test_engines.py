"""What an engine that is not there, or is not told of, comes to."""

import pytest

from twin_core.errors import EngineError
from twin_core.records import Release
from twin_core.serving.embedded import EmbeddedEngine
from twin_core.serving.engine import Sampling, complete, open_engine
from twin_core.serving.sglang import SGLangEngine
from twin_core.settings import load_settings

RELEASE = Release(
    author="ines",
    name="Ines",
    release_id="r",
    weights="merged",
    merged_dir="/nowhere",
    gptq_dir="/nowhere",
    report="x",
    voice=1,
    perplexity=1,
    consent_id="c",
    previous=None,
    decision="",
)


def test_settings_choose_the_engine(monkeypatch: pytest.MonkeyPatch):
    assert isinstance(open_engine(load_settings()), EmbeddedEngine)
    monkeypatch.setenv("TWIN_ENGINE_URL", "http://127.0.0.1:30000/v1")
    engine = open_engine(load_settings())
    assert isinstance(engine, SGLangEngine)
    assert engine.url == "http://127.0.0.1:30000"


def test_a_server_that_is_not_there_is_named_with_its_remedy():
    engine = SGLangEngine("http://127.0.0.1:9", None)
    with pytest.raises(EngineError, match=r"127\.0\.0\.1:9(?s:.*)TWIN_ENGINE_URL"):
        engine.load(RELEASE)
    with pytest.raises(EngineError, match=r"does not answer"):
        complete(engine, RELEASE, [{"role": "user", "content": "x"}], Sampling(4, 0, 1))
