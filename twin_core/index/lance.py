"""The embedded index: one LanceDB table an author, in a local directory.

The key field is declared (`lance-schema:unenforced-primary-key`), so that another program's merges
into the table cannot duplicate rows; our own writers queue (`lance_table`). Searches by vector are
answered from memory (`snapshot`), by words from Lance's full-text index of the same version.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
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
from twin_core.index.rows import marked
from twin_core.index.snapshot import Snapshot

MEMORY_BYTES = 1 << 30  # of all snapshots together; the one in use always stays
KEPT = timedelta(minutes=10)  # old versions, for searches that are still reading them
_SUPERSEDED = (LakeError, RuntimeError, OSError, ValueError)  # files of a version that is gone


class LanceIndex:
    """`ChunkIndex` in a local directory."""

    backend = "lancedb"

    def __init__(self, directory: Path) -> None:
        self.location = str(directory)
        self._held: OrderedDict[str, tuple[tuple[int, int], Snapshot, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def _table(self, author: str) -> LanceTable:
        return LanceTable(self.location, author_of(author))

    def sync(self, author: str, batches: Iterable[pl.DataFrame], space: str) -> SyncReport:
        place = self._table(author)
        filled = (marked(batch) for batch in batches if batch.height)
        with place.writing() as table:
            if table is None or space_of(table) != space:
                report = build(place, table, filled, space)
            else:
                report = bring_in_line(place, table, filled)
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
        place = self._table(author)
        for _ in range(3):
            signature = place.signature()
            try:
                return self._search(author, query, k)
            except IndexMismatchError:
                raise
            except _SUPERSEDED:
                # A write was published and the version before it cleaned up meanwhile.
                if place.signature() == signature:
                    raise
        return self._search(author, query, k)

    def _search(self, author: str, query: Query, k: int) -> list[Hit]:
        snapshot, table = self._snapshot(author)
        require_space(author, space_of(table), query)
        k = max(1, min(k, len(snapshot.matrix)))  # Lance counts in 32 bits
        vector = None if query.vector is None else _query_vector(query.vector, snapshot, author)
        depth = k if vector is None or not query.text.strip() else max(2 * k, DEPTH)
        near: list[tuple[int, float]] = []
        if vector is not None:
            rows, cosines = snapshot.nearest(vector, depth, query.filters)
            near = list(zip(rows.tolist(), cosines.tolist(), strict=True))
        if not query.text.strip():
            cosines = [cosine for _, cosine in near]
            return snapshot.hits([row for row, _ in near], cosines, cosines)
        with self._table(author).explained():
            found = _matching(table, query, depth)
        matched = list(
            zip(snapshot.numbers([n for n, _ in found]), (s for _, s in found), strict=True)
        )
        if vector is None:
            top = max((score for _, score in matched), default=1.0) or 1.0
            scores = [score / top for _, score in matched]
            return snapshot.hits([row for row, _ in matched], scores, [None] * len(scores))
        fused = fuse(near, matched, query.alpha, query.fusion)[:k]
        rows = [row for row, _ in fused]
        return snapshot.hits(rows, [s for _, s in fused], snapshot.cosines(rows, vector))

    def siblings(self, author: str, parent_ids: Sequence[str]) -> list[Hit]:
        snapshot, _ = self._snapshot(author)
        rows = snapshot.of_parents(parent_ids)
        return snapshot.hits(rows, [0.0] * len(rows), [None] * len(rows))

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
            index(table)
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

    def _snapshot(self, author: str) -> tuple[Snapshot, Any]:
        """The current version in memory, and the table at that version for searches by words."""
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
                snapshot = Snapshot(table.to_arrow())
            self._held.pop(author, None)
            if signature is not None:
                self._held[author] = (signature, snapshot, table)
            while len(self._held) > 1 and self._bytes() > MEMORY_BYTES:
                self._held.popitem(last=False)
            return snapshot, table

    def _bytes(self) -> int:
        return sum(snapshot.bytes for _, snapshot, _ in self._held.values())


def _matching(table: Any, query: Query, k: int) -> list[tuple[str, float]]:
    """(chunk_id, BM25) of the k passages that match the words best."""
    from lancedb.query import MatchQuery

    # As a plain text, Lance would take words in quotation marks for a phrase, and need positions.
    words = MatchQuery(query.text, "text")  # pyright: ignore[reportCallIssue] - has defaults
    wanted = table.search(words, query_type="fts").select(["chunk_id", "_score"]).limit(k)
    where = sql(query.filters)
    found = (wanted.where(where, prefilter=True) if where else wanted).to_arrow()
    pairs = zip(found["chunk_id"].to_pylist(), found["_score"].to_pylist(), strict=True)
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))  # ties as in a fresh build


def _query_vector(vector: Sequence[float], snapshot: Snapshot, author: str) -> Array:
    import numpy as np

    query = np.asarray(vector, dtype=np.float32)
    if query.shape != (snapshot.width,):
        raise IndexMismatchError(
            f"the query has {query.size} dimensions, the index of {author} has {snapshot.width}",
            f"embed with the model of the index, or index again: `twin run {author}`.",
        )
    return query / max(float(np.linalg.norm(query)), 1e-12)
