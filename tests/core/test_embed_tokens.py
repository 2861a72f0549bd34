"""Token counts are the tokenizer's own, whatever the text."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from tests.conftest import SAMPLE
from twin_core.embedder import PACKAGED, TokenCounter, model_directory

COUNTER = TokenCounter(PACKAGED)
TOKENIZER = Tokenizer.from_file(str(model_directory(PACKAGED) / "tokenizer.json"))
TOKENIZER.no_truncation()
TOKENIZER.no_padding()
CUT = Tokenizer.from_file(str(model_directory(PACKAGED) / "tokenizer.json"))
CUT.no_padding()
CUT.enable_truncation(COUNTER.limit)

WORDS = st.sampled_from(
    [
        *("bread", "Sunday.", "e.g.,", "don’t", "—", "“Naïve…”", "Ærø", "straße", "İstanbul"),
        *(
            "日本語。",
            "한국어",
            "ไทย",
            "العربية",
            "🙂👩‍👩‍👧",
            "x" * 99,
            "y" * 101,
            "é" * 120,
            "ﬁ½²",
        ),
        *("[SEP]", "[sep]", "a[MASK]b", "[CLS", "##ing", "C++", "a_b-c/d", "https://x.org/?q=1&b"),
        *("e\u0301", "\u0301", "\u200b", "a\u00adb", "\x00", "\x07a", "\ufffd", "\u2028", "\u3000"),
        *(
            "\x0b",
            "\x1c",
            "\x85",
            "\t",
            "\r\n",
            "\n\n",
            "Ǆ",
            "ſ",
            "ẞ",
            "Σς",
            "\u0345",
            "¿",
            "€",
            "№",
        ),
    ]
)
MIXED = st.lists(WORDS, max_size=12).flatmap(
    lambda words: st.sampled_from(["", " ", "\n"]).map(lambda gap: gap.join(words))
)


@settings(max_examples=500, deadline=None)
@given(st.one_of(MIXED, st.text(max_size=80), st.text(st.characters(max_codepoint=0x24F))))
@example("a\x1cb c\x0bd")
@example("[SE\x0bP]")
def test_a_count_is_the_tokenizers(text: str):
    assert COUNTER.count(text) == len(TOKENIZER.encode(text).ids)
    assert COUNTER.size(text) == len(TOKENIZER.encode(text, add_special_tokens=False).ids)


@settings(max_examples=500, deadline=None)
@given(st.one_of(MIXED, st.text(max_size=80), st.text(st.characters(max_codepoint=0x24F))))
@example("a\x1cb c\x0bd")
@example("[SE\x0bP]")
@example("ſ [CLS] x[sep]y " + "long " * 400)
def test_ids_are_the_tokenizers(text: str):
    COUNTER.count(text)  # what the chunker has read is not read again
    assert COUNTER.ids([text, "a.", text]) == [CUT.encode(t).ids for t in (text, "a.", text)]


def test_real_texts_are_read_as_the_tokenizer_reads_them():
    for path in sorted(SAMPLE.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        assert COUNTER.count(text) == len(TOKENIZER.encode(text).ids), path.name
        assert COUNTER.ids([text]) == [CUT.encode(text).ids], path.name


def test_the_tokenizer_is_not_asked_again_for_what_the_chunker_has_read(
    monkeypatch: pytest.MonkeyPatch,
):
    counter = TokenCounter(PACKAGED)
    text = "Sourdough, unhurried: 2 loaves a week (see the log)."
    size = counter.count(text)
    monkeypatch.setattr("twin_core.embedder.tokens._Runs._pieces", None)
    monkeypatch.setattr(counter, "_cutting", None)
    assert len(counter.ids([text])[0]) == size


@settings(max_examples=300, deadline=None)
@given(MIXED, MIXED)
def test_the_sizes_of_parted_texts_add_up(left: str, right: str):
    assert COUNTER.size(f"{left}\n{right}") == COUNTER.size(left) + COUNTER.size(right)


def test_the_table_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("twin_core.embedder.tokens.MAX_WORDS", 50)
    counter = TokenCounter(PACKAGED)
    text = " ".join(f"word{number}" for number in range(500))
    assert counter.count(text) == len(TOKENIZER.encode(text).ids)
    assert counter.ids([text]) == [CUT.encode(text).ids]
    assert counter._words is not None and len(counter._words) <= 50
    assert counter._ids is not None and len(counter._ids) <= 50


def variant(
    directory: Path, limit: int, *added: str | AddedToken
) -> tuple[TokenCounter, Tokenizer]:
    """The packaged tokenizer with tokens of a user's own, as fine-tuned models have them."""
    tokenizer = Tokenizer.from_file(str(model_directory(PACKAGED) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.add_tokens([*added])
    tokenizer.enable_truncation(limit)
    tokenizer.save(str(directory / "tokenizer.json"))
    (directory / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": limit}))
    return TokenCounter(str(directory)), tokenizer


@pytest.mark.parametrize(
    ("added", "additive"),
    [
        ("foo", True),
        ("a", True),
        ("<url>", True),
        (",", True),
        (AddedToken("foo", lstrip=True, rstrip=True), True),
        ("café", False),
        (" foo", False),
        (AddedToken("foo ", normalized=False), False),
        ("[X] y", False),
    ],
)
def test_tokens_that_a_model_adds_are_read_as_its_tokenizer_reads_them(
    tmp_path: Path, added: str | AddedToken, additive: bool
):
    counter, tokenizer = variant(tmp_path, 32, added)
    assert counter.additive is additive
    texts = ["fóod foo FOO yfóo <url>x", "bÅd yÅ a, ab", "cafe café cafeteria", "x foo  food [X] y"]
    assert counter.ids(texts) == [tokenizer.encode(text).ids for text in texts]
    assert [counter.count(text) for text in texts] == [
        len(tokenizer.encode(text).ids) for text in texts
    ]


@pytest.fixture
def byte_level(tmp_path: Path) -> Path:
    """A directory with a byte-level BPE tokenizer, as RoBERTa's and Qwen's models have."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    texts = [path.read_text(encoding="utf-8") for path in sorted(SAMPLE.rglob("*.md"))[:20]]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=1200, initial_alphabet=alphabet, show_progress=False)  # type: ignore[call-arg]
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 64}))
    return tmp_path


def test_other_tokenizers_count_every_text_themselves(byte_level: Path):
    counter = TokenCounter(str(byte_level))
    tokenizer = Tokenizer.from_file(str(byte_level / "tokenizer.json"))
    assert not counter.additive and counter.limit == 64
    for text in ("Two  spaces\n\nand a bread.", "日本語 🙂"):
        assert counter.count(text) == len(tokenizer.encode(text).ids)
        assert counter.ids([text]) == [tokenizer.encode(text).ids]
