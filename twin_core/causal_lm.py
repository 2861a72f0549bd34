"""A causal language model on disk: load it, measure it, let it write. Shared by training and
evaluation."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin_core.errors import CheckpointError
from twin_core.lake import MANIFEST, read_manifest
from twin_core.progress import Meter
from twin_core.template import END, SERVING_TEMPLATE, Message

if TYPE_CHECKING:
    import torch

Pair = tuple[list[Message], str]


@dataclass(frozen=True)
class LanguageModel:
    """A model and its tokenizer, ready to run."""

    model: Any
    tokenizer: Any

    @property
    def device(self) -> "torch.device":
        return self.model.device


def use_threads(count: int) -> None:
    """Let torch use that many CPU threads; 0 means all cores."""
    import torch

    torch.set_num_threads(count or os.cpu_count() or 1)


def accelerator() -> str:
    """`cuda` when there is one, else `cpu`."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def compute_dtype() -> "torch.dtype":
    """bfloat16 on a GPU and on a CPU with AVX-512, where it is faster; elsewhere float32.

    A CPU without AVX-512 emulates bfloat16, many times slower (docs/negative-results.md).
    """
    import torch

    quick = accelerator() == "cuda" or "AVX512" in torch.backends.cpu.get_cpu_capability()
    return torch.bfloat16 if quick else torch.float32


def load(directory: str | Path, dtype: "torch.dtype | None" = None) -> LanguageModel:
    """Load a published directory of weights, full precision or GPTQ, in `compute_dtype` or `dtype`.

    Raises `CheckpointError`, naming the directory and the remedy, when it is incomplete or damaged.
    """
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM, AutoTokenizer

    path = Path(directory)
    if (path / MANIFEST).exists() or not (path / "config.json").exists():
        read_manifest(path)
    try:
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
        model = AutoModelForCausalLM.from_pretrained(
            path,
            dtype=dtype or compute_dtype(),
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise CheckpointError(
            f"{path} cannot be loaded: {str(error).splitlines()[0]}",
            f"remove {path} and materialise the asset that made it again.",
        ) from error
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    placed: Any = model
    return LanguageModel(placed.to(accelerator()).eval(), tokenizer)


def rendered(tokenizer: Any, messages: list[Message]) -> str:
    """The prompt text that the one template makes of the messages, ready for the answer."""
    return tokenizer.apply_chat_template(
        messages, chat_template=SERVING_TEMPLATE, tokenize=False, add_generation_prompt=True
    )


def perplexity(lm: LanguageModel, pairs: Sequence[Pair], batch_size: int = 4) -> tuple[float, int]:
    """(perplexity, tokens) of the answers given their prompts; only the answers' tokens count.

    exp of the mean negative log-likelihood (natural log) over all answer tokens together.
    """
    total, tokens = 0.0, 0
    meter = Meter("perplexity", len(pairs), "passages")
    for start in range(0, len(pairs), batch_size):
        batch = pairs[start : start + batch_size]
        loss, count = _answer_loss(lm, batch)
        total, tokens = total + loss, tokens + count
        meter.at(start + len(batch))
    return math.exp(total / tokens), tokens


def _answer_loss(lm: LanguageModel, batch: Sequence[Pair]) -> tuple[float, int]:
    import torch

    rows, marks = [], []
    for messages, answer in batch:
        head = lm.tokenizer(rendered(lm.tokenizer, messages), add_special_tokens=False).input_ids
        body = lm.tokenizer(answer + END, add_special_tokens=False).input_ids
        rows.append(head + body)
        marks.append(len(head))
    width = max(map(len, rows))
    pad = lm.tokenizer.pad_token_id
    ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows], device=lm.device)
    mask = torch.tensor(
        [[1] * len(row) + [0] * (width - len(row)) for row in rows], device=lm.device
    )
    target = ids.clone()
    for row, (length, head) in enumerate(zip(map(len, rows), marks, strict=True)):
        target[row, :head] = -100
        target[row, length:] = -100
    with torch.inference_mode():
        logits = lm.model(input_ids=ids, attention_mask=mask).logits
    loss = torch.nn.functional.cross_entropy(
        logits[:, :-1].float().flatten(0, 1), target[:, 1:].flatten(), reduction="sum"
    )
    return loss.item(), int((target[:, 1:] != -100).sum())


def answer_all(
    lm: LanguageModel,
    prompts: Sequence[list[Message]],
    *,
    max_new_tokens: int,
    temperature: float,
    top_p: float = 1.0,
    repetition_penalty: float = 1.0,
    batch_size: int = 16,
    seed: int = 0,
    label: str = "answers",
) -> list[str]:
    """One answer per prompt, in order; the same seed gives the same answers on the same machine."""
    import torch

    torch.manual_seed(seed)
    texts = [rendered(lm.tokenizer, messages) for messages in prompts]
    meter = Meter(label, len(texts), "answers")
    answers: list[str] = []
    for start in range(0, len(texts), batch_size):
        batch = lm.tokenizer(
            texts[start : start + batch_size],
            return_tensors="pt",
            padding=True,
            add_special_tokens=False,
        ).to(lm.device)
        with torch.inference_mode():
            output = lm.model.generate(
                **batch,
                max_new_tokens=max_new_tokens,
                **sampling(temperature, top_p, repetition_penalty),
                pad_token_id=lm.tokenizer.pad_token_id,
            )
        new = output[:, batch["input_ids"].shape[1] :]
        answers += [
            text.strip() for text in lm.tokenizer.batch_decode(new, skip_special_tokens=True)
        ]
        meter.at(len(answers))
    return answers


def sampling(temperature: float, top_p: float, repetition_penalty: float) -> dict[str, Any]:
    """transformers' arguments for drawing tokens; temperature 0 is greedy."""
    if temperature == 0:
        return {"do_sample": False, "repetition_penalty": repetition_penalty}
    return {
        "do_sample": True,
        "temperature": temperature,
        "top_p": top_p,
        "repetition_penalty": repetition_penalty,
    }
