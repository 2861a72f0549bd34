"""Voice, retrieval and DeepEval metrics, and the promotion that rests on them."""

import polars as pl
import pytest

from tests.conftest import SAMPLE
from twin_core.collect.frontmatter import split_front_matter
from twin_core.errors import DataError
from twin_core.evaluation import metrics, negatives, retrieval, voice
from twin_core.fingerprint import fingerprint
from twin_core.markdown import passages
from twin_core.recipe import load_recipe
from twin_core.records import EvalReport, VariantScore, VoiceVerifier
from twin_core.serving.promotion import decide

RECIPE = load_recipe("smollm2-135m")


def passages_of(slug: str) -> list[str]:
    found = []
    for path in sorted((SAMPLE / slug / "articles").glob("*.md")):
        _, text = split_front_matter(path.read_text())
        found += [text[p.start : p.end] for p in passages(text, 35, 110)]
    return found


def neutral() -> list[str]:
    files = [f for f in sorted((SAMPLE / "neutral").glob("*.md")) if f.stem != "README"]
    return negatives.neutral_passages([f.read_text() for f in files])


@pytest.fixture(scope="module")
def verifier() -> VoiceVerifier:
    own = passages_of("ines-okafor")
    return voice.train_verifier(
        "ines", "name", own[:80], own[80:], {"neutral": negatives.halves(neutral())}
    )


def test_the_voice_is_told_from_neutral_text(verifier: VoiceVerifier):
    assert verifier.auc > 0.9
    own = voice.voice_scores(verifier, passages_of("ines-okafor")[80:])
    assert sum(own) / len(own) > 0.6


def test_another_author_whom_it_never_saw_scores_lower(verifier: VoiceVerifier):
    """Lower, not low: other authors are not among its negatives yet."""
    own = voice.voice_scores(verifier, passages_of("ines-okafor")[80:])
    other = voice.voice_scores(verifier, passages_of("tobias-wren"))
    assert sum(own) / len(own) > sum(other) / len(other) + 0.1


def test_topics_alone_are_no_voice(verifier: VoiceVerifier):
    text = "on-call pager runbook dashboard bakery Rotterdam bicycle backup " * 10
    distorted = voice.distort(text, frozenset(verifier.vocabulary))
    assert "runbook" not in distorted
    assert "bicycle" not in distorted


def test_a_verifier_survives_its_json(verifier: VoiceVerifier):
    again = VoiceVerifier.model_validate_json(verifier.model_dump_json())
    text = ["I do not trust it. Write it down."]
    assert voice.voice_scores(again, text) == voice.voice_scores(verifier, text)


def test_too_little_text_has_no_voice():
    with pytest.raises(DataError, match="a voice needs"):
        voice.train_verifier("ines", "n", ["x"], ["y"], {"neutral": (["a"], ["b"])})


def test_the_interval_holds_the_mean_and_is_steady():
    values = [0.1, 0.4, 0.5, 0.9]
    low, high = voice.interval(values)
    assert low < sum(values) / 4 < high
    assert voice.interval(values) == (low, high)


def test_voice_and_copying_as_deepeval_metrics(verifier: VoiceVerifier):
    own = passages_of("ines-okafor")[90]
    metric = metrics.voice_metric(verifier)
    score = metric.measure(metrics.written("q", own, own))
    assert metric.is_successful() == (score >= 0.5)
    assert metric.measure(metrics.written("q", "", own)) == 0.0
    copied = metrics.verbatim_metric([own])
    assert copied.measure(metrics.written("q", own, own)) == 1.0
    assert not copied.is_successful()
    assert copied.measure(metrics.written("q", "Nothing of hers in here, not one.", own)) == 0
    assert copied.is_successful()


@pytest.mark.parametrize(
    ("found", "sources", "expected"),
    [
        (["a", "b", "c"], {"a"}, (1.0, 1.0, 1.0)),
        (["x", "a", "c"], {"a"}, (1.0, 0.5, 0.6309)),
        (["x", "y", "z"], {"a"}, (0.0, 0.0, 0.0)),
        (["a", "x", "b"], {"a", "b"}, (1.0, 1.0, 0.9197)),
        ([], {"a"}, (0.0, 0.0, 0.0)),
    ],
)
def test_retrieval_measures(found: list[str], sources: set[str], expected: tuple):
    known = frozenset(sources)
    got = (
        retrieval.recall(found, known),
        retrieval.reciprocal_rank(found, known),
        retrieval.ndcg(found, known, 3),
    )
    assert got == pytest.approx(expected, abs=1e-4)


def test_questions_know_the_chunks_that_hold_their_answer():
    pair = {"pair_id": "p", "doc_id": "d", "instruction": "why?", "start": 100, "end": 200}
    pairs = pl.DataFrame([pair])
    spans = {"before": (0, 90), "part": (90, 160), "rest": (160, 400), "grazed": (190, 260)}
    chunks = pl.DataFrame(
        [{"chunk_id": k, "doc_id": "d", "start": s, "end": e} for k, (s, e) in spans.items()]
    )
    (question,) = retrieval.questions(pairs, chunks, 5)
    assert question.sources == {"part", "rest"}


def test_retrieval_without_questions_says_so():
    with pytest.raises(DataError, match="cannot be measured"):
        retrieval.measure_retrieval("ines", "n", [], {retrieval.RECIPE: lambda q, k: []}, 5)


def report(base: float, dpo: float) -> EvalReport:
    def score(value: float) -> VariantScore:
        return VariantScore(
            perplexity=20, voice=value, voice_interval=(0, 1), verbatim=0, answers=("x",)
        )

    return EvalReport(
        author="ines",
        fingerprint=fingerprint(base, dpo),
        variants={"base": score(base), "dpo": score(dpo), "gptq": score(dpo - 0.1)},
        author_voice=0.9,
        questions=("q",),
        recall_at_k=1,
        test_tokens=100,
    )


@pytest.mark.parametrize(
    ("candidate", "incumbent", "weights", "promote", "why"),
    [
        (report(0.1, 0.6), None, "merged", True, "first release"),
        (report(0.5, 0.5), None, "merged", False, "the recipe asks for"),
        (report(0.1, 0.6), report(0.1, 0.5), "merged", True, "incumbent"),
        (report(0.1, 0.59), report(0.1, 0.6), "merged", True, "incumbent"),
        (report(0.1, 0.4), report(0.1, 0.6), "merged", False, "release that is served"),
        (report(0.45, 0.5), None, "gptq", False, "the recipe asks for"),
    ],
)
def test_promotion_is_a_decision_on_two_reports(candidate, incumbent, weights, promote, why):
    policy = RECIPE.promotion.model_copy(update={"weights": weights})
    decision = decide(candidate, incumbent, policy)
    assert decision.promote is promote
    assert why in decision.reason
