"""Which addresses collection may connect to: decided at the socket, for every hop of every request.

A name is resolved once, each of its addresses is judged, and the connection goes to an address that
was judged, so that neither a redirect nor a second answer of a name server (DNS rebinding) leads
inside the network.
"""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from httpcore2 import ConnectError, ConnectTimeout, NetworkBackend, NetworkStream, SyncBackend

from twin_core.errors import BlockedError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REMEDY = (
    "collection reaches public addresses only; name a host of your own network in "
    "TWIN_COLLECT_HOSTS if you mean it."
)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, seen through every embedding of IPv4."""
    parsed = ipaddress.ip_address(address.split("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        embedded = parsed.ipv4_mapped or parsed.sixtofour
        if parsed.teredo:
            embedded = parsed.teredo[1]
        if parsed in _NAT64:
            embedded = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if embedded is not None:
            return is_public(str(embedded))
    return parsed.is_global and not parsed.is_multicast


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, in the resolver's order; raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def vetted(host: str, port: int, allowed: Sequence[str]) -> list[str]:
    """The addresses of `host`, all of which may be connected to.

    allowed: hosts of the private network, as host or host:port. Raises `BlockedError` if any
    address of another host is private, `OSError` if it has none.
    """
    addresses = resolve(host, port)
    if host.lower() in allowed or f"{host.lower()}:{port}" in allowed:
        return addresses
    private = [address for address in addresses if not is_public(address)]
    if private:
        raise BlockedError(f"{host} is at {private[0]}, which is not a public address", _REMEDY)
    return addresses


class VettingBackend(NetworkBackend):
    """Connects like httpcore's own backend, to vetted addresses only."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self.allowed = allowed
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
            addresses = vetted(host.strip("[]"), port, self.allowed)
        except OSError as error:
            raise ConnectError(f"{host} has no address: {error.strerror}") from error
        for address in addresses[:-1]:
            with suppress(ConnectError, ConnectTimeout):
                return self._backend.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
        return self._backend.connect_tcp(
            addresses[-1], port, timeout, local_address, socket_options
        )

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        raise BlockedError(f"{path} is a local socket", _REMEDY)

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)
