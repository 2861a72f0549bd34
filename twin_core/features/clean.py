"""Raw documents → the author's text as Markdown."""

import re
import unicodedata
from typing import Any

import polars as pl

from twin_core.fingerprint import fingerprint
from twin_core.markdown import own_prose
from twin_core.progress import track
from twin_core.records import CLEANED_DOCS

VERSION = "clean-2"
MIN_OWN_WORDS = 40  # below that an article gives neither a passage nor a voice

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_QUOTED = "␞ "  # printable and rare: trafilatura escapes a Markdown mark, and drops others
_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)


def normalise(text: str) -> str:
    """Unicode repaired (ftfy) and composed, no control or bidirectional marks, line ends `\\n`.

    Typographic quotes and dashes stay as they are: they are part of a voice.
    """
    import ftfy

    config = ftfy.TextFixerConfig(uncurl_quotes=False, fix_character_width=False)
    text = ftfy.fix_text(text.replace("\r\n", "\n").replace("\r", "\n"), config)
    text = _CONTROL.sub("", unicodedata.normalize("NFC", text))
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)).strip()


def _marked(html: str) -> Any:
    """The page as a tree, quotations and code blocks written so that trafilatura keeps them apart.

    Its Markdown has no mark for a quotation, which would make another's words the author's, and
    glues a code block of one line to the paragraph after it.
    """
    from lxml.html import HTMLParser, document_fromstring

    if not html.strip():
        return html
    tree: Any = document_fromstring(html.encode(), parser=HTMLParser(encoding="utf-8"))
    for quote in list(tree.iter("blockquote")):
        paragraphs = list(quote.iter("p", "li", "h2", "h3", "h4")) or [quote]
        for paragraph in paragraphs:
            paragraph.tag = "p"
            paragraph.text = f"{_QUOTED}{(paragraph.text or '').lstrip()}"
        if quote.tag == "blockquote":
            quote.tag = "div"
    for block in tree.iter("pre"):
        last = list(block.iter())[-1]
        last.text = f"{last.text or ''}\n" if last.tag in ("pre", "code") else last.text
    return tree


def _with_quotations(lines: list[str]) -> list[str]:
    """Marked lines as Markdown quotations; blank lines within one quotation belong to it."""
    written: list[str] = []
    blank = quoting = False
    for line in lines:
        if not line.strip():
            blank = True
            continue
        quoted = line.startswith(_QUOTED)
        if blank or (quoting and not quoted):
            written.append(">" if quoted and quoting else "")
        written.append("> " + line.removeprefix(_QUOTED) if quoted else line)
        blank, quoting = False, quoted
    return written


def main_text(html: str, url: str, title: str) -> str:
    """The main content of a web page as Markdown; an empty text when there is none."""
    import trafilatura

    extracted = trafilatura.extract(
        _marked(html),
        url=url,
        output_format="markdown",
        include_formatting=True,
        include_links=True,
        include_tables=True,
        include_comments=False,
    )
    lines = _with_quotations((extracted or "").lstrip().splitlines())
    if lines and lines[0].lstrip("# ").strip() == title.strip():
        lines = lines[1:]  # the page's own headline; the title has a column of its own
    return "\n".join(lines)


def _clean(row: dict) -> dict:
    if row["media_type"] == "text/html":
        text = main_text(row["body"], row["url"], row["title"])
    else:
        text = row["body"]
    text = normalise(text)
    words = len(own_prose(text).split())
    reason = None
    if not text:
        reason = "no text"
    elif words < MIN_OWN_WORDS:
        reason = f"only {words} words of the author's own prose (at least {MIN_OWN_WORDS} needed)"
    date = row["published_at"]
    return {
        "doc_id": row["doc_id"],
        "url": row["url"],
        "title": normalise(row["title"]),
        "published_at": date,
        "text": text,
        "own_words": words,
        "drop_reason": reason,
        "content_hash": fingerprint(row["title"], date, row["url"], text),
    }


def clean(raw: pl.DataFrame) -> pl.DataFrame:
    """Rows of `raw_articles` → one row of `cleaned_docs` each; unusable ones keep a drop reason."""
    rows = [_clean(row) for row in track(list(raw.iter_rows(named=True)), "clean", "articles")]
    return CLEANED_DOCS.frame(rows)


def usable(docs: pl.DataFrame) -> pl.DataFrame:
    """The documents that have no drop reason."""
    return docs.filter(pl.col("drop_reason").is_null())
