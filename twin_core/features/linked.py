"""Lists and paragraphs of links on a page that are the author's: they stand within the text.

What the site adds stands around it (menus), or after it and leads to the site (related posts).
"""

import re
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from twin_core.features.boxes import words_of

_PROSE_WORDS = 10  # unlinked, of a paragraph
_TITLE_WORDS = 3  # of a link, on average; fewer are names, of categories or networks
# Where readers tell others of a page, by the end of the path.
_SHARE = re.compile(
    r"(?i)/(?:intent/\w+|compose/post|dialog/(?:feed|send|share)|pin/create/\S*|send|share\w*|"
    r"share-?offsite|sharer(?:\.php)?|shareArticle|submit(?:link)?)/?$"
)
_OTHERS = re.compile(  # headings over what an author reads, but does not speak of in the text
    r"(?i)^\W*(?:(?:my |other )?blog-?rolls?|blogs? (?:i|we) (?:follow|like|read)|webrings?|"
    r"friends|blogs? die ich lese|blogs amis)\W*$"
)


def keep_linked(node: Any, url: str) -> None:
    """Protect such lists and paragraphs from trafilatura, which drops what is mostly linked: it
    spares what holds a picture, so each gets one without a source, of which nothing is written."""
    _keep(node, url, False, False)


def _keep(level: Any, url: str, before: bool, after: bool) -> None:
    """before, after: whether there is prose around this level."""
    parts = list(level)
    prose = [place for place, part in enumerate(parts) if _has_prose(part)]
    for place, part in enumerate(parts):
        preceded = before or bool(prose and prose[0] < place)
        followed = after or bool(prose and prose[-1] > place)
        if part.tag in ("article", "section"):
            _keep(part, url, preceded, followed)
        elif preceded and part.tag in ("ol", "p", "ul") and _is_linked(part):
            others = not followed and place > 0 and _OTHERS.match(parts[place - 1].text_content())
            if not others and _leads_away(part, url, outside=not followed):
                part.append(part.makeelement("graphic"))


def _has_prose(part: Any) -> bool:
    texts = [part] if part.tag == "p" else part.iterchildren("p") if part.tag == "section" else ()
    return any(len(words_of(text)) - _linked(text) >= _PROSE_WORDS for text in texts)


def _linked(part: Any) -> int:
    return sum(len(words_of(link)) for link in part.iter("a"))


def _is_linked(part: Any) -> bool:
    return 2 * _linked(part) > len(words_of(part))


def _leads_away(part: Any, url: str, outside: bool) -> bool:
    """Whether most links lead to other pages, and none shares this one. outside: of other sites,
    and are titles."""
    links = [link for link in part.iter("a") if words_of(link)]
    targets = [urldefrag(urljoin(url, link.get("href") or ""))[0] for link in links]
    here = urlsplit(url).netloc
    away = [t != url and not (outside and urlsplit(t).netloc == here) for t in targets]
    if any(_shares(target, url) for target in targets):
        return False
    titled = _linked(part) >= _TITLE_WORDS * len(links)
    return 2 * sum(away) > len(links) and (titled or not outside)


def _shares(target: str, url: str) -> bool:
    """Whether a link hands this page on: its address is in the query, or where it leads says so."""
    parts, here = urlsplit(target), urlsplit(url)
    handed = here.netloc and here.netloc + here.path.rstrip("/") in unquote(unquote(parts.query))
    return bool(handed or _SHARE.search(parts.path))
