"""Extraction of web pages: measured against the article's own words on layouts as blogs publish
them, and confined, so that a hostile page costs one row."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape, unescape
from pathlib import Path

import polars as pl
import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt

from twin_assets.cli.site import SAMPLE, Article, articles
from twin_core.features.clean import extract
from twin_core.features.extract import main_text
from twin_core.features.normalise import normalise
from twin_core.markdown import blocks
from twin_core.records import RAW_ARTICLES

PAGES = Path(__file__).parents[1] / "fixtures" / "pages"
LAYOUTS = sorted(path.stem for path in PAGES.glob("*.html"))
AUTHORS = {"ines-okafor": "Ines Okafor", "tobias-wren": "Tobias Wren"}
MARKDOWN = MarkdownIt("commonmark").enable("table")
URL = "https://example.org/here/"
PROSE = "<p>I bake on Sundays because the week has no mercy, and the oven knows it.</p>\n" * 2
_INLINE = re.compile(r"</?(?:a|abbr|b|code|del|em|font|i|small|span|strong|sub|sup|svg)\b[^>]*>")
_TAG = re.compile(r"<(script|style|title)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_FENCED = re.compile(r"<pre><code[^>]*>(.*?)\n</code></pre>", re.DOTALL)
_TOKEN = re.compile(r"(&\w+;|[\w$]+)")


@dataclass(frozen=True)
class Page:
    """An article in a layout: its Markdown, the page, and the lines that stand around it there."""

    layout: str
    title: str
    written: str
    html: str
    around: tuple[str, ...]


def highlighted(html: str, style: str) -> str:
    """The code blocks in the mark-up of a highlighter (code.jinja)."""
    write = getattr(TEMPLATES.get_template("code.jinja").module, style)

    def marked(found: re.Match[str]) -> str:
        return write([_TOKEN.sub(r'<span class="n">\1</span>', x) for x in found[1].split("\n")])

    return _FENCED.sub(marked, html)


TEMPLATES = Environment(loader=FileSystemLoader(PAGES), undefined=StrictUndefined)
TEMPLATES.filters["highlighted"] = highlighted


def text_lines(html: str) -> list[str]:
    text = unescape(_TAG.sub("\n", _INLINE.sub("", html)))
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def words(markdown: str) -> list[str]:
    return " ".join(text_lines(MARKDOWN.render(markdown))).split()


def f1(written: str, found: str) -> float:
    """Of the two multisets of words."""
    gold, got = Counter(words(written)), Counter(words(found))
    return 2 * (gold & got).total() / (gold.total() + got.total())


def readers() -> list[str]:
    """What readers comment, at length."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SAMPLE.glob("neutral/[a-c]*.md"))]
    return [part for text in texts for part in text.split("\n\n") if len(part) > 300][:8]


def page(layout: str, article: Article, author: str) -> Page:
    """The article, and what the layout's own Markdown file adds to it, as a page of that layout."""
    more = PAGES / f"{layout}.md"
    written = article.body + (f"\n\n{more.read_text(encoding='utf-8')}" if more.exists() else "")
    parts = [MARKDOWN.render(written[block.start : block.end]) for block in blocks(written)]
    known = {"title": escape(article.title, quote=False), "author": author, "url": URL}
    known |= {"date": f"{article.date:%d %B %Y}"}
    template = TEMPLATES.get_template(f"{layout}.html")

    def rendered(parts: list[str], description: str, caption: str) -> str:
        body = {"body": "".join(parts), "blocks": parts, "comments": readers()}
        return template.render(known, description=description, caption=caption, **body)

    # Standfirst and caption are the author's own too: neither asked for nor forbidden.
    html = rendered(parts, article.description, "The place itself, before breakfast.")
    around = {line for line in text_lines(rendered([""], "", "")) if len(line.split()) > 2}
    return Page(layout, article.title, written, html, tuple(around - {article.title}))


def raw(*bodies: str, title: str = "On bread", media_type: str = "text/html") -> pl.DataFrame:
    known = {"url": URL, "title": title, "status": "live", "media_type": media_type}
    known |= {"published_at": datetime(2025, 1, 1, tzinfo=UTC)}
    rows = [{"doc_id": str(place), "body": body, **known} for place, body in enumerate(bodies)]
    return RAW_ARTICLES.frame(rows)


@pytest.fixture(scope="module")
def extracted() -> list[tuple[Page, str]]:
    """For each layout one article of each sample author, and what is extracted from its page."""
    pages = []
    for place, layout in enumerate(LAYOUTS):
        for slug, author in AUTHORS.items():
            found = articles(slug)
            pages.append(page(layout, found[place % len(found)], author))
    rows = [raw(one.html, title=one.title).with_columns(doc_id=pl.lit(one.layout)) for one in pages]
    docs = extract(pl.concat(rows))
    assert docs["drop_reason"].null_count() == len(pages)
    return list(zip(pages, docs["text"], strict=True))


def test_the_words_of_an_article_are_found(extracted: list[tuple[Page, str]]):
    scores = [(one.layout, f1(one.written, text)) for one, text in extracted]
    report = "\n".join(f"{layout:20} {score:.3f}" for layout, score in scores)
    assert len(scores) >= 24
    assert sum(score for _, score in scores) / len(scores) >= 0.95, report
    assert min(score for _, score in scores) >= 0.85, report


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_around_an_article_is_taken(layout: str, extracted: list[tuple[Page, str]]):
    for one, text in extracted:
        if one.layout == layout:
            found, own = " ".join(words(text)), " ".join(words(one.written))
            assert one.around
            assert [line for line in one.around if line in found and line not in own] == []


def parts(markdown: str, kind: str) -> list[str]:
    """The text of the blocks of a kind: code as it stands, others as their words."""
    found = [markdown[b.start : b.end] for b in blocks(markdown) if b.kind == kind]
    if kind == "code":
        return [re.sub(r"^`+.*\n?", "", part, flags=re.MULTILINE) for part in found]
    return [" ".join(words(part)) for part in found]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_blocks_stay_what_they_are(layout: str, extracted: list[tuple[Page, str]]):
    for one, text in extracted:
        if one.layout == layout:
            written = normalise(re.sub(r"</?d[ldt]>", "", re.sub("<d[td]>", "\n- ", one.written)))
            for kind in ("heading", "quote", "code", "table"):
                found = [part for part in parts(text, kind) if part not in words(one.title)]
                assert found[-len(parts(written, kind)) :] == parts(written, kind), kind
            lists = [" ".join(parts(given, "list")) for given in (text, written)]
            assert lists[0] == lists[1]
            assert MARKDOWN.render(text).count("<li>") == MARKDOWN.render(written).count("<li>")


def test_lists_keep_their_nesting_and_their_code():
    items = "<ol><li>One:<pre>a\n\n  b</pre>after</li><li>Two<ul><li>deep<ul><li>deeper</li></ul>"
    html = f"<article>{PROSE}{items}</li></ul></li></ol>{PROSE}</article>"
    found = main_text(html, URL, "").split("\n")
    rows = ["1. One:", "   ```", "   a", "", "     b", "   ```", "   after"]
    rows += ["2. Two", "   - deep", "     - deeper"]
    start = found.index("1. One:") if "1. One:" in found else found.index("1. One: ")
    assert [row.rstrip() for row in found[start : start + len(rows)]] == rows


@pytest.mark.parametrize(
    "marked",
    [
        '<pre><code class="language-yaml">{}</code></pre>',
        '<pre class="lang-yaml"><code>{}</code></pre>',
        '<div class="highlight highlight-source-yaml"><pre>{}</pre></div>',
    ],
)
def test_code_keeps_the_name_of_its_language(marked: str):
    told = PROSE + marked.format("keys: none") + PROSE
    text = main_text(f"<html><body><article>{told}</article></body></html>", URL, "On bread")
    assert "\n```yaml\nkeys: none\n```\n" in text
