"""The one HTTP client of collection: it says who it is, retries what is worth it, and caps what it
takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from twin_core.errors import SourceError, UnreachableError

if TYPE_CHECKING:
    import httpx2

USER_AGENT = "llm-twin/0.1 (collects its own user's articles, with their consent)"
TIMEOUT_SECONDS = 20.0
MAX_BYTES = 10_000_000
ATTEMPTS = 3
WORTH_RETRYING = {408, 425, 429, 500, 502, 503, 504}


class _RetryableStatus(Exception):
    pass


@contextmanager
def open_client() -> Iterator["httpx2.Client"]:
    """A client for one pass over a source."""
    import httpx2

    with httpx2.Client(
        headers={"User-Agent": USER_AGENT},
        timeout=TIMEOUT_SECONDS,
        follow_redirects=True,
        max_redirects=5,
    ) as client:
        yield client


def get(
    client: "httpx2.Client", url: str, headers: dict[str, str] | None = None
) -> "tuple[httpx2.Response, bytes]":
    """GET with bounded retries → (response, decoded body of at most `MAX_BYTES`); 304 has no body.

    Raises `UnreachableError` when retries did not help, `SourceError` for other answers than 200
    and 304.
    """
    import httpx2
    import stamina

    @stamina.retry(on=(httpx2.TransportError, _RetryableStatus), attempts=ATTEMPTS, wait_max=5.0)
    def attempt() -> "tuple[httpx2.Response, bytes]":
        with client.stream("GET", url, headers=headers) as response:
            if response.status_code in WORTH_RETRYING:
                raise _RetryableStatus(f"HTTP {response.status_code}")
            body = bytearray()
            for part in response.iter_bytes():
                body += part
                if len(body) > MAX_BYTES:
                    raise SourceError(
                        f"{url} is larger than {MAX_BYTES // 1_000_000} MB",
                        "articles are not this large; remove it from the source.",
                    )
            return response, bytes(body)

    try:
        response, body = attempt()
    except (httpx2.HTTPError, httpx2.InvalidURL, _RetryableStatus) as error:
        raise UnreachableError(
            f"{url} cannot be fetched: {error}",
            "check the address and that the site is up; stored articles are kept.",
        ) from error
    if response.status_code not in (200, 304):
        raise SourceError(
            f"{url} answered HTTP {response.status_code}",
            "check the address in a browser; stored articles are kept.",
        )
    return response, body
