"""Training: base → SFT → DPO → GPTQ, each an immutable directory named by what it came from."""

import dagster as dg
import polars as pl

from twin_assets.automation import WHEN_INPUTS_CHANGE
from twin_assets.partitions import authors
from twin_assets.pods import ACCELERATOR_POOL, GPU
from twin_assets.presentation import checkpoint_result
from twin_assets.resources import TwinResource
from twin_core.records import Checkpoint
from twin_core.training.base_model import prepare_base
from twin_core.training.dpo import train_dpo
from twin_core.training.gptq import quantise
from twin_core.training.sft import train_sft


@dg.asset(
    group_name="training",
    kinds={"huggingface", "safetensors"},
    owners=["team:ml"],
    io_manager_key="record",
    automation_condition=dg.AutomationCondition.on_missing(),
    pool=ACCELERATOR_POOL,
)
def base_model(twin: TwinResource) -> dg.MaterializeResult[Checkpoint]:
    """The base checkpoint as safetensors, pinned; the same for every author."""
    here = twin.here
    checkpoint = prepare_base(
        here.recipe.base, here.settings.weights_dir, here.neutral_texts, here.settings.allow_hub
    )
    return checkpoint_result(checkpoint, source=here.recipe.base.source)


@dg.asset(
    group_name="training",
    kinds={"huggingface", "safetensors"},
    owners=["team:ml"],
    partitions_def=authors,
    io_manager_key="record",
    automation_condition=WHEN_INPUTS_CHANGE,
    pool=ACCELERATOR_POOL,
    op_tags=GPU,
)
def sft_checkpoint(
    context: dg.AssetExecutionContext,
    twin: TwinResource,
    base_model: Checkpoint,
    instruct_dataset: pl.DataFrame,
) -> dg.MaterializeResult[Checkpoint]:
    """LoRA fine-tune on the author's own words, merged to safetensors, the adapter beside it."""
    here = twin.here
    author = here.author(context.partition_key, "train")
    checkpoint = train_sft(
        author.slug,
        author.name,
        base_model,
        instruct_dataset,
        here.recipe,
        here.settings.weights_dir,
    )
    return checkpoint_result(checkpoint)


@dg.asset_check(asset=sft_checkpoint, blocking=True, partitions_def=authors)
def sft_learned_the_author(sft_checkpoint: Checkpoint) -> dg.AssetCheckResult:
    """Perplexity of the author's validation passages is below the base model's."""
    metrics = sft_checkpoint.metrics
    return _bound(metrics["perplexity"], metrics["base_perplexity"], 1.0)


@dg.asset(
    group_name="training",
    kinds={"huggingface", "safetensors"},
    owners=["team:ml"],
    partitions_def=authors,
    io_manager_key="record",
    automation_condition=WHEN_INPUTS_CHANGE,
    pool=ACCELERATOR_POOL,
    op_tags=GPU,
)
def dpo_checkpoint(
    context: dg.AssetExecutionContext,
    twin: TwinResource,
    sft_checkpoint: Checkpoint,
    preference_dataset: pl.DataFrame,
    instruct_dataset: pl.DataFrame,
) -> dg.MaterializeResult[Checkpoint]:
    """DPO on top of SFT: away from what the model writes, towards what the author wrote."""
    here = twin.here
    author = here.author(context.partition_key, "train")
    checkpoint = train_dpo(
        author.slug,
        author.name,
        sft_checkpoint,
        preference_dataset,
        instruct_dataset,
        here.recipe,
        here.settings.weights_dir,
    )
    return checkpoint_result(checkpoint)


@dg.asset_check(asset=dpo_checkpoint, blocking=True, partitions_def=authors)
def dpo_kept_the_language(dpo_checkpoint: Checkpoint, twin: TwinResource) -> dg.AssetCheckResult:
    """Perplexity of the validation passages is within the recipe's bound of SFT's."""
    metrics = dpo_checkpoint.metrics
    ratio = twin.here.recipe.dpo.max_perplexity_ratio
    return _bound(metrics["perplexity"], metrics["sft_perplexity"], ratio)


@dg.asset_check(asset=dpo_checkpoint, partitions_def=authors)
def dpo_learnt_a_preference(dpo_checkpoint: Checkpoint, twin: TwinResource) -> dg.AssetCheckResult:
    """The author's answers are favoured over the model's own by the recipe's margin; a warning."""
    margin, least = dpo_checkpoint.metrics["margin"], twin.here.recipe.dpo.min_margin
    return dg.AssetCheckResult(
        passed=margin >= least,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"margin": margin, "at_least": least},
    )


@dg.asset(
    group_name="training",
    kinds={"gptq", "safetensors"},
    owners=["team:ml"],
    partitions_def=authors,
    io_manager_key="record",
    automation_condition=WHEN_INPUTS_CHANGE,
    pool=ACCELERATOR_POOL,
    op_tags=GPU,
)
def gptq_weights(
    context: dg.AssetExecutionContext,
    twin: TwinResource,
    dpo_checkpoint: Checkpoint,
    instruct_dataset: pl.DataFrame,
) -> dg.MaterializeResult[Checkpoint]:
    """The merged model in four bits, symmetric, as SGLang loads it."""
    here = twin.here
    author = here.author(context.partition_key, "train")
    checkpoint = quantise(
        author.slug,
        author.name,
        dpo_checkpoint,
        instruct_dataset,
        here.recipe,
        here.settings.weights_dir,
    )
    return checkpoint_result(checkpoint, bits=here.recipe.gptq.bits)


@dg.asset_check(asset=gptq_weights, blocking=True, partitions_def=authors)
def gptq_is_close(gptq_weights: Checkpoint, twin: TwinResource) -> dg.AssetCheckResult:
    """Perplexity of the validation passages is within the recipe's bound of DPO's."""
    metrics = gptq_weights.metrics
    ratio = twin.here.recipe.gptq.max_perplexity_ratio
    return _bound(metrics["perplexity"], metrics["dpo_perplexity"], ratio)


def _bound(value: float, reference: float, ratio: float) -> dg.AssetCheckResult:
    """Passed when value is finite and below reference × ratio."""
    return dg.AssetCheckResult(
        passed=bool(0 < value < reference * ratio),  # False for NaN and infinity
        metadata={"perplexity": value, "reference": reference, "allowed_ratio": ratio},
    )
