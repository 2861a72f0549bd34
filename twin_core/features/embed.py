"""Passages → vectors, each distinct text once."""

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from twin_core.delta import DeltaReport, delta
from twin_core.embedder import TokenCounter
from twin_core.errors import DataError, LakeError
from twin_core.features.chunk import embedded_texts
from twin_core.fingerprint import text_hash
from twin_core.progress import Meter
from twin_core.records import CHUNK_EMBEDDINGS
from twin_core.segments import Draft, SegmentedTable

_log = logging.getLogger("twin")

VERSION = "embed-3"
_NAMES = ["doc_id", "chunk_hash"]
_VECTOR = CHUNK_EMBEDDINGS.schema["vector"]


class Embeds(Protocol):
    """An `embedder.Embedder`, or what takes its place in a benchmark."""

    space: str
    counter: TokenCounter

    def embed(self, texts: Sequence[str], done: Callable[[int], None] | None = None) -> Any: ...


@dataclass(frozen=True)
class Embedded:
    """What an update did: documents, texts that the model read, and the space of the vectors that
    were there before, where it is another one."""

    documents: DeltaReport
    texts: int
    replaced_space: str | None


def update(
    chunks: SegmentedTable, embeddings: SegmentedTable, embedder: Embeds
) -> tuple[Draft, Embedded]:
    """Bring `embeddings` in line with `chunks`: a text is embedded unless its vector of this space
    is there already, of whatever document."""
    _forget(embeddings, chunks.marks)
    work = _Work(chunks, embeddings, embedder)
    if work.replaced_space:
        version = f"{VERSION}/{work.replaced_space}"
        mine = embeddings.manifest.filter(pl.col("version") == version, pl.col("rows") > 0)
        mine = mine.join(chunks.marks, on="key", how="semi")
        embeddings.lend(_kept(embeddings, work.replaced_space), mine)
    draft, report = delta(
        embeddings,
        chunks.marks,
        work.load,
        work.embedded,
        f"{VERSION}/{embedder.space}",
        keep=True,
    )
    return draft, Embedded(report, work.texts, work.replaced_space)


def _kept(embeddings: SegmentedTable, space: str) -> SegmentedTable:
    """Where the vectors of a space lie while another one is in use: coming back costs nothing."""
    return SegmentedTable(_spaces(embeddings) / text_hash(space), embeddings.table)


def _spaces(embeddings: SegmentedTable) -> Path:
    home = embeddings.directory
    return home.parent / f".{home.name}.spaces"


def _forget(embeddings: SegmentedTable, marks: pl.DataFrame) -> None:
    """Drop what other spaces hold of documents that are gone."""
    for folder in _spaces(embeddings).glob("*"):
        if folder.is_dir():
            table = SegmentedTable(folder, embeddings.table)
            try:
                Draft(table, table.manifest.join(marks, on="key", how="semi")).publish()
            except LakeError as error:
                _remove(table, error)


def _remove(kept: SegmentedTable, error: LakeError) -> None:
    """What another space holds is only a cache."""
    _log.warning("%s; it is removed, and computed anew when it is needed", error.problem)
    shutil.rmtree(kept.directory, ignore_errors=True)


def embed_chunks(
    chunks: pl.DataFrame, embedder: Embeds, done: Callable[[int], None] | None = None
) -> pl.DataFrame:
    """Rows of `doc_chunks` → (chunk_hash, vector) of each distinct text. done: told how many texts
    are embedded."""
    distinct = chunks.unique("chunk_hash", keep="first", maintain_order=True)
    if distinct.is_empty():
        return pl.DataFrame(schema={"chunk_hash": pl.String, "vector": _VECTOR})
    vectors = embedder.embed(embedded_texts(distinct, embedder.counter), done)
    return distinct.select("chunk_hash", pl.Series("vector", vectors).cast(_VECTOR))


class _Work:
    """One update: which vectors are known already, in the table as it was or from this update."""

    def __init__(
        self, chunks: SegmentedTable, embeddings: SegmentedTable, embedder: Embeds
    ) -> None:
        self._chunks, self._before, self._embedder = chunks, embeddings, embedder
        self._version = f"{VERSION}/{embedder.space}"
        self._tables = [embeddings, _kept(embeddings, embedder.space)]
        self._known = pl.DataFrame(
            schema={"doc_id": pl.String, "chunk_hash": pl.String, "table": pl.Int32}
        )
        self._shared = pl.DataFrame(schema={"chunk_hash": pl.String, "vector": _VECTOR})
        self._repeated = self._known["chunk_hash"]
        self._width: int | None = None
        self.texts = 0
        self.replaced_space = self._other_space()

    def _other_space(self) -> str | None:
        """The space of vectors that are there and are not of this one."""
        named = self._before.manifest
        others = named.filter(pl.col("version") != self._version, pl.col("rows") > 0)["key"]
        spaces = set(self._before.read(others.tail(1).to_list(), ["model"])["model"])
        return next(iter(spaces - {self._embedder.space}), None)

    def load(self, docs: list[str]) -> Iterator[pl.DataFrame]:
        """The passages of these documents, after a look at what of them is known and what stands in
        several."""
        wanted = self._chunks.read(docs, _NAMES).unique()
        for number, table in enumerate(self._tables):
            held = self._read(number, None, [*_NAMES, "model"])
            mine = table.manifest.filter(pl.col("version") == self._version)["key"]
            usable = held.filter(
                pl.col("model") == self._embedder.space, pl.col("doc_id").is_in(mine.implode())
            ).select(*_NAMES, table=pl.lit(number, pl.Int32))
            if self._width is None and usable.height:
                first = self._read(number, usable["doc_id"][:1].to_list(), ["vector"])
                self._width = len(first["vector"][0]) if first.height else None
            found = usable.join(wanted, on="chunk_hash", how="semi")
            self._known = pl.concat([self._known, found])
        self._known = self._known.unique("chunk_hash", keep="first")
        counts = wanted.group_by("chunk_hash").len()
        self._repeated = counts.filter(pl.col("len") > 1)["chunk_hash"]
        self._meter = Meter("embed", wanted["chunk_hash"].n_unique() - self._known.height, "chunks")
        return self._chunks.batches(docs)

    def embedded(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of `doc_chunks`, of whole documents → rows of `chunk_embeddings`."""
        wanted = rows.unique(["doc_id", "chunk_hash"], keep="first", maintain_order=True)
        known = self._vectors(wanted)
        unknown = wanted.join(known, on="chunk_hash", how="anti", maintain_order="left")
        fresh = embed_chunks(
            unknown, self._embedder, lambda done: self._meter.at(self.texts + done)
        )
        self.texts += fresh.height
        again = fresh.filter(pl.col("chunk_hash").is_in(self._repeated.implode()))
        self._shared = pl.concat([self._shared, again])
        found = wanted.select("doc_id", "chunk_hash").join(
            pl.concat([known, fresh]), on="chunk_hash", how="left", maintain_order="left"
        )
        self._check(found)
        return CHUNK_EMBEDDINGS.conform(
            found.with_columns(
                fingerprint=pl.lit(None, pl.String), model=pl.lit(self._embedder.space)
            )
        )

    def _check(self, found: pl.DataFrame) -> None:
        """`DataError` where a vector is not finite, or has another width than those before it."""
        vector = pl.col("vector")
        finite = vector.list.eval(pl.element().is_finite()).list.all()
        rows = found.select(*_NAMES, width=vector.list.len(), finite=finite)
        if self._width is None and rows.height:
            self._width = rows["width"][0]
        bad = rows.filter((pl.col("width") != self._width) | ~pl.col("finite"))
        for doc, chunk, width, finite in bad.head(1).iter_rows():
            fault = (
                f"has {width} dimensions, others have {self._width}" if finite else "is not finite"
            )
            raise DataError(
                f"the vector of passage {chunk} of {doc} by {self._embedder.space} {fault}",
                "correct TWIN_EMBEDDING_MODEL or TWIN_EMBEDDING_BACKEND; where they are right, "
                f"move {self._before.directory} and {_spaces(self._before)} away. Then materialise "
                "chunk_embeddings again.",
            )

    def _vectors(self, wanted: pl.DataFrame) -> pl.DataFrame:
        """(chunk_hash, vector) of those texts that have one."""
        shared = self._shared.join(wanted, on="chunk_hash", how="semi")
        holders = self._known.join(wanted, on="chunk_hash", how="semi")
        parts = [shared]
        for number in range(len(self._tables)):
            mine = holders.filter(pl.col("table") == number)
            held = self._read(number, mine["doc_id"].unique().to_list(), [*_NAMES, "vector"])
            parts.append(held.join(mine, on=_NAMES, how="semi").select("chunk_hash", "vector"))
        return pl.concat(parts).unique("chunk_hash", maintain_order=True)

    def _read(self, number: int, docs: list[str] | None, columns: list[str]) -> pl.DataFrame:
        """Rows of one of our tables; none of the kept one where that is damaged."""
        table = self._tables[number]
        try:
            return table.read(docs, columns)
        except LakeError as error:
            if table is self._before:
                raise
            _remove(table, error)
            self._tables[number] = SegmentedTable(table.directory, table.table)
            return CHUNK_EMBEDDINGS.frame().select(columns)
