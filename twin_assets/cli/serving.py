"""`twin serve` and `twin dev`: the gateway, alone or beside the Dagster UI."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from twin_assets.cli.console import console
from twin_assets.resources import Installation
from twin_assets.runner import CONFIG
from twin_core.authors import load_authors
from twin_core.errors import SettingError, TwinError
from twin_core.files import write_atomically
from twin_core.serving.answer import Twins
from twin_core.serving.engine import open_engine
from twin_core.serving.gateway import create_app
from twin_core.settings import TwinSettings, child_environment, load_settings
from twin_core.sources import FeedSpec

PATIENCE_SECONDS = 10.0


def twins_of(settings: TwinSettings) -> Twins:
    """Every promoted twin of this installation, with its engine."""
    here = Installation(settings)
    return Twins(settings, here.recipe, here.lake, here.index, open_engine(settings))


def gateway(settings: TwinSettings) -> Any:
    """The gateway's ASGI application; models and embedder load with the first question."""
    return create_app(twins_of(settings))


def serve() -> None:
    """Run the gateway in the foreground."""
    import uvicorn

    settings = load_settings()
    app = gateway(settings)
    address = f"http://{settings.gateway_host}:{settings.gateway_port}"
    console.print(f"Gateway on [bold]{address}/v1[/]; Ctrl-C ends it")
    uvicorn.run(app, host=settings.gateway_host, port=settings.gateway_port, log_level="warning")


def dev() -> int:
    """Run UI, gateway and, when an author needs it, the sample site; returns an exit status."""
    settings = load_settings()
    home = settings.home / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    write_atomically(home / "dagster.yaml", CONFIG.read_bytes())
    commands = {
        "ui": [
            *(sys.executable, "-m", "dagster", "dev", "-w", str(CONFIG.parent / "workspace.yaml")),
            *("-h", "127.0.0.1", "-p", str(settings.ui_port)),
        ],
        "gateway": [sys.executable, "-m", "twin_assets.cli", "serve"],
    }
    if _needs_sample_site(settings):
        commands["sample site"] = [sys.executable, "-m", "twin_assets.cli", "sample-site"]
    console.print(f"Dagster UI  http://127.0.0.1:{settings.ui_port}  (about 20 s to start)")
    console.print(f"Gateway     http://{settings.gateway_host}:{settings.gateway_port}/v1")
    console.print("Ctrl-C ends them")
    environment = child_environment(settings, DAGSTER_HOME=str(home))
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    with _children(commands, environment) as running:
        while not ending.wait(0.5):
            for name, process in running.items():
                if process.poll() is not None and not ending.wait(0.5):
                    console.print(f"[red]✗[/] the {name} ended with status {process.returncode}")
                    return 1
    return 0


def _needs_sample_site(settings: TwinSettings) -> bool:
    """Whether an author's feed is on the sample site; without an authors file none is."""
    try:
        known = load_authors(settings.authors_file).authors
    except SettingError as error:
        console.print(f"[yellow]! {error.problem}[/]\n  {error.remedy}")
        return False
    sample = f"http://127.0.0.1:{settings.sample_port}/"
    specs = [spec for author in known for spec in author.sources]
    return any(isinstance(spec, FeedSpec) and spec.url.startswith(sample) for spec in specs)


@contextmanager
def _children(
    commands: dict[str, list[str]], environment: dict[str, str]
) -> Iterator[dict[str, subprocess.Popen]]:
    """The commands as child processes, ended together with the block."""
    running = {
        name: subprocess.Popen(command, env=environment, cwd=CONFIG.parent)
        for name, command in commands.items()
    }
    try:
        yield running
    finally:
        for process in running.values():
            process.send_signal(signal.SIGINT)
        deadline = time.monotonic() + PATIENCE_SECONDS
        for process in running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_healthy(url: str, process: subprocess.Popen, seconds: float) -> None:
    """Wait for `GET url`/healthz; raises `TwinError` when the process ends or time runs out."""
    import httpx2

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise TwinError(
                f"the gateway ended with status {process.returncode} before it was ready",
                "is its port taken? Set TWIN_GATEWAY_PORT, or end what holds it.",
            )
        with suppress(httpx2.TransportError):
            if httpx2.get(f"{url}/healthz", timeout=2).status_code == 200:
                return
        time.sleep(0.3)
    raise TwinError(f"the gateway was not ready within {seconds:.0f} s", "run `twin doctor`.")
