"""`twin authors check`: what collection would take, before anything is stored."""

from collections.abc import Iterator
from pathlib import Path

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from twin_assets.cli.console import console
from twin_assets.collection import TALLY_COLUMNS, left_out, tally_row
from twin_assets.resources import Installation
from twin_core.authors import Author, load_authors
from twin_core.collect.collect import collect, utc_now
from twin_core.collect.merge import SourceTally
from twin_core.collect.source import Fetched, Reference, Source, Validators, open_source
from twin_core.collect.web import Web
from twin_core.errors import SourceError, TwinError
from twin_core.records import RAW_ARTICLES
from twin_core.settings import load_settings

MAX_SHOWN = 20  # of what one source leaves out
BENEATH = ("duplicates", "missing", "paywalled")  # the table of the UI is too wide for a terminal


def check(path: Path | None, only: str | None) -> bool:
    """Collect every author of the file without storing; True if each has an article to give."""
    here = Installation(load_settings())
    known = load_authors(path or here.settings.authors_file)
    chosen = (known.get(only),) if only else known.authors
    if not chosen:
        console.print(f"[yellow]![/] {path or here.settings.authors_file} names no author yet")
    return all([_check(here, author) for author in chosen])


class _Overheard:
    """A source that remembers why it could not be listed: its tally has not the remedy."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.label, self.complete = source.label, source.complete
        self.error: SourceError | None = None

    def discover(self) -> Iterator[Reference]:
        try:
            yield from self._source.discover()
        except SourceError as error:
            self.error = error
            raise

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        return self._source.fetch(reference, known)


def _check(here: Installation, author: Author) -> bool:
    console.print(f"\n[bold]{escape(author.name)}[/] ({author.slug})")
    try:
        return _collect(here, author)
    except TwinError as error:
        _explain(error.problem, error.remedy)
    except Exception as error:  # of one author, which hides no other
        _explain(f"{type(error).__name__}: {error}", "report it, with the author's sources.")
    return False


def _collect(here: Installation, author: Author) -> bool:
    author.require_consent("collect", utc_now().date())
    stored = here.lake.previous_frame(RAW_ARTICLES, author.slug)
    # without the cache of listings: a check leaves nothing behind
    with Web(**{**here.web_options(author), "cache": None}) as web:
        sources = [_Overheard(open_source(spec, web)) for spec in author.sources]
        try:
            frame, tallies = collect(author, sources, stored, utc_now(), None, web)
        except SourceError as error:  # nothing is stored and no source can be listed
            frame = RAW_ARTICLES.frame()
            tallies = [SourceTally(one.label, failed=error.problem) for one in sources]
    errors = {source.label: source.error for source in sources if source.error}
    console.print(Padding(_table(tallies), (0, 0, 1, 2)))
    for tally in tallies:
        _say_why(tally, errors.get(tally.source))
    live = frame.filter(frame["status"] == "live").height
    compared = "nothing is stored yet" if stored is None else f"{stored.height} are stored"
    mark = "[green]✓[/]" if live else "[red]✗[/]"
    console.print(f"  {mark} {live} articles ({compared}); nothing was stored")
    return live > 0


def _table(tallies: list[SourceTally]) -> Table:
    """A row for each source; long names are folded."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    shown = [name for name in TALLY_COLUMNS if name not in BENEATH]
    for name in shown:
        number = name != "source"
        justify = "right" if number else "left"
        table.add_column(name, justify=justify, no_wrap=number, overflow="fold")
    for counts in map(_counts, tallies):
        table.add_row(*(escape(str(counts[name])) for name in shown))
    return table


def _counts(tally: SourceTally) -> dict[str, object]:
    return dict(zip(TALLY_COLUMNS, tally_row(tally), strict=True))


def _say_why(tally: SourceTally, error: SourceError | None) -> None:
    """What has no column, and why a source, or something of it, is left out; in any width."""
    rows = left_out([tally])
    others = [f"{name} {count}" for name in BENEATH if (count := _counts(tally)[name])]
    if error or rows or others:
        _print(f"[bold]{escape(tally.source)}[/]", 2)
    if others:
        _print(" · ".join(others), 4)
    if error:
        _explain(error.problem, error.remedy)
        return
    for _, what, why in rows[:MAX_SHOWN]:
        _print(f"[yellow]![/] {escape(what)}: {escape(why)}", 4)
    if len(rows) > MAX_SHOWN:
        _print(f"… and {len(rows) - MAX_SHOWN} more", 4)


def _explain(problem: str, remedy: str) -> None:
    _print(f"[red]✗[/] {escape(problem)}", 4)
    _print(f"[bold]Remedy:[/] {escape(remedy)}", 6)


def _print(text: str, margin: int) -> None:
    console.print(Padding(text, (0, 0, 0, margin)))
