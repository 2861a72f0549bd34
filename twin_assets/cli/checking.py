"""`twin authors check`: what collection would take, before anything is stored."""

from collections.abc import Iterator
from pathlib import Path

from rich.markup import escape
from rich.padding import Padding

from twin_assets.cli.console import console
from twin_assets.collection import TALLY_COLUMNS, left_out, tally_row
from twin_assets.resources import Installation
from twin_core.authors import Author, load_authors
from twin_core.collect.collect import collect, utc_now
from twin_core.collect.merge import SourceTally
from twin_core.collect.source import Fetched, Reference, Source, Validators, open_source
from twin_core.errors import SourceError, TwinError
from twin_core.records import RAW_ARTICLES
from twin_core.settings import load_settings

MAX_SHOWN = 20  # of what one source leaves out


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
    with here.web(author) as web:
        sources = [_Overheard(open_source(spec, web)) for spec in author.sources]
        try:
            frame, tallies = collect(author, sources, stored, utc_now(), None, web)
        except SourceError as error:  # nothing is stored and no source can be listed
            frame = RAW_ARTICLES.frame()
            tallies = [SourceTally(one.label, failed=error.problem) for one in sources]
    errors = {source.label: source.error for source in sources if source.error}
    for tally in tallies:
        _show(tally, errors.get(tally.source))
    live = frame.filter(frame["status"] == "live").height
    compared = "nothing is stored yet" if stored is None else f"{stored.height} are stored"
    mark = "[green]✓[/]" if live else "[red]✗[/]"
    console.print(f"  {mark} {live} articles ({compared}); nothing was stored")
    return live > 0


def _show(tally: SourceTally, error: SourceError | None) -> None:
    """One source: what it gave, and why something of it is left out; in any width."""
    _print(f"[bold]{escape(tally.source)}[/]", 2)
    if error:
        _explain(error.problem, error.remedy)
        return
    counts = dict(zip(TALLY_COLUMNS, tally_row(tally), strict=True))
    told = [f"{name} {count}" for name, count in counts.items() if count and name != "source"]
    _print(" · ".join(told) or "nothing", 4)
    rows = left_out([tally])
    for _, what, why in rows[:MAX_SHOWN]:
        _print(f"[yellow]![/] {escape(what)}: {escape(why)}", 4)
    if len(rows) > MAX_SHOWN:
        _print(f"… and {len(rows) - MAX_SHOWN} more", 4)


def _explain(problem: str, remedy: str) -> None:
    _print(f"[red]✗[/] {escape(problem)}", 4)
    _print(f"[bold]Remedy:[/] {escape(remedy)}", 6)


def _print(text: str, margin: int) -> None:
    console.print(Padding(text, (0, 0, 0, margin)))
