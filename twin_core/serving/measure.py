"""How fast a release runs: full precision, GPTQ, and speculative decoding by prompt look-up.

Look-up decoding drafts tokens from the prompt itself (Saxena 2023), so it needs no second model; it
pays when an answer repeats the notes that it was given.
"""

import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twin_core import causal_lm
from twin_core.fingerprint import fingerprint
from twin_core.progress import log
from twin_core.records import InferenceFigures, InferenceReport, Release
from twin_core.template import Message

VERSION = "inference-1"
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
        figures[name] = _figures(runs, Path(directory))
    return InferenceReport(
        author=release.author,
        fingerprint=inference_fingerprint(release, prompts),
        variants=figures,
    )


def _timed(
    lm: causal_lm.LanguageModel, messages: list[Message], options: dict
) -> tuple[float, float, int]:
    """(seconds to the first token, seconds after it, tokens after it)"""
    import torch
    from transformers import StoppingCriteria, StoppingCriteriaList

    text = causal_lm.rendered(lm.tokenizer, messages)
    inputs = lm.tokenizer(text, return_tensors="pt", add_special_tokens=False).to(lm.device)
    moments: list[float] = []

    class Watch(StoppingCriteria):
        def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
            moments.append(time.perf_counter())
            return torch.zeros(1, dtype=torch.bool, device=input_ids.device)

    started = time.perf_counter()
    with torch.inference_mode():
        output = lm.model.generate(
            **inputs,
            max_new_tokens=NEW_TOKENS,
            min_new_tokens=NEW_TOKENS,
            do_sample=False,
            pad_token_id=lm.tokenizer.pad_token_id,
            stopping_criteria=StoppingCriteriaList([Watch()]),
            **options,
        )
    ended = time.perf_counter()
    count = output.shape[1] - inputs["input_ids"].shape[1]
    first = moments[0] if moments else ended
    return first - started, ended - first, max(count - 1, 1)


def _figures(runs: Sequence[tuple[float, float, int]], directory: Path) -> InferenceFigures:
    weights = sum(f.stat().st_size for f in directory.glob("*.safetensors"))
    return InferenceFigures(
        first_token_ms=round(1000 * statistics.median(first for first, _, _ in runs), 1),
        token_ms=round(1000 * statistics.median(rest / count for _, rest, count in runs), 2),
        tokens_per_s=round(
            statistics.median((count + 1) / (first + rest) for first, rest, count in runs), 2
        ),
        weights_mb=round(weights / 1e6, 1),
        resident_mb=round(_resident() / 1e6, 1),
    )


def _resident() -> int:
    """Bytes of memory that this process holds now."""
    import os

    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
