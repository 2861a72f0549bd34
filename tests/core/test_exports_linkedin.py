"""LinkedIn's export, as a real archive. All people and texts are invented."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.core.exports import (
    LONG,
    article,
    assert_unchanged_is_not_given,
    gather,
    pack,
    refused,
    validators,
)
from twin_core.collect.linkedin import LinkedinSource, read_article, read_posts
from twin_core.errors import BlockedError
from twin_core.sources import LinkedinSpec


def linkedin(path: Path) -> LinkedinSource:
    return LinkedinSource(LinkedinSpec(kind="linkedin", path=path))


PULSE = "https://www.linkedin.com/pulse/cost-of-nets-ines-okafor-abcd"
FEED = "https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A"
ARTICLE = f"""<html><head><title>The cost of nets</title><style>.created {{ color: red }}</style>
</head><body><img src="https://media.licdn.example/cover.png">
<h1><a href="{PULSE}">The cost of nets</a></h1>
<p class="created">Created on 2024-09-20 06:04</p>
<p class="published">Published on 2024-09-20 06:12</p>
<div><p>{LONG}</p><blockquote><p>A net is mostly holes.</p></blockquote><h1>Knots</h1></div>
</body></html>"""
PLAIN = f"""<html><head></head><body><h1>Without classes</h1><p>Created on 2021-03-04 10:11</p>
<p>Published on 2021-03-05 10:11</p><div><p>{LONG} I was Published on 2020-01-01 once.</p></div>
</body></html>"""
WORDS = " ".join(f"word{number}" for number in range(45))
# as LinkedIn writes three lines with an empty one between: a quotation mark around each
ODD = f'"A first ""thought"".""\n""""\n""{WORDS}""\n""#nets #harbour"'
SHARES = f"""Notes:
"Times are in UTC, of course"

Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility
2023-01-05 10:11:12,{FEED}1,{ODD},,,MEMBER_NETWORK
2023-02-05 10:11:12,{FEED}2,"Hiring, again! https://example.org/{"x" * 300}",,,PUBLIC
2023-03-05 10:11:12,{FEED}3,,https://www.linkedin.com/feed/update/another,,PUBLIC
2023-04-05 10:11:12,{FEED}4,"For my connections: {WORDS}",,,CONNECTIONS
2023-05-05 10:11:12,,"Nowhere to be found, {WORDS}",https://example.org/a,,PUBLIC
,{FEED}6,"Never dated. {WORDS}",,https://media.example/x.png,
"""


def linkedin_export(path: Path, shares: str = SHARES) -> Path:
    return pack(
        path,
        {
            "Articles/Articles/2024-09-20 06:04:13.0-the-cost-of-nets.html": ARTICLE,
            "Articles/without-classes.html": PLAIN,
            "Articles/Articles/draft.html": ARTICLE.replace(
                '<p class="published">Published on 2024-09-20 06:12</p>', ""
            ),
            "Articles/Articles/broken.html": "no markup at all",
            "Shares_1234567.csv": shares,
            "Comments.csv": f"Date,Link,Message\n2023-01-05 10:11:12,{FEED}9,{WORDS}\n",
            "Profile.csv": "First Name,Last Name\nInes,Okafor\n",
        },
    )


def test_a_linkedin_export_gives_articles_and_longer_posts(tmp_path: Path):
    path = linkedin_export(tmp_path / "linkedin.zip")
    base = path.as_uri()
    found = gather(linkedin(path))
    plain, unlinked = f"{base}/Articles/without-classes.html", f"{base}/Shares_1234567.csv/"
    unlinked += quote("2023-05-05 10:11:12")
    broken = f"{base}/Articles/Articles/broken.html"
    assert set(found) == {PULSE, plain, f"{FEED}1", f"{FEED}6", unlinked, broken}
    assert "broken.html" in refused(found, broken)

    nets = article(found, PULSE)
    assert (nets.title, nets.canonical, nets.dated_by) == ("The cost of nets", PULSE, "export")
    assert nets.published_at == datetime(2024, 9, 20, 6, 12, tzinfo=UTC)
    assert nets.media_type == "text/html" and nets.body.startswith("<article><img")
    assert "<h1>Knots</h1>" in nets.body and "<blockquote>" in nets.body
    for left_out in ("The cost of nets", "Created on", "Published on", "color"):
        assert left_out not in nets.body

    without = article(found, plain)
    assert without.published_at == datetime(2021, 3, 5, 10, 11, tzinfo=UTC)
    assert "10:11" not in without.body and "I was Published on 2020-01-01" in without.body

    first = article(found, f"{FEED}1")
    assert first.body == f'A first "thought".\n\n{WORDS}\n#nets #harbour\n'
    assert first.title == 'A first "thought".' and first.media_type == "text/markdown"
    assert first.published_at == datetime(2023, 1, 5, 10, 11, 12, tzinfo=UTC)
    assert article(found, f"{FEED}6").published_at is None
    assert article(found, f"{FEED}6").dated_by is None
    assert len(article(found, unlinked).title or "") <= 81


def test_a_linkedin_post_is_fetched_again_only_if_it_changed(tmp_path: Path):
    path = linkedin_export(tmp_path / "linkedin.zip")
    before = validators(linkedin(path))
    linkedin_export(path, SHARES.replace("Never dated.", "Still never dated.") + "\n")
    after = validators(linkedin(path))
    assert {url for url in after if after[url] != before[url]} == {f"{FEED}6"}
    assert_unchanged_is_not_given(
        linkedin(pack(path, {"Shares.csv": SHARES, "Articles/a.html": ARTICLE}))
    )


@pytest.mark.parametrize(
    ("table", "date"),
    [
        ("Datum;Beitragslink;Kommentar;Sichtbarkeit\n{0};{1};{2};PUBLIC\n", "05.01.2023 10:11"),
        ("Quand,Quoi,Où\n{0},{2},{1}\n", "2023-01-05T10:11:00Z"),
        ('When,Text,A,B\n"{0}",{2},{1},\n', "1/5/23, 10:11 AM"),
        ("A,B,C,D\n{0},{1},{2},PUBLIC\n2022-01-05,{1},,CONNECTIONS\n", "2023-01-05 10:11:00 UTC"),
    ],
)
def test_columns_are_found_by_what_they_hold(tmp_path: Path, table: str, date: str):
    text = "\ufeff" + table.format(date, f"{FEED}1", f'"Kurz, gesagt: {WORDS}"')
    found = gather(linkedin(pack(tmp_path / "l.zip", {"export/Shares.csv": text})))
    assert article(found, f"{FEED}1").published_at == datetime(2023, 1, 5, 10, 11, tzinfo=UTC)
    assert article(found, f"{FEED}1").body == f"Kurz, gesagt: {WORDS}\n"


def test_quoted_lines_of_a_post_stay_quoted():
    row = f'2023-01-05,{FEED}1,"""Yes,"" she said, {WORDS}, ""no""\n""Perhaps"""\n'
    ((_, _, text),) = read_posts("Date,ShareLink,ShareCommentary\n" + row)
    assert text.startswith('"Yes," she said') and text.endswith('"no"\n"Perhaps"')


def test_a_table_without_posts_and_one_that_is_none():
    assert read_posts("Date,ShareLink,ShareCommentary,Visibility\n") == []
    assert read_posts(f"Date,ShareLink,ShareCommentary\n2023-01-05,{FEED}1,\n") == []
    with pytest.raises(BlockedError, match="not a table of posts"):
        read_posts("just a line of text\nand another")


def test_an_article_never_published_is_none():
    assert read_article("<body><h1>T</h1><p class='created'>Erstellt 2024-01-02</p></body>") is None
