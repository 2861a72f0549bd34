"""The headline of a page's article, and what stands above it."""

from collections.abc import Iterator
from typing import Any

from twin_core.features.boxes import SENTENCE_END, STANDFIRST, WORD, words_of
from twin_core.features.lead import says_no_more

_ARTICLE = "ancestor::*[self::article or self::main][1]"
_OWN = ".//p[not(ancestor::figure or ancestor::form or ancestor::nav or ancestor::li)]"


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
    """Take out the headline and all before it, but for the article's own paragraphs; the elements
    that it stood in."""
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
    """Sentences of the article that stand above its headline: an opening, a kicker, an excerpt."""
    for article in headline.xpath(_ARTICLE):
        for paragraph in article.xpath(_OWN):
            if paragraph in before and _is_sentence(paragraph):
                yield paragraph


def _is_sentence(paragraph: Any) -> bool:
    """Whether it says more than who wrote when, in a sentence that is no link."""
    words, text = len(words_of(paragraph)), " ".join(paragraph.text_content().split())
    linked = sum(len(words_of(link)) for link in paragraph.iter("a"))
    own = words >= STANDFIRST and 2 * linked < words and not says_no_more(text)
    return own and bool(SENTENCE_END.search(text))
