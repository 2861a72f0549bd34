"""Nearest rows of a matrix that is in memory: exact, or by a graph once one has been built.

The graph is HNSW (Malkov and Yashunin 2018), by usearch. How far a query follows it is not a
setting: it is the shortest way that finds `RECALL` of the true neighbours for a sample of the rows.
"""

from typing import Any

Array = Any  # numpy is imported inside the functions
Graph = Any  # a `usearch.index.Index`, whose keys are row numbers

WORTH_GRAPH = 4096  # rows below which a full scan is as quick (0.5 ms at 384 dimensions)
LINKS, BREADTH = 32, 64  # of each row (`M`), and looked at for them (`efConstruction`)
FORM = (
    "f16"  # half the memory traffic of f32; the cosines that are returned are of the rows as given
)
EXPANSIONS = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)  # `ef`: rows kept in view
RECALL = 0.985
SAMPLE = 256
NEAREST = 10


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
    import numpy as np

    rows = np.sort(graph.search(query, k, threads=1).keys.astype(np.intp))
    # vecdot keeps to this thread: BLAS would wake others for so small a product, and wait for them
    # (8 ms instead of 1 on a busy machine of two cores).
    scores = np.vecdot(matrix[rows], query)
    order = np.argsort(-scores, kind="stable")
    return rows[order], scores[order]


def build_graph(matrix: Array) -> Graph:
    """The graph of unit-length rows, set to the promised recall. One thread; others are not
    blocked."""
    import numpy as np
    from usearch.index import Index

    graph = Index(
        ndim=matrix.shape[1], metric="ip", dtype=FORM, connectivity=LINKS, expansion_add=BREADTH
    )
    graph.add(np.arange(len(matrix)), matrix, threads=1)
    sample = np.random.default_rng(1).permutation(len(matrix))[:SAMPLE]
    # A row is its own nearest: one more is asked for, and it is not counted.
    truth = {row: {*best(matrix @ matrix[row], NEAREST + 1).tolist()} - {row} for row in sample}
    for graph.expansion_search in EXPANSIONS:
        found = sum(
            len(wanted & {*by_graph(graph, matrix, matrix[row], NEAREST + 1)[0].tolist()})
            for row, wanted in truth.items()
        )
        if found >= RECALL * NEAREST * len(sample):
            break
    return graph
