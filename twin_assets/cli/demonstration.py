"""`twin demo`: articles on a web site become a twin that answers over HTTP."""

import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext
from contextlib import suppress as suppress_errors

from rich.markup import escape

from twin_assets.cli import asking, running, setup, site
from twin_assets.cli.console import console
from twin_assets.cli.serving import wait_until_healthy
from twin_core.errors import UnknownAuthorError
from twin_core.settings import TwinSettings, child_environment, load_settings

QUESTIONS = {
    "ines-okafor": "What do you think about dashboards?",
    "tobias-wren": "What do you think about slow software?",
}
GATEWAY_SECONDS = 180.0


def demo(author: str, question: str | None) -> bool:
    """Run it all and show it; True when everything succeeded."""
    started = time.monotonic()
    settings = load_settings()
    samples = setup.add_samples()
    if author not in samples:
        raise UnknownAuthorError(
            f"'{author}' is no sample author", f"use one of {', '.join(samples)}."
        )
    question = question or QUESTIONS[author]
    with _sample_site(settings):
        if not running.run(author):
            return False
    console.print("\n[bold]Gateway[/]: starting, then a question over HTTP")
    with _gateway(settings) as url:
        console.print(f"  POST {url}/v1/chat/completions  model={author}")
        console.print(f"  [bold]{escape(question)}[/]")
        asking.show(*asking.over_http(settings, author, question, None, seed=0))
    minutes, seconds = divmod(int(time.monotonic() - started), 60)
    console.print(f"\n[green]✓[/] {minutes} min {seconds} s. What to do next:")
    console.print(f'  [bold].venv/bin/twin ask {author} "…"[/]   ask it something else')
    console.print("  [bold]make dev[/]   the Dagster UI and the gateway on the same data")
    console.print("  [bold].venv/bin/twin init[/]   a twin of your own articles")
    return True


def _sample_site(settings: TwinSettings):
    """The sample site, unless `make dev` serves it already."""
    import httpx2

    with suppress_errors(httpx2.TransportError):
        address = f"http://127.0.0.1:{settings.sample_port}/"
        if "Sample writers" in httpx2.get(address, timeout=2).text:
            return nullcontext()
    return site.running_site(settings.sample_port)


@contextmanager
def _gateway(settings: TwinSettings):
    """A gateway of our own for the question; yields its address."""
    url = f"http://{settings.gateway_host}:{settings.gateway_port}"
    log = settings.home / "logs" / "gateway.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "twin_assets.cli", "serve"],
            env=child_environment(settings),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_healthy(url, process, GATEWAY_SECONDS)
            yield url
        finally:
            process.terminate()
            process.wait(30)
