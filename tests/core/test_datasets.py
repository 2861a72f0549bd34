"""Splits by article, answers that are the author's words, preferences that length does not give
away."""

from datetime import UTC, datetime

import polars as pl
import pytest

from tests.conftest import document, documents
from twin_core.datasets.instruct import build_pairs, faults
from twin_core.datasets.keyphrases import Keyphrases
from twin_core.datasets.preference import build_preferences, choose_prompts, length_ratio
from twin_core.datasets.split import split_corpus
from twin_core.errors import DataError
from twin_core.recipe import load_recipe

RECIPE = load_recipe("smollm2-135m")


def test_the_newest_articles_are_held_out(corpus: pl.DataFrame):
    split = split_corpus("ines", corpus, RECIPE.split)
    dates = {name: split.filter(pl.col("split") == name)["published_at"] for name in split["split"]}
    assert dates["train"].max() < dates["validation"].min()  # type: ignore[operator]
    assert dates["validation"].max() < dates["test"].min()  # type: ignore[operator]
    assert split.height == corpus.height


def test_too_few_articles_say_so(corpus: pl.DataFrame):
    with pytest.raises(DataError, match=r"has 3 articles to learn from; (?s:.*)Remedy"):
        split_corpus("ines", corpus.head(3), RECIPE.split)


def test_five_articles_are_enough(corpus: pl.DataFrame):
    split = split_corpus("ines", corpus.head(5), RECIPE.split)
    assert sorted(split["split"].to_list()) == ["test", "train", "train", "train", "validation"]


@pytest.mark.parametrize("profile", ["smollm2-135m", "tiny", "llama-3.1-8b"])
def test_every_answer_is_verbatim_and_splits_share_nothing(corpus: pl.DataFrame, profile: str):
    recipe = load_recipe(profile)
    split = split_corpus("ines", corpus, recipe.split)
    pairs = build_pairs("ines", corpus, split, recipe.instruct)
    assert faults(pairs, corpus) == []
    assert set(pairs["split"]) == {"train", "validation", "test"}
    assert set(pairs["kind"]) == {"plain", "grounded"}
    assert pairs["pair_id"].is_unique().all()
    assert pairs.filter(pl.col("kind") == "grounded")["notes"].str.starts_with("[1] ").all()


def test_pairs_do_not_depend_on_the_order_of_the_documents(corpus: pl.DataFrame):
    split = split_corpus("ines", corpus, RECIPE.split)
    one = build_pairs("ines", corpus, split, RECIPE.instruct)
    two = build_pairs("ines", corpus.reverse(), split.reverse(), RECIPE.instruct)
    assert one.equals(two)


def test_faults_are_found(corpus: pl.DataFrame):
    split = split_corpus("ines", corpus, RECIPE.split)
    pairs = build_pairs("ines", corpus, split, RECIPE.instruct)
    invented = pairs.with_columns(pl.lit("I never wrote this.").alias("answer"))
    assert len(faults(invented, corpus)) == pairs.height
    leaked = pl.concat([pairs, pairs.with_columns(pl.lit("test").alias("split"))])
    assert any("several splits" in fault for fault in faults(leaked, corpus))


def test_articles_without_prose_say_so():
    when = [datetime(2025, 1, day, tzinfo=UTC) for day in range(1, 7)]
    docs = documents(*(document(str(d.day), "- a\n- b\n", published_at=d) for d in when))
    split = split_corpus("ines", docs, RECIPE.split)
    with pytest.raises(DataError, match="hold no passage"):
        build_pairs("ines", docs, split, RECIPE.instruct)


def test_keyphrases_are_what_the_article_is_about():
    articles = [
        "The pager rang. The pager rang again. A pager is a phone call about the kitchen.",
        "Bread wants time. Bread dough and bread ovens want time in the kitchen.",
        "A kitchen is a kitchen.",
    ]
    assert Keyphrases(articles).of("The pager and the kitchen", articles[0], 1) == ["pager"]


def pairs_of(corpus: pl.DataFrame) -> pl.DataFrame:
    split = split_corpus("ines", corpus, RECIPE.split)
    return build_pairs("ines", corpus, split, RECIPE.instruct)


def test_preferences_match_in_length(corpus: pl.DataFrame):
    prompts = choose_prompts(pairs_of(corpus), RECIPE.preference)
    assert set(prompts["split"]) == {"train"}
    long = "This is what a model says. It goes on and on. " * 12
    made = build_preferences(
        "ines", "Ines", prompts, lambda asked: [long] * len(asked), RECIPE.preference
    )
    low, high = RECIPE.preference.length_ratio
    ratio = made["chosen_words"] / made["rejected_words"]
    assert ratio.min() >= low  # type: ignore[operator]
    assert ratio.max() <= high  # type: ignore[operator]
    assert made.height > prompts.height / 2
    authors = dict(prompts.select("pair_id", "answer").iter_rows())
    for row in made.iter_rows(named=True):
        assert authors[row["pair_id"]].startswith(row["chosen"])
    assert 0 <= length_ratio(made) <= 1


def test_one_useless_answer_never_drops_the_others(corpus: pl.DataFrame):
    prompts = choose_prompts(pairs_of(corpus), RECIPE.preference)
    good = "A model's own words, enough of them to be compared with what she wrote herself. " * 4
    made = build_preferences(
        "ines", "Ines", prompts, lambda asked: ["", *[good] * (len(asked) - 1)], RECIPE.preference
    )
    assert prompts["pair_id"][0] not in made["pair_id"].to_list()
    assert made.height > prompts.height / 2


def test_only_useless_answers_say_so(corpus: pl.DataFrame):
    prompts = choose_prompts(pairs_of(corpus), RECIPE.preference)
    with pytest.raises(DataError, match="could be paired"):
        build_preferences("i", "I", prompts, lambda asked: [""] * len(asked), RECIPE.preference)
