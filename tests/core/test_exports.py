"""Exports of Medium, LinkedIn, Notion and Obsidian, as real archives and folders; hostile ones are
refused by name, without being unpacked. All people and texts are invented."""

import copy
import io
import os
import random
import stat
import time
import tracemalloc
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from twin_core.collect import zipped
from twin_core.collect.linkedin import LinkedinSource, read_article, read_posts
from twin_core.collect.medium import MediumSource, read_post
from twin_core.collect.notes import NotionSource, ObsidianSource
from twin_core.collect.source import Fetched, Source, Validators, open_source
from twin_core.collect.web import Web
from twin_core.collect.zipped import read_members
from twin_core.errors import BlockedError, GoneError, SourceError
from twin_core.sources import LinkedinSpec, MediumSpec, NotionSpec, ObsidianSpec

LONG = (
    "The harbour keeps its own calendar, and nobody who mends nets for a living needs another. "
    "I learned to read it the slow way, by being wrong about the weather in front of people who "
    "were right, and by writing down each evening what the morning had promised and not kept. "
)


def pack(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def packed(members: dict[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return content.getvalue()


def gather(source: Source) -> dict[str, Fetched | SourceError]:
    """Address → the article, or the error that fetching it raises."""
    found: dict[str, Fetched | SourceError] = {}
    for reference in source.discover():
        try:
            article = source.fetch(reference, None)
        except SourceError as error:
            found[reference.url] = error
        else:
            assert article is not None and article.etag == reference.validator
            assert article.title == reference.title
            assert article.published_at == reference.published_at
            found[reference.url] = article
    return found


def article(found: dict[str, Fetched | SourceError], url: str) -> Fetched:
    given = found[url]
    assert isinstance(given, Fetched), given
    return given


def refused(found: dict[str, Fetched | SourceError], url: str) -> str:
    given = found[url]
    assert isinstance(given, BlockedError), given
    return str(given)


def validators(source: Source) -> dict[str, str]:
    return {reference.url: reference.validator for reference in source.discover()}


def assert_unchanged_is_not_given(source: Source) -> None:
    for reference in source.discover():
        known = Validators(reference.validator, None)
        assert source.fetch(reference, known) is None
        assert source.fetch(reference, Validators("another", None)) is not None


# Medium


def medium(path: Path) -> MediumSource:
    return MediumSource(MediumSpec(kind="medium", path=path))


def post(
    name: str,
    body: str,
    canonical: str | None = "",
    exported: str = "May 2, 2025",
    footer: str = "",
) -> str:
    link = f'<p><a href="{canonical}" class="p-canonical">Canonical link</a></p>'
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{name}</title><style>
section[data-field=subtitle] {{ display: none; }}</style></head>
<body><article class="h-entry">
<header>\n<h1 class="p-name">{name}</h1>\n</header>
<section data-field="subtitle" class="p-summary">\nA summary that Medium made…\n</section>
<section data-field="body" class="e-content">\n{body}\n</section>
<footer><p>By <a href="https://medium.com/@inesokafor" class="p-author h-card">Ines Okafor</a> on
<a href="https://medium.com/p/0a1b2c3d4e5f"><time class="dt-published"
datetime="2024-03-04T10:11:12.345Z">March 4, 2024</time></a>.</p>{link if canonical else ""}{footer}
<p>Exported from <a href="https://medium.com">Medium</a> on {exported}.</p></footer>
</article></body></html>"""


def section(inner: str) -> str:
    return (
        '<section name="ab12" class="section section--body"><div class="section-divider">'
        f'<hr class="section-divider"></div><div class="section-content">{inner}</div></section>'
    )


TITLED = section(
    '<h3 name="a" id="a" class="graf graf--h3 graf--leading graf--title">Harbour '
    '<a href="https://example.org/l">lights</a> &amp; nets</h3>'
    '<h4 class="graf graf--h4 graf-after--h3 graf--subtitle">On mending</h4>'
    f'<p class="graf graf--p">{LONG}</p>'
) + section(
    '<h3 class="graf graf--h3 graf--leading">A second part</h3>'
    f'<p class="graf graf--p">Caf&eacute; &#8212; it ends here.<br>{LONG}</p>'
)
REPLY = section(f'<p class="graf graf--p graf--leading">Thank you, Tomas, I agree. {LONG * 3}</p>')
HARBOUR = "https://medium.com/@inesokafor/harbour-lights-0a1b2c3d4e5f"


def medium_export(path: Path, **changed: str) -> Path:
    early = '<h3 name="b" class="graf--h3 graf--first graf--leading">Early years</h3>'
    members: dict[str, str | bytes] = {
        "README.html": "<p>Your Medium export</p>",
        "profile/profile.html": "<p>Ines</p>",
        "bookmarks/bookmarks-0001.html": "<ul><li>Someone else's article</li></ul>",
        "posts/2024-03-04_Harbour-lights-0a1b2c3d4e5f.html": post(
            "Harbour lights &amp; nets", TITLED, HARBOUR + "?source=rss-1"
        ),
        "posts/2015-01-02_Early-years & more-111111111111.html": post(
            "Early years", section(early + f"<p>{LONG}</p>"), None
        ),
        "posts/2024-05-06_Own-name-222222222222.html": post(
            "A title of its own", section(f"<p>{LONG * 3}</p>"), "https://inesokafor.example/own"
        ),
        "posts/draft_Not-yet-333333333333.html": post("Not yet", TITLED, HARBOUR + "/draft"),
        "posts/2024-03-05_Thank-you--Tomas-444444444444.html": post(
            "Thank you, Tomas, I agree. The harbour…", REPLY, "https://medium.com/@inesokafor/44"
        ),
        "posts/2024-03-06_Well-said-555555555555.html": post(
            "", section("<p>Well said!</p>"), "https://medium.com/@inesokafor/well-said-55"
        ),
        "posts/2024-03-07_Odd-666666666666.html": "<html><body>not a post</body></html>",
        "__MACOSX/posts/._2024-03-04_Harbour.html": b"\x00\x05\x16\x07",
        **changed,
    }
    return pack(path, members)


def test_a_medium_export_gives_its_posts_without_drafts_and_replies(tmp_path: Path):
    path = medium_export(tmp_path / "medium export.zip")
    found = gather(medium(path))
    early = f"{path.as_uri()}/{quote('posts/2015-01-02_Early-years & more-111111111111.html')}"
    odd = f"{path.as_uri()}/posts/2024-03-07_Odd-666666666666.html"
    assert set(found) == {HARBOUR, early, "https://inesokafor.example/own", odd}

    harbour = article(found, HARBOUR)
    assert harbour.title == "Harbour lights & nets"
    assert harbour.byline == ("Ines Okafor",)
    assert harbour.published_at == datetime(2024, 3, 4, 10, 11, 12, 345000, tzinfo=UTC)
    assert (harbour.dated_by, harbour.media_type) == ("export", "text/html")
    assert harbour.canonical == HARBOUR
    assert harbour.body.startswith("<article><section") and harbour.body.endswith("</article>")
    for kept in ("On mending", "A second part", "Caf&eacute; &#8212; it ends here.<br>", LONG):
        assert kept in harbour.body
    for left_out in ("graf--title", "lights", "summary that Medium made", "Exported", "display"):
        assert left_out not in harbour.body

    assert article(found, early).title == "Early years"
    assert "Early years" not in article(found, early).body
    assert article(found, early).canonical is None
    assert article(found, "https://inesokafor.example/own").title == "A title of its own"
    assert "2024-03-07_Odd-666666666666.html' in" in refused(found, odd)


def test_a_medium_post_is_fetched_again_only_if_it_changed(tmp_path: Path):
    path = medium_export(tmp_path / "medium.zip")
    before = validators(medium(path))
    name = "posts/2024-05-06_Own-name-222222222222.html"
    own = "https://inesokafor.example/own"
    body = section(f"<p>{LONG * 3}</p>")
    medium_export(path, **{name: post("A title of its own", body, own, "June 30, 2026")})
    assert validators(medium(path)) == before
    medium_export(path, **{name: post("A title of its own", body + "<p>More.</p>", own)})
    after = validators(medium(path))
    assert {url for url in after if after[url] != before[url]} == {own}


def test_unchanged_articles_are_not_given_again_and_missing_ones_are_gone(tmp_path: Path):
    path = pack(tmp_path / "m.zip", {"posts/2024-03-04_a.html": post("A", TITLED, HARBOUR)})
    source = medium(path)
    assert_unchanged_is_not_given(source)
    (reference,) = source.discover()
    pack(path, {"posts/2024-03-04_b.html": post("B", TITLED, HARBOUR + "-b")})
    list(source.discover())
    with pytest.raises(GoneError, match="is not in"):
        source.fetch(reference, None)


def test_a_post_without_a_date_of_its_own_has_that_of_its_file_name(tmp_path: Path):
    undated = post("A", TITLED, HARBOUR).replace("dt-published", "")
    path = pack(tmp_path / "m.zip", {"export/posts/2019-08-07_A-1.html": undated})
    assert article(gather(medium(path)), HARBOUR).published_at == datetime(2019, 8, 7, tzinfo=UTC)


def test_markup_of_others_in_a_post_does_not_pass_for_medium_s(tmp_path: Path):
    body = section(
        '<h3 class="graf--title">T</h3><p class="p-author">Someone Else</p>'
        '<a class="p-canonical" href="https://elsewhere.example/">x</a>'
        "<script>alert(1)</script><section class='e-content'>inner</section><p>end</p>"
    )
    given = read_post(post("T", body, "javascript:alert(1)"))
    assert given and given["byline"] == ["Ines Okafor"] and given["canonical"] is None
    assert "alert" not in given["body"] and "end" in given["body"] and "inner" in given["body"]


# LinkedIn


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


# Notion

ID = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"
PAGE = f"""# Reading the harbour

Author: Ines Okafor, Tomas Berg
Created: March 4, 2024 10:11 AM
Published: March 9, 2024 10:11 PM
Last edited time: 2024/04/01 09:00
Status: Published
Tags: nets, weather

{LONG}

See [On knots](On%20knots%20(old)%20{OTHER}.md), [a list](Lists%20{OTHER}.csv),
[the web](https://example.org/a), [a mention](https://www.notion.so/Knots-{OTHER}?pvs=21).

![Untitled](Reading%20the%20harbour%20{ID}/Untitled.png)

<aside>
💡 Nets are mostly holes.

</aside>

```bash
cat [x](y.md)
```
"""


def notion(path: Path) -> NotionSource:
    return NotionSource(NotionSpec(kind="notion", path=path))


def notion_pages() -> dict[str, str | bytes]:
    draft = "# Not yet\n\nStatus: Draft\n\nText.\n"
    return {
        f"Private & Shared/Reading the harbour {ID}.md": PAGE,
        f"Lists/Plain {OTHER}.md": f"# Plain\n\nNote: no property.\n\n{LONG}\n",
        f"Lists/{ID}.md": f"# Named\n\nPublished: Yes\nCanonical URL: https://o.example/n\n\n{LONG}",
        f"Lists/Not yet {ID}.md": draft,
        f"Lists/Hidden {ID}.md": "# Hidden\n\nPublished: No\nDate: 2024-01-01\n\nText.\n",
        f"Lists {OTHER}.csv": "Name,Status\nNot yet,Draft\n",
        "index.html": "<p>no page</p>",
        "notes.md": "# No page of Notion's",
    }


def assert_notion_pages(path: Path) -> None:
    found = gather(notion(path))
    base = path.as_uri()
    harbour = f"{base}/Private%20%26%20Shared/Reading%20the%20harbour%20{ID}.md"
    plain, draft = f"{base}/Lists/Plain%20{OTHER}.md", f"{base}/Lists/Not%20yet%20{ID}.md"
    hidden = f"{base}/Lists/Hidden%20{ID}.md"
    assert set(found) == {harbour, plain, draft, hidden, "https://o.example/n"}
    assert "draft" in refused(found, draft) and "draft" in refused(found, hidden)

    page = article(found, harbour)
    assert page.title == "Reading the harbour"
    assert page.byline == ("Ines Okafor", "Tomas Berg")
    assert page.published_at == datetime(2024, 3, 9, 22, 11, tzinfo=UTC)
    assert page.updated_at == datetime(2024, 4, 1, 9, tzinfo=UTC)
    assert (page.dated_by, page.media_type) == ("properties", "text/markdown")
    assert page.body.startswith(LONG.strip())
    assert "See On knots, a list,\n[the web](https://example.org/a), a mention." in page.body
    assert "\n💡 Nets are mostly holes.\n" in page.body
    assert "cat [x](y.md)" in page.body
    for left_out in ("Status:", "Untitled.png", "aside", "# Reading"):
        assert left_out not in page.body

    assert article(found, plain).body.startswith("Note: no property.")
    assert article(found, plain).dated_by == "file's time of change"
    assert article(found, "https://o.example/n").canonical == "https://o.example/n"
    assert article(found, "https://o.example/n").title == "Named"


def test_a_notion_export_in_each_of_its_forms(tmp_path: Path):
    assert_notion_pages(pack(tmp_path / "flat.zip", notion_pages()))
    nested = pack(tmp_path / "nested.zip", {"ExportBlock-1a2b-Part-1.zip": packed(notion_pages())})
    assert_notion_pages(nested)
    with zipfile.ZipFile(tmp_path / "flat.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    assert_notion_pages(tmp_path / "unpacked")


def test_a_notion_page_is_fetched_again_only_if_it_or_its_dates_changed(tmp_path: Path):
    pages = notion_pages()
    before = validators(notion(pack(tmp_path / "n.zip", pages)))
    again = tmp_path / "n.zip"
    with zipfile.ZipFile(again, "w") as archive:  # exported later, hence with other times
        for name, content in pages.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), content)
    assert validators(notion(again)) == before
    harbour = f"Private & Shared/Reading the harbour {ID}.md"
    for text in (PAGE.replace("March 9", "March 8"), PAGE.replace("holes.", "knots.")):
        after = validators(notion(pack(again, {**pages, harbour: text})))
        assert [url for url in after if after[url] != before[url]] == [
            f"{again.as_uri()}/{quote(harbour)}"
        ]
    assert_unchanged_is_not_given(notion(pack(again, {f"A {ID}.md": PAGE})))


def test_notion_s_parts_are_opened_one_level_deep_only(tmp_path: Path):
    inner = packed({"ExportBlock-2.zip": packed(notion_pages())})
    path = pack(tmp_path / "n.zip", {"ExportBlock-1.zip": inner})
    with pytest.raises(BlockedError, match="'ExportBlock-2.zip', which is an archive within"):
        list(notion(path).discover())
    path = pack(tmp_path / "n.zip", {"ExportBlock-1.zip": packed({f"../A {ID}.md": PAGE})})
    with pytest.raises(BlockedError, match="leads out of the archive"):
        list(notion(path).discover())
    path = pack(tmp_path / "n.zip", {f"A {ID}.md": PAGE, "attachment.zip": inner})
    with pytest.raises(BlockedError, match="'attachment.zip', which is an archive within"):
        list(notion(path).discover())


# Obsidian


def obsidian(path: Path) -> ObsidianSource:
    return ObsidianSource(ObsidianSpec(kind="obsidian", path=path))


NOTE = f"""---
title: Reading the harbour
date: 2024-03-04
updated: 2024-03-05T10:00:00+02:00
author: Ines Okafor
tags: [nets]
---
#nets #weather/wind

# Reading the harbour

{LONG} ^first-block

See [[Knots|the knots]], [[folder/Splices#Long]], [[#Here]] and [another](Other%20note.md).
![[chart.png|300]]
![[Knots]]

%%a comment
with `code` in it%%
> [!note]- A callout
> holds its words.

> [!tip]
> So does this.

It is ==marked== with #inline tags, and a == b == c. Inline `[[ -f x ]]` stays.

```bash
#comment
if [[ -f x ]]; then echo "%%"; fi
```

^lone-id
"""


def vault(root: Path) -> Path:
    notes = {
        "Reading.md": NOTE,
        "deep/er/Splices.md": f"\ufeff# Splices\r\n\r\n{LONG}\r\n",
        "Wet ink.md": f"---\ndraft: true\n---\n{LONG}",
        "Kept back.md": f"---\npublish: false\n---\n{LONG}",
        "Broken.md": "---\ntitle: [unclosed\n---\nText.\n",
        "Published.md": f"---\npermalink: https://ines.example/p?utm_source=x\n---\n{LONG}",
        ".obsidian/plugins/readme.md": "no note",
        ".trash/Gone.md": LONG,
        "Templates/Daily.md": "{{title}}",
        "picture.png": "",
    }
    for name, text in notes.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8", newline="")
    (root.parent / "secret.md").write_text("secret")
    (root / "Escape.md").symlink_to(root.parent / "secret.md")
    (root / "Within.md").symlink_to(root / "deep/er/Splices.md")
    return root


def test_a_vault_gives_its_notes_as_a_reader_sees_them(tmp_path: Path):
    root = vault(tmp_path / "my vault")
    found = gather(obsidian(root))
    base = root.as_uri()
    published = "https://ines.example/p"
    names = ("Reading", "deep/er/Splices", "Within", "Wet ink", "Kept back", "Broken", "Escape")
    assert set(found) == {*(f"{base}/{quote(name)}.md" for name in names), published}

    note = article(found, f"{base}/Reading.md")
    assert note.title == "Reading the harbour" and note.byline == ("Ines Okafor",)
    assert note.published_at == datetime(2024, 3, 4, tzinfo=UTC)
    assert note.updated_at == datetime(2024, 3, 5, 8, tzinfo=UTC)
    assert (note.dated_by, note.media_type) == ("front matter", "text/markdown")
    assert note.body == (
        f"{LONG.strip()}\n\nSee the knots, Splices, Here and another.\n\n"
        "> A callout\n> holds its words.\n\n>\n> So does this.\n\n"
        "It is marked with #inline tags, and a == b == c. Inline `[[ -f x ]]` stays.\n\n"
        '```bash\n#comment\nif [[ -f x ]]; then echo "%%"; fi\n```\n'
    )
    splices = article(found, f"{base}/deep/er/Splices.md")
    assert splices.title == "Splices" and splices.body.startswith("The harbour keeps")
    assert splices.dated_by == "file's time of change"
    assert article(found, published).canonical == published


def test_drafts_links_out_and_broken_notes_are_named(tmp_path: Path):
    root = vault(tmp_path / "vault")
    found = gather(obsidian(root))
    base = root.as_uri()
    for name in ("Wet%20ink", "Kept%20back"):
        assert "is marked as a draft" in refused(found, f"{base}/{name}.md")
    assert "leads out" in refused(found, f"{base}/Escape.md")
    broken = found[f"{base}/Broken.md"]
    assert type(broken) is SourceError and "'Broken.md'" in broken.problem
    assert "front matter is not YAML" in broken.problem


def test_a_note_is_fetched_again_only_if_it_changed(tmp_path: Path):
    root = vault(tmp_path / "vault")
    source = obsidian(root)
    before = validators(source)
    os.utime(root / "deep/er/Splices.md", (1, 1))
    (root / "Templates/Daily.md").write_text("changed")
    assert validators(source) == before
    (root / "Reading.md").write_text(NOTE.replace("2024-03-04", "2024-03-03"))
    after = validators(source)
    assert [url for url in after if after[url] != before[url]] == [f"{root.as_uri()}/Reading.md"]
    for name in ("Escape", "Broken", "Wet ink", "Kept back"):
        (root / f"{name}.md").unlink()
    assert_unchanged_is_not_given(obsidian(root))


def test_names_and_titles_that_are_no_unicode_stop_nothing(tmp_path: Path):
    root = tmp_path / "vault"
    root.mkdir()
    (root / "title.md").write_text('---\ntitle: "A \\ud800 B"\n---\nText.\n')
    (root / os.fsdecode(b"caf\xe9.md")).write_text("Text.\n")
    (root / os.fsdecode(b"draft\xe9.md")).write_text("---\ndraft: true\n---\n")
    found = gather(obsidian(root))
    assert article(found, f"{root.as_uri()}/title.md").title == "A ? B"
    assert article(found, f"{root.as_uri()}/caf%E9.md").title == "caf?"
    assert "'draft?.md'" in refused(found, f"{root.as_uri()}/draft%E9.md")


def test_hostile_notes_take_no_time(tmp_path: Path):
    root = tmp_path / "vault"
    root.mkdir()
    heap = ("[[", "![[", "[x](", "```x\n", "%%%", "`` ", "==a", "> ", "> [!", "#a ", " ^a", " ")
    for number, piece in enumerate(heap):
        (root / f"{number}.md").write_text("# t" + piece * (200_000 // len(piece)) + "x")
    start = time.monotonic()
    assert len(gather(obsidian(root))) == len(heap)
    assert time.monotonic() - start < 10
    (root / "large.md").write_text("x" * 5_000_001)
    assert "larger than 5 MB" in refused(gather(obsidian(root)), f"{root.as_uri()}/large.md")


# Archives that are hostile or damaged


def crafted(path: Path, name: str, **marks: int) -> Path:
    """A Medium export with one more member, of this name and with these marks in its listing."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("posts/2024-03-04_a.html", post("A", TITLED, HARBOUR))
        info = zipfile.ZipInfo("placeholder")
        archive.writestr(info, "content")
        info.filename = info.orig_filename = name
        for mark, value in marks.items():
            setattr(info, mark, value)
    return path


@pytest.mark.parametrize(
    ("name", "marks", "reason"),
    [
        ("../evil.html", {}, "whose path leads out of the archive"),
        ("posts/../../evil.html", {}, "whose path leads out of the archive"),
        ("posts\\..\\..\\evil.html", {}, "whose path leads out of the archive"),
        ("/etc/evil.html", {}, "whose path is absolute"),
        ("\\\\server\\evil.html", {}, "whose path is absolute"),
        ("C:\\evil.html", {}, "whose path is absolute"),
        ("posts/a\x1b[2Jb.html", {}, "unprintable characters"),
        ("posts/a.html\x00.txt", {}, "unprintable characters"),
        ("posts/l.html", {"external_attr": (stat.S_IFLNK | 0o777) << 16}, "which is a link"),
        ("posts/p.html", {"external_attr": (stat.S_IFIFO | 0o666) << 16}, "which is a link or a"),
        ("posts/e.html", {"flag_bits": 1}, "which is encrypted"),
        ("posts/more.zip", {}, "which is an archive within the archive"),
        ("ExportBlock-1.zip", {}, "which is an archive within the archive"),
        ("media/more.tar.GZ", {}, "which is an archive within the archive"),
        ("media/b.bin", {"file_size": 2_000_000}, "which unpacks to 285,714 times its size"),
    ],
)
def test_a_hostile_archive_is_refused_with_the_reason(
    tmp_path: Path, name: str, marks: dict[str, int], reason: str
):
    path = crafted(tmp_path / "export.zip", name, **marks)
    with pytest.raises(BlockedError) as caught:
        read_members(str(path), ".*[.]html")
    assert caught.value.problem.startswith("it holds '") and reason in caught.value.problem
    assert caught.value.remedy


@pytest.mark.parametrize("kind", [medium, linkedin, notion])
@pytest.mark.parametrize("name", ["../evil.html", "more.zip"])
def test_a_refused_archive_is_named(tmp_path: Path, name: str, kind):
    path = crafted(tmp_path / "export.zip", name)
    with pytest.raises(BlockedError) as caught:
        list(kind(path).discover())
    assert caught.value.problem.startswith(f"the archive {path} is refused: it holds '{name}'")


def test_members_that_share_their_bytes_are_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "o.zip", "w") as archive:
        archive.writestr("posts/a.html", "x" * 1000)
        twin = copy.copy(archive.filelist[0])
        twin.filename = twin.orig_filename = "posts/b.html"
        archive.filelist.append(twin)
    with pytest.raises(BlockedError, match="its files overlap at 'posts/b.html'"):
        list(medium(tmp_path / "o.zip").discover())


def bomb(path: Path, megabytes: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("posts/2024-01-01_bomb.html", "w") as member:
            for _ in range(megabytes):
                member.write(bytes(1_000_000))
    return path


def most_memory(path: Path) -> int:
    """Bytes held at most while the archive is read here, to its refusal."""
    tracemalloc.start()
    try:
        with pytest.raises(SourceError):
            read_members(str(path), ".*")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_bomb_is_stopped_before_it_is_unpacked(tmp_path: Path):
    path = bomb(tmp_path / "bomb.zip", 200)
    with pytest.raises(BlockedError, match="times its size"):
        list(medium(path).discover())
    assert most_memory(path) < 1_000_000


def test_a_bomb_that_lies_about_its_size_is_stopped(tmp_path: Path):
    path = bomb(tmp_path / "bomb.zip", 200)
    content = path.read_bytes()
    path.write_bytes(content.replace((200_000_000).to_bytes(4, "little"), b"\x00\x10\x00\x00"))
    assert most_memory(path) < 5_000_000
    with pytest.raises(SourceError, match="it is damaged"):
        list(medium(path).discover())


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    letters = random.Random(1).randbytes(3_000_000).hex()
    path = pack(tmp_path / "large.zip", {"posts/a.html": letters})
    with pytest.raises(BlockedError, match="unpacks to too much: 'posts/a.html' has 6 MB"):
        list(medium(path).discover())
    path = pack(tmp_path / "many.zip", {f"posts/{n}.html": letters[:1_000_000] for n in range(5)})
    monkeypatch.setattr(zipped, "MAX_TOTAL_BYTES", 3_500_000)
    with pytest.raises(BlockedError, match="'posts/3.html' has 1 MB, 0 MB are left"):
        read_members(str(path), ".*")
    monkeypatch.setattr(zipped, "MAX_MEMBERS", 4)
    with pytest.raises(BlockedError, match="it holds 5 files"):
        read_members(str(path), ".*")
    monkeypatch.setattr(zipped, "MAX_PART_BYTES", 100)
    path = pack(tmp_path / "part.zip", {"part.zip": packed({"a.md": letters[:500]})})
    with pytest.raises(BlockedError, match="'part.zip' has 0 MB"):
        read_members(str(path), ".*", "part.zip")


def test_a_method_that_no_export_uses_is_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "l.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("posts/a.html", post("A", TITLED, HARBOUR))
    with pytest.raises(BlockedError, match="packed by a method that no export uses"):
        list(medium(tmp_path / "l.zip").discover())


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "flipped"])
def test_a_damaged_archive_is_told_from_a_hostile_one(tmp_path: Path, damage: str):
    path = pack(tmp_path / "export.zip", {"posts/a.html": post("A", TITLED, HARBOUR)})
    whole = path.read_bytes()
    flipped = whole[:200] + bytes([whole[200] ^ 0xFF]) + whole[201:]
    damaged = {"empty": b"", "text": b"<html>", "cut": whole[:-200], "flipped": flipped}
    path.write_bytes(damaged[damage])
    with pytest.raises(SourceError, match="it is damaged, or not a zip file") as caught:
        read_members(str(path), ".*")
    assert type(caught.value) is SourceError


@pytest.mark.parametrize("kind", [medium, linkedin, notion])
def test_a_damaged_archive_is_named(tmp_path: Path, kind):
    path = tmp_path / "export.zip"
    path.write_bytes(b"PK")
    with pytest.raises(SourceError) as caught:
        list(kind(path).discover())
    assert type(caught.value) is SourceError
    assert caught.value.problem.startswith(f"the archive {path} cannot be read: it is damaged")


@pytest.mark.parametrize("kind", [medium, linkedin, notion, obsidian])
def test_what_is_missing_or_holds_nothing_is_named(tmp_path: Path, kind):
    with pytest.raises(SourceError, match="absent.zip does not exist"):
        list(kind(tmp_path / "absent.zip").discover())
    path = pack(tmp_path / "other.zip", {"holiday.txt": "sun"})
    if kind is obsidian:
        path = tmp_path / "folder"
        path.mkdir()
    with pytest.raises(SourceError, match=f"{path} holds no "):
        list(kind(path).discover())
    if kind in (medium, linkedin):
        with pytest.raises(SourceError, match="is a folder"):
            list(kind(tmp_path).discover())


def test_each_kind_is_opened_by_its_spec(tmp_path: Path):
    specs = (
        MediumSpec(kind="medium", path=medium_export(tmp_path / "m.zip")),
        LinkedinSpec(kind="linkedin", path=linkedin_export(tmp_path / "l.zip")),
        NotionSpec(kind="notion", path=pack(tmp_path / "n.zip", notion_pages())),
        ObsidianSpec(kind="obsidian", path=vault(tmp_path / "vault")),
    )
    with Web() as web:
        for spec in specs:
            source = open_source(spec, web)
            assert source.complete and source.label == spec.label
            assert list(source.discover())
