"""Which elements of a page are boxes around an article: by their tags, the words of their class, id
and role, and what is in them."""

import re
from itertools import islice
from typing import Any

from twin_core.features import box_names as called
from twin_core.features.footer_rules import CLUE
from twin_core.features.lead import says_no_more

BOX_WORDS = 150  # a larger box may be the article
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_ARTICLES = ("article", "body", "main")
BOX_TAGS = ("footer", "form", "header", "nav")
WORD = re.compile(r"\w+")
_STANDFIRST = 8  # words
_TOLD_WORDS = 30
_MOSTLY, _FEW = 3, 10  # times as many words as on the rest of the page, which has some at least
_WITHIN = ".//main|.//*[contains(@class, 'entry-content')]"  # of the article, in any case
CALL = re.compile(CLUE)

SENTENCE_END = re.compile(r"\w[.!?…。！？।؟][)\]\"'”’»」』]*$")


def words_of(node: Any, path: str = "") -> list[str]:
    """The words of an element, or of the texts that an XPath finds from it, without case."""
    text = " ".join(node.xpath(path)) if path else node.text_content()
    return WORD.findall(text.casefold())


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _names_of(element: Any) -> list[str]:
    """Its class, role and id, in lower case, without names of topics."""
    names = [" ".join(element.get(name, "").lower().split()) for name in ("class", "role", "id")]
    if names[1] == "button" and opens(element):
        names[1] = ""  # a question to open an answer by
    topics = called.TOPIC.findall(names[0])
    if element.tag not in _ARTICLES and len(topics) < 2 and not called.ENTRY.search(names[0]):
        return names  # a site's own part: `tag-newsletter`, `category-sidebar`
    return [called.TOPIC.sub("", name) for name in names]


def is_address(element: Any) -> bool:
    """Whether its id is the address of a section of the article, made from its heading."""
    name = re.sub(r"-\d+$", "", element.get("id", ""))
    section = element.tag == "section" or called.SECTION.search(element.get("class", ""))
    if not (name and section):
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
        return not element.xpath(_WITHIN)
    if element.tag in ("article", "main") or (element in around and element.tag != "header"):
        return False
    if address and _may_be(name):  # a site's own sections have headings, too
        return _is_listed(element) or not _is_prose(element)
    if element.tag == "figure" and next(element.iterancestors("header"), None) is not None:
        return True  # the page's banner
    if called.CONSENT.search(said):
        asks = called.ASKS.search(said) and "cookie" in element.text_content().casefold()
        large = asks or called.DIALOG.search(said)
        return bool(large) or _unlinked(element) <= BOX_WORDS
    named = is_named(element)
    if not (named or _looks_as_named(element, said)) or is_told(element):
        return False
    if element.tag == "header" and not _is_hidden(element):
        if is_heading(element) or (element in around and _has_standfirst(element)):
            return False
    return _unlinked(element) <= BOX_WORDS and not element.xpath(_WITHIN)


def misnamed(boxes: list[Any], body: Any) -> set[Any]:
    """Those of the boxes that are the article: by what their class or id shares with others, they
    hold most of what is read on the page (`has-sidebar` of a layout, `social` of a topic)."""
    within = set(boxes)
    outer = [box for box in boxes if within.isdisjoint(box.iterancestors())]
    alike: dict[tuple[str, ...], list[Any]] = {}
    for box in outer:
        if box.tag not in BOX_TAGS and not _is_hidden(box) and _is_prose(box):
            alike.setdefault((box.tag, *_names_of(box)[:2]), []).append(box)
    if not alike:
        return set()
    sizes = {box: _unlinked(box) for box in outer}
    rest = _unlinked(body) - sum(sizes.values())
    found: set[Any] = set()
    for group in alike.values():
        size = sum(sizes[box] for box in group)
        # Readers may write more than the author: theirs is the article where there is no other.
        least = _MOSTLY * max(rest, _FEW) if rest < _FEW or not _is_certain(group[0]) else None
        if least is not None and size > least:
            found.update(group)
    return found


def is_told(element: Any) -> bool:
    """Whether it stands amid the article's paragraphs, and the author tells something in it at some
    length, calling for nothing: `newsletter` may be what a part is about."""
    said = " ".join(_names_of(element))
    if element.tag in BOX_TAGS or _is_hidden(element) or called.NEVER_TOLD.search(said):
        return False
    if next(element.iter("a", "form", "li"), None) is not None:
        return False
    text = element.text_content()
    if len(WORD.findall(text)) < _TOLD_WORDS or CALL.search(text) or not _is_prose(element):
        return False
    beside = (element.itersiblings("p", preceding=True), element.itersiblings("p"))
    if not all(any(map(_is_prose, islice(paragraphs, 3))) for paragraphs in beside):
        return False
    return len(called.TELLING.findall(text)) > 1


def _is_certain(box: Any) -> bool:
    """Whether it is one for what is in it or whose words these are, and not for a name alone."""
    *names, name = _names_of(box)
    said = " ".join([*names, name])
    readers = _is_readers(box, said, "") or called.CONSENT.search(said)
    return bool(readers) or _is_listed(box)


def _has_standfirst(header: Any) -> bool:
    """Whether a paragraph stands in it that says more than who wrote it and when."""
    return any(len(words_of(p)) >= _STANDFIRST and _is_prose(p) for p in header.iter("p"))


def is_named(element: Any) -> bool:
    """Whether its tag or a name that is no address says that it is a box, whatever is in it."""
    names = _names_of(element)[: 2 if is_address(element) else 3]
    boxed = element.tag in BOX_TAGS or called.BOX.search(" ".join(names))
    return bool(boxed or _is_hidden(element))


def _is_hidden(element: Any) -> bool:
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    return hidden and not opens(element)


def opens(element: Any) -> bool:
    """Whether it is shown at a click, as the panel of a tab or the answer to a question."""
    names = f"{element.get('class', '')} {element.get('role', '')}"
    return bool(called.OPENED.search(names.lower()))


def _may_be(name: str) -> bool:
    return any(one.search(name) for one in (called.BOX, called.TEASERS, called.LISTED))


def _is_readers(element: Any, said: str, address: str) -> bool:
    """Whether readers wrote what is in it, or shall: named so, and not by a heading alone."""
    if element.tag == "article":
        return bool(called.READERS.search(said)) and element.find(".//h1") is None
    if called.READERS.search(said) and (element.tag != "p" or _is_one_of_several(element)):
        return True
    if called.ONE_READERS.search(said) and _is_one_of_several(element):
        return True
    if called.ANSWERS.search(said):
        return _holds_readers(element) or _is_listed(element) or not _is_prose(element)
    if called.READERS.search(address):  # an author's section holds paragraphs, or sections
        own = (part for part in element if part.tag == "p" or is_address(part))
        return _holds_readers(element) or not any(_is_prose(part) for part in own)
    return bool(called.ANSWERS.search(address)) and _holds_readers(element)


def _is_one_of_several(element: Any) -> bool:
    """Whether one of the same class stands beside it."""
    beside = (element.getprevious(), element.getnext())
    return any(one is not None and one.get("class") == element.get("class") for one in beside)


def _holds_readers(element: Any) -> bool:
    """Whether there is a form to write in, or a part that a site marks as a reader's."""
    parts = (part for part in element.iterdescendants() if part.tag != "span")  # span: in code
    return any(
        part.tag in ("form", "time") or called.READERS.search(names) or called.CITED.search(names)
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
    if called.DISCUSSION.search(names):
        heading = next(element.iter(*HEADINGS), None)
        return heading is None or "discussion" not in words_of(heading) or not _is_prose(element)
    if called.TEASERS.search(names):
        return element.find(".//a") is not None
    if called.STAMPED.search(names):
        return not _is_prose(element)
    if called.LISTED.search(names) or element.tag == "aside":
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
    return any(SENTENCE_END.search(text.strip()) for text in element.itertext())
