"""The gateway over real HTTP, with the embedded engine and OpenAI's own client."""

import json
import socket
import threading
import time
from collections.abc import Iterator

import httpx2
import openai
import pytest
import uvicorn

from tests.lineage.conftest import AUTHOR, Lineage
from twin_assets.cli.serving import twins_of
from twin_core.errors import EngineError
from twin_core.serving.answer import Twins
from twin_core.serving.engine import Piece
from twin_core.serving.gateway import create_app


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def twins(lineage: Lineage) -> Twins:
    return twins_of(lineage.settings)


@pytest.fixture(scope="module")
def address(twins: Twins) -> Iterator[str]:
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(create_app(twins), host="127.0.0.1", port=port, log_level="warning")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def client(address: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key="unused", max_retries=0, timeout=120)


def ask(client: openai.OpenAI, **options):
    messages = [{"role": "user", "content": "What do you think about bread?"}]
    return client.chat.completions.create(model=AUTHOR, messages=messages, **options)


def test_the_openai_client_gets_an_answer_with_citations(client: openai.OpenAI):
    answer = ask(client, max_tokens=12)
    assert answer.object == "chat.completion"
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason in ("stop", "length")
    assert answer.usage.completion_tokens <= 12
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    (cited,) = answer.model_extra["citations"]
    assert cited["url"].startswith("http://127.0.0.1")
    assert cited["text"] and cited["title"]
    assert cited["end"] - cited["start"] == len(cited["text"])


def test_streaming_gives_the_same_words(client: openai.OpenAI):
    whole = ask(client, max_tokens=10, temperature=0)
    chunks = list(
        ask(
            client,
            max_tokens=10,
            temperature=0,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text.strip() == whole.choices[0].message.content
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] in ("stop", "length")
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens
    assert chunks[0].model_extra["citations"]


def test_the_same_seed_gives_the_same_answer(client: openai.OpenAI):
    one, two = (ask(client, max_tokens=10, seed=7).choices[0].message.content for _ in range(2))
    assert one == two


def test_models_are_the_promoted_twins(client: openai.OpenAI):
    assert [model.id for model in client.models.list()] == [AUTHOR]


def test_an_unknown_twin_is_named(client: openai.OpenAI):
    problem = "no promoted twin 'nobody'(?s:.*)twin run nobody"
    with pytest.raises(openai.NotFoundError, match=problem):
        client.chat.completions.create(
            model="nobody", messages=[{"role": "user", "content": "Hello?"}]
        )


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "model"),
        ({"model": AUTHOR, "messages": []}, "messages"),
        ({"model": AUTHOR, "messages": [{"role": "user", "content": " "}]}, "last message"),
        ({"model": AUTHOR, "messages": [{"role": "assistant", "content": "x"}]}, "last message"),
        (
            {
                "model": AUTHOR,
                "messages": [{"role": "user", "content": "x"}],
                "max_tokens": 10_000_000,
            },
            "max_tokens",
        ),
        ({"model": AUTHOR, "messages": [{"role": "user", "content": "x"}], "n": 50}, "n"),
        ({"model": AUTHOR, "messages": [{"role": "user", "content": "x" * 50_000}]}, "longer"),
        ({"model": AUTHOR, "messages": [{"role": "user", "content": "x " * 19_000}]}, "window"),
    ],
)
def test_bad_requests_are_4xx_in_openais_form(address: str, body: dict, where: str):
    response = httpx2.post(f"{address}/v1/chat/completions", json=body, timeout=60)
    assert 400 <= response.status_code < 500
    assert where in response.json()["error"]["message"]


def test_only_the_listed_routes_exist(address: str):
    for path in ("/update_weights_from_disk", "/server_info", "/docs", "/generate"):
        assert httpx2.get(address + path).status_code == 404
    assert httpx2.get(f"{address}/healthz").json() == {
        "status": "ok",
        "engine": "embedded",
        "twins": [AUTHOR],
    }
    assert AUTHOR in httpx2.get(address).text


def test_revoked_consent_ends_serving_at_once(lineage: Lineage, client: openai.OpenAI):
    path = lineage.settings.authors_file
    original = path.read_text()
    path.write_text(original.replace("- serve", "").replace("- train", ""))
    try:
        with pytest.raises(openai.PermissionDeniedError, match="not to serve"):
            ask(client)
    finally:
        path.write_text(original)


def test_an_engine_that_dies_mid_answer_never_looks_finished(twins: Twins, address: str):
    """A double: no real engine can be made to die between two given tokens."""

    class Dying:
        name = "dying"

        def load(self, release):
            raise NotImplementedError

        def stream(self, release, messages, sampling):
            yield Piece("Bread ")
            raise EngineError("the engine broke off", "look at its log.")

    real, twins.engine = twins.engine, Dying()
    body = {"model": AUTHOR, "messages": [{"role": "user", "content": "Bread?"}], "stream": True}
    try:
        text = httpx2.post(f"{address}/v1/chat/completions", json=body, timeout=60).text
        whole = httpx2.post(f"{address}/v1/chat/completions", json={**body, "stream": False})
    finally:
        twins.engine = real
    events = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
    assert "[DONE]" not in text
    assert events[-1]["error"]["type"] == "EngineError"
    assert not any(e["choices"][0]["finish_reason"] for e in events if "choices" in e)
    assert whole.status_code == 503


def test_an_abandoned_answer_stops_the_generation(twins: Twins):
    turn = twins.turn(AUTHOR, [{"role": "user", "content": "What do you think about bread?"}])
    before = threading.active_count()
    pieces = twins.stream(turn, twins.sampling(max_tokens=700, temperature=1.0))
    next(pieces)
    started = time.monotonic()
    pieces.close()  # type: ignore[attr-defined]
    assert time.monotonic() - started < 5
    assert threading.active_count() <= before
