"""OpenAI's answers: a whole completion, its server-sent events, errors."""

import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from twin_core.errors import TwinError
from twin_core.progress import log
from twin_core.serving.answer import citations
from twin_core.serving.desk import Answering
from twin_core.serving.engine import Completion, Piece


def error_body(message: str, kind: str, param: str | None = None) -> dict[str, Any]:
    """An error as OpenAI's clients read it."""
    return {"error": {"message": message, "type": kind, "param": param, "code": kind}}


def _head(author: str, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": kind,
        "created": int(time.time()),
        "model": author,
    }


def _usage(last: Completion | Piece) -> dict[str, int]:
    return {
        "prompt_tokens": last.prompt_tokens,
        "completion_tokens": last.completion_tokens,
        "total_tokens": last.prompt_tokens + last.completion_tokens,
    }


def _grounds(answering: Answering) -> dict[str, Any]:
    """What the answer rests on: fields beside OpenAI's, which its clients keep."""
    turn = answering.turn
    return {"citations": citations(turn.passages), "loosened_filters": list(turn.loosened)}


def whole(author: str, answering: Answering, answer: Completion) -> dict[str, Any]:
    """The completion with its citations."""
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
        "usage": _usage(answer),
        **_grounds(answering),
        "release": answering.turn.release.release_id,
    }


async def events(
    author: str, answering: Answering, first: Piece, rest: AsyncIterator[Piece], usage: bool
) -> AsyncIterator[str]:
    """Server-sent events; a failure under way is an error event and never looks like an end."""
    head = _head(author, "chat.completion.chunk")

    def event(delta: dict[str, str], reason: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        return _sse({**head, "choices": [choice], **more})

    yield event({"role": "assistant", "content": ""}, **_grounds(answering))
    piece: Piece | None = first
    try:
        while piece:
            if piece.text:
                yield event({"content": piece.text})
            if piece.finish_reason:
                yield event({}, piece.finish_reason)
                if usage:
                    yield _sse({**head, "choices": [], "usage": _usage(piece)})
                yield "data: [DONE]\n\n"
            piece = await anext(rest, None)
    except TwinError as error:
        log.warning("answer of %s broke off: %s", author, error.problem)
        yield _sse(error_body(str(error), type(error).__name__))


def _sse(content: dict[str, Any]) -> str:
    return f"data: {json.dumps(content)}\n\n"
