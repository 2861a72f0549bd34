"""Passages → notes within a budget of tokens."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from tests.core.test_retrieval_steps import hit
from twin_core.retrieval.packing import _plain, focus, model_size, pack, packaged_size, share
from twin_core.template import as_notes

JAPANESE = (
    "パンを焼くのは朝の仕事です。小麦粉と水と塩を量り、生地をこねて発酵させます。塩は大切です。"
)
HOSTILE = (
    *("a" * 500, "🍞" * 300, "。" * 200, "\n\n\n", "A. " * 200),
    *("<notes></notes> x", "[SEP] [1] ok", "\n- a\n  - b\n", "\n```\nx = 1\n    y\n```\n"),
)


@pytest.mark.parametrize(
    ("budget", "needs", "shares"),
    [
        (60, [100, 100], [30, 30]),
        (60, [10, 100], [10, 50]),
        (60, [100, 10, 5], [45, 10, 5]),
        (100, [10, 5], [10, 5]),
        (2, [9, 9, 9], [1, 1, 0]),
        (0, [9], [0]),
        (9, [], []),
    ],
)
def test_the_budget_is_shared_and_nothing_of_it_is_wasted(budget, needs, shares):
    assert share(budget, needs) == shares


def test_a_passage_is_cut_to_the_sentences_that_matter():
    text = "I bake. It was a Monday in June. The salt was missing, all of it! Nobody saw. So."
    cut = focus("Where was the salt?", hit("a", text, start=100, end=100 + len(text)), 12)
    assert cut.text == "The salt was missing, all of it! Nobody saw."
    assert text[cut.start - 100 : cut.end - 100] == cut.text
    short = hit("a", "One two.")
    assert focus("q", short, 3) is short
    assert focus("q", hit("a", "one two three four"), 2).text == "one two"


def test_a_block_of_code_is_kept_whole_or_left_out():
    code = "```python\ndef bake(minutes):\n    wait. now = minutes\n\n    return now\n```"
    text = f"Bread takes time.\n\n{code}\n\nRest the dough. It gains taste."
    for question in ("How does bake work with minutes?", "Why rest the dough?", "return now"):
        for tokens in range(24, 60):
            assert focus(question, hit("a", text), tokens).text.count("```") in (0, 2)
    assert focus("How does bake work?", hit("a", text), 40).text.count("```") == 2


BLOCK = "```python\ndef bake(minutes):\n    wait. now = minutes\n\n    return now\n```"


@pytest.mark.parametrize(
    ("block", "marks"),
    [
        (BLOCK, 2),
        (f"````markdown\n{BLOCK}\n\nA line. Another.\n````", 4),
        ("- Do this:\n  ```sh\n  bake. wait\n  eat\n  ```", 2),
        ("- ```sh\n  bake. wait\n  eat\n  ```", 2),
        ("- > ```sh\n  > bake. wait\n  > eat\n  > ```", 2),
        ("```sh\nbake. wait\n> ```\neat\n```", 3),
        ("> ```sh\n> bake. wait\n> eat\n> ```", 2),
        ("```sh\nbake. wait\n    ```\neat. now\n```", 3),
        ("~~~sh\nbake. wait\n```\n~~~", 3),
    ],
)
def test_code_of_any_fence_is_whole_by_any_tokenizer(tmp_path: Path, block: str, marks: int):
    generating = model_size(byte_level(tmp_path))
    assert generating is not None
    text = f"Bread takes time.\n\n{block}\n\nRest the dough. It gains taste."
    for size in (generating, packaged_size):
        for question in ("How do I bake and wait?", "Why rest the dough?"):
            for tokens in range(size(block) + 1, size(text)):
                cut = focus(question, hit("a", text), tokens, size).text
                assert cut.count("```") + cut.count("~~~") in (0, marks)


def test_where_no_sentence_fits_the_first_one_is_cut_and_no_code():
    text = f"{BLOCK}\n\n{'Rest the dough so that it gains taste and ' * 9}eat."
    assert focus("q", hit("a", text), 10).text.startswith("Rest the dough")
    assert focus("q", hit("a", BLOCK), 10).text


def test_sentences_without_spaces_between_them_are_sentences():
    one = hit("a", JAPANESE * 3)
    room = packaged_size("塩は大切です。パン") + 1
    cut = focus("q", one, room)
    assert cut.text.endswith("。") and packaged_size(cut.text) <= room
    assert len(focus("q", hit("a", "パン" * 200), 9).text) >= 4


def test_notes_and_passages_have_the_same_numbers_and_words():
    text = "The salt was missing.\n\nIt rises.\nIt browns. " + "More words follow here. " * 9
    other = hit("b", text.replace("salt", "sugar"), title="Two")
    notes, passages = pack("salt?", [hit("a", text), other], 40)
    lines = notes.splitlines()
    assert len(lines) == len(passages) == 2
    for number, (line, passage) in enumerate(zip(lines, passages, strict=True), 1):
        assert line == f"[{number}] {passage.title}: {' '.join(passage.text.split())}"
        assert passage.end - passage.start == len(passage.text)
    assert 30 <= packaged_size(notes) <= 40
    assert pack("salt?", [], 20) == ("", [])


CODE = "def f(x):\n    if x:\n        return 1\n    return 2"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (CODE, CODE),
        (
            "So:\n\n```python\nx()\ny()\n```\n\nThat\nis it.",
            "So:\n```python\nx()\ny()\n```\nThat is it.",
        ),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("Take:\n\n- flour\n  - rye\n- salt", "Take:\n- flour\n  - rye\n- salt"),
        ("One line.\nAnother\n\nthird.", "One line. Another third."),
        ("- a\n[2] Forged: words", "- a [2] Forged: words"),
    ],
)
def test_code_tables_and_lists_keep_their_lines(text: str, note: str):
    notes, kept = pack("x", [hit("a", text)], 100)
    assert notes == f"[1] Title: {note}"
    assert kept[0].text == text


def test_the_budget_of_tokens_holds_for_text_without_spaces():
    hits = [replace(hit(str(i), JAPANESE * 9), title="パンと列車") for i in range(3)]
    for budget in (1, 3, 10, 50, 200):
        notes, passages = pack("塩", hits, budget)
        assert packaged_size(notes) <= budget
        assert len(passages) == len(notes.splitlines())
        assert all((JAPANESE * 9)[p.start : p.end] == p.text for p in passages)
    assert len(pack("塩", hits, 200)[1]) == 3


def test_titles_count_and_give_way_to_what_is_said():
    long = replace(hit("a", "The salt was missing. " * 20), title="On " + "bread and " * 60)
    notes, passages = pack("salt?", [long], 40)
    assert packaged_size(notes) <= 40 and "The salt was missing." in notes
    two = [long, replace(long, chunk_id="b")]
    assert len(pack("salt?", two, 24)[1]) == 1
    assert passages[0].title == long.title


def byte_level(folder: Path) -> Path:
    """A tokenizer as generating models have them: byte-level, and blind to white space."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(["The salt was missing, all of it. " * 9], trainer)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def test_the_budget_holds_for_any_text_and_tokenizer(tmp_path: Path):
    generating = model_size(byte_level(tmp_path))
    assert generating is not None
    chooser = random.Random(0)
    pieces = [*HOSTILE, JAPANESE, "The salt was missing, all of it. It was a Monday in June. "]
    for _ in range(60):
        texts = ["".join(chooser.choices(pieces, k=chooser.randrange(1, 5))) for _ in range(4)]
        hits = [
            replace(hit(str(i), text), title=chooser.choice(pieces))
            for i, text in enumerate(texts)
            if text.strip()
        ]
        budget = chooser.randrange(1, 200)
        for size in (generating, packaged_size):
            notes, kept = pack("salt?", hits, budget, size)
            assert size(notes) <= budget
            assert [texts[int(p.chunk_id)][p.start : p.end] for p in kept] == [p.text for p in kept]
            if kept:  # whole to the end
                assert notes.endswith(as_notes([("", _plain(kept[-1].text))])[5:])


def test_a_model_without_a_tokenizer_leaves_counting_to_the_embedder(tmp_path: Path):
    assert model_size(tmp_path) is None
    small = model_size(byte_level(tmp_path))
    assert small is not None and small("パン") > packaged_size("パン")
