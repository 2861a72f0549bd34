"""Supervised fine-tuning: LoRA on the author's own text, loss on the author's words alone (TRL)."""

import tempfile
import time
from pathlib import Path

import polars as pl

from twin_core import causal_lm
from twin_core.fingerprint import fingerprint
from twin_core.lake import Manifest
from twin_core.recipe import Recipe
from twin_core.records import INSTRUCT_DATASET, Checkpoint
from twin_core.template import TRAINING_TEMPLATE
from twin_core.template import VERSION as TEMPLATE_VERSION
from twin_core.training import checkpoint

VERSION = "sft-1"


def sft_fingerprint(name: str, base: Checkpoint, pairs: pl.DataFrame, recipe: Recipe) -> str:
    """The name of the checkpoint that these inputs lead to."""
    data = INSTRUCT_DATASET.data_version(pairs)
    return fingerprint(VERSION, TEMPLATE_VERSION, name, base.fingerprint, data, recipe.sft)


def train_sft(
    author: str, name: str, base: Checkpoint, pairs: pl.DataFrame, recipe: Recipe, weights: Path
) -> Checkpoint:
    """Train on the `train` pairs and publish merged weights and adapter; found again if already
    there.

    Metrics: `base_perplexity` and `perplexity` of the validation answers before and after, `tokens`
    trained on. `name` is what the author is called in the prompt.
    """
    target = sft_fingerprint(name, base, pairs, recipe)

    def build(draft: Path) -> Manifest:
        return _train(draft, name, base, pairs, recipe)

    return checkpoint.publish_checkpoint("sft", author, target, weights, build)


def _train(
    draft: Path, name: str, base: Checkpoint, pairs: pl.DataFrame, recipe: Recipe
) -> Manifest:
    import torch
    from datasets import Dataset
    from transformers import PrinterCallback
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer

    started = time.monotonic()
    lm = causal_lm.load(base.directory, torch.float32)
    limit = recipe.evaluation.max_validation_pairs
    validation = checkpoint.as_pairs(pairs, name, "validation", limit)
    before, _ = causal_lm.perplexity(lm, validation)
    rows = [
        {"messages": [*messages, {"role": "assistant", "content": answer}]}
        for messages, answer in checkpoint.as_pairs(pairs, name, "train")
    ]
    lm.tokenizer.chat_template = TRAINING_TEMPLATE
    with tempfile.TemporaryDirectory() as work:
        trainer = SFTTrainer(
            model=lm.model,
            args=SFTConfig(
                **checkpoint.training_arguments(Path(work), recipe.sft),
                warmup_steps=recipe.sft.warmup,
                packing=recipe.sft.packing,
                train_sampling_strategy="random" if recipe.sft.packing else "group_by_length",
                assistant_only_loss=True,
            ),
            train_dataset=Dataset.from_list(rows),
            processing_class=lm.tokenizer,
            peft_config=checkpoint.lora_config(recipe.sft.lora, lm.model.config.num_hidden_layers),
            callbacks=[checkpoint.progress_callback("sft")],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    history = trainer.state.log_history
    merged = checkpoint.save_merged(trainer.model, lm.tokenizer, draft, recipe.base.dtype)
    after, _ = causal_lm.perplexity(causal_lm.LanguageModel(merged, lm.tokenizer), validation)
    return Manifest(
        facts=checkpoint.facts(
            time.monotonic() - started,
            base_perplexity=before,
            perplexity=after,
            tokens=max(float(entry.get("num_tokens", 0)) for entry in history),
            steps=float(trainer.state.global_step),
        ),
        losses=checkpoint.losses(history),
    )
