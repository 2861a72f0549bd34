"""What the command line shows: one console, progress of a run, and the table at its end."""

import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from twin_assets.runner import Outcome, Progress
from twin_core.records import EvalReport

console = Console(highlight=False)
logging.getLogger("httpx2").setLevel(logging.WARNING)  # each request, on the terminal
SILENCE_SECONDS = 10.0
MARKS = {
    "message": ("", "dim"),
    "check": ("[green]✓[/] ", "dim"),
    "warning": ("[yellow]![/] ", "yellow"),
    "failed": ("[red]✗[/] ", "red"),
}


@contextmanager
def library_output_to(path: Path) -> Iterator[Console]:
    """Send what libraries print (banners, bars, compilers) to a file; yields a console on the
    terminal."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    saved = os.dup(1), os.dup(2)
    terminal = os.fdopen(os.dup(1), "w", buffering=1)
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        yield Console(file=terminal, highlight=False, force_terminal=os.isatty(saved[0]) or None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(saved[0], 1)
        os.dup2(saved[1], 2)
        for descriptor in (log, *saved):
            os.close(descriptor)
        terminal.close()


class RunView:
    """Prints a run as it goes: each asset when it starts and ends, what moves in between, and a
    sign of life where a step is silent for long; a context manager."""

    def __init__(self, out: Console, assets: set[str]) -> None:
        self.out, self.assets, self.number = out, assets, 0
        self.started = self._spoke = time.monotonic()
        self._asset = ""
        self._done = threading.Event()

    def __enter__(self) -> "RunView":
        threading.Thread(target=self._pulse, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()

    def _pulse(self) -> None:
        while not self._done.wait(1.0):
            if self._asset and time.monotonic() - self._spoke >= SILENCE_SECONDS:
                clock = _clock(time.monotonic() - self.started)
                self._line(f"[dim]{clock}         … {self._asset} goes on[/]")

    def __call__(self, progress: Progress) -> None:
        if progress.kind == "start" and progress.asset in self.assets:
            self.number += 1
            self._asset = progress.asset
            clock = _clock(time.monotonic() - self.started)
            place = f"{self.number:>2}/{len(self.assets)}"
            self._line(f"[dim]{clock}[/]  {place}  [bold]{progress.asset}[/]")
        elif progress.kind in MARKS:
            mark, style = MARKS[progress.kind]
            for line in progress.text.splitlines():
                self._line(f"              {mark}[{style}]{escape(line)}[/]")
                mark = ""

    def _line(self, text: str) -> None:
        self._spoke = time.monotonic()
        self.out.print(text, soft_wrap=True)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:>3}:{int(seconds) % 60:02d}"


def result_table(outcome: Outcome) -> Table:
    """Asset, rows or size, what was computed, seconds."""
    table = Table(title=None, box=None, pad_edge=False, header_style="bold")
    table.add_column("asset")
    table.add_column("rows or size", justify="right")
    table.add_column("computed", justify="right")
    table.add_column("seconds", justify="right")
    for step in outcome.steps:
        table.add_row(
            step.asset, _size(step.metadata), _computed(step.metadata), f"{step.seconds:.1f}"
        )
    total = sum(step.seconds for step in outcome.steps)
    table.add_row("[bold]all[/]", "", "", f"[bold]{total:.1f}[/]")
    return table


def _size(metadata: dict) -> str:
    if "dagster/partition_row_count" in metadata:
        return f"{metadata['dagster/partition_row_count']} rows"
    if "megabytes" in metadata:
        return f"{metadata['megabytes']:.0f} MB"
    for name in ("auc", "recall_at_k", "tokens_per_s_full"):
        if name in metadata:
            return f"{name} {metadata[name]:.2f}"
    return "1 record"


def _computed(metadata: dict) -> str:
    for name in ("recomputed", "fetched", "generated", "upserted"):
        if name in metadata:
            return f"{metadata[name]}"
    return ""


def headline(report: EvalReport) -> Table:
    """base → SFT → DPO → GPTQ, in the figures that decide."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("held-out articles")
    for variant in report.variants:
        table.add_column(variant, justify="right")
    table.add_column("the author", justify="right")
    scores = report.variants.values()
    table.add_row("perplexity", *(f"{s.perplexity:.1f}" for s in scores), "")
    table.add_row(
        "voice, 0 to 1", *(f"{s.voice:.2f}" for s in scores), f"{report.author_voice:.2f}"
    )
    table.add_row("copied words", *(f"{s.verbatim:.0%}" for s in scores), "")
    return table


def citation_lines(citations: list[dict]) -> list[str]:
    """One line a citation: number, article, heading, address."""
    return [
        f"[{c['number']}] {c['title']}"
        + (f" › {c['heading']}" if c["heading"] else "")
        + f"  {c['url']}"
        for c in citations
    ]
