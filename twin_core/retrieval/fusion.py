"""One ranking out of several, one for each wording of a question."""

from collections.abc import Sequence
from dataclasses import replace

from twin_core.index.base import Hit

RANK_OFFSET = 60  # Cormack, Clarke and Büttcher 2009
GUESS = 0.5  # weight of a wording of ours beside the question as it was asked


def fuse_wordings(rankings: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The hits of all rankings by reciprocal ranks, the first ranking weighing most; scores 0..1.

    A hit keeps the cosine of the first ranking that has it: the question's own where it found it.
    """
    if len(rankings) == 1:
        return list(rankings[0])
    weights = [1.0, *[GUESS] * (len(rankings) - 1)]
    total: dict[str, float] = {}
    first: dict[str, Hit] = {}
    for weight, ranking in zip(weights, rankings, strict=True):
        for rank, hit in enumerate(ranking):
            share = weight * (RANK_OFFSET + 1) / (RANK_OFFSET + 1 + rank)
            total[hit.chunk_id] = total.get(hit.chunk_id, 0.0) + share / sum(weights)
            first.setdefault(hit.chunk_id, hit)
    order = sorted(total, key=lambda name: -total[name])
    return [replace(first[name], score=min(1.0, total[name])) for name in order]
