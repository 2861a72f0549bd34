"""`twin authors check`: what collection would take, before anything is stored."""

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from twin_assets.cli.console import console
from twin_assets.collection import TALLY_COLUMNS, left_out, tally_row
from twin_assets.resources import Installation
from twin_core.authors import Author, load_authors
from twin_core.collect.collect import collect, utc_now
from twin_core.collect.merge import SourceTally
from twin_core.collect.source import open_source
from twin_core.errors import TwinError
from twin_core.settings import load_settings

MAX_SHOWN = 20


def check(path: Path | None, only: str | None) -> bool:
    """Collect every author of the file without storing; True if each has an article to give."""
    here = Installation(load_settings())
    known = load_authors(path or here.settings.authors_file)
    chosen = (known.get(only),) if only else known.authors
    if not chosen:
        console.print(f"[yellow]![/] {path or here.settings.authors_file} names no author yet")
    return all([_check(here, author) for author in chosen])


def _check(here: Installation, author: Author) -> bool:
    console.print(f"\n[bold]{escape(author.name)}[/] ({author.slug})")
    try:
        author.require_consent("collect", utc_now().date())
        with here.web(author) as web:
            sources = [open_source(spec, web) for spec in author.sources]
            frame, tallies = collect(author, sources, None, utc_now(), None, web)
    except TwinError as error:
        console.print(f"  [red]✗[/] {escape(error.problem)}\n    {escape(error.remedy)}")
        return False
    live = frame.filter(frame["status"] == "live").height
    console.print(_table(tallies))
    _explain_left_out(tallies)
    mark = "[green]✓[/]" if live else "[red]✗[/]"
    console.print(f"  {mark} {live} articles; nothing was stored")
    return live > 0


def _table(tallies: list[SourceTally]) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for column in TALLY_COLUMNS:
        table.add_column(column, justify="left" if column == "source" else "right")
    for tally in tallies:
        table.add_row(*(escape(str(cell)) for cell in tally_row(tally)))
    return table


def _explain_left_out(tallies: list[SourceTally]) -> None:
    rows = left_out(tallies)
    for _, what, why in rows[:MAX_SHOWN]:
        console.print(f"  [yellow]![/] {escape(str(what))}: {escape(str(why))}")
    if len(rows) > MAX_SHOWN:
        console.print(f"  … and {len(rows) - MAX_SHOWN} more")
