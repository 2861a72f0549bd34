"""Characters repaired: mojibake and broken marks (ftfy), composed forms, nothing invisible.

ftfy reads every line with care, which costs more than all other cleaning. Most lines cannot need
it, so it only sees those in which it could find something; that this changes nothing is held by a
property test.
"""

import re
import unicodedata

import polars as pl

# What ftfy acts on. A line without any of it comes out as it went in.
_ENTITY = "&#?[0-9A-Za-z]"
_UNFIT = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u206a-\u206f\ufeff\ufff9-\ufffc"
_JOINED = "\u0132\u0133\u0149\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb06"
_SUSPECT = "ÃÂŒœØÙÎÐ\xa0\xad"
# Letters and signs that never stand next to mojibake's: typographic marks, and scripts above it.
_FIRM = "\x00-\x7f’‘“”–—…\u0900-\u1fff\u3040-\ud7ff\U00010000-\U0010ffff"
_NEEDS = f"[{_UNFIT}{_JOINED}{_SUSPECT}]|[^{_FIRM}][^\x00-\x7f]|[^\x00-\x7f][^{_FIRM}]"
_LINE_NEEDS = re.compile(_NEEDS)
_MAY_NEED = f"{_ENTITY}|{_NEEDS}"

# Invisible: controls, zero-width and bidirectional marks, and tags that can spell hidden text.
_INVISIBLE = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\U000e0000-\U000e007f]"
)
_HIDDEN = re.compile(_INVISIBLE)
_BLANK_LINES = re.compile(r"\n{3,}")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_SURROGATE = re.compile("[\ud800-\udfff]")


def normalise(text: str) -> str:
    """Unicode repaired (ftfy) and composed, no control or bidirectional marks, line ends `\\n`.

    Typographic quotes and dashes stay as they are: they are part of a voice.
    """
    return normalise_all([text])[0]


def normalise_all(texts: list[str]) -> list[str]:
    """`normalise` of each text; ordinary ones cost a few searches in polars."""
    plain = [_one_line_end(text) for text in texts]
    try:
        series = pl.Series(plain, dtype=pl.String)
    except UnicodeEncodeError:  # no stored text has surrogates, a page's may
        plain = [_SURROGATE.sub("\ufffd", text) for text in plain]
        series = pl.Series(plain, dtype=pl.String)
    needs = series.str.contains(_MAY_NEED)
    repaired = [_repaired(text) if need else text for text, need in zip(plain, needs, strict=True)]
    series = pl.Series(repaired, dtype=pl.String)
    hidden = series.str.contains(_INVISIBLE)
    return [_tidied(text, odd) for text, odd in zip(repaired, hidden, strict=True)]


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _repaired(text: str) -> str:
    """What `ftfy.fix_text` makes of the text."""
    import ftfy

    config = ftfy.TextFixerConfig(uncurl_quotes=False, fix_character_width=False)
    if re.search(_ENTITY, text):  # whether one is resolved depends on the lines before
        return ftfy.fix_text(text, config)
    return "".join(
        ftfy.fix_text(line, config) if _LINE_NEEDS.search(line) else line
        for line in _LINE.findall(text)
    )


def _tidied(text: str, hidden: bool) -> str:
    text = unicodedata.normalize("NFC", text)
    if hidden:
        text = _HIDDEN.sub("", text)
    if " \n" in text or "\t\n" in text:
        text = _TRAILING.sub("", text)
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return text.strip()
