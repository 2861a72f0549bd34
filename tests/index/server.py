"""A real Weaviate server: one that `make real-parts` built, started on free ports in a directory of
its own, or the one that TWIN_WEAVIATE_URL names."""

import os
import random
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.index.writer import Where
from twin_core.index.weaviate import WeaviateIndex

READY_SECONDS = 120
LEASE = Where.lease


def binary() -> Path | None:
    """The server that `make real-parts` built."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    built = sorted((cache / "llm-twin" / "bin").glob("weaviate-server-v*"))
    return built[-1] if built else None


def unavailable(reason: str) -> None:
    """Skip; or fail, where the real parts are required."""
    text = f"{reason}: `make real-parts` builds a server, or set TWIN_WEAVIATE_URL"
    if os.environ.get("TWIN_REQUIRE_REAL_PARTS") == "1":
        pytest.fail(text)
    pytest.skip(text)


def free_ports(count: int) -> list[int]:
    """Neighbours, as the server wants them (the data port is the gossip port plus one), and below
    those that systems give to outgoing connections."""
    chooser = random.SystemRandom()
    while True:
        first = chooser.randrange(20_000, 32_000)
        ports = list(range(first, first + count))
        if all(_is_free(port) for port in ports):
            return ports


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Server:
    """Where a server answers, and the names that a test run may use there."""

    def __init__(self, url: str, grpc: str | None, key: str | None = None) -> None:
        self.url, self.grpc, self.key = url, grpc, key
        self.prefix = f"Test{uuid.uuid4().hex[:8]}"
        self._opened: list[WeaviateIndex] = []

    def open(self) -> WeaviateIndex:
        index = WeaviateIndex(self.url, self.grpc, self.key, prefix=self.prefix, lease=LEASE)
        self._opened.append(index)
        return index

    def where(self, lease: float = LEASE) -> Where:
        return Where(server=(self.url, self.grpc, self.key, self.prefix), lease=lease)

    def clear(self) -> None:
        """Remove all that was made under our prefix."""
        client = self.open()._server.client
        for name in client.alias.list_all():
            if name.startswith(self.prefix):
                client.alias.delete(alias_name=name)
        for name in client.collections.list_all(simple=True):
            if name.startswith(self.prefix):
                client.collections.delete(name)
        self.close()

    def close(self) -> None:
        for index in self._opened:
            index.close()
        self._opened.clear()


class OwnServer(Server):
    """One that we start, and may kill."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self._directory = directory
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._ports = free_ports(6)
        super().__init__(f"http://127.0.0.1:{self._ports[0]}", f"127.0.0.1:{self._ports[1]}")

    def start(self) -> None:
        path = binary()
        assert path is not None
        http, grpc, gossip, data, raft, raft_rpc = map(str, self._ports)
        environment = {
            **os.environ,
            "PERSISTENCE_DATA_PATH": str(self._directory / "data"),
            "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": "true",
            "DEFAULT_VECTORIZER_MODULE": "none",
            "ENABLE_API_BASED_MODULES": "false",
            "DISABLE_TELEMETRY": "true",
            "CLUSTER_HOSTNAME": "node1",
            "CLUSTER_ADVERTISE_ADDR": "127.0.0.1",
            "CLUSTER_IN_LOCALHOST": "true",
            "CLUSTER_GOSSIP_BIND_PORT": gossip,
            "CLUSTER_DATA_BIND_PORT": data,
            "RAFT_BOOTSTRAP_EXPECT": "1",
            "RAFT_PORT": raft,
            "RAFT_INTERNAL_RPC_PORT": raft_rpc,
            "GRPC_PORT": grpc,
            "LOG_LEVEL": "warning",
            **self._environment,
        }
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(path), "--host", "127.0.0.1", "--port", http, "--scheme", "http"],
                env=environment,
                stdout=log,
                stderr=log,
                cwd=self._directory,
            )
        deadline = time.monotonic() + READY_SECONDS
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                pytest.fail(f"no Weaviate server came up; {self._directory / 'log'} says why")
            time.sleep(0.1)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/v1/.well-known/ready", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """As a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def running_server(directory: Path) -> Iterator[Server]:
    """The server that is named, or one of our own."""
    url = os.environ.get("TWIN_WEAVIATE_URL")
    if url:
        yield Server(
            url, os.environ.get("TWIN_WEAVIATE_GRPC"), os.environ.get("TWIN_WEAVIATE_API_KEY")
        )
        return
    with own_server(directory) as server:
        yield server


@contextmanager
def own_server(directory: Path, **environment: str) -> Iterator[OwnServer]:
    """A server of this test's own, with more in its environment."""
    if binary() is None:
        unavailable("no Weaviate server")
    server = OwnServer(directory, **environment)
    server.start()
    try:
        yield server
    finally:
        server.close()
        server.kill()
