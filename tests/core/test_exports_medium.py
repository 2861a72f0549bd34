"""Medium's export, as a real archive. All people and texts are invented."""

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
from twin_core.collect.medium import MediumSource, read_post
from twin_core.errors import GoneError
from twin_core.sources import MediumSpec


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
