"""What turns a prompt into the author's words: one small protocol, two engines."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol

from twin_core.errors import EngineError
from twin_core.records import Release
from twin_core.template import Message

if TYPE_CHECKING:
    from twin_core.settings import TwinSettings

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True)
class Sampling:
    """How tokens are drawn. temperature 0 is greedy; seed None differs from call to call; the
    answer ends before any of the texts in stop."""

    max_tokens: int
    temperature: float
    top_p: float
    repetition_penalty: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """A bit of an answer, maybe without text; the last one says why it ended and what it cost in
    tokens."""

    text: str = ""
    finish_reason: FinishReason | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True)
class Completion:
    """A whole answer."""

    text: str
    finish_reason: FinishReason
    prompt_tokens: int
    completion_tokens: int


class Engine(Protocol):
    """Every method raises `EngineError`, or `CheckpointError` for damaged weights."""

    name: str
    at_once: int  # answers that it writes side by side; more have to wait

    def load(self, release: Release) -> None:
        """Make the release the one that answers for its author; it was verified before."""
        ...

    def stream(
        self, release: Release, messages: list[Message], sampling: Sampling
    ) -> Generator[Piece, None, None]:
        """The answer as it is written. Closing the iterator stops the generation."""
        ...


def until_stop(pieces: Iterable[Piece], stop: Sequence[str]) -> Iterator[Piece]:
    """The pieces up to the first text of `stop`, which is left out.

    The end of a piece that may be the beginning of one is held back until the next shows it.
    """
    held = ""
    for piece in pieces:
        held += piece.text
        found = [held.index(text) for text in stop if text in held]
        if found:
            yield replace(piece, text=held[: min(found)], finish_reason="stop")
            return
        kept = 0 if piece.finish_reason else _begun(held, stop)
        ready = held[: len(held) - kept]
        held = held[len(ready) :]
        yield replace(piece, text=ready)


def _begun(text: str, stop: Sequence[str]) -> int:
    """Length of the longest end of `text` that begins one of `stop`."""
    longest = min(len(text), max(map(len, stop), default=0))
    return next((n for n in range(longest, 0, -1) if any(s.startswith(text[-n:]) for s in stop)), 0)


def completion(pieces: Sequence[Piece]) -> Completion | None:
    """The pieces put together; None when the last one is missing."""
    last = pieces[-1] if pieces else Piece()
    if last.finish_reason is None:
        return None
    text = "".join(piece.text for piece in pieces).strip()
    return Completion(text, last.finish_reason, last.prompt_tokens, last.completion_tokens)


def complete(
    engine: Engine, release: Release, messages: list[Message], sampling: Sampling
) -> Completion:
    """The whole answer at once."""
    with closing(engine.stream(release, messages, sampling)) as pieces:
        answer = completion(list(pieces))
    if answer is None:
        raise EngineError("the answer ended without a reason", "see the engine's log.")
    return answer


def open_engine(settings: "TwinSettings") -> Engine:
    """SGLang when `TWIN_ENGINE_URL` is set, else the embedded engine."""
    if settings.engine_url:
        from twin_core.serving.sglang import SGLangEngine

        key = settings.engine_api_key
        return SGLangEngine(settings.engine_url, key.get_secret_value() if key else None)
    from twin_core.serving.embedded import EmbeddedEngine

    return EmbeddedEngine(settings.threads)
