"""The index brought in line with stored passages and vectors, at the cost of what changed.

A small file beside says which documents, in which state, the index held after the last sync, and
which version of the index that sync left. Where the index is no longer at that version (a sync that
was cut off, another writer, a restored disk) all rows are compared. The index itself checks this
when it is the writer's turn, and says which version the writer left: versions that are read before
or after would be those of another writer.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import polars as pl

from twin_core.errors import DataError
from twin_core.files import write_atomically
from twin_core.index.base import ChunkIndex, IndexMovedError, SyncReport
from twin_core.index.rows import FORM
from twin_core.segments import SegmentedTable


def follow(
    index: ChunkIndex,
    author: str,
    chunks: SegmentedTable,
    embeddings: SegmentedTable,
    space: str,
    memory: Path,
) -> SyncReport:
    """Make the author's part of the index hold exactly these passages.

    space: of the vectors. memory: the file that says what the index held last. `DataError` where a
    passage has no vector, or one of another space.
    """
    place, wanted = f"{index.backend} {index.location} {space} {FORM}", _marks(chunks, embeddings)
    version = index.version(author)
    before = _remembered(memory, place, version)
    if before == wanted:
        return SyncReport(0, 0, chunks.rows, version)
    report = None
    if before is not None:
        changed = [key for key, mark in wanted.items() if before.get(key) != mark]
        changed += [key for key in before if key not in wanted]
        rows = pl.concat(
            [
                _joined(chunks.read([]), embeddings, space),
                *_rows(chunks, embeddings, changed, space),
            ]
        )
        with suppress(IndexMovedError):  # another has written meanwhile
            done = index.apply(author, changed, rows, space, expected=version)
            report = replace(done, unchanged=done.unchanged + chunks.rows - rows.height)
    if report is None:
        report = index.sync(author, _rows(chunks, embeddings, None, space), space)
    write_atomically(memory, json.dumps([place, report.version, wanted]).encode())
    return report


def _marks(chunks: SegmentedTable, embeddings: SegmentedTable) -> dict[str, str]:
    """Document → state of its passages and their vectors, for those that have any."""
    named = chunks.manifest.filter(pl.col("rows") > 0)
    # The vectors are in no digest, but a segment never changes: other vectors lie in another one.
    places = embeddings.manifest.select("key", place="segment")
    joined = named.join(places, on="key", how="left", maintain_order="left")
    return dict(
        joined.select("key", pl.concat_str("digest", "place", ignore_nulls=True)).iter_rows()
    )


def _remembered(memory: Path, place: str, version: str | None) -> dict[str, str] | None:
    """What the index holds, where the file knows."""
    try:
        said = json.loads(memory.read_bytes())
    except (OSError, ValueError):
        return None
    match said:
        case [str(at), str(then), dict(held)] if (at, then) == (place, version):
            return held
    return None  # of another place or version, or no file of ours


def _rows(
    chunks: SegmentedTable, embeddings: SegmentedTable, docs: list[str] | None, space: str
) -> Iterator[pl.DataFrame]:
    for batch in chunks.batches(docs):
        yield _joined(batch, embeddings, space)


def _joined(batch: pl.DataFrame, embeddings: SegmentedTable, space: str) -> pl.DataFrame:
    """Passages with their vectors."""
    docs = batch["doc_id"].unique(maintain_order=True).to_list()
    vectors = embeddings.read(docs, ["doc_id", "chunk_hash", "vector", "model"])
    if others := vectors.filter(pl.col("model") != space)["model"].unique().to_list():
        raise DataError(
            f"vectors are of {others[0]}, and the embedding model that is set gives {space}",
            "materialise chunk_embeddings, then chunk_index again; or set back the model.",
        )
    rows = batch.join(
        vectors.drop("model"), on=["doc_id", "chunk_hash"], how="left", maintain_order="left"
    )
    if without := rows["vector"].null_count():
        raise DataError(
            f"{without} of {rows.height} passages have no vector",
            "materialise chunk_embeddings, then chunk_index again.",
        )
    return rows
