"""The index on a Weaviate server: one tenant an author, one collection an embedding space.

An alias an author (`Prefix_of_SLUG`) names the collection that holds the author's current rows;
moving to another space builds a tenant there, and moves the alias when it is complete. Within a
collection `weaviate_state` says which rows are current.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
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
from twin_core.index.rows import CITED, as_hits, marked
from twin_core.index.unspaced import asked_pairs
from twin_core.index.weaviate_query import MOST, admitted, all_rows, rows_where, scores_of
from twin_core.index.weaviate_server import SEARCHED, VECTOR, WeaviateServer, collection_name
from twin_core.index.weaviate_state import Lease, State, read_state, version_of
from twin_core.index.weaviate_write import Writer

PREFIX = "TwinChunks"
LEASE_SECONDS = 30.0


Answer = TypeVar("Answer")


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
        filled = (marked(batch) for batch in batches if batch.height)
        with self._server.explained(), self._lease(author).held() as lease:
            writer = self._writer(author, lease)
            found = self._current(author, fresh=True)
            if found is None or not self._fits(*found, space):
                return writer.build(filled, space, None if found is None else found[1])
            return writer.bring_in_line(*found, filled)

    def apply(
        self,
        author: str,
        docs: Sequence[str],
        rows: pl.DataFrame,
        space: str,
        expected: str | None = None,
    ) -> SyncReport:
        rows = marked(rows)
        with self._server.explained(), self._lease(author).held() as lease:
            found = self._current(author, fresh=True)
            require_version(author, expected, None if found is None else version_of(*found))
            if found is None:
                raise self._missing(author)
            tenant, state = found
            if not self._fits(tenant, state, space):
                held = None if state.space == space else state.space
                raise of_another_space(author, held, space)
            return self._writer(author, lease).apply(tenant, state, docs, rows)

    def _fits(self, tenant: Any, state: State, space: str) -> bool:
        """Whether rows of the space can go where the author's are: same model, and our schema."""
        return tenant.name == collection_name(self._prefix, space, state.width)

    def search(self, author: str, query: Query, k: int) -> list[Hit]:
        if k < 1 or query.empty:
            return []
        most = min(k, MOST)

        def ask(tenant: Any, state: State) -> list[Hit]:
            # What an older version made is searched as it was until it is built anew.
            ours = self._fits(tenant, state, state.space)
            require_space(author, state.space, query)
            return _search(tenant, state, author, query, most, SEARCHED if ours else SEARCHED[:1])

        try:
            return self._read(author, ask)
        except IndexMismatchError:
            if self._homes.pop(author, None) is None:
                raise
            return self._read(author, ask)  # the alias may have moved to the query's space

    def siblings(self, author: str, parent_ids: Sequence[str]) -> list[Hit]:
        def ask(tenant: Any, state: State) -> list[Hit]:
            found = rows_where(tenant, state, "parent_id", list(dict.fromkeys(parent_ids)), CITED)
            rows = sorted(({name: o.properties[name] for name in CITED} for o in found), key=_place)
            return as_hits(rows, [0.0] * len(rows), [None] * len(rows))

        return self._read(author, ask)

    def contents(self, author: str) -> Contents:
        def ask(tenant: Any, state: State) -> Contents:
            names = [row.properties["chunk_id"] for row in all_rows(tenant, state, ["chunk_id"])]
            return Contents(len(names), len(set(names)), state.space)

        return self._seek(author, ask, fresh=True) or Contents()

    def version(self, author: str) -> str | None:
        return self._seek(author, version_of, fresh=True)

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

        client, author = self._server.client, author_of(author)
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

    def _read(self, author: str, ask: Callable[[Any, State], list[Hit]]) -> list[Hit]:
        found = self._seek(author, ask)
        if found is None:
            raise self._missing(author)
        return found

    def _seek(
        self, author: str, ask: Callable[[Any, State], Answer], *, fresh: bool = False
    ) -> Answer | None:
        """`ask` on the current state, None where there is none; again where the author's rows moved
        to another collection meanwhile. fresh: ask the alias first."""
        from weaviate.exceptions import WeaviateQueryError

        for again in (True, True, False):
            with self._server.explained():
                try:
                    found = self._current(author, fresh=fresh)
                    if found is not None:
                        return ask(*found)
                except WeaviateQueryError:
                    if not again:
                        raise
                if self._homes.pop(author, None) is None:  # there is no alias
                    return None
        return None

    def _missing(self, author: str) -> LakeError:
        return LakeError(
            f"there is no index of {author} in Weaviate at {self.location}",
            f"materialise chunk_index: `twin run {author}`.",
        )

    def _lease(self, author: str) -> Lease:
        return Lease(self._leases(), author_of(author), self._lease_seconds)

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


def _search(
    tenant: Any, state: State, author: str, query: Query, k: int, searched: Sequence[str]
) -> list[Hit]:
    from weaviate.classes.query import HybridFusion, MetadataQuery

    words = " ".join([query.text, *asked_pairs(query.text)])
    wanted: dict[str, Any] = {
        "filters": admitted(state, query.filters),
        "limit": k,
        "return_properties": list(CITED),
    }
    if query.vector is None:
        found = tenant.query.bm25(
            words,
            query_properties=list(searched),
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
            words,
            vector=vector.tolist(),
            alpha=query.alpha,
            fusion_type=fusion,
            query_properties=list(searched),
            return_metadata=MetadataQuery(score=True),
            **wanted,
        )
    # From the stored vectors: exact, where the index itself reckons with 8 bits.
    cosines = [float(np.dot(o.vector[VECTOR], vector)) for o in found.objects]
    scores = scores_of(found.objects, query.fusion) if query.text.strip() else cosines
    return as_hits([o.properties for o in found.objects], scores, cosines)
