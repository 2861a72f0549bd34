"""Passages → notes within a budget of words, each cut to what matters for the question."""

import re
from collections.abc import Sequence
from dataclasses import replace

from twin_core.index.base import Hit
from twin_core.retrieval.terms import terms
from twin_core.template import as_notes

_SENTENCE = re.compile(r"[^\n]*?[.!?…][\"'”’)\]]*(?=\s)|[^\n]+", re.DOTALL)


def pack(question: str, hits: Sequence[Hit], words: int) -> tuple[str, list[Hit]]:
    """(notes of at most `words` words of passages, the passages as they stand in them).

    The n-th note is the n-th passage. A passage that needs less than its share leaves the rest to
    the others; each is one verbatim span, so that its citation says exactly what was read.
    """
    shares = share(words, [len(hit.text.split()) for hit in hits])
    kept = [
        focus(question, hit, count) for hit, count in zip(hits, shares, strict=True) if count > 0
    ]
    return as_notes([(hit.title, " ".join(hit.text.split())) for hit in kept]), kept


def share(budget: int, needs: Sequence[int]) -> list[int]:
    """The budget divided evenly, none getting more than it needs; what is odd goes to the first."""
    shares = [0] * len(needs)
    waiting = sorted(range(len(needs)), key=lambda i: (needs[i], -i))
    for place, i in enumerate(waiting):
        shares[i] = min(needs[i], budget // (len(waiting) - place))
        budget -= shares[i]
    return shares


def focus(question: str, hit: Hit, words: int) -> Hit:
    """The passage narrowed to a run of whole sentences with at most `words` words that holds most
    of the question's; of equals, the first and longest."""
    if len(hit.text.split()) <= words:
        return hit
    sentences = [match.span() for match in _SENTENCE.finditer(hit.text) if match.group().strip()]
    sizes = [len(hit.text[a:b].split()) for a, b in sentences]
    wanted = terms(question)
    held = [wanted & terms(hit.text[a:b]) for a, b in sentences]
    best: tuple[int, int, int, int] | None = None
    for first in range(len(sentences)):
        size, found, last = 0, set[str](), first
        while last < len(sentences) and size + sizes[last] <= words:
            size, found, last = size + sizes[last], found | held[last], last + 1
        if last > first and (best is None or (len(found), size) > best[:2]):
            best = (len(found), size, first, last)
    if best is None:
        return _cut(hit, words)
    start, end = sentences[best[2]][0], sentences[best[3] - 1][1]
    return _slice(hit, start, end)


def _cut(hit: Hit, words: int) -> Hit:
    """The first words, where no sentence fits."""
    ends = [match.end() for match in re.finditer(r"\S+", hit.text)]
    return _slice(hit, 0, ends[words - 1])


def _slice(hit: Hit, start: int, end: int) -> Hit:
    text = hit.text[start:end]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    return replace(hit, text=text, start=hit.start + start, end=hit.start + start + len(text))
