"""The index on a Weaviate server: one tenant an author, one collection an embedding space.

An alias an author (`Prefix_of_SLUG`) names the collection that holds the author's current rows;
moving to another space builds a tenant there, and moves the alias when it is complete. Within a
collection `weaviate_state` says which rows are current.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl

from twin_core.errors import IndexMismatchError, LakeError
from twin_core.index.base import Contents, Hit, Query, SyncReport
from twin_core.index.rows import CITED, as_hits
from twin_core.index.weaviate_query import admitted, scores_of
from twin_core.index.weaviate_server import VECTOR, WeaviateServer
from twin_core.index.weaviate_state import Lease, State, read_state
from twin_core.index.weaviate_write import Writer

PREFIX = "TwinChunks"
LEASE_SECONDS = 30.0
MOST = 10_000  # what Weaviate returns at once (QUERY_MAXIMUM_RESULTS)


class WeaviateIndex:
    """`ChunkIndex` on a server; prefix: of all names there; lease: seconds after which a writer
    that stands still, or was killed, loses its turn."""

    backend = "weaviate"

    def __init__(
        self,
        url: str,
        grpc: str | None = None,
        api_key: str | None = None,
        *,
        prefix: str = PREFIX,
        lease: float = LEASE_SECONDS,
    ) -> None:
        self.location = url
        self._server = WeaviateServer(url, grpc, api_key)
        self._prefix = prefix
        self._lease_seconds = lease
        self._homes: dict[str, str] = {}  # author → collection, as the alias said last

    def close(self) -> None:
        self._server.close()

    def sync(self, author: str, batches: Iterable[pl.DataFrame], space: str) -> SyncReport:
        filled = (batch for batch in batches if batch.height)
        with self._server.explained(), self._lease(author).held() as lease:
            writer = self._writer(author, lease)
            found = self._current(author, fresh=True)
            if found is None or found[1].space != space:
                return writer.build(filled, space, None if found is None else found[1])
            return writer.bring_in_line(*found, filled)

    def apply(self, author: str, docs: Sequence[str], rows: pl.DataFrame, space: str) -> SyncReport:
        with self._server.explained(), self._lease(author).held() as lease:
            found = self._current(author, fresh=True)
            if found is None:
                raise self._missing(author)
            tenant, state = found
            if state.space != space:
                raise IndexMismatchError(
                    f"the index of {author} holds vectors of {state.space}, not of {space}",
                    "sync all of the author's rows: they must come from one embedder.",
                )
            return self._writer(author, lease).apply(tenant, state, docs, rows)

    def search(self, author: str, query: Query, k: int) -> list[Hit]:
        if k < 1 or query.empty:
            return []
        most = min(k, MOST)
        return self._read(author, lambda tenant, state: _search(tenant, state, author, query, most))

    def siblings(self, author: str, parent_ids: Sequence[str]) -> list[Hit]:
        def ask(tenant: Any, state: State) -> list[Hit]:
            from weaviate.classes.query import Filter

            if not parent_ids:
                return []
            wanted = admitted(state) & Filter.by_property("parent_id").contains_any(
                list(parent_ids)
            )
            found = tenant.query.fetch_objects(
                filters=wanted, limit=MOST, return_properties=list(CITED)
            )
            rows = sorted((o.properties for o in found.objects), key=_place)
            return as_hits(rows, [0.0] * len(rows), [None] * len(rows))

        return self._read(author, ask)

    def contents(self, author: str) -> Contents:
        with self._server.explained():
            found = self._current(author, fresh=True)
            if found is None:
                return Contents()
            tenant, state = found
            dead = set(state.dead)
            names = [
                row.properties["chunk_id"]
                for row in tenant.iterator(return_properties=["chunk_id", "since"])
                if row.properties["since"] is not None
                and state.floor <= row.properties["since"] <= state.generation
                and str(row.uuid) not in dead
            ]
            return Contents(len(names), len(set(names)), state.space)

    def version(self, author: str) -> str | None:
        with self._server.explained():
            found = self._current(author, fresh=True)
            return None if found is None else f"{found[0].name}@{found[1].generation}"

    def drop(self, author: str) -> None:
        with self._server.explained(), self._lease(author).held() as lease:
            self._writer(author, lease).remove()
            self._homes.pop(author, None)

    def optimise(self, author: str) -> dict[str, int]:
        with self._server.explained(), self._lease(author).held() as lease:
            found = self._current(author, fresh=True)
            return {} if found is None else self._writer(author, lease).tidy(*found)

    def _current(self, author: str, *, fresh: bool = False) -> tuple[Any, State] | None:
        """(the author's tenant, its state); fresh: ask the alias again. None where either is
        missing."""
        from weaviate.exceptions import WeaviateQueryError

        client = self._server.client
        if fresh or author not in self._homes:
            alias = client.alias.get(alias_name=alias_name(self._prefix, author))
            if alias is None:
                return None
            self._homes[author] = alias.collection
        collection = client.collections.use(self._homes[author])
        tenant = collection.with_tenant(author)
        try:
            state = read_state(tenant)
        except WeaviateQueryError:
            # The server names the class in this error, never the tenant.
            if client.collections.exists(collection.name) and collection.tenants.exists(author):
                raise
            return None
        return None if state is None else (tenant, state)

    def _read(self, author: str, ask: Any) -> list[Hit]:
        """`ask` on the current state; again where the author's rows moved to another collection
        meanwhile."""
        from weaviate.exceptions import WeaviateQueryError

        for again in (True, True, False):
            found = None
            with self._server.explained():
                known = self._homes.get(author)
                try:
                    found = self._current(author)
                    if found is not None:
                        return ask(*found)
                except WeaviateQueryError:
                    if not again:
                        raise
                self._homes.pop(author, None)
                if known is None and found is None:
                    break
        raise self._missing(author)

    def _missing(self, author: str) -> LakeError:
        return LakeError(
            f"there is no index of {author} in Weaviate at {self.location}",
            f"materialise chunk_index: `twin run {author}`.",
        )

    def _lease(self, author: str) -> Lease:
        return Lease(self._leases(), author, self._lease_seconds)

    def _leases(self) -> Any:
        """The small collection of all leases."""
        from weaviate.classes.config import Configure, DataType, Property
        from weaviate.exceptions import UnexpectedStatusCodeError

        client, name = self._server.client, f"{self._prefix}_leases"
        if not client.collections.exists(name):
            try:
                client.collections.create(
                    name,
                    properties=[
                        Property(name="owner", data_type=DataType.TEXT),
                        Property(name="lapses", data_type=DataType.NUMBER),
                    ],
                    vector_config=Configure.Vectors.self_provided(),
                )
            except UnexpectedStatusCodeError:
                if not client.collections.exists(name):
                    raise
        return client.collections.use(name)

    def _writer(self, author: str, lease: Lease) -> Writer:
        alias = alias_name(self._prefix, author)
        return Writer(self._server.client, self._prefix, author, alias, lease)


def alias_name(prefix: str, author: str) -> str:
    """Slugs have no underscore, so that no two authors share an alias."""
    return f"{prefix}_of_{author.replace('-', '_')}"


def _place(row: dict[str, Any]) -> tuple[str, int]:
    return row["doc_id"], row["start"]


def _search(tenant: Any, state: State, author: str, query: Query, k: int) -> list[Hit]:
    from weaviate.classes.query import HybridFusion, MetadataQuery

    wanted: dict[str, Any] = {
        "filters": admitted(state, query.filters),
        "limit": k,
        "return_properties": list(CITED),
    }
    if query.vector is None:
        found = tenant.query.bm25(
            query.text,
            query_properties=["text"],
            return_metadata=MetadataQuery(score=True),
            **wanted,
        )
        return as_hits(
            [o.properties for o in found.objects],
            scores_of(found.objects, "words"),
            [None] * len(found.objects),
        )
    vector = np.asarray(query.vector, dtype=np.float32)
    if vector.shape != (state.width,):
        raise IndexMismatchError(
            f"the query has {vector.size} dimensions, the index of {author} has {state.width}",
            f"embed with the model of the index, or index again: `twin run {author}`.",
        )
    vector /= max(float(np.linalg.norm(vector)), 1e-12)
    wanted |= {"target_vector": VECTOR, "include_vector": [VECTOR]}
    if not query.text.strip():
        found = tenant.query.near_vector(vector.tolist(), **wanted)
    else:
        fusion = HybridFusion.RANKED if query.fusion == "rrf" else HybridFusion.RELATIVE_SCORE
        found = tenant.query.hybrid(
            query.text,
            vector=vector.tolist(),
            alpha=query.alpha,
            fusion_type=fusion,
            query_properties=["text"],
            return_metadata=MetadataQuery(score=True),
            **wanted,
        )
    # From the stored vectors: exact, where the index itself reckons with 8 bits.
    cosines = [float(np.dot(o.vector[VECTOR], vector)) for o in found.objects]
    scores = scores_of(found.objects, query.fusion) if query.text.strip() else cosines
    return as_hits([o.properties for o in found.objects], scores, cosines)
