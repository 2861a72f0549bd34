"""A writer in a process of its own, to be killed."""

import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import polars as pl

from tests import killing
from twin_core.index.base import ChunkIndex


@dataclass(frozen=True)
class Where:
    """Enough to open an index anywhere: a directory, or a server's url, gRPC, key and prefix."""

    directory: Path | None = None
    server: tuple[str, str | None, str | None, str] | None = None
    lease: float = 2.0  # a killed writer's successor waits this long

    def open(self) -> ChunkIndex:
        if self.directory is not None:
            from twin_core.index.lance import LanceIndex

            return LanceIndex(self.directory)
        from twin_core.index.weaviate import WeaviateIndex

        assert self.server is not None
        url, grpc, key, prefix = self.server
        return WeaviateIndex(url, grpc, key, prefix=prefix, lease=self.lease)


@dataclass(frozen=True)
class Write:
    """One write: of everything, of some documents, or maintenance."""

    author: str
    rows: pl.DataFrame
    space: str
    docs: tuple[str, ...] = ()
    optimise: bool = False

    def run(self, index: ChunkIndex) -> None:
        if self.optimise:
            index.optimise(self.author)
        elif self.docs:
            index.apply(self.author, self.docs, self.rows, self.space)
        else:
            index.sync(self.author, self.rows.iter_slices(7), self.space)


def _work(where: Where, write: Write, said: Connection | None = None) -> None:
    index = where.open()
    index.contents(write.author)
    if said is not None:
        said.send("open")
    write.run(index)


def start(where: Where, write: Write) -> tuple[BaseProcess, Connection]:
    """A process that has opened the index and is about to write."""
    here, there = killing.FORKS.Pipe(duplex=False)
    process, said = killing.start(_work, where, write, there)
    there.close()
    try:
        here.recv()
    except EOFError:  # it could not open the index
        raise AssertionError(said.recv() if said.poll(5) else "the writer died") from None
    return process, said


def killed_after(where: Where, write: Write, seconds: float) -> bool:
    """Write, and kill -9 it after so long; False where it had finished by then."""
    process, said = start(where, write)
    time.sleep(seconds)
    process.kill()
    process.join()
    try:
        return said.recv() != "done"
    except EOFError:
        return True


def run(where: Where, write: Write) -> str:
    """Write to the end; what the process said last."""
    process, said = start(where, write)
    answer = said.recv()
    process.join()
    return answer


def together(where: Where, writes: list[Write]) -> list[str]:
    """All at once, each in a process; what each said."""
    started = [start(where, write) for write in writes]
    answers = [said.recv() for _, said in started]
    for process, _ in started:
        process.join()
    return answers
