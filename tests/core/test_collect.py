"""Collection as a whole: what one pass makes of what the sources say, and of what is stored."""

import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import folder_author
from tests.serving import Page, article, local_web, rss, serving
from twin_core.authors import Author
from twin_core.collect.collect import collect, utc_now
from twin_core.collect.merge import SourceTally, Window
from twin_core.collect.row import repaired
from twin_core.collect.source import canonical_url, listing_version, open_source
from twin_core.errors import SourceError
from twin_core.features.clean import clean
from twin_core.sources import FeedSpec, FolderSpec, PagesSpec, SitemapSpec, SourceSpec

INES = folder_author(Path())
LONG = " ".join(f"word{n} follows word{n + 1} closely." for n in range(60))


def folder(path: Path, base_url: str | None = None) -> FolderSpec:
    return FolderSpec(kind="folder", path=path, base_url=base_url)


def feed(address: str, path: str = "/feed") -> FeedSpec:
    return FeedSpec(kind="feed", url=f"{address}{path}")


def gather_all(
    specs: list[SourceSpec],
    previous: pl.DataFrame | None = None,
    author: Author = INES,
    window: Window | None = None,
) -> tuple[pl.DataFrame, list[SourceTally]]:
    with local_web() as web:
        sources = [open_source(spec, web) for spec in specs]
        return collect(author, sources, previous, utc_now(), window, web)


def gather(
    spec: SourceSpec, previous: pl.DataFrame | None = None, author: Author = INES
) -> tuple[pl.DataFrame, SourceTally]:
    frame, tallies = gather_all([spec], previous, author)
    return frame, tallies[0]


def live(frame: pl.DataFrame) -> list[str]:
    return sorted(frame.filter(pl.col("status") == "live")["title"])


def test_a_folder_is_collected_with_dates_from_its_front_matter(articles: Path):
    frame, tally = gather(folder(articles))
    assert (tally.found, tally.new, frame.height) == (18, 18, 18)
    assert frame["published_at"].min().year == 2023  # type: ignore[union-attr]
    assert set(frame["dated_by"]) == {"front matter"}
    assert frame["updated_at"].count() == 5
    assert not frame["body"].str.starts_with("---").any()


def test_an_unchanged_folder_is_not_read_again(articles: Path):
    first, _ = gather(folder(articles))
    again, tally = gather(folder(articles), first)
    assert (tally.unchanged, tally.new, tally.changed) == (18, 0, 0)
    assert again.equals(first)


def test_an_edit_a_new_file_and_a_removed_one(articles: Path):
    first, _ = gather(folder(articles))
    edited, removed, *_ = sorted(articles.glob("*.md"))
    edited.write_text(edited.read_text() + "\nOne more sentence.\n")
    removed.unlink()
    (articles / "new.md").write_text("# Fresh\n\nA new article, with some words in it.\n")
    frame, tally = gather(folder(articles), first)
    assert (tally.new, tally.changed, tally.unchanged, tally.missing) == (1, 1, 16, 1)
    assert frame.filter(pl.col("title") == "Fresh").height == 1


def test_missing_once_is_not_gone_and_twice_is(articles: Path):
    first, _ = gather(folder(articles))
    lost = sorted(articles.glob("*.md"))[0]
    text = lost.read_text()
    lost.unlink()
    once, tally = gather(folder(articles), first)
    assert (tally.missing, tally.gone, len(live(once))) == (1, 0, 18)
    twice, tally = gather(folder(articles), once)
    assert (tally.missing, tally.gone, len(live(twice))) == (0, 1, 17)
    assert twice.height == 18
    lost.write_text(text)
    back, _ = gather(folder(articles), twice)
    assert len(live(back)) == 18


def test_seen_in_between_starts_the_count_anew(articles: Path):
    frame, _ = gather(folder(articles))
    lost = sorted(articles.glob("*.md"))[0]
    text = lost.read_text()
    for _ in range(3):
        lost.unlink()
        frame, tally = gather(folder(articles), frame)
        assert (tally.missing, tally.gone) == (1, 0)
        lost.write_text(text)
        frame, _ = gather(folder(articles), frame)
    assert len(live(frame)) == 18


def test_the_sample_site_is_the_same_through_feed_sitemap_and_folder(site: tuple[str, Path]):
    address, root = site
    home = f"{address}/ines-okafor"
    author = INES.model_copy(update={"name": "Ines Okafor"})
    ways = [
        feed(home, "/feed.xml"),
        SitemapSpec(kind="sitemap", url=f"{home}/sitemap.xml"),
        folder(root / "ines-okafor" / "articles", home),
    ]
    frames = [gather(way, author=author)[0] for way in ways]
    for frame in frames:
        assert frame.height == 18
        assert frame["doc_id"].to_list() == frames[0]["doc_id"].to_list()
        assert frame["title"].to_list() == frames[0]["title"].to_list()
        assert frame["published_at"].to_list() == frames[0]["published_at"].to_list()
    assert frames[0]["content_hash"].to_list() == frames[1]["content_hash"].to_list()
    texts = [clean(frame)["text"].to_list() for frame in frames]
    assert texts[0] == texts[1] == texts[2]
    together, tallies = gather_all(ways, author=author)
    assert together.drop("fetched_at").equals(frames[0].drop("fetched_at"))
    assert [tally.duplicates for tally in tallies] == [0, 18, 18]


def test_an_unchanged_site_transfers_no_page(site: tuple[str, Path]):
    spec = feed(f"{site[0]}/ines-okafor", "/feed.xml")
    first, tally = gather(spec)
    assert first["etag"].null_count() == 0
    with local_web() as web:
        web.get(spec.url)
        listing = web.transferred
    again, tally = gather(spec, first)
    assert (tally.unchanged, tally.bytes) == (18, listing)
    assert again.equals(first)


def test_a_whole_feed_needs_no_page(site: tuple[str, Path]):
    author = INES.model_copy(update={"name": "Tobias Wren"})
    frame, tally = gather(feed(f"{site[0]}/tobias-wren", "/feed.xml"), author=author)
    assert (tally.new, frame.height) == (18, 18)
    assert frame["body"].str.starts_with("<article>").all()
    again, tally = gather(feed(f"{site[0]}/tobias-wren", "/feed.xml"), frame, author)
    assert tally.unchanged == 18
    assert again.equals(frame)


def test_one_bad_page_never_fails_the_others():
    pages = {
        "/feed": rss("/good", "/missing", "/pdf"),
        "/good": article("Words."),
        "/pdf": Page("%PDF", media_type="application/pdf"),
    }
    with serving(pages) as site:
        frame, tally = gather(feed(site.address))
    assert frame["title"].to_list() == ["/good"]
    reasons = dict(tally.quarantined)
    assert "HTTP 404" in reasons[f"{site.address}/missing"]
    assert "application/pdf" in reasons[f"{site.address}/pdf"]


def test_what_a_feed_lets_go_is_asked_for_by_its_page():
    pages = {"/feed": rss("/a", "/b"), "/a": article("First."), "/b": article("Second.")}
    pages["/a"].headers["ETag"] = '"a"'
    with serving(pages) as site:
        frame, _ = gather(feed(site.address))
        site.pages["/feed"] = rss("/b")
        frame, tally = gather(feed(site.address), frame)
        assert (tally.unchanged, tally.missing, live(frame)) == (2, 0, ["/a", "/b"])
        del site.pages["/a"]
        frame, tally = gather(feed(site.address), frame)
        assert (tally.missing, live(frame)) == (1, ["/a", "/b"])
        frame, tally = gather(feed(site.address), frame)
        assert (tally.gone, live(frame)) == (1, ["/b"])


def test_an_article_at_two_addresses_is_one():
    canonical = '<link rel="canonical" href="{origin}/essay">'
    pages = {
        "/essay": article(LONG, canonical + "<title>Essay</title>"),
        "/essay/amp": article(LONG, canonical + "<title>Essay</title>"),
        "/copy": article(LONG, "<title>Essay</title>"),
        "/other": article("Quite something else. " * 30, "<title>Essay</title>"),
    }
    with serving(pages) as site:
        urls = tuple(f"{site.address}{path}" for path in pages)
        frame, tally = gather(PagesSpec(kind="pages", urls=urls))
        assert (tally.new, tally.duplicates) == (2, 2)
        row = frame.row(by_predicate=pl.col("url") == f"{site.address}/essay", named=True)
        assert sorted(row["also_at"]) == [f"{site.address}/copy", f"{site.address}/essay/amp"]
        site.requests.clear()
        again, tally = gather(PagesSpec(kind="pages", urls=urls), frame)
        assert (tally.unchanged, tally.changed, tally.new) == (2, 0, 0)
        assert sorted(site.asked()) == ["/essay", "/other"]  # copies are known by their address
        assert again["also_at"].to_list() == frame["also_at"].to_list()


def test_a_front_page_as_canonical_address_is_not_believed():
    head = '<link rel="canonical" href="{origin}/">'
    pages = {"/a": article("First text.", head), "/b": article("Second text.", head)}
    with serving(pages) as site:
        urls = tuple(f"{site.address}{path}" for path in pages)
        frame, _ = gather(PagesSpec(kind="pages", urls=urls))
    assert frame.height == 2


def test_articles_of_others_are_left_out():
    pages = {
        "/own": article("Mine.", '<meta name="author" content="By Inès OKAFOR">'),
        "/guest": article("Not mine.", '<meta name="author" content="Bo Li">'),
        "/nobody": article("Unsigned.", '<meta name="author" content="admin">'),
    }
    with serving(pages) as site:
        urls = tuple(f"{site.address}{path}" for path in pages)
        spec = PagesSpec(kind="pages", urls=urls)
        frame, tally = gather(spec)
        assert sorted(frame["body"].str.extract("<p>(.*)</p>")) == ["Mine.", "Unsigned."]
        assert "signed by Bo Li" in dict(tally.blocked)[f"{site.address}/guest"]
        known = INES.model_copy(update={"aliases": ("Bo Li",)})
        assert gather(spec, author=known)[0].height == 3


def test_a_link_blog_does_not_make_others_articles_the_authors():
    with serving({"/theirs": article("Theirs.")}) as other, serving({}) as site:
        elsewhere = other.address.replace("127.0.0.1", "localhost")
        items = f"<item><title>x</title><link>{elsewhere}/theirs</link></item>"
        site.pages["/feed"] = Page(f'<rss version="2.0"><channel>{items}</channel></rss>')
        frame, tally = gather(feed(site.address))
        assert frame.height == 0
        assert "another site" in tally.blocked[0][1]
        assert other.asked() == []


def test_a_paywalled_page_is_recorded_and_not_taken():
    script = '{"@type": "BlogPosting", "headline": "Dear", "isAccessibleForFree": "False"}'
    head = f'<script type="application/ld+json">{script}</script>'
    with serving({"/a": article("The first paragraph only.", head)}) as site:
        frame, tally = gather(PagesSpec(kind="pages", urls=(f"{site.address}/a",)))
    assert tally.paywalled == 1
    assert frame.select("status", "body", "title").row(0) == ("paywalled", "", "Dear")


def test_a_window_is_fetched_anew_and_nothing_else(site: tuple[str, Path]):
    author = INES.model_copy(update={"name": "Ines Okafor"})
    spec = feed(f"{site[0]}/ines-okafor", "/feed.xml")
    first, _ = gather(spec, author=author)
    year = Window(datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    frame, (tally,) = gather_all([spec], first, author, year)
    within = first.filter(pl.col("published_at").dt.year() == 2025).height
    assert 0 < within < 18
    assert tally.unchanged == within
    assert (frame["fetched_at"] > first["fetched_at"]).sum() == within
    assert live(frame) == live(first)


def test_a_dead_source_keeps_what_is_stored_and_stops_no_other(articles: Path):
    first, _ = gather(folder(articles))
    dead = feed("http://127.0.0.1:9")
    frame, tallies = gather_all([dead, folder(articles)], first)
    assert tallies[0].failed
    assert tallies[1].unchanged == 18
    assert frame.height == 18


def test_another_source_does_not_take_over_from_one_that_is_down(site: tuple[str, Path]):
    address, root = site
    home = f"{address}/ines-okafor"
    ways = [feed(home, "/feed.xml"), folder(root / "ines-okafor" / "articles", home)]
    first, _ = gather_all(ways)
    (root / "ines-okafor").rename(root / "away")
    dead = [ways[0], folder(root / "away" / "articles", home)]
    frame, tallies = gather_all(dead, first)
    assert tallies[0].failed
    assert frame.equals(first)


def test_a_source_taken_out_of_the_file_leaves_after_two_checks(articles: Path, tmp_path: Path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "one.md").write_text("# One\n\nText.\n")
    both, _ = gather_all([folder(articles), folder(other)])
    once, tallies = gather_all([folder(articles)], both)
    assert (tallies[-1].source, tallies[-1].missing) == ("(no longer a source)", 1)
    twice, _ = gather_all([folder(articles)], once)
    assert len(live(twice)) == 18


def test_whatever_is_wrong_with_one_file_the_others_are_collected(tmp_path: Path):
    good = "# Good\n\n" + LONG
    (tmp_path / "good.md").write_text(good)
    (tmp_path / "early.md").write_text(
        f"---\ndate: 0001-01-01T00:00:00+05:00\n---\n# Early\n{LONG}"
    )
    (tmp_path / "deep.md").write_text("---\na: " + "[" * 9000 + "\n---\nText")
    (tmp_path / "comment.html").write_text("<!-- nothing here -->")
    (tmp_path / "empty.md").write_text("")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("# Name\n\n" + LONG)
    frame, tally = gather(folder(tmp_path))
    assert {"Good", "Early", "Name"} <= set(live(frame))
    assert [Path(url).name for url, _ in tally.quarantined] == ["deep.md"]
    docs = clean(frame)
    reasons = dict(docs.select("title", "drop_reason").iter_rows())
    assert reasons["comment"] == reasons["empty"] == "no text"
    assert reasons["Good"] is None


def test_if_every_source_fails_and_nothing_is_stored_the_first_failure_is_raised():
    with pytest.raises(SourceError, match="cannot be fetched"):
        gather(feed("http://127.0.0.1:9"))


def test_odd_characters_are_recorded_and_never_fatal(tmp_path: Path):
    assert repaired("a\x00b") == ("ab", "1 NUL characters removed")
    assert "1 characters could not be decoded" in str(repaired("a\ud800b")[1])
    assert "2 invisible" in str(repaired("a\u202eb\u200bc")[1])
    page = "<html><body><article><p>caf\xe9 \x93quoted\x94</p></article></body></html>"
    odd = Page(page.encode("cp1252", "replace"), media_type="text/html; charset=x-unheard-of")
    with serving({"/a": odd}) as site:
        frame, _ = gather(PagesSpec(kind="pages", urls=(f"{site.address}/a",)))
    assert "café" in frame["body"][0]


def test_the_same_article_by_two_addresses_is_one_address():
    assert canonical_url("HTTPS://Example.org:443/a?utm_source=x#top") == "https://example.org/a"


def test_the_listing_changes_exactly_when_an_article_does(articles: Path):
    def version() -> str:
        with local_web() as web:
            return listing_version(open_source(folder(articles), web))

    before = version()
    assert version() == before
    page = sorted(articles.glob("*.md"))[0]
    page.write_text(page.read_text() + "\nmore\n")
    assert version() != before
