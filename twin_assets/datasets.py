"""Datasets: which articles are learnt from, and what is made of them."""

from collections.abc import Sequence

import dagster as dg
import polars as pl

from twin_assets.automation import WHEN_INPUTS_CHANGE
from twin_assets.partitions import authors
from twin_assets.pods import ACCELERATOR_POOL, GPU
from twin_assets.presentation import markdown_table, schema_metadata, table_result
from twin_assets.resources import TwinResource
from twin_core import causal_lm
from twin_core.datasets import instruct, preference, split
from twin_core.fingerprint import fingerprint
from twin_core.records import (
    CORPUS_SPLIT,
    INSTRUCT_DATASET,
    PREFERENCE_DATASET,
    Checkpoint,
)
from twin_core.template import Message

BALANCED = (0.25, 0.75)  # share of pairs whose chosen answer is the longer one


@dg.asset(
    group_name="datasets",
    kinds={"polars", "parquet"},
    owners=["team:ml"],
    partitions_def=authors,
    io_manager_key="parquet",
    metadata=schema_metadata(CORPUS_SPLIT),
    automation_condition=WHEN_INPUTS_CHANGE,
)
def corpus_split(
    context: dg.AssetExecutionContext, twin: TwinResource, cleaned_docs: pl.DataFrame
) -> dg.MaterializeResult[pl.DataFrame]:
    """Train, validation and test, by whole article and date, before anything is generated."""
    from twin_core.features.clean import learnable

    recipe = twin.here.recipe.split
    frame = split.split_corpus(context.partition_key, learnable(cleaned_docs), recipe)
    counts = dict(frame.group_by("split").len().iter_rows())
    words = dict(frame.group_by("split").agg(pl.col("own_words").sum()).iter_rows())
    sizes = markdown_table(
        ["split", "articles", "words"],
        [[name, counts[name], words[name]] for name in ("train", "validation", "test")],
    )
    return table_result(
        CORPUS_SPLIT, frame, ["published_at", "title", "split", "own_words"], sizes=sizes
    )


@dg.asset(
    group_name="datasets",
    kinds={"polars", "parquet"},
    owners=["team:ml"],
    partitions_def=authors,
    io_manager_key="parquet",
    metadata=schema_metadata(INSTRUCT_DATASET),
    automation_condition=WHEN_INPUTS_CHANGE,
)
def instruct_dataset(
    context: dg.AssetExecutionContext,
    twin: TwinResource,
    cleaned_docs: pl.DataFrame,
    corpus_split: pl.DataFrame,
) -> dg.MaterializeResult[pl.DataFrame]:
    """Instructions whose answers are the author's real text; only the instruction is generated."""
    from twin_core.features.clean import learnable

    twin.here.author(context.partition_key, "train")
    frame = instruct.build_pairs(
        context.partition_key, learnable(cleaned_docs), corpus_split, twin.here.recipe.instruct
    )
    counts = frame.group_by("split", "kind").len().sort("split", "kind")
    return table_result(
        INSTRUCT_DATASET,
        frame,
        ["split", "kind", "instruction", "answer"],
        pairs=markdown_table(["split", "kind", "pairs"], counts.iter_rows()),
    )


@dg.asset_check(
    asset=instruct_dataset,
    blocking=True,
    partitions_def=authors,
    additional_ins={"cleaned_docs": dg.AssetIn("cleaned_docs")},
)
def answers_are_the_authors_words(
    instruct_dataset: pl.DataFrame, cleaned_docs: pl.DataFrame
) -> dg.AssetCheckResult:
    """Every answer is verbatim at its span; no article and no prompt stands in two splits."""
    found = instruct.faults(instruct_dataset, cleaned_docs)
    return dg.AssetCheckResult(
        passed=not found,
        metadata={
            "pairs": instruct_dataset.height,
            "faults": len(found),
            "first": "; ".join(found[:5]) or "none",
        },
    )


@dg.asset(
    group_name="datasets",
    kinds={"polars", "parquet", "huggingface"},
    owners=["team:ml"],
    partitions_def=authors,
    io_manager_key="parquet",
    metadata=schema_metadata(PREFERENCE_DATASET),
    automation_condition=WHEN_INPUTS_CHANGE,
    pool=ACCELERATOR_POOL,
    op_tags=GPU,
)
def preference_dataset(
    context: dg.AssetExecutionContext,
    twin: TwinResource,
    instruct_dataset: pl.DataFrame,
    sft_checkpoint: Checkpoint,
) -> dg.MaterializeResult[pl.DataFrame]:
    """The author's text over the SFT model's own answer to the same prompt, matched in length."""
    here, key = twin.here, context.partition_key
    author = here.author(key, "train")
    recipe, drawn = here.recipe.preference, here.recipe.generation
    prompts = preference.choose_prompts(instruct_dataset, recipe)
    inputs = fingerprint(
        preference.VERSION,
        author.name,
        sft_checkpoint.fingerprint,
        INSTRUCT_DATASET.data_version(prompts),
        recipe,
        drawn,
    )
    stored = here.lake.previous_frame(PREFERENCE_DATASET, key)
    reused = stored is not None and (stored["fingerprint"] == inputs).all() and stored.height > 0

    def answer(asked: Sequence[list[Message]]) -> list[str]:
        causal_lm.use_threads(here.settings.threads)
        lm = causal_lm.load(sft_checkpoint.directory)
        return causal_lm.answer_all(
            lm,
            asked,
            max_new_tokens=drawn.max_new_tokens,
            temperature=recipe.temperature,
            top_p=drawn.top_p,
            repetition_penalty=drawn.repetition_penalty,
            batch_size=recipe.batch_size,
            seed=recipe.seed,
            label="rejected",
        )

    if reused and stored is not None:
        frame = stored
    else:
        built = preference.build_preferences(key, author.name, prompts, answer, recipe)
        frame = built.with_columns(pl.lit(inputs).alias("fingerprint"))
    return table_result(
        PREFERENCE_DATASET,
        frame,
        ["instruction", "chosen", "rejected"],
        prompts=prompts.height,
        generated=0 if reused else prompts.height,
        chosen_longer=preference.length_ratio(frame),
    )


@dg.asset_check(asset=preference_dataset, blocking=True, partitions_def=authors)
def preferences_differ(preference_dataset: pl.DataFrame) -> dg.AssetCheckResult:
    """Both answers are there and are not the same."""
    same = preference_dataset.filter(pl.col("chosen") == pl.col("rejected")).height
    empty = preference_dataset.filter(
        pl.min_horizontal("chosen_words", "rejected_words") < 1
    ).height
    return dg.AssetCheckResult(
        passed=preference_dataset.height > 0 and same == 0 and empty == 0,
        metadata={"pairs": preference_dataset.height, "same": same, "empty": empty},
    )


@dg.asset_check(asset=preference_dataset, partitions_def=authors)
def length_tells_nothing(preference_dataset: pl.DataFrame) -> dg.AssetCheckResult:
    """The chosen answer is about as often the longer one as the shorter one."""
    share = preference.length_ratio(preference_dataset)
    return dg.AssetCheckResult(
        passed=BALANCED[0] <= share <= BALANCED[1],
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"chosen_longer": share},
    )
