"""Instruction pairs whose answers are verbatim spans of the author's articles."""

import polars as pl

from twin_core.datasets import teacher
from twin_core.datasets.keyphrases import Keyphrases
from twin_core.errors import DataError
from twin_core.fingerprint import fingerprint, text_hash
from twin_core.markdown import Block, passages
from twin_core.recipe import Instruct
from twin_core.records import INSTRUCT_DATASET
from twin_core.template import as_notes

VERSION = f"instruct-2/{teacher.VERSION}"


def build_pairs(
    author: str, docs: pl.DataFrame, split: pl.DataFrame, recipe: Instruct
) -> pl.DataFrame:
    """Usable documents and their split → rows of `instruct_dataset`.

    A pair is `grounded` when it carries notes: other passages of the same article, as retrieval
    would bring them. A prompt that already stands in another split is left out, so that nothing is
    tested on what was trained.
    """
    marked = docs.join(split.select("doc_id", "split"), on="doc_id", how="inner")
    articles = {
        row["doc_id"]: passages(row["text"], recipe.min_words, recipe.max_words)
        for row in marked.iter_rows(named=True)
    }
    texts = {row["doc_id"]: row["text"] for row in marked.iter_rows(named=True)}
    keyphrases = Keyphrases(list(texts.values()))
    rows: list[dict] = []
    owner: dict[str, str] = {}
    for doc in marked.sort("published_at", "doc_id").iter_rows(named=True):
        for place in range(len(articles[doc["doc_id"]])):
            for turn in range(recipe.prompts_per_passage):
                row = _pair(keyphrases, doc, articles[doc["doc_id"]], place, turn, recipe)
                prompt = text_hash(row["instruction"] + row["notes"])
                if owner.setdefault(prompt, doc["split"]) == doc["split"]:
                    rows.append(row)
    present = {row["split"] for row in rows}
    missing = [name for name in ("train", "validation", "test") if name not in present]
    if missing:
        raise DataError(
            f"{author}'s {' and '.join(missing)} articles hold no passage of "
            f"{recipe.min_words} to {recipe.max_words} words of prose",
            "add articles with paragraphs of prose, or lower instruct.min_words in the recipe.",
        )
    return INSTRUCT_DATASET.frame(rows)


def _pair(
    keyphrases: Keyphrases,
    doc: dict,
    found: list[Block],
    place: int,
    turn: int,
    recipe: Instruct,
) -> dict:
    text, passage = doc["text"], found[place]
    answer = text[passage.start : passage.end]
    heading = passage.headings[-1] if passage.headings else ""
    instruction = teacher.instruct(keyphrases, answer, text, doc["title"], heading, turn)
    others = found[:place] + found[place + 1 :]
    choice = int(text_hash(answer), 16)
    grounded = bool(recipe.grounded_every and others and choice % recipe.grounded_every == 0)
    notes = ""
    if grounded:
        other = others[min(place, len(others) - 1)]
        notes = as_notes([(doc["title"], _first_words(text, other, recipe.note_words))])
    return {
        "pair_id": fingerprint(doc["doc_id"], passage.start, passage.end, instruction),
        "doc_id": doc["doc_id"],
        "split": doc["split"],
        "kind": "grounded" if grounded else "plain",
        "instruction": instruction,
        "notes": notes,
        "answer": answer,
        "start": passage.start,
        "end": passage.end,
    }


def _first_words(text: str, passage: Block, count: int) -> str:
    return " ".join(text[passage.start : passage.end].split()[:count])


def faults(pairs: pl.DataFrame, docs: pl.DataFrame) -> list[str]:
    """What is wrong with a dataset: answers that are not the author's text, articles or prompts
    that two splits share. Empty when nothing is."""
    texts = dict(docs.select("doc_id", "text").iter_rows())
    found = [
        f"pair {row['pair_id']}: the answer is not at its span of {row['doc_id']}"
        for row in pairs.iter_rows(named=True)
        if texts.get(row["doc_id"], "")[row["start"] : row["end"]] != row["answer"]
    ]
    for columns, what in ((["doc_id"], "article"), (["instruction", "notes"], "prompt")):
        shared = pairs.group_by(columns).agg(pl.col("split").n_unique()).filter(pl.col("split") > 1)
        found += [f"{what} {row[0]} stands in several splits" for row in shared.iter_rows()]
    return found
