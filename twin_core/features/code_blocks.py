"""Code blocks of a page, as highlighters of all kinds write them → fenced code, held by marks."""

import re
from typing import Any

MARK = "␞"  # printable and rare: trafilatura escapes a Markdown mark, and drops others
LANGUAGE = re.compile(
    r"(?:^|\s)(?:language|lang|highlight-source)-([A-Za-z][\w+#.-]{0,19})(?:\s|$)"
)
_LINE_NUMBER = re.compile(r"(?<![a-z])(lnt?|line-?nos?|linenos|line-numbers?|gutter)(?![a-z])")
_LINES = ("br", "div", "li")  # what ends a line
# Tables that hold a block of code, its lines in one cell, their numbers in another, or a row each.
_TABLES = (
    ".//table[.//td[contains(concat(' ', @class, ' '), ' blob-code ')] or "
    "ancestor::*[contains(@class, 'syntaxhighlighter') or contains(@class, 'crayon-syntax')]]"
)
_CODE_CELLS = (
    ".//td[contains(concat(' ', @class, ' '), ' code ') or contains(@class, 'crayon-code') or "
    "contains(concat(' ', @class, ' '), ' blob-code ')]"
)


def hold_code(body: Any) -> list[str]:
    """Put a numbered mark in the place of each code block; the blocks, fenced."""
    held: list[str] = []
    for block in body.xpath(".//pre[not(ancestor::pre or ancestor::td or ancestor::th)]"):
        code, language = _code(block), _language(block)
        fence = max(["```", *(run + "`" for run in re.findall("`{3,}", code))], key=len)
        del block[:]
        block.attrib.clear()  # or trafilatura would judge the mark by its name
        block.tag, block.text = "p", f"{MARK}{len(held)}{MARK}" if code else ""
        held.append(f"{fence}{language}\n{code}\n{fence}")
    return held


def untable(body: Any) -> None:
    """Tables that only number the lines of a block of code as a `pre`."""
    for table in body.xpath(_TABLES):
        cells = table.xpath(_CODE_CELLS)
        if not cells:
            continue
        tail = table.tail
        del table[:]
        table.tag, table.text, table.tail = "pre", None, tail
        for cell in cells:
            cell.tag, cell.tail = "div", None
            table.append(cell)


def unlabel(body: Any) -> None:
    """Blocks of code without the name of their language that a page shows above them."""
    for label in body.xpath(".//span[contains(concat(' ', @class, ' '), ' lang ')]"):
        if next(label.itersiblings("pre"), None) is not None:
            label.drop_tree()


def _code(block: Any) -> str:
    """The lines of a block, without their numbers. Parts that are lines end in one."""
    for part in [e for e in block.iter("span", "div") if _LINE_NUMBER.search(e.get("class", ""))]:
        if part is not block:
            part.drop_tree()
    for part in block.iter(*_LINES):
        within = next(part.iterdescendants(*_LINES), None) is not None
        ended = part.text_content().endswith("\n") or (part.tail or "").startswith("\n")
        if part.tag == "br" or not (within or ended):
            part.tail = "\n" + (part.tail or "")
    return block.text_content().strip("\n").rstrip()


def _language(block: Any) -> str:
    """The language that a code block is marked with, as highlighters do; empty if with none."""
    around = [block, *block.iter("code")] + (
        [] if block.getparent() is None else [block.getparent()]
    )
    found = (LANGUAGE.search(element.get("class") or "") for element in around)
    return next((match[1].lower() for match in found if match), "")
