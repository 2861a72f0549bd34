"""Steps of retrieval that need no index: loosening, wordings, fusion, reranking, grown passages."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from twin_core.index.base import Filters, Hit
from twin_core.recipe import Retrieval
from twin_core.retrieval import rerank
from twin_core.retrieval.expansion import other_wordings
from twin_core.retrieval.fusion import fuse_wordings
from twin_core.retrieval.parents import grown
from twin_core.retrieval.relevance import near_enough, relevant
from twin_core.retrieval.search import attempts, named_first, near
from twin_core.retrieval.selfquery import Reading


def hit(name: str, text: str = "words", **values: object) -> Hit:
    made = Hit(
        chunk_id=name,
        doc_id="d",
        parent_id="p",
        url="https://example.org/d/",
        title="Title",
        heading="",
        start=0,
        end=len(text),
        text=text,
        published_at=None,
        source="example.org",
        doc_version="v",
        score=0.5,
        cosine=0.5,
    )
    return replace(made, **values)  # type: ignore[arg-type]


def names(hits: list[Hit]) -> list[str]:
    return [one.chunk_id for one in hits]


def test_filters_are_loosened_one_by_one_until_there_are_none():
    since = datetime(2024, 1, 1, tzinfo=UTC)
    reading = Reading("q", Filters(since=since, sources=("s",)), True)
    assert list(attempts(reading)) == [
        (reading.filters, ()),
        (Filters(since=since), ("source",)),
        (Filters(), ("source", "period")),
    ]
    assert list(attempts(Reading("q"))) == [(Filters(), ())]


def test_words_that_were_a_filter_are_searched_once_it_is_loosened():
    asked: list[tuple[str, Filters]] = []
    medium = Filters(sources=("medium.com",))

    def searching(text: str):
        def among(filters: Filters, _: int) -> list[Hit]:
            asked.append((text, filters))
            return [] if filters == medium else [hit("a", "Why I left Medium", cosine=0.9)]

        return among

    reading = Reading("What became of your posts?", medium, True)
    question = "What became of your posts on Medium?"
    found = near(reading, question, searching, Retrieval(), 2)
    assert asked == [(reading.text, medium), (question, Filters())]
    assert names(found.hits) == ["a"] and found.loosened == ("source",)


@pytest.mark.parametrize(
    ("named", "others", "k", "first"),
    [
        (["a1 a2 a3 a4", "b1 b2"], "c1 c2 c3", 5, "a1 b1 a2 b2 c1"),
        (["a1 a2 a3 a4", "b1"], "a3 c1", 4, "a1 b1 a2 c1"),
        (["a1 a2 a3 a4"], "c1", 8, "a1 a2 a3 a4 c1"),
        (["a1 a2 a3 a4"], "a1", 3, "a1 a2 a3"),
        (["a1 a2 a3 a4 a5 a6 a7"], "c1 c2 c3", 8, "a1 a2 a3 a4 a5 a6 c1 c2"),
        (["a1", "b1", "c1"], "d1", 3, "a1 b1 c1"),
        (["a1 a2", "b1 b2"], "c1 c2", 2, "a1 b1"),
        (["a1 a2", "b1 b2"], "c1 c2", 3, "a1 b1 c1"),
        (["a1"], "c1", 1, "a1"),
        ([""], "c1 c2", 2, "c1 c2"),
        ([], "c1 c2", 1, "c1"),
    ],
)
def test_named_texts_share_the_places_and_leave_some(
    named: list[str], others: str, k: int, first: str
):
    made = [[hit(name) for name in one.split()] for one in named]
    assert names(named_first(made, [hit(o) for o in others.split()], k)) == first.split()


def test_other_wordings_drop_the_frame_and_part_the_subject():
    found = other_wordings("What do you think about sourdough and on-call sleep?", 4)
    assert found[0] == "sourdough and on-call sleep"
    assert found[1] == "sourdough on-call sleep"
    assert {"sourdough", "on-call sleep"} <= set(found)
    assert other_wordings("What do you think about sleep?", 1) == ["sleep"]
    assert other_wordings("And what then?", 3) == []
    assert "bread" not in other_wordings("bread", 3)


def test_fusion_weighs_the_question_most_and_keeps_its_cosine():
    own = [hit("a", cosine=0.9), hit("b", cosine=0.8)]
    other = [hit("c", cosine=0.7), hit("b", cosine=0.1)]
    fused = fuse_wordings([own, other])
    assert names(fused) == ["b", "a", "c"]
    assert fused[0].cosine == 0.8
    assert all(0 < one.score <= 1 for one in fused)
    assert fuse_wordings([own]) == own
    assert fuse_wordings([own, []])[0].chunk_id == "a"


def test_nearness_is_by_cosine_or_by_the_words():
    far = hit("a", "The kiln was cold all winter.", cosine=0.15)
    assert near_enough("anything", replace(far, cosine=0.3), 0.25)
    assert not near_enough("anything", far, 0.25)
    assert near_enough("Why was the kiln cold?", far, 0.25)
    assert near_enough("Why was the kiln cold?", replace(far, cosine=None), 0.25)
    assert not near_enough("Why was the kiln cold?", replace(far, cosine=0.05), 0.25)
    assert not near_enough("A cold day in the capital of Mongolia?", far, 0.25)
    assert not near_enough("what of it?", far, 0.25)


def test_a_passage_that_is_near_vouches_for_its_neighbours():
    near, beside, away = (hit(str(cosine), cosine=cosine) for cosine in (0.35, 0.2, 0.1))
    assert relevant("of bicycles", [beside, near, away], 0.25) == [beside, near]
    assert relevant("of bicycles", [beside, away], 0.25) == []
    assert relevant("of bicycles", [beside, replace(away, cosine=None)], 0.0) != []
    assert relevant("of bicycles", [], 0.0) == []


def test_words_that_the_author_never_uses_must_come_nearer():
    near, nearer = hit("a", "The kiln was cold.", cosine=0.29), hit("b", "The kiln.", cosine=0.36)
    assert relevant("frobnicate the gronk", [near], 0.25) == []
    assert relevant("an unlit oven?", [nearer, near], 0.25) == [nearer, near]
    assert relevant("a gronk in the kiln", [near], 0.25) == [near]
    assert relevant("what of it?", [near], 0.25) == [near]
    assert relevant("窯は冷たい", [near], 0.25) == [near]


def test_words_lift_a_passage_by_the_rarity_of_what_it_holds():
    hits = [
        hit("a", "bread and more bread, bread", score=0.9),
        hit("b", "bread by the oven", score=0.89),
        hit("c", "the porcupine ate bread", score=0.88),
        hit("d", "bread again", score=0.87, title="Of Porcupines"),
    ]
    ranked = rerank.by_words("Does a porcupine eat bread?", hits)
    assert set(names(ranked)[:2]) == {"c", "d"}
    assert all(0 <= one.score <= 1 for one in ranked)
    assert rerank.by_words("what of it?", hits) == hits
    assert rerank.by_words("bread", []) == []


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf")])
def test_scores_that_are_no_numbers_leave_the_order_to_the_words(
    odd: float, caplog: pytest.LogCaptureFixture
):
    """The scorer is made up: no real model can be made to give these at will."""
    hits = [hit("a", "bread again", score=0.9), hit("b", "the porcupine ate bread", score=0.8)]
    rerank._tell_of_scores.cache_clear()
    for _ in range(2):
        ranked = rerank.by_cross_encoder("A porcupine?", hits, lambda *_: [odd, 0.5])
        assert ranked == rerank.by_words("A porcupine?", hits)
    assert caplog.text.count("no numbers") == 1
    assert names(rerank.by_cross_encoder("A porcupine?", hits, lambda *_: [0.1, 0.5])) == ["b", "a"]


def test_diversity_puts_a_repetition_behind_something_new():
    hits = [
        hit("a", "kiln glaze ash clay", score=0.9),
        hit("b", "kiln glaze ash clay wheel", score=0.85),
        hit("c", "bicycle chain oil", score=0.7),
    ]
    assert names(rerank.diverse(hits, 0.3)) == ["a", "c", "b"]
    assert names(rerank.diverse(hits, 0.0)) == ["a", "b", "c"]


def test_passages_are_spread_over_their_documents():
    ranked = [hit(name, doc_id=name[0]) for name in ("a1", "a2", "a3", "b1", "a4", "c1", "b2")]
    spread = rerank.spread(ranked, ["b", "a", "none", "c"])
    assert names(spread) == ["b1", "a1", "c1", "b2", "a2", "a3", "a4"]
    assert rerank.spread([], ["a"]) == []


def test_a_passage_grows_to_one_span_of_one_version():
    text = "Zero.\n\nOne one.\n\nTwo two two.\n\nFar away."

    def piece(name: str, part: str, **values: object) -> Hit:
        start = text.index(part)
        return hit(name, part, **{"start": start, "end": start + len(part), **values})

    zero, one, two = piece("0", "Zero."), piece("1", "One one."), piece("2", "Two two two.")
    whole = grown(one, [two, zero, one])
    assert (whole.start, whole.end) == (0, two.end)
    assert whole.text == text[: two.end]
    overlapping = piece("2", "one.\n\nTwo two two.")
    assert grown(one, [overlapping]).text == "One one.\n\nTwo two two."
    other_version = replace(two, doc_version="w")
    assert grown(one, [other_version]) == one
    away = piece("3", "Far away.", start=500, end=509)
    assert grown(one, [away]).end == one.end


@pytest.mark.parametrize(
    ("text", "grows"),
    [
        ("First part.\n\nSecond part.", True),
        ("First part. Second part.", True),
        ("- First part.\n- Second part.", True),
        ("First part.\n\n---\n\nSecond part.", False),
        ("First part.\n\n# H\n\nSecond part.", False),
        ("Wide.  First part.  Second part.", False),
        ("Hard\nwraps. First part.\nSecond part.", False),
    ],
)
def test_a_grown_passage_is_verbatim_or_does_not_grow(text: str, grows: bool):
    cut = text.rindex("- Second" if text[0] == "-" else "Second")
    before, after = text[:cut].split("\n\n---")[0].split("\n\n#")[0].rstrip(), text[cut:]
    one, two = hit("1", before), hit("2", after, start=cut, end=len(text))
    for whole in (grown(one, [two]), grown(two, [one])):
        assert whole.text == text[whole.start : whole.end]
        assert (whole.text == text) == grows
