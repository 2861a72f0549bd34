"""Blocks and parts of sentences on pages, and in HTML within Markdown: none is lost, torn or put
elsewhere."""

import pytest

from tests.core.test_clean import article, raw
from twin_core.features import embedded
from twin_core.features.clean import extract
from twin_core.features.embedded import as_markdown, fragments, plain
from twin_core.features.extract import main_text
from twin_core.features.normalise import normalise

URL = "https://example.org/here/"
PROSE = "<p>I bake on Sundays because the week has no mercy, and the oven knows it.</p>\n" * 2


def within(inner: str, after: str = PROSE) -> str:
    """What is read of this where it stands between the paragraphs of an article on a page."""
    body = f"<article><h1>On bread</h1>{PROSE}{inner}{after}</article><footer>x</footer>"
    text = normalise(main_text(f"<html><body>{body}</body></html>", URL, "On bread"))
    around = normalise(main_text(f"<html><body>{PROSE}</body></html>", URL, "On bread"))
    assert text.startswith(around)
    return text.removeprefix(around).removesuffix(around if after else "").strip("\n")


def fragment(html: str) -> str:
    return normalise(fragments([html])[0])


def test_a_quotation_in_a_caption_is_read():
    figure = "<figure><img src='a'><figcaption><blockquote><p>Never.</p></blockquote></figcaption>"
    assert within(f"{figure}</figure>") == fragment(f"{figure}</figure>") == "> Never."


def broken(html: str) -> str:
    """A double for `_fragment`: no fault of it is known that could be shown instead."""
    raise ValueError(html)


def test_a_fault_in_a_piece_of_html_costs_its_marks_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(embedded, "_fragment", broken)
    html = "<div><p>I <b>bake</b> &lt;b>.</p><script>a<b>c</script><p>Daily.</p></div>"
    text = as_markdown(f"Before.\n\n{html}\n\nAfter.", fragments)
    assert normalise(text) == "Before.\n\nI bake \\<b>.\n\nDaily.\n\nAfter."


def test_a_hostile_piece_of_html_costs_its_marks_alone():
    hostile = "<blockquote><p>a</blockquote>" * 30_000  # takes time that grows as its square
    body = f"{article(1)}\n\n{hostile}\n\n- <p>*{article(2)}*</p>\n"
    (row,) = extract(raw(body), seconds=2).iter_rows(named=True)
    assert row["drop_reason"] is None
    assert row["text"].startswith(article(1)) and article(2)[:60] in row["text"]


@pytest.mark.parametrize("part", ["<", "<a", "<script>", "</p>\n", "<p>\n\n", "&lt;", "<!--"])
def test_plain_text_is_taken_in_linear_time(part: str):
    assert len(plain(part * (200_000 // len(part)))) <= 4 * 200_000
