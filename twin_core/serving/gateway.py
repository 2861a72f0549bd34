"""The HTTP face: OpenAI's chat completions, with retrieval in front of the engine.

Only the routes below exist; nothing of the engine's own API is passed through.
"""

from typing import TYPE_CHECKING, Any

from twin_core.errors import (
    ConsentError,
    EngineError,
    LakeError,
    PromptError,
    SettingError,
    TwinError,
    UnknownAuthorError,
)
from twin_core.progress import log
from twin_core.serving.answer import Twins
from twin_core.serving.desk import RETRY_SECONDS, BusyError, Desk
from twin_core.serving.engine import completion
from twin_core.serving.promotion import POINTER
from twin_core.serving.reply import error_body, events, whole
from twin_core.serving.request import ChatRequest, problem_of

if TYPE_CHECKING:
    from fastapi import FastAPI

STATUS = {
    PromptError: 400,
    ConsentError: 403,
    LakeError: 404,
    UnknownAuthorError: 404,
    BusyError: 429,
    EngineError: 503,
    SettingError: 503,
}
INVALID = "invalid_request_error"
CLIENT_LEFT = 499  # nginx's number; nobody reads it


def create_app(twins: Twins) -> Any:
    """The ASGI application over every promoted twin."""
    from fastapi import FastAPI, Request
    from fastapi.concurrency import run_in_threadpool
    from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

    app = FastAPI(title="LLM Twin", docs_url=None, redoc_url=None, openapi_url=None)
    desk = Desk(twins)
    _explain_errors(app)

    @app.get("/healthz")
    async def health() -> dict[str, Any]:
        """In the event loop: it answers however many requests wait in threads."""
        return {"status": "ok", "engine": twins.engine.name, "twins": twins.names()}

    @app.get("/v1/models")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": _models(twins)}

    @app.get("/v1/models/{author}")
    def model(author: str) -> dict[str, Any]:
        return _model(twins, author)

    @app.get("/", response_class=PlainTextResponse)
    def welcome() -> str:
        return _welcome(twins.names())

    @app.post("/v1/chat/completions", response_model=None)
    async def chat(asked: ChatRequest, request: Request) -> Any:
        conversation = asked.conversation()
        problem = problem_of(conversation)
        if problem:
            return JSONResponse(error_body(problem, INVALID, "messages"), 400)
        author = asked.model
        await run_in_threadpool(twins.release, author)  # an unknown one need not wait to hear it
        answering = desk.answer(request.receive, author, conversation, asked.sampling(twins))
        pieces = aiter(answering)
        first = await anext(pieces, None)  # what is wrong with the request shows here, as a status
        if first is None:
            return Response(status_code=CLIENT_LEFT)
        if asked.stream:
            body = events(author, answering, first, pieces, asked.usage)
            return StreamingResponse(body, media_type="text/event-stream")
        answer = completion([first, *[piece async for piece in pieces]])
        return whole(author, answering, answer) if answer else Response(status_code=CLIENT_LEFT)

    return app


def _explain_errors(app: "FastAPI") -> None:
    """Every failure in OpenAI's form."""
    from fastapi import Request
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse
    from starlette.exceptions import HTTPException

    @app.exception_handler(TwinError)
    async def explain(_: Request, error: TwinError) -> JSONResponse:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        headers = {"Retry-After": str(RETRY_SECONDS)} if isinstance(error, BusyError) else None
        return JSONResponse(error_body(str(error), type(error).__name__), status, headers)

    @app.exception_handler(RequestValidationError)
    async def reject(_: Request, error: RequestValidationError) -> JSONResponse:
        message, place = _rejection(error.errors()[0])
        return JSONResponse(error_body(message, INVALID, place), 400)

    @app.exception_handler(HTTPException)
    async def refuse(request: Request, error: HTTPException) -> JSONResponse:
        message = f"{request.method} {request.url.path}: {error.detail}"
        return JSONResponse(error_body(message, INVALID), error.status_code, error.headers)


def _rejection(first: dict[str, Any]) -> tuple[str, str | None]:
    """(message, place in the body) of a validation error."""
    if first["type"] == "json_invalid":
        where = first["loc"][-1]
        return f"the body is not JSON: {first['ctx']['error']} at character {where}", None
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    return f"{place or 'body'}: {first['msg'].removeprefix('Value error, ')}", place or None


def _models(twins: Twins) -> list[dict[str, Any]]:
    """Every twin whose release can be read; one that cannot is logged."""
    found = []
    for author in twins.names():
        try:
            found.append(_model(twins, author))
        except (LakeError, OSError) as error:
            log.warning("the twin %s is left out: %s", author, error)
    return found


def _model(twins: Twins, author: str) -> dict[str, Any]:
    release = twins.release(author)
    made = twins.lake.path(POINTER, author, ".json").stat().st_mtime
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
