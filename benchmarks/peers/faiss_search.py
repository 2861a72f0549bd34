"""Nearest neighbours by faiss's HNSW (M 32, efConstruction 100), one query at a time, one thread.

`python -m benchmarks.peers.faiss_search DIR` reads vectors.npy, queries.npy and truth.npy there and
builds the index with the smallest efSearch that reaches `RECALL`; then each line on its input is
answered by one: {"recall", "ef", "milliseconds": of every query}.
"""

import json
import sys
import time
from pathlib import Path

import faiss
import numpy as np

RECALL, K = 0.98, 10


def timed(index: faiss.IndexHNSWFlat, queries: np.ndarray) -> tuple[list[float], list[list[int]]]:
    """(milliseconds, row numbers) of each query."""
    taken, found = [], []
    for query in queries:
        start = time.perf_counter()
        rows = index.search(query[None], K)[1][0]
        taken.append((time.perf_counter() - start) * 1e3)
        found.append(rows.tolist())
    return taken, found


def main() -> None:
    folder = Path(sys.argv[1])
    vectors, queries, truth = (
        np.load(folder / f"{name}.npy") for name in ("vectors", "queries", "truth")
    )
    faiss.omp_set_num_threads(1)
    index = faiss.IndexHNSWFlat(vectors.shape[1], 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 100
    index.add(vectors)
    recall = 0.0
    for ef in (16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 192, 256, 384, 512):
        index.hnsw.efSearch = ef
        _, found = timed(index, queries)
        recall = sum(len(set(a) & set(b.tolist())) for a, b in zip(found, truth, strict=True))
        recall /= truth.size
        if recall >= RECALL:
            break
    for _ in sys.stdin:
        taken, _ = timed(index, queries)
        line = {"recall": recall, "ef": index.hnsw.efSearch, "milliseconds": taken}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
