"""Which articles a model learns from, and which it never sees: whole articles, by date."""

import polars as pl

from twin_core.errors import DataError
from twin_core.recipe import Split
from twin_core.records import CORPUS_SPLIT

VERSION = "split-1"


def split_corpus(author: str, docs: pl.DataFrame, recipe: Split) -> pl.DataFrame:
    """Rows of `cleaned_docs` to learn from → rows of `corpus_split`, the newest articles in test.

    Held-out articles are the newest because that is how a twin is used: to write what its author
    has not yet written. At least one article goes to validation and one to test.
    """
    if docs.height < recipe.min_articles:
        raise DataError(
            f"{author} has {docs.height} articles to learn from; "
            f"training needs {recipe.min_articles}",
            "add articles with prose of the author's own (the preview of cleaned_docs says why "
            "some were left out), or lower split.min_articles in the recipe.",
        )
    ordered = docs.sort("published_at", "doc_id")
    test = max(1, round(docs.height * recipe.test))
    validation = max(1, round(docs.height * recipe.validation))
    train = docs.height - test - validation
    names = ["train"] * train + ["validation"] * validation + ["test"] * test
    return CORPUS_SPLIT.conform(ordered.with_columns(pl.Series("split", names)))
