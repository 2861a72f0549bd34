"""`twin ask`: a question to a twin, through the gateway or in this process."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from rich.markup import escape

from twin_assets.cli import console as view
from twin_core.errors import EngineError
from twin_core.serving.answer import citations
from twin_core.serving.engine import complete
from twin_core.settings import TwinSettings, load_settings, prepare_environment

ANSWER_TIMEOUT_SECONDS = 300.0


def ask(author: str, question: str, max_tokens: int | None, seed: int | None) -> None:
    """Print the answer and what it rests on."""
    settings = load_settings()
    prepare_environment(settings)
    way = over_http if gateway_has(settings, author) else in_process
    show(*way(settings, author, question, max_tokens, seed))


def show(answer: str, cited: list[dict[str, Any]], loosened: Sequence[str] = ()) -> None:
    """The answer, then its citations; and which of the question's filters none of them fits."""
    view.console.print(f"\n{escape(answer)}\n")
    for line in view.citation_lines(cited):
        view.console.print(f"[dim]{escape(line)}[/]", soft_wrap=True)
    if not cited:
        view.console.print("[dim]no passage was near enough to draw on[/]")
    if loosened:
        view.console.print(f"[dim]nothing near fits the question's {' and '.join(loosened)}[/]")


def gateway_has(settings: TwinSettings, author: str) -> bool:
    """Whether a gateway of ours is up on the configured port and knows the author."""
    import httpx2

    address = f"http://{settings.gateway_host}:{settings.gateway_port}/healthz"
    with suppress(httpx2.TransportError, ValueError):
        response = httpx2.get(address, timeout=2)
        return response.status_code == 200 and author in response.json().get("twins", [])
    return False


def over_http(
    settings: TwinSettings, author: str, question: str, max_tokens: int | None, seed: int | None
) -> tuple[str, list[dict[str, Any]], Sequence[str]]:
    """(answer, citations, loosened filters) from the gateway, by the OpenAI client."""
    import openai

    client = openai.OpenAI(
        base_url=f"http://{settings.gateway_host}:{settings.gateway_port}/v1",
        api_key="unused",
        max_retries=0,
        timeout=ANSWER_TIMEOUT_SECONDS,
    )
    try:
        completion = client.chat.completions.create(
            model=author,
            messages=[{"role": "user", "content": question}],
            max_tokens=max_tokens if max_tokens else openai.omit,
            seed=seed if seed is not None else openai.omit,
        )
    except openai.OpenAIError as error:
        raise EngineError(
            f"the gateway answered: {error}", "look at the gateway's output."
        ) from error
    extra = completion.model_extra or {}
    answer = completion.choices[0].message.content or ""
    return answer, extra.get("citations", []), extra.get("loosened_filters", [])


def in_process(
    settings: TwinSettings, author: str, question: str, max_tokens: int | None, seed: int | None
) -> tuple[str, list[dict[str, Any]], Sequence[str]]:
    """(answer, citations, loosened filters) without a gateway."""
    from twin_assets.cli.serving import twins_of

    twins = twins_of(settings)
    twins.release(author)  # the error for an unknown one comes before the models load
    view.console.print("[dim]loading the twin…[/]")
    with view.library_output_to(settings.home / "logs" / "ask.log"):
        turn = twins.turn(author, [{"role": "user", "content": question}])
        chosen = twins.sampling(max_tokens=max_tokens, seed=seed)
        answer = complete(twins.engine, turn.release, turn.messages, chosen)
    return answer.text, citations(turn.passages), turn.loosened
