"""Nearest rows of a matrix that is in memory: exact, or by cells once they have been learnt.

Cells (IVF-flat: Sivic and Zisserman 2003; Jégou et al. 2011) are k-means clusters whose rows lie
side by side, so that a query reads a few of them in sequence. How many it reads is not a setting:
it is the smallest number that finds `RECALL` of the true neighbours for a sample of the rows.
"""

from dataclasses import dataclass
from typing import Any

Array = Any  # numpy is imported inside the functions

WORTH_CELLS = 4096  # rows below which a full scan is as quick (0.5 ms at 384 dimensions)
ROWS_PER_CELL = 32  # measured on 50,000 × 384: 0.7 ms at recall 0.98; with 128 rows 1.2 ms
LEARN_FROM = 20_000  # rows that k-means sees
ROUNDS = 4
RECALL = 0.985
SAMPLE = 256
NEAREST = 10


@dataclass(frozen=True)
class Cells:
    """centroids (cells × width); order: row numbers by cell; starts: where each cell begins in
    order; matrix: the rows in that order; probes: cells that a query reads."""

    centroids: Array
    order: Array
    starts: Array
    matrix: Array
    probes: int


def best(scores: Array, k: int) -> Array:
    """Positions of the k greatest scores, greatest first; of equals, the first."""
    import numpy as np

    if k < len(scores):
        some = np.argpartition(-scores, k - 1)[:k]
        some.sort()
    else:
        some = np.arange(len(scores))
    return some[np.argsort(-scores[some], kind="stable")]


def by_cells(cells: Cells, query: Array, k: int) -> tuple[Array, Array]:
    """(row numbers, cosines) of the k nearest in the cells that are probed."""
    import numpy as np

    # Enough cells for k rows even where they are small.
    probes = min(len(cells.centroids), max(cells.probes, 2 * k // ROWS_PER_CELL + 1))
    # vecdot keeps to this thread: BLAS would wake others for each of these small products, and
    # wait for them (8 ms instead of 1 on a busy machine of two cores).
    near = np.argpartition(np.vecdot(cells.centroids, query), -probes)[-probes:]
    begins, ends = cells.starts[near], cells.starts[near + 1]
    spans = zip(begins.tolist(), ends.tolist(), strict=True)
    scores = np.concatenate([np.vecdot(cells.matrix[begin:end], query) for begin, end in spans])
    top = best(scores, k)
    passed = np.cumsum(ends - begins)
    cell = np.searchsorted(passed, top, side="right")
    return cells.order[ends[cell] - passed[cell] + top], scores[top]


def learn(matrix: Array, centroids: Array = None) -> Cells:
    """Cells for unit-length rows; centroids: those of a former version, which are as good after a
    few edits and save most of the work."""
    import numpy as np

    count = max(2, len(matrix) // ROWS_PER_CELL)
    if centroids is None or not count // 2 <= centroids.shape[0] <= count * 2:
        centroids = _k_means(matrix, count)
    home = _assign(matrix, centroids)
    order = np.argsort(home, kind="stable")
    starts = np.searchsorted(home[order], np.arange(centroids.shape[0] + 1))
    cells = Cells(centroids, order, starts, np.ascontiguousarray(matrix[order]), 1)
    return _calibrated(cells, matrix)


def _k_means(matrix: Array, count: int) -> Array:
    import numpy as np

    chooser = np.random.default_rng(0)
    sample = matrix[chooser.permutation(len(matrix))[: max(LEARN_FROM, 4 * count)]]
    centroids = sample[:count].copy()
    for _ in range(ROUNDS):
        home = _assign(sample, centroids)
        order = np.argsort(home, kind="stable")
        used, starts = np.unique(home[order], return_index=True)
        centroids[used] = np.add.reduceat(sample[order], starts, axis=0)
        centroids /= np.maximum(np.linalg.norm(centroids, axis=1, keepdims=True), 1e-12)
    return centroids


def _assign(matrix: Array, centroids: Array) -> Array:
    """The nearest centroid of each row, in blocks that bound the memory."""
    import numpy as np

    block = 8192
    return np.concatenate(
        [
            (matrix[at : at + block] @ centroids.T).argmax(axis=1)
            for at in range(0, len(matrix), block)
        ]
    )


def _calibrated(cells: Cells, matrix: Array) -> Cells:
    """The cells with the fewest probes that reach `RECALL` on a sample of rows as queries."""
    import numpy as np

    sample = np.random.default_rng(1).permutation(len(matrix))[:SAMPLE]
    truth = []
    for row in sample:
        near = best(matrix @ matrix[row], NEAREST + 1)
        truth.append(set(near[near != row][:NEAREST].tolist()))
    probes = 1
    while probes < len(cells.centroids):
        cells = Cells(cells.centroids, cells.order, cells.starts, cells.matrix, probes)
        found = 0
        for row, wanted in zip(sample, truth, strict=True):
            near = by_cells(cells, matrix[row], NEAREST + 1)[0]
            found += len(wanted & set(near.tolist()))
        if found >= RECALL * NEAREST * len(sample):
            break
        probes = probes + max(1, probes // 3)
    return cells
