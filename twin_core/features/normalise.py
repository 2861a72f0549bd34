"""Characters repaired: mojibake and broken marks (ftfy), composed forms, nothing invisible.

Code is not repaired: there an entity, or an example of mojibake, is what the author shows.

ftfy reads every line with care, which costs more than all other cleaning. Most lines cannot need
it, so it only sees those in which it could find something; that this changes nothing is held by a
property test.
"""

import re
import unicodedata

import polars as pl

from twin_core.features.entities import between_breaks, parts
from twin_core.plain import INVISIBLE, visible

_CODE_INDENT = 4
# What ftfy acts on. A line without any of it comes out as it went in.
_ENTITY = "&#?[0-9A-Za-z]+;"
_UNFIT = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u206a-\u206f\ufeff\ufff9-\ufffc"
_JOINED = "\u0132\u0133\u0149\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb06"
_SUSPECT = "ÃÂŒœØÙÎÐ\xa0\xad"
# Letters and signs that never stand next to mojibake's: typographic marks, and scripts above it.
_FIRM = "\x00-\x7f’‘“”–—…\u0900-\u1fff\u3040-\ud7ff\U00010000-\U0010ffff"
_NEEDS = f"[{_UNFIT}{_JOINED}{_SUSPECT}]|[^{_FIRM}][^\x00-\x7f]|[^\x00-\x7f][^{_FIRM}]"
_LINE_NEEDS = re.compile(_NEEDS)
_MAY_NEED = f"{_ENTITY}|{_NEEDS}"

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\u206a-\u206f\ufff9-\ufffb"
_HIDDEN = f"[{_CONTROLS}{INVISIBLE}]"
_CONTROL = re.compile(rf"\x1b\[[\d;]*[a-zA-Z]|[{_CONTROLS}]")
_OTHER_LINE_END = re.compile("\r\n?|[\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n{3,}")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_TRAILING = re.compile(r"(?<![ \t])[ \t]+$", re.MULTILINE)
_MAY_BREAK = re.compile(r"(?:[ \t]{2}|\\)\n[ \t>]*[^ \t\n>]")
_BREAK = "  \n"  # a backslash would be a mark that the author's voice has not
_SURROGATE = re.compile("[\ud800-\udfff]")


def normalise(text: str) -> str:
    """Markdown with its Unicode repaired (ftfy) and composed, no control or bidirectional marks,
    line ends `\\n`, hard breaks as two spaces, entities of prose as the characters that they are.

    Code stays as it is, but for what is invisible. Typographic quotes and dashes stay: they are
    part of a voice.
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
    hidden = series.str.contains(_HIDDEN)
    return [_tidied(text, odd) for text, odd in zip(repaired, hidden, strict=True)]


def _one_line_end(text: str) -> str:
    odd = "\r" in text or "\u2028" in text or "\u2029" in text
    return _OTHER_LINE_END.sub("\n", text) if odd else text


def _repaired(text: str) -> str:
    return "".join(part if code else _fixed(part) for code, part in parts(text))


def _fixed(text: str) -> str:
    """What `ftfy.fix_text` makes of the text, entities apart."""
    import ftfy

    config = ftfy.TextFixerConfig(
        unescape_html=False, uncurl_quotes=False, fix_character_width=False
    )
    return "".join(
        ftfy.fix_text(line, config) if _LINE_NEEDS.search(line) else line
        for line in _LINE.findall(text)
    )


def _tidied(text: str, hidden: bool) -> str:
    text = unicodedata.normalize("NFC", text)
    if hidden:
        text = visible(_CONTROL.sub("", text))
    if " \n" in text or "\t\n" in text or "\\\n" in text:
        pieces = between_breaks(text) if _MAY_BREAK.search(text) else [text]
        text = _BREAK.join(_TRAILING.sub("", piece) for piece in pieces)
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return _stripped(text)


def _stripped(text: str) -> str:
    """The text without white space around it; code that it begins with stays indented."""
    said = text.strip()
    start = text[: len(text) - len(text.lstrip())]
    indent = start[start.rfind("\n") + 1 :]
    code = said and not indent.strip(" \t") and len(indent.expandtabs(4)) >= _CODE_INDENT
    return indent + said if code else said
