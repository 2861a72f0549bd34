"""The engine inside the process: transformers, one generation at a time. For one machine."""

import threading
from collections import OrderedDict
from collections.abc import Generator, Iterator
from queue import SimpleQueue
from typing import Any

from twin_core import causal_lm
from twin_core.errors import EngineError, PromptError
from twin_core.records import Release
from twin_core.serving.engine import Piece, Sampling, until_stop
from twin_core.template import Message

KEPT_MODELS = 2  # in memory at once; a third author's model displaces the one longest unused
LOOK_UP_SECONDS = 0.1  # how often one who waits for the model looks whether anybody still wants it


class EmbeddedEngine:
    """Loads a release's weights on first use and keeps them."""

    name = "embedded"
    at_once = 1

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
    ) -> Generator[Piece, None, None]:
        writing = _Writing(self._model(release), messages, sampling)
        worker = threading.Thread(
            target=writing.run, args=(self._turn,), name="generate", daemon=True
        )
        worker.start()
        try:
            yield from until_stop(writing.pieces(), sampling.stop)
        finally:
            writing.abandoned.set()
            worker.join()


class _Writing:
    """One generation. A thread of its own holds the model and never waits for the reader: the queue
    takes the whole answer, at most `max_tokens` pieces. So a reader who stops reading, or is never
    closed, cannot keep the model from others."""

    def __init__(
        self, lm: causal_lm.LanguageModel, messages: list[Message], sampling: Sampling
    ) -> None:
        text = causal_lm.rendered(lm.tokenizer, messages)
        self._inputs = lm.tokenizer(text, return_tensors="pt", add_special_tokens=False)
        self._given = self._inputs["input_ids"].shape[1]
        window = lm.model.config.max_position_embeddings
        if self._given + sampling.max_tokens > window:
            raise PromptError(
                f"the prompt has {self._given} tokens and {sampling.max_tokens} were asked for, "
                f"more than the model's window of {window}",
                "shorten the conversation or lower max_tokens.",
            )
        self._lm, self._sampling = lm, sampling
        self._queue: SimpleQueue[Piece | Exception] = SimpleQueue()
        self._written = 0
        self.abandoned = threading.Event()

    def pieces(self) -> Iterator[Piece]:
        """One for every token, often without text, then the one with the reason."""
        while True:
            item = self._queue.get()
            if isinstance(item, Exception):
                raise EngineError(f"generation failed: {item}", "see the log.") from item
            yield item
            if item.finish_reason:
                return

    def run(self, turn: threading.Lock) -> None:
        """Generate when it is this one's turn; whatever fails goes to the reader."""
        try:
            while not turn.acquire(timeout=LOOK_UP_SECONDS):
                if self.abandoned.is_set():
                    return
            try:
                self._generate()
            finally:
                turn.release()
            reason = "length" if self._written >= self._sampling.max_tokens else "stop"
            self._queue.put(Piece("", reason, self._given, self._written))
        except Exception as error:  # noqa: BLE001 - handed to the reader, never swallowed
            self._queue.put(error)

    def _generate(self) -> None:
        import torch
        from transformers import StoppingCriteria, StoppingCriteriaList, TextStreamer

        writing, lm, drawn = self, self._lm, self._sampling

        class Watch(StoppingCriteria):
            def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
                writing._written = input_ids.shape[1] - writing._given
                return torch.full((1,), writing.abandoned.is_set(), device=input_ids.device)

        class Hand(TextStreamer):
            def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
                writing._queue.put(Piece(text, None, writing._given, writing._written))

        if drawn.seed is not None:
            torch.manual_seed(drawn.seed)
        with torch.inference_mode():
            lm.model.generate(
                **self._inputs.to(lm.device),
                max_new_tokens=drawn.max_tokens,
                **causal_lm.sampling(drawn.temperature, drawn.top_p, drawn.repetition_penalty),
                pad_token_id=lm.tokenizer.pad_token_id,
                streamer=Hand(lm.tokenizer, skip_prompt=True, skip_special_tokens=True),
                stopping_criteria=StoppingCriteriaList([Watch()]),
            )
