"""The evaluation report: base, SFT, DPO and GPTQ, side by side on articles none of them has
seen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from twin_core import causal_lm
from twin_core.evaluation import metrics
from twin_core.evaluation.voice import interval, voice_scores
from twin_core.fingerprint import fingerprint, text_hash
from twin_core.progress import log, track
from twin_core.recipe import Recipe
from twin_core.records import Checkpoint, EvalReport, RetrievalReport, VariantScore, VoiceVerifier
from twin_core.template import Message, prompt

VERSION = "eval-1"


@dataclass(frozen=True)
class HeldOut:
    """A prompt made from a held-out article, and what the author wrote there."""

    question: str
    messages: list[Message]
    reference: str


def held_out(pairs: pl.DataFrame, name: str, limit: int) -> list[HeldOut]:
    """Test pairs, a steady sample of at most `limit`."""
    rows = sorted(
        pairs.filter(pl.col("split") == "test").iter_rows(named=True),
        key=lambda row: text_hash(row["pair_id"]),
    )
    return [
        HeldOut(row["instruction"], prompt(name, row["instruction"], row["notes"]), row["answer"])
        for row in rows[:limit]
    ]


def report_fingerprint(
    checkpoints: dict[str, Checkpoint],
    verifier: VoiceVerifier,
    retrieval: RetrievalReport,
    data_version: str,
    recipe: Recipe,
) -> str:
    """The name of the report that these inputs lead to."""
    names = {variant: checkpoint.fingerprint for variant, checkpoint in checkpoints.items()}
    return fingerprint(
        VERSION,
        names,
        verifier.fingerprint,
        retrieval.fingerprint,
        data_version,
        recipe.evaluation,
        recipe.generation,
    )


def evaluate(
    author: str,
    name: str,
    checkpoints: dict[str, Checkpoint],
    pairs: pl.DataFrame,
    verifier: VoiceVerifier,
    retrieval: RetrievalReport,
    recipe: Recipe,
    fingerprinted: str,
) -> EvalReport:
    """Score every variant on the same held-out prompts. `name`: what the author is called in
    them."""
    cases = held_out(pairs, name, recipe.evaluation.max_test_pairs)
    asked = cases[: recipe.evaluation.questions]
    training = pairs.filter(pl.col("split") == "train")["answer"].to_list()
    scores: dict[str, VariantScore] = {}
    tokens = 0
    for variant, checkpoint in checkpoints.items():
        log.info("evaluating %s", variant)
        lm = causal_lm.load(checkpoint.directory)
        scores[variant], tokens = _score(lm, variant, cases, asked, training, verifier, recipe)
    author_voice = voice_scores(verifier, [case.reference for case in cases])
    return EvalReport(
        author=author,
        fingerprint=fingerprinted,
        variants=scores,
        author_voice=round(sum(author_voice) / len(author_voice), 4),
        questions=tuple(case.question for case in asked),
        recall_at_k=retrieval.recall_at_k,
        test_tokens=tokens,
    )


def _score(
    lm: causal_lm.LanguageModel,
    variant: str,
    cases: Sequence[HeldOut],
    asked: Sequence[HeldOut],
    training: list[str],
    verifier: VoiceVerifier,
    recipe: Recipe,
) -> tuple[VariantScore, int]:
    drawn = recipe.generation
    answers = causal_lm.answer_all(
        lm,
        [case.messages for case in asked],
        max_new_tokens=recipe.evaluation.answer_tokens,
        temperature=drawn.temperature,
        top_p=drawn.top_p,
        repetition_penalty=drawn.repetition_penalty,
        label=f"{variant} answers",
    )
    voice = metrics.voice_metric(verifier)
    verbatim = metrics.verbatim_metric(training)
    cases_written = [
        metrics.written(case.question, answer, case.reference)
        for case, answer in zip(asked, answers, strict=True)
    ]
    voices = [voice.measure(case) for case in cases_written]
    copied = [verbatim.measure(case) for case in cases_written]
    surprise = metrics.perplexity_metric(lm, threshold=math.inf)
    total, tokens = 0.0, 0
    for case in track(cases, f"{variant} perplexity", "passages"):
        value = surprise.measure(metrics.written(case.question, "", case.reference, case.messages))
        count = len(lm.tokenizer(case.reference).input_ids) + 1
        total, tokens = total + math.log(value) * count, tokens + count
    return VariantScore(
        perplexity=round(math.exp(total / tokens), 3),
        voice=round(sum(voices) / len(voices), 4),
        voice_interval=interval(voices),
        verbatim=round(sum(copied) / len(copied), 4),
        answers=tuple(answers),
    ), tokens
