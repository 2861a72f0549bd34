"""What an answer may cost in time, and what is taken of a damaged one."""

import gzip
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Page, local_web, rss, serving
from twin_core.collect import vetting
from twin_core.collect.github import address_of
from twin_core.collect.web import ATTEMPTS, Web
from twin_core.errors import SourceError, UnreachableError

TEXT = b"".join(b"sentence %d of it. " % n for n in range(3000))


def packed(body: bytes) -> Page:
    return Page(body, headers={"Content-Encoding": "gzip"})


def test_half_a_gzip_body_is_no_article():
    whole = gzip.compress(TEXT)
    with serving({"/half": packed(whole[: len(whole) // 2])}) as site, local_web() as web:
        with pytest.raises(UnreachableError, match="broke off"):
            web.get(f"{site.address}/half")


@pytest.mark.parametrize("padding", [b"", b"\0" * 7, b"\x1f"])
def test_all_members_of_a_gzip_body_are_read(padding: bytes):
    body = gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(TEXT) + padding

    def dripping(handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        for at in range(0, len(body), 7):  # members begin in the middle of what is received
            handler.wfile.write(body[at : at + 7])

    with serving({"/a": dripping, "/b": packed(body)}) as site, local_web() as web:
        assert web.get(f"{site.address}/a").body == b"one " + TEXT
        assert web.get(f"{site.address}/b").body == b"one " + TEXT


def drip_headers(handler) -> None:
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: ")
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.1)
    except OSError:
        handler.close_connection = True


def drip_body(handler) -> None:
    try:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.1)
    except OSError:
        handler.close_connection = True


def silence(handler) -> None:
    time.sleep(8)
    handler.close_connection = True


@pytest.mark.parametrize("slow", [drip_headers, drip_body, silence])
def test_a_pass_ends_in_time_however_an_answer_drips(slow):
    with serving({"/a": slow}) as site, local_web(seconds=1.0) as web:
        started = time.monotonic()
        with pytest.raises(UnreachableError, match="used up"):
            web.get(f"{site.address}/a")
        assert time.monotonic() - started < 6.0


def test_headers_that_drip_are_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("twin_core.collect.web.TOTAL_SECONDS", 0.5)
    with serving({"/a": drip_headers}) as site, local_web() as web:
        with pytest.raises(UnreachableError, match="took longer"):
            web.get(f"{site.address}/a")


def test_a_pass_does_not_wait_past_its_end_to_ask_again():
    busy = Page("", 503, headers={"Retry-After": "20"})
    with serving({"/a": busy, "/b": Page("", 500)}) as site, local_web(seconds=2.0) as web:
        started = time.monotonic()
        for path in "ab":
            with pytest.raises(SourceError):
                web.get(f"{site.address}/{path}")
        assert time.monotonic() - started < 2.0


@pytest.fixture
def deaf_name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A resolver that never answers, as a double: what a real one does depends on the system."""
    asked: list[str] = []
    over = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        over.wait(60)
        return ["127.0.0.1"]

    monkeypatch.setattr(vetting, "resolve", resolve)
    monkeypatch.setattr(vetting, "LOOKUP_SECONDS", 0.3)
    yield asked
    over.set()


def test_a_look_up_that_hangs_ends_in_time(deaf_name_server: list[str]):
    started = time.monotonic()
    with Web(delay=0) as web:
        reason = r"blog.test could not be looked up within 0.3 s; it is tried again later"
        for path in "abc":
            with pytest.raises(UnreachableError, match=reason):
                web.get(f"https://blog.test/{path}")
    assert deaf_name_server == ["blog.test"] * ATTEMPTS  # by the first page, and then no more
    assert time.monotonic() - started < 8.0


def test_a_look_up_that_hangs_ends_with_the_pass(deaf_name_server: list[str], monkeypatch):
    monkeypatch.setattr(vetting, "LOOKUP_SECONDS", 60.0)
    started = time.monotonic()
    with Web(delay=0, seconds=0.5) as web, pytest.raises(UnreachableError, match="used up"):
        web.get("https://blog.test/a")
    assert time.monotonic() - started < 10.0


def test_the_look_up_of_a_repository_s_host_ends_in_time(deaf_name_server: list[str]):
    with pytest.raises(UnreachableError, match="code.test could not be looked up"):
        address_of("https://code.test/tides.git", ())


def test_without_its_cache_a_listing_is_transferred_whole(tmp_path: Path, caplog, capfd):
    path = tmp_path / "listings.sqlite"
    with serving({"/feed": rss("/a")}) as site:

        def read() -> int:
            with local_web(cache=tmp_path) as web:
                web.get(f"{site.address}/feed", listing=True)
                return web.transferred

        assert read() > 0
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        started = time.monotonic()
        with caplog.at_level(logging.WARNING):
            assert read() > 0
        holder.close()
        assert time.monotonic() - started < 4.0
        assert [record.name for record in caplog.records] == ["twin"]
        path.write_bytes(b"garbage" * 500)
        assert read() > 0
    assert "sqlite" not in capfd.readouterr().err.lower()
