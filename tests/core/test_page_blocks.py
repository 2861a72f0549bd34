"""Blocks and parts of sentences on pages, and in HTML within Markdown: none is lost, torn or put
elsewhere."""

import re

import pytest
from markdown_it import MarkdownIt

from tests.core.test_clean import article, raw
from twin_core.features import embedded
from twin_core.features.clean import extract
from twin_core.features.embedded import as_markdown, fragments, plain
from twin_core.features.extract import main_content
from twin_core.features.normalise import normalise

URL = "https://example.org/here/"
PROSE = "<p>I bake on Sundays because the week has no mercy, and the oven knows it.</p>\n" * 2


def within(inner: str, after: str = PROSE) -> str:
    """What is read of this where it stands between the paragraphs of an article on a page."""
    body = f"<article><h1>On bread</h1>{PROSE}{inner}{after}</article><footer>x</footer>"
    text = normalise(main_content(f"<html><body>{body}</body></html>", URL, "On bread")[0])
    around = normalise(main_content(f"<html><body>{PROSE}</body></html>", URL, "On bread")[0])
    assert text.startswith(around)
    return text.removeprefix(around).removesuffix(around if after else "").strip("\n")


def fragment(html: str) -> str:
    return normalise(fragments([html])[0])


def test_a_quotation_in_a_caption_is_read():
    figure = "<figure><img src='a'><figcaption><blockquote><p>Never.</p></blockquote></figcaption>"
    assert within(f"{figure}</figure>") == fragment(f"{figure}</figure>") == "> Never."


def broken(html: str) -> str:
    """A double for `_fragment`: no fault of it is known that could be shown instead."""
    raise ValueError(html)


def test_a_fault_in_a_piece_of_html_costs_its_marks_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(embedded, "_fragment", broken)
    html = "<div><p>I <b>bake</b> &lt;b>.</p><script>a<b>c</script><p>Daily.</p></div>"
    text = as_markdown(f"Before.\n\n{html}\n\nAfter.", fragments)
    assert normalise(text) == "Before.\n\nI bake \\<b>.\n\nDaily.\n\nAfter."


def test_a_hostile_piece_of_html_costs_its_marks_alone():
    hostile = "<blockquote><p>a</blockquote>" * 30_000  # takes time that grows as its square
    body = f"{article(1)}\n\n{hostile}\n\n- <p>*{article(2)}*</p>\n"
    (row,) = extract(raw(body), seconds=2).iter_rows(named=True)
    assert row["drop_reason"] is None
    assert row["text"].startswith(article(1)) and article(2)[:60] in row["text"]


@pytest.mark.parametrize("part", ["<", "<a", "<script>", "</p>\n", "<p>\n\n", "&lt;", "<!--"])
def test_plain_text_is_taken_in_linear_time(part: str):
    assert len(plain(part * (200_000 // len(part)))) <= 4 * 200_000


# All of HTML's phrasing content that has a text, old elements, and one of an author's own making.
PHRASING = "a abbr b bdi bdo big cite code data del dfn em font i ins kbd label map mark meter nobr"
PHRASING += " output picture progress q ruby s samp slot small span strike strong sub sup time tt u"
PHRASING += " var acronym x-own"
PLACES = [
    "<p>We {} here.</p>",
    "<ul><li>We {} here.</li></ul>",
    "<blockquote>We {} here.</blockquote>",
    "<h2>We {} here</h2><p>So.</p>",
    "<table><tr><th>A</th><th>B</th></tr><tr><td>We {} here.</td><td>c</td></tr></table>",
    "<dl><dt>A</dt><dd>We {} here.</dd></dl>",
]


def bare(text: str) -> str:
    """Without the marks of Markdown."""
    return " ".join(re.sub(r"\(http\S*\)|</?(?:sub|sup|u)>|[^\w ]", " ", text).split())


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("tag", PHRASING.split())
def test_no_part_of_a_sentence_is_lost(tag: str, place: str):
    html = place.format(f"<{tag} href='https://o.example/1'>met <b>both</b> Ines</{tag}>")
    assert "We met both Ines here" in bare(within(html))
    assert "We met both Ines here" in bare(fragment(html))


TEX = "<annotation encoding='application/x-tex'>x_1 * y_2 * z</annotation>"
DRAWN = "<span aria-hidden='true'>x1yz</span>"
WRITTEN = [
    ("<p>We met on <time>3 May</time> in Kiel.</p>", "We met on 3 May in Kiel."),
    ("<ul><li><label><input type='checkbox'> Salt</label></li></ul>", "- Salt"),
    ("<p>Then <math><mi>x</mi><mo>=</mo><mn>1</mn></math> holds.</p>", "Then x=1 holds."),
    (f"<p>So <math><mi>x</mi>{TEX}</math>, or.</p>", "So $x_1 * y_2 * z$, or."),
    (f"<p>So <b><i><math>{TEX}</math></i>{DRAWN}</b>.</p>", "So ***$x_1 * y_2 * z$***."),
    ("<p>He: <q>no</q>. And <q>not <b>I</b></q>, too.</p>", "He: “no”. And “not **I**”, too."),
    ("<p>„<q>So <q>it</q> is</q>“, she said.</p>", "„So ‘it’ is“, she said."),
    ("<p>A <ruby>字<rt>ji</rt></ruby>.</p>", "A 字(ji)."),
    ("<p>A <ruby>字<rp>[</rp><rt>ji</rt><rp>]</rp></ruby>.</p>", "A 字[ji]."),
    ("<p>Run <code>a <b>b</b><br>c</code> twice.</p>", "Run `a b c` twice."),
]


@pytest.mark.parametrize(("html", "expected"), WRITTEN)
def test_parts_of_a_sentence_are_written(html: str, expected: str):
    assert within(html).replace("\\", "") == fragment(html).replace("\\", "") == expected


def test_a_date_that_stands_alone_is_the_pages():
    for stamp in ("<time>3 May 2024</time>", "<p><time>3 May 2024</time></p>"):
        assert within(f"<p>So.</p>{stamp}") == "So."
        assert fragment(stamp) == "3 May 2024"


HEAD = "<tr><th>A</th><th>B</th></tr>"
FIGURE = "<figure><img><figcaption>Cap.</figcaption></figure>"
LISTED = "<ul><li>small</li> <li>old <b>and</b> wise.</li><li>new</li></ul>"
BLOCKS = [
    (
        "<details><summary>How</summary>First this.<div>Then that.</div>At last the end.</details>",
        "**How**\n\nFirst this.\n\nThen that.\n\nAt last the end.",
    ),
    (f"<p>Before. {FIGURE} After <b>it</b> all.</p>", "Before.\n\nCap.\n\nAfter **it** all."),
    ("<p>Before.<pre>a</pre>After.</p>", "Before.\n\n```\na\n```\n\nAfter."),
    (
        f"<table>{HEAD}<tr><td>One. <div>In.</div> Out.</td><td>{LISTED}</td></tr></table>",
        "| A | B |\n|---|---|\n| One. In. Out. | small; old **and** wise. new |",
    ),
    (
        f"<table><caption>Prices <b>here</b></caption>{HEAD}<tr><td>1</td><td>2</td></tr></table>",
        "Prices **here**\n\n| A | B |\n|---|---|\n| 1 | 2 |",
    ),
    (
        "<ul><li>one <div>in a <b>box</b></div> after</li><li><p>a</p><p>b</p>c</li></ul>",
        "- one in a **box** after\n- a b c",
    ),
]


def tidy(text: str) -> str:
    """Without what does not show: spaces at the end of a line, two where one does."""
    return re.sub(" +", " ", re.sub(r" +$", "", text, flags=re.MULTILINE))


@pytest.mark.parametrize(("html", "expected"), BLOCKS)
def test_text_around_blocks_stays(html: str, expected: str):
    assert tidy(within(html)) == tidy(fragment(html)) == expected


def titles(host: str, count: int = 6) -> str:
    links = (f"<li><a href='{host}/{i}'>How the mill {i} turns</a></li>" for i in range(count))
    return f"<ul>{''.join(links)}</ul>"


def expected(host: str, count: int = 6) -> str:
    return "\n".join(f"- [How the mill {i} turns]({host}/{i})" for i in range(count))


@pytest.mark.parametrize("count", [2, 6, 30])
@pytest.mark.parametrize("host", ["https://mills.example", "https://example.org"])
def test_a_list_of_links_within_the_text_is_the_authors(host: str, count: int):
    html = f"<h2>Reading</h2>{titles(host, count)}"
    assert within(html) == f"## Reading\n\n{expected(host, count)}"
    sections = f"<section>{html}</section><section><h2>So</h2>{PROSE}</section>"
    assert expected(host, count) in within(sections)


def test_a_paragraph_that_is_a_link_is_the_authors():
    link = "<a href='https://mills.example/1'>The talk</a>"
    assert within(f"<p>{link}</p>") == "[The talk](https://mills.example/1)"


def test_a_list_of_titles_elsewhere_may_end_the_text():
    html = f"<h2>Reading</h2>{titles('https://mills.example')}"
    assert within(html, after="") == f"## Reading\n\n{expected('https://mills.example')}"


def test_lists_of_the_sites_own_stay_out():
    own = titles("https://example.org")
    contents = "".join(f"<li><a href='{URL}#m{i}'>The mill {i} turns</a></li>" for i in range(6))
    assert "mill" not in within(f"{PROSE * 2}<h2>Read on</h2>{own}", after="")
    assert "mill" not in within(f"<ul>{contents}</ul>")
    assert "mill" not in within(f"<div><p>Read on</p>{own}</div>")


VERSES = "<p>one <i>or</i><br>two,<br/>\n three</p><p>four<br>five</p>"


def test_stanzas_keep_their_verses():
    written = "one *or*  \ntwo,  \nthree\n\nfour  \nfive"
    assert within(VERSES) == fragment(VERSES) == written
    quoted = "> " + written.replace("\n", "\n> ").replace("> \n", ">\n")
    html = f"<blockquote>{VERSES}</blockquote>"
    assert within(html) == fragment(html) == quoted


def test_a_verse_begins_no_block():
    html = "<p>one<br>- two<br>1. three<br>-- four<br># five<br>---<br>&gt; six<br>-7</p>"
    rendered = MarkdownIt("commonmark").render(within(html))
    assert rendered.count("<br") == 7 and rendered.count("<p>") == 1
    assert re.sub("<.*?>", "", rendered).split("\n")[1] == "- two"


def test_breaks_between_long_lines_and_empty_lines_begin_paragraphs():
    long = "The oven is hot, and the bread is on its way to the door of the house by the mill."
    assert within(f"<p>{long}<br>{long}</p>") == f"{long}\n\n{long}"
    assert within("<p>one<br><br>two</p>") == "one\n\ntwo"


def test_a_headed_fold_keeps_its_heading_and_another_gets_none():
    headed = "<details><summary><h3>Headed</h3></summary><p>Inside.</p></details>"
    assert within(headed) == fragment(headed) == "### Headed\n\nInside."
    plain_one = "<details><summary>Show the <code>log</code></summary><p>Inside.</p></details>"
    assert within(plain_one) == fragment(plain_one) == "**Show the `log`**\n\nInside."


def test_a_note_in_the_margin_stands_apart_from_its_sentence():
    note = '<span class="sidenote">Older than my house.</span>'
    said = within(f"<p>The harbour is old.{note} And it stays.</p>")
    assert said == "The harbour is old. Older than my house. And it stays."
    joined = within("<p>Old<span class='sidenote'>Older than us</span>, and it stays here.</p>")
    assert joined == "Old Older than us, and it stays here."
