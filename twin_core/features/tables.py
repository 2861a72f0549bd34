"""Tables of a page, and what stands in a cell or in an item of a list: Markdown has lines there,
and no blocks."""

import re
from typing import Any

from twin_core.features.boxes import words_of
from twin_core.features.paragraphs import BLOCKS

_CELL_WORDS = 60  # a larger cell is no data
_IN_CELLS = BLOCKS - {"pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}


def arrange_tables(body: Any) -> None:
    """Captions before their tables; no line numbers; tables that only lay out as containers."""
    for cell in body.xpath(".//td[.//pre]"):
        if re.fullmatch(r"[\d\s]+", cell.text_content()):
            cell.drop_tree()  # the line numbers of the code beside it
    for table in list(body.iter("table")):
        for caption in table.findall("caption"):
            caption.tag, caption.tail = "p", None
            table.addprevious(caption)
        rows = [row.xpath("./td|./th") for row in table.xpath("./tr|./*/tr")]
        longest = max((len(words_of(cell)) for row in rows for cell in row), default=0)
        if longest > _CELL_WORDS or all(len(row) < 2 for row in rows):
            for part in (table, *table.xpath("./*|./*/tr"), *(c for row in rows for c in row)):
                part.tag = "div"


def flatten_lines(node: Any) -> None:
    """The text of blocks within a cell, and of paragraphs within an item, without the blocks."""
    from lxml.etree import strip_tags

    for cell in node.xpath(".//td|.//th"):
        for item in cell.xpath(".//li[preceding-sibling::li]"):
            _end_item(item.getprevious())
        _flatten(cell, _IN_CELLS)
    for item in list(node.iter("dd", "dt", "li")):
        if not item.xpath("boolean(.//blockquote)"):
            _flatten(item, {"div", "p"})
        item.text = (item.text or "").lstrip()
    strip_tags(node, "small")


def _end_item(item: Any) -> None:
    """A semicolon after an item that does not end a sentence."""
    said = item.text_content().rstrip()
    item.tail = " " if not said or said[-1] in ".,;:!?…。" else "; "


def _flatten(around: Any, tags: set[str]) -> None:
    """These elements as text, apart from what is beside them."""
    for part in around.iterdescendants(*tags):
        tail = part.tail or " "
        part.text = f" {part.text or ''}"
        part.tag, part.tail = "small", tail if tail[0] in " ;" else f" {tail}"
