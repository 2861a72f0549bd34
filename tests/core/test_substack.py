"""A Substack publication over real HTTP: everything listed, only what is free to read taken.

The answers have the shape of Substack's; the publication and its texts are fictional.
"""

import hashlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from twin_core.collect.source import Fetched, Reference, Validators
from twin_core.collect.substack import MAX_STALE_PAGES, PAGE, SubstackSource
from twin_core.collect.web import Web
from twin_core.errors import BlockedError, GoneError, SourceError, UnreachableError
from twin_core.sources import SubstackSpec

TIDES = "<p>The tide table on the harbour wall is wrong by eleven minutes.</p>" * 3


def post(slug: str, **values: Any) -> dict[str, Any]:
    """A post as the post API answers it; the archive leaves the body out."""
    return {
        "id": int(hashlib.sha256(slug.encode()).hexdigest()[:7], 16),
        "publication_id": 4711,
        "type": "newsletter",
        "slug": slug,
        "title": slug.replace("-", " ").capitalize(),
        "post_date": "2025-03-04T06:30:00.123Z",
        "audience": "everyone",
        "canonical_url": f"https://saltmarsh.example/p/{slug}",
        "restacked_post_id": None,
        "wordcount": 33,
        "truncated_body_text": "The tide table on the harbour wall…",
        "body_html": TIDES,
        "publishedBylines": [{"id": 7, "name": "Ines Okafor", "handle": "inesokafor"}],
        **values,
    }


class Publication:
    """A publication on loopback. listed: the archive; posts: by slug; etags: whether it has any."""

    def __init__(self) -> None:
        self.address = ""
        self.listed: list[Any] = []
        self.posts: dict[str, Any] = {}
        self.etags = True
        self.archive: Callable[[int, int], Any] = self._slice
        self.web = Web(allowed=("127.0.0.1",))
        self.asked: list[str] = []
        self.statuses: list[int] = []

    def add(self, *posts: dict[str, Any], **elsewhere: Any) -> None:
        """Publish posts; elsewhere: what the post API says differently from the archive."""
        for one in posts:
            self.listed.append({**one, "body_html": None})
            self.posts[one["slug"]] = {**one, **elsewhere}

    def _slice(self, offset: int, limit: int) -> Any:
        return self.listed[offset : offset + limit]

    def answer(self, path: str) -> tuple[int, str, bytes]:
        parts = urlsplit(path)
        if parts.path == "/api/v1/archive":
            query = parse_qs(parts.query)
            found = self.archive(int(query["offset"][0]), int(query["limit"][0]))
        else:
            found = self.posts.get(parts.path.removeprefix("/api/v1/posts/"))
        if found is None:
            return 404, "application/json", b'{"error":"Not found"}'
        if isinstance(found, bytes):
            return 200, "text/html", found
        return 200, "application/json", json.dumps(found).encode()

    def source(self) -> SubstackSource:
        spec = SubstackSpec(kind="substack", url=f"{self.address}/archive")
        return SubstackSource(spec, self.web)

    def read(self) -> dict[str, Fetched | SourceError | None]:
        """One pass: the last part of each address, and what fetching it gave."""
        source, found = self.source(), {}
        for reference in source.discover():
            found[reference.url.rsplit("/", 1)[-1]] = attempt(source, reference)
        return found


def attempt(
    source: SubstackSource, reference: Reference, known: Validators | None = None
) -> Fetched | SourceError | None:
    try:
        return source.fetch(reference, known)
    except SourceError as error:
        return error


@pytest.fixture
def publication() -> Iterator[Publication]:
    served = Publication()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, media_type, body = served.answer(self.path)
            etag = f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'
            if served.etags and self.headers.get("If-None-Match") == etag:
                status, body = 304, b""
            served.asked.append(self.path)
            served.statuses.append(status)
            self.send_response(status)
            self.send_header("Content-Type", f"{media_type}; charset=utf-8")
            if served.etags:
                self.send_header("ETag", etag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    served.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield served
    finally:
        served.web.close()
        server.shutdown()
        server.server_close()


def test_a_free_post_is_taken_whole_with_what_it_says_of_itself(publication: Publication):
    publication.add(post("wrong-tides", updated_at="2025-03-05T10:00:00.000Z"))
    source = publication.source()
    (reference,) = source.discover()
    assert reference.url == "https://saltmarsh.example/p/wrong-tides"
    fetched = source.fetch(reference, None)
    assert fetched
    assert fetched.body == f"<article>{TIDES}</article>"
    assert fetched.media_type == "text/html"
    assert fetched.title == "Wrong tides"
    assert fetched.byline == ("Ines Okafor",)
    assert fetched.published_at == datetime(2025, 3, 4, 6, 30, 0, 123000, UTC)
    assert fetched.updated_at == datetime(2025, 3, 5, 10, tzinfo=UTC)
    assert fetched.dated_by == "substack"
    assert fetched.canonical == reference.url
    assert not fetched.paywalled
    assert source.complete
    assert source.label == f"substack:{publication.address}/archive"


def test_the_archive_is_read_to_its_end(publication: Publication):
    publication.add(*(post(f"post-{number}") for number in range(2 * PAGE + 5)))
    assert len(list(publication.source().discover())) == 2 * PAGE + 5
    offsets = [parse_qs(urlsplit(path).query)["offset"][0] for path in publication.asked[1:]]
    assert offsets == ["0", "12", "24", "29"]


def test_pages_that_hold_fewer_than_were_asked_for_leave_nothing_out(publication: Publication):
    publication.add(*(post(f"post-{number}") for number in range(20)))
    publication.archive = lambda offset, limit: publication.listed[offset : offset + 7]
    assert len(list(publication.source().discover())) == 20


def test_an_archive_that_repeats_itself_is_an_error_not_a_short_list(publication: Publication):
    publication.add(post("one"), post("two"))
    publication.archive = lambda offset, limit: publication.listed
    with pytest.raises(SourceError, match="repeats the pages before it"):
        list(publication.source().discover())
    assert len(publication.asked) == 2 + MAX_STALE_PAGES


@pytest.mark.parametrize("audience", ["only_paid", "founding", "only_free"])
def test_what_is_not_for_everyone_is_recorded_without_its_text(publication: Publication, audience):
    publication.add(post("members", audience=audience, body_html="<p>The free beginning.</p>"))
    fetched = publication.read()["members"]
    assert isinstance(fetched, Fetched)
    assert fetched.paywalled
    assert fetched.body == ""
    assert not any("/posts/" in path for path in publication.asked)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"audience": "only_paid", "body_html": "<p>The free beginning.</p>"},
        {"audience": "only_paid", "body_html": TIDES},
        {"body_html": None},
        {"body_html": "<div><img src='a.png'></div>"},
        {"wordcount": 1859, "body_html": TIDES},
    ],
    ids=["paid after all", "paid but leaked", "no body", "a picture alone", "much shorter"],
)
def test_a_post_that_is_not_whole_is_never_an_article(publication: Publication, elsewhere):
    publication.add(post("cut-short"), **elsewhere)
    fetched = publication.read()["cut-short"]
    assert isinstance(fetched, Fetched)
    assert (fetched.paywalled, fetched.body) == (True, "")


def test_threads_and_cross_posts_are_not_listed(publication: Publication):
    publication.add(
        post("open-thread", type="thread"),
        post("worth-reading", type="restack"),
        post("guest-of-ours", restacked_post_id=991),
        post("an-essay"),
    )
    assert [one.title for one in publication.source().discover()] == ["An essay"]


def test_an_episode_is_taken_only_with_a_text_of_its_own(publication: Publication):
    publication.add(post("notes", type="podcast"), post("silent", type="video", body_html=None))
    publication.add(post("transcript", type="podcast", body_html=TIDES * 5))
    found = publication.read()
    assert isinstance(found["transcript"], Fetched)
    for slug in ("notes", "silent"):
        assert isinstance(found[slug], BlockedError)
        assert "without a text of its own" in str(found[slug])


def test_a_post_without_any_text_is_blocked(publication: Publication):
    publication.add(post("empty", body_html="", truncated_body_text=None, wordcount=0))
    assert "has no text" in str(publication.read()["empty"])


def test_an_unchanged_publication_transfers_no_body(publication: Publication, tmp_path):
    publication.add(post("one"), post("two"), post("three", audience="only_paid"))
    spec = SubstackSpec(kind="substack", url=publication.address)
    known: dict[str, Validators] = {}
    with Web(allowed=("127.0.0.1",), cache=tmp_path) as web:
        source = SubstackSource(spec, web)
        for reference in source.discover():
            fetched = source.fetch(reference, None)
            assert fetched
            known[reference.url] = Validators(fetched.etag, fetched.last_modified)
    publication.statuses.clear()
    with Web(allowed=("127.0.0.1",), cache=tmp_path) as web:
        source = SubstackSource(spec, web)
        references = list(source.discover())
        assert [source.fetch(one, known[one.url]) for one in references] == [None] * 3
        assert web.transferred == 0
    assert set(publication.statuses) <= {304, 404}  # 404: it has no robots.txt


def test_an_edit_shows_in_the_listing_and_is_fetched(publication: Publication):
    publication.add(post("one"))
    source = publication.source()
    (before,) = source.discover()
    fetched = source.fetch(before, None)
    assert fetched
    known = Validators(fetched.etag, fetched.last_modified)
    publication.listed.clear()
    publication.add(post("one", title="Once more", body_html=TIDES + "<p>Later: it is set.</p>"))
    source = publication.source()
    (after,) = source.discover()
    assert after.validator != before.validator
    again = source.fetch(after, known)
    assert again
    assert "Later: it is set." in again.body


def test_without_http_validators_the_date_of_change_in_the_archive_decides(
    publication: Publication,
):
    publication.etags = False
    publication.add(post("dated", updated_at="2025-03-05T10:00:00Z"), post("undated"))
    source = publication.source()
    asked = {}
    for reference in source.discover():
        fetched = source.fetch(reference, None)
        assert fetched
        known = Validators(fetched.etag, fetched.last_modified)
        asked[reference.title] = source.fetch(reference, known) is not None
    assert asked == {"Dated": False, "Undated": True}


def test_a_post_that_became_paid_is_recorded_as_such(publication: Publication):
    publication.add(post("one"))
    source = publication.source()
    (reference,) = source.discover()
    fetched = source.fetch(reference, None)
    assert fetched
    publication.listed[0]["audience"] = "only_paid"
    source = publication.source()
    (reference,) = source.discover()
    later = source.fetch(reference, Validators(fetched.etag, fetched.last_modified))
    assert later
    assert later.paywalled


def test_one_bad_post_never_stops_the_others(publication: Publication):
    publication.add(post("good"), post("missing"), post("page"), post("list"), post("mute"))
    publication.listed += [None, {"id": 3}, {"slug": ".."}, {"slug": "a/../b"}, {"slug": "bare"}]
    del publication.posts["missing"]
    publication.posts |= {"page": b"<html>Just a moment", "list": [1], "mute": {"title": "x"}}
    publication.posts["bare"] = {"audience": "everyone", "body_html": "<p>Half \ud83d a pair.</p>"}
    found = publication.read()
    good, bare = found.pop("good"), found.pop("bare")
    assert isinstance(good, Fetched)
    assert isinstance(bare, Fetched)
    assert bare.body == "<article><p>Half ? a pair.</p></article>"
    assert isinstance(found["missing"], GoneError)
    assert "/api/v1/posts/page is not JSON but text/html" in str(found["page"])
    assert "who may read it" in str(found["list"])
    assert "who may read it" in str(found["mute"])
    unnamed = [error for name, error in found.items() if name.startswith("archive")]
    assert len(unnamed) == 4
    assert all("has no usable slug" in str(error) for error in unnamed)
    assert all(isinstance(error, SourceError) for error in found.values())
    assert all(publication.address in str(error) for error in found.values())


@pytest.mark.parametrize(
    ("archive", "problem"),
    [
        (b"<html>Just a moment</html>", "is not JSON but text/html"),
        (b"[" * 100_000, "is not JSON"),
        ({"error": "Not authorized"}, "is not a list of posts"),
        ([], "lists no articles"),
        (None, "HTTP 404"),
    ],
)
def test_a_bad_archive_is_named_with_a_remedy(publication: Publication, archive, problem):
    publication.archive = lambda offset, limit: archive
    with pytest.raises(SourceError, match=problem) as caught:
        list(publication.source().discover())
    assert publication.address in str(caught.value)
    assert "Remedy:" in str(caught.value)


def test_a_post_that_the_archive_does_not_list_is_gone(publication: Publication):
    publication.add(post("one"))
    source = publication.source()
    list(source.discover())
    with pytest.raises(GoneError):
        source.fetch(Reference(f"{publication.address}/p/other"), None)


def test_a_private_address_is_refused():
    spec = SubstackSpec(kind="substack", url="http://127.0.0.1:9")
    with pytest.raises(BlockedError):
        list(SubstackSource(spec, Web()).discover())


def test_an_unreachable_publication_is_tried_again_later():
    spec = SubstackSpec(kind="substack", url="http://127.0.0.1:9")
    with pytest.raises(UnreachableError):
        list(SubstackSource(spec, Web(allowed=("127.0.0.1",))).discover())
