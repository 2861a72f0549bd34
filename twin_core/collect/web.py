"""The one HTTP client of collection: polite (robots, pace, Retry-After, a name), bounded (size,
time, retries) and confined to the public internet (`vetting`)."""

import math
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from twin_core.collect.address import check_address
from twin_core.collect.decoding import decoded
from twin_core.collect.pace import MAX_RETRY_AFTER, Pace, seconds_asked
from twin_core.collect.transport import open_client
from twin_core.errors import BlockedError, GoneError, SourceError, UnreachableError, WithheldError

if TYPE_CHECKING:
    import httpx2
    from protego import Protego

AGENT = "llm-twin"
MAX_BYTES = 10_000_000  # decoded
MAX_ROBOTS = 500 * 1024  # of a longer robots.txt the beginning counts (RFC 9309 2.5)
TOTAL_SECONDS = 60.0  # of one request with its answer, however slowly it drips
ATTEMPTS = 3
RETRY_SECONDS = 5.0  # between two of them at most, unless the server names a time
MAX_REDIRECTS = 5
MAX_CRAWL_DELAY = 10.0
WORTH_RETRYING = {408, 425, 429, 500, 502, 503, 504}
REDIRECTS = {301, 302, 303, 307, 308}
OVERLOADED = {429, 503}  # said of the host, not of one page
GONE = {404, 410}
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
        self.status, self.wait = status, wait


class Web:
    """One pass's access to the web; a context manager.

    allowed: private hosts that may be reached (host or host:port), and without a pause.
    cache: where listings are kept between passes, so that an unchanged one is not transferred.
    seconds: time for all requests together; what comes later raises `UnreachableError`.
    deadline: when that time is over, by `time.monotonic`; may be moved between requests.
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
        self.deadline = time.monotonic() + seconds if seconds else math.inf
        self._agent = (
            f"{AGENT}/0.1 (collects an author's own articles with their consent"
            + (f"; {contact}" if contact else "")
            + ")"
        )
        self._cache = cache
        self._clients: dict[bool, httpx2.Client] = {}
        self._robots: dict[str, Protego | None] = {}
        self._pace = Pace()
        self._request = ("", math.inf)  # the address being asked, and when that must have ended

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
        """GET with everything that this module promises, at each address that it is led to.

        listing: keep the answer, and ask next time only whether it changed.
        Raises `BlockedError`, `GoneError` (404, 410), `UnreachableError` (later it may work), or
        `SourceError` for another answer than 200 and 304.
        """
        return self._follow(url, headers or {}, listing, robots=False)

    def _follow(self, url: str, headers: dict[str, str], listing: bool, robots: bool) -> Answer:
        """robots: it is a robots.txt, which no rule forbids and of which the beginning is enough.

        Redirects are followed here, not by httpx, since each hop is another request to somebody.
        """
        first = url
        for _ in range(MAX_REDIRECTS + 1):
            check_address(url)
            if not robots:
                self._require_permission(url)
            answer = self._attempts(url, headers, listing, robots)
            target = answer.headers.get("location", "")
            if answer.status in GONE:
                raise GoneError(f"{url} answered HTTP {answer.status}", _LATER)
            if answer.status in (200, 304):
                return answer
            if answer.status not in REDIRECTS or not target:
                raise SourceError(f"{url} answered HTTP {answer.status}", _LATER)
            try:
                url = urljoin(url, target)
            except ValueError as error:
                raise BlockedError(f"{url} leads to {target!r}: {error}", _LATER) from error
        raise UnreachableError(f"{first} leads through more than {MAX_REDIRECTS} others", _LATER)

    def _require_permission(self, url: str) -> None:
        robots = self._rules(url)
        if robots and not robots.can_fetch(url, AGENT):
            raise WithheldError(
                f"robots.txt of {urlsplit(url).netloc} forbids {url}",
                "let the user agent llm-twin in there, or export the articles instead.",
            )

    def _rules(self, url: str) -> "Protego | None":
        """The site's robots.txt; none where it has none. Unreachable means no (RFC 9309 2.3.1)."""
        from protego import Protego

        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            try:
                body = self._follow(f"{origin}/robots.txt", {}, True, robots=True).body
                if len(body) == MAX_ROBOTS:  # half a rule would forbid more than the whole
                    body = body[: body.rfind(b"\n") + 1]
                rules = Protego.parse(body.decode("utf-8", "replace"))
            except (UnreachableError, BlockedError):
                raise
            except SourceError:  # any other 4xx: there are no rules
                rules = None
            self._robots[origin] = rules
        return self._robots[origin]

    def _attempts(self, url: str, headers: dict[str, str], listing: bool, robots: bool) -> Answer:
        """One address asked until it answers, `ATTEMPTS` times at most; a host that then still is
        overloaded, or not there, is not asked for another."""
        import httpx2
        import stamina

        # collection reports what failed in the end; the retries before that are nobody's business
        stamina.instrumentation.set_on_retry_hooks(())

        def again(error: Exception) -> bool | float:
            left = self.deadline - time.monotonic()
            if isinstance(error, _RetryLater) and error.wait is not None:
                return error.wait if error.wait <= min(MAX_RETRY_AFTER, left) else False
            passing = isinstance(error, (_RetryLater, httpx2.TransportError))
            return passing and left > RETRY_SECONDS

        @stamina.retry(on=again, attempts=ATTEMPTS, timeout=90.0, wait_max=RETRY_SECONDS)
        def attempt() -> Answer:
            self._pace.take_turn(_host(url), self._delay(url), self.deadline)
            return self._once(url, headers, listing, robots)

        try:
            return attempt()
        except (httpx2.HTTPError, httpx2.InvalidURL, zlib.error, _RetryLater) as error:
            reason = str(error) or type(error).__name__
            absent = isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout))
            if absent or robots or getattr(error, "status", None) in OVERLOADED:
                self._pace.give_up(_host(url), reason)
            raise UnreachableError(f"{url} cannot be fetched: {reason}", _LATER) from error

    def _once(self, url: str, headers: dict[str, str], listing: bool, robots: bool) -> Answer:
        self._request = (url, time.monotonic() + TOTAL_SECONDS)
        # as bytes, since a server's ETag may be more than ASCII; RFC 9110 5.5 takes it for Latin-1
        asked = {k.encode(): value.encode("latin-1", "replace") for k, value in headers.items()}
        with self._client(listing).stream("GET", url, headers=asked) as response:
            if response.status_code in WORTH_RETRYING:
                wait = seconds_asked(response.headers.get("retry-after", ""))
                if wait:
                    self._pace.postpone(_host(url), wait)
                raise _RetryLater(response.status_code, wait)
            if response.status_code not in (200, 304):
                return Answer(str(response.url), response.status_code, response.headers, b"")
            cached = response.extensions.get("caching", {}).get("from_cache", False)
            encoding = response.headers.get("content-encoding", "")
            chunks = self._metered(response.iter_raw(), counted=not cached)
            limit = MAX_ROBOTS if robots else MAX_BYTES
            body = decoded(chunks, encoding, limit, url, cut=robots)
        return Answer(str(response.url), response.status_code, response.headers, body)

    def _metered(self, chunks: Iterator[bytes], counted: bool) -> Iterator[bytes]:
        for chunk in chunks:
            self.transferred += len(chunk) if counted else 0
            yield chunk

    def _left(self) -> float:
        """Seconds until the present request must have ended; raises where there are none."""
        url, end = self._request
        now = time.monotonic()
        if now >= self.deadline:
            raise UnreachableError("the time for this pass is used up", "it goes on with the next.")
        if now >= end:
            raise UnreachableError(
                f"{url} took longer than {TOTAL_SECONDS:.0f} s to arrive",
                "take it out of the source if it never does better.",
            )
        return min(end, self.deadline) - now

    def _delay(self, url: str) -> float:
        """Seconds between two requests to a host; none to one of our own network."""
        parts = urlsplit(url)
        if {_host(url), parts.hostname} & set(self.allowed):
            return 0.0
        rules = self._robots.get(f"{parts.scheme}://{parts.netloc}")
        asked = rules.crawl_delay(AGENT) if rules else None
        return min(max(self.delay, float(asked or 0)), max(MAX_CRAWL_DELAY, self.delay))

    def _client(self, listing: bool) -> "httpx2.Client":
        listing = listing and self._cache is not None
        if listing not in self._clients:
            cache = self._cache if listing else None
            self._clients[listing] = open_client(self.allowed, cache, self._agent, self._left)
        return self._clients[listing]


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
