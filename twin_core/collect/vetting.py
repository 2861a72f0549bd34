"""Which addresses collection may connect to: decided at the socket, for every hop of every request.

A name is resolved once, each of its addresses is judged, and the connection goes to an address that
was judged, so that neither a redirect nor a second answer of a name server (DNS rebinding) leads
inside the network.
"""

import ipaddress
import math
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from httpcore2 import (
    ConnectError,
    ConnectTimeout,
    NetworkBackend,
    NetworkStream,
    ReadTimeout,
    SyncBackend,
)

from twin_core.errors import BlockedError

LOOKUP_SECONDS = 10.0  # of a name; the limits of a system's resolver add up to more
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All that IANA has given out of IPv6; what lies outside is local, reserved, or IPv4 in disguise.
_UNICAST = ipaddress.ip_network("2000::/3")
_DOCUMENTATION = ipaddress.ip_network("3fff::/20")  # RFC 9637; Python does not know it yet
_REMEDY = (
    "collection reaches public addresses only; name a host of your own network in "
    "TWIN_COLLECT_HOSTS if you mean it."
)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, seen through every embedding of IPv4
    that leads anywhere."""
    parsed = ipaddress.ip_address(address.split("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        embedded = parsed.ipv4_mapped or parsed.sixtofour
        if parsed.teredo:
            embedded = parsed.teredo[1]
        if parsed in _NAT64:
            embedded = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if embedded is not None:
            return is_public(str(embedded))
        if parsed not in _UNICAST or parsed in _DOCUMENTATION:
            return False
    return parsed.is_global and not parsed.is_multicast


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, in the resolver's order; raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _resolved_within(host: str, port: int, seconds: float) -> list[str]:
    """`resolve`, or `TimeoutError` after so long. In a thread, which is left behind if it hangs:
    nothing ends a look-up."""
    answers: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except Exception as error:  # noqa: BLE001 - raised where the answer is waited for
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        problem = f"the address of {host} could not be looked up within {seconds:.2g} s"
        raise TimeoutError(f"{problem}; it is tried again later") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def vetted(host: str, port: int, allowed: Sequence[str], seconds: float = math.inf) -> list[str]:
    """The addresses of `host`, all of which may be connected to.

    allowed: hosts of the private network, as host or host:port. seconds: for the look-up, of which
    it takes `LOOKUP_SECONDS` at most. Raises `BlockedError` if any address of another host is
    private, `TimeoutError` if there was no answer in time, another `OSError` if it has none.
    """
    addresses = _resolved_within(host, port, min(seconds, LOOKUP_SECONDS))
    if host.lower() in allowed or f"{host.lower()}:{port}" in allowed:
        return addresses
    private = [address for address in addresses if not is_public(address)]
    if private:
        raise BlockedError(f"{host} is at {private[0]}, which is not a public address", _REMEDY)
    return addresses


class VettingBackend(NetworkBackend):
    """Connects like httpcore's own backend, to vetted addresses only and under a clock.

    left: seconds until everything must have ended; it raises where none are left. httpcore's own
    limits are of one read, and a server that drips never meets them.
    """

    def __init__(self, allowed: Sequence[str], left: Callable[[], float]) -> None:
        self.allowed, self._left = allowed, left
        self._backend = SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        try:
            within = _within(None, self._left)
            addresses = vetted(host.strip("[]"), port, self.allowed, within)
        except TimeoutError as error:
            self._left()  # the clock's own error, where it was the clock
            raise ConnectTimeout(str(error)) from error
        except OSError as error:
            raise ConnectError(f"{host} has no address: {error.strerror}") from error

        def connected(address: str) -> NetworkStream:
            within = _within(timeout, self._left)
            stream = self._backend.connect_tcp(address, port, within, local_address, socket_options)
            return _TimedStream(stream, self._left)

        for address in addresses[:-1]:
            with suppress(ConnectError, ConnectTimeout):
                return connected(address)
        return connected(addresses[-1])

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        raise BlockedError(f"{path} is a local socket", _REMEDY)

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


class _TimedStream(NetworkStream):
    """A connection of which no read or write outlasts the clock."""

    def __init__(self, stream: NetworkStream, left: Callable[[], float]) -> None:
        self._stream, self._left = stream, left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return self._stream.read(max_bytes, _within(timeout, self._left))
        except ReadTimeout:
            self._left()  # the clock's own error, where it was the clock
            raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _within(timeout, self._left))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> NetworkStream:
        within = _within(timeout, self._left)
        stream = self._stream.start_tls(ssl_context, server_hostname, within)
        return _TimedStream(stream, self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _within(timeout: float | None, left: Callable[[], float]) -> float:
    # a little more, so that what runs out is the clock's time and not only the socket's
    return min(left() + 0.05, math.inf if timeout is None else timeout)
