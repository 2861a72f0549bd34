"""OpenAI's chat request: the part that has a meaning here, checked before anything runs."""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from twin_core.serving.answer import Twins
from twin_core.serving.engine import Sampling
from twin_core.template import Message

MAX_TOKENS = 1024
MAX_CHARACTERS = 40_000
MAX_SEED = 2**63 - 1  # what torch and SGLang both take

StopText = Annotated[str, Field(min_length=1, max_length=200)]
Tokens = Annotated[int | None, Field(ge=1, le=MAX_TOKENS)]


class TextPart(BaseModel):
    """The only kind of content part that a text model takes."""

    type: Literal["text"]
    text: str


class ChatMessage(BaseModel):
    """A message as OpenAI's clients send it."""

    model_config = ConfigDict(extra="ignore")
    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart]

    def plain(self) -> Message:
        parts = self.content
        text = parts if isinstance(parts, str) else "\n".join(part.text for part in parts)
        return {"role": self.role, "content": text}


class StreamOptions(BaseModel):
    include_usage: bool | None = None


class ResponseFormat(BaseModel):
    """Plain text; a grammar or JSON schema would be ignored by the embedded engine."""

    type: Literal["text"]


class ChatRequest(BaseModel):
    """What is unknown is ignored, and null is the same as absent, as at OpenAI's."""

    model_config = ConfigDict(extra="ignore")
    model: str
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=64)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: Tokens = None
    max_completion_tokens: Tokens = None
    temperature: Annotated[float | None, Field(ge=0, le=2)] = None
    top_p: Annotated[float | None, Field(gt=0, le=1)] = None
    seed: Annotated[int | None, Field(ge=-MAX_SEED, le=MAX_SEED)] = None
    stop: StopText | Annotated[list[StopText], Field(max_length=4)] | None = None
    n: Literal[1] | None = None
    response_format: ResponseFormat | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_unicode(cls, body: Any) -> Any:
        """JSON can escape half of a surrogate pair, which no tokenizer or answer can hold."""
        if isinstance(body, dict):
            try:
                json.dumps(body, ensure_ascii=False).encode()
            except UnicodeEncodeError as error:
                half = error.object[error.start]
                raise ValueError(f"the text has half a surrogate pair, {half!a}") from error
        return body

    @property
    def usage(self) -> bool:
        return bool(self.stream_options and self.stream_options.include_usage)

    def conversation(self) -> list[Message]:
        return [message.plain() for message in self.messages]

    def sampling(self, twins: Twins) -> Sampling:
        stop = [self.stop] if isinstance(self.stop, str) else self.stop or []
        return twins.sampling(
            max_tokens=self.max_completion_tokens or self.max_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            seed=self.seed,
            stop=tuple(stop),
        )


def problem_of(conversation: list[Message]) -> str | None:
    """Why there is nothing to answer here, if so."""
    if conversation[-1]["role"] != "user" or not conversation[-1]["content"].strip():
        return "the last message must be the user's, and not empty"
    if sum(len(message["content"]) for message in conversation) > MAX_CHARACTERS:
        return f"the conversation is longer than {MAX_CHARACTERS} characters; shorten it"
    return None
