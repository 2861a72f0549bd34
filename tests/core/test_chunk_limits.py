"""What a hostile or unlucky text may cost: time and rows in proportion to its length."""

import random
import re
import time
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.conftest import document, documents
from twin_core.embedder import PACKAGED, TokenCounter
from twin_core.embedder.tokens import LONG_WORD
from twin_core.features import breaks
from twin_core.features.chunk import MAX_HEADING, Window, chunk, embedded_texts
from twin_core.fingerprint import text_hash
from twin_core.markdown import REFERENCE, blocks

COUNTER = TokenCounter(PACKAGED)
PART = st.sampled_from(
    [
        *("\n", "\n\n", " ", "    ", "\t", "\r", "\u00a0", "\u3000", "\u2028", "\x0c", "\u2003"),
        *("[x]: http://e.org 'T'\n", "\n[x]: u\n", "[a]", "text", "漢字", "é", "<p>"),
        *("# a", "###", "---", "\n***\n", "- li", "> q", "```", "|a|b|\n|-|-|\n"),
    ]
)
MARKDOWN = st.lists(PART, max_size=16).map("".join)


def rows_of(text: str, title: str = "Bread") -> pl.DataFrame:
    return chunk(documents(document("a", text, title=title)), COUNTER)


def seconds(work: Callable[[str], object], text: str) -> float:
    """CPU time, the best of two."""
    taken = []
    for _ in range(2):
        began = time.process_time()
        work(text)
        taken.append(time.process_time() - began)
    return min(taken)


@settings(max_examples=400, deadline=None)
@given(MARKDOWN)
@example("Text.\n\n[x]: http://e.org\n\n" + "\u00a0\n\n" * 5 + "More text.\n")
@example("漢字\n* * *\n[x]: http://e.org 'T'\n\xa0\n###\n")
@example("a\r\rb\r\r    c\r\r- d\r\re")
def test_blocks_are_in_order_and_overlap_nowhere(text: str):
    found = blocks(text)
    place, left = 0, []
    for block in found:
        assert place <= block.start < block.end <= len(text)
        left.append(text[place : block.start])
        place = block.end
    assert not "".join([*left, text[place:]]).strip()


def test_white_space_of_unicode_after_a_link_definition_repeats_it_not():
    text = "Text.\n\n[x]: http://e.org\n\n" + "\u00a0\n\n" * 5 + "More text.\n"
    assert [block.kind for block in blocks(text)] == ["prose", REFERENCE, "prose"]
    (stored,) = rows_of(text)["text"]
    assert stored.count("http://e.org") == 1


def test_tokens_of_a_link_definition_are_counted_once():
    rows = rows_of("漢字\n* * *\n[x]: http://e.org 'T'\n\xa0\n###\n")
    assert rows["tokens"].to_list() == [COUNTER.count(t) for t in embedded_texts(rows, COUNTER)]


@pytest.mark.parametrize("unit", ["\u00a0\n\n", "[a]: b\n\n\u00a0\n\n", "a\r\r", "\u2028\n\n"])
def test_blocks_take_time_in_proportion_to_the_text(unit: str):
    assert seconds(blocks, "Text.\n\n[x]: u\n\n" + unit * (200_000 // len(unit))) < 3


# As it was: exact, and quadratic where a run of marks has no gap after it.
SLOW_END = re.compile(r"""[.!?…]+["'”’»)\]*_]*\s+|[。！？]+[」』”’）]*\s*|\n[ \t>]*\n\s*""")


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from([*".!?…\"')*_ \n\t。」>aB1"]), max_size=40).map("".join))
def test_gaps_between_sentences_are_those_of_the_plain_pattern(text: str):
    def spans(pattern: re.Pattern[str]) -> list[tuple[int, int]]:
        return [found.span() for found in pattern.finditer(text)]

    assert spans(breaks._END) == spans(SLOW_END)


@pytest.mark.parametrize("unit", [".", "!", "…", "?!", '."', "etc.\t", "J.\u2003", "。", "\n>"])
def test_breaks_take_time_in_proportion_to_the_text(unit: str):
    text = unit * (200_000 // len(unit)) + "x"
    for breaker in (breaks.sentences, breaks.lines, breaks.words):
        assert seconds(lambda text, of=breaker: [*of(text, 0, len(text))], text) < 3


@pytest.mark.parametrize("word", ["x" * 49, "x" * 51, "((((" + "x" * 400])
def test_a_long_word_ends_its_sentence(word: str):
    text = f"Then\t{word}. Next."
    assert [text[a:b] for a, b in breaks.sentences(text, 0, len(text))] == [
        f"Then\t{word}.",
        "Next.",
    ]


LONG = " ".join(f"word{number}" for number in range(2000))


@pytest.mark.parametrize(
    "text", [f"# {LONG}\n\n", f"{LONG}\n---\n\n", "# " + "漢字" * 4000 + "\n\n"]
)
def test_a_long_heading_is_stored_once(text: str):
    sections = "".join(f"### a{number}\n\nb\n\n" for number in range(500))
    rows = rows_of(text + sections)
    assert rows["heading"].str.len_chars().max() <= MAX_HEADING + len("… > a499")  # type: ignore[operator]
    whole = "".join(rows["text"].head(100)).replace(" ", "")
    assert text.strip("#- \n").replace(" ", "") in whole.replace("\n", "")
    assert [text_hash(t) for t in embedded_texts(rows, COUNTER)] == rows["chunk_hash"].to_list()


def test_a_long_heading_is_cut_at_a_word_and_read_as_a_text():
    name = "quince-" * 40 + " and more of " + "it " * 3  # few words, many characters
    rows = rows_of(f"# {'Bread ' * 40}\n\n## {name}\n\nBody.")
    first, second = rows["heading"][-1].split(" > ")
    assert first == ("Bread " * 33).strip() + "…"
    assert second == name[:MAX_HEADING] + "…"
    assert name.strip() in "\n".join(rows["text"])


def test_headings_of_usual_length_are_stored_as_they_are():
    name = ("Bread " * 34)[:MAX_HEADING].strip()
    assert rows_of(f"# {name}\n\nBody.")["heading"][-1] == name


class Counted(TokenCounter):
    """The real counter; says how many characters were read of titles and headings."""

    read = 0

    def size(self, text: str) -> int:
        self.read += len(text)
        return super().size(text)

    def spans(self, text: str) -> list[tuple[int, int]]:
        self.read += len(text)
        return super().spans(text)


@pytest.mark.parametrize(
    ("title", "above"),
    [
        ("Bread", f"# {LONG}\n\n"),
        (LONG, ""),
        ("Bread", "".join(f"{'#' * level} {LONG[:150]}\n\n" for level in range(1, 5))),
        (None, "# " + "漢字" * 4000 + "\n\n"),
    ],
)
def test_title_and_headings_are_read_once_for_all_sections_below(title: str | None, above: str):
    read = []
    for sections in (10, 1000):
        counter = Counted(PACKAGED)
        below = "".join(f"##### a{number}\n\nb\n\n" for number in range(sections))
        chunk(documents(document("a", above + below, title=title)), counter)
        read.append(counter.read)
    assert read[1] < read[0] + 1000 * 300


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.none(), st.sampled_from(["", "T", "t " * 60, "x" * 2000, " " * 2000, "[SEP"])),
    st.lists(
        st.sampled_from(["", "a", "A > B", "> ", "b " * 30, "漢字" * 80, "y" * 900, "]", "é."]),
        max_size=8,
    ),
)
def test_what_is_embedded_is_what_the_hash_is_of(title: str | None, names: list[str]):
    text = "".join(f"{'#' * (n % 6 + 1)} {name}\n\nBody {n}.\n\n" for n, name in enumerate(names))
    rows = chunk(documents(document("a", text + "\n\nEnd.", title=title)), COUNTER)
    embedded = embedded_texts(rows, COUNTER)
    assert [text_hash(t) for t in embedded] == rows["chunk_hash"].to_list()
    assert [COUNTER.count(t) for t in embedded] == rows["tokens"].to_list()
    assert rows["tokens"].max() <= COUNTER.limit  # type: ignore[operator]
    # And a window that was shared is the one that would have been made.
    for row, whole in zip(rows.iter_rows(named=True), embedded, strict=True):
        assert whole == Window(COUNTER, title, row["heading"]).head + row["text"]


def test_long_words_are_counted_and_not_kept():
    chosen = random.Random(1)
    counter = TokenCounter(PACKAGED)
    words = counter._words
    assert words is not None
    for _ in range(50):
        for letters, length in (("漢字語", 500), ("abc", LONG_WORD + 1), ("abc", 150)):
            word = "".join(chosen.choices(letters, k=length))
            exact = len(counter._tokenizer.encode(word, add_special_tokens=False))
            assert counter.size(word) == exact == counter.size(word)
    assert not words and not words._runs
    assert counter.size("short words") == 2 == len(words)
