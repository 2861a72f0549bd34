"""Passages → notes within a budget of tokens, each cut to what matters for the question."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from twin_core.embedder import PACKAGED, TokenCounter
from twin_core.index.base import Hit
from twin_core.retrieval.terms import terms
from twin_core.template import as_notes

LEAST = 8  # tokens of text without which a further note is not worth its title
LONG_WORD = 40  # characters
MAX_TITLE = 0.5  # of a note's share: a longer title is cut
_SENTENCE = re.compile(
    r"[^\n]*?(?:[.!?…][\"'”’)\]]*(?=\s)|[。！？｡]+[」』）\"”’]*)|[^\n]+"  # noqa: RUF001
)
# The first line of a fenced block of code, also in a quotation or list (CommonMark 0.31, 4.5).
_FENCE = re.compile(r"((?:[\s>]|(?:[-*+]|\d{1,9}[.)])[ \t])*)(`{3,}(?=[^`]*$)|~{3,})")
_NOTE_HEAD = re.compile(r"\s*\[\d+\]")
# A line of a list or table, indented, or with what ends a line of code.
_OWN_LINE = re.compile(r"^(?:\s*(?:[-*+]|\d+[.)])\s|\s*\||  |\t)|[{};]\s*$| [-+*/:]?= |^\w+\(.*\)$")
Size = Callable[[str], int]  # tokens of a text


@lru_cache(maxsize=1)
def _packaged() -> TokenCounter:
    return TokenCounter(PACKAGED)


def packaged_size(text: str) -> int:
    """Tokens by the packaged embedder, for callers that have no model of their own."""
    return _packaged().size(text)


def model_size(directory: str | Path) -> Size | None:
    """How a model's own tokenizer counts; None where its directory has none."""
    path = Path(directory) / "tokenizer.json"
    return _model_size(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=4)
def _model_size(path: Path, _modified: int) -> Size:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False))


def pack(
    question: str, hits: Sequence[Hit], tokens: int, size: Size = packaged_size
) -> tuple[str, list[Hit]]:
    """(notes of at most `tokens` tokens, numbers and titles included; the passages in them).

    The n-th note is the n-th passage. A passage that needs less than its share leaves the rest to
    the others; each is one verbatim span, so that its citation says exactly what was read. Those
    for which there is no room are dropped from the end.
    """
    for count in range(len(hits), 0, -1):
        most = int(MAX_TITLE * tokens / count)
        titles = [_longest(hit.title, most, size) for hit in hits[:count]]
        packed = _packed(question, hits[:count], titles, tokens, size)
        if packed is not None:
            return packed
    return "", []


def _packed(
    question: str, hits: Sequence[Hit], titles: Sequence[str], tokens: int, size: Size
) -> tuple[str, list[Hit]] | None:
    """The notes, every passage cut to its share; None where there is no room for all."""
    heads = [size(as_notes([(title, "")])) + 1 for title in titles]
    needs = [size(_plain(hit.text)) for hit in hits]
    least = [min(need, LEAST if len(hits) > 1 else 1) for need in needs]
    budget = tokens - sum(heads)
    while budget > 0:
        rooms = share(budget, needs)
        if any(room < few for room, few in zip(rooms, least, strict=True)):
            return None
        kept = [focus(question, hit, room, size) for hit, room in zip(hits, rooms, strict=True)]
        if not all(hit.text for hit in kept):
            return None
        texts = [_plain(hit.text) for hit in kept]
        notes = as_notes(list(zip(titles, texts, strict=True)))
        excess = size(notes) - tokens
        if excess <= 0:
            return notes, kept
        budget = min(budget, sum(needs)) - excess  # a tokenizer may count more for the whole
    return None


def share(budget: int, needs: Sequence[int]) -> list[int]:
    """The budget divided evenly, none getting more than it needs; what is odd goes to the first."""
    shares = [0] * len(needs)
    waiting = sorted(range(len(needs)), key=lambda i: (needs[i], -i))
    for place, i in enumerate(waiting):
        shares[i] = min(needs[i], budget // (len(waiting) - place))
        budget -= shares[i]
    return shares


def focus(question: str, hit: Hit, tokens: int, size: Size = packaged_size) -> Hit:
    """The passage narrowed to a run of whole sentences of at most `tokens` tokens that holds most
    of the question's words; of equals, the first and longest. Where no sentence fits, its
    beginning."""
    if size(_plain(hit.text)) <= tokens:
        return hit
    sentences = _sentences(hit.text)
    sizes = [size(_plain(hit.text[a:b])) for a, b in sentences]
    wanted = terms(question)
    held = [wanted & terms(hit.text[a:b]) for a, b in sentences]
    best: tuple[int, int, int, int] | None = None
    for first in range(len(sentences)):
        room, found, last = 0, set[str](), first
        while last < len(sentences) and room + sizes[last] <= tokens:
            room, found, last = room + sizes[last], found | held[last], last + 1
        if last > first and (best is None or (len(found), room) > best[:2]):
            best = (len(found), room, first, last)
    code = {start for start, _ in _code(hit.text)}
    prose = (span for span in sentences if span[0] not in code)
    start, end = next(prose, (0, len(hit.text)))
    if best:
        _, _, first, last = best
        start, end = sentences[first][0], sentences[last - 1][1]
        # Together they may be more than one by one.
        while last - first > 1 and size(_plain(hit.text[start:end])) > tokens:
            last -= 1
            end = sentences[last - 1][1]
    return _slice(hit, start, start + len(_longest(hit.text[start:end], tokens, size)))


def _sentences(text: str) -> list[tuple[int, int]]:
    """Where the text's sentences are; a fenced block of code is one."""
    spans: list[tuple[int, int]] = []
    code = _code(text)
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        if spans and any(first < start < last for first, last in code):
            spans[-1] = spans[-1][0], end
        elif match.group().strip():
            spans.append((start, end))
    return spans


def _code(text: str) -> list[tuple[int, int]]:
    """Where the fenced blocks of code are, each up to the end of its last line; one that is not
    closed ends with the text."""
    spans: list[tuple[int, int]] = []
    fence, around, margin, begun, place = "", "", 0, 0, 0
    for line in text.split("\n"):
        opens = _FENCE.match(line)
        said = line.strip(around)
        deeper = len(line) - len(line.lstrip(around)) > margin  # a line of the code
        if fence and said.startswith(fence) and not said.strip(fence[0]) and not deeper:
            spans.append((begun, place + len(line)))
            fence = ""
        elif not fence and opens:
            fence, margin, begun = opens[2], len(opens[1]) + 3, place
            around = " \t>" if ">" in opens[1] else " \t"
        place += len(line) + 1
    return [*spans, (begun, len(text))] if fence else spans


def _longest(text: str, tokens: int, size: Size) -> str:
    """The longest beginning of at most `tokens` tokens, at a word's end; within a word only where
    it is as long as they are in scripts without spaces."""
    ends = [0, *(match.end() for match in re.finditer(r"\S+", text))]
    words = _most(ends, lambda end: size(_plain(text[:end])) <= tokens)
    if words == len(ends) - 1:
        return text
    start, end = ends[words], ends[words + 1]
    if len(text[start:end].strip()) <= LONG_WORD:
        return text[:start]
    cuts = range(start, end)
    return text[: cuts[_most(cuts, lambda cut: size(_plain(text[:cut])) <= tokens)]]


def _most(places: Sequence[int], fits: Callable[[int], bool]) -> int:
    """Index of the last of the places, in order, that fits; the first one always does."""
    low, high = 0, len(places)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(places[middle]) else (low, middle)
    return low


def _slice(hit: Hit, start: int, end: int) -> Hit:
    text = hit.text[start:end]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    return replace(hit, text=text, start=hit.start + start, end=hit.start + start + len(text))


def _plain(text: str) -> str:
    """The text as it stands in a note: prose on one line; code, tables and lists on theirs, without
    blank lines. A line that could pass for the head of a note stays with the one before."""
    said, kept, place = [], True, 0
    code = _code(text)
    for line in text.split("\n"):
        here, place = place, place + len(line) + 1
        if not line.strip():
            continue
        fenced = any(start <= here < end for start, end in code)
        own = fenced or bool(_OWN_LINE.search(line))
        apart = bool(said) and (own or kept) and not _NOTE_HEAD.match(line)
        said.append(("\n" if apart else " " if said else "") + _spaced(line, own and apart))
        kept = own
    return "".join(said).strip()


def _spaced(line: str, own: bool) -> str:
    return line.rstrip() if own else " ".join(line.split())
