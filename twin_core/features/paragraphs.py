"""Blocks of a page, and the text between them as paragraphs."""

from typing import Any

from twin_core.features.boxes import HEADINGS

HOLDERS = ("article", "body", "center", "div", "main", "section")
_PARTS = "blockquote caption dd details dl dt hr li ol p pre summary table tbody td tfoot th thead"
BLOCKS = {*HEADINGS, *HOLDERS, *_PARTS.split(), "tr", "ul"}


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
