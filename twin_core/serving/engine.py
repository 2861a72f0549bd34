"""What turns a prompt into the author's words: one small protocol, two engines."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from twin_core.records import Release
from twin_core.template import Message

if TYPE_CHECKING:
    from twin_core.settings import TwinSettings

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True)
class Sampling:
    """How tokens are drawn. temperature 0 is greedy; seed None differs from call to call."""

    max_tokens: int
    temperature: float
    top_p: float
    repetition_penalty: float = 1.0
    seed: int | None = None


@dataclass(frozen=True)
class Piece:
    """A bit of an answer; the last one has no text, and says why it ended and what it cost in
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

    def load(self, release: Release) -> None:
        """Make the release the one that answers for its author; it was verified before."""
        ...

    def stream(
        self, release: Release, messages: list[Message], sampling: Sampling
    ) -> Iterator[Piece]:
        """The answer as it is written. Closing the iterator stops the generation."""
        ...


def complete(
    engine: Engine, release: Release, messages: list[Message], sampling: Sampling
) -> Completion:
    """The whole answer at once."""
    text = ""
    last = Piece(finish_reason="stop")
    with closing(engine.stream(release, messages, sampling)) as pieces:  # type: ignore[type-var]
        for piece in pieces:
            text += piece.text
            last = piece
    return Completion(
        text.strip(), last.finish_reason or "stop", last.prompt_tokens, last.completion_tokens
    )


def open_engine(settings: "TwinSettings") -> Engine:
    """SGLang when `TWIN_ENGINE_URL` is set, else the embedded engine."""
    if settings.engine_url:
        from twin_core.serving.sglang import SGLangEngine

        key = settings.engine_api_key
        return SGLangEngine(settings.engine_url, key.get_secret_value() if key else None)
    from twin_core.serving.embedded import EmbeddedEngine

    return EmbeddedEngine(settings.threads)
