"""Preference pairs: the author's own text over what the SFT model answers to the same prompt."""

from collections.abc import Callable, Sequence

import polars as pl

from twin_core.errors import DataError
from twin_core.fingerprint import text_hash
from twin_core.recipe import Preference
from twin_core.records import PREFERENCE_DATASET
from twin_core.template import Message, prompt

VERSION = "preference-1"

Answer = Callable[[Sequence[list[Message]]], list[str]]


def choose_prompts(pairs: pl.DataFrame, recipe: Preference) -> pl.DataFrame:
    """The training pairs that become preferences: a sample that stays put under edits, plain ones
    first."""
    train = pairs.filter(pl.col("split") == "train")
    keys = [text_hash(pair_id) for pair_id in train["pair_id"]]
    ranked = train.with_columns(pl.Series("_key", keys)).sort(pl.col("kind") != "plain", "_key")
    return ranked.drop("_key").head(recipe.pairs)


def build_preferences(
    author: str, name: str, prompts: pl.DataFrame, answer: Answer, recipe: Preference
) -> pl.DataFrame:
    """Prompts and the SFT model → rows of `preference_dataset`.

    The longer answer of a pair is cut at a sentence's end, so that length tells nothing about which
    is which; a pair whose answers cannot be matched, or are the same, is left out.
    """
    rows = list(prompts.iter_rows(named=True))
    answers = answer([prompt(name, row["instruction"], row["notes"]) for row in rows])
    made = [
        pair
        for row, given in zip(rows, answers, strict=True)
        if (pair := _pair(row, given, recipe)) is not None
    ]
    if not made:
        raise DataError(
            f"none of the SFT model's {len(rows)} answers for {author} could be paired in length",
            "look at the answers in the log; lower preference.min_words or widen length_ratio.",
        )
    return PREFERENCE_DATASET.frame(made)


def _pair(row: dict, rejected: str, recipe: Preference) -> dict | None:
    chosen, rejected = row["answer"].strip(), rejected.strip()
    shorter = min(len(chosen.split()), len(rejected.split()))
    chosen = _cut(chosen, shorter, recipe.length_ratio[1])
    rejected = _cut(rejected, shorter, 1 / recipe.length_ratio[0])
    words = len(chosen.split()), len(rejected.split())
    low, high = recipe.length_ratio
    if min(words) < recipe.min_words or not low <= words[0] / words[1] <= high:
        return None
    if chosen == rejected:
        return None
    return {
        "pair_id": row["pair_id"],
        "doc_id": row["doc_id"],
        "instruction": row["instruction"],
        "notes": row["notes"],
        "chosen": chosen,
        "rejected": rejected,
        "chosen_words": words[0],
        "rejected_words": words[1],
    }


def _cut(text: str, words: int, slack: float) -> str:
    """The text up to the last sentence that ends within `words` × `slack` words, else to `words`
    words."""
    parts = text.split(" ")
    if len(parts) <= words * slack:
        return text
    within = parts[: max(1, int(words * slack))]
    ends = [
        place
        for place, part in enumerate(within, 1)
        if part.rstrip("\"'”’)*_").endswith((".", "!", "?"))
    ]
    close = [place for place in ends if place >= words / slack]
    return " ".join(within[: close[-1]] if close else within[:words])


def length_ratio(preferences: pl.DataFrame) -> float:
    """Share of pairs whose chosen answer is the longer one; 0.5 is balanced (ties count half)."""
    words = list(preferences.select("chosen_words", "rejected_words").iter_rows())
    longer = sum((chosen > rejected) + (chosen == rejected) / 2 for chosen, rejected in words)
    return longer / max(len(words), 1)
