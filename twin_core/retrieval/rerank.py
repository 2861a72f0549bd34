"""Reordering of the passages found: by words, for diversity, or by a cross-encoder."""

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from twin_core.errors import SettingError
from twin_core.index.base import Hit
from twin_core.progress import log
from twin_core.retrieval.terms import content_words, spoken, stem, terms

Scorer = Callable[[str, Sequence[str]], Sequence[float]]  # (question, passages) → 0..1 each
SATURATION = 1.2  # BM25's k1: the second occurrence of a word says less than the first
IN_TITLE = 1.0  # an occurrence in title or heading counts as much as many in the text
WORDS = 0.5  # weight of the words against the order found
KIND = "ForSequenceClassification"
HEADS = {"classifier", "classification_head", "score", "logits_proj", "sequence_summary"}


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


def spread(hits: Sequence[Hit], doc_ids: Sequence[str]) -> list[Hit]:
    """The best hit of each document, then the second of each, and so on; the documents, which have
    all hits, in this order."""
    order = {doc: place for place, doc in enumerate(doc_ids)}
    seen: Counter[str] = Counter()
    turns: list[tuple[int, int]] = []
    for hit in hits:
        turns.append((seen[hit.doc_id], order[hit.doc_id]))
        seen[hit.doc_id] += 1
    return [hit for _, hit in sorted(zip(turns, hits, strict=True), key=lambda pair: pair[0])]


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a or b else 0.0


def by_cross_encoder(question: str, hits: Sequence[Hit], score: Scorer) -> list[Hit]:
    """Hits in the order of a model that reads question and passage together; by words where it
    gives anything but numbers."""
    if not hits:
        return []
    found = score(question, [f"{hit.title}. {hit.heading}\n{hit.text}" for hit in hits])
    scores = [float(value) for value in found]
    if not all(map(math.isfinite, scores)):
        _tell_of_scores()
        return by_words(question, hits)
    scored = [replace(hit, score=value) for hit, value in zip(hits, scores, strict=True)]
    return sorted(scored, key=lambda hit: -hit.score)


@lru_cache(maxsize=1)  # once: it would be said with every question
def _tell_of_scores() -> None:
    log.warning(
        "the cross-encoder gives scores that are no numbers (NaN, infinite); passages are ordered "
        "by words instead. Remedy: set TWIN_RERANK_MODEL to another model, or unset it."
    )


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

    require(model)
    try:
        loaded = CrossEncoder(model, num_labels=1)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise _unusable(model, str(error).splitlines()[0]) from error
    return loaded


def require(model: str) -> None:
    """`SettingError` where its files are not those of a cross-encoder, for which the library would
    draw a head at random; loads none of its weights."""
    try:
        folder = Path(model) if Path(model).is_dir() else _snapshot(model)
        if not (folder / "config.json").is_file():
            raise _unusable(model, "it has no config.json")
        config = json.loads((folder / "config.json").read_bytes())
        weights = _weights(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(model, str(error).splitlines()[0]) from error
    kinds = config.get("architectures") if isinstance(config, dict) else None
    if not any(str(kind).endswith(KIND) for kind in kinds or ()):
        raise _unusable(model, f"it is {kinds or 'a model of no stated kind'}, not one {KIND}")
    if folder == Path(model) and not weights and not any(folder.glob("*.bin")):
        raise _unusable(model, "it has no weights")
    if weights and not any(HEADS.intersection(name.split(".")) for name in weights):
        raise _unusable(model, "its weights have no classifier")


def _snapshot(model: str) -> Path:
    """The folder in the hub's cache, with the configuration at least."""
    from huggingface_hub import hf_hub_download

    return Path(hf_hub_download(model, "config.json")).parent


def _weights(folder: Path) -> list[str]:
    """Names of the weights, from the head of the file; none where they are not in safetensors."""
    sharded = folder / "model.safetensors.index.json"
    if sharded.is_file():
        return list(json.loads(sharded.read_bytes())["weight_map"])
    path = folder / "model.safetensors"
    if not path.is_file():
        return []
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        return list(json.loads(file.read(min(size, path.stat().st_size))))


def _unusable(model: str, why: str) -> SettingError:
    return SettingError(
        f"the cross-encoder '{model}' cannot be loaded: {why}",
        "give the directory of a cross-encoder with one output in TWIN_RERANK_MODEL, "
        "set TWIN_ALLOW_HUB=true to download it, or unset it to rerank by words.",
    )
