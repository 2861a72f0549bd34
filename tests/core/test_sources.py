"""Feeds, sitemaps, archives, pages and folders: exactly the expected articles, and hostile input
refused (FIELD §4, rows 7, 8, 10). The exports, Substack and GitHub have files of their own."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.core.test_collect import LONG, feed, folder, gather, live
from tests.serving import Page, article, rss, serving
from twin_core.collect.feed import is_whole
from twin_core.collect.frontmatter import byline, split_front_matter
from twin_core.collect.page import about, decode
from twin_core.collect.sitemap import parse_sitemap
from twin_core.errors import BlockedError, SourceError
from twin_core.features.dialects import as_commonmark
from twin_core.sources import ArchiveSpec, SitemapSpec

MAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'


def located(*paths: str) -> str:
    return MAP.format("".join(f"<url><loc>{{origin}}{path}</loc></url>" for path in paths))


@pytest.mark.parametrize(
    ("pages", "problem"),
    [
        ({"/feed": rss()}, "has no entries"),
        ({"/feed": Page("<p>hello</p>")}, "is not an RSS, Atom or JSON feed"),
        ({"/feed": Page('{"items": 3}')}, "is not an RSS, Atom or JSON feed"),
        ({"/feed": Page("{" * 100_000)}, "is not an RSS, Atom or JSON feed"),
        ({"/feed": Page("no", 404)}, "HTTP 404"),
        ({"/feed": Page("no", 500)}, "HTTP 500"),
    ],
)
def test_a_bad_feed_is_named(pages, problem):
    with serving(pages) as site, pytest.raises(SourceError, match=problem) as caught:
        gather(feed(site.address))
    assert "Remedy:" in str(caught.value)
    assert f"{site.address}/feed" in str(caught.value)


def test_a_json_feed_with_summaries_and_whole_texts():
    items = [
        {"id": "1", "url": "{origin}/one", "title": "One", "content_html": f"<p>{LONG}</p>"},
        {"id": "2", "url": "{origin}/two", "title": "Two", "summary": "Short."},
        {"id": "3", "url": "{origin}/3", "title": "Guest", "content_html": f"<p>{LONG} x</p>",
         "authors": [{"name": "Bo Li"}]},
        {"id": "4", "title": "Without an address"},
        "no item",
    ]  # fmt: skip
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "authors": [{"name": "Ines Okafor"}],
        "items": [{**one, "date_published": "2025-03-01T10:00:00+02:00"} for one in items[:4]]
        + [7],  # type: ignore[dict-item]
    }
    pages = {"/feed": Page(json.dumps(document)), "/two": article("The whole page.")}
    with serving(pages) as site:
        frame, tally = gather(feed(site.address))
        assert site.asked() == ["/feed", "/two"]
    assert live(frame) == ["One", "Two"]
    assert set(frame["published_at"]) == {datetime(2025, 3, 1, 8, tzinfo=UTC)}
    assert "signed by Bo Li" in tally.blocked[0][1]


def test_an_atom_feed():
    entry = (
        '<entry><title>One</title><link href="{origin}/one"/><id>1</id>'
        "<published>2025-01-02T03:04:05Z</published><updated>2025-02-02T03:04:05Z</updated></entry>"
    )
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{entry}</feed>'
    with serving({"/feed": Page(atom), "/one": article("Text.")}) as site:
        frame, _ = gather(feed(site.address))
    row = frame.row(0, named=True)
    assert (row["title"], row["dated_by"]) == ("One", "listing")
    assert row["published_at"] == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert row["updated_at"] == datetime(2025, 2, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("end", ["…", "[…]", "Read more", "Continue reading →", "..."])
def test_a_text_cut_short_is_not_the_article(end: str):
    assert is_whole(f"<p>{LONG}</p>")
    assert not is_whole(f"<p>{LONG} {end}</p>")
    assert not is_whole("<p>A few words.</p>")


ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY d SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("doctype", [ENTITIES, EXTERNAL])
def test_entities_in_a_feed_are_not_expanded(doctype: str):
    page = rss("/one", summary="s")
    page.body = doctype + str(page.body).replace("<title>/one</title>", "<title>-&d;-</title>")
    with serving({"/feed": page, "/one": article("Text.")}) as site:
        try:
            frame, _ = gather(feed(site.address))
        except SourceError:
            return  # refused as a whole
    title = frame["title"][0] if frame.height else ""
    assert len(title) < 20
    assert Path("/etc/hostname").read_text().strip() not in title.split("-")


@pytest.mark.parametrize("doctype", [ENTITIES, EXTERNAL])
def test_entities_in_a_sitemap_are_refused(doctype: str):
    body = (doctype + MAP.format("<url><loc>https://example.org/&d;</loc></url>")).encode()
    with pytest.raises(BlockedError, match="entities"):
        parse_sitemap(body, "https://example.org/sitemap.xml")


def test_a_sitemap_index_with_a_packed_part_and_filters():
    index = (
        "<sitemapindex><sitemap><loc>{origin}/a.xml</loc></sitemap>"
        "<sitemap><loc>{origin}/b.xml.gz</loc></sitemap></sitemapindex>"
    )
    pages = {
        "/sitemap.xml": Page(index, media_type="application/xml"),
        "/a.xml": Page(located("/posts/one", "/about", "/posts/tag/x")),
        "/posts/one": article("One.", "<title>One</title>"),
        "/posts/two": article("Two.", "<title>Two</title>"),
    }
    with serving(pages) as site:
        packed = gzip.compress(located("/posts/two").replace("{origin}", site.address).encode())
        site.pages["/b.xml.gz"] = Page(packed, media_type="application/gzip")
        spec = SitemapSpec(
            kind="sitemap", url=f"{site.address}/sitemap.xml", include="/posts/", exclude="/tag/"
        )
        frame, tally = gather(spec)
        assert live(frame) == ["One", "Two"]
        nothing = spec.model_copy(update={"include": "/nowhere/"})
        with pytest.raises(SourceError, match="no page that is wanted"):
            gather(nothing)


def test_a_packed_sitemap_that_unfolds_without_end_is_refused():
    with pytest.raises(BlockedError, match="unfolds"):
        parse_sitemap(gzip.compress(b"<" * 20_000_000), "https://example.org/s.xml.gz")


def test_an_archive_is_followed_page_by_page_and_stays_on_its_site():
    first = (
        '<a href="/2024/one">one</a> <a href="/2024/one#top">again</a> <a href="/about">x</a>'
        '<a href="http://elsewhere.example/2024/theirs">x</a> <a rel="next" href="/archive/2">n</a>'
    )
    pages = {
        "/archive": Page(first),
        "/archive/2": Page('<a href="/2023/two">two</a><a rel="next" href="/archive">back</a>'),
        "/2024/one": article("One.", "<title>One</title>"),
        "/2023/two": article("Two.", "<title>Two</title>"),
    }
    with serving(pages) as site:
        spec = ArchiveSpec(kind="archive", url=f"{site.address}/archive", include=r"/\d{4}/")
        frame, tally = gather(spec)
        assert (tally.found, live(frame)) == (2, ["One", "Two"])


def test_what_a_page_says_of_itself():
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": "Site"},
            {"@type": ["BlogPosting"], "headline": "From data", "datePublished": "2025-01-01",
             "author": [{"@type": "Person", "name": "Ines Okafor"}, "Bo Li"]},
        ],
    }  # fmt: skip
    html = (
        "<head><title>Site</title>"
        '<meta property="article:published_time" content="2024-05-05T10:00:00Z">'
        '<meta property="article:modified_time" content="2025-05-05T10:00:00Z">'
        '<script type="application/ld+json">{broken</script>'
        f'<script type="application/ld+json">{json.dumps(data)}</script>'
        '<link rel="canonical" href="/essay?utm_source=x"></head><body><h1>Heading</h1></body>'
    )
    page = about(html, "https://example.org/essay?ref=feed")
    assert page.title == "From data"
    assert page.byline == ["Ines Okafor", "Bo Li"]
    assert (page.published_at, page.dated_by) == (datetime(2025, 1, 1, tzinfo=UTC), "json-ld")
    assert page.updated_at == datetime(2025, 5, 5, 10, tzinfo=UTC)
    assert page.canonical == "https://example.org/essay"
    plain = about("<h1>Only a\n heading</h1><time datetime='2024-02-02'>x</time>", "https://e.org/")
    assert (plain.title, plain.dated_by) == ("Only a heading", "time element")


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("naïve".encode(), "utf-8", "naïve"),
        ("naïve".encode("cp1252"), None, "naïve"),
        ("naïve".encode("cp1252"), "iso-8859-1", "naïve"),
        ("naïve".encode(), "x-unheard-of", "naïve"),
        ("naïve".encode("utf-16"), None, "naïve"),
        (b"\xef\xbb\xbfna\xc3\xafve", None, "naïve"),
        (
            '<meta charset="shift_jis">日本'.encode("shift_jis"),
            None,
            '<meta charset="shift_jis">日本',
        ),
    ],
)
def test_bytes_become_text_whatever_their_charset(body: bytes, charset: str | None, text: str):
    assert decode(body, charset) == text


def test_drafts_readmes_and_links_out_of_the_folder_are_left_alone(tmp_path: Path):
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    root = tmp_path / "texts"
    root.mkdir()
    (root / "one.md").write_text("---\ntitle: One\ndate: 2025-03-01\n---\nText.\n")
    (root / "two.md").write_text("---\ntitle: Two\ndraft: true\n---\nText.\n")
    (root / "three.md").write_text('+++\ntitle = "Three"\ndate = 2025-03-02\n+++\nOther text.\n')
    (root / "four.html").write_text("<title>Four</title><article><p>Words.</p></article>")
    (root / "five.mdx").write_text("import X from 'x'\n\n# Five\n\n<Fig a='b' />\nThe text.\n")
    (root / "README.md").write_text("about")
    (root / "link.md").symlink_to(secret)
    (root / "loop.md").symlink_to(root / "loop.md")
    frame, tally = gather(folder(root))
    assert live(frame) == ["Five", "Four", "One", "Three"]
    left = {Path(url).name: why for url, why in (*tally.blocked, *tally.quarantined)}
    assert "draft" in left["two.md"]
    assert "leads out of" in left["link.md"]
    assert "loop.md" in left
    five = frame.filter(frame["title"] == "Five")["body"][0]
    assert as_commonmark(five).strip() == "The text."  # components are left to cleaning


@pytest.mark.parametrize("make", [lambda p: p / "absent", lambda p: p / "empty", lambda p: p / "f"])
def test_a_folder_without_articles_is_named(tmp_path: Path, make):
    (tmp_path / "empty").mkdir()
    (tmp_path / "f").write_text("a file")
    with pytest.raises(SourceError, match="does not exist|holds no articles|not a folder"):
        gather(folder(make(tmp_path)))


@pytest.mark.parametrize(
    "text",
    [
        "---\na: &a [x]\nb: [*a, *a]\n---\nbody",
        "---\n!!python/object/apply:os.system ['true']\n---\nbody",
        "---\n- a list\n---\nbody",
        "---\n" + "a: " + "[" * 9000 + "\n---\nbody",
        "+++\nno toml at all\n+++\nbody",
    ],
)
def test_hostile_front_matter_is_refused(text: str):
    with pytest.raises(ValueError, match="front matter"):
        split_front_matter(text)


def test_the_forms_of_a_by_line():
    assert byline({"author": "Ines Okafor"}) == ("Ines Okafor",)
    assert byline({"authors": ["Ines", {"name": "Bo"}, 3]}) == ("Ines", "Bo")
    assert byline({}) == ()
