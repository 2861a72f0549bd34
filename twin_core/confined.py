"""Calls into code that hostile input may blow up, in a child process with bounded memory and time.

What such input can do there (a page of 100,000 nested tags, a bomb in an archive) it does to the
child, which is replaced. Arguments and results travel as JSON: nothing the child sends is executed.

`python -m twin_core.confined MEGABYTES` is the child.
"""

import json
import resource
import signal
import subprocess
import sys
import threading
from importlib import import_module
from typing import Any, BinaryIO

from twin_core import errors
from twin_core.errors import BlockedError, TwinError

SECONDS = 20.0
MEGABYTES = 1500
START_SECONDS = 60.0  # importing the library that is confined
ALONE_SECONDS = 5.0  # more, and the child ends by itself: who called it has died


class Confined:
    """A child process that calls functions, started when first needed; a context manager."""

    def __init__(self, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self.seconds = seconds
        self.megabytes = megabytes
        self._child: subprocess.Popen[bytes] | None = None
        self._fresh = True

    def __enter__(self) -> "Confined":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        if self._child:
            self._child.kill()
            for stream in (self._child.stdin, self._child.stdout):
                if stream:
                    stream.close()
            self._child.wait()
            self._child = None

    def call(self, function: str, *arguments: Any) -> Any:
        """`module:name` called with JSON values → its JSON value.

        Raises the `TwinError` that it raised, or `BlockedError` when it took too much time or
        memory, or failed in another way.
        """
        child = self._started()
        seconds = self.seconds + (START_SECONDS if self._fresh else 0)
        given = {"function": function, "arguments": arguments, "seconds": seconds + ALONE_SECONDS}
        request = json.dumps(given).encode() + b"\n"
        overdue = threading.Event()

        def end() -> None:
            overdue.set()
            child.kill()

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            answer = _exchange(child, request)
        finally:
            timer.cancel()
        if not answer:
            self.close()
            taken = f"took more than {self.seconds:.0f} s"
            ended = f"ended its process (more than {self.megabytes} MB, or a crash)"
            raise BlockedError(
                f"it {taken if overdue.is_set() else ended}",
                "nothing that people write needs so much; take it out of the source.",
            )
        self._fresh = False
        return _result(json.loads(answer))

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._fresh = True
            self._child = subprocess.Popen(
                [sys.executable, "-m", "twin_core.confined", str(self.megabytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._child


def _exchange(child: "subprocess.Popen[bytes]", request: bytes) -> bytes:
    assert child.stdin and child.stdout
    try:
        child.stdin.write(request)
        child.stdin.flush()
        return child.stdout.readline()
    except (BrokenPipeError, ValueError):
        return b""


def _result(answer: dict[str, Any]) -> Any:
    if "problem" not in answer:
        return answer["result"]
    kind = getattr(errors, answer["kind"], BlockedError)
    raise kind(answer["problem"], answer["remedy"])


def _answer(function: str, arguments: list[Any]) -> dict[str, Any]:
    module, name = function.split(":")
    try:
        return {"result": getattr(import_module(module), name)(*arguments)}
    except TwinError as error:
        kind = type(error).__name__
        return {"kind": kind, "problem": error.problem, "remedy": error.remedy}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - told to the caller, whose item is left out
        problem = f"it cannot be read: {type(error).__name__}: {str(error)[:200]}"
        return {"kind": "BlockedError", "problem": problem, "remedy": "correct or remove it."}


def _serve(requests: BinaryIO, answers: BinaryIO, megabytes: int) -> None:
    most = megabytes << 20
    inherited = resource.getrlimit(resource.RLIMIT_AS)[1]  # of the child whose child this is
    if inherited != resource.RLIM_INFINITY:
        most = min(most, inherited)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process, whatever it is at
    for line in requests:
        request = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, request.pop("seconds"))
        answers.write(json.dumps(_answer(**request)).encode() + b"\n")
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.flush()


if __name__ == "__main__":
    answering = sys.stdout.buffer
    sys.stdout = sys.stderr  # a library that prints must not speak in our place
    _serve(sys.stdin.buffer, answering, int(sys.argv[1]))
