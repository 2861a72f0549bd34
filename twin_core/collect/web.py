"""The one HTTP client of collection: polite (robots, pace, Retry-After, a name), bounded (size,
time, retries) and confined to the public internet (`vetting`)."""

import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from twin_core.errors import BlockedError, GoneError, SourceError, UnreachableError

if TYPE_CHECKING:
    import httpx2
    from protego import Protego

AGENT = "llm-twin"
MAX_BYTES = 10_000_000  # decoded
MAX_ROBOTS = 500_000  # RFC 9309 asks for at least 500 KiB
CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0
TOTAL_SECONDS = 60.0  # of one answer, however slowly it drips
ATTEMPTS = 3
MAX_REDIRECTS = 5
MAX_RETRY_AFTER = 30.0
MAX_CRAWL_DELAY = 10.0
WORTH_RETRYING = {408, 425, 429, 500, 502, 503, 504}
GONE = {404, 410}
_CACHE_BYTES = 200_000_000
_LATER = "check the address and that the site is up; stored articles are kept."


@dataclass(frozen=True)
class Answer:
    """A response as decoded: status 200, or 304 with an empty body. url: after redirects."""

    url: str
    status: int
    headers: "httpx2.Headers"
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """The charset that the Content-Type names."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset" and value.strip():
                return value.strip().strip("\"'").lower()
        return None


class _RetryLater(Exception):
    """A status worth retrying, and how long the server asks to wait."""

    def __init__(self, status: int, wait: float | None) -> None:
        super().__init__(f"HTTP {status}" + (f", asks to wait {wait:.0f} s" if wait else ""))
        self.wait = wait


def decoded(chunks: Iterator[bytes], encoding: str, limit: int, url: str) -> bytes:
    """The body behind a Content-Encoding; raises `BlockedError` before it outgrows `limit` bytes.

    A small answer may unfold to gigabytes, so what is unfolded at once is bounded, too.
    """
    names = [name.strip() for name in encoding.lower().split(",") if name.strip()]
    unfold = None
    if names and names != ["identity"]:
        if names not in (["gzip"], ["x-gzip"], ["deflate"]):
            raise BlockedError(f"{url} is encoded as '{encoding}'", "it was asked for gzip only.")
        unfold = zlib.decompressobj(47 if "gzip" in names[0] else 15)
    body = bytearray()
    for chunk in chunks:
        body += unfold.decompress(chunk, limit + 1 - len(body)) if unfold else chunk
        if len(body) > limit:
            raise BlockedError(
                f"{url} is larger than {limit / 1e6:g} MB",
                "articles are not this large; take it out of the source.",
            )
    return bytes(body)


class Web:
    """One pass's access to the web; a context manager.

    allowed: private hosts that may be reached (host or host:port), and without a pause.
    cache: where listings are kept between passes, so that an unchanged one is not transferred.
    seconds: time for all requests together; what comes later raises `UnreachableError`.
    transferred: bytes of bodies received so far, as they came over the wire.
    """

    def __init__(
        self,
        allowed: Sequence[str] = (),
        cache: Path | None = None,
        contact: str = "",
        delay: float = 1.0,
        seconds: float | None = None,
    ) -> None:
        self.allowed = allowed
        self.delay = delay
        self.transferred = 0
        self._agent = (
            f"{AGENT}/0.1 (collects an author's own articles with their consent"
            + (f"; {contact}" if contact else "")
            + ")"
        )
        self._cache = cache
        self._clients: dict[bool, httpx2.Client] = {}
        self._robots: dict[str, Protego | None] = {}
        self._ready_at: dict[str, float] = {}
        self._deadline = time.monotonic() + seconds if seconds else None

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def get(
        self, url: str, headers: dict[str, str] | None = None, *, listing: bool = False
    ) -> Answer:
        """GET with everything that this module promises.

        listing: keep the answer, and ask next time only whether it changed.
        Raises `BlockedError`, `GoneError` (404, 410), `UnreachableError` (later it may work), or
        `SourceError` for another answer than 200 and 304.
        """
        check_address(url)
        robots = self._rules(url)
        if robots and not robots.can_fetch(url, AGENT):
            raise BlockedError(
                f"robots.txt of {urlsplit(url).netloc} forbids {url}",
                "let the user agent llm-twin in there, or export the articles instead.",
            )
        return self._get(url, headers or {}, listing, MAX_BYTES)

    def _rules(self, url: str) -> "Protego | None":
        """The site's robots.txt; none where it has none. Unreachable means no (RFC 9309 2.3.1)."""
        from protego import Protego

        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            try:
                answer = self._get(f"{origin}/robots.txt", {}, True, MAX_ROBOTS)
                rules = Protego.parse(answer.body.decode("utf-8", "replace"))
            except (UnreachableError, BlockedError):
                raise
            except SourceError:  # any other 4xx: there are no rules
                rules = None
            self._robots[origin] = rules
        return self._robots[origin]

    def _get(self, url: str, headers: dict[str, str], listing: bool, limit: int) -> Answer:
        import httpx2
        import stamina

        # collection reports what failed in the end; the retries before that are nobody's business
        stamina.instrumentation.set_on_retry_hooks(())

        def again(error: Exception) -> bool | float:
            if isinstance(error, _RetryLater):
                if error.wait is None:
                    return True
                return error.wait if error.wait <= MAX_RETRY_AFTER else False
            return isinstance(error, httpx2.TransportError) and not isinstance(
                error, httpx2.UnsupportedProtocol
            )

        @stamina.retry(on=again, attempts=ATTEMPTS, timeout=90.0, wait_max=5.0)
        def attempt() -> Answer:
            self._pause(url)
            return self._once(url, headers, listing, limit)

        try:
            answer = attempt()
        except httpx2.UnsupportedProtocol as error:
            raise BlockedError(f"{url} leads away from the web: {error}", _LATER) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, zlib.error, _RetryLater) as error:
            reason = str(error) or type(error).__name__
            raise UnreachableError(f"{url} cannot be fetched: {reason}", _LATER) from error
        if answer.status in GONE:
            raise GoneError(f"{url} answered HTTP {answer.status}", _LATER)
        if answer.status not in (200, 304):
            raise SourceError(f"{url} answered HTTP {answer.status}", _LATER)
        return answer

    def _once(self, url: str, headers: dict[str, str], listing: bool, limit: int) -> Answer:
        with self._client(listing).stream("GET", url, headers=headers) as response:
            if response.status_code in WORTH_RETRYING:
                raise _RetryLater(response.status_code, _retry_after(response))
            if response.status_code not in (200, 304):
                return Answer(str(response.url), response.status_code, response.headers, b"")
            cached = response.extensions.get("caching", {}).get("from_cache", False)
            encoding = response.headers.get("content-encoding", "")
            chunks = self._metered(response.iter_raw(), url, counted=not cached)
            body = decoded(chunks, encoding, limit, url)
        return Answer(str(response.url), response.status_code, response.headers, body)

    def _metered(self, chunks: Iterator[bytes], url: str, counted: bool) -> Iterator[bytes]:
        end = time.monotonic() + TOTAL_SECONDS
        for chunk in chunks:
            self.transferred += len(chunk) if counted else 0
            if time.monotonic() > end:
                raise BlockedError(
                    f"{url} took longer than {TOTAL_SECONDS:.0f} s to arrive",
                    "take it out of the source if it never does better.",
                )
            yield chunk

    def _pause(self, url: str) -> None:
        """Wait until the host may be asked again; raises `UnreachableError` past the deadline."""
        parts = urlsplit(url)
        now = time.monotonic()
        start = max(now, self._ready_at.get(parts.netloc, now))
        if self._deadline and start > self._deadline:
            raise UnreachableError("the time for this pass is used up", "it goes on with the next.")
        if start > now:
            time.sleep(start - now)
        own = (parts.hostname or "") in self.allowed or parts.netloc.lower() in self.allowed
        self._ready_at[parts.netloc] = start + (0.0 if own else self._delay(url))

    def _delay(self, url: str) -> float:
        parts = urlsplit(url)
        rules = self._robots.get(f"{parts.scheme}://{parts.netloc}")
        asked = rules.crawl_delay(AGENT) if rules else None
        return min(max(self.delay, float(asked or 0)), max(MAX_CRAWL_DELAY, self.delay))

    def _client(self, listing: bool) -> "httpx2.Client":
        import httpx2

        listing = listing and self._cache is not None
        if listing not in self._clients:
            transport: Any = _transport(self.allowed)
            if listing:
                transport = _caching(transport, self._cache)
            self._clients[listing] = httpx2.Client(
                transport=transport,
                headers={
                    "User-Agent": self._agent,
                    "Accept-Encoding": "gzip",
                    **({"Cache-Control": "no-cache"} if listing else {}),
                },
                timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                follow_redirects=True,
                max_redirects=MAX_REDIRECTS,
                trust_env=False,  # a proxy would resolve names where nobody vets them
                event_hooks={"request": [lambda request: check_address(str(request.url))]},
            )
        return self._clients[listing]


def check_address(url: str) -> None:
    """Raise `BlockedError` unless it is a plain http or https address without credentials."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BlockedError(f"{url!r} is not an address: {error}", "correct it.") from error
    if parts.scheme not in ("http", "https") or not host:
        raise BlockedError(f"{url} is not a web address", "it begins with http:// or https://.")
    if parts.username is not None or parts.password is not None:
        raise BlockedError(
            f"an address on {host} carries credentials", "collection takes public articles only."
        )


def _transport(allowed: Sequence[str]) -> "httpx2.BaseTransport":
    import httpcore2
    import httpx2

    from twin_core.collect.vetting import VettingBackend

    transport = httpx2.HTTPTransport(trust_env=False)
    # httpx has no parameter for httpcore's network backend; tests hold that ours is the one used
    transport._pool = httpcore2.ConnectionPool(
        ssl_context=httpx2.create_ssl_context(trust_env=False),
        network_backend=VettingBackend(allowed),
    )
    return transport


def _caching(transport: "httpx2.BaseTransport", directory: Path | None) -> "httpx2.BaseTransport":
    from hishel import CacheOptions, SqliteStorage
    from hishel.httpx2 import CacheTransport

    assert directory
    directory.mkdir(parents=True, exist_ok=True)
    storage = SqliteStorage(
        database_path=directory / "listings.sqlite",
        max_stream_size=MAX_BYTES,
        max_size=_CACHE_BYTES,
    )
    return CacheTransport(transport, storage=storage, rfc=CacheOptions(shared=False))


def _retry_after(response: "httpx2.Response") -> float | None:
    """Seconds that a Retry-After header asks for (a number or a date); None without one."""
    value = response.headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value).timestamp()
    except ValueError:
        return None
    return max(0.0, moment - time.time())
