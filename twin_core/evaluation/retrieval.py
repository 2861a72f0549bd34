"""Search quality, on questions whose source passage is known."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean, median
from typing import Any

import polars as pl

from twin_core.errors import DataError
from twin_core.fingerprint import fingerprint, text_hash
from twin_core.index.base import Hit
from twin_core.progress import track
from twin_core.recipe import Retrieval
from twin_core.records import RetrievalFigures, RetrievalGain, RetrievalReport
from twin_core.retrieval.parents import covers, with_parents
from twin_core.retrieval.search import VERSION as SEARCH_VERSION
from twin_core.retrieval.search import Tools, retrieve

VERSION = "retrieval-report-3"
HYBRID = "hybrid"
RECIPE = "the recipe"
RESAMPLES = 2000
MIN_OVERLAP = 0.3  # of the answer's span, for a chunk to count as its source
# Question, k → for each passage found the chunks in it: one, or those of its parent.
Search = Callable[[str, int], Sequence[frozenset[str]]]


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


def configurations(shape: Retrieval, cross_encoder: bool) -> dict[str, Retrieval]:
    """Name → the ways to search that are compared: by vector, by words, by both; both with one step
    added each; and the recipe's own."""
    bare = {
        "self_query": "none",
        "expansions": 0,
        "rerank": "none",
        "diversity": 0.0,
        "parents": False,
        "min_score": 0.0,
    }
    hybrid = shape.model_copy(update={**bare, "search": "hybrid"})
    asks = "model" if shape.self_query == "model" else "rules"
    steps: dict[str, dict[str, Any]] = {
        "self-query": {"self_query": asks},
        "expansion": {"expansions": shape.expansions or 2},
        "lexical rerank": {"rerank": "lexical"},
        "diversity": {"diversity": shape.diversity or 0.2},
        "min_score": {"min_score": shape.min_score},
        "parents": {"parents": True},
    }
    if cross_encoder:
        steps["cross-encoder"] = {"rerank": "cross-encoder"}
    return {
        "vector": hybrid.model_copy(update={"search": "vector"}),
        "words": hybrid.model_copy(update={"search": "words"}),
        HYBRID: hybrid,
        **{f"{HYBRID} + {name}": hybrid.model_copy(update=step) for name, step in steps.items()},
        RECIPE: shape,
    }


def measure_retrieval(
    author: str, name: str, asked: Sequence[Question], ways: Mapping[str, Search], k: int
) -> RetrievalReport:
    """Ask every question in each way, of which `RECIPE` is one."""
    if not asked:
        raise DataError(
            f"no passage of {author} lies in an indexed chunk, so retrieval cannot be measured",
            "materialise doc_chunks and instruct_dataset again, from the same cleaned_docs.",
        )
    found = {way: _Answers.of(way, search, asked, k) for way, search in ways.items()}
    own = found[RECIPE]
    figures = own.figures()
    base = found.get(HYBRID)
    return RetrievalReport(
        author=author,
        fingerprint=name,
        questions=len(asked),
        k=k,
        recall_at_k=figures.recall_at_k,
        mrr=figures.mrr,
        ndcg_at_k=figures.ndcg_at_k,
        misses=tuple(q.text for q, hit in zip(asked, own.recall, strict=True) if not hit)[:10],
        configurations={way: answers.figures() for way, answers in found.items()},
        gains={
            way: compare(HYBRID, base.ndcg, answers.ndcg)
            for way, answers in found.items()
            if base is not None and way != HYBRID
        },
    )


@dataclass(frozen=True)
class _Answers:
    """What each question got, in the order of the questions."""

    recall: list[float]
    rank: list[float]
    ndcg: list[float]
    seconds: list[float]

    @classmethod
    def of(cls, way: str, search: Search, asked: Sequence[Question], k: int) -> "_Answers":
        answers = cls([], [], [], [])
        for question in track(asked, f"retrieval, {way}", "questions"):
            begun = time.perf_counter()
            passages = search(question.text, k)
            answers.seconds.append(time.perf_counter() - begun)
            found = [min(held & question.sources, default="") for held in passages]
            answers.recall.append(recall(found, question.sources))
            answers.rank.append(reciprocal_rank(found, question.sources))
            answers.ndcg.append(ndcg(found, question.sources, k))
        return answers

    def figures(self) -> RetrievalFigures:
        return RetrievalFigures(
            recall_at_k=round(mean(self.recall), 4),
            mrr=round(mean(self.rank), 4),
            ndcg_at_k=round(mean(self.ndcg), 4),
            p50_ms=round(median(self.seconds) * 1000, 2),
        )


def compare(against: str, before: Sequence[float], after: Sequence[float]) -> RetrievalGain:
    """The second list against the first, pair by pair; steady: the bootstrap has a fixed seed."""
    import numpy as np

    change = np.asarray(after) - np.asarray(before)
    drawn = np.random.default_rng(0).integers(0, len(change), (RESAMPLES, len(change)))
    low, high = np.percentile(change[drawn].mean(axis=1), [2.5, 97.5])
    return RetrievalGain(
        against=against,
        gained=int((change > 0).sum()),
        lost=int((change < 0).sum()),
        difference=round(float(change.mean()), 4),
        interval=(round(float(low), 4), round(float(high), 4)),
    )


def chunks_in(tools: Tools, author: str, passages: Sequence[Hit]) -> list[frozenset[str]]:
    """The chunks that lie in each passage, which may be grown to its parent."""
    parents = dict.fromkeys(hit.parent_id for hit in passages)
    siblings = tools.index.siblings(author, list(parents)) if parents else []
    return [
        frozenset({hit.chunk_id, *(one.chunk_id for one in siblings if covers(hit, one))})
        for hit in passages
    ]


def search_ways(
    tools: Tools, author: str, asked: Sequence[Question], shape: Retrieval
) -> dict[str, Search]:
    """The configurations as searches; every wording is embedded once, the questions beforehand."""
    known = dict(zip([q.text for q in asked], tools.embed([q.text for q in asked]), strict=True))

    def embed(texts: Sequence[str]) -> list[Any]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, tools.embed(new), strict=True))
        return [known[text] for text in texts]

    def way(chosen: Retrieval, reader: Tools) -> Search:
        def search(question: str, k: int) -> list[frozenset[str]]:
            hits = retrieve(reader, author, question, chosen, k).hits
            if not chosen.parents:
                return [frozenset({hit.chunk_id}) for hit in hits]
            return chunks_in(tools, author, with_parents(tools.index, author, hits))

        return search

    once = replace(tools, embed=embed)
    without = replace(once, cross_encoder=None)
    return {
        name: way(chosen, without if chosen.rerank == "lexical" and name != RECIPE else once)
        for name, chosen in configurations(shape, tools.cross_encoder is not None).items()
    }


def retrieval_fingerprint(*inputs: str) -> str:
    """The name of the report that these inputs lead to."""
    return fingerprint(VERSION, SEARCH_VERSION, *inputs)
