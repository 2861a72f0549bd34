"""Question → filters → wordings → search → fusion → reranking → passages → notes.

Each step is a function of its own module; the recipe's `retrieval` says which are taken.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from twin_core.embedder import Embedder, open_embedder
from twin_core.errors import SettingError
from twin_core.index.base import ChunkIndex, Filters, Hit, Query
from twin_core.lake import Lake
from twin_core.recipe import Generation, Retrieval
from twin_core.retrieval import asked, rerank
from twin_core.retrieval.assistant import Assistant
from twin_core.retrieval.expansion import other_wordings
from twin_core.retrieval.fusion import fuse_wordings
from twin_core.retrieval.packing import Size, pack, packaged_size
from twin_core.retrieval.parents import with_parents
from twin_core.retrieval.reading import Reading
from twin_core.retrieval.recency import in_order
from twin_core.retrieval.relevance import relevant
from twin_core.retrieval.selfquery import read_question
from twin_core.retrieval.sources import names_of, newest_first, sources_of, titles_of
from twin_core.retrieval.terms import main_title, names_a_subject, title_key

if TYPE_CHECKING:
    from twin_core.settings import TwinSettings

NOTHING = Filters()
NAMED_DEPTH = 200  # passages with a title's words among which those of its text are looked for
VERSION = "retrieval-13"


def _none(*_: object) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Tools:
    """What the steps work with. embed: texts → unit vectors of `space`; cross_encoder and
    assistant: None where none is configured; sources, names, titles: those that an author has, the
    last by key; newest_first: ids of an author's dated documents that
    filters admit; size: tokens of a text, where the caller of `ground` does not count them by the
    model that answers."""

    index: ChunkIndex
    embed: Callable[[Sequence[str]], Any]
    space: Callable[[], str | None] = lambda: None
    cross_encoder: rerank.Scorer | None = None
    assistant: Assistant | None = None
    sources: Callable[[str], Sequence[str]] = _none
    names: Callable[[str], Sequence[str]] = _none
    titles: Callable[[str], Mapping[str, str]] = lambda _: {}
    newest_first: Callable[[str, Filters], Sequence[str]] = _none
    today: Callable[[], date] = date.today
    size: Size = packaged_size


class Found(NamedTuple):
    """Passages, best first, those of the texts that the question names before others; loosened: the
    filters (`source`, `period`) that it asked for and that had to go before anything near was
    found."""

    hits: list[Hit]
    loosened: tuple[str, ...] = ()


class Ground(NamedTuple):
    """Notes for the prompt, and the passages that stand in them, the n-th in the n-th note; both
    empty when nothing is near enough. loosened: as in `Found`."""

    notes: str = ""
    passages: Sequence[Hit] = ()
    loosened: tuple[str, ...] = ()


def open_tools(settings: "TwinSettings", index: ChunkIndex, lake: Lake) -> Tools:
    """The tools of this installation; nothing is loaded or called before the first question."""
    key = settings.engine_api_key

    def embedder() -> Embedder:
        return open_embedder(
            settings.embedding_model, settings.embedding_backend, settings.cache_dir
        )

    return Tools(
        index=index,
        embed=lambda texts: embedder().embed(texts),
        space=lambda: embedder().space,
        cross_encoder=rerank.cross_encoder(settings.rerank_model)
        if settings.rerank_model
        else None,
        assistant=Assistant(settings.engine_url, key.get_secret_value() if key else None)
        if settings.engine_url
        else None,
        sources=lambda author: sources_of(lake, author),
        names=lambda author: names_of(settings.authors_file, author),
        titles=lambda author: titles_of(lake, author),
        newest_first=lambda author, within: newest_first(lake, author, within),
        size=lambda text: embedder().counter.size(text),
    )


def ground(
    tools: Tools,
    author: str,
    question: str,
    shape: Retrieval,
    drawn: Generation,
    size: Size | None = None,
) -> Ground:
    """What an answer to the question can rest on. size: counts tokens as the model does that
    answers; the embedder's count where it is not known."""
    if drawn.passages == 0:
        return Ground()
    hits, loosened = retrieve(tools, author, question, shape, drawn.passages)
    if shape.parents:
        hits = with_parents(tools.index, author, hits)
    return Ground(*pack(question, hits, drawn.note_tokens, size or tools.size), loosened)


def retrieve(tools: Tools, author: str, question: str, shape: Retrieval, k: int) -> Found:
    """At most k passages that have to do with the question."""
    question = question.encode("utf-8", "replace").decode()  # no model reads a lone surrogate
    reading = read(tools, author, question, shape)

    @cache
    def searching(text: str) -> Callable[[Filters, int], list[Hit]]:
        """What searches for the text, in all its wordings: filters, how many → hits."""
        wordings = [text, *reword(tools, text, shape)]
        by_words = shape.search == "words"
        vectors = [None] * len(wordings) if by_words else list(tools.embed(wordings))
        space = None if by_words else tools.space()
        return lambda filters, depth: search(
            tools.index, author, wordings, vectors, filters, shape, depth, space
        )

    among = searching(reading.text)
    found = near(reading, question, searching, shape, k)
    ranked = reorder(tools, reading.text, found.hits, shape)
    if reading.filters.doc_ids:  # asked for by their order: each has its say
        ranked = rerank.spread(ranked, reading.filters.doc_ids)
    named = [
        reorder(tools, reading.text, of_title(title, among)[: max(k, shape.candidates)], shape)
        for title in reading.titles[:k]
    ]
    hits = named_first(named, ranked, k)
    lifts = within(reading.lifts, held(reading.filters, found.loosened))
    if lifts and not named:  # a text that is named says more
        near_them = relevant(reading.text, among(lifts, k), shape.min_score)
        hits = lifted_first(reorder(tools, reading.text, near_them, shape), hits, k)
    return found._replace(hits=hits)


def near(
    reading: Reading,
    question: str,
    searching: Callable[[str], Callable[[Filters, int], list[Hit]]],
    shape: Retrieval,
    k: int,
) -> Found:
    """The passages that the filters admit and that have to do with the question, not yet ranked.
    searching: a text → what searches for it."""
    found = Found([])
    for filters, loosened in attempts(reading):
        # The words of a filter that is loosened are words again.
        among = searching(question if loosened else reading.text)
        subject = question if loosened else reading.text
        hits = among(filters, k)
        # A long document may leave no candidate to another that is asked for.
        unfound = [doc for doc in filters.doc_ids if all(doc != hit.doc_id for hit in hits)]
        for doc in unfound[:k] if hits else ():
            hits += among(replace(filters, doc_ids=(doc,)), k)
        if not reading.firm and filters != NOTHING:
            hits = fuse_wordings([among(NOTHING, k), hits])
        # "What did you write in 2024?" has no subject: whatever the filters admit answers it.
        named = not filters.doc_ids and names_a_subject(reading.text)
        only_filters = reading.firm and filters != NOTHING and not named
        kept = hits if only_filters else relevant(subject, hits, shape.min_score)
        found = Found(kept, loosened if kept else ())
        if kept or not reading.firm:
            break
    return found


def lifted_first(lifted: Sequence[Hit], ranked: Sequence[Hit], k: int) -> list[Hit]:
    """k passages: the lifted ones first, but for a quarter of the places, one at least: those are
    for the first of all that have none yet."""
    first = lifted[: max(0, k - max(1, k // 4))]
    chosen = {hit.chunk_id for hit in first}
    return [*first, *(hit for hit in ranked if hit.chunk_id not in chosen)][:k]


def held(filters: Filters, loosened: Sequence[str]) -> Filters:
    """The filters without those that were loosened."""
    for name, looser in LOOSER:
        if name in loosened:
            filters = replace(filters, **looser)
    return filters


def within(lifts: Filters, firm: Filters) -> Filters | None:
    """What both admit, by period and source; None where nothing lifts."""
    if lifts == NOTHING:
        return None
    sources = tuple(name for name in lifts.sources if name in (firm.sources or lifts.sources))
    if lifts.sources and not sources:
        return None
    since, until = lifts.since or firm.since, lifts.until or firm.until
    return Filters(since=since, until=until, sources=sources or firm.sources)


def of_title(title: str, among: Callable[[Filters, int], list[Hit]]) -> list[Hit]:
    """Passages of the author's text with that title, whatever else the question asks for; where
    none has it whole, of those that have it before a colon or dash."""
    hits = among(Filters(topic=title), NAMED_DEPTH)
    key = title_key(title)
    whole = [hit for hit in hits if title_key(hit.title) == key]
    return whole or [hit for hit in hits if title_key(main_title(hit.title)) == key]


def named_first(named: Sequence[Sequence[Hit]], ranked: Sequence[Hit], k: int) -> list[Hit]:
    """k passages: those of the named texts first, in turns. Once each has a place, a quarter of all
    is left to what else is near, since the question may ask for just that."""
    turns = {hit.chunk_id: hit for turn in zip_longest(*named) for hit in turn if hit}
    others = [hit for hit in ranked if hit.chunk_id not in turns]
    room = max(sum(map(bool, named)), k - max(1, k // 4), k - len(others))
    return [*list(turns.values())[:room], *others][:k]


def read(tools: Tools, author: str, question: str, shape: Retrieval) -> Reading:
    """Self-query, by the model where the recipe asks for it, by rules where that fails; what is
    asked for by its order alone by rules at once."""
    if shape.self_query == "none":
        return Reading(question)
    today, sources, names = tools.today(), tools.sources(author), tools.names(author)
    titles = tools.titles(author)
    by_rules = read_question(question, today, sources, names, titles)
    found = in_order(by_rules, lambda within: tools.newest_first(author, within))
    if not found and shape.self_query == "model":
        found = asked.understood(_assistant(tools), question, today, sources, titles)
    if not found:
        return by_rules
    return replace(found, titles=tuple(dict.fromkeys((*by_rules.titles, *found.titles))))


def reword(tools: Tools, question: str, shape: Retrieval) -> list[str]:
    """Query expansion, by the model where the recipe asks for it, by rules where that fails."""
    if shape.expansions == 0:
        return []
    found = None
    if shape.expand_by == "model":
        found = asked.reworded(_assistant(tools), question, shape.expansions)
    return found or other_wordings(question, shape.expansions)


def _assistant(tools: Tools) -> Assistant:
    if tools.assistant is None:
        raise SettingError(
            "the recipe lets a model read or reword questions, and none is configured",
            "set TWIN_ENGINE_URL, or set retrieval.self_query and expand_by to rules.",
        )
    return tools.assistant


LOOSER = (  # what is read least surely goes first
    ("source", {"sources": ()}),
    ("period", {"since": None, "until": None}),
)


def attempts(reading: Reading) -> Iterator[tuple[Filters, tuple[str, ...]]]:
    """(filters, those no longer among them): a wrong filter must not lose the answer."""
    filters, loosened = reading.filters, ()
    yield filters, loosened
    for name, looser in LOOSER:
        before, filters = filters, replace(filters, **looser)
        if filters != before:
            loosened = (*loosened, name)
            yield filters, loosened


def search(
    index: ChunkIndex,
    author: str,
    wordings: Sequence[str],
    vectors: Sequence[Any],
    filters: Filters,
    shape: Retrieval,
    k: int,
    space: str | None = None,
) -> list[Hit]:
    """The candidates of all wordings in one ranking; at least k where there are as many. space: of
    the vectors."""
    count = max(k, shape.candidates)
    rankings = [
        index.search(
            author,
            Query(
                vector=None if vector is None else [float(value) for value in vector],
                text="" if shape.search == "vector" else wording,
                filters=filters,
                alpha=shape.alpha,
                fusion=shape.fusion,
                space=space,
            ),
            count,
        )
        for wording, vector in zip(wordings, vectors, strict=True)
    ]
    return fuse_wordings(rankings)[:count]


def reorder(tools: Tools, question: str, hits: Sequence[Hit], shape: Retrieval) -> list[Hit]:
    """Reranking as the recipe has it; the order found where it has none."""
    if shape.rerank == "none":
        ranked = list(hits)
    elif tools.cross_encoder is not None:
        ranked = rerank.by_cross_encoder(question, hits, tools.cross_encoder)
    elif shape.rerank == "cross-encoder":
        raise SettingError(
            "the recipe reranks with a cross-encoder, and none is configured",
            "set TWIN_RERANK_MODEL to a directory or hub id, or set retrieval.rerank to lexical.",
        )
    else:
        ranked = rerank.by_words(question, hits)
    return rerank.diverse(ranked, shape.diversity) if shape.diversity else ranked
