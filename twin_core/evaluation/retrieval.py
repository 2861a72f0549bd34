"""Search quality, on questions whose source passage is known."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from twin_core.errors import DataError
from twin_core.fingerprint import fingerprint, text_hash
from twin_core.progress import track
from twin_core.recipe import Evaluation
from twin_core.records import RetrievalReport

VERSION = "retrieval-report-1"
MIN_OVERLAP = 0.3  # of the answer's span, for a chunk to count as its source
Search = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class Question:
    """A question and the chunks that hold its answer."""

    text: str
    sources: frozenset[str]


def questions(pairs: pl.DataFrame, chunks: pl.DataFrame, count: int) -> list[Question]:
    """A steady sample of instruct pairs, with the chunks that their answers lie in."""
    by_document: dict[str, list[dict]] = {}
    for row in chunks.iter_rows(named=True):
        by_document.setdefault(row["doc_id"], []).append(row)
    found = []
    for pair in sorted(pairs.iter_rows(named=True), key=lambda row: text_hash(row["pair_id"])):
        sources = frozenset(
            chunk["chunk_id"]
            for chunk in by_document.get(pair["doc_id"], ())
            if _overlap(pair, chunk) >= MIN_OVERLAP
        )
        if sources:
            found.append(Question(pair["instruction"], sources))
        if len(found) == count:
            break
    return found


def _overlap(pair: dict, chunk: dict) -> float:
    shared = min(pair["end"], chunk["end"]) - max(pair["start"], chunk["start"])
    return shared / (pair["end"] - pair["start"])


def recall(found: Sequence[str], sources: frozenset[str]) -> float:
    """1 when one of the sources was found: any of them answers the question."""
    return float(any(chunk in sources for chunk in found))


def reciprocal_rank(found: Sequence[str], sources: frozenset[str]) -> float:
    """1 / rank of the first source found; 0 when none was."""
    ranks = (rank for rank, chunk in enumerate(found, 1) if chunk in sources)
    return 1 / next(ranks, math.inf)


def ndcg(found: Sequence[str], sources: frozenset[str], k: int) -> float:
    """Normalised discounted cumulative gain at k, binary relevance (Järvelin & Kekäläinen 2002)."""
    gain = sum(1 / math.log2(rank + 1) for rank, c in enumerate(found[:k], 1) if c in sources)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(sources), k) + 1))
    return gain / ideal if ideal else 0.0


def measure_retrieval(
    author: str, name: str, asked: Sequence[Question], search: Search, recipe: Evaluation
) -> RetrievalReport:
    """Ask every question; `search` gives the ids of the k best chunks."""
    if not asked:
        raise DataError(
            f"no passage of {author} lies in an indexed chunk, so retrieval cannot be measured",
            "materialise doc_chunks and instruct_dataset again, from the same cleaned_docs.",
        )
    results = [
        (question, search(question.text, recipe.k))
        for question in track(asked, "retrieval", "questions")
    ]

    def mean(values: list[float]) -> float:
        return round(sum(values) / len(values), 4)

    return RetrievalReport(
        author=author,
        fingerprint=name,
        questions=len(asked),
        k=recipe.k,
        recall_at_k=mean([recall(found, q.sources) for q, found in results]),
        mrr=mean([reciprocal_rank(found, q.sources) for q, found in results]),
        ndcg_at_k=mean([ndcg(found, q.sources, recipe.k) for q, found in results]),
        misses=tuple(q.text for q, found in results if not recall(found, q.sources))[:10],
    )


def retrieval_fingerprint(*inputs: str) -> str:
    """The name of the report that these inputs lead to."""
    return fingerprint(VERSION, *inputs)
