"""How fast a release runs: full precision, GPTQ, and speculative decoding by prompt look-up.

Look-up decoding drafts tokens from the prompt itself (Saxena 2023), so it needs no second model; it
pays when an answer repeats the notes that it was given.
"""

import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from twin_core import causal_lm
from twin_core.fingerprint import fingerprint
from twin_core.progress import log
from twin_core.records import InferenceFigures, InferenceReport, Release
from twin_core.template import Message

VERSION = "inference-2"
NEW_TOKENS = 32
LOOKUP_TOKENS = 4


def inference_fingerprint(release: Release, prompts: Sequence[list[Message]]) -> str:
    """The name of the report that these inputs lead to."""
    return fingerprint(VERSION, release.release_id, list(prompts))


def measure_inference(
    release: Release, prompts: Sequence[list[Message]], threads: int = 0
) -> InferenceReport:
    """Greedy answers of `NEW_TOKENS` tokens to every prompt, one at a time, after one to warm
    up."""
    variants = {
        "full": (release.merged_dir, {}),
        "gptq": (release.gptq_dir, {}),
        "speculative": (release.merged_dir, {"prompt_lookup_num_tokens": LOOKUP_TOKENS}),
    }
    causal_lm.use_threads(threads)
    figures = {}
    for name, (directory, options) in variants.items():
        log.info("timing %s", name)
        lm = causal_lm.load(directory)
        _timed(lm, prompts[0], options)
        runs = [_timed(lm, messages, options) for messages in prompts]
        figures[name] = _figures(runs, Path(directory), lm)
    return InferenceReport(
        author=release.author,
        fingerprint=inference_fingerprint(release, prompts),
        variants=figures,
    )


class Run(NamedTuple):
    """One answer: seconds to its first tokens, seconds after them, and the tokens of each part.

    The first part is what the model gave after reading the whole prompt: one token, or with a draft
    all those that it accepted at once.
    """

    first: float
    rest: float
    at_first: int
    after: int


def _timed(lm: causal_lm.LanguageModel, messages: list[Message], options: dict[str, Any]) -> Run:
    import torch
    from transformers.generation.streamers import BaseStreamer

    text = causal_lm.rendered(lm.tokenizer, messages)
    inputs = lm.tokenizer(text, return_tensors="pt", add_special_tokens=False).to(lm.device)
    emitted: list[tuple[float, int]] = []

    class Watch(BaseStreamer):
        """Is handed the prompt, then the tokens that the model settled on (never a draft)."""

        def put(self, value: Any) -> None:
            emitted.append((time.perf_counter(), value.numel()))

        def end(self) -> None: ...

    started = time.perf_counter()
    with torch.inference_mode():
        lm.model.generate(
            **inputs,
            max_new_tokens=NEW_TOKENS,
            min_new_tokens=NEW_TOKENS,
            do_sample=False,
            pad_token_id=lm.tokenizer.pad_token_id,
            streamer=Watch(),
            **options,
        )
    ended = time.perf_counter()
    _, (first, at_first), *others = emitted
    return Run(first - started, ended - first, at_first, sum(count for _, count in others))


def _figures(runs: Sequence[Run], directory: Path, lm: causal_lm.LanguageModel) -> InferenceFigures:
    """`resident_mb` is the memory of the loaded model's parameters and buffers, without caches and
    whatever else the process holds; `weights_mb` is the size of its files."""
    weights = sum(f.stat().st_size for f in directory.glob("*.safetensors"))
    held = sum(t.nbytes for t in (*lm.model.parameters(), *lm.model.buffers()))
    return InferenceFigures(
        first_token_ms=round(1000 * statistics.median(run.first for run in runs), 1),
        token_ms=round(1000 * statistics.median(run.rest / max(run.after, 1) for run in runs), 2),
        tokens_per_s=round(
            statistics.median((run.at_first + run.after) / (run.first + run.rest) for run in runs),
            2,
        ),
        weights_mb=round(weights / 1e6, 1),
        resident_mb=round(held / 1e6, 1),
    )
