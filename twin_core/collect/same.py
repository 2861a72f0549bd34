"""Whether two bodies are one article: published twice, or found at two addresses."""

import re
from html import unescape

_HIDDEN = re.compile(r"<(script|style|svg|template)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r"\]\([^)]*\)")
_WORD = re.compile(r"\w+")
SHINGLE = 5
MAX_WORDS = 4000
SAME = 0.6  # of the shorter text's shingles; markup of two systems costs some


def title_key(title: str) -> str:
    """A title without case and punctuation."""
    return " ".join(_WORD.findall(unescape(title).casefold()))


def shingles(body: str) -> set[tuple[str, ...]]:
    """Runs of five words of what a reader sees of an HTML or Markdown body."""
    text = unescape(_TAG.sub(" ", _HIDDEN.sub(" ", body)))
    words = _WORD.findall(_LINK.sub(" ", text).casefold())[:MAX_WORDS]
    return {tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))}


def same_text(one: str, other: str) -> bool:
    """Whether most of the shorter text stands in the longer one, which may have a page around it
    (containment of shingles: Broder 1997, "On the resemblance and containment of documents")."""
    first, second = shingles(one), shingles(other)
    return len(first & second) >= SAME * min(len(first), len(second))
