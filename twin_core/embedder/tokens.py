"""Text as the embedder's own tokens, exactly, without loading the model: counted, and as ids.

BERT's tokenizer never joins what white space parts, so a text has the tokens of its words, and
words repeat: tables of words already read do the work. New words of plain letters are split by
WordPiece's own rule (greedy, longest first: Wu et al. 2016) here, all others by the tokenizer. What
the chunker has split to count it, the encoder of the same process has the ids of. Tokenizers of
other kinds (byte-level BPE, Unigram) read every text themselves.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import chain, islice
from typing import Any

from twin_core.embedder.files import model_directory, token_limit
from twin_core.errors import SettingError
from twin_core.fingerprint import file_hash

MAX_WORDS = 200_000  # about 20 MB, 70 at most; then the table begins anew
LONG_WORD = 40  # characters: counted, not kept. Without spaces whole paragraphs are words
_ODD_SPACES = "\x0b\x0c\x1c\x1d\x1e\x1f\x85"  # Python splits there, the tokenizer joins
_PARTS = re.compile(r"[A-Za-z0-9]+|[!-~]")
_COMMON = (*range(0xA0, 0x250), *range(0x2010, 0x2028), *range(0x2030, 0x205F))


class TokenCounter:
    """Counts and cuts text by the tokens of one model.

    name: names the tokenizer by its content. limit: tokens that the encoder reads, special ones
    included. special: how many of those it adds
    to every text. pad: id that fills a batch. additive: whether the sizes of texts parted by white
    space add up.
    """

    def __init__(self, model: str) -> None:
        from tokenizers import Tokenizer

        directory = model_directory(model)
        if not (directory / "tokenizer.json").is_file():
            raise SettingError(
                f"the embedding model {directory} has no tokenizer.json",
                "save it with a fast tokenizer (`SentenceTransformer(…).save_pretrained(…)`).",
            )
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self.pad: int = (self._tokenizer.padding or {}).get("pad_id", 0)
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.limit = token_limit(directory)
        self.name = file_hash(directory / "tokenizer.json")[:12]
        self.special: int = self._tokenizer.num_special_tokens_to_add(is_pair=False)
        form = json.loads(self._tokenizer.to_str())
        self.additive = _words_are_independent(form)
        self._words = _Words(self._tokenizer, form) if self.additive else None
        self._ids = None if self._words is None else _Ids(self._words)

    def count(self, text: str) -> int:
        """Tokens of the text with the special tokens that the encoder adds."""
        return self.size(text) + self.special

    def size(self, text: str) -> int:
        """Tokens of the text alone."""
        if self._words is None or _oddly_spaced(text):
            return len(self._tokenizer.encode(text, add_special_tokens=False))
        return sum(map(self._words.__getitem__, text.split()))

    def sizer(self, text: str) -> Callable[[int, int], int]:
        """`size` of parts of one text, given as start and end."""
        if self._words is None or _oddly_spaced(text):
            return lambda start, end: self.size(text[start:end])
        get = self._words.__getitem__
        return lambda start, end: sum(map(get, text[start:end].split()))

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text with the special ones, cut at the limit."""
        if self._ids is None:
            return [found.ids for found in self._cutting.encode_batch_fast(list(texts))]
        (first, last), room, get = self._around, self.limit - self.special, self._ids.__getitem__
        return [
            self._cutting.encode(text).ids
            if _oddly_spaced(text)
            else [*first, *islice(chain.from_iterable(map(get, text.split())), room), *last]
            for text in texts
        ]

    @cached_property
    def _around(self) -> tuple[list[int], list[int]]:
        """The special ids before and after a text."""
        found = self._tokenizer.encode("a")
        start = found.special_tokens_mask.index(0)
        return found.ids[:start], found.ids[start + len(found.ids) - self.special :]

    @cached_property
    def _cutting(self) -> Any:
        cutting = type(self._tokenizer).from_str(self._tokenizer.to_str())
        cutting.enable_truncation(self.limit)
        return cutting

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Character span of each token, special tokens left out."""
        return self._tokenizer.encode(text, add_special_tokens=False).offsets


def _oddly_spaced(text: str) -> bool:
    for space in _ODD_SPACES:  # on a whole article twenty times as fast as a pattern
        if space in text:
            return True
    return False


def _words_are_independent(form: dict[str, Any]) -> bool:
    parts = [(form.get(part) or {}).get("type") for part in ("normalizer", "pre_tokenizer")]
    added = [token["content"] for token in form.get("added_tokens", ())]
    return (
        parts == ["BertNormalizer", "BertPreTokenizer"]
        and form["model"].get("type") == "WordPiece"
        and form["model"]["unk_token"] in form["model"]["vocab"]
        # Others are matched across words, or in another form than they have (`café` as cafe).
        and all(content.isascii() and not re.search(r"\s", content) for content in added)
    )


class _Words(dict[str, int]):
    """Word between white space → its tokens."""

    def __init__(self, tokenizer: Any, form: dict[str, Any]) -> None:
        super().__init__()
        self._tokenizer = tokenizer
        self._runs = _Runs(form["model"])
        self._lower = bool(form["normalizer"].get("lowercase"))
        self._plain = _plain_equivalents(tokenizer)
        added = [token["content"] for token in form.get("added_tokens", ())]
        # `[SEP]` in a text is that token; words with such a beginning are the tokenizer's.
        self._added = re.compile("|".join(re.escape(content) for content in added) or r"(?!)", re.I)
        self._begins = {case for content in added for case in (content[0], content[0].swapcase())}

    def __missing__(self, word: str) -> int:
        if len(self) >= MAX_WORDS:
            self.clear()
        runs = self.split(word if word.isascii() else word.translate(self._plain), word)
        count = sum(map(len, runs)) if runs is not None else len(self.asked(word))
        if len(word) <= LONG_WORD:
            self[word] = count
        return count

    def split(self, plain: str, word: str) -> Iterable[tuple[int, ...]] | None:
        """Ids of each run of a word; None where the tokenizer has to be asked. plain: the word in
        characters of as many tokens."""
        if not (plain.isascii() and plain.isprintable()):
            return None
        if not self._begins.isdisjoint(plain) and self._added.search(plain):
            return None
        plain = plain.lower() if self._lower else plain
        if plain.isalpha():
            return (self._runs[plain],)
        return map(self._runs.__getitem__, _PARTS.findall(plain))

    def asked(self, word: str) -> list[int]:
        return self._tokenizer.encode(word, add_special_tokens=False).ids


class _Ids(dict[str, tuple[int, ...]]):
    """Word between white space → the ids of its tokens."""

    def __init__(self, words: _Words) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) >= MAX_WORDS:
            self.clear()
        runs = self._words.split(word, word)
        ids = tuple(self._words.asked(word) if runs is None else chain.from_iterable(runs))
        if len(word) <= LONG_WORD:
            self[word] = ids
        return ids


class _Runs(dict[str, tuple[int, ...]]):
    """Run of ASCII letters and digits, or one mark → the ids of its WordPiece tokens."""

    def __init__(self, model: dict[str, Any]) -> None:
        super().__init__()
        self._vocabulary: dict[str, int] = model["vocab"]
        self._unknown = (self._vocabulary[model["unk_token"]],)
        self._continued = model["continuing_subword_prefix"]
        self._longest = max(map(len, self._vocabulary), default=1)
        self._limit = model["max_input_chars_per_word"]

    def __missing__(self, run: str) -> tuple[int, ...]:
        if len(self) >= MAX_WORDS:
            self.clear()
        if len(run) > self._limit:
            ids = self._unknown
        else:
            whole = self._vocabulary.get(run)
            ids = self._pieces(run) if whole is None else (whole,)
        if len(run) <= LONG_WORD:
            self[run] = ids
        return ids

    def _pieces(self, run: str) -> tuple[int, ...]:
        """Greedy longest match from the left; unknown where nothing matches."""
        ids: list[int] = []
        start, prefix, get = 0, "", self._vocabulary.get
        while start < len(run):
            end, found = min(len(run), start + self._longest), None
            while end > start and (found := get(prefix + run[start:end])) is None:
                end -= 1
            if found is None:
                return self._unknown
            ids.append(found)
            start, prefix = end, self._continued
        return tuple(ids)


def _plain_equivalents(tokenizer: Any) -> dict[int, str]:
    """Accented letters and typographic marks → ASCII of as many tokens, asked of the tokenizer
    itself; characters that have none are left out."""
    found: dict[int, str] = {}
    for code in _COMMON:
        normal = tokenizer.normalizer.normalize_str(chr(code))
        if normal.isascii() and normal.isalpha():
            found[code] = normal
        elif len(tokenizer.pre_tokenizer.pre_tokenize_str(f"a{normal}a")) == 3:
            found[code] = ","  # a mark that stands alone
    return found
