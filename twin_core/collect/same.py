"""Whether two bodies are one article: published twice, or found at two addresses."""

import re
from dataclasses import dataclass
from html import unescape

_MAIN = re.compile(r"<(main|article)\b[^<>]*>", re.IGNORECASE)
_ASIDE = re.compile(
    r"<(script|style|svg|template|nav|header|footer|aside|form)\b[^<>]*>", re.IGNORECASE
)
_PAGE = re.compile(r"<body\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LINK = re.compile(r"\]\([^()\[\]\n]*\)")
_WORD = re.compile(r"\w+")
_SITE = re.compile(r"\s+(?:[|\-–—·•»:]|::)\s+[^|·•»]{1,80}$")
SHINGLE = 5
MAX_WORDS = 4000
SAME = 0.6  # of the shorter text's shingles; markup of two systems costs some
SAME_PAGES = 0.9  # where both texts still have their site around them, which alone is alike


@dataclass(frozen=True)
class Sketch:
    """What a body is compared by. bare: it is a web page whose main text is not marked as such."""

    shingles: frozenset[int]
    bare: bool


def title_key(title: str) -> str:
    """A title without case and punctuation."""
    return " ".join(_WORD.findall(unescape(title).casefold()))


def without_site(title: str) -> str | None:
    """`Title` of `Title | Name of the site`; None where nothing like a site's name follows."""
    short = _SITE.sub("", title[:500])
    return short if short != title[:500] and _WORD.search(short) else None


def sketch(body: str) -> Sketch:
    """Digests of the runs of five words that a reader sees of an HTML or Markdown body."""
    main = _main_part(body)
    text = unescape(_TAG.sub(" ", _without_asides(body if main is None else main)))
    words = _WORD.findall(_LINK.sub(" ", text).casefold())[:MAX_WORDS]
    starts = range(max(1, len(words) - SHINGLE + 1))
    runs = frozenset(hash(tuple(words[at : at + SHINGLE])) for at in starts)
    return Sketch(runs, bare=main is None and bool(_PAGE.search(body)))


def alike(one: Sketch, other: Sketch) -> bool:
    """Whether most of the shorter text stands in the longer one, which may have a page around it
    (containment of shingles: Broder 1997, "On the resemblance and containment of documents")."""
    least = SAME_PAGES if one.bare and other.bare else SAME
    shorter = min(len(one.shingles), len(other.shingles))
    return len(one.shingles & other.shingles) >= least * shorter


def _main_part(body: str) -> str | None:
    """From where a page's main text begins to its last end; None where it is not marked."""
    found = _MAIN.search(body)
    if not found:
        return None
    end = max(body.rfind(f"</{name}>") for name in (found[1], found[1].lower()))
    part = body[found.end() : end]
    return part if end > found.end() and len(_TAG.sub(" ", part).split()) > SHINGLE else None


def _without_asides(body: str) -> str:
    """The markup without what is not text of the article; what never ends is left in."""
    parts: list[str] = []
    at, endless = 0, set[str]()
    for opening in _ASIDE.finditer(body):
        name = opening[1].lower()
        if opening.start() < at or name in endless:
            continue
        closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(body, opening.end())
        if closing is None:
            endless.add(name)  # looked for once, or this takes quadratic time
            continue
        parts.append(body[at : opening.start()])
        at = closing.end()
    return " ".join([*parts, body[at:]])
