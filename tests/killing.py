"""Processes to be killed in the middle of their work.

They are forked from a server that has the imports, so that a moment after their start is a moment
of their work, and that has not used polars, whose threads no fork survives.
"""

import builtins
import io
import multiprocessing
import os
import pkgutil
import signal
import stat
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
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
SECONDS = 60  # for work that takes less than one
# What makes files visible, durable or gone; and where LanceDB is called to do so, within which
# nothing can be intercepted.
_OS = "replace rename link symlink unlink remove rmdir truncate fsync fdatasync".split()
_CALLS = (
    *(f"os:{name}" for name in _OS if hasattr(os, name)),
    *(f"twin_core.index.lance:LanceIndex.{name}" for name in ("apply", "sync")),
    "lancedb.db:LanceDBConnection.create_table",
    *(f"lancedb.table:LanceTable.{name}" for name in ("add", "delete", "create_index", "restore")),
    *(f"lancedb.table:Tags.{name}" for name in ("create", "update")),
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


def killed_at(moment: int, root: Path, function: Callable[..., Any], *arguments: Any) -> str | None:
    """Do the work in a process that kills itself at this moment (0, 1, …) of those at which it
    changes files below `root`: before each call of `_CALLS`, half way through each write, and when
    all is done. (Just after a call is just before the next, and after a write it may all still be
    in memory.) What the moment was, or None where there are fewer and the work was done."""
    told, there = FORKS.Pipe(duplex=False)
    process, said = start(_cut_short, moment, root, there, function, arguments)
    there.close()
    process.join(SECONDS)
    code = process.exitcode
    process.kill()
    assert code is not None, f"the work hangs before moment {moment}"
    if code == -signal.SIGKILL:
        return told.recv()
    last = said.recv()
    assert last == "done", last
    return None


def _cut_short(
    moment: int,
    root: Path,
    told: Connection,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
) -> None:
    moments = _Moments(moment, root, told)
    for name in _CALLS:
        place, _, attribute = name.rpartition("." if name.count(".") else ":")
        owner = pkgutil.resolve_name(place)
        setattr(owner, attribute, moments.before(getattr(owner, attribute), attribute))
    builtins.open = io.open = moments.opening(io.open)
    os.write = moments.amid(os.write)
    function(*arguments)
    moments.reach("after all")


class _Moments:
    """Counts down to the one at which this process dies."""

    def __init__(self, left: int, root: Path, told: Connection) -> None:
        self._left, self._root, self._told = left, root, told

    def reach(self, moment: str) -> None:
        if not self._left:
            self._told.send(moment)
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1

    def before(self, call: Callable[..., Any], name: str) -> Callable[..., Any]:
        """The call, with a moment before it."""

        def counted(target: Any, *args: Any, **named: Any) -> Any:
            if self._counts(target):
                self.reach(f"before {name} {target}")
            return call(target, *args, **named)

        return counted

    def amid(self, write: Callable[[Any, Any], int]) -> Callable[[Any, Any], int]:
        """`write`, to a file or descriptor, with a moment when half is written."""

        def counted(file: Any, content: Any) -> int:
            if not self._counts(file):
                return write(file, content)
            content = memoryview(content).cast("B")
            done = write(file, content[: len(content) // 2])
            if isinstance(file, io.BufferedWriter):
                file.flush()
            self.reach(f"amid {len(content)} bytes to {getattr(file, 'name', file)}")
            return done + write(file, content[done:])

        return counted

    def opening(self, opened: Callable[..., Any]) -> Callable[..., Any]:
        """`open`, whose files are written in halves."""

        def halved(*args: Any, **named: Any) -> Any:
            file = opened(*args, **named)
            if type(file) is io.BufferedWriter:
                return _Halved(file.detach(), self)
            if isinstance(file, io.TextIOWrapper) and type(file.buffer) is io.BufferedWriter:
                form = file.encoding, file.errors
                return io.TextIOWrapper(_Halved(file.detach().detach(), self), *form)
            return file

        return halved

    def _counts(self, target: Any) -> bool:
        """Whether a call's target is one of the files; a descriptor is, unless of a pipe."""
        target = target.name if isinstance(target, io.BufferedWriter) else target
        if isinstance(target, int):
            mode = os.fstat(target).st_mode
            return stat.S_ISREG(mode) or stat.S_ISDIR(mode)
        if isinstance(target, str | bytes | os.PathLike):
            return Path(os.fsdecode(target)).is_relative_to(self._root)
        return True  # LanceDB's


class _Halved(io.BufferedWriter):
    def __init__(self, raw: Any, moments: _Moments) -> None:
        super().__init__(raw)
        self._write = moments.amid(io.BufferedWriter.write)

    def write(self, content: Any) -> int:
        return self._write(self, content)


def together(*works: tuple[Any, ...]) -> list[str]:
    """All at once, each (function, arguments …) in a process; what each said."""
    started = [start(*work) for work in works]
    answers = [said.recv() for _, said in started]
    for process, _ in started:
        process.join()
    return answers
