"""The author's own words among what stands in their lists: code, quotations, tables, HTML and
formulas, told apart as markdown-it-py tells them."""

import re
import time
from itertools import count

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.core.test_clean import PROSE, raw
from twin_core.features.clean import clean
from twin_core.markdown import LONG_HEADING, own_prose, passages

LONG = " ".join(["A paragraph that ends above a line of dashes"] * 3)
NESTED = [
    ("- one\n\n  ```py\n  code\n  ```\n\n  more\n- two", "- one\n\n  more\n- two"),
    ("- one\n  ```\n  code\n  ```\n- two", "- one\n- two"),
    ("- one\n\n      code\n\n- two", "- one\n\n- two"),
    ("- one\n\n  > Theirs.\n  lazy\n\n  more", "- one\n\n  more"),
    ("- one\n  > Theirs.\n\n  more", "- one\n\n  more"),
    ("- one\n  - deep\n    > Theirs.\n- two", "- one\n  - deep\n- two"),
    ("- one\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |\n\n- two", "- one\n\n- two"),
    ("- one\n\n  <div>\n  html\n  </div>\n\n- two", "- one\n\n- two"),
    ("- one\n  $$\n  a + b\n  $$,\n  more", "- one\n  more"),
    ("- one\n\n  $$a$$.\n\n- two", "- one\n\n- two"),
    ("- ünï\n\n  > thëirs 🙂\n\n  日本語\n- é", "- ünï\n\n  日本語\n- é"),
    ("1. > Theirs.\n\n   Mine.", "1. Mine."),
    ("- > Theirs.\n\n      code\n\n  Mine.", "- Mine."),
    ("- one\n- > Theirs.\n- two", "- one\n- two"),
    ("- one\n  - > Theirs.\n    ```\n    code\n    ```\n- two", "- one\n- two"),
    ("- - > Theirs.\n", ""),
    ("```\ncode\n```\n\n- ```\n  code\n  ```\n\n  > Theirs.", ""),
]
KEPT = [
    "- one `x > y` and `a | b`\n- two -> three <b>four</b> | five",
    "- the area $$a^2$$ of it, for $5 or $$\n- $x$",
    "- one\n  two\n\n  three\n\n\n  four\n     1. five\n",
    "- \n- ![](a.png)\n- <https://example.org>\n\t- deep",
    "The area $$a^2$$ of it.",
    "It costs\n$$ and more.",
]


@pytest.mark.parametrize(("text", "own"), NESTED)
def test_what_others_said_in_a_list_is_no_own_prose(text: str, own: str):
    assert own_prose(text) == own


@pytest.mark.parametrize("text", KEPT)
def test_sentences_stay_verbatim(text: str):
    assert own_prose(text) == text.rstrip()


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("One.\n\n$$\n\\int x\n$$\n\nTwo.", "One.\n\nTwo."),
        ("$$a$$", ""),
        ("Hence é\n$$\na\n$$,\nwhich holds.", "Hence é\nwhich holds."),
    ],
)
def test_a_formula_on_lines_of_its_own_is_no_prose(text: str, own: str):
    assert own_prose(text) == own


def test_cleaned_articles_have_the_same_prose_and_count_its_words():
    text = f"{PROSE.strip()}\n\n- one\n\n  > Theirs.\n\n- two\n\n{LONG}\n---\n\n{PROSE.strip()}"
    (row,) = clean(raw(text)).iter_rows(named=True)
    assert row["text"] == text
    assert [span["kind"] for span in row["spans"]] == ["prose", "list", "heading", "prose"]
    assert (
        row["prose"] == own_prose(text) == text.replace("\n\n  > Theirs.", "").replace("\n---", "")
    )
    assert row["own_words"] == len(row["prose"].split())


LINES = st.sampled_from(
    [
        *("", "", "- w{}", "- w{}", "  - w{}", "1. w{}", "    - w{}", "- - w{}", "-\tw{}"),
        *("  w{}", "   w{}", "    w{}", "      w{}", "\tw{}", "w{}", "* w{} `w{}` *w{}*"),
        *("  ```w{}", "  ```", "~~~", "- ```", "    ~~~", "-     w{}", "-"),
        *("  > w{}", "- > w{}", "> w{}", "    > > w{}", "  > - w{}", "1. > ```"),
        *("  <div>", "- <div>w{}</div>", "  <!-- w{}", "    w{} -->", "é <b>w{}</b> 🙂"),
        *("\n  | w{} | w{} |\n  |---|---|\n  | w{} | w{} |\n", "w{} | w{}", "- | w{} | w{} |"),
    ]
)


def _own_words(text: str) -> list[str]:
    """The words outside headings, quotations, code, tables and HTML, by markdown-it-py."""
    words: list[str] = []
    others = 0
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        kind, _, side = token.type.rpartition("_")
        if kind in ("blockquote", "table") or (kind == "heading" and not token.level):
            others += 1 if side == "open" else -1
        elif token.type == "inline" and not others:
            words += re.findall(r"w\d+", token.content)
    return words


@settings(max_examples=500, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=12).map("\n".join))
@example("- w{}\n\n  > w{}\n\n      w{}\n\n  w{}")
def test_any_list_keeps_the_words_that_markdown_it_finds_own(shape: str):
    # There markdown-it-py ends a quotation, of which such a line goes on (CommonMark 0.31, 5.1).
    assume(not re.search(r"> .*\n(?: {4}.*\n)* {4}~~~", shape))
    numbers = count()
    text = re.sub(r"w\{\}", lambda _: f"w{next(numbers)}", shape)
    assert re.findall(r"w\d+", own_prose(text)) == _own_words(text)


REPEATED = ["- ", "- > ", "- > q\n", "- a\n  > q\n", "$$a$$ ", "$$a$$\n", "- $$a$$\n", "$$"]
REPEATED += ["- $$a$$.", "- *a ", "- a **b ", "- [", " \t.", "- a\n\n      c\n\n", "- ```\n"]
REPEATED += ["$$ \n.,", "  - <div>\n", "**a "]


def _seconds(text: str) -> float:
    began = time.process_time()
    own_prose(text)
    return time.process_time() - began


@pytest.mark.parametrize("unit", REPEATED)
def test_ten_times_the_text_takes_about_ten_times_as_long(unit: str):
    small, large = (f"- $$ > a\n{unit * (size // len(unit))}" for size in (20_000, 200_000))
    least = min(_seconds(small) for _ in range(5))
    assert min(_seconds(large) for _ in range(3)) < 0.1 + 30 * least


@pytest.mark.parametrize("mark", ["{}\n---", "{}\n===", "# {} ##", "  {}\n---"])
def test_a_long_heading_is_prose(mark: str):
    text = f"# Short\n\nBefore.\n\n{mark.format(LONG)}\n\nAfter."
    assert own_prose(text) == f"Before.\n\n{LONG}\n\nAfter."
    found = passages(text, min_words=20, max_words=80)
    assert all(LONG not in run.headings for run in found)
    (said,) = [text[run.start : run.end] for run in found]
    assert LONG in said and not set(said) & set("#=-")


def test_a_long_heading_has_more_words_than_the_limit():
    words = ["*wörd*"] * LONG_HEADING
    link = f"[more]({'a' * 30})"
    short, long = " ".join(words), " ".join([*words, link])
    assert own_prose(f"## {short}\n\n{long}\n===") == long
    assert own_prose(f"## {short} <!-- a comment of some words --> ##") == ""


def test_lists_are_in_no_passage():
    text = f"{LONG}\n\n- {LONG}\n\n  > q\n\n{LONG}"
    assert [text[p.start : p.end] for p in passages(text, 5, 80)] == [LONG, LONG]
