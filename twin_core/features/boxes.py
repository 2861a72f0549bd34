"""Which elements of a page are boxes around an article: by their tags, the words of their class, id
and role, and what is in them."""

import re
from typing import Any

from twin_core.features.lead import says_no_more

BOX_WORDS = 150  # a larger box may be the article
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BOX_TAGS = ("footer", "form", "header", "nav")
WORD = re.compile(r"\w+")

# What readers wrote, and where they write it: a class or id that begins so, as sites name it.
_READERS = re.compile(
    r"(?<!\S)(?:(?:app|article|blog|entry|fb|gh|js|node|p|page|post|reader|site|story|u|user|"
    r"wp|wp-block)[-_]+)*(?:comments?(?![a-z]|[-_]+(?:open|closed|enabled|disabled))|commentlist|"
    r"disqus|(?:respond|responses|replies)(?!\S)|(?:webmentions?|trackbacks?|pingbacks?)(?![a-z]))|"
    # or of another tool's: several of them, but not notes on code, nor what a page says it has
    r"(?<!\S)(?!(?:allow|chat|code|has|hide|inline|no|show|with)[-_]|\S{0,40}[-_](?:has|no|with)[-_])"
    r"[a-z][a-z\d]{0,30}(?:[-_]{1,2}[a-z\d]{1,30}){0,4}?[-_]{1,2}(?:comments|replies)"
    r"(?:[-_](?:area|container|list|section|wrapper))?(?!\S)"
)
# Words for what readers wrote that an author's own parts have, too: notes on code, a conversation.
_ANSWERS = re.compile(r"(?<![a-z])(comments?|respond|repl(y|ies)|responses)(?![a-z])")
_CITED = re.compile(r"(?<!\S)(?:h-cite|vcard)(?!\S)")
_CONSENT = re.compile(r"(?<![a-z])(cookies?|consent|gdpr|onetrust)(?![a-z])")
_DIALOG = re.compile(r"(?<![a-z])(onetrust|dialog|alertdialog)(?![a-z])")
# Boxes around an article, by words of their class, id and role.
_BOX = re.compile(
    r"(?<![a-z])(ads?|advert\w*|akismet|alertdialog|author|bio|bread-?crumbs?|buttons?|byline|"
    r"claps|complementary|contentinfo|cta|dateline|footer|likes?|masthead|"
    r"modal|nav|navbar|navigation|newsletter|no-?comments|no-?print|outbrain|pager|pagination|"
    r"paginav|permalink|popup|prev|promo\w*|reactions?|read-more|"
    r"robots-nocontent|screen-reader-text|share\w*|sharing|sidebar|sign-?up|skip|social|"
    r"sociable|speechify-ignore|sponsor\w*|sr-only|subscri\w+|syndication|table-of-contents|"
    r"taboola|timestamp|toc|upvote|visually-hidden|votes?|webring|widget-area)(?![a-z])"
)
# Words that an author's own parts have, too: what is named so must also look so.
_TEASERS = re.compile(r"(?<![a-z])(popular|recent|recommended|related\w*|teasers?)(?![a-z])")
_LISTED = re.compile(
    r"(?<![a-z])(follow(?!-up)|menu|search|tags|tag-(?:cloud|links?|list)|widget)(?![a-z])"
)
_STAMPED = re.compile(
    r"(?<![a-z])(banner|credit|date|rating|user-(?:info|profile)|"
    r"(?:(?:article|author|blog|content|entry|footer|header|item|"
    r"news|node|page|post|single|story)[-_]+|(?<![\w-]))meta)(?![a-z])"
)
_DISCUSSION = re.compile(r"(?<![a-z])discussion(?![a-z])")
# What these name is what an article is about, and says nothing about what an element is.
_TOPIC = re.compile(r"(?<!\S)(?:tag|category)-(?!(?:cloud|links?|list)(?!\S))\S+")
# How generators mark the sections that they make from headings, besides by the tag.
_SECTION = re.compile(r"(?<![a-z])(section|level-?\d|outline-\d|sect\d)(?![a-z])")
_SENTENCE_END = re.compile(r"\w[.!?…。！？।؟][)\]\"'”’»」』]*$")


def words_of(node: Any, path: str = "") -> list[str]:
    """The words of an element, or of the texts that an XPath finds from it, without case."""
    text = " ".join(node.xpath(path)) if path else node.text_content()
    return WORD.findall(text.casefold())


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _names_of(element: Any) -> list[str]:
    """Its class, role and id, in lower case, without names of topics."""
    names = (" ".join(element.get(name, "").lower().split()) for name in ("class", "role", "id"))
    return [_TOPIC.sub("", name) for name in names]


def is_address(element: Any) -> bool:
    """Whether its id is the address of a section of the article, made from its heading."""
    name = re.sub(r"-\d+$", "", element.get("id", ""))
    if not name or (element.tag != "section" and not _SECTION.search(element.get("class", ""))):
        return False
    heading = next(element.iter(*HEADINGS), None)
    said = "" if heading is None else _letters(heading.text_content())
    return bool(_letters(name)) and said.endswith(_letters(name))


def is_box(element: Any, around: list[Any]) -> bool:
    """Whether this is a comment list, share bar, menu, … and cannot be the article."""
    *names, name = _names_of(element)
    address = is_address(element)
    said = " ".join(names if address else [*names, name])
    if element not in around and _is_readers(element, said, name if address else ""):
        return not element.xpath(".//main|.//*[contains(@class, 'entry-content')]")
    if element.tag in ("article", "main") or (element in around and element.tag != "header"):
        return False
    if address and _may_be(name):  # a site's own sections have headings, too
        return _is_listed(element) or not _is_prose(element)
    if _CONSENT.search(said):
        return bool(_DIALOG.search(said)) or _unlinked(element) <= BOX_WORDS
    named = is_named(element)
    if not (named or _looks_as_named(element, said)):
        return False
    if element.tag == "header" and not _is_hidden(element) and is_heading(element):
        return False
    return _unlinked(element) <= BOX_WORDS


def is_named(element: Any) -> bool:
    """Whether its tag or a name that is no address says that it is a box, whatever is in it."""
    names = _names_of(element)[: 2 if is_address(element) else 3]
    boxed = element.tag in BOX_TAGS or _BOX.search(" ".join(names))
    return bool(boxed or _is_hidden(element))


def _is_hidden(element: Any) -> bool:
    return element.get("hidden") is not None or element.get("aria-hidden") == "true"


def _may_be(name: str) -> bool:
    return any(one.search(name) for one in (_BOX, _TEASERS, _LISTED))


def _is_readers(element: Any, said: str, address: str) -> bool:
    """Whether readers wrote what is in it, or shall: named so, and not by a heading alone."""
    if element.tag == "article":
        return bool(_READERS.search(said)) and element.find(".//h1") is None
    if element.tag != "p" and _READERS.search(said):
        return True
    if _ANSWERS.search(said):
        return _holds_readers(element) or _is_listed(element) or not _is_prose(element)
    if _READERS.search(address):  # an author's section holds paragraphs, or sections
        own = (part for part in element if part.tag == "p" or is_address(part))
        return _holds_readers(element) or not any(_is_prose(part) for part in own)
    return bool(_ANSWERS.search(address)) and _holds_readers(element)


def _holds_readers(element: Any) -> bool:
    """Whether there is a form to write in, or a part that a site marks as a reader's."""
    parts = (part for part in element.iterdescendants() if part.tag != "span")  # span: in code
    return any(
        part.tag in ("form", "time") or _READERS.search(names) or _CITED.search(names)
        for part in parts
        for names in [part.get("class", "").lower()]
    )


def _linked(element: Any) -> int:
    return sum(len(words_of(link)) for link in element.iter("a"))


def _unlinked(element: Any) -> int:
    return len(words_of(element)) - _linked(element)


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
        stamp = element.tag == "aside" and says_no_more(" ".join(element.text_content().split()))
        return stamp or _is_listed(element)
    return False


def _is_listed(element: Any) -> bool:
    """Whether there is a form, or little but links."""
    linked, words = _linked(element), len(words_of(element))
    listed = 2 * linked >= words or (linked and not _is_prose(element))
    return bool(listed or element.find(".//form") is not None)


def _is_prose(element: Any) -> bool:
    """Whether there is a finished sentence."""
    return any(_SENTENCE_END.search(text.strip()) for text in element.itertext())
