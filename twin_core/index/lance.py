"""The embedded index: one LanceDB table an author, in a local directory.

The key field is declared (`lance-schema:unenforced-primary-key`), so that another program's merges
into the table cannot duplicate rows; our own writers queue (`lance_table`). Searches by vector are
answered from memory (`snapshot`), or by Lance's vector index where the author's rows are too many
for it (`on_disk`); by words, from Lance's full-text index of the same version.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from twin_core.errors import IndexMismatchError, LakeError
from twin_core.index.base import (
    Contents,
    Hit,
    Query,
    SyncReport,
    author_of,
    of_another_space,
    require_space,
    require_version,
)
from twin_core.index.filters import quoted, sql
from twin_core.index.fuse import DEPTH, fuse
from twin_core.index.lance_table import LanceTable, space_of
from twin_core.index.lance_write import (
    KEYS,
    as_arrow,
    bring_in_line,
    build,
    delete,
    index,
    index_words,
    keys,
)
from twin_core.index.neighbours import Array
from twin_core.index.on_disk import OnDisk, memory_of
from twin_core.index.rows import marked
from twin_core.index.snapshot import Snapshot

KEPT = timedelta(minutes=10)  # old versions, for searches that are still reading them
Passages = Snapshot | OnDisk
_SUPERSEDED = (LakeError, RuntimeError, OSError, ValueError)  # files of a version that is gone


class LanceIndex:
    """`ChunkIndex` in a local directory.

    memory: bytes that the rows of all authors may take in a process that searches; the one in use
    stays. An author who alone would take more has a vector index, and is searched on the disk.
    """

    backend = "lancedb"

    def __init__(self, directory: Path, memory: int = 1 << 30) -> None:
        self.location = str(directory)
        self._memory = memory
        self._held: OrderedDict[str, tuple[tuple[int, int], Passages, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def _table(self, author: str) -> LanceTable:
        return LanceTable(self.location, author_of(author))

    def sync(self, author: str, batches: Iterable[pl.DataFrame], space: str) -> SyncReport:
        place = self._table(author)
        filled = (marked(batch) for batch in batches if batch.height)
        with place.writing() as table:
            if table is None or space_of(table) != space:
                report = build(place, table, filled, space, self._memory)
            else:
                report = bring_in_line(place, table, filled, self._memory)
            return replace(report, version=place.version())

    def apply(
        self,
        author: str,
        docs: Sequence[str],
        rows: pl.DataFrame,
        space: str,
        expected: str | None = None,
    ) -> SyncReport:
        place, rows = self._table(author), marked(rows)
        with place.writing() as table:
            require_version(author, expected, place.version())
            if table is None:
                raise place.missing()
            if space_of(table) != space:
                raise of_another_space(author, space_of(table), space)
            before = keys(table, f"doc_id IN ({quoted(list(docs))})" if docs else "false")
            fresh = rows.join(before, on=KEYS, how="anti", nulls_equal=True)
            stale = before.join(rows, on=KEYS, how="anti", nulls_equal=True)
            if fresh.height or stale.height:
                # First out, then in: a reader of the newest version, not of the current one, may
                # miss the passages for an instant, but never finds one twice.
                delete(table, stale["_rowid"].to_list())
                if fresh.height:
                    table.add(as_arrow(fresh, author, table.schema))
                index_words(table, fresh.height + stale.height)
                place.publish(table)
            gone = stale.join(fresh, on="chunk_id", how="anti").height
            unchanged = rows.height - fresh.height
            return SyncReport(fresh.height, gone, unchanged, place.version())

    def search(self, author: str, query: Query, k: int) -> list[Hit]:
        if k < 1 or query.empty:
            return []
        return self._reading(author, lambda found, table: _search(author, found, table, query, k))

    def siblings(self, author: str, parent_ids: Sequence[str]) -> list[Hit]:
        def read(passages: Passages, _: Any) -> list[Hit]:
            rows = passages.of_parents(parent_ids)
            return passages.hits(rows, [0.0] * len(rows), [None] * len(rows))

        return self._reading(author, read)

    def _reading(self, author: str, read: Callable[[Passages, Any], list[Hit]]) -> list[Hit]:
        """What `read` finds in the current version, given its passages and its table."""
        place, tries = self._table(author), 3
        while True:
            signature = place.signature()
            try:
                with place.explained():
                    return read(*self._passages(author))
            except IndexMismatchError:
                raise
            except _SUPERSEDED:
                # Unless a write was published and the version before it cleaned up meanwhile.
                tries -= 1
                if not tries or place.signature() == signature:
                    raise

    def contents(self, author: str) -> Contents:
        place = self._table(author)
        found = place.current()
        if found is None:
            return Contents()
        table, _ = found
        with place.explained():
            ids = table.search().select(["chunk_id"]).to_arrow()["chunk_id"]
            return Contents(len(ids), len(ids.unique()), space_of(table))

    def version(self, author: str) -> str | None:
        return self._table(author).version()

    def drop(self, author: str) -> None:
        place = self._table(author)
        with place.locked():
            place.discard()
        with self._lock:
            self._held.pop(author, None)

    def optimise(self, author: str) -> dict[str, int]:
        place = self._table(author)
        with place.writing() as table:
            if table is None:
                return {}
            before = len(table.list_versions())
            table.optimize(cleanup_older_than=timedelta(days=36500))
            index(table, self._memory)
            index_words(table)
            place.publish(table)  # before the clean-up: what is tagged cannot be removed
            table.optimize(cleanup_older_than=KEPT)
            place.publish(table)
            return {
                "rows": table.count_rows(),
                "fragments": table.stats()["fragment_stats"]["num_fragments"],
                "versions_removed": max(0, before - len(table.list_versions())),
                "megabytes": round(
                    sum(f.stat().st_size for f in place.path.rglob("*") if f.is_file()) / 1e6
                ),
            }

    def _passages(self, author: str) -> tuple[Passages, Any]:
        """The current version's, and the table at that version for searches by words."""
        place = self._table(author)
        signature = place.signature()
        held = self._held.get(author)
        if held is not None and held[0] == signature:
            with suppress(KeyError):  # dropped meanwhile; without the lock, which a reading holds
                self._held.move_to_end(author)  # the least recently used goes first
            return held[1], held[2]
        with self._lock:
            held = self._held.get(author)
            signature = place.signature()
            if held is not None and held[0] == signature:
                return held[1], held[2]
            # Signed before it is read: a write in between makes it look old, never new.
            table, _ = place.require()
            with place.explained():
                large = memory_of(table) > self._memory
                passages = OnDisk(table) if large else Snapshot(table.to_arrow())
            self._held.pop(author, None)
            if signature is not None:
                self._held[author] = (signature, passages, table)
            while len(self._held) > 1 and self._bytes() > self._memory:
                self._held.popitem(last=False)
            return passages, table

    def _bytes(self) -> int:
        return sum(passages.bytes for _, passages, _ in self._held.values())


def _search(author: str, passages: Passages, table: Any, query: Query, k: int) -> list[Hit]:
    require_space(author, space_of(table), query)
    k = max(1, min(k, passages.count))  # Lance counts in 32 bits
    vector = None if query.vector is None else _query_vector(query.vector, passages, author)
    depth = k if vector is None or not query.text.strip() else max(2 * k, DEPTH)
    near: list[tuple[int, float]] = []
    if vector is not None:
        rows, cosines = passages.nearest(vector, depth, query.filters)
        near = list(zip(rows.tolist(), cosines.tolist(), strict=True))
    if not query.text.strip():
        cosines = [cosine for _, cosine in near]
        return passages.hits([row for row, _ in near], cosines, cosines)
    found = _matching(table, query, depth)
    numbers, scores = passages.numbers(found), found["_score"].to_list()
    if vector is None:
        top = max(scores, default=1.0) or 1.0
        return passages.hits(numbers, [score / top for score in scores], [None] * len(scores))
    matched = list(zip(numbers, scores, strict=True))
    fused = fuse(near, matched, query.alpha, query.fusion)[:k]
    rows = [row for row, _ in fused]
    return passages.hits(rows, [s for _, s in fused], passages.cosines(rows, vector))


def _matching(table: Any, query: Query, k: int) -> pl.DataFrame:
    """chunk_id, _rowid and _score (BM25) of the k passages that match the words best."""
    from lancedb.query import MatchQuery

    # As a plain text, Lance would take words in quotation marks for a phrase, and need positions.
    words = MatchQuery(query.text, "text")  # pyright: ignore[reportCallIssue] - has defaults
    wanted = table.search(words, query_type="fts").select(["chunk_id", "_score"]).limit(k)
    if where := sql(query.filters):
        wanted = wanted.where(where, prefilter=True)
    found = pl.from_arrow(wanted.with_row_id(True).to_arrow())
    assert isinstance(found, pl.DataFrame)
    return found.sort("_score", "chunk_id", descending=[True, False])  # ties as in a fresh build


def _query_vector(vector: Sequence[float], passages: Passages, author: str) -> Array:
    import numpy as np

    query = np.asarray(vector, dtype=np.float32)
    if query.shape != (passages.width,):
        raise IndexMismatchError(
            f"the query has {query.size} dimensions, the index of {author} has {passages.width}",
            f"embed with the model of the index, or index again: `twin run {author}`.",
        )
    return query / max(float(np.linalg.norm(query)), 1e-12)
