"""The HTTP face: OpenAI's chat completions, with retrieval in front of the engine.

Only the routes below exist; nothing of the engine's own API is passed through.
"""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from twin_core.errors import ConsentError, EngineError, LakeError, PromptError, TwinError
from twin_core.progress import log
from twin_core.serving.answer import Turn, Twins, citations
from twin_core.serving.engine import Sampling, complete
from twin_core.template import Message

MAX_TOKENS = 1024
MAX_CHARACTERS = 40_000
STATUS = {PromptError: 400, ConsentError: 403, LakeError: 404, EngineError: 503}


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
    include_usage: bool = False


class ChatRequest(BaseModel):
    """The part of OpenAI's request that has a meaning here; what is unknown is ignored, as they
    do."""

    model_config = ConfigDict(extra="ignore")
    model: str
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=64)]
    stream: bool = False
    stream_options: StreamOptions = StreamOptions()
    max_tokens: Annotated[int | None, Field(ge=1, le=MAX_TOKENS)] = None
    max_completion_tokens: Annotated[int | None, Field(ge=1, le=MAX_TOKENS)] = None
    temperature: Annotated[float | None, Field(ge=0, le=2)] = None
    top_p: Annotated[float | None, Field(gt=0, le=1)] = None
    seed: int | None = None
    n: Literal[1] = 1

    def sampling(self, twins: Twins) -> Sampling:
        return twins.sampling(
            max_tokens=self.max_completion_tokens or self.max_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            seed=self.seed,
        )


def create_app(twins: Twins) -> Any:
    """The ASGI application over every promoted twin."""
    from fastapi import FastAPI, Request
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse

    app = FastAPI(title="LLM Twin", docs_url=None, redoc_url=None)

    @app.exception_handler(TwinError)
    def explain(_: Request, error: TwinError) -> JSONResponse:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        return JSONResponse(error_body(str(error), type(error).__name__), status)

    @app.exception_handler(RequestValidationError)
    def reject(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part != "body")
        return JSONResponse(
            error_body(f"{place}: {first['msg']}", "invalid_request_error", place), 400
        )

    @app.get("/healthz")
    def health() -> dict[str, Any]:
        return {"status": "ok", "engine": twins.engine.name, "twins": twins.names()}

    @app.get("/v1/models")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [_model(twins, author) for author in twins.names()]}

    @app.get("/", response_class=PlainTextResponse)
    def welcome() -> str:
        return _welcome(twins.names())

    @app.post("/v1/chat/completions", response_model=None)
    def chat(request: ChatRequest) -> Any:
        conversation = [message.plain() for message in request.messages]
        problem = _problem(conversation)
        if problem:
            return JSONResponse(error_body(problem, "invalid_request_error", "messages"), 400)
        turn = twins.turn(request.model, conversation)
        sampling = request.sampling(twins)
        if request.stream:
            usage = request.stream_options.include_usage
            events = _events(twins, request.model, turn, sampling, usage)
            return StreamingResponse(events, media_type="text/event-stream")
        return _whole(twins, request.model, turn, sampling)

    return app


def _problem(conversation: list[Message]) -> str | None:
    if conversation[-1]["role"] != "user" or not conversation[-1]["content"].strip():
        return "the last message must be the user's, and not empty"
    if sum(len(message["content"]) for message in conversation) > MAX_CHARACTERS:
        return f"the conversation is longer than {MAX_CHARACTERS} characters; shorten it"
    return None


def error_body(message: str, kind: str, param: str | None = None) -> dict[str, Any]:
    """An error as OpenAI's clients read it."""
    return {"error": {"message": message, "type": kind, "param": param, "code": kind}}


def _model(twins: Twins, author: str) -> dict[str, Any]:
    release = twins.release(author)
    made = twins.lake.path("promoted_twin", author, ".json").stat().st_mtime
    return {
        "id": author,
        "object": "model",
        "created": int(made),
        "owned_by": release.name,
        "release": release.release_id,
    }


def _welcome(names: list[str]) -> str:
    if not names:
        return "LLM Twin: no twin has been promoted yet. Make one with `twin run AUTHOR`.\n"
    return (
        f"LLM Twin: {', '.join(names)}\n\n"
        "  POST /v1/chat/completions   OpenAI's chat completions; model = one of the names above\n"
        "  GET  /v1/models             the twins and their releases\n"
        "  GET  /healthz               is the gateway up\n"
    )


def _head(author: str, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": kind,
        "created": int(time.time()),
        "model": author,
    }


def _whole(twins: Twins, author: str, turn: Turn, sampling: Sampling) -> dict[str, Any]:
    answer = complete(twins.engine, turn.release, turn.messages, sampling)
    return {
        **_head(author, "chat.completion"),
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": answer.text, "refusal": None},
                "finish_reason": answer.finish_reason,
                "logprobs": None,
            }
        ],
        "usage": _usage(answer.prompt_tokens, answer.completion_tokens),
        "citations": citations(turn.passages),
        "release": turn.release.release_id,
    }


def _usage(prompt_tokens: int, completion_tokens: int) -> dict[str, int]:
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }


def _events(
    twins: Twins, author: str, turn: Turn, sampling: Sampling, usage: bool
) -> Iterator[str]:
    """Server-sent events; a failure under way is an error event and never looks like an end."""
    head = _head(author, "chat.completion.chunk")

    def event(delta: dict[str, str], reason: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        return _sse({**head, "choices": [choice], **more})

    yield event({"role": "assistant", "content": ""}, citations=citations(turn.passages))
    pieces = twins.stream(turn, sampling)
    try:
        for piece in pieces:
            if piece.text:
                yield event({"content": piece.text})
            if piece.finish_reason:
                yield event({}, piece.finish_reason)
                if usage:
                    counts = _usage(piece.prompt_tokens, piece.completion_tokens)
                    yield _sse({**head, "choices": [], "usage": counts})
        yield "data: [DONE]\n\n"
    except TwinError as error:
        log.warning("answer of %s broke off: %s", author, error.problem)
        yield _sse(error_body(str(error), type(error).__name__))
    finally:
        close = getattr(pieces, "close", None)
        if close:
            close()


def _sse(content: dict[str, Any]) -> str:
    return f"data: {json.dumps(content)}\n\n"
