"""Conditions and scores as Weaviate has them."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from twin_core.index.base import Filters
from twin_core.index.filters import utc
from twin_core.index.rows import asked_words
from twin_core.index.weaviate_state import State

MOST = 10_000  # rows that one query returns, or one request removes (QUERY_MAXIMUM_RESULTS)
GROUP = 20  # values that are looked up in one query
RANKED_BEST = 1 / 60  # Weaviate's score of the first in both rankings


def admitted(state: State, filters: Filters | None = None) -> Any:
    """The rows that are current, and that the filters admit."""
    from weaviate.classes.query import Filter

    since = Filter.by_property("since")
    parts = [since.less_or_equal(state.generation), since.greater_or_equal(state.floor)]
    if state.dead:
        parts.append(Filter.by_id().contains_none(list(state.dead)))
    if filters is not None:
        if filters.since is not None:
            parts.append(Filter.by_property("published_at").greater_or_equal(utc(filters.since)))
        if filters.until is not None:
            parts.append(Filter.by_property("published_at").less_than(utc(filters.until)))
        if filters.sources:
            parts.append(Filter.by_property("source").contains_any(list(filters.sources)))
        if filters.doc_ids:
            parts.append(Filter.by_property("doc_id").contains_any(list(filters.doc_ids)))
        words = asked_words(filters.topic)
        if words:
            parts.append(Filter.by_property("topic_words").contains_all(words))
    return Filter.all_of(parts)


def all_rows(
    tenant: Any,
    state: State,
    properties: Sequence[str],
    *,
    vectors: bool = False,
    at_once: int = 1000,
) -> Iterator[Any]:
    """Every current row, with these properties."""
    dead = set(state.dead)
    for row in tenant.iterator(
        include_vector=vectors, return_properties=[*properties, "since"], cache_size=at_once
    ):
        since = row.properties.get("since")
        if since is not None and state.floor <= since <= state.generation:
            if str(row.uuid) not in dead:
                yield row


def rows_where(
    tenant: Any, state: State, name: str, values: Sequence[str], properties: Sequence[str]
) -> list[Any]:
    """The current rows whose property `name` has one of these values, however many there are."""
    from weaviate.classes.query import Filter

    found: list[Any] = []
    groups = [list(values[at : at + GROUP]) for at in range(0, len(values), GROUP)]
    while groups:
        group = groups.pop()
        wanted = admitted(state) & Filter.by_property(name).contains_any(group)
        part = tenant.query.fetch_objects(
            filters=wanted, limit=MOST, return_properties=list(properties)
        ).objects
        if len(part) < MOST:
            found += part
        elif len(group) > 1:
            groups += [group[: len(group) // 2], group[len(group) // 2 :]]
        else:  # Weaviate pages beyond that only through all rows, without a filter
            rows = all_rows(tenant, state, [*dict.fromkeys([*properties, name])])
            found += [row for row in rows if row.properties[name] == group[0]]
    return found


def scores_of(objects: list[Any], kind: Literal["words", "rrf", "relative"]) -> list[float]:
    """The objects' scores in 0..1, as `Hit.score` promises."""
    scores = [float(o.metadata.score or 0.0) for o in objects]
    if kind == "words":
        top = max(scores, default=1.0) or 1.0
        return [score / top for score in scores]
    return [score / RANKED_BEST for score in scores] if kind == "rrf" else scores
