"""Both backends: LanceDB in a directory, searched in memory or on the disk; Weaviate on a real
server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.index.server import Server, running_server
from tests.index.writer import Where
from twin_core.index.base import ChunkIndex
from twin_core.index.lance import LanceIndex

BACKENDS = ("lancedb", "lancedb-on-disk", "weaviate")


@pytest.fixture(scope="session")
def weaviate_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the whole session, whose data is only made-up authors'."""
    with running_server(tmp_path_factory.mktemp("weaviate")) as server:
        yield server


@pytest.fixture(params=BACKENDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], ChunkIndex]]:
    """Opens the same, at first empty index anew, as another process would."""
    if request.param == "lancedb":
        yield lambda: LanceIndex(tmp_path / "index")
        return
    if request.param == "lancedb-on-disk":
        yield lambda: LanceIndex(tmp_path / "index", memory=0)
        return
    server: Server = request.getfixturevalue("weaviate_server")
    yield server.open
    server.clear()


@pytest.fixture
def where(
    opened: Callable[[], ChunkIndex], request: pytest.FixtureRequest, tmp_path: Path
) -> Where:
    """The same index, for writers in other processes."""
    if isinstance(opened(), LanceIndex):
        return Where(tmp_path / "index")
    return request.getfixturevalue("weaviate_server").where()


@pytest.fixture
def index(opened: Callable[[], ChunkIndex]) -> ChunkIndex:
    return opened()


@pytest.fixture
def lance(tmp_path: Path) -> LanceIndex:
    return LanceIndex(tmp_path / "index")
