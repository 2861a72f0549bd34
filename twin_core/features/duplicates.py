"""Copies of one document, exact and near, across an author's sources: MinHash with verification.

Candidates come from locality-sensitive hashing (Broder 1997; Leskovec, Rajaraman and Ullman 2014,
ch. 3): 25 bands of 5 slots let a pair of similarity 0.8 slip through once in 20,000 times. Each
candidate is then judged by the whole sketch and by what its blocks say. Documents are numbered in
canonical order, earliest first, so the result does not depend on the rows' order.
"""

from collections.abc import Sequence

import numpy as np

from twin_core.features.shingles import MAX_COUNT, SLOTS, mixed

BANDS, ROWS = 25, 5
SIMILAR = 0.73  # estimated; two standard errors below 0.8, at which copies are meant to be found
FULLER = 1.05  # times the words of the earliest: more than what a platform adds
NEIGHBOURS = 8  # candidates that a document has within a bucket, besides the bucket's first
_STEP = np.uint64(0x9E3779B97F4A7C15)

Pairs = tuple[np.ndarray, np.ndarray]


def candidates(sketches: np.ndarray) -> Pairs:
    """Pairs (a < b) of rows that agree in all slots of some band."""
    count = len(sketches)
    if count < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    slots = sketches[:, : BANDS * ROWS].astype(np.uint64).reshape(count, BANDS, ROWS)
    keys = np.broadcast_to(np.arange(BANDS, dtype=np.uint64), (count, BANDS)) * _STEP
    for row in range(ROWS):
        keys = mixed(keys ^ slots[:, :, row])
    numbers = np.arange(count, dtype=np.uint64)[:, None]
    low = np.uint64((1 << count.bit_length()) - 1)  # one sort of plain numbers: hash, then row
    packed = np.sort(((keys & ~low) | numbers).ravel())
    flat, rows = packed & ~low, (packed & low).astype(np.int64)
    shared = np.zeros(len(flat), bool)  # most buckets hold one document
    shared[1:] = flat[1:] == flat[:-1]
    shared[:-1] |= shared[1:]
    flat, rows = flat[shared], rows[shared]
    first = np.ones(len(flat), bool)
    first[1:] = flat[1:] != flat[:-1]
    heads = rows[np.maximum.accumulate(np.where(first, np.arange(len(flat)), 0))]
    codes = [heads[~first] * count + rows[~first]]
    for step in range(1, min(NEIGHBOURS + 1, len(flat))):
        same = flat[step:] == flat[:-step]
        codes.append(rows[:-step][same] * count + rows[step:][same])
    codes = np.sort(np.concatenate(codes))
    codes = codes[np.diff(codes, prepend=-1) > 0]
    return codes // count, codes % count


def similarity(sketches: np.ndarray, pairs: Pairs) -> np.ndarray:
    """Estimated Jaccard similarity of each pair."""
    equal = np.zeros(len(pairs[0]), np.int64)
    for slot in range(SLOTS):
        column = sketches[:, slot]
        equal += column[pairs[0]] == column[pairs[1]]
    return equal / SLOTS


def groups(count: int, edges: Sequence[Pairs]) -> np.ndarray:
    """For each of `count` documents the least number in its connected component."""
    left, right = (np.concatenate([pairs[side] for pairs in edges]) for side in (0, 1))
    label = np.arange(count)
    while True:
        lower = label.copy()
        np.minimum.at(lower, label[left], label[right])
        np.minimum.at(lower, label[right], label[left])
        lower = lower[lower]
        if (lower == label).all():
            return label
        label = lower


def canonical(same: np.ndarray, near: Pairs) -> np.ndarray:
    """For each document the one that stands for it: the least of its exact copies, or the earliest
    that it is near to and that stands for itself.

    Nearness is not passed on: in a series where each resembles the one before, the last may share
    nothing with the first. same: the least document that is the same, for each.
    """
    stands = same.copy()
    left, right = np.sort(same[np.stack(near)], axis=0)
    for place in np.lexsort((left, right)):
        first, later = left[place], right[place]
        if first != later and stands[first] == first and stands[later] == later:
            stands[later] = first
    return stands[same]


def fullest(stands: np.ndarray, words: np.ndarray) -> np.ndarray:
    """`canonical`, where a much fuller copy takes the place of the earliest: an edition with an
    added part would be lost, where the first has nothing that it lacks. words: of each document."""
    best = stands.copy()  # for each that stands, who will
    for place in np.argsort(-words, kind="stable"):
        chief = stands[place]
        if best[chief] == chief and words[place] > FULLER * words[chief]:
            best[chief] = place
    return best[stands]


def exact(documents: np.ndarray, blocks: np.ndarray, count: int) -> Pairs:
    """Pairs of documents whose blocks are the same; those without a word are no one's copies.

    documents: the number of the document of each of `blocks`, ascending.
    """
    words = words_of(documents, blocks, count)
    sizes = np.bincount(documents, minlength=count)
    starts = np.cumsum(sizes) - sizes
    place = (np.arange(len(blocks)) - starts[documents]).astype(np.uint64)
    sums = np.concatenate(
        ([np.uint64(0)], np.cumsum(mixed(blocks + place * _STEP), dtype=np.uint64))
    )
    whole = sums[starts + sizes] - sums[starts]
    said = np.flatnonzero(words > 0)
    _, first, which = np.unique(whole[said], return_index=True, return_inverse=True)
    copy = first[which] != np.arange(len(said))
    return said[first[which]][copy], said[copy]


def verified(
    pairs: Pairs,
    alike: np.ndarray,
    documents: np.ndarray,
    blocks: np.ndarray,
    recurring: np.ndarray,
    count: int,
) -> Pairs:
    """The pairs that are alike without what their site repeats in all its documents.

    alike: similarity of each pair. recurring: which of `blocks` the site repeats.
    """
    both = _shared_words(documents[recurring], blocks[recurring], pairs, count)
    words = words_of(documents, blocks, count)
    union = (words[pairs[0]] + words[pairs[1]]) / (1 + alike)
    own = np.maximum(union - both, 1)
    real = (alike * union - both) / own >= SIMILAR * (both > 0)
    return pairs[0][real], pairs[1][real]


def words_of(documents: np.ndarray, blocks: np.ndarray, count: int) -> np.ndarray:
    return np.bincount(documents, blocks & np.uint64(MAX_COUNT), minlength=count)


def _shared_words(
    documents: np.ndarray, blocks: np.ndarray, pairs: Pairs, count: int
) -> np.ndarray:
    """For each pair the words of those of these blocks that both documents have."""
    edges = np.searchsorted(documents, np.arange(count + 1))
    sizes = np.diff(edges)
    both = np.flatnonzero((sizes[pairs[0]] > 0) & (sizes[pairs[1]] > 0))
    sides = []
    for one in (pairs[0][both], pairs[1][both]):
        pair = np.repeat(both, sizes[one])
        block = blocks[within(edges[one], sizes[one])]
        key, place = np.unique(mixed(block + mixed(pair.astype(np.uint64))), return_index=True)
        sides.append((key, pair[place], block[place] & np.uint64(MAX_COUNT)))
    (key, pair, words), (other, *_) = sides
    found = np.isin(key, other)
    return np.bincount(pair[found], words[found], minlength=len(pairs[0]))


def within(starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Places start, start + 1, … of runs of these sizes, one run after the other."""
    before = np.cumsum(sizes) - sizes
    return np.arange(sizes.sum()) + np.repeat(starts - before, sizes)
