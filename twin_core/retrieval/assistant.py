"""A language model that reads and rewords questions: an OpenAI-compatible endpoint, held to a JSON
schema, bounded in time and size.

Whatever it answers is checked; a bad answer is counted and the rules take its place. Nothing that
it says is ever shown or executed: it can only choose filters and wordings.
"""

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from twin_core.progress import log

ANSWER_SECONDS = 4.0  # of waiting for one answer, all told; a question waits behind it
MAX_BYTES = 65_536
MAX_TOKENS = 300
MAX_QUESTION = 2_000  # characters of a question that it gets to see
PATIENCE = 3  # bad answers in a row, after which it is left alone
REST_SECONDS = 60.0
THREAD = "assistant"

Answer = TypeVar("Answer", bound=BaseModel)


class Assistant:
    """One endpoint. `counts`: answers used, and those that were not, by reason."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        model: str = "default",
        seconds: float = ANSWER_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url.rstrip("/").removesuffix("/v1") + "/v1/chat/completions"
        self.model, self.seconds = model, seconds
        self.counts: Counter[str] = Counter()
        self._key, self._clock, self._lock = key, clock, threading.Lock()
        self._bad_in_a_row, self._resting_until = 0, 0.0

    def ask(self, task: str, question: str, kind: type[Answer]) -> Answer | None:
        """The model's answer as `kind`; None when there is none that can be used."""
        if self._clock() < self._resting_until:
            return self._note("resting", None)
        # A lone surrogate, which JSON can bring in, cannot be sent.
        text = question[:MAX_QUESTION].encode("utf-8", "replace").decode()
        try:
            reply = self._post(_body(self.model, task, text, kind))
            return self._note("answered", kind.model_validate_json(_content(reply)))
        except _Refused as refused:
            return self._note(str(refused), None)
        except ValidationError:
            return self._note("not as asked", None)
        except ValueError:  # of the request: a key that no header can hold
            return self._note("not to be sent", None)

    def _note(self, outcome: str, answer: Answer | None) -> Answer | None:
        with self._lock:
            self.counts[outcome] += 1
            if answer is not None:
                self._bad_in_a_row = 0
            elif outcome != "resting":
                self._bad_in_a_row += 1
                if self._bad_in_a_row >= PATIENCE:
                    self._bad_in_a_row = 0
                    self._resting_until = self._clock() + REST_SECONDS
                    log.warning(
                        "%s gave %d bad answers in a row (%s); rules read the questions for %d s",
                        *(self.url, PATIENCE, outcome, REST_SECONDS),
                    )
        return answer

    def _post(self, body: dict[str, Any]) -> bytes:
        """The endpoint's reply, whole and within `seconds`; raises `_Refused`."""
        # The client limits each read: a trickle of headers would pass that for ever. So it works in
        # a thread, whose connection is cut when the time is up.
        line, worker = _Line(), ThreadPoolExecutor(1, THREAD)
        try:
            return worker.submit(self._exchange, body, line).result(self.seconds)
        except TimeoutError as error:
            raise _Refused("too slow") from error
        finally:
            line.cut()
            worker.shutdown(wait=False)

    def _exchange(self, body: dict[str, Any], line: "_Line") -> bytes:
        import httpx2

        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        extensions = {"trace": line.noted}
        received = bytearray()
        try:
            with (
                httpx2.Client(timeout=self.seconds) as client,
                client.stream(
                    "POST", self.url, json=body, headers=headers, extensions=extensions
                ) as response,
            ):
                if response.status_code != 200:
                    raise _Refused(f"status {response.status_code}")
                for part in response.iter_bytes():
                    received += part
                    if len(received) > MAX_BYTES:
                        raise _Refused("too long")
        except httpx2.TimeoutException as error:
            raise _Refused("too slow") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise _Refused("unreachable") from error
        return bytes(received)


class _Refused(Exception):
    """No answer; the reason, as it is counted."""


class _Line:
    """The connection of one request, which another thread may cut; once cut, none is made."""

    def __init__(self) -> None:
        self._lock, self._over = threading.Lock(), False
        self._socket: socket.socket | None = None

    def noted(self, event: str, info: dict[str, Any]) -> None:
        """What the client tells about its request."""
        if not event.endswith("connect_tcp.complete"):
            return
        stream = info["return_value"]
        with self._lock:
            if self._over:
                stream.close()
                raise _Refused("too slow")
            # A handle of our own: TLS takes the client's over.
            self._socket = stream.get_extra_info("socket").dup()

    def cut(self) -> None:
        with self._lock:
            self._over = True
            if self._socket is not None:
                with suppress(OSError):  # closed by the other side
                    self._socket.shutdown(socket.SHUT_RDWR)
                self._socket.close()


def _body(model: str, task: str, question: str, kind: type[BaseModel]) -> dict[str, Any]:
    schema = {"name": kind.__name__.lower(), "strict": True, "schema": kind.model_json_schema()}
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": task},
            {"role": "user", "content": json.dumps({"question": question}, ensure_ascii=False)},
        ],
        "response_format": {"type": "json_schema", "json_schema": schema},
        "temperature": 0,
        "max_tokens": MAX_TOKENS,
    }


def _content(reply: bytes) -> str:
    """The text of the first choice."""
    try:
        content = json.loads(reply)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise _Refused("no completion") from error
    if not isinstance(content, str) or not content.strip():
        raise _Refused("nothing said")
    return content
