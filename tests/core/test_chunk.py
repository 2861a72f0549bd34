"""Passages: whole, within the encoder's window, and named by what they say."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from tests.conftest import SAMPLE, document, documents
from twin_core.embedder import PACKAGED, TokenCounter, model_directory
from twin_core.features import breaks
from twin_core.features.chunk import chunk, embedded_texts
from twin_core.fingerprint import text_hash
from twin_core.markdown import blocks
from twin_core.recipe import Chunking
from twin_core.records import DOC_CHUNKS

COUNTER = TokenCounter(PACKAGED)
ENCODER = Tokenizer.from_file(str(model_directory(PACKAGED) / "tokenizer.json"))
ENCODER.no_truncation()
ENCODER.no_padding()
PROSE = "I bake on Sundays because the week has no mercy. " * 6

WORDS = st.sampled_from(
    [
        *(
            "bread",
            "pager",
            "Sunday.",
            "why?",
            "it",
            "—",
            "naïve",
            "e.g.",
            "No. 5",
            "“Stop!” he said",
        ),
        *("x" * 400, "a-b/" * 150, "日本語。" * 90, "[SEP]", "3.14"),
    ]
)
PARAGRAPH = st.lists(WORDS, min_size=1, max_size=120).map(" ".join)
BLOCK = st.one_of(
    PARAGRAPH,
    PARAGRAPH,
    PARAGRAPH.map(lambda t: f"## {t[:30]}"),
    PARAGRAPH.map(lambda t: f"> {t}"),
    PARAGRAPH.map(lambda t: "```\n" + t.replace(" ", "\n    ") + "\n```"),
    st.lists(PARAGRAPH, min_size=1, max_size=4).map(lambda ps: "\n".join(f"- {p}" for p in ps)),
    st.just("---"),
    st.just("[link]: https://example.org/"),
)
TEXT = st.lists(BLOCK, min_size=1, max_size=8).map("\n\n".join)
SHAPE = st.builds(
    Chunking,
    target_tokens=st.integers(16, 300),
    overlap_tokens=st.sampled_from([0, 0, 20, 80]),
    parent_tokens=st.integers(16, 900),
)


def uncovered(text: str, rows: pl.DataFrame) -> str:
    """The visible characters that are in no chunk, nor in a heading or rule."""
    left = list(text)
    for row in rows.iter_rows(named=True):
        left[row["start"] : row["end"]] = " " * (row["end"] - row["start"])
    for block in blocks(text):
        if block.kind in ("heading", "rule"):
            left[block.start : block.end] = " " * (block.end - block.start)
    return "".join(left).strip()


@settings(max_examples=80, deadline=None)
@given(TEXT, SHAPE)
@example("[link]: https://example.org/\n\n---\n\nbread", Chunking())
def test_chunks_fit_the_encoder_and_lose_nothing(text: str, shape: Chunking):
    rows = chunk(documents(document("a", text)), COUNTER, shape)
    assert rows.schema == DOC_CHUNKS.schema
    for row, embedded in zip(
        rows.iter_rows(named=True), embedded_texts(rows, COUNTER), strict=True
    ):
        assert row["text"] == text[row["start"] : row["end"]]
        assert row["tokens"] == len(ENCODER.encode(embedded).ids) <= COUNTER.limit
        assert row["chunk_hash"] == text_hash(embedded)
    assert uncovered(text, rows) == ""
    assert rows["chunk_id"].n_unique() == rows.height
    assert rows["position"].to_list() == list(range(rows.height))
    if shape.overlap_tokens == 0:
        assert (rows["end"].shift(1).drop_nulls() <= rows["start"][1:]).all()


@settings(max_examples=40, deadline=None)
@given(TEXT, SHAPE)
def test_parents_are_runs_within_one_section(text: str, shape: Chunking):
    rows = chunk(documents(document("a", text)), COUNTER, shape)
    edges = [block.start for block in blocks(text) if block.kind in ("heading", "rule")]
    for (parent,), siblings in rows.group_by("parent_id", maintain_order=True):
        assert parent == siblings["chunk_id"][0]
        assert (siblings["position"].diff().drop_nulls() == 1).all()
        assert siblings["heading"].n_unique() == 1
        first, last = siblings["start"][0], siblings["end"][-1]
        assert not any(first < edge < last for edge in edges)


def test_parents_hold_as_many_tokens_as_the_recipe_says():
    rows = chunk(
        documents(document("a", f"{PROSE}\n\n" * 12)), COUNTER, Chunking(parent_tokens=300)
    )
    sizes = [COUNTER.size(t) for t in rows["text"]]
    by_parent = rows.with_columns(size=pl.Series(sizes)).group_by("parent_id").agg(pl.sum("size"))
    assert by_parent["size"].max() <= 300  # type: ignore[operator]
    assert by_parent.height < rows.height


def test_a_document_may_be_empty():
    assert chunk(documents(document("a", "")), COUNTER).height == 0
    assert chunk(documents(), COUNTER).schema == DOC_CHUNKS.schema


def test_a_row_says_where_it_came_from():
    doc = document("a", PROSE, source="example.org", language="de", content_hash="v7")
    (row,) = chunk(documents(doc), COUNTER).iter_rows(named=True)
    found = row["source"], row["language"], row["doc_version"], row["url"]
    assert found == ("example.org", "de", "v7", "https://example.org/a/")


def test_a_chunk_keeps_its_id_when_something_else_is_edited():
    before = f"## One\n\n{PROSE}\n\n## Two\n\n{PROSE[:200]}\n\n{PROSE * 3}"
    after = before.replace("## One\n\n", "## One\n\nA new start. ")
    first, second = (chunk(documents(document("a", text)), COUNTER) for text in (before, after))
    assert first.height == second.height > 2
    assert first["chunk_id"][0] != second["chunk_id"][0]
    for column in ("chunk_id", "parent_id"):
        assert first[column][1:].to_list() == second[column][1:].to_list()


def _sentence(chosen: random.Random) -> str:
    words = "bread oven flour water salt night pager queue deploy ticket sleep meeting".split()
    return " ".join(chosen.choices(words, k=chosen.randrange(5, 20))).capitalize() + "."


@pytest.mark.parametrize(("opening", "between"), [("", " "), ("```\n", "\n")])
def test_an_edit_of_a_long_paragraph_or_code_changes_only_chunks_near_it(
    opening: str, between: str
):
    lost = []
    for seed in range(100):
        chosen = random.Random(seed)
        before = [_sentence(chosen) for _ in range(200)]
        after = [*before]
        after.insert(chosen.randrange(201), _sentence(chosen))
        ids = [
            set(chunk(documents(document("a", opening + between.join(said))), COUNTER)["chunk_id"])
            for said in (before, after)
        ]
        assert len(ids[0]) >= 10
        lost.append(len(ids[0] - ids[1]))
    assert sum(count <= 2 for count in lost) >= 90 and max(lost) <= 6


def _paragraph(chosen: random.Random) -> str:
    return " ".join(_sentence(chosen) for _ in range(chosen.randrange(1, 5)))


@pytest.mark.parametrize("overlap", [0, 30])
@pytest.mark.parametrize(("part", "count"), [(_sentence, 300), (_paragraph, 120)])
def test_an_edit_of_a_paragraph_changes_only_chunks_near_it_in_its_section(
    part: Callable[[random.Random], str], count: int, overlap: int
):
    lost = []
    for seed in range(60):
        chosen = random.Random(seed)
        before = [part(chosen) for _ in range(count)]
        after = [*before]
        after.insert(chosen.randrange(count + 1), part(chosen))
        ids = [
            set(chunk(documents(document("a", "\n\n".join(said))), COUNTER, shape)["chunk_id"])
            for shape in [Chunking(overlap_tokens=overlap)]
            for said in (before, after)
        ]
        assert len(ids[0]) >= 10
        lost.append(len(ids[0] - ids[1]))
    assert sum(count <= 3 for count in lost) >= 54 and max(lost) <= 8


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1 << 30), st.integers(30, 220), st.integers(20, 300))
def test_a_long_paragraph_is_cut_into_pieces_of_a_good_size(seed: int, target: int, count: int):
    chosen = random.Random(seed)
    text = " ".join(_sentence(chosen) for _ in range(count))
    sizes = [
        COUNTER.size(passage)
        for passage in chunk(
            documents(document("a", text)), COUNTER, Chunking(target_tokens=target)
        )["text"]
    ]
    longest = max(map(COUNTER.size, text.split(". ")))
    assert min(sizes) >= target / 2 - longest


@pytest.mark.parametrize("unit", ["a. ", "Bread rose. ", "x\n", "今日は。"])
def test_a_paragraph_that_repeats_one_sentence_is_cut_too(unit: str):
    text = unit * 50_000
    rows = chunk(documents(document("a", text)), COUNTER)
    assert rows["tokens"].max() <= COUNTER.limit  # type: ignore[operator]
    assert uncovered(text, rows) == ""


def test_equal_passages_of_a_document_have_ids_of_their_own():
    rows = chunk(documents(document("a", f"## A\n\n{PROSE}\n\n## A\n\n{PROSE}")), COUNTER)
    assert rows.height == 2 == rows["chunk_id"].n_unique()
    assert rows["chunk_hash"].n_unique() == 1


def test_overlap_repeats_whole_sentences():
    sentences = [f"This is sentence number {n} of a long story about bread." for n in range(60)]
    text = " ".join(sentences)
    rows = chunk(documents(document("a", text)), COUNTER, Chunking(overlap_tokens=30))
    assert rows.height > 2
    for before, after in zip(rows["text"], rows["text"][1:], strict=False):
        shared = [s for s in sentences if s in before and s in after]
        assert 1 <= len(shared) <= 2
        assert after.startswith(shared[0]) and before.endswith(shared[-1])


def test_a_long_title_is_cut_and_not_the_passage():
    rows = chunk(documents(document("a", PROSE, title="Very long title " * 80)), COUNTER)
    assert rows["tokens"].max() <= COUNTER.limit  # type: ignore[operator]
    assert rows["text"][0] == PROSE.strip()


def test_code_is_cut_between_lines():
    lines = [f"    total_{n} = compute(total_{n - 1}, factor={n})" for n in range(80)]
    rows = chunk(documents(document("a", "```python\n" + "\n".join(lines) + "\n```")), COUNTER)
    assert rows.height > 2
    assert all(t.startswith("    total_") for t in rows["text"][1:])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Okafor met Mr. Wren. They spoke.", ["Dr. Okafor met Mr. Wren.", "They spoke."]),
        ("See e.g. Bread, or i.e. Rolls. Ok.", ["See e.g. Bread, or i.e. Rolls.", "Ok."]),
        ("Pi is 3.14 and no more. Yes.", ["Pi is 3.14 and no more.", "Yes."]),
        ("J. R. Wren wrote it. I read.", ["J. R. Wren wrote it.", "I read."]),
        ("“Stop!” he said. “Why?” She left.", ["“Stop!” he said.", "“Why?”", "She left."]),
        ("So am I. Then we left.", ["So am I.", "Then we left."]),
        ("Wait… What? ... and then. End", ["Wait…", "What?", "... and then.", "End"]),
        ("It ended (at last.) Then rain.", ["It ended (at last.)", "Then rain."]),
        ("今日は。明日は？はい", ["今日は。", "明日は？", "はい"]),
        ("1. First point. Second.", ["1. First point.", "Second."]),
        ("no stop\n\nAnother paragraph", ["no stop", "Another paragraph"]),
        ("In 1984. Then 1985 came.", ["In 1984.", "Then 1985 came."]),
    ],
)
def test_sentences(text: str, expected: list[str]):
    assert [text[a:b] for a, b in breaks.sentences(text, 0, len(text))] == expected


def test_another_kind_of_tokenizer_keeps_to_its_window_too(tmp_path: Path):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    texts = [path.read_text(encoding="utf-8") for path in sorted(SAMPLE.rglob("*.md"))[:20]]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=900, initial_alphabet=alphabet, show_progress=False)  # type: ignore[call-arg]
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 64}))
    counter = TokenCounter(str(tmp_path))
    text = texts[0] + "\n\n" + "日本語" * 60 + "\n\n" + "    indented   code\n" * 40
    rows = chunk(documents(document("a", text)), counter, Chunking(target_tokens=50))
    exact = [len(tokenizer.encode(embedded).ids) for embedded in embedded_texts(rows, counter)]
    assert rows["tokens"].to_list() == exact and max(exact) <= 64
    assert uncovered(text, rows) == ""


LONG = "The baker Zephyrine taught me to weigh the salt twice before the oven is lit, and more " * 3


@pytest.mark.parametrize(
    "text",
    [
        f"Opening.\n\n{LONG}\n---\nAnother part.\n\n## Why I never use quinces\n",
        f"# {LONG}\n\nBody.\n\n## Part of it\n\nMore.",
        "# One\n\n## Two\n\n##\n\n# Three\n\n---\n\n# Four",
        "# One\n\n##\n\n# Two",
        "# One\n\n---\n\nBelow a rule.",
        "".join(f"{'#' * n} {'step ' * 12} level{n}\n\n" for n in range(1, 7)) + "Body.",
    ],
)
def test_every_heading_is_embedded_somewhere(text: str):
    rows = chunk(documents(document("a", text)), COUNTER)
    embedded = " ".join(embedded_texts(rows, COUNTER)).split()
    assert set(text.split()) - {*embedded, "---"} <= {"#" * n for n in range(1, 7)}
    assert all(row["text"] == text[row["start"] : row["end"]] for row in rows.to_dicts())
    assert rows["chunk_id"].n_unique() == rows.height


@pytest.mark.parametrize(
    "text", ["x" * 100_000, ("y" * 900 + " ") * 100, "a" + " " * 50_000 + "b", "<p>" + "z" * 50_000]
)
def test_no_passage_is_longer_than_the_window_can_be(text: str):
    rows = chunk(documents(document("a", text)), COUNTER)
    assert rows["text"].str.len_chars().max() <= 20 * COUNTER.limit  # type: ignore[operator]
    assert uncovered(text, rows) == ""
