"""Which addresses of the web the authors file and a page may name; where they lead is `vetting`'s
business."""

from urllib.parse import urlsplit

from twin_core.errors import BlockedError


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
