"""Metric e: median time of one retrieval at recall@10 ≥ 0.98, 50,000 passages of 384 dimensions.

`python -m benchmarks.search [PASSAGES]` runs ours and faiss's HNSW by turns on the same vectors and
queries. Ours is the whole of `LanceIndex.search`: it returns passages with their texts, and looks
whether a write was published since; faiss returns row numbers. The vectors are made, since
embedding 50,000 real passages takes half an hour here: topics → documents → passages, in a space
whose variance falls off as that of sentence embeddings does; a query is a passage of a known
document that is not in the index.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks import peers, results
from twin_core.index.base import Query
from twin_core.index.lance import LanceIndex
from twin_core.index.snapshot import Snapshot

PASSAGES, WIDTH, QUERIES = 50_000, 384, 400
TOPICS, PER_DOCUMENT = 300, 10
ROUNDS, K = 7, 10
TARGET, RECALL = 1.2, 0.98
AUTHOR = "bench"


def made(passages: int) -> tuple[np.ndarray, np.ndarray]:
    """(vectors, queries), unit length."""
    chooser = np.random.default_rng(7)
    spectrum = np.arange(1, WIDTH + 1) ** -0.4

    def noise(rows: int) -> np.ndarray:
        return chooser.standard_normal((rows, WIDTH)) * spectrum

    topics = noise(TOPICS)
    weights = 1 / np.arange(1, TOPICS + 1)  # some topics have many documents, most have few
    documents = passages // PER_DOCUMENT
    of = chooser.choice(TOPICS, documents, p=weights / weights.sum())
    centres = topics[of] + noise(documents)
    vectors = np.repeat(centres, PER_DOCUMENT, axis=0) + noise(documents * PER_DOCUMENT)
    queries = centres[chooser.integers(0, documents, QUERIES)] + noise(QUERIES)
    return _unit(vectors), _unit(queries)


def _unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def batches(vectors: np.ndarray, size: int = 5000) -> Iterator[pl.DataFrame]:
    """The vectors as rows of `doc_chunks`, with texts of an ordinary length."""
    text = "a passage of ordinary length, such as authors write them; " * 15
    for at in range(0, len(vectors), size):
        part = vectors[at : at + size]
        numbers = pl.int_range(at, at + len(part), eager=True)
        frame = pl.DataFrame({"number": numbers})
        name = pl.col("number").cast(pl.String)
        yield frame.select(
            chunk_id=name.str.zfill(20),
            fingerprint=name,
            doc_id=(pl.col("number") // PER_DOCUMENT).cast(pl.String),
            parent_id=(pl.col("number") // 3).cast(pl.String),
            url=pl.lit("https://example.org/"),
            title=pl.lit("A title"),
            published_at=pl.lit(None, pl.Datetime("us", "UTC")),
            source=pl.lit("example.org"),
            doc_version=pl.lit("v"),
            heading=pl.lit("A heading"),
            start=pl.lit(0),
            end=pl.lit(900),
            text=pl.concat_str(pl.lit(text), name),
            vector=pl.Series(part.tolist(), dtype=pl.List(pl.Float32)),
        )


def ours(index: LanceIndex, queries: np.ndarray) -> tuple[list[float], list[list[int]]]:
    """(milliseconds, row numbers) of each query."""
    taken, found = [], []
    for query in queries:
        start = time.perf_counter()
        hits = index.search(AUTHOR, Query(vector=query), K)  # type: ignore[arg-type]
        taken.append((time.perf_counter() - start) * 1e3)
        found.append([int(hit.chunk_id) for hit in hits])
    return taken, found


def measure(documents: int = PASSAGES) -> list[dict[str, Any]]:
    """The entry of metric e; documents: passages in the index."""
    vectors, queries = made(documents)
    truth = np.argsort(-(queries @ vectors.T), axis=1)[:, :K]
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in (("vectors", vectors), ("queries", queries), ("truth", truth)):
            np.save(Path(folder) / f"{name}.npy", rows)
        index = LanceIndex(Path(folder) / "index")
        index.sync(AUTHOR, batches(vectors), "made")
        exact = _by_scan(index, queries)
        faiss = subprocess.Popen(
            [str(peers.interpreter()), "-m", "benchmarks.peers.faiss_search", folder],
            cwd=peers.PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert faiss.stdin and faiss.stdout
        mine, theirs, found, answer = [], [], [], {}
        for _ in range(ROUNDS):
            faiss.stdin.write("once\n")
            faiss.stdin.flush()
            answer = json.loads(faiss.stdout.readline())
            theirs.append(statistics.median(answer["milliseconds"]))
            taken, found = ours(index, queries)
            mine.append(statistics.median(taken))
        faiss.communicate()
        disk = LanceIndex(Path(folder) / "disk", memory=0)
        disk.sync(AUTHOR, batches(vectors), "made")
        ours(disk, queries[:20])
        on_disk, found_there = ours(disk, queries)
    recall, recall_there = (_recall(rows, truth) for rows in (found, found_there))
    if min(recall, recall_there) < RECALL:
        raise RuntimeError(
            f"recall@{K} of ours is {recall:.3f}, on the disk {recall_there:.3f}: below {RECALL}"
        )
    note = (
        f"{documents} made vectors × {WIDTH}; recall@{K} ours {recall:.3f}, faiss HNSW "
        f"{answer['recall']:.3f} at efSearch {answer['ef']}; ours returns passages, faiss row "
        f"numbers; a scan of all rows takes {exact:.1f} ms; on the disk, by Lance's IVF_RQ, "
        f"{statistics.median(on_disk):.1f} ms, recall {recall_there:.3f}"
    )
    name = "retrieval ÷ faiss HNSW"
    mid = statistics.median
    return [results.entry("e", name, mid(mine), mid(theirs), TARGET, "ms", note)]


def _recall(found: list[list[int]], truth: np.ndarray) -> float:
    """The share of the true neighbours that was found."""
    pairs = zip(found, truth.tolist(), strict=True)
    return sum(len({*one} & {*other}) for one, other in pairs) / truth.size


def _by_scan(index: LanceIndex, queries: np.ndarray) -> float:
    """Median milliseconds of the full scan, with the index in memory; the signs are taken after."""
    snapshot, _ = index._passages(AUTHOR)
    assert isinstance(snapshot, Snapshot)
    snapshot._large = False
    taken, _ = ours(index, queries[:50])
    snapshot._large = True
    ours(index, queries[:2])
    return statistics.median(taken)


if __name__ == "__main__":
    for entry in measure(*map(int, sys.argv[1:2])):
        print(json.dumps(entry))
