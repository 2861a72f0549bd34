"""The language model that reads questions, over real HTTP: what is good is used, the rest is
counted and the rules take its place."""

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest

from twin_core.retrieval import asked
from twin_core.retrieval.assistant import MAX_BYTES, PATIENCE, REST_SECONDS, THREAD, Assistant

TODAY = date(2026, 11, 24)
SOURCES = ("medium.com", "ines.example.org")
GOOD = {
    "search": "bread",
    "since": "2024-01-01",
    "until": None,
    "sources": ["medium.com", "elsewhere.com"],
    "title": "",
    "firm": True,
}


@contextmanager
def endpoint(answer: Callable[[Any], None]) -> Iterator[tuple[str, list[dict]]]:
    """A server that answers every POST so; and the requests it got."""
    requests: list[dict] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            requests.append({"path": self.path, "key": self.headers.get("Authorization")})
            requests[-1] |= json.loads(body)
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()


def reply(content: object, status: int = 200) -> Callable[[Any], None]:
    """A completion with this content: text as it is, anything else as JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    return raw(json.dumps({"choices": [{"message": {"content": text}}]}).encode(), status)


def raw(body: bytes, status: int = 200) -> Callable[[Any], None]:
    def answer(handler: Any) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def trickle(handler: Any) -> None:
    """One byte at a time, each well within the client's limit for a read."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(60):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass


def trickle_of_headers(handler: Any) -> None:
    """A header line at a time, without an end."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(60):
            handler.wfile.write(b"X-%d: more\r\n" % number)
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass


def silent(handler: Any) -> None:
    time.sleep(1)


def hang_up(handler: Any) -> None:
    handler.connection.close()


def test_a_good_answer_becomes_filters():
    with endpoint(reply(GOOD)) as (url, requests):
        assistant = Assistant(f"{url}/v1", "secret", "reader")
        reading = asked.understood(assistant, "What of bread since 2024?", TODAY, SOURCES)
    assert reading is not None
    assert (reading.text, reading.firm) == ("bread", True)
    assert reading.filters.since == datetime(2024, 1, 1, tzinfo=UTC)
    assert reading.filters.sources == ("medium.com",)  # the other is none of the author's
    assert assistant.counts == {"answered": 1}
    (request,) = requests
    assert (request["path"], request["key"]) == ("/v1/chat/completions", "Bearer secret")
    assert (request["model"], request["temperature"]) == ("reader", 0)
    schema = request["response_format"]["json_schema"]
    assert schema["strict"] and schema["schema"]["additionalProperties"] is False
    assert set(schema["schema"]["required"]) == GOOD.keys()
    assert json.loads(request["messages"][-1]["content"]) == {
        "question": "What of bread since 2024?"
    }


def test_wordings_are_cleaned_and_bounded():
    said = {
        "wordings": ["loaf  without salt", "What of BREAD?", "of it", "x" * 999, "oven", "dough"]
    }
    with endpoint(reply(said)) as (url, _):
        found = asked.reworded(Assistant(url), "What of bread?", 2)
    assert found == ["loaf without salt", "oven"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (reply("Certainly! The question is about bread."), "not as asked"),
        (reply(json.dumps(GOOD)[:-9]), "not as asked"),
        (reply("```json\n" + json.dumps(GOOD) + "\n```"), "not as asked"),
        (reply({**GOOD, "extra": 1}), "not as asked"),
        (reply({k: v for k, v in GOOD.items() if k != "firm"}), "not as asked"),
        (reply({**GOOD, "since": "long ago"}), "not as asked"),
        (reply({**GOOD, "since": "0001-01-01"}), "not as asked"),
        (reply({**GOOD, "until": "2023-01-01"}), "not as asked"),
        (reply({**GOOD, "search": " "}), "not as asked"),
        (reply({**GOOD, "search": "bread " * 99}), "not as asked"),
        (reply([1, 2]), "not as asked"),
        (reply(""), "nothing said"),
        (raw(b'{"choices": [{"message": {"content": null}}]}'), "nothing said"),
        (raw(b'{"choices": []}'), "no completion"),
        (raw(b""), "no completion"),
        (raw(b"<html>"), "no completion"),
        (raw(b"\xff\xfe\x00"), "no completion"),
        (raw(b"[" * 30_000), "no completion"),
        (reply(GOOD, 429), "status 429"),
        (reply(GOOD, 500), "status 500"),
        (raw(b" " * (MAX_BYTES + 1)), "too long"),
        (silent, "too slow"),
        (trickle, "too slow"),
        (trickle_of_headers, "too slow"),
        (hang_up, "unreachable"),
    ],
)
def test_a_bad_answer_is_counted_and_not_used(answer: Callable[[Any], None], outcome: str):
    with endpoint(answer) as (url, _):
        assistant = Assistant(url, seconds=0.4 if outcome == "too slow" else 20)
        begun = time.monotonic()
        assert asked.understood(assistant, "What of bread?", TODAY, SOURCES) is None
        assert time.monotonic() - begun < 10
        # The server still trickles: only a connection that was cut lets the thread end.
        wait_for(lambda: not any(t.name.startswith(THREAD) for t in threading.enumerate()), 10)
    assert assistant.counts == {outcome: 1}


def wait_for(true: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_question_with_half_a_character_is_asked_with_a_mark_in_its_place():
    with endpoint(reply(GOOD)) as (url, requests):
        assistant = Assistant(url)
        assert asked.understood(assistant, "What \ud800 ovens?", TODAY, SOURCES) is not None
    assert json.loads(requests[0]["messages"][-1]["content"]) == {"question": "What ? ovens?"}
    assert assistant.counts == {"answered": 1}


def test_a_request_that_cannot_be_sent_is_counted():
    with endpoint(reply(GOOD)) as (url, requests):
        for assistant, source in ((Assistant(url, "a key\u2026"), "s"), (Assistant(url), "\ud800")):
            assert asked.understood(assistant, "What of bread?", TODAY, [source]) is None
            assert assistant.counts == {"not to be sent": 1}
    assert not requests


def test_an_endpoint_that_is_not_there_is_counted():
    with endpoint(reply(GOOD)) as (url, _):
        pass
    for address in (url, "nonsense", "http://"):
        assistant = Assistant(address, seconds=20)
        assert asked.reworded(assistant, "What of bread?", 2) is None
        assert assistant.counts == {"unreachable": 1}


def test_after_some_bad_answers_in_a_row_it_is_left_alone_for_a_while():
    now = [0.0]
    with endpoint(reply("no", 500)) as (url, requests):
        assistant = Assistant(url, clock=lambda: now[0])
        for _ in range(PATIENCE + 2):
            assert asked.reworded(assistant, "What of bread?", 2) is None
        assert len(requests) == PATIENCE
        assert assistant.counts == {"status 500": PATIENCE, "resting": 2}
        now[0] = REST_SECONDS + 1
        assert asked.reworded(assistant, "What of bread?", 2) is None
        assert len(requests) == PATIENCE + 1


@pytest.mark.parametrize(
    ("title", "firm", "read"),
    [
        ("Ignore all that", False, ("", ())),
        ("Salt", False, ("", ("Salt",))),
        ("piece", False, ("piece", ())),
        ("Bread", True, ("", ())),  # none of the author's: it hides nothing
        ("Bread", False, ("Bread", ())),
    ],
)
def test_a_title_is_one_of_the_authors_that_the_question_quotes(
    title: str, firm: bool, read: tuple[str, tuple[str, ...]]
):
    question = 'Your piece "Salt", with salt and "Bread"?'
    with endpoint(reply({**GOOD, "title": title, "firm": firm})) as (url, _):
        reading = asked.understood(Assistant(url), question, TODAY, SOURCES, {"salt": "Salt"})
    assert reading is not None and (reading.filters.topic, reading.titles) == read
