"""What the author did not write: neutral texts, and generic answers to the author's own prompts."""

from collections.abc import Sequence

import polars as pl

from twin_core import causal_lm
from twin_core.fingerprint import text_hash
from twin_core.recipe import Recipe
from twin_core.template import Message

GENERIC_ANSWERS = 24
PASSAGE_WORDS = 80


def neutral_passages(texts: Sequence[str]) -> list[str]:
    """Each text as pieces of about `PASSAGE_WORDS` words, cut between paragraphs where they
    allow."""
    pieces: list[str] = []
    for text in texts:
        current: list[str] = []
        for paragraph in text.split("\n\n"):
            current.append(paragraph.strip())
            if sum(len(part.split()) for part in current) >= PASSAGE_WORDS // 2:
                pieces.append("\n\n".join(current))
                current = []
    return pieces


def generic_answers(lm: causal_lm.LanguageModel, pairs: pl.DataFrame, recipe: Recipe) -> list[str]:
    """What the untuned model answers, as nobody in particular, to a sample of the author's
    prompts."""
    train = pairs.filter((pl.col("split") == "train") & (pl.col("kind") == "plain"))
    asked = sorted(train["instruction"].unique().to_list(), key=text_hash)[:GENERIC_ANSWERS]
    prompts: list[list[Message]] = [[{"role": "user", "content": text}] for text in asked]
    drawn = recipe.generation
    return causal_lm.answer_all(
        lm,
        prompts,
        batch_size=GENERIC_ANSWERS,
        max_new_tokens=recipe.evaluation.answer_tokens,
        temperature=drawn.temperature,
        top_p=drawn.top_p,
        repetition_penalty=drawn.repetition_penalty,
        label="generic text",
    )


def halves(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """(two thirds to train on, one third held out), whatever their order."""
    ranked = sorted(texts, key=text_hash)
    cut = max(1, len(ranked) * 2 // 3)
    return ranked[:cut], ranked[cut:]
