"""GPTQ (Frantar et al. 2023): the merged model in four bits, through Optimum on top of GPTQModel.

GPTQModel is the successor of the archived auto-gptq; this file is the whole adapter to it.
"""

import json
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from twin_core import causal_lm
from twin_core.errors import SettingError
from twin_core.files import write_atomically
from twin_core.fingerprint import fingerprint
from twin_core.lake import Manifest
from twin_core.progress import Meter, log
from twin_core.recipe import Gptq, Recipe
from twin_core.records import Checkpoint
from twin_core.training import checkpoint

VERSION = "gptq-1"


def gptq_fingerprint(dpo: Checkpoint, recipe: Recipe) -> str:
    """The name of the checkpoint that these inputs lead to; `dpo` stands for the calibration
    texts."""
    return fingerprint(VERSION, dpo.fingerprint, recipe.gptq)


def quantise(
    author: str, name: str, dpo: Checkpoint, pairs: pl.DataFrame, recipe: Recipe, weights: Path
) -> Checkpoint:
    """Quantise symmetrically, calibrated on training prompts and answers; found again if already
    there.

    Metrics: `dpo_perplexity` and `perplexity` of the validation answers before and after.
    """
    target = gptq_fingerprint(dpo, recipe)

    def build(draft: Path) -> Manifest:
        started = time.monotonic()
        _quantise(draft, dpo, _calibration(pairs, name, recipe.gptq, dpo), recipe)
        log.info("gptq: quantised in %.0f s, measuring", time.monotonic() - started)
        limit = recipe.evaluation.max_validation_pairs
        validation = checkpoint.as_pairs(pairs, name, "validation", limit)
        after, _ = causal_lm.perplexity(causal_lm.load(draft), validation)
        return Manifest(
            facts=checkpoint.facts(
                time.monotonic() - started,
                dpo_perplexity=dpo.metrics["perplexity"],
                perplexity=after,
            ),
        )

    return checkpoint.publish_checkpoint("gptq", author, target, weights, build)


def _calibration(pairs: pl.DataFrame, name: str, recipe: Gptq, dpo: Checkpoint) -> list[str]:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(dpo.directory, local_files_only=True)
    train = checkpoint.as_pairs(pairs, name, "train")
    step = max(1, len(train) // recipe.calibration_texts)
    texts = []
    for messages, answer in train[::step][: recipe.calibration_texts]:
        ids = tokenizer(causal_lm.rendered(tokenizer, messages) + answer).input_ids
        texts.append(tokenizer.decode(ids[: recipe.calibration_tokens]))
    return texts


def _quantise(draft: Path, dpo: Checkpoint, texts: list[str], recipe: Recipe) -> None:
    lm = causal_lm.load(dpo.directory)
    hidden, group = lm.model.config.hidden_size, recipe.gptq.group_size
    if hidden % group:
        raise SettingError(
            f"gptq.group_size is {group}, which does not divide the model's hidden size {hidden}",
            "use 32, 64 or 128, whichever divides it.",
        )
    from optimum.gptq import GPTQQuantizer

    quantizer = GPTQQuantizer(
        bits=recipe.gptq.bits,
        group_size=group,
        sym=True,
        desc_act=False,
        dataset=texts,
        block_name_to_quantize="model.layers",
        batch_size=1,
    )
    with _block_progress():
        quantised = quantizer.quantize_model(lm.model, lm.tokenizer)
    quantizer.dataset = None  # else the calibration texts stand in config.json
    quantizer.save(quantised, str(draft))
    lm.tokenizer.save_pretrained(draft)
    _repair_config(draft / "config.json")


class _BlockMeter(logging.Handler):
    """Optimum says "Start quantizing block <name> 3/30" to its logger; this is what meters it."""

    meter: Meter | None = None

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        found = re.search(r"Start quantizing block .* (\d+)/(\d+)", message)
        if found:
            self.meter = self.meter or Meter("gptq", int(found[2]), "blocks")
            self.meter.at(int(found[1]) - 1)
        elif message.startswith("Packing model"):
            log.info("gptq: packing")


@contextmanager
def _block_progress() -> Iterator[None]:
    logger, handler = logging.getLogger("optimum.gptq.quantizer"), _BlockMeter()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def _repair_config(path: Path) -> None:
    """Optimum names the format gptq_v2 although it wrote v1; wrong names give wrong weights."""
    config: dict[str, Any] = json.loads(path.read_text())
    config["quantization_config"]["format"] = "gptq"
    config["quantization_config"]["checkpoint_format"] = "gptq"
    config["quantization_config"].pop("dataset", None)
    write_atomically(path, json.dumps(config, indent=2, sort_keys=True).encode())
