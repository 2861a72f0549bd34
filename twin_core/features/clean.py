"""Raw documents → the author's text as Markdown."""

import re
import unicodedata

import polars as pl

from twin_core.confined import SECONDS, Confined
from twin_core.errors import BlockedError
from twin_core.fingerprint import fingerprint
from twin_core.markdown import PROSE, blocks, own_prose
from twin_core.progress import track
from twin_core.records import CLEANED_DOCS

VERSION = "clean-3"
MIN_OWN_WORDS = 40  # below that an article gives neither a passage nor a voice

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?…:;,][)\]*_\"'”’»]*$")
_LEADS, _LEAD_WORDS = 4, 12  # how many lines before the first sentence, and how long
_EXTRACT, _TRIFLE = "twin_core.features.extract:main_text", "<p>ready</p>"


def normalise(text: str) -> str:
    """Unicode repaired (ftfy) and composed, no control or bidirectional marks, line ends `\\n`.

    Typographic quotes and dashes stay as they are: they are part of a voice.
    """
    import ftfy

    config = ftfy.TextFixerConfig(uncurl_quotes=False, fix_character_width=False)
    text = ftfy.fix_text(text.replace("\r\n", "\n").replace("\r", "\n"), config)
    text = _CONTROL.sub("", unicodedata.normalize("NFC", text))
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)).strip()


def _without_lead(text: str, title: str) -> str:
    """The text without a repeated title, a byline or a date before its first sentence."""
    for _ in range(_LEADS):
        found = blocks(text)
        first = text[: found[1].start].strip() if len(found) > 1 else ""
        brief = len(first.split()) <= _LEAD_WORDS and not _SENTENCE_END.search(first)
        lead = brief and found[:1] and found[0].kind == PROSE
        if not first or not (lead or first.strip("#* ") == title.strip()):
            break
        text = text[found[1].start :]
    return text


def _page_text(row: dict, pages: Confined) -> str:
    """The article of a web page; raises `BlockedError` for a page that the child cannot take."""
    pages.call(_EXTRACT, _TRIFLE, "", "")  # a new child loads its libraries on its own time
    found = pages.call(_EXTRACT, row["body"], row["url"], row["title"])
    return _without_lead(normalise(found), normalise(row["title"]))


def _clean(row: dict, pages: Confined) -> dict:
    reason, text = None, ""
    try:
        html = row["media_type"] == "text/html"
        text = _page_text(row, pages) if html else normalise(row["body"])
    except BlockedError as error:
        reason = f"extraction: {error.problem}"
    words = len(own_prose(text).split())
    if not reason and not text:
        reason = "no text"
    elif not reason and words < MIN_OWN_WORDS:
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


def clean(raw: pl.DataFrame, seconds: float = SECONDS) -> pl.DataFrame:
    """Rows of `raw_articles` → one row of `cleaned_docs` each; unusable ones keep a drop reason.

    Web pages are extracted in a child process, each in at most `seconds`.
    """
    articles = track(list(raw.iter_rows(named=True)), "clean", "articles")
    with Confined(seconds) as pages:
        return CLEANED_DOCS.frame([_clean(row, pages) for row in articles])


def usable(docs: pl.DataFrame) -> pl.DataFrame:
    """The documents that have no drop reason."""
    return docs.filter(pl.col("drop_reason").is_null())
