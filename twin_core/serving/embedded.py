"""The engine inside the process: transformers, one generation at a time. For one machine."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from twin_core import causal_lm
from twin_core.errors import EngineError, PromptError
from twin_core.records import Release
from twin_core.serving.engine import Piece, Sampling
from twin_core.template import Message

KEPT_MODELS = 2  # in memory at once; a third author's model displaces the one longest unused
TOKEN_TIMEOUT_SECONDS = 120.0


class EmbeddedEngine:
    """Loads a release's weights on first use and keeps them."""

    name = "embedded"

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._models: OrderedDict[str, causal_lm.LanguageModel] = OrderedDict()
        self._turn = threading.Lock()
        self._loading = threading.Lock()

    def load(self, release: Release) -> None:
        self._model(release)

    def _model(self, release: Release) -> causal_lm.LanguageModel:
        with self._loading:
            if release.weights_dir not in self._models:
                causal_lm.use_threads(self._threads)
                loaded = causal_lm.load(release.weights_dir)
                self._models[release.weights_dir] = loaded
            self._models.move_to_end(release.weights_dir)
            while len(self._models) > KEPT_MODELS:
                self._models.popitem(last=False)
            return self._models[release.weights_dir]

    def stream(
        self, release: Release, messages: list[Message], sampling: Sampling
    ) -> Iterator[Piece]:
        lm = self._model(release)
        with self._turn:
            yield from _generate(lm, messages, sampling)


def _generate(
    lm: causal_lm.LanguageModel, messages: list[Message], sampling: Sampling
) -> Iterator[Piece]:
    import queue

    import torch
    from transformers import StoppingCriteria, StoppingCriteriaList, TextIteratorStreamer

    text = causal_lm.rendered(lm.tokenizer, messages)
    inputs = lm.tokenizer(text, return_tensors="pt", add_special_tokens=False).to(lm.device)
    given = inputs["input_ids"].shape[1]
    window = lm.model.config.max_position_embeddings
    if given + sampling.max_tokens > window:
        raise PromptError(
            f"the prompt has {given} tokens and {sampling.max_tokens} were asked for, "
            f"more than the model's window of {window}",
            "shorten the conversation or lower max_tokens.",
        )
    abandoned = threading.Event()
    state: dict[str, Any] = {"length": given}

    class Watch(StoppingCriteria):
        def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
            state["length"] = input_ids.shape[1]
            return torch.full((1,), abandoned.is_set(), device=input_ids.device)

    streamer = TextIteratorStreamer(
        lm.tokenizer, skip_prompt=True, timeout=TOKEN_TIMEOUT_SECONDS, skip_special_tokens=True
    )

    def work() -> None:
        try:
            if sampling.seed is not None:
                torch.manual_seed(sampling.seed)
            with torch.inference_mode():
                lm.model.generate(
                    **inputs,
                    max_new_tokens=sampling.max_tokens,
                    **causal_lm.sampling(
                        sampling.temperature, sampling.top_p, sampling.repetition_penalty
                    ),
                    pad_token_id=lm.tokenizer.pad_token_id,
                    streamer=streamer,
                    stopping_criteria=StoppingCriteriaList([Watch()]),
                )
        except Exception as error:  # noqa: BLE001 - handed to the reader below, never swallowed
            state["error"] = error
            streamer.end()

    worker = threading.Thread(target=work, name="generate", daemon=True)
    worker.start()
    try:
        for part in streamer:
            if part:
                yield Piece(part)
    except queue.Empty as error:
        raise EngineError(
            f"no token came within {TOKEN_TIMEOUT_SECONDS:.0f} s", "the machine is overloaded."
        ) from error
    finally:
        abandoned.set()
        worker.join()
    if "error" in state:
        raise EngineError(f"generation failed: {state['error']}", "see the log.") from state[
            "error"
        ]
    written = state["length"] - given
    reason = "length" if written >= sampling.max_tokens else "stop"
    yield Piece(finish_reason=reason, prompt_tokens=given, completion_tokens=written)
