"""A Weaviate behind TLS, as most that are not on one's own machine are.

A terminator on loopback stands where a user has an ingress: it takes TLS from the client and passes
the bytes on to the real server, HTTP/1.1 and gRPC (HTTP/2) alike.
"""

import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from tests.index.rows import SPACE, fill, ids, named, only
from tests.index.server import Server
from twin_core.errors import IndexUnavailableError, SettingError
from twin_core.index.base import Query
from twin_core.index.weaviate import WeaviateIndex

PIECE = 65_536
Address = tuple[str, int]


class Terminator:
    """Listens with a certificate of this authority; every connection goes on to one address."""

    def __init__(self, authority: trustme.CA, beyond: Address) -> None:
        self._beyond = beyond
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.set_alpn_protocols(["h2", "http/1.1"])
        authority.issue_cert("localhost").configure_cert(self._context)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        try:
            near = self._context.wrap_socket(plain, server_side=True)
        except (ssl.SSLError, OSError):
            plain.close()  # the client does not trust us, or only looked whether somebody listens
            return
        with near, socket.create_connection(self._beyond) as far:
            _pass_on(near, far)


def _pass_on(near: ssl.SSLSocket, far: socket.socket) -> None:
    """Both ways until one side ends; in one thread, since two may not share a TLS socket."""
    try:
        while True:
            ready = [near] if near.pending() else select.select([near, far], [], [])[0]
            for source in ready:
                piece = source.recv(PIECE)
                if not piece:
                    return
                (far if source is near else near).sendall(piece)
    except OSError:
        return  # one side has gone: so does the other


@contextmanager
def behind_tls(server: Server, authority: trustme.CA) -> Iterator[tuple[str, str]]:
    """(URL, gRPC address) of the server behind two terminators."""
    assert server.grpc
    http_host, _, http_port = server.url.removeprefix("http://").partition(":")
    grpc_host, _, grpc_port = server.grpc.partition(":")
    http = Terminator(authority, (http_host, int(http_port)))
    grpc = Terminator(authority, (grpc_host, int(grpc_port)))
    try:
        yield f"https://localhost:{http.port}", f"localhost:{grpc.port}"
    finally:
        http.close()
        grpc.close()


@pytest.fixture
def plain(weaviate_server: Server) -> Iterator[Server]:
    if not weaviate_server.url.startswith("http://"):
        pytest.skip(f"{weaviate_server.url} has TLS already; name a server without it")
    yield weaviate_server
    weaviate_server.clear()


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    return made


def test_an_index_is_written_and_read_behind_tls(
    plain: Server, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with behind_tls(plain, authority) as (url, grpc):
        index = WeaviateIndex(url, grpc, plain.key, prefix=plain.prefix)
        fill(index, "ines", named("d1.c1", "d1.c2", "d2.c1"))
        index.apply("ines", ["d2"], named("d2.c1", "d2.c2"), SPACE)
        assert index.contents("ines").rows == 4
        found = ids(index.search("ines", only(), 9))
        assert sorted(found) == ["d1.c1", "d1.c2", "d2.c1", "d2.c2"]
        index.close()


def test_a_certificate_of_an_unknown_authority_is_said_to_be_that(
    plain: Server, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with behind_tls(plain, authority) as (url, grpc):
        index = WeaviateIndex(url, grpc, plain.key, prefix=plain.prefix)
        with pytest.raises(IndexUnavailableError, match=r"certificate(?s:.*)SSL_CERT_FILE"):
            index.search("ines", Query(text="bread"), 3)


def test_a_server_without_tls_is_said_to_be_that(plain: Server):
    index = WeaviateIndex(
        plain.url.replace("http://", "https://"), plain.grpc, plain.key, prefix=plain.prefix
    )
    with pytest.raises(IndexUnavailableError, match=r"TLS(?s:.*)http://"):
        index.contents("ines")


def test_authorities_that_cannot_be_read_are_named(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    listening = Terminator(authority, ("127.0.0.1", 1))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    index = WeaviateIndex("https://localhost:1", f"127.0.0.1:{listening.port}", None)
    with pytest.raises(SettingError, match=r"SSL_CERT_FILE(?s:.*)none\.pem"):
        index.contents("ines")
    listening.close()
