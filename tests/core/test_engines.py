"""Engines: one that is not there, how one is given up, how fast one is."""

import threading
import time

import pytest

from twin_core import causal_lm
from twin_core.errors import EngineError, PromptError
from twin_core.records import Release
from twin_core.serving import measure
from twin_core.serving.embedded import EmbeddedEngine
from twin_core.serving.engine import Piece, Sampling, complete, open_engine, until_stop
from twin_core.serving.sglang import SGLangEngine
from twin_core.settings import load_settings
from twin_core.template import Message, prompt

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
ASKED: list[Message] = [{"role": "user", "content": "What of bread?"}]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Weights of the tiny shape, untrained; the tokenizer has little more than bytes."""
    from twin_core.training.base_model import _tiny

    directory = tmp_path_factory.mktemp("tiny")
    model, tokenizer = _tiny(0, ["Bread is a matter of time, and of little else but time."])
    model.save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    return RELEASE.model_copy(update={"merged_dir": str(directory), "gptq_dir": str(directory)})


@pytest.fixture
def engine() -> EmbeddedEngine:
    return EmbeddedEngine(2)


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


def test_the_model_is_free_again_however_a_reader_goes(engine: EmbeddedEngine, release: Release):
    """Closed, dropped, or held and never read on."""
    long = Sampling(900, 1.0, 1.0)
    closed = engine.stream(release, ASKED, long)
    next(closed)
    closed.close()
    next(engine.stream(release, ASKED, long))
    assert "generate" not in [thread.name for thread in threading.enumerate()]
    held = engine.stream(release, ASKED, long)
    next(held)
    assert complete(engine, release, ASKED, Sampling(4, 0.0, 1.0)).completion_tokens <= 4
    held.close()


def test_who_gives_up_while_waiting_does_not_wait_for_the_others(
    engine: EmbeddedEngine, release: Release
):
    engine.load(release)
    with engine._turn:
        waiting = engine.stream(release, ASKED, Sampling(4, 0.0, 1.0))
        reader = threading.Thread(target=lambda: next(waiting, None))
        reader.start()
        time.sleep(0.3)
        assert reader.is_alive()
    reader.join(10)
    assert not reader.is_alive()
    waiting.close()


def test_a_prompt_beyond_the_window_is_refused_before_the_first_piece(
    engine: EmbeddedEngine, release: Release
):
    with pytest.raises(PromptError, match="window of 1024"):
        next(engine.stream(release, ASKED, Sampling(1024, 0.0, 1.0)))


@pytest.mark.parametrize(
    ("parts", "stop", "text"),
    [
        (["Bread", " and", " butter"], (), "Bread and butter"),
        (["Bread", " and", " butter"], ("d a",), "Brea"),
        (["Bread", " and", " butter"], ("and butter.",), "Bread and butter"),
        (["Bre", "ad an", "d butter"], ("butter", "and"), "Bread "),
        (["aab", "aac"], ("aaac", "aac"), "aab"),
    ],
)
def test_an_answer_ends_before_a_stop_text(parts: list[str], stop: tuple[str, ...], text: str):
    pieces = [*(Piece(part, None, 9, n) for n, part in enumerate(parts, 1)), Piece("", "length")]
    given = list(until_stop(pieces, stop))
    assert "".join(piece.text for piece in given) == text
    assert [piece.finish_reason for piece in given[:-1]] == [None] * (len(given) - 1)
    stopped = text != "".join(parts)
    assert given[-1].finish_reason == ("stop" if stopped else "length")


def test_a_stop_text_cuts_a_real_answer(engine: EmbeddedEngine, release: Release):
    whole = complete(engine, release, ASKED, Sampling(60, 0.0, 1.0))
    mark = whole.text[len(whole.text) // 2 :][:3]
    cut = complete(engine, release, ASKED, Sampling(60, 0.0, 1.0, stop=(mark,)))
    assert cut.text == whole.text[: whole.text.index(mark)].strip()
    assert cut.finish_reason == "stop"
    assert 0 < cut.completion_tokens <= whole.completion_tokens


@pytest.mark.parametrize("way", [{}, {"prompt_lookup_num_tokens": measure.LOOKUP_TOKENS}])
def test_the_first_token_comes_after_the_whole_prompts_pass(release: Release, way: dict):
    """Compared with that very pass, so that a busy machine delays both."""
    lm = causal_lm.load(release.merged_dir)
    asked = prompt("Ines", "What of bread? " * 40)
    moments: list[float] = []
    lm.model.register_forward_pre_hook(lambda *_: moments.append(time.perf_counter()))
    lm.model.register_forward_hook(lambda *_: moments.append(time.perf_counter()))
    run = measure._timed(lm, asked, way)
    assert run.first >= moments[1] - moments[0]
    assert run.at_first + run.after == measure.NEW_TOKENS


def test_the_memory_is_the_models_own(release: Release):
    """In the type that this processor computes in, which need not be the stored one."""
    model = causal_lm.load(release.merged_dir).model
    held = sum(one.numel() * one.element_size() for one in model.parameters())
    figures = measure.measure_inference(release, [ASKED], threads=2).variants
    for variant in figures.values():
        assert variant.resident_mb == pytest.approx(held / 1e6, rel=0.2)
