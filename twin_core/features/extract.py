"""A web page → its main content as Markdown, written by trafilatura.

Before it, the page is brought into a form in which trafilatura neither mistakes nor loses anything:
what stands before the headline and well-known boxes are taken out, running text becomes paragraphs,
and code blocks and quotations, for which its Markdown has no faithful form, travel as marks.
"""

import re
from collections.abc import Iterator
from typing import Any

from twin_core.features.boxes import (
    BOX_TAGS,
    HEADINGS,
    WORD,
    is_address,
    is_box,
    is_heading,
    is_named,
    is_told,
    misnamed,
    opens,
    words_of,
)
from twin_core.features.code_blocks import LANGUAGE, MARK, hold_code, unlabel, untable
from twin_core.features.headline import headline_of, without_what_precedes
from twin_core.features.inline import set_as_text, set_notes_apart, strip_inline
from twin_core.features.linked import keep_linked
from twin_core.features.paragraphs import BLOCKS, HOLDERS, hold_verses, set_in_paragraphs
from twin_core.features.tables import arrange_tables, flatten_lines

_UNFIT = re.compile(  # characters that a tree cannot hold, as such or by number
    r"(?i)[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|"
    r"&#(?:x0*(?:[0-8bcef]|1[\da-f]|fff[ef])|0*(?:[0-8]|1[124-9]|2\d|3[01]));"
)
# What trafilatura would drop or resolve again travels as a mark, too: joiners, and the `&` of what
# reads as an entity (in prose it keeps a backslash, or it would be one).
_HOLDING = str.maketrans("\u200c\u200d", "\u241f\u241d")
_AMP, _AMP_IN_CODE = "\u241a", "\u241b"
_RESTORED = str.maketrans({"\u241f": "\u200c", "\u241d": "\u200d", _AMP: "\\&", _AMP_IN_CODE: "&"})
_BREAK = "\u240d"  # a line's end within a stanza
_BLOCK_START = re.compile(r"^(?:(\d{1,9})(?=[.)](?:\s|$))|(?=>|[-=+*#]+(?:\s|$)))")
_LITERAL_AMP = re.compile(r"&(?=#?[0-9A-Za-z]{1,32};)")
_FORGED = re.compile(f"[{MARK}\u241a\u241b\u241d\u241f{_BREAK}]")  # a mark that a page has itself
_NEEDS_HOLDING = re.compile(rf"[\u200c\u200d]|{_FORGED.pattern}|&(?=#?[0-9A-Za-z]{{1,32}};)")
_CODE = re.compile(rf"{MARK}(\d{{1,9}}){MARK}")
_QUOTING = re.compile(rf"(?:{MARK}(?: +|$))+")
_ITEM = re.compile(r"( *)([-*+]|\d+[.)]) ")
_QUESTION = 3  # words; fewer name what a button does
_NEARLY_ALL, _MUCH_SHORTER = 0.95, 0.6

_WITHIN_WORD = re.compile(r"(?<=\w)\\_(?=\w)")
_TEXT = re.compile(  # names by which trafilatura finds the text
    r"(?:art|article|entry|page|text)-content|post[-_]?content|post[-_]text|post-?(?:body|entry)|"
    r"article__content|article(?:-|__)?body|article-?text|articleText|articleBody|postContent|"
    r"[Aa]rticleContent|article__container|post_inner_wrapper|body-text"
)
_UNREAD = "audio button canvas iframe input noscript object script select style svg"
_UNREAD += " template textarea video"
_REGIONS = "aside figcaption figure hgroup".split()
_QUOTED = (
    ".//blockquote//*[self::address or self::footer or self::form or self::header or self::nav]"
)
_BOXES = {*BOX_TAGS, *HOLDERS, *"aside details dl figure li ol p table td ul".split()}


def _set_regions(body: Any) -> None:
    """Regions as plain containers; the source below a quotation in a figure as part of it."""
    for caption in list(body.iter("figcaption")):
        figure = caption.getparent()
        quotes = figure.xpath("self::figure//blockquote[not(ancestor::figcaption)]")
        if quotes:
            quotes[0].append(caption)
    for link in body.xpath(".//a[.//figure]"):
        link.drop_tag()  # of a picture: no teaser, though it holds blocks
    for region in [*body.iter(*_REGIONS), *body.xpath(_QUOTED)]:
        region.tag = "div"
        region.attrib.clear()


def _untangle(body: Any) -> None:
    """Headings plain, no links within the page, blocks in nothing but blocks."""
    from lxml.etree import strip_tags

    for link in list(body.iter("a")):
        within = (link.get("href") or "#").startswith("#")
        if within and not re.search(r"[^\W\d]", link.text_content()):
            link.drop_tree()  # a footnote's number, the way back from it, a heading's address
        elif not link.get("href"):
            link.drop_tag()
    for summary in body.iter("summary"):  # no heading: what follows its block is not below it
        if next(summary.iter(*HEADINGS), None) is None:
            _embolden(summary)
        else:
            summary.tag = "div"
    for heading in body.iter(*HEADINGS):
        strip_tags(heading, "a", "b", "div", "font", "p", "small", "span", "strong", "u")
    for element in list(body.iter()):
        known = element.tag in BLOCKS or element.tag == "a"  # a link around blocks is a teaser
        if not known and next(element.iter(*BLOCKS), None) is not None:
            element.tag = "div"


def _embolden(element: Any) -> None:
    """As a paragraph in bold."""
    inner = element.makeelement("b")
    inner.text, element.text = element.text, None
    inner.extend(list(element))
    element.append(inner)
    element.tag = "p"


def _narrowed(body: Any) -> Any:
    """The smallest element that holds nearly all the text: that in paragraphs, where most is."""
    path = ".//text()[ancestor::p or ancestor::li or ancestor::blockquote or ancestor::dd]"
    if 2 * len(words_of(body, path)) < len(words_of(body)):
        path = ".//text()"
    found, least = body, max(1, _NEARLY_ALL * len(words_of(body, path)))
    while inner := [e for e in found if e.tag in HOLDERS and len(words_of(e, path)) >= least]:
        found = inner[0]
    return found


def _mark_quotations(body: Any) -> None:
    """A mark before each paragraph and line of a quotation, one for each that it stands in."""
    from lxml.etree import strip_tags

    for item in list(body.iterfind(".//blockquote//li")):
        strip_tags(item, "p")
        item.tag, item.text = "p", f"- {(item.text or '').lstrip()}"
    for quote in list(body.iter("blockquote")):
        for paragraph in list(quote.iter("p", *HEADINGS)):
            if not paragraph.text_content().strip():
                paragraph.drop_tree()
                continue
            paragraph.tag, paragraph.text = "p", f"{MARK} {(paragraph.text or '').lstrip()}"
            for br in paragraph.iter("br"):
                br.tail = f"{MARK} {(br.tail or '').lstrip()}"
        for part in (quote, *quote.iter("ol", "ul")):
            part.tag = "div"


def lines(extracted: str, held: list[str]) -> Iterator[str]:
    """Lines of Markdown: what the marks stand for, and lists indented as CommonMark has it."""
    blank = quoting = False
    widths: list[int] = []
    held = [code.translate(_RESTORED) for code in held]
    for line in extracted.translate(_RESTORED).split("\n"):
        marks = _QUOTING.match(line)
        if not line[marks.end() if marks else 0 :].strip():
            blank = True
            continue
        prefix = "> " * marks[0].count(MARK) if marks else ""
        if blank or (quoting and not prefix):
            yield ">" if prefix and quoting else ""
        blank, quoting = False, bool(prefix)
        text = line[marks.end() :] if marks else line
        item = _ITEM.match(text)
        widths = [*widths[: len(item[1]) // 2], len(item[2]) + 1] if item else []
        text = " " * sum(widths[:-1]) + text.lstrip() if item else text
        for place, piece in enumerate(_CODE.split(text)):
            indent = prefix + " " * sum(widths) if place else prefix
            if place % 2:
                code = held[int(piece)] if int(piece) < len(held) else ""
                yield from (f"{indent}{row}".rstrip() for row in code.split("\n"))
            elif piece.strip():
                piece = (piece.strip() if place else piece).replace(f"{MARK} ", "")
                yield from _verses(piece.replace(MARK, ""), indent)


def _verses(piece: str, indent: str) -> Iterator[str]:
    """The lines of a stanza, with hard breaks; none of them begins a block."""
    first, *others = piece.split(_BREAK)
    verses = [first.rstrip(), *(_escaped(other.strip()) for other in others)]
    verses = [verse for verse in verses if verse] if others else [first]
    for verse in verses[:-1]:
        yield f"{indent}{verse}  "
    yield from (indent + verse for verse in verses[-1:])


def _escaped(verse: str) -> str:
    """A line that does not begin a block where it follows another."""
    return _BLOCK_START.sub(r"\1\\", verse)


def _written(node: Any, url: str) -> str:
    import trafilatura
    from lxml.html import Element

    page = Element("html")
    page.append(page.makeelement("body"))
    page[0].append(node)
    options: dict[str, Any] = {"include_formatting": True, "include_links": True, "fast": True}
    options |= {"output_format": "markdown", "include_comments": False}
    written = (trafilatura.extract(page, url=url, **options) or "").lstrip()
    return _WITHIN_WORD.sub("_", written)  # needs no escape there (CommonMark 6.2)


def parsed(html: str) -> Any:
    """The body of a page or fragment without what nobody reads; None when there is none."""
    from lxml.etree import ParserError, strip_elements
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        page = document_fromstring(_UNFIT.sub("", html).encode(), parser=parser)
        body: Any = next(page.iter("body"))
    except (ParserError, StopIteration):  # nothing in it
        return None
    _keep_questions(body)
    strip_elements(body, *_UNREAD.split(), with_tail=False)
    untable(body)
    unlabel(body)
    set_notes_apart(body)
    _hold_characters(body)
    return body


def _keep_questions(body: Any) -> None:
    """As text what is in a button that opens an answer: headings, and paragraphs of some words or
    that ask; and as shown what it opens."""
    for button in list(body.iter("button")):
        around = list(button.iterancestors())
        heading = next((element for element in around if element.tag in HEADINGS), None)
        opening = button.get("aria-expanded") and not {e.tag for e in around} & {*BOX_TAGS}
        asking = button.text_content().rstrip().endswith("?")
        if heading is None and not (opening and (asking or len(words_of(button)) >= _QUESTION)):
            continue
        below = (button if heading is None else heading).getnext()
        if below is not None:
            below.attrib.pop("hidden", None)
            below.attrib.pop("aria-hidden", None)
        if heading is not None:
            button.drop_tag()
        else:
            button.tag = "p"
            button.attrib.clear()


def _hold_characters(body: Any) -> None:
    """Marks in the place of characters that trafilatura would drop, or resolve as entities."""
    for element in body.iter():
        for name in ("text", "tail"):
            text = getattr(element, name)
            if not text or not _NEEDS_HOLDING.search(text):
                continue
            text = _FORGED.sub("", text)
            holder = element if name == "text" else element.getparent()
            code = holder.xpath("boolean(ancestor-or-self::code|ancestor-or-self::pre)")
            text = _LITERAL_AMP.sub(_AMP_IN_CODE if code else _AMP, text)
            setattr(element, name, text.translate(_HOLDING))


def arranged(body: Any, narrow: bool = False) -> tuple[Any, list[str]]:
    """(the body, in paragraphs and with marks; its code blocks). narrow: the part with the text."""
    set_as_text(body)
    _set_regions(body)
    arrange_tables(body)
    _untangle(body)
    held = hold_code(body)
    node = _narrowed(body) if narrow else body
    set_in_paragraphs(node)
    hold_verses(node, _BREAK)
    strip_inline(node, whole=not narrow)
    flatten_lines(node)
    _mark_quotations(node)
    return node, held


def main_content(html: str, url: str, title: str) -> tuple[str, int]:
    """(the main content of a web page as Markdown, empty when there is none; how many boxes around
    it were taken out)."""
    from lxml.etree import strip_attributes

    body = parsed(html)
    if body is None:
        return "", 0
    boxes = _without_boxes(body, title)
    for credit in body.xpath(".//figcaption//*[contains(@class, 'credit')]"):
        credit.drop_tree()
    node, held = arranged(body, narrow=True)
    keep_linked(node, url)
    node.tag, words = "article", len(words_of(node))
    extracted = _written(node, url)
    if len(WORD.findall(extracted)) < _MUCH_SHORTER * words:
        strip_attributes(node, "class", "id", "itemprop", "role", "style")  # what misled it
        extracted = max(extracted, _written(node, url), key=len)
    return "\n".join(lines(extracted, held)), boxes


def _without_boxes(body: Any, title: str) -> int:
    """Take out what precedes the headline, and the boxes; how many there were, those in another
    and those without words not counted."""
    headline = headline_of(body, title)
    around = [] if headline is None else without_what_precedes(headline)
    parts = body.xpath(".//*[not(ancestor-or-self::blockquote)]")
    boxes = [part for part in parts if part.tag in _BOXES and is_box(part, around)]
    kept = {*around, *misnamed(boxes, body)}
    boxes = [box for box in boxes if box not in kept or box.tag == "header"]
    taken, large = 0, set()
    for box in boxes:
        taken += bool(words_of(box)) and body in box.iterancestors()
        box.drop_tree()
    for part in parts:
        if part.tag not in _BOXES:
            continue
        if part.tag == "header" and is_heading(part):
            part.tag = "div"
        elif part not in kept and is_named(part) and not is_told(part):
            large.add(part)  # more than a box: trafilatura may judge it by its name
    for part in body.iterdescendants():
        if part not in large:
            _without_names(part)
    return taken


def _without_names(part: Any) -> None:
    """Take away the names by which trafilatura drops parts that are kept: all but those of code,
    of credits, of the text itself, and of inline parts that stand alone."""
    alone = part.tag == "span" and part.getparent().tag in HOLDERS
    if (
        not part.attrib
        or alone
        or part.xpath("boolean(ancestor-or-self::code|ancestor-or-self::pre)")
    ):
        return
    if opens(part):
        part.attrib.pop("aria-hidden", None)
    if is_address(part) or not _TEXT.search(part.get("id", "")):
        part.attrib.pop("id", None)
    if part.tag != "table":  # it says which tables are layout
        part.attrib.pop("role", None)
    names = part.get("class", "")
    if names.strip() in ("post", "entry") or (
        "credit" in names and part.xpath("boolean(ancestor::figcaption)")
    ):
        return
    part.attrib.pop("class", None)
    if kept := [one for one in names.split() if _TEXT.search(one) or LANGUAGE.search(one)]:
        part.set("class", " ".join(kept))
