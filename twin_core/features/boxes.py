"""Which elements of a page are boxes around an article: by their tags, the words of their class, id
and role, and what is in them."""

import re
from typing import Any

from twin_core.features.lead import says_no_more

BOX_WORDS = 150  # a larger box may be the article
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BOX_TAGS = ("footer", "form", "header", "nav")
WORD = re.compile(r"\w+")

# Boxes around an article, by words of their class, id and role.
_COMMENTS = re.compile(
    r"(?<![a-z])(comments?|comment-?list|disqus(_thread)?|respond|repl(y|ies)|responses|"
    r"webmentions?|trackbacks?|pingbacks?|cookies?|consent|gdpr|onetrust)(?![a-z])"
)
_BOX = re.compile(
    r"(?<![a-z])(ads?|advert\w*|alertdialog|author|bio|breadcrumbs?|buttons?|byline|claps|"
    r"complementary|contentinfo|cta|dateline|footer|likes?|masthead|"
    r"modal|nav|navbar|navigation|newsletter|no-?print|pager|pagination|paginav|"
    r"permalink|popup|prev|promo\w*|reactions?|read-more|"
    r"robots-nocontent|screen-reader-text|share\w*|sharing|sidebar|sign-?up|skip|social|"
    r"speechify-ignore|sponsor\w*|sr-only|subscri\w+|syndication|table-of-contents|"
    r"timestamp|toc|upvote|visually-hidden|votes?|webring|widget-area)(?![a-z])"
)
# Words that an author's own parts have, too: what is named so must also look so.
_TEASERS = re.compile(r"(?<![a-z])(popular|recent|recommended|related\w*)(?![a-z])")
_LISTED = re.compile(r"(?<![a-z])(follow(?!-up)|menu|search|tags)(?![a-z])")
_STAMPED = re.compile(
    r"(?<![a-z])(banner|credit|date|(?:(?:article|author|blog|content|entry|footer|header|item|"
    r"news|node|page|post|single|story)[-_]+|(?<![\w-]))meta)(?![a-z])"
)
_DISCUSSION = re.compile(r"(?<![a-z])discussion(?![a-z])")
AMBIGUOUS = re.compile(
    "|".join(one.pattern for one in (_TEASERS, _LISTED, _DISCUSSION)) + "|(?<![a-z])meta(?![a-z])"
)
_SENTENCE_END = re.compile(r"\w[.!?…。！？।؟][)\]\"'”’»」』]*$")


def words_of(node: Any, path: str = "") -> list[str]:
    """The words of an element, or of the texts that an XPath finds from it, without case."""
    text = " ".join(node.xpath(path)) if path else node.text_content()
    return WORD.findall(text.casefold())


def names_of(element: Any) -> str:
    """Its class, role and id, a line each, in lower case."""
    return "\n".join(
        " ".join(element.get(name, "").lower().split()) for name in ("class", "role", "id")
    )


def is_box(element: Any, around: list[Any]) -> bool:
    """Whether this is a comment list, share bar, menu, … and cannot be the article."""
    names = names_of(element).split("\n")
    if _COMMENTS.search(" ".join(names)) and element not in around:
        return not element.xpath(".//main|.//*[contains(@class, 'entry-content')]")
    heading = next(element.iter(*HEADINGS), None)
    if heading is not None and "-".join(words_of(heading)).endswith(names[2]):
        names.pop()  # the address of a section of the article, made from its heading
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    if element.tag in ("article", "main") or (element in around and element.tag != "header"):
        return False
    named = hidden or element.tag in BOX_TAGS or _BOX.search(" ".join(names))
    if not (named or _looks_as_named(element, " ".join(names))):
        return False
    if element.tag == "header" and not hidden and is_heading(element):
        return False
    return len(words_of(element)) - _linked(element) <= BOX_WORDS


def _linked(element: Any) -> int:
    return sum(len(words_of(link)) for link in element.iter("a"))


def is_heading(element: Any) -> bool:
    """Whether an element holds a heading and nothing else."""
    heading = next(element.iter(*HEADINGS), None)
    return heading is not None and words_of(heading) == words_of(element)


def _looks_as_named(element: Any, names: str) -> bool:
    """Whether what may be the author's as well as the site's holds what its name says."""
    if _DISCUSSION.search(names):
        heading = next(element.iter(*HEADINGS), None)
        return heading is None or "discussion" not in words_of(heading) or not _is_prose(element)
    if _TEASERS.search(names):
        return element.find(".//a") is not None
    if _STAMPED.search(names):
        return not _is_prose(element)
    if _LISTED.search(names) or element.tag == "aside":
        linked, words = _linked(element), len(words_of(element))
        listed = 2 * linked >= words or (linked and not _is_prose(element))
        stamp = element.tag == "aside" and says_no_more(" ".join(element.text_content().split()))
        return bool(listed or stamp or element.find(".//form") is not None)
    return False


def _is_prose(element: Any) -> bool:
    """Whether there is a finished sentence."""
    return any(_SENTENCE_END.search(text.strip()) for text in element.itertext())
