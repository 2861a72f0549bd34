"""Bodies that list articles (feeds, sitemaps, archive pages), read in bounded memory and time.

Few bytes can cost their reader much: 200 kB of relative links below a long `xml:base` make 2 GB of
addresses, 2 MB of open tags take a feed's parser half a minute. So what is not small is read in a
child process, one for a source and pass; what is small takes seconds at worst, and no process.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

from twin_core.confined import SECONDS, Confined
from twin_core.errors import BlockedError, SourceError

SMALL = 32_000  # bytes
MEGABYTES = 512  # a feed of 10 MB with articles in it takes 100
MAX_ANSWER = 50_000_000  # characters of what is read, as JSON
_HERE = "twin_core.collect.listing"


class Listings:
    """Reads the bodies of one source's listing; a context manager."""

    def __init__(self, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._child = Confined(seconds, megabytes)

    def __enter__(self) -> "Listings":
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close()

    def read(self, reader: Callable[..., Any], body: bytes, url: str, *more: Any) -> Any:
        """What `reader`, a function of a module, makes of (body, url, *more): JSON values.

        Raises its `SourceError`, or `BlockedError` if it takes too much time or memory.
        """
        if len(body) <= SMALL:
            return reader(body, url, *more)
        name = f"{reader.__module__}:{reader.__qualname__}"
        try:
            self._child.call(f"{_HERE}:ready", name, url, *more)  # so that importing is not counted
            return self._child.call(f"{_HERE}:read", name, b64encode(body).decode(), url, *more)
        except SourceError as error:
            if error.problem.startswith("it "):  # the child's end, or what the reader did not mean
                problem = f"{url} is not read: {error.problem}"
                raise type(error)(problem, error.remedy) from error
            raise


def ready(name: str, url: str, *more: Any) -> None:
    """Nothing; by then all that the reader needs is imported. Called in the child."""
    with suppress(SourceError):
        _reader(name)(b"", url, *more)


def read(name: str, body: str, url: str, *more: Any) -> Any:
    """The reader's result; called in the child, which its memory bounds, as nothing does us."""
    found = _reader(name)(b64decode(body), url, *more)
    if len(json.dumps(found)) > MAX_ANSWER:
        raise BlockedError(f"{url} lists more than {MAX_ANSWER / 1e6:g} MB", "split it.")
    return found


def _reader(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)
