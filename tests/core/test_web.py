"""The HTTP client of collection: where it may go, how it asks, what it takes (FIELD §4, 1–5)."""

import gzip
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.serving import Page, local_web, serving
from twin_core.collect import vetting
from twin_core.collect.web import MAX_BYTES, Web
from twin_core.errors import BlockedError, GoneError, SourceError, UnreachableError


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"),
        *("10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("[fe80::1]", "[fd00::1]", "[64:ff9b::a00:1]", "[2002:7f00:1::]", "224.0.0.1"),
        *("[64:ff9b:1::a00:1]", "[::127.0.0.1]", "[fec0::1]", "[::ffff:0:127.0.0.1]", "[3fff::1]"),
    ],
)
def test_private_addresses_are_refused_however_written(host: str):
    with Web() as web, pytest.raises(BlockedError, match="not a public address"):
        web.get(f"http://{host}:9/")


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_public(address: str):
    assert vetting.is_public(address)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "not a web address"),
        ("ftp://example.org/a", "not a web address"),
        ("gopher://example.org/", "not a web address"),
        ("http://user:secret@example.org/", "credentials"),
        ("http://", "not a web address"),
        ("http://[::1", "not an address"),
    ],
)
def test_other_schemes_and_credentials_are_refused(url: str, reason: str):
    with Web() as web, pytest.raises(BlockedError, match=reason) as caught:
        web.get(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "target", ["http://127.0.0.2:{port}/in", "file:///etc/passwd", "http://u:p@127.0.0.1:{port}/in"]
)
def test_a_redirect_is_vetted_like_the_first_address(target: str):
    """127.0.0.1 is allowed here and stands for the public internet; 127.0.0.2 is not."""
    with serving({"/in": Page("secret")}) as site:
        port = site.address.rpartition(":")[2]
        site.pages["/out"] = Page(status=302, headers={"Location": target.format(port=port)})
        with local_web() as web, pytest.raises(BlockedError):
            web.get(f"{site.address}/out")
        assert "/in" not in site.asked()


def test_a_name_that_changes_its_address_reaches_only_what_was_vetted(monkeypatch):
    """DNS rebinding. The resolver is a double: no real one can be made to change its mind here."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked), 2) - 1]

    monkeypatch.setattr(vetting, "resolve", rebinding)
    with serving({"/": Page("hello", headers={"Connection": "close"})}) as site:
        port = site.address.rpartition(":")[2]
        with Web(allowed=(f"blog.test:{port}",), delay=0) as web:
            # the first answer is what is connected to: the second is never asked for in between
            assert web._once(f"http://blog.test:{port}/", {}, False, False).body == b"hello"
            assert asked == ["blog.test"]
        with Web(delay=0) as web, pytest.raises(BlockedError, match=r"10\.0\.0\.1"):
            web.get(f"http://blog.test:{port}/")


def test_robots_are_honoured():
    rules = "User-agent: llm-twin\nDisallow: /private\n\nUser-agent: *\nDisallow: /\n"
    pages = {
        "/robots.txt": Page(rules, media_type="text/plain"),
        "/a": Page(),
        "/private/b": Page(),
    }
    with serving(pages) as site, local_web() as web:
        assert web.get(f"{site.address}/a").status == 200
        with pytest.raises(BlockedError, match="robots.txt"):
            web.get(f"{site.address}/private/b")
        assert site.asked() == ["/a"]
        assert [path for path, _ in site.requests].count("/robots.txt") == 1


def test_robots_that_cannot_be_read_mean_no():
    with serving({"/robots.txt": Page("", 503), "/a": Page()}) as site, local_web() as web:
        with pytest.raises(UnreachableError, match="robots.txt"):
            web.get(f"{site.address}/a")
        assert site.asked() == []


def test_it_says_who_it_is_and_why():
    with serving({"/a": Page()}) as site, local_web(contact="mail@example.org") as web:
        web.get(f"{site.address}/a")
        agent = site.requests[-1][1]["User-Agent"]
    assert "llm-twin" in agent and "consent" in agent and "mail@example.org" in agent


def test_one_host_is_asked_at_a_pace():
    with serving({"/a": Page(), "/b": Page()}) as site, local_web(delay=0.4) as web:
        web.get(f"{site.address}/a")
        web.allowed = ()  # from here on paced like a public host; the connection stays vetted
        started = time.monotonic()
        for path in ("/a", "/b", "/a"):
            web.get(f"{site.address}{path}")
        assert time.monotonic() - started >= 0.8


def test_retry_after_is_waited_for_when_short_and_not_when_long():
    def busy(wait: str):
        first = []

        def answer(handler) -> None:
            status = 429 if not first else 200
            first.append(time.monotonic())
            handler.send_response(status)
            if status == 429:
                handler.send_header("Retry-After", wait)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        return answer, first

    short, times = busy("1")
    long, calls = busy("3600")
    with serving({"/short": short, "/long": long}) as site, local_web() as web:
        assert web.get(f"{site.address}/short").status == 200
        assert times[1] - times[0] >= 1.0
        with pytest.raises(UnreachableError, match="asks to wait 3600 s"):
            web.get(f"{site.address}/long")
        assert len(calls) == 1


def test_a_page_beyond_the_cap_is_stopped():
    body = b"x" * (MAX_BYTES + 1)
    with serving({"/big": Page(body)}) as site, local_web() as web:
        with pytest.raises(BlockedError, match="larger than 10 MB"):
            web.get(f"{site.address}/big")


def test_a_gzip_bomb_is_stopped_before_it_unfolds():
    bomb = gzip.compress(b"\0" * 500_000_000, 1)
    page = Page(bomb, headers={"Content-Encoding": "gzip"})
    with serving({"/bomb": page}) as site, local_web() as web:
        with pytest.raises(BlockedError, match="larger than 10 MB"):
            web.get(f"{site.address}/bomb")
        assert web.transferred < len(bomb) / 2


def test_gzip_is_unfolded_and_other_codings_are_refused():
    packed = Page(gzip.compress(b"hello"), headers={"Content-Encoding": "gzip"})
    twice = Page(b"x", headers={"Content-Encoding": "gzip, gzip"})
    with serving({"/gzip": packed, "/twice": twice}) as site, local_web() as web:
        assert web.get(f"{site.address}/gzip").body == b"hello"
        with pytest.raises(BlockedError, match="is encoded as"):
            web.get(f"{site.address}/twice")


def test_an_answer_that_drips_is_given_up(monkeypatch):
    monkeypatch.setattr("twin_core.collect.web.TOTAL_SECONDS", 0.5)
    done = threading.Event()

    def drip(handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not done.wait(0.1):
            try:
                handler.wfile.write(b"x")
            except OSError:
                return

    with serving({"/drip": drip}) as site, local_web() as web:
        with pytest.raises(UnreachableError, match="took longer"):
            web.get(f"{site.address}/drip")
        done.set()


def test_a_listing_that_did_not_change_is_not_transferred(tmp_path: Path):
    page = Page("<rss/>" * 100, headers={"ETag": '"1"'})
    with serving({"/feed": page}) as site:
        taken = []
        for _ in range(3):
            with local_web(cache=tmp_path / "cache") as web:
                assert web.get(f"{site.address}/feed", listing=True).body == page.body.encode()  # type: ignore[union-attr]
                taken.append(web.transferred)
        page.headers["ETag"], page.body = '"2"', "<rss>new</rss>"
        with local_web(cache=tmp_path / "cache") as web:
            assert web.get(f"{site.address}/feed", listing=True).body == b"<rss>new</rss>"
    assert taken == [600, 0, 0]


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, GoneError), (410, GoneError), (403, SourceError), (500, UnreachableError)],
)
def test_each_status_is_its_own_error(status: int, error: type[SourceError]):
    with serving({"/a": Page("", status)}) as site, local_web() as web:
        with pytest.raises(error, match=f"HTTP {status}"):
            web.get(f"{site.address}/a")


def test_a_pass_has_an_end():
    with serving({"/a": Page()}) as site, local_web(seconds=0.01) as web:
        time.sleep(0.02)
        with pytest.raises(UnreachableError, match="used up"):
            web.get(f"{site.address}/a")


def test_a_host_without_an_answer_is_named():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/feed"
    with local_web() as web, pytest.raises(UnreachableError, match="cannot be fetched"):
        web.get(url)
