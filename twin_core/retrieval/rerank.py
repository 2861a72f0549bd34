"""Reordering of the passages found: by words, for diversity, or by a cross-encoder."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from twin_core.errors import SettingError
from twin_core.index.base import Hit
from twin_core.retrieval.terms import content_words, spoken, stem, terms

Scorer = Callable[[str, Sequence[str]], Sequence[float]]  # (question, passages) → 0..1 each
SATURATION = 1.2  # BM25's k1: the second occurrence of a word says less than the first
IN_TITLE = 1.0  # an occurrence in title or heading counts as much as many in the text
WORDS = 0.5  # weight of the words against the order found


def by_words(question: str, hits: Sequence[Hit]) -> list[Hit]:
    """Hits by how much of the question they hold, each word weighed by its rarity among them, and
    by the order found. Scores 0..1."""
    wanted = list(map(stem, content_words(question)))
    if not wanted or not hits:
        return list(hits)
    texts = [Counter(stem(word) for word in spoken(hit.text)) for hit in hits]
    heads = [terms(f"{hit.title} {hit.heading}") for hit in hits]
    rarity = {
        term: math.log(
            1
            + len(hits)
            / (0.5 + sum(term in t or term in h for t, h in zip(texts, heads, strict=True)))
        )
        for term in wanted
    }
    most = sum(rarity.values())
    best = max(hit.score for hit in hits) or 1.0
    scored = []
    for hit, text, head in zip(hits, texts, heads, strict=True):
        held = sum(
            rarity[term]
            * max(text[term] / (text[term] + SATURATION), IN_TITLE * 0.5 * (term in head))
            for term in wanted
        )
        scored.append(replace(hit, score=(1 - WORDS) * hit.score / best + WORDS * held / most))
    return sorted(scored, key=lambda hit: -hit.score)


def diverse(hits: Sequence[Hit], weight: float) -> list[Hit]:
    """Maximal marginal relevance (Carbonell and Goldstein 1998): each next hit is good and says
    something new. weight: of the novelty, 0..1; likeness is that of the words."""
    left = list(hits)
    words = {hit.chunk_id: terms(hit.text) for hit in left}
    chosen: list[Hit] = []
    alike = dict.fromkeys(words, 0.0)
    while left:
        pick = max(left, key=lambda hit: (1 - weight) * hit.score - weight * alike[hit.chunk_id])
        left.remove(pick)
        chosen.append(pick)
        for hit in left:
            likeness = _jaccard(words[pick.chunk_id], words[hit.chunk_id])
            alike[hit.chunk_id] = max(alike[hit.chunk_id], likeness)
    return chosen


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a or b else 0.0


def by_cross_encoder(question: str, hits: Sequence[Hit], score: Scorer) -> list[Hit]:
    """Hits in the order of a model that reads question and passage together."""
    if not hits:
        return []
    scores = score(question, [f"{hit.title}. {hit.heading}\n{hit.text}" for hit in hits])
    scored = [replace(hit, score=float(value)) for hit, value in zip(hits, scores, strict=True)]
    return sorted(scored, key=lambda hit: -hit.score)


def cross_encoder(model: str) -> Scorer:
    """The cross-encoder in a directory, or of a hub id that is in the local cache (or may be
    downloaded); loaded with the first question."""

    def score(question: str, passages: Sequence[str]) -> list[float]:
        found = _cross_encoder(model).predict(
            [(question, passage) for passage in passages], show_progress_bar=False
        )
        return [float(value) for value in found]

    return score


@lru_cache(maxsize=1)
def _cross_encoder(model: str) -> Any:
    from sentence_transformers import CrossEncoder

    if Path(model).is_dir() and not (Path(model) / "config.json").is_file():
        raise _unusable(model, "it has no config.json")
    try:
        loaded = CrossEncoder(model, num_labels=1)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise _unusable(model, str(error).splitlines()[0]) from error
    return loaded


def _unusable(model: str, why: str) -> SettingError:
    return SettingError(
        f"the cross-encoder '{model}' cannot be loaded: {why}",
        "give the directory of a cross-encoder with one output in TWIN_RERANK_MODEL, "
        "set TWIN_ALLOW_HUB=true to download it, or unset it to rerank by words.",
    )
