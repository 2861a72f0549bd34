"""Nearest rows of a matrix that is in memory: exact, or by a graph once one has been built.

The graph is HNSW (Malkov and Yashunin 2018), by usearch. How far a query follows it is not a
setting: it is the shortest way that finds `RECALL` of the true neighbours for a sample of queries,
and half as far again. The sample is of queries that the graph does not hold: rows left out of it,
and mixtures of rows, since questions lie between the passages rather than upon them.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Array = Any  # numpy is imported inside the functions
log = logging.getLogger("twin")

# Rows below which all are scanned: 2 ms at 384 dimensions with two cores to itself, 8 ms on a busy
# machine. A scan misses nothing, and asks for no building after every write.
WORTH_GRAPH = 32_768
LINKS, BREADTH = 32, 64  # of each row (`M`), and looked at for them (`efConstruction`)
FORM = "f16"  # half the memory traffic of f32; returned cosines are of the rows as given
EXPANSIONS = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)  # `ef`: rows kept in view
MARGIN = 1.5  # times the `ef` that was enough for the sample
RECALL = 0.98
SAMPLE = 128  # queries of each sort
NOISE = 0.5  # in a mixture, of 0.6 and 0.4 of two rows
NEAREST, DEEP = 10, 50  # neighbours asked for: by a search by vector, by one of both kinds
TIE = 1e-6  # scores nearer than that are equal
PORTION = 1000  # rows added between two looks whether to go on: 0.1 s


@dataclass(frozen=True)
class Graph:
    """index: a `usearch.index.Index`, whose keys are row numbers. breadth: its `ef` for up to DEEP
    neighbours."""

    index: Any
    breadth: int


def best(scores: Array, k: int) -> Array:
    """Positions of the k greatest scores, greatest first; of equals, the first."""
    import numpy as np

    if k < len(scores):
        some = np.argpartition(-scores, k - 1)[:k]
        some.sort()
    else:
        some = np.arange(len(scores))
    return some[np.argsort(-scores[some], kind="stable")]


def by_graph(graph: Graph, matrix: Array, query: Array, k: int) -> tuple[Array, Array]:
    """(row numbers, cosines) of the k nearest that the graph leads to; matrix: the rows that it was
    built of."""
    breadth = graph.breadth * max(1, -(-k // DEEP))
    return _followed(graph.index, matrix, query, k, breadth)


def _followed(index: Any, matrix: Array, query: Array, k: int, breadth: int) -> tuple[Array, Array]:
    import numpy as np

    # To ask for more rows is to keep more in view; `expansion_search` is one for all threads.
    found = index.search(query, max(k, breadth), threads=1).keys[:k]
    rows = np.sort(found.astype(np.intp))
    # vecdot keeps to this thread: BLAS would wake others for so small a product, and wait for them
    # (8 ms instead of 1 on a busy machine of two cores).
    scores = np.vecdot(matrix[rows], query)
    order = np.argsort(-scores, kind="stable")
    return rows[order], scores[order]


def build_graph(matrix: Array, going: Callable[[], bool] = lambda: True) -> Graph | None:
    """The graph of unit-length rows, set to the promised recall. One thread; others are not
    blocked.

    None where no `ef` reaches that recall, which is logged, and as soon as not `going()`.
    """
    import numpy as np
    from usearch.index import Index

    index = Index(
        ndim=matrix.shape[1], metric="ip", dtype=FORM, connectivity=LINKS, expansion_add=BREADTH
    )
    order = np.random.default_rng(1).permutation(len(matrix))
    left_out, held = order[:SAMPLE], np.sort(order[SAMPLE:])
    if not _added(index, matrix, held, going):
        return None
    needed = 0
    for k in (NEAREST, DEEP):
        for queries in (matrix[left_out], _mixtures(matrix, held)):
            enough = _enough(index, matrix, queries, left_out, k, going)
            if enough is None:
                return None
            needed = max(needed, enough)
    if not _added(index, matrix, left_out, going):
        return None
    return Graph(index, round(needed * MARGIN))


def _added(index: Any, matrix: Array, rows: Array, going: Callable[[], bool]) -> bool:
    for at in range(0, len(rows), PORTION):
        if not going():
            return False
        part = rows[at : at + PORTION]
        index.add(part, matrix[part], threads=1)
    return True


def _mixtures(matrix: Array, rows: Array) -> Array:
    """Queries as questions are: near one row, but nearer to what lies between it and others."""
    import numpy as np

    chooser = np.random.default_rng(2)
    first, second = (matrix[chooser.choice(rows, SAMPLE)] for _ in range(2))
    # A sum of many rows by random weights is noise that varies as the rows do.
    few = matrix[chooser.choice(rows, 256)]
    noise = chooser.standard_normal((SAMPLE, len(few))) @ (few - few.mean(axis=0))
    noise /= np.maximum(np.linalg.norm(noise, axis=1, keepdims=True), 1e-12)
    mixed = 0.6 * first + 0.4 * second + NOISE * noise
    mixed /= np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-12)
    return mixed.astype(matrix.dtype)


def _enough(
    index: Any,
    matrix: Array,
    queries: Array,
    left_out: Array,
    k: int,
    going: Callable[[], bool],
) -> int | None:
    """The least `ef` at which RECALL of the queries' k nearest are found."""
    least = []  # the k-th nearest row's score: of equal rows, whichever is found is right
    for query in queries:
        if not going():
            return None
        scores = matrix @ query
        scores[left_out] = -2.0
        least.append(scores[best(scores, k)[-1]] - TIE)
    share = 0.0
    for breadth in EXPANSIONS:
        if not going():
            return None
        share = sum(
            int((_followed(index, matrix, query, k, breadth)[1] >= wanted).sum())
            for query, wanted in zip(queries, least, strict=True)
        ) / (k * len(queries))
        if share >= RECALL:
            return max(breadth, k)
    log.warning(
        "no graph of %d passages: it finds %.3f of the nearest %d, and %.3f are promised; "
        "every search scans them all",
        *(len(matrix), share, k, RECALL),
    )
    return None
