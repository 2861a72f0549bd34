"""The stages from articles to index, over made-up articles, as the assets run them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from twin_core.delta import replaced
from twin_core.embedder import PACKAGED, TokenCounter
from twin_core.features import chunk, clean, embed
from twin_core.fingerprint import text_hash
from twin_core.index.base import Query
from twin_core.index.follow import follow
from twin_core.index.lance import LanceIndex
from twin_core.lake import Lake
from twin_core.recipe import Chunking
from twin_core.records import (
    CHUNK_EMBEDDINGS,
    CLEANED_DOCS,
    DOC_CHUNKS,
    EXTRACTED_DOCS,
    RAW_ARTICLES,
    Table,
)
from twin_core.segments import SegmentedTable

AUTHOR = "ines"
FOOTER = "Thank you for reading. Subscribe to the letter, it comes once a month and is free."
DAY = datetime(2024, 1, 1, tzinfo=UTC)
SHAPE = Chunking(target_tokens=40)
TABLES = (RAW_ARTICLES, EXTRACTED_DOCS, CLEANED_DOCS, DOC_CHUNKS, CHUNK_EMBEDDINGS)
WORDS = (
    "bread oven kitchen morning flour water salt customer counter alert phone night rota sleep "
    "server queue deploy rollback database ticket meeting letter train platform bicycle chain"
).split()


class Counting:
    """An embedder that costs nothing and counts: the vector is a digest of the text."""

    def __init__(self, space: str = "digests/8") -> None:
        self.space = space
        self.counter = TokenCounter(PACKAGED)
        self.read: list[str] = []

    def embed(self, texts: Sequence[str], done: Callable[[int], None] | None = None) -> np.ndarray:
        self.read += texts
        seeds = [int(text_hash(self.space + text)[:12], 16) for text in texts]
        found = np.array([np.random.default_rng(seed).standard_normal(8) for seed in seeds])
        return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def paragraph(chooser: random.Random) -> str:
    return " ".join(
        "The " + " ".join(chooser.choices(WORDS, k=chooser.randrange(5, 12))) + " was there."
        for _ in range(chooser.randrange(1, 4))
    )


def article(name: str, chooser: random.Random) -> dict:
    """One row of `raw_articles`, with a footer that most share."""
    parts = [paragraph(chooser) for _ in range(chooser.randrange(2, 7))]
    if chooser.random() < 0.5:
        parts.insert(1, "## " + " ".join(chooser.choices(WORDS, k=2)))
    if chooser.random() < 0.8:
        parts.append(FOOTER)
    body = "\n\n".join(parts)
    number = int(name[1:])
    return {
        "doc_id": name,
        "author": AUTHOR,
        "source": "folder:articles",
        "url": f"https://example.org/{name}/",
        "also_at": [],
        "title": f"About {chooser.choice(WORDS)}",
        "byline": [],
        "published_at": DAY + timedelta(days=number),
        "media_type": "text/markdown",
        "body": body,
        "content_hash": text_hash(body),
        "status": "live",
        "missed": 0,
    }


def edited(held: dict[str, dict], chooser: random.Random, names: int = 14) -> dict[str, dict]:
    """The articles after some were added, edited, copied, taken down or brought back."""
    after = dict(held)
    for _ in range(chooser.randrange(1, 5)):
        name = f"d{chooser.randrange(names)}"
        kind = chooser.random()
        if name not in after or kind < 0.35:
            after[name] = article(name, chooser)
        elif kind < 0.55:
            after.pop(name)
        elif kind < 0.7:
            after[name] = {**after[name], "status": chooser.choice(["gone", "live"])}
        elif kind < 0.85:
            other = chooser.choice(list(after.values()))
            body = other["body"] + chooser.choice(["", "\n\nFirst published elsewhere."])
            after[name] = {**after[name], "body": body, "content_hash": text_hash(body)}
        else:
            after[name] = {**after[name], "title": f"Now about {chooser.choice(WORDS)}"}
    return after


def frame(articles: dict[str, dict]) -> pl.DataFrame:
    rows = [articles[name] for name in sorted(articles, key=lambda name: int(name[1:]))]
    return RAW_ARTICLES.frame(rows)


class Stages:
    """All stages of one author below a directory."""

    def __init__(self, root: Path, embedder: Counting | None = None) -> None:
        self.lake = Lake(root / "lake")
        self.index = LanceIndex(root / "index")
        self.embedder = embedder or Counting()

    @property
    def memory(self) -> Path:
        return self.lake.path("chunk_index_held", AUTHOR, ".json")

    def table(self, table: Table) -> SegmentedTable:
        return self.lake.table(table, AUTHOR)

    def collect(self, articles: dict[str, dict]) -> None:
        replaced(self.table(RAW_ARTICLES), frame(articles)).publish()

    def clean(self):
        draft, report = clean.update(*map(self.table, TABLES[:3]))
        draft.publish()
        return report

    def chunk(self):
        source, target = self.table(CLEANED_DOCS), self.table(DOC_CHUNKS)
        draft, report = chunk.update(source, target, self.embedder.counter, SHAPE)
        draft.publish()
        return report

    def embed(self):
        source, target = self.table(DOC_CHUNKS), self.table(CHUNK_EMBEDDINGS)
        draft, done = embed.update(source, target, self.embedder)
        draft.publish()
        return done

    def follow(self):
        tables = self.table(DOC_CHUNKS), self.table(CHUNK_EMBEDDINGS)
        return follow(self.index, AUTHOR, *tables, self.embedder.space, self.memory)

    def run(self, articles: dict[str, dict]) -> None:
        self.collect(articles)
        for stage in (self.clean, self.chunk, self.embed, self.follow):
            stage()

    def held(self) -> dict[str, object]:
        """All that the tables and the index hold, to be compared."""
        tables = {table.name: self.table(table).read().to_dicts() for table in TABLES}
        return tables | self.indexed()

    def indexed(self) -> dict[str, object]:
        """All that the index holds, and how it scores it."""
        found, rows = dict[str, object](), self.index.contents(AUTHOR).rows
        east, words = [1.0] + [0.0] * 7, "oven night queue"
        queries = {"index": Query(east), "words": Query(None, words), "hybrid": Query(east, words)}
        for name, query in queries.items():
            query = replace(query, fusion="relative")
            hits = self.index.search(AUTHOR, query, rows + 9) if rows else []
            found[name] = sorted(repr(hit) for hit in hits)
        return found


def crash_stage(root: Path, stage: str) -> None:
    """The work of a process that is killed: one stage over what lies before it."""
    getattr(Stages(root), stage)()
