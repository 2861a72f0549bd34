"""Blocks of a page, and the text between them as paragraphs."""

from typing import Any

from twin_core.features.boxes import HEADINGS

HOLDERS = ("article", "body", "center", "div", "main", "section")
_PARTS = "blockquote caption dd details dl dt hr li ol p pre summary table tbody td tfoot th thead"
BLOCKS = {*HEADINGS, *HOLDERS, *_PARTS.split(), "tr", "ul"}

_VERSE = 80  # characters of a line; a longer one is a paragraph of its own


def set_in_paragraphs(node: Any) -> None:
    """Inline content between blocks as paragraphs, a new one after each empty line."""
    for br in list(node.iter("br")):
        before = br.getprevious()
        if before is not None and before.tag in ("br", "hr") and not (before.tail or "").strip():
            before.drop_tree()
            br.tag = "hr"
    for block in list(node.iter(*HOLDERS, "blockquote", "details", "p")):
        if block.tag == "p" and not any(child.tag in BLOCKS for child in block):
            continue
        children, run = list(block), block.makeelement("p")
        run.text, block.text = block.text, None
        block.tag = "div" if block.tag == "p" else block.tag
        for child in (*children, None):
            if child is not None and child.tag not in BLOCKS:
                run.append(child)
                continue
            block.extend([run] if run.text_content().strip() else [])
            run = block.makeelement("p")
            if child is not None:
                run.text, child.tail = child.tail, None
                block.append(child)


def hold_verses(node: Any, mark: str) -> None:
    """A mark in the place of each break in a stanza: a paragraph of short lines."""
    for paragraph in node.xpath(".//p[br][not(ancestor::td or ancestor::th or ancestor::li)]"):
        breaks = list(paragraph.iter("br"))
        for br in breaks:
            br.text = mark
        text = paragraph.text_content()
        for br in breaks:
            br.text = None
        verses = [" ".join(line.split()) for line in text.split(mark)]
        if any(verses) and max(map(len, verses)) <= _VERSE:
            for br in breaks:
                br.tag, br.text, br.tail = "small", mark, (br.tail or "").lstrip()
