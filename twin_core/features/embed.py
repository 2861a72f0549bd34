"""Passages → vectors, each distinct text once."""

import polars as pl

from twin_core.embedder import Embedder
from twin_core.features.chunk import embedded_texts
from twin_core.progress import Meter
from twin_core.records import CHUNK_EMBEDDINGS

VERSION = "embed-2"


def distinct_texts(chunks: pl.DataFrame) -> pl.DataFrame:
    """One row per `chunk_hash` of `doc_chunks`, in their order."""
    return chunks.unique("chunk_hash", keep="first", maintain_order=True)


def embed_chunks(chunks: pl.DataFrame, embedder: Embedder) -> pl.DataFrame:
    """Rows of `doc_chunks` with distinct `chunk_hash` → rows of `chunk_embeddings`."""
    if chunks.is_empty():
        return CHUNK_EMBEDDINGS.frame()
    meter = Meter("embed", chunks.height, "chunks")
    vectors = embedder.embed(embedded_texts(chunks, embedder.counter), done=meter.at)
    return CHUNK_EMBEDDINGS.conform(
        chunks.select(
            "chunk_hash",
            pl.lit(None, pl.String).alias("fingerprint"),
            pl.lit(embedder.space).alias("model"),
            pl.Series("vector", vectors),
        )
    )
