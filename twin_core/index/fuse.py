"""One ranking out of two: by vector and by words."""

from collections.abc import Hashable, Sequence
from typing import Literal, TypeVar

RANK_OFFSET = 60  # Cormack, Clarke and Büttcher 2009: damps the weight of the very first ranks
DEPTH = 50  # places of each ranking that are fused, at least; a hit below both is not worth citing

Key = TypeVar("Key", bound=Hashable)


def fuse(
    nearest: Sequence[tuple[Key, float]],
    matched: Sequence[tuple[Key, float]],
    alpha: float,
    fusion: Literal["rrf", "relative"],
) -> list[tuple[Key, float]]:
    """Both rankings, (key, score) best first, as one with scores in 0..1, best first.

    alpha: weight of the first, in 0..1. Ties keep the order of the first ranking, then of the
    second.
    """
    weigh = _by_rank if fusion == "rrf" else _by_score
    total: dict[Key, float] = {}
    for weight, ranking in ((alpha, nearest), (1 - alpha, matched)):
        if not weight:
            continue
        for key, share in zip((key for key, _ in ranking), weigh(ranking), strict=True):
            total[key] = total.get(key, 0.0) + weight * share
    return sorted(total.items(), key=lambda item: -item[1])


def _by_rank(ranking: Sequence[tuple[Key, float]]) -> list[float]:
    return [(RANK_OFFSET + 1) / (RANK_OFFSET + 1 + place) for place in range(len(ranking))]


def _by_score(ranking: Sequence[tuple[Key, float]]) -> list[float]:
    scores = [score for _, score in ranking]
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    return [(score - low) / (high - low) if high > low else 1.0 for score in scores]
