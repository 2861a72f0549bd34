"""Each hop of a redirect is a request of its own: permitted, vetted, paced; and a host that asks
for a rest gets it."""

import time

import pytest

from tests.serving import Page, local_web, serving
from twin_core.collect.web import ATTEMPTS, MAX_ROBOTS
from twin_core.errors import BlockedError, SourceError, UnreachableError


def to(target: str) -> Page:
    return Page("", 302, headers={"Location": target})


def robots(text: str) -> Page:
    return Page(text, media_type="text/plain")


FORBIDDEN = robots("User-agent: *\nDisallow: /private/\n")


def test_a_redirect_into_a_forbidden_path_is_not_followed():
    pages = {"/robots.txt": FORBIDDEN, "/a": to("/private/a"), "/private/a": Page("secret")}
    with serving(pages) as site, local_web() as web:
        with pytest.raises(BlockedError, match="robots.txt"):
            web.get(f"{site.address}/a")
        assert site.asked() == ["/a"]


def test_a_redirect_to_another_site_asks_its_robots():
    with serving({"/robots.txt": FORBIDDEN, "/private/x": Page("x"), "/y": Page("y")}) as other:
        pages = {"/a": to(f"{other.address}/private/x"), "/b": to(f"{other.address}/y")}
        with serving(pages) as site, local_web() as web:
            with pytest.raises(BlockedError, match="robots.txt"):
                web.get(f"{site.address}/a")
            assert web.get(f"{site.address}/b").url == f"{other.address}/y"
        assert [path for path, _ in other.requests] == ["/robots.txt", "/y"]


def test_each_hop_waits_for_its_turn():
    pages = {"/a": to("/b"), "/b": to("/c"), "/c": Page("here")}
    with serving(pages) as site, local_web(delay=0.3) as web:
        web.get(f"{site.address}/c")
        web.allowed = ()  # from here on paced like a public host; the connection stays vetted
        started = time.monotonic()
        assert web.get(f"{site.address}/a").body == b"here"
        assert time.monotonic() - started >= 0.6


@pytest.mark.parametrize(
    ("target", "error", "reason"),
    [
        ("/a", UnreachableError, "leads through more than"),
        ("http://[bad/", BlockedError, "leads to"),
        ("javascript:1", BlockedError, "not a web address"),
        ("", SourceError, "HTTP 302"),
    ],
)
def test_odd_redirects_end(target: str, error: type[SourceError], reason: str):
    with serving({"/a": to(target)}) as site, local_web() as web:
        with pytest.raises(error, match=reason):
            web.get(f"{site.address}/a")


def test_robots_may_themselves_be_elsewhere():
    pages = {"/robots.txt": to("/rules.txt"), "/rules.txt": FORBIDDEN, "/private/a": Page()}
    with serving(pages) as site, local_web() as web:
        with pytest.raises(BlockedError, match="robots.txt"):
            web.get(f"{site.address}/private/a")


def test_of_long_robots_the_beginning_counts():
    head = "User-agent: *\nDisallow: /private/\n"
    filler = "# nothing\n" * (MAX_ROBOTS // 10)
    # cut in the middle, this would forbid everything
    cut = "#" * (MAX_ROBOTS - len("Disallow: /")) + "\n"
    for text in (head + filler + filler, head + cut[len(head) :] + "Disallow: /later\n"):
        with serving({"/robots.txt": robots(text), "/a": Page(), "/private/b": Page()}) as site:
            with local_web() as web:
                assert web.get(f"{site.address}/a").status == 200
                with pytest.raises(BlockedError, match="robots.txt"):
                    web.get(f"{site.address}/private/b")


def test_a_host_that_wants_a_long_rest_is_not_asked_again_in_this_pass():
    tired = Page("", 429, headers={"Retry-After": "3600"})
    with serving({f"/{n}": tired for n in range(6)}) as site, local_web() as web:
        for n in range(6):
            with pytest.raises(UnreachableError, match="asks to (wait|be left alone)"):
                web.get(f"{site.address}/{n}")
        assert site.asked() == ["/0"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_stays_overloaded_is_given_up_after_one_page(status: int):
    with (
        serving({f"/{n}": Page("", status) for n in range(6)}) as site,
        serving({"/": Page()}) as b,
    ):
        with local_web() as web:
            with pytest.raises(UnreachableError, match=f"/0 cannot be fetched: HTTP {status}"):
                web.get(f"{site.address}/0")
            for n in range(1, 6):
                with pytest.raises(UnreachableError, match=f"not asked again .*HTTP {status}"):
                    web.get(f"{site.address}/{n}")
            assert web.get(f"{b.address}/").status == 200
        assert site.asked() == ["/0"] * ATTEMPTS
        site.pages["/1"] = Page("again")
        with local_web() as web:
            assert web.get(f"{site.address}/1").body == b"again"


def test_a_page_that_is_broken_speaks_for_itself_alone():
    with serving({"/a": Page("", 500), "/b": Page("b")}) as site, local_web() as web:
        with pytest.raises(UnreachableError, match="HTTP 500"):
            web.get(f"{site.address}/a")
        assert web.get(f"{site.address}/b").body == b"b"


def test_robots_that_stay_unreachable_are_asked_for_by_one_page():
    pages = {"/robots.txt": Page("", 500), "/a": Page(), "/b": Page()}
    with serving(pages) as site, local_web() as web:
        for path in "ab":
            with pytest.raises(UnreachableError, match="HTTP 500"):
                web.get(f"{site.address}/{path}")
        assert [path for path, _ in site.requests] == ["/robots.txt"] * ATTEMPTS


def test_a_host_that_is_not_there_is_given_up_after_one_page():
    with serving({}) as site:
        address = site.address
    with local_web() as web:
        with pytest.raises(UnreachableError, match="cannot be fetched"):
            web.get(f"{address}/a")
        with pytest.raises(UnreachableError, match="is not asked again in this pass"):
            web.get(f"{address}/b")


def test_the_pages_own_validator_is_sent_back_as_it_came():
    """An ETag of Latin-1, which no `str` header can carry."""
    asked = []

    def latin(handler) -> None:
        asked.append(handler.headers.get("If-None-Match"))
        handler.send_response(304 if len(asked) > 1 else 200)
        handler.send_header("ETag", '"caf\xe9"')  # http.server writes headers as Latin-1
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with serving({"/a": latin}) as site, local_web() as web:
        etag = web.get(f"{site.address}/a").headers["etag"]
        assert web.get(f"{site.address}/a", {"If-None-Match": etag}).status == 304
    assert asked == [None, '"caf\xe9"']
