"""How rows get into Weaviate; readers see none of it before the state is replaced, or the alias."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any
from uuid import UUID

import polars as pl

from twin_core.errors import LakeError
from twin_core.index.base import SyncReport
from twin_core.index.rows import STORED, stored, width_of
from twin_core.index.unspaced import pairs
from twin_core.index.weaviate_query import MOST, all_rows, rows_where
from twin_core.index.weaviate_server import PAIRS, VECTOR, collection_name, create_collection
from twin_core.index.weaviate_state import (
    Lease,
    State,
    next_generation,
    read_state,
    row_id,
    version_of,
    write_state,
)

BATCH = 200  # rows in one request
DEAD = 500  # rows a query is asked to leave out; beyond it all rows are written anew
GRACE_SECONDS = 10  # rows no longer current are kept for queries that began before
KEYS = ["chunk_id", "fingerprint"]
_PROPERTIES = [*STORED, "topic_words"]


class Writer:
    """Writes one author's part, under a lease."""

    def __init__(self, client: Any, prefix: str, author: str, alias: str, lease: Lease) -> None:
        self._client = client
        self._prefix = prefix
        self._author = author
        self._alias = alias
        self._lease = lease

    def build(
        self, batches: Iterator[pl.DataFrame], space: str, before: State | None
    ) -> SyncReport:
        """A new tenant in the space's collection, then the alias moved to it."""
        gone = 0 if before is None else before.rows
        first = next(batches, None)
        if first is None:
            self.remove()
            return SyncReport(0, gone, 0)
        width = width_of(first)
        name = collection_name(self._prefix, space, width)
        create_collection(self._client, name)
        collection = self._client.collections.use(name)
        if collection.tenants.exists(self._author):  # what a killed build left behind
            collection.tenants.remove([self._author])
        collection.tenants.create([self._author])
        tenant = collection.with_tenant(self._author)
        generation = next_generation(0)
        written = sum(
            self._insert(tenant, batch, width, generation) for batch in chain([first], batches)
        )
        self._lease.confirm()
        state = State(generation, 0, space, width, written)
        write_state(tenant, state, first=True)
        if self._client.alias.exists(alias_name=self._alias):
            self._client.alias.update(alias_name=self._alias, new_target_collection=name)
        else:
            self._client.alias.create(alias_name=self._alias, target_collection=name)
        self._leave(name)
        return SyncReport(written, gone, 0, version_of(tenant, state))

    def bring_in_line(
        self, tenant: Any, state: State, batches: Iterator[pl.DataFrame]
    ) -> SyncReport:
        """Add the rows that are not there, and leave out those that should not be."""
        state = self._purged(tenant, state)
        before = self._current_rows(tenant, state)
        generation = next_generation(state.generation)
        kept: list[pl.DataFrame] = []
        added: list[pl.Series] = []
        for batch in batches:
            kept.append(before.join(batch, on=KEYS, how="semi"))
            fresh = batch.join(before, on=KEYS, how="anti")
            self._insert(tenant, fresh, state.width, generation)
            added.append(fresh["chunk_id"])
        stale = before.join(pl.concat(kept), on="row", how="anti") if kept else before
        names = pl.concat(added) if added else before["chunk_id"].clear()
        return self._publish(tenant, state, generation, names, stale, before.height - stale.height)

    def apply(
        self, tenant: Any, state: State, docs: Sequence[str], rows: pl.DataFrame
    ) -> SyncReport:
        state = self._purged(tenant, state)
        before = _rows(rows_where(tenant, state, "doc_id", docs, KEYS))
        fresh = rows.join(before, on=KEYS, how="anti")
        stale = before.join(rows, on=KEYS, how="anti")
        generation = next_generation(state.generation)
        self._insert(tenant, fresh, state.width, generation)
        unchanged = rows.height - fresh.height
        return self._publish(tenant, state, generation, fresh["chunk_id"], stale, unchanged)

    def tidy(self, tenant: Any, state: State) -> dict[str, int]:
        """Remove what no query can see any more, and collections without authors."""
        before = len(tenant)
        state = self._purged(tenant, state)
        self._leave(tenant.name)
        removed = 0
        for name in self._collections():
            if name != tenant.name and not self._client.collections.use(name).tenants.get():
                if not self._client.alias.list_all(collection=name):
                    self._client.collections.delete(name)
                    removed += 1
        return {
            "rows": state.rows,
            "rows_removed": before - len(tenant),
            "rows_awaiting_removal": len(state.dead),
            "collections_removed": removed,
        }

    def remove(self) -> None:
        """First the alias, so that no reader finds half of it."""
        self._client.alias.delete(alias_name=self._alias)
        self._leave(None)

    def _publish(
        self,
        tenant: Any,
        state: State,
        generation: int,
        added: pl.Series,
        stale: pl.DataFrame,
        unchanged: int,
    ) -> SyncReport:
        """Replace the state, if anything changed."""
        gone = stale.filter(~pl.col("chunk_id").is_in(added.implode())).height
        if not added.len() and not stale.height:
            return SyncReport(0, 0, unchanged, version_of(tenant, state))
        dead = (*state.dead, *stale["row"].to_list())
        rows = state.rows + added.len() - stale.height
        after = replace(state, generation=generation, dead=dead, rows=rows)
        if len(dead) > DEAD:
            self._carry_over(tenant, replace(state, dead=dead), generation)
            after = replace(after, dead=(), floor=generation)
        self._lease.confirm()
        latest = read_state(tenant)
        if latest is None or latest.generation != state.generation:
            raise LakeError(
                f"the index of {self._author} was changed while it was being written",
                "nothing of this write is visible; materialise chunk_index again.",
            )
        write_state(tenant, after, first=False)
        return SyncReport(added.len(), gone, unchanged, version_of(tenant, after))

    def _insert(self, tenant: Any, frame: pl.DataFrame, width: int, generation: int) -> int:
        """Send the rows as of a generation; the first that is refused is named."""
        if not frame.height:
            return 0
        rows = stored(frame, width, self._author)
        for part in rows.iter_slices(BATCH):
            self._send(tenant, part.to_dicts(), generation)
        return frame.height

    def _send(self, tenant: Any, rows: Iterable[dict[str, Any]], generation: int) -> None:
        from weaviate.classes.data import DataObject

        self._lease.renew()
        objects = []
        for row in rows:
            vector = row.pop("vector")
            names = row["chunk_id"], row["fingerprint"]
            properties = {name: value for name, value in row.items() if value is not None}
            if found := pairs(row["text"]):
                properties[PAIRS] = " ".join(found)
            objects.append(
                DataObject(
                    properties={**properties, "since": generation},
                    uuid=row_id(self._author, *names, generation),
                    vector={VECTOR: list(vector)},
                )
            )
        answer = tenant.data.insert_many(objects)
        for place, fault in sorted(answer.errors.items()):
            raise LakeError(
                f"Weaviate refused passage {objects[place].properties['chunk_id']} of "
                f"{self._author} and {len(answer.errors) - 1} others: {fault.message}",
                "nothing of this write is visible; correct the cause and index again.",
            )

    def _current_rows(self, tenant: Any, state: State) -> pl.DataFrame:
        """`KEYS` and row of every current row."""
        return _rows(all_rows(tenant, state, KEYS))

    def _carry_over(self, tenant: Any, state: State, generation: int) -> None:
        """Write the rows that stay as of the new generation too."""
        part: list[dict[str, Any]] = []
        for row in all_rows(tenant, state, _PROPERTIES, vectors=True, at_once=BATCH):
            values = {name: row.properties.get(name) for name in _PROPERTIES}
            part.append({**values, "vector": row.vector[VECTOR]})
            if len(part) == BATCH:
                self._send(tenant, part, generation)
                part = []
        if part:
            self._send(tenant, part, generation)

    def _purged(self, tenant: Any, state: State) -> State:
        """Remove what a killed writer left, and what no query can still be reading."""
        from weaviate.classes.query import Filter

        since = Filter.by_property("since")
        _delete(tenant, since.greater_than(state.generation))
        if time.time() - state.flipped < GRACE_SECONDS:
            return state
        _delete(tenant, since.less_than(state.floor))
        if not state.dead:
            return state
        for at in range(0, len(state.dead), BATCH):
            ids = [UUID(row) for row in state.dead[at : at + BATCH]]
            _delete(tenant, Filter.by_id().contains_any(ids))
        state = replace(state, dead=())
        self._lease.confirm()
        write_state(tenant, state, first=False)
        return state

    def _collections(self) -> list[str]:
        """Names of the collections of all spaces."""
        names = self._client.collections.list_all(simple=True)
        return [
            name
            for name in names
            if name.startswith(f"{self._prefix}_") and name != f"{self._prefix}_leases"
        ]

    def _leave(self, kept: str | None) -> None:
        """Remove the author's tenants from all collections but one."""
        for name in self._collections():
            tenants = self._client.collections.use(name).tenants
            if name != kept and tenants.exists(self._author):
                tenants.remove([self._author])


def _rows(objects: Iterable[Any]) -> pl.DataFrame:
    found = [(o.properties["chunk_id"], o.properties["fingerprint"], str(o.uuid)) for o in objects]
    schema = {"chunk_id": pl.String, "fingerprint": pl.String, "row": pl.String}
    return pl.DataFrame(found, schema=schema, orient="row")


def _delete(tenant: Any, where: Any) -> None:
    """All that match; one request removes `MOST` at the most."""
    while tenant.data.delete_many(where).matches >= MOST:
        pass
