"""Direct preference optimisation (Rafailov et al. 2023): the author's words over the SFT model's
own (TRL)."""

import tempfile
import time
from pathlib import Path

import polars as pl

from twin_core import causal_lm
from twin_core.fingerprint import fingerprint
from twin_core.lake import Manifest
from twin_core.recipe import Recipe
from twin_core.records import PREFERENCE_DATASET, Checkpoint
from twin_core.template import SERVING_TEMPLATE, prompt
from twin_core.template import VERSION as TEMPLATE_VERSION
from twin_core.training import checkpoint

VERSION = "dpo-1"


def dpo_fingerprint(
    name: str, sft: Checkpoint, preferences: pl.DataFrame, pairs: pl.DataFrame, recipe: Recipe
) -> str:
    """The name of the checkpoint that these inputs lead to; `sft` stands for the instruct pairs as
    well."""
    data = PREFERENCE_DATASET.data_version(preferences)
    return fingerprint(VERSION, TEMPLATE_VERSION, name, sft.fingerprint, data, recipe.dpo)


def train_dpo(
    author: str,
    name: str,
    sft: Checkpoint,
    preferences: pl.DataFrame,
    pairs: pl.DataFrame,
    recipe: Recipe,
    weights: Path,
) -> Checkpoint:
    """Train on the preferences and publish merged weights and adapter; found again if already
    there.

    Metrics: `sft_perplexity` and `perplexity` of the validation answers before and after,
    over the last steps `accuracy` (share of pairs whose chosen answer the policy favours over the
    reference) and `margin` (by how much: difference of the implicit rewards, in nats × beta; 0 is
    a model that learnt no preference).
    """
    target = dpo_fingerprint(name, sft, preferences, pairs, recipe)

    def build(draft: Path) -> Manifest:
        return _train(draft, name, sft, preferences, pairs, recipe)

    return checkpoint.publish_checkpoint("dpo", author, target, weights, build)


def _train(
    draft: Path,
    name: str,
    sft: Checkpoint,
    preferences: pl.DataFrame,
    pairs: pl.DataFrame,
    recipe: Recipe,
) -> Manifest:
    import torch
    from datasets import Dataset
    from transformers import PrinterCallback
    from trl.trainer.dpo_config import DPOConfig
    from trl.trainer.dpo_trainer import DPOTrainer

    started = time.monotonic()
    lm = causal_lm.load(sft.directory, torch.float32)
    rows = [
        {
            "prompt": prompt(name, row["instruction"], row["notes"]),
            "chosen": [{"role": "assistant", "content": row["chosen"]}],
            "rejected": [{"role": "assistant", "content": row["rejected"]}],
        }
        for row in preferences.iter_rows(named=True)
    ]
    lm.tokenizer.chat_template = SERVING_TEMPLATE
    with tempfile.TemporaryDirectory() as work:
        trainer = DPOTrainer(
            model=lm.model,
            ref_model=None,  # the adapter switched off
            args=DPOConfig(
                **checkpoint.training_arguments(Path(work), recipe.dpo),
                beta=recipe.dpo.beta,
                loss_type=["sigmoid"],
            ),
            train_dataset=Dataset.from_list(rows),
            processing_class=lm.tokenizer,
            peft_config=checkpoint.lora_config(recipe.dpo.lora, lm.model.config.num_hidden_layers),
            callbacks=[checkpoint.progress_callback("dpo")],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    history = trainer.state.log_history
    steps = [entry for entry in history if "rewards/margins" in entry]
    last = steps[-max(1, len(steps) // 4) :]
    merged = checkpoint.save_merged(trainer.model, lm.tokenizer, draft, recipe.base.dtype)
    limit = recipe.evaluation.max_validation_pairs
    validation = checkpoint.as_pairs(pairs, name, "validation", limit)
    after, _ = causal_lm.perplexity(causal_lm.LanguageModel(merged, lm.tokenizer), validation)
    return Manifest(
        facts=checkpoint.facts(
            time.monotonic() - started,
            sft_perplexity=sft.metrics["perplexity"],
            perplexity=after,
            accuracy=sum(step["rewards/accuracies"] for step in last) / len(last),
            margin=sum(step["rewards/margins"] for step in last) / len(last),
            steps=float(trainer.state.global_step),
        ),
        losses=checkpoint.losses(history),
    )
