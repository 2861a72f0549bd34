"""What only a server can show: it dies, refuses, has lost something, or is not there."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from tests.index.rows import SPACE, everything, fill, ids, named, only, passage, table, vector_of
from tests.index.server import LEASE, OwnServer, Server, free_ports, own_server
from tests.index.writer import Write, start
from twin_core.errors import IndexMismatchError, IndexUnavailableError, LakeError, SettingError
from twin_core.index import (
    open_index,
    weaviate_query,
    weaviate_server,
    weaviate_state,
    weaviate_write,
)
from twin_core.index.base import Query
from twin_core.index.lance import LanceIndex
from twin_core.index.weaviate import WeaviateIndex, alias_name
from twin_core.index.weaviate_state import STATE_ID
from twin_core.index.weaviate_write import DEAD
from twin_core.settings import load_settings

KEY = "a-key-of-this-test"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """A server that asks for a key, and that may be killed."""
    environment = {
        "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": "false",
        "AUTHENTICATION_APIKEY_ENABLED": "true",
        "AUTHENTICATION_APIKEY_ALLOWED_KEYS": KEY,
        "AUTHENTICATION_APIKEY_USERS": "twin",
        "AUTHORIZATION_ADMINLIST_ENABLED": "true",
        "AUTHORIZATION_ADMINLIST_USERS": "twin",
    }
    with own_server(tmp_path_factory.mktemp("guarded"), **environment) as server:
        server.key = KEY
        yield server


@pytest.fixture
def server(weaviate_server: Server) -> Iterator[Server]:
    """The server of the session, emptied afterwards."""
    yield weaviate_server
    weaviate_server.clear()


@pytest.mark.parametrize("key", ["wrong", None])
def test_a_wrong_key_is_said_to_be_wrong(guarded: OwnServer, key: str | None):
    index = WeaviateIndex(guarded.url, guarded.grpc, key, prefix=guarded.prefix)
    with pytest.raises(IndexUnavailableError, match=r"does not accept the key(?s:.*)API_KEY"):
        index.contents("ines")


def test_kill_9_of_the_server_during_a_sync(guarded: OwnServer):
    names = [f"d{i}.c{c}" for i in range(300) for c in range(6)]
    old, new = named(*names[:300]), named(*names[150:])
    index = guarded.open()
    fill(index, "ines", old)
    index.apply("ines", ["d1"], named("d1.c9"), SPACE)
    held = everything(index, "ines")
    process, said = start(guarded.where(), Write("ines", new, SPACE))
    process.join(0.3)
    guarded.kill()
    time.sleep(1.1)
    for call in (
        lambda: index.search("ines", only(), 3),
        lambda: fill(index, "ines", new),
        lambda: guarded.open().contents("ines"),
    ):
        with pytest.raises(IndexUnavailableError, match=r"does not answer(?s:.*)Remedy: start"):
            call()
    guarded.start()
    index = guarded.open()
    assert everything(index, "ines") in (held, dict(zip(new["chunk_id"], new["text"], strict=True)))
    said.recv()  # the writer tried again and finished, or gave up; either is fine
    process.join()
    fill(index, "ines", new)
    assert everything(index, "ines").keys() == set(names[150:])
    assert index.contents("ines").distinct == index.contents("ines").rows == new.height


def test_nobody_listens_there():
    (port,) = free_ports(1)
    index = WeaviateIndex(f"http://127.0.0.1:{port}", None)
    with pytest.raises(IndexUnavailableError, match=f"127.0.0.1:{port}.*does not answer"):
        index.contents("ines")


def test_a_lost_tenant_is_a_missing_index(server: Server):
    index = server.open()
    fill(index, "ines", named("d1.c0"))
    fill(index, "tobias", named("d1.c0"))
    client = index._server.client
    alias = client.alias.get(alias_name=alias_name(server.prefix, "ines"))
    client.collections.use(alias.collection).tenants.remove(["ines"])
    with pytest.raises(LakeError, match=r"no index of ines(?s:.*)twin run ines"):
        index.search("ines", only(), 3)
    assert everything(index, "tobias").keys() == {"d1.c0"}
    fill(index, "ines", named("d1.c0"))
    assert everything(index, "ines").keys() == {"d1.c0"}


def test_a_passage_that_the_server_refuses_is_named_and_nothing_of_the_write_seen(
    server: Server, monkeypatch: pytest.MonkeyPatch
):
    """Our own look at the widths is passed over, so that the server's answer is what tells."""
    index = server.open()
    fill(index, "ines", named("d1.c0"))
    held = everything(index, "ines")
    whole = weaviate_write.stored

    def shortened(frame: pl.DataFrame, width: int | None, author: str) -> pl.DataFrame:
        rows = whole(frame, width, author)
        vector = pl.col("vector").arr.to_list()
        cut = pl.when(pl.col("chunk_id") == "d2.c1").then(vector.list.head(3)).otherwise(vector)
        return rows.with_columns(vector=cut)

    monkeypatch.setattr(weaviate_write, "stored", shortened)
    with pytest.raises(LakeError, match=r"refused passage d2\.c1 of ines and 0 others"):
        fill(index, "ines", named("d1.c0", "d2.c0", "d2.c1", "d2.c2"))
    assert everything(index, "ines") == held


def test_spaces_have_collections_and_the_alias_follows(server: Server):
    index = server.open()
    fill(index, "ines-okafor", named("d1.c0"))
    fill(index, "tobias", named("d1.c0"))
    client = index._server.client

    def target() -> str:
        return client.alias.get(alias_name=alias_name(server.prefix, "ines-okafor")).collection

    before = target()
    config = client.collections.use(before).config.get()
    assert config.multi_tenancy_config.enabled
    assert (
        type(config.vector_config["passage"].vector_index_config.quantizer).__name__ == "_RQConfig"
    )
    fill(index, "ines-okafor", named("d1.c0", width=4), "made-up/4")
    assert target() != before
    assert set(client.collections.use(before).tenants.get()) == {"tobias"}
    fill(index, "tobias", named("d1.c0", width=4), "made-up/4")
    assert index.optimise("tobias")["collections_removed"] == 1
    assert not client.collections.exists(before)
    assert everything(index, "ines-okafor", 4).keys() == {"d1.c0"}


def test_an_author_is_counted_while_another_space_takes_over(server: Server):
    writer = server.open()
    fill(writer, "ines", named("d1.c0", "d2.c0"))
    faults: list[object] = []
    done = threading.Event()

    def count() -> None:
        reader = server.open()
        while not done.is_set():
            reader._homes.clear()  # as one that has just been opened
            try:
                found = reader.contents("ines").rows, reader.version("ines")
            except Exception as error:
                found = error
            if not (isinstance(found, tuple) and found[0] == 2 and found[1]):
                faults.append(found)

    counting = threading.Thread(target=count)
    counting.start()
    for swap in range(20):
        fill(writer, "ines", named("d1.c0", "d2.c0"), ("another", SPACE)[swap % 2])
    done.set()
    counting.join()
    assert not faults


def test_many_replaced_rows_are_written_anew_and_the_old_removed(
    server: Server, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(weaviate_write, "GRACE_SECONDS", 0)
    index = server.open()
    names = [f"d{i}.c0" for i in range(DEAD + 60)]
    fill(index, "ines", named(*names))
    report = fill(index, "ines", named(*names[:20], *(f"d{i}.c1" for i in range(30))))
    assert (report.upserted, report.deleted, report.unchanged) == (30, DEAD + 40, 20)
    assert everything(index, "ines").keys() == {*names[:20], *(f"d{i}.c1" for i in range(30))}
    figures = index.optimise("ines")
    assert (figures["rows"], figures["rows_awaiting_removal"]) == (50, 0)
    assert everything(index, "ines").keys() == {*names[:20], *(f"d{i}.c1" for i in range(30))}


def test_a_document_of_more_rows_than_a_query_returns_is_looked_up_whole(
    server: Server, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(weaviate_query, "MOST", 5)
    index = server.open()
    long = [f"d1.c{i}" for i in range(12)]
    fill(index, "ines", named(*long, "d2.c0", "d3.c0"))
    report = index.apply("ines", ["d1", "d2"], named(*long[:11], "d1.c20", "d2.c0"), SPACE)
    assert (report.upserted, report.deleted, report.unchanged) == (1, 1, 12)
    assert everything(index, "ines").keys() == {*long[:11], "d1.c20", "d2.c0", "d3.c0"}
    report = index.apply("ines", ["d1"], named(*long[:11], "d1.c20"), SPACE)
    assert (report.upserted, report.deleted, report.unchanged) == (0, 0, 12)
    report = index.apply("ines", ["d1"], named(), SPACE)
    assert (report.upserted, report.deleted, report.unchanged) == (0, 12, 0)
    assert everything(index, "ines").keys() == {"d2.c0", "d3.c0"}


def test_siblings_of_more_rows_than_a_query_returns_are_all_there(
    server: Server, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(weaviate_query, "MOST", 5)
    index = server.open()
    rows = [passage(f"d1.c{i}", parent_id="long") for i in range(12)]
    rows += [passage(f"d{d}.c{i}", parent_id=f"p{d}") for d in range(2, 26) for i in range(2)]
    fill(index, "ines", table(*rows))
    index.apply("ines", ["d2"], table(passage("d2.c9", parent_id="p2")), SPACE)
    found = ids(index.siblings("ines", ["long", "p2", "p3", "nobody", "long"]))
    assert found == [*(f"d1.c{i}" for i in range(12)), "d2.c9", "d3.c0", "d3.c1"]
    assert len(index.siblings("ines", [f"p{d}" for d in range(2, 26)])) == 24 * 2 - 1
    (first, *_) = index.siblings("ines", ["long"])
    assert (first.text, first.title, first.score) == ("words of d1.c0", "Title of d1", 0.0)


def test_an_index_of_an_older_form_is_searched_and_built_anew_by_the_next_sync(
    server: Server, monkeypatch: pytest.MonkeyPatch
):
    older = server.open()
    with monkeypatch.context() as then:
        then.setattr(weaviate_server, "FORM", 1)
        properties = weaviate_server._properties()
        then.setattr(
            weaviate_server,
            "_properties",
            lambda: [one for one in properties if one.name != weaviate_server.PAIRS],
        )
        then.setattr(weaviate_write, "pairs", lambda text: [])
        fill(older, "ines", table(passage("d1.c0", "A kiln of 京都")))
    index = server.open()
    before = index.version("ines")
    for query in (Query(text="kiln"), Query(vector_of("x"), "kiln 京都"), only()):
        assert ids(index.search("ines", query, 3)) == ["d1.c0"]
    with pytest.raises(IndexMismatchError, match="older form"):
        index.apply("ines", ["d2"], named("d2.c0"), SPACE)
    report = fill(index, "ines", table(passage("d1.c0", "A kiln of 京都")))
    assert (report.upserted, report.unchanged) == (1, 0) and report.version != before
    assert ids(index.search("ines", Query(text="京都"), 3)) == ["d1.c0"]
    assert index.optimise("ines")["collections_removed"] == 1


def test_a_writer_that_lost_its_lease_changes_nothing(server: Server):
    index, other = server.open(), server.open()
    fill(index, "ines", named("d1.c0"))

    def stalled():
        yield named("d2.c0")
        time.sleep(LEASE + 0.5)
        fill(other, "ines", named("d3.c0"))
        yield named("d2.c1")

    with pytest.raises(LakeError, match="took over"):
        index.sync("ines", stalled(), SPACE)
    assert everything(index, "ines").keys() == {"d3.c0"}
    fill(index, "ines", named("d4.c0"))
    assert everything(index, "ines").keys() == {"d4.c0"}


@pytest.mark.parametrize("said", ["{not json", "null", "[1]", '{"generation": "x", "dead": []}'])
def test_a_damaged_state_is_a_missing_index_that_the_next_sync_builds(server: Server, said: str):
    index = server.open()
    fill(index, "ines", named("d1.c0"))
    found = index._current("ines")
    assert found is not None
    found[0].data.replace(properties={"state": said}, uuid=STATE_ID)
    with pytest.raises(LakeError, match=r"no index of ines(?s:.*)twin run ines"):
        index.search("ines", only(), 3)
    assert index.version("ines") is None
    assert fill(index, "ines", named("d1.c0")).upserted == 1
    assert everything(index, "ines").keys() == {"d1.c0"}


def test_a_lease_of_a_writer_whose_clock_is_ahead_blocks_no_longer_than_a_lease(
    server: Server, monkeypatch: pytest.MonkeyPatch
):
    index = server.open()
    fill(index, "ines", named("d1.c0"))
    left = index._lease("ines")
    left._seconds = 86400
    left._take()
    with monkeypatch.context() as then:
        then.setattr(weaviate_state, "WAIT_SECONDS", 0.1)
        with pytest.raises(LakeError, match=r"\S+:\d+:\w+ has been writing.*lapses at \d{4}-"):
            fill(index, "ines", named("d2.c0"))
    fill(index, "ines", named("d2.c0"))
    assert everything(index, "ines").keys() == {"d2.c0"}


def test_settings_choose_the_backend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv("TWIN_WEAVIATE_URL", raising=False)
    assert isinstance(open_index(load_settings()), LanceIndex)
    monkeypatch.setenv("TWIN_WEAVIATE_URL", "https://vectors.example.org")
    monkeypatch.setenv("TWIN_WEAVIATE_API_KEY", KEY)
    index = open_index(load_settings())
    assert isinstance(index, WeaviateIndex)
    server = index._server
    assert (server.secure, server.port, server.grpc_host) == (True, 443, "vectors.example.org")
    assert server.grpc_port == 50051
    for name, value in (
        ("TWIN_WEAVIATE_URL", "vectors:8080"),
        ("TWIN_WEAVIATE_URL", "http://vectors:99999"),
        ("TWIN_WEAVIATE_GRPC", "host"),
        ("TWIN_WEAVIATE_GRPC", "vectors:99999"),
        ("TWIN_WEAVIATE_GRPC", "vectors:8080"),
    ):
        monkeypatch.setenv(name, value)
        with pytest.raises(SettingError, match=name):
            open_index(load_settings())
        monkeypatch.setenv("TWIN_WEAVIATE_URL", "http://vectors:8080")
