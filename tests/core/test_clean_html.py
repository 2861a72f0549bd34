"""HTML within Markdown: prose is the author's, scripts vanish, code that shows HTML stays, and what
is hostile costs one document."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.test_clean import PROSE, article, raw
from twin_core.features.clean import clean, extract
from twin_core.features.embedded import MAY_HAVE, as_markdown, fragments
from twin_core.features.normalise import normalise
from twin_core.markdown import blocks

CONVERTED = [
    ("<div><p>I <b>bake</b> bread.</p>\n\n<p>Daily.</p></div>", "I **bake** bread.\n\nDaily."),
    ("Before.\n<div>Within.</div>\n\nAfter.", "Before.\n\nWithin.\n\nAfter."),
    ("<script>\nvar a = 1;\n\nvar b = 2;\n</script>\nAfter.", "After."),
    ("<style>\np { color: red }\n\na { }\n</style>", ""),
    ('A.\n\n<iframe src="https://video.example/1"></iframe>\n\nB.', "A.\n\nB."),
    ("A.\n<!-- more -->\nB.", "A.\n\nB."),
    ("A <!-- not\nthis -->b <script>alert(1)</script>c.", "A b c."),
    ('A.\n\n<div class="share-buttons"><a href="#t">Tweet</a></div>\n\nB.', "A.\n\nB."),
    ('<form action="/s"><input name="mail"><button>Send</button></form>', ""),
    (
        "<details>\n<summary>More</summary>\n\nInside *it*.\n\n</details>",
        "**More**\n\nInside *it*.",
    ),
    ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
    ("<h3>Oven</h3>\n<blockquote><p>Hot.</p></blockquote>", "### Oven\n\n> Hot."),
    ("<pre><code>if a &lt; b:\n\n    go()\n</code></pre>", "```\nif a < b:\n\n    go()\n```"),
    ("<table><tr><th>a</th></tr></table>", "a"),
    ('<p align="center"><img src="a.png"></p>\n\nA.', "A."),
    ("<aside>A note.</aside>\n\n<footer>An end.</footer>", "A note.\n\nAn end."),
    ('<div class="related">My other text says more.</div>', "My other text says more."),
    ('<div class="related"><a href="/x">My other text</a></div>', ""),
    ("<figure><img src='a'><figcaption>The oven.</figcaption></figure>", "The oven."),
    ("<blockquote><p>Hot.</p><footer>Bob</footer></blockquote>", "> Hot.\n>\n> Bob"),
    ("- a\n\n  <div>b</div>\n- c", "- a\n\n  b\n\n- c"),
    ("> <script>\n> x\n> </script>\n> a", ">\n> a"),
    ("> <p>a</p>\n\n<p>b</p>", ">\n> a\n>\n\nb"),
    ("<p>&lt;b&gt; is <code>&lt;b&gt;</code></p>", r"\<b> is `<b>`"),
    ("&lt;p> and <p>a</p> &mdash;\n\n<p>&mdash;</p>", r"\<p> and <p>a</p> —" + "\n\n—"),
    ("<pre>a &amp;&amp; b</pre>", "```\na && b\n```"),
    ("ü <!-- ü -->ö\n\n<p>ä</p>", "ü ö\n\nä"),
]
KEPT = [
    "```html\n<script>alert(1)</script>\n<!-- c -->\n```",
    "~~~\n<div>\n~~~",
    "    <div>indented</div>",
    "Use `<script>` or `<!-- x -->`.",
    "H<sub>2</sub>O and <kbd>Ctrl</kbd>",
    "<https://fern.net> is where I write.",
    "a < b and b > c, a <3 b",
]


@pytest.mark.parametrize(("text", "expected"), CONVERTED)
def test_html_becomes_markdown(text: str, expected: str):
    assert normalise(as_markdown(text, fragments)) == expected


@pytest.mark.parametrize("text", KEPT)
def test_what_only_shows_html_stays(text: str):
    assert as_markdown(text, fragments) == text


def test_prose_in_html_is_the_authors_own():
    body = f"{article(1)}\n\n<div>\n<p>{PROSE}</p>\n</div>\n\n<script>track()</script>"
    (row,) = clean(raw(body)).iter_rows(named=True)
    assert row["prose"] == row["text"] == f"{article(1)}\n\n{PROSE.strip()}"


def test_plain_texts_start_no_process(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("twin_core.confined.Confined._started", None)
    body = f"{PROSE}\n\n<!-- more -->\n\nOne <!-- two -->three.\n\n" + "\n\n".join(KEPT)
    assert "more" not in extract(raw(body))["text"][0]


@pytest.mark.parametrize(
    "hostile", ["<div>" * 100_000, "<table><tr><td>" * 30_000, "<div" + " a=1" * 200_000 + ">"]
)
def test_hostile_html_costs_at_most_its_document(hostile: str):
    bodies = (f"{PROSE}\n\n{hostile}\n", f"{article(1)}\n\n<p>{article(2)}</p>")
    held, fine = extract(raw(*bodies), seconds=5).iter_rows(named=True)
    assert held["drop_reason"] or held["text"].startswith(PROSE.strip())
    assert fine["text"] == f"{article(1)}\n\n{article(2)}"


pieces = st.sampled_from(
    [text for text, _ in CONVERTED] + KEPT + ["- ", "> ", "1. ", "\n", "\n\n", " ", "é", "a"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, max_size=6).map("".join))
def test_the_search_misses_no_html(text: str):
    if not MAY_HAVE.search(text):
        assert "html" not in {block.kind for block in blocks(text)}


@settings(max_examples=200, deadline=None)
@given(st.lists(pieces, max_size=6).map("\n\n".join))
def test_what_is_written_has_no_blocks_of_html(text: str):
    written = as_markdown(text, fragments)
    assert "html" not in {block.kind for block in blocks(written)}


def test_a_page_reads_as_the_same_text_in_a_folder():
    """Joiners, and entities that an author shows, through a page's tree."""
    page = (
        "<article><p>می‌خواهم بنویسم و 👩‍👩‍👧 هم هست.</p>"
        "<p>Write <code>&amp;amp;</code> for an ampersand, &amp;lt; for the sign.</p>"
        "<pre><code>a &amp;amp;&amp;amp; b &amp;&amp; c\n</code></pre>"
        f"{'<p>The oven is hot, and the bread is on its way to the door.</p>' * 9}</article>"
    )
    rows = raw(page).with_columns(media_type=pl.lit("text/html"))
    text = clean(rows)["text"][0]
    assert "می‌خواهم بنویسم و 👩‍👩‍👧 هم هست." in text
    assert r"Write `&amp;` for an ampersand, \&lt; for the sign." in text
    assert "a &amp;&amp; b && c" in text
