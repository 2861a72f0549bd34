"""Token ids → padded arrays of similar lengths."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

TOKENS = 2048  # of a batch, padding included: its activations stay in the cache


def batches(
    ids: Sequence[Sequence[int]], pad: int, budget: int = TOKENS
) -> "Iterator[tuple[list[int], np.ndarray, np.ndarray]]":
    """(places in `ids`, ids, mask), longest texts first; every place once."""
    order = sorted(range(len(ids)), key=lambda place: -len(ids[place]))
    start = 0
    while start < len(order):
        width = len(ids[order[start]])
        places = order[start : start + max(1, budget // max(width, 1))]
        start += len(places)
        yield places, *_padded([ids[place] for place in places], width, pad)


def _padded(rows: Sequence[Sequence[int]], width: int, pad: int) -> "tuple[np.ndarray, np.ndarray]":
    import numpy as np

    tokens = np.full((len(rows), width), pad, dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    for place, row in enumerate(rows):
        tokens[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return tokens, mask
