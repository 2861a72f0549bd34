"""Processes to be killed in the middle of their work.

They are forked from a server that has the imports, so that a moment after their start is a moment
of their work, and that has not used polars, whose threads no fork survives.
"""

import multiprocessing
import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        *("pytest", "hypothesis", "lancedb.index", "weaviate.classes", "weaviate.exceptions"),
        *("twin_core.collect.collect", "twin_core.collect.folder", "twin_core.collect.feed"),
        *("twin_core.index.lance", "twin_core.index.weaviate", "twin_core.index.follow"),
        *("twin_core.lake", "tests.index.server", "tests.core.stages", "tests.core.test_segments"),
        "tests.core.test_collect_killed",
    ]
)


def _work(function: Callable[..., Any], arguments: tuple[Any, ...], said: Connection) -> None:
    said.send("ready")
    try:
        function(*arguments)
    except Exception as error:
        said.send(repr(error))
        os._exit(1)
    said.send("done")
    os._exit(0)


def start(function: Callable[..., Any], *arguments: Any) -> tuple[BaseProcess, Connection]:
    """A process that is about to do the work."""
    here, there = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_work, args=(function, arguments, there), daemon=True)
    process.start()
    there.close()
    assert here.recv() == "ready"
    return process, here


def killed_after(seconds: float, function: Callable[..., Any], *arguments: Any) -> bool:
    """Begin the work and kill -9 it after so long; False where it had finished by then."""
    process, said = start(function, *arguments)
    time.sleep(seconds)
    process.kill()
    process.join()
    try:
        last = said.recv()
    except EOFError:
        return True
    assert last == "done", last
    return False


def together(*works: tuple[Any, ...]) -> list[str]:
    """All at once, each (function, arguments …) in a process; what each said."""
    started = [start(*work) for work in works]
    answers = [said.recv() for _, said in started]
    for process, _ in started:
        process.join()
    return answers
