"""Passages → vectors, each distinct text once."""

import polars as pl

from twin_core.embedder import BATCH, embed
from twin_core.features.chunk import embedding_text
from twin_core.progress import Meter
from twin_core.records import CHUNK_EMBEDDINGS

VERSION = "embed-1"


def distinct_texts(chunks: pl.DataFrame) -> pl.DataFrame:
    """One row per `chunk_hash` of `doc_chunks`, in their order."""
    return chunks.unique("chunk_hash", keep="first", maintain_order=True)


def embed_chunks(chunks: pl.DataFrame, model: str) -> pl.DataFrame:
    """Rows of `doc_chunks` with distinct `chunk_hash` → rows of `chunk_embeddings`."""
    ordered = chunks.sort("tokens", "chunk_hash")  # equal lengths in a batch: less padding
    texts = [
        embedding_text(row["title"], row["heading"], row["text"])
        for row in ordered.iter_rows(named=True)
    ]
    meter = Meter("embed", len(texts), "chunks")
    rows: list[dict] = []
    for start in range(0, len(texts), BATCH):
        hashes = ordered["chunk_hash"][start : start + BATCH].to_list()
        vectors = embed(model, texts[start : start + BATCH])
        rows += [
            {"chunk_hash": digest, "model": model, "vector": vector.tolist()}
            for digest, vector in zip(hashes, vectors, strict=True)
        ]
        meter.at(len(rows))
    return CHUNK_EMBEDDINGS.frame(rows)
