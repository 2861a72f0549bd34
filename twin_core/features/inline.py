"""What stands within a paragraph, before trafilatura reads it: it would lose the text of some
elements (`<time>`, `<math>`, …) and tear a sentence at others (`<q>`)."""

import re
from typing import Any

from twin_core.features.boxes import words_of
from twin_core.features.paragraphs import BLOCKS

# What trafilatura writes, counts or drops with its text; of all other elements the text is left.
_READ = "a b br code del dialog em fieldset footer form header i img kbd legend"
_READ += " marquee menu nav s samp span strike strong sub sup tt u var"
_STAMPS = ("label", "output", "progress", "time")  # of the page as well as of a sentence
_MARKS = (("“", "”"), ("‘", "’"))
_MARKED = re.compile(r"[\"'“„«‘‚‹「]\s?$")
_JOINED = re.compile(r"[\s.,;:!?)]")
_KEPT = {*BLOCKS, *_READ.split(), *_STAMPS}
_AROUND = {*BLOCKS, *"dialog fieldset footer form header menu nav".split()}
_ALONE = ("article", "div", "p")
_KEEPING = ("blockquote", "dd", "dt", "li", "td", "th")


def set_as_text(body: Any) -> None:
    """Formulas, quotations in a sentence, and readings (ruby), as text."""
    for formula in list(body.iter("math")):
        _write_formula(formula)
    depths = [(quote, sum(1 for _ in quote.iterancestors("q"))) for quote in body.iter("q")]
    for quote, depth in depths:
        before = quote.getprevious()
        said = (quote.getparent().text if before is None else before.tail) or ""
        marks = ("", "") if _MARKED.search(said[-2:]) else _MARKS[depth % 2]
        _surround(quote, *marks)
    for reading in list(body.iter("rt")):
        if next(reading.getparent().iter("rp"), None) is None:
            _surround(reading, "(", ")")


def set_notes_apart(body: Any) -> None:
    """Notes that a page shows in its margin, apart from the sentence that they stand in."""
    for note in body.iter("span"):
        named = not {"sidenote", "marginnote"}.isdisjoint(note.get("class", "").split())
        if named and note.text_content().strip():
            _surround(note, " ", "" if _JOINED.match(note.tail or "") else " ")


def strip_inline(node: Any, whole: bool) -> None:
    """Leave the text of what Markdown has no form for. whole: of a stamp that stands alone, too,
    which is the page's rather than the author's."""
    from lxml.etree import strip_tags

    stamps: dict[Any, list[Any]] = {}
    for stamp in node.iter(*_STAMPS):
        around = next((e for e in stamp.iterancestors() if e.tag in _AROUND), node)
        stamps.setdefault(around, []).append(stamp)
    for around, found in stamps.items():
        alone = around.tag in _ALONE and next(around.iterancestors(*_KEEPING), None) is None
        size = sum(len(words_of(stamp)) for stamp in found)
        if whole or not alone or len(words_of(around)) > size:
            for stamp in found:
                stamp.tag = "small"
    for code in list(node.iter("code")):
        for br in code.iter("br"):
            br.tail = f" {br.tail or ''}"
        strip_tags(code, "*")
    unread = {element.tag for element in node.iterdescendants()} - _KEPT
    strip_tags(node, *unread, *(("img", "span") if whole else ()))


def _write_formula(formula: Any) -> None:
    """The formula as its TeX, which trafilatura writes between dollar signs, or else its signs."""
    for one in (formula, formula.getparent()):
        for part in (one.getprevious(), one.getnext()):  # the same again, drawn
            if part is not None and part.get("aria-hidden") == "true":
                part.drop_tree()
    notes = formula.xpath(".//annotation[contains(@encoding, 'tex') or contains(@encoding, 'TeX')]")
    tex = " ".join(notes[0].text_content().split()) if notes else ""
    for part in formula.xpath(".//annotation|.//*[local-name()='annotation-xml']"):
        part.drop_tree()
    signs = " ".join(formula.text_content().split())
    del formula[:]
    formula.text = f"\\({tex}\\)" if tex and "\\)" not in tex else signs
    formula.tag = "small"
    formula.attrib.clear()


def _surround(element: Any, before: str, after: str) -> None:
    element.text = before + (element.text or "").lstrip()
    if len(element):
        element[-1].tail = (element[-1].tail or "").rstrip() + after
    else:
        element.text = element.text.rstrip() + after
    element.tag = "small"
