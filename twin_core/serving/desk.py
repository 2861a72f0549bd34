"""The queue before the engine, and the way from its threads to the event loop.

Every answer has one thread of the desk for itself, which opens the engine's iterator, reads it and
closes it; so none is ever left suspended, whatever becomes of the client.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from twin_core.errors import TwinError
from twin_core.serving.answer import Turn, Twins
from twin_core.serving.engine import Piece, Sampling
from twin_core.template import Message

# An answer takes seconds on a CPU: whoever is further back would wait for minutes.
MAX_WAITING = 16
RETRY_SECONDS = 10  # a few places have become free by then

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class BusyError(TwinError):
    """The queue before the engine is full."""


class Answering:
    """One answer under way: `async for` gives its pieces, the last of which has a finish_reason.

    When the client leaves, generation stops and the pieces end without one. Pieces wait here
    without a bound but `Sampling.max_tokens`, so a client that reads slowly holds up nobody.
    """

    turn: Turn  # there from the first piece on

    def __init__(self, receive: Receive) -> None:
        self._loop = asyncio.get_running_loop()
        self._pieces: asyncio.Queue[Piece | Exception | None] = asyncio.Queue()
        self._left = threading.Event()
        self._watch = self._loop.create_task(self._until_left(receive))

    async def _until_left(self, receive: Receive) -> None:
        """ASGI reports a disconnect when the client leaves, and also after a finished response; a
        server that ends cancels this task."""
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self._left.set()
            self._pieces.put_nowait(None)

    def write(
        self, twins: Twins, author: str, conversation: Sequence[Message], sampling: Sampling
    ) -> None:
        """Answer, in a thread of the desk; an error goes to who reads the pieces."""
        if self._left.is_set():
            return
        try:
            self.turn = twins.turn(author, conversation)
            with closing(twins.stream(self.turn, sampling)) as pieces:
                for piece in pieces:
                    self._hand_over(piece)
                    if self._left.is_set():
                        return
            self._hand_over(None)
        except Exception as error:  # noqa: BLE001 - raised again by the reader below
            self._hand_over(error)

    def _hand_over(self, item: Piece | Exception | None) -> None:
        self._loop.call_soon_threadsafe(self._pieces.put_nowait, item)

    async def __aiter__(self) -> AsyncIterator[Piece]:
        while (item := await self._pieces.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item


class Desk:
    """As many answers at once as the engine takes, `MAX_WAITING` more in the order of their coming;
    beyond that `BusyError`. To be used from one event loop."""

    def __init__(self, twins: Twins) -> None:
        self._twins = twins
        self._room = twins.engine.at_once + MAX_WAITING
        self._pool = ThreadPoolExecutor(twins.engine.at_once, "answer")
        self._open: dict[Any, Answering] = {}

    def answer(
        self, receive: Receive, author: str, conversation: Sequence[Message], sampling: Sampling
    ) -> Answering:
        """Queue the request; it stops when `receive` reports that the client has left."""
        self._open = {job: one for job, one in self._open.items() if not job.done()}
        if len(self._open) >= self._room:
            raise BusyError(
                f"{len(self._open)} requests are being answered or wait", "try again later."
            )
        answering = Answering(receive)
        job = self._pool.submit(answering.write, self._twins, author, conversation, sampling)
        self._open[job] = answering
        return answering
