"""What the training stages share: data as conversations, progress, and publishing what was
trained."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from twin_core.causal_lm import Pair, accelerator, compute_dtype
from twin_core.lake import Manifest, publish_directory
from twin_core.progress import Meter
from twin_core.recipe import Dpo, Lora, Sft
from twin_core.records import Checkpoint
from twin_core.template import SERVING_TEMPLATE, prompt

if TYPE_CHECKING:
    from peft import LoraConfig
    from transformers import TrainerCallback

METRIC = "metric:"


def as_pairs(pairs: pl.DataFrame, name: str, split: str, limit: int | None = None) -> list[Pair]:
    """Rows of `instruct_dataset` in one split → (prompt messages, answer), at most `limit`, evenly
    spread."""
    rows = pairs.filter(pl.col("split") == split)
    if limit and rows.height > limit:
        rows = rows[[place * rows.height // limit for place in range(limit)]]
    return [
        (prompt(name, row["instruction"], row["notes"]), row["answer"])
        for row in rows.iter_rows(named=True)
    ]


def publish_checkpoint(
    stage: str,
    author: str,
    name: str,
    weights: Path,
    build: Callable[[Path], Manifest],
) -> Checkpoint:
    """The checkpoint `name` of a stage, built unless it is there; facts under `metric:` become
    metrics."""
    target = weights / stage / author / name
    manifest = publish_directory(target, build)
    metrics = {
        key.removeprefix(METRIC): float(value)
        for key, value in manifest.facts.items()
        if key.startswith(METRIC)
    }
    return Checkpoint(
        stage=stage,
        author=author,
        fingerprint=name,
        directory=str(target),
        megabytes=round(manifest.megabytes, 1),
        seconds=float(manifest.facts["seconds"]),
        metrics=metrics,
        losses=tuple(manifest.losses),
    )


def facts(seconds: float, **metrics: float) -> dict[str, float | str]:
    """Facts of a manifest: how long it took, and what was measured."""
    return {"seconds": round(seconds, 2), **{METRIC + key: value for key, value in metrics.items()}}


def lora_config(recipe: Lora, layers: int) -> "LoraConfig":
    """PEFT's configuration for a recipe's `lora` and a model of that many layers."""
    from peft import LoraConfig

    adapted = max(1, round(layers * recipe.layers))
    return LoraConfig(
        layers_to_transform=list(range(layers - adapted, layers)),
        r=recipe.r,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules=list(recipe.target_modules),
        task_type="CAUSAL_LM",
    )


def training_arguments(work: Path, recipe: Sft | Dpo) -> dict[str, Any]:
    """What SFT and DPO share of TRL's arguments: no side effects; autocast to bf16 where that is
    faster."""
    import torch

    return {
        "output_dir": str(work),
        "num_train_epochs": recipe.epochs,
        "per_device_train_batch_size": recipe.batch_size,
        "gradient_accumulation_steps": recipe.accumulate,
        "learning_rate": recipe.learning_rate,
        "max_length": recipe.max_length,
        "seed": recipe.seed,
        "lr_scheduler_type": "cosine",
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "logging_steps": 1,
        "gradient_checkpointing": False,
        "bf16": compute_dtype() == torch.bfloat16,
        "use_cpu": accelerator() == "cpu",
        "dataloader_pin_memory": accelerator() == "cuda",
    }


def progress_callback(label: str) -> "TrainerCallback":
    """A callback that meters steps with their loss."""
    from transformers import TrainerCallback

    class Progress(TrainerCallback):
        meter: Meter | None = None

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.meter = Meter(label, state.max_steps, "steps")

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            if self.meter and logs and "loss" in logs:
                self.meter.at(state.global_step, loss=float(logs["loss"]))

    return Progress()


def losses(history: Sequence[dict[str, Any]]) -> list[tuple[int, float]]:
    """(step, loss) of a trainer's log history."""
    return [(int(entry["step"]), float(entry["loss"])) for entry in history if "loss" in entry]


def save_merged(adapted: Any, tokenizer: Any, draft: Path, dtype: str) -> Any:
    """Save the adapter below `adapter`, merge it into the weights and save those; returns the
    model."""
    import torch

    adapted.save_pretrained(draft / "adapter")
    (draft / "adapter" / "README.md").unlink(missing_ok=True)
    merged = adapted.merge_and_unload().to(getattr(torch, dtype))
    merged.config.use_cache = True
    merged.save_pretrained(draft)
    tokenizer.chat_template = SERVING_TEMPLATE
    tokenizer.save_pretrained(draft)
    return merged.to(compute_dtype()).eval()
