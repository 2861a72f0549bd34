"""Tables of the UI quote what others wrote; nothing of it is run, fetched or followed."""

import polars as pl
from markdown_it import MarkdownIt

from twin_assets.features import _left_out
from twin_assets.presentation import CELL, markdown_table

HOSTILE = [
    "![](http://evil.example/x.png)",
    "\\![](http://evil.example/x.png)",
    "<img src=http://evil.example/x.png onerror=alert(1)>",
    "</td></table><script>alert(1)</script>",
    "[text](http://evil.example/)",
    "\\[text](http://evil.example/)",
    "<http://evil.example/>",
    "`| a`| ``|`` \\| b |",
    "a\r| --- |\n\n# Heading\x1b[2J",
    "[x]: http://evil.example/",
]


def test_nothing_in_a_cell_is_an_image_a_link_or_html():
    rows = [[number, text] for number, text in enumerate(HOSTILE)]
    shown = markdown_table(["number", "text"], rows).value
    assert shown and "\x1b" not in shown and "\r" not in shown
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(shown)
    kinds = {token.type for token in tokens}
    kinds |= {child.type for token in tokens for child in token.children or []}
    cells = [token.content for token in tokens if token.type == "inline"]
    assert not kinds & {"image", "link_open", "html_inline", "html_block", "code_inline"}
    assert not kinds & {"heading_open", "paragraph_open"}
    assert len(cells) == 2 * (len(HOSTILE) + 1)


def test_what_is_plain_stays_so():
    cells = ["https://example.org/a_b/?c=d", None, 0.25, 3, "R&D: wow!", "x" * 200]
    shown = markdown_table(["a"] * len(cells), [cells]).value
    assert shown and shown.splitlines()[-1] == (
        f"| https://example.org/a_b/?c=d |  | 0.250 | 3 | R&D: wow! | {'x' * (CELL - 1)}… |"
    )


def test_a_copy_that_is_left_out_names_the_address_of_the_original():
    docs = pl.DataFrame(
        {
            "doc_id": ["a", "b", "c"],
            "url": ["https://e.org/a", "https://e.org/b", "https://e.org/c"],
            "drop_reason": [None, "duplicate of a", "no text"],
        }
    )
    assert _left_out(docs).rows() == [
        ("https://e.org/b", "duplicate of https://e.org/a"),
        ("https://e.org/c", "no text"),
    ]
