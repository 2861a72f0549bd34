"""Conditions and scores as Weaviate has them."""

from typing import Any, Literal

from twin_core.index.base import Filters
from twin_core.index.filters import utc
from twin_core.index.rows import topic_words
from twin_core.index.weaviate_state import State

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
        words = topic_words(filters.topic)
        if words:
            parts.append(Filter.by_property("topic_words").contains_all(words))
    return Filter.all_of(parts)


def scores_of(objects: list[Any], kind: Literal["words", "rrf", "relative"]) -> list[float]:
    """The objects' scores in 0..1, as `Hit.score` promises."""
    scores = [float(o.metadata.score or 0.0) for o in objects]
    if kind == "words":
        top = max(scores, default=1.0) or 1.0
        return [score / top for score in scores]
    return [score / RANKED_BEST for score in scores] if kind == "rrf" else scores
