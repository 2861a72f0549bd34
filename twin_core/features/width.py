"""Text as patterns read it: digits of any script, letters and signs of full width and all kinds of
spaces as their plain ones. What stays of the text keeps its own characters."""

import re
import unicodedata
from collections.abc import Callable

_SPACES, _HYPHENS = "\u00a0\u2007\u2009\u202f\u3000", "\u2010\u2011\u2012"
_SIGNS = "＠＋－（）："
# For polars, and for Python: whether there is anything to fold.
WIDE = rf"[\p{{Nd}}--0-9]|[{_SPACES}{_HYPHENS}{_SIGNS}Ａ-Ｚａ-ｚ]"
_WIDE = re.compile(rf"(?![0-9])\d|[{_SPACES}{_HYPHENS}{_SIGNS}Ａ-Ｚａ-ｚ]")
_WIDE_DOT = re.compile("．(?=[Ａ-Ｚａ-ｚ０-９])")  # elsewhere it ends a sentence
_FOLDED = {
    **{ord(c): unicodedata.normalize("NFKC", c) for c in map(chr, range(0xFF21, 0xFF5B))},
    **{ord(c): unicodedata.normalize("NFKC", c) for c in _SIGNS},
    **dict.fromkeys(map(ord, _SPACES), " "),
    **dict.fromkeys(map(ord, _HYPHENS), "-"),
    **{
        place: str(unicodedata.decimal(chr(place)))
        for place in (*range(128, 0x10000), *range(0x1D7CE, 0x1D800))
        if chr(place).isdecimal()
    },
}


def folded(text: str) -> str:
    """The text with plain digits, letters, signs and spaces: as long as it was."""
    if text.isascii() or not _WIDE.search(text):
        return text
    return _WIDE_DOT.sub(".", text).translate(_FOLDED)


def replaced(
    pattern: re.Pattern[str],
    text: str,
    written: Callable[[re.Match[str]], str | None],
    group: int | str = 0,
) -> str:
    """The text with what the pattern's group finds in its folded form replaced.

    written: a match → what stands there instead, or None where all stays."""
    parts, end = [], 0
    for match in pattern.finditer(folded(text)):
        if (new := written(match)) is not None:
            parts += [text[end : match.start(group)], new]
            end = match.end(group)
    return "".join([*parts, text[end:]])
