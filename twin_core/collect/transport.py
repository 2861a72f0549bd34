"""The httpx client of collection: vetted connections under a clock, and a cache of listings."""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2
    from hishel import SqliteStorage

CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0
MAX_CACHED = 10_000_000  # bytes of one listing
_CACHE_BYTES = 200_000_000
_LOCK_SECONDS = 1.0  # for which another process may hold the cache before we do without
_log = logging.getLogger("twin")


def open_client(
    allowed: Sequence[str], cache: Path | None, agent: str, left: Callable[[], float]
) -> "httpx2.Client":
    """A client that follows no redirect by itself.

    allowed: private hosts that may be reached. cache: the directory of the listings' cache; None
    for none. left: seconds until the request must have ended, asked before each read and write; it
    raises where none are left.
    """
    import httpx2

    transport = _vetting(allowed, left)
    headers = {"User-Agent": agent, "Accept-Encoding": "gzip"}
    if cache and (storage := _storage(cache)):
        from hishel import CacheOptions
        from hishel.httpx2 import CacheTransport

        transport = CacheTransport(transport, storage=storage, rfc=CacheOptions(shared=False))
        headers["Cache-Control"] = "no-cache"  # kept, but never used without asking
    return httpx2.Client(
        transport=transport,
        headers=headers,
        timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,  # a proxy would resolve names where nobody vets them
    )


def _vetting(allowed: Sequence[str], left: Callable[[], float]) -> "httpx2.BaseTransport":
    import httpcore2
    import httpx2

    from twin_core.collect.vetting import VettingBackend

    transport = httpx2.HTTPTransport(trust_env=False)
    # httpx has no parameter for httpcore's network backend; tests hold that ours is the one used
    transport._pool = httpcore2.ConnectionPool(
        ssl_context=httpx2.create_ssl_context(trust_env=False),
        network_backend=VettingBackend(allowed, left),
    )
    return transport


def _storage(directory: Path) -> "SqliteStorage | None":
    """Where listings are kept; None, with a warning, where another process holds it or it cannot
    be read: listings are then transferred whole."""
    from hishel import SqliteStorage

    # a cache that fails costs a transfer; hishel would print a traceback for each
    logging.getLogger("hishel").setLevel(logging.CRITICAL)
    path = directory / "listings.sqlite"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, _LOCK_SECONDS, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        finally:
            connection.close()
    except (OSError, sqlite3.Error) as error:
        _log.warning("listings are not kept this time: %s: %s", path, error)
        return None
    return SqliteStorage(database_path=path, max_stream_size=MAX_CACHED, max_size=_CACHE_BYTES)
