"""The body behind a Content-Encoding (RFC 9110 8.4), in bounded memory."""

import zlib
from collections.abc import Iterable

from twin_core.errors import BlockedError, UnreachableError

_GZIP = b"\x1f\x8b"
_ZLIB_WINDOW, _EITHER = 15, 47  # zlib's own wbits: zlib's header, or that and gzip's


def decoded(
    chunks: Iterable[bytes], encoding: str, limit: int, url: str, *, cut: bool = False
) -> bytes:
    """At most `limit` bytes; raises `BlockedError` before a body outgrows it, or cuts it there.

    A small answer may unfold to gigabytes, so what is unfolded at once is bounded, too. A body that
    ends too early raises `UnreachableError`.
    """
    unfold = _Unfolding(encoding, url)
    body = bytearray()
    for chunk in chunks:
        body += unfold.take(chunk, limit + 1 - len(body))
        if len(body) > limit and cut:
            return bytes(body[:limit])
        if len(body) > limit:
            raise BlockedError(
                f"{url} is larger than {limit / 1e6:g} MB",
                "articles are not this large; take it out of the source.",
            )
    if unfold.broken_off:
        raise UnreachableError(f"{url} broke off before its end", "it is tried again later.")
    return bytes(body)


class _Unfolding:
    """One body's decompressor; a body of gzip may have several members (RFC 1952 2.2)."""

    def __init__(self, encoding: str, url: str) -> None:
        names = [name.strip() for name in encoding.lower().split(",") if name.strip()]
        self._window = 0
        if names and names != ["identity"]:
            if names not in (["gzip"], ["x-gzip"], ["deflate"]):
                raise BlockedError(
                    f"{url} is encoded as '{encoding}'", "it was asked for gzip only."
                )
            self._window = _EITHER if "gzip" in names[0] else _ZLIB_WINDOW
        self._member = zlib.decompressobj(self._window) if self._window else None
        self._rest = b""  # what follows a member: its two first bytes say whether it is another
        self._begun = False

    @property
    def broken_off(self) -> bool:
        return bool(self._begun and self._member and not self._member.eof)

    def take(self, chunk: bytes, most: int) -> bytes:
        """What the next bytes unfold to, `most` bytes at most; what follows the last member is
        padding."""
        if not self._member:
            return chunk
        self._begun = self._begun or bool(chunk)
        found = bytearray()
        while chunk and len(found) < most:
            if self._member.eof:
                chunk = self._rest + chunk
                self._rest = chunk[:1] if len(chunk) == 1 else b""
                if self._window != _EITHER or not chunk.startswith(_GZIP):
                    break
                self._member = zlib.decompressobj(self._window)
            found += self._member.decompress(chunk, most - len(found))
            chunk = self._member.unused_data
        return bytes(found)
