"""The headline of a page's article, and what stands above it."""

from collections.abc import Iterator
from typing import Any

from twin_core.features.boxes import CALL, HEADINGS, SENTENCE_END, WORD, words_of

_OPENING_WORDS = 25


def headline_of(body: Any, title: str) -> Any:
    """The first heading, or else element, that says the title and has more text after it."""
    wanted = WORD.findall(title.casefold())
    others = body.iter("b", "div", "font", "i", "p", "span", "strong", "td")
    for element in (*body.iter("h1", "h2", "h3"), *others) if wanted else ():
        if words_of(element) == wanted:
            before, after = (words_of(element, f"{s}::text()") for s in ("preceding", "following"))
            return element if len(after) > len(before) else None
    return None


def without_what_precedes(headline: Any) -> list[Any]:
    """Take out the headline and all before it, but for the article's own opening; the elements that
    it stood in."""
    around = list(headline.iterancestors())
    for element in around:
        element.text = None
    before = headline.xpath("preceding::*")
    kept: set[Any] = set()
    for own in _own_above(headline, set(before)):
        kept.update(own.iter(), own.iterancestors())
    for element in before:
        if element not in kept:
            element.getparent().remove(element)
    headline.drop_tree()
    return around


def _own_above(headline: Any, before: set[Any]) -> Iterator[Any]:
    """The opening of the article that stands above its headline: paragraphs of its own element, up
    to any other heading."""
    for article in headline.xpath("ancestor::article[1]"):
        for part in article:
            if part not in before or part.tag in HEADINGS:
                return
            if part.tag == "p" and is_opening(part):
                yield part


def is_opening(paragraph: Any) -> bool:
    """Whether it is long enough for an author's, in sentences, and calls for nothing. What a site
    puts there is shorter: who wrote when, how long it takes to read, that it is for members."""
    text = paragraph.text_content().strip()
    if len(WORD.findall(text)) < _OPENING_WORDS or paragraph.find(".//a") is not None:
        return False
    return bool(SENTENCE_END.search(text)) and not CALL.search(text)
