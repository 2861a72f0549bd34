"""Nearest rows of a matrix that is in memory: all scanned, or a short list made by signs.

A row's signs say on which side of each of `BITS` hyperplanes it lies; the fewer of them differ from
a query's, the nearer the row is likely to be (Charikar 2002). The planes are random rotations of
the axes about the mean of the rows, so that each tells as much as any other (Gao and Long 2024).
The list is scored in full: what is returned has its true cosine and place.

The list holds a `SHARE`th of all rows and `EACH` for each that is asked for, and more where that is
not enough: half as many again as hold `RECALL` of the true neighbours of a sample of queries. These
are mixtures of rows, near and far, since questions lie between the passages rather than upon them.
"""

from dataclasses import dataclass
from typing import Any

Array = Any  # numpy is imported inside the functions

BITS = 512
# Rows below which all are scanned: a millisecond at 384 dimensions. A scan misses nothing.
WORTH_SIGNS = 16_384
NEAREST, DEEP = 10, 50  # neighbours asked for: by a search by vector, by one of both kinds
SHARE, EACH = 128, 16
RECALL = 0.98
WORTH_LISTING = 8  # a list of more than 1 in 8 rows is not made
MARGIN = 1.5  # times the list that was enough for the sample
SAMPLE = 48  # queries of each sort
NOISES = (0.3, 1.0, 2.0)  # lengths, where rows lie a length of 1 from their mean
_BLOCK = 4096  # rows whose signs are taken at a time: 8 MB of projections


@dataclass(frozen=True)
class Signs:
    """words: uint64, BITS/64 × rows. planes: BITS × width. middle: the mean of the rows. lengths:
    of the list for up to NEAREST, and up to DEEP, rows asked for."""

    words: Array
    planes: Array
    middle: Array
    lengths: tuple[int, int] = (0, 0)

    def length(self, k: int) -> int:
        """Rows on the list when k are asked for, at least."""
        near, deep = self.lengths
        return near if k <= NEAREST else deep * -(-k // DEEP)

    def serve(self, k: int) -> bool:
        """Whether the list is short enough to be quicker than a scan of all rows."""
        return self.length(k) * WORTH_LISTING < self.words.shape[1]


def best(scores: Array, k: int) -> Array:
    """Positions of the k greatest scores, greatest first; of equals, the first."""
    import numpy as np

    if k < len(scores):
        some = np.argpartition(-scores, k - 1)[:k]
        some.sort()
    else:
        some = np.arange(len(scores))
    return some[np.argsort(-scores[some], kind="stable")]


def signs_of(matrix: Array) -> Signs:
    """The signs of unit-length rows; the same for the same rows. Half a second for 50,000."""
    import numpy as np

    planes, middle = _planes(matrix.shape[1]), matrix.mean(axis=0)
    words = np.empty((BITS // 64, len(matrix)), np.uint64)
    for at in range(0, len(matrix), _BLOCK):
        part = (matrix[at : at + _BLOCK] - middle) @ planes.T
        words[:, at : at + _BLOCK] = _packed(part).T
    needed = _needed(Signs(words, planes, middle), matrix)
    near, deep = (
        max(round(MARGIN * most), len(matrix) // SHARE + EACH * k)
        for k, most in zip((NEAREST, DEEP), needed, strict=True)
    )
    return Signs(words, planes, middle, (near, deep))


def by_signs(signs: Signs, matrix: Array, query: Array, k: int) -> tuple[Array, Array]:
    """(row numbers, cosines) of the k nearest rows of the short list, nearest first; matrix: the
    rows that the signs are of."""
    import numpy as np

    differ, within = _differing(signs, query)
    rows = np.flatnonzero(differ <= np.searchsorted(within, max(k, signs.length(k))))
    scores = np.vecdot(matrix[rows], query)
    top = best(scores, k)
    return rows[top], scores[top]


def _differing(signs: Signs, query: Array) -> tuple[Array, Array]:
    """(how many signs of each row are not the query's; rows that differ in so many or fewer)."""
    import numpy as np

    # vecdot keeps to this thread: BLAS would wake others for so small a product, and wait for them
    # (8 ms instead of 1 on a busy machine of two cores).
    asked = _packed(np.vecdot(signs.planes, query - signs.middle)[None])[0]
    count = signs.words.shape[1]
    differ, word, ones = (np.zeros(count, kind) for kind in (np.uint16, np.uint64, np.uint8))
    for words, bits in zip(signs.words, asked, strict=True):
        np.bitwise_count(np.bitwise_xor(words, bits, out=word), out=ones)
        differ += ones
    return differ, np.cumsum(np.bincount(differ, minlength=BITS + 1))


def _needed(signs: Signs, matrix: Array) -> tuple[int, int]:
    """The length of list that holds RECALL of the NEAREST, and of the DEEP, of either sort."""
    import numpy as np

    near, deep = 1, 1
    for noise in NOISES:
        queries = _mixtures(matrix, noise)
        places: list[Array] = []  # of the nearest on a list that would hold all rows
        for query, scores in zip(queries, (matrix @ queries.T).T, strict=True):
            differ, within = _differing(signs, query)
            places.append(within[differ[best(scores, DEEP)]])
        held = np.stack(places)
        near = max(near, int(np.quantile(held[:, :NEAREST], RECALL)))
        deep = max(deep, int(np.quantile(held, RECALL)))
    return near, deep


def _mixtures(matrix: Array, noise: float) -> Array:
    """Queries as questions are: near one row, but nearer to what lies between it and others."""
    import numpy as np

    chooser = np.random.default_rng(2)
    first, second, some = (matrix[chooser.choice(len(matrix), n)] for n in (SAMPLE, SAMPLE, 256))
    # A sum of many rows by random weights is noise that varies as the rows do.
    drawn = chooser.standard_normal((SAMPLE, len(some))) @ (some - some.mean(axis=0))
    middle = matrix.mean(axis=0)
    spread = np.sqrt(max(0.0, np.einsum("ij,ij->", some, some) / len(some) - middle @ middle))
    away = noise * spread * unit(drawn)
    return unit(0.6 * first + 0.4 * second + away).astype(matrix.dtype)


def unit(rows: Array) -> Array:
    """Rows of length 1; the same array where they have it already."""
    import numpy as np

    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    if np.all(np.abs(lengths - 1) < 1e-3):
        return rows
    return rows / np.maximum(lengths, 1e-12)[:, None]


def _packed(sides: Array) -> Array:
    import numpy as np

    return np.packbits(sides > 0, axis=1).view(np.uint64)


def _planes(width: int) -> Array:
    """BITS unit vectors, in sets that are at right angles."""
    import numpy as np

    chooser = np.random.default_rng(1)
    sets = [
        np.linalg.qr(chooser.standard_normal((width, width)))[0] for _ in range(-(-BITS // width))
    ]
    return np.concatenate(sets)[:BITS].astype(np.float32)
