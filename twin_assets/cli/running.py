"""`twin run`: the Dagster job of the UI, with progress in the terminal."""

import errno
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.markup import escape

from twin_assets.cli import console as view
from twin_assets.runner import Outcome
from twin_core.authors import load_authors
from twin_core.errors import LakeError
from twin_core.lake import Lake
from twin_core.recipe import load_recipe
from twin_core.records import EvalReport
from twin_core.settings import load_settings, prepare_environment

SERVED = "served_twin"  # the asset with which there is something to ask
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES)


def run(
    author: str,
    selection: list[str] | None = None,
    since: str | None = None,
    until: str | None = None,
) -> bool:
    """Materialise and show it; True when everything succeeded.

    since, until: fetch anew what was published in between.
    """
    settings = load_settings()
    prepare_environment(settings)
    recipe = load_recipe(settings.profile)
    known = load_authors(settings.authors_file).get(author)
    log = settings.home / "logs" / f"{author}.log"
    started = time.monotonic()
    view.console.print(
        f"[bold]{escape(known.name)}[/], recipe {recipe.name}, data in {settings.home}"
    )
    with _storage_explained(settings.home), view.library_output_to(log) as out:
        from definitions import defs
        from twin_assets.runner import open_instance, run_author

        out.print(f"[dim]loaded in {time.monotonic() - started:.0f} s[/]")
        names = {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}
        unknown = ", ".join(sorted(set(selection or ()) - names))
        if unknown:
            out.print(
                f"[red]✗[/] there is no asset {unknown}; there are {', '.join(sorted(names))}"
            )
            return False
        with open_instance(settings) as instance:
            with view.RunView(out, names & set(selection) if selection else names) as shown:
                outcome = run_author(instance, author, shown, selection, since, until)
        out.print()
        out.print(view.result_table(outcome))
        lake = Lake(settings.lake_dir)
        report = lake.previous_record("eval_report", author, EvalReport)
        if report and outcome.success and not selection:
            out.print()
            out.print(view.headline(report))
        out.print()
        if outcome.success:
            out.print(_done(author, outcome, time.monotonic() - started))
        else:
            for name, text in outcome.failures.items():
                out.print(f"[red]✗ {name}[/]: {escape(text)}")
            out.print(f"[dim]what the libraries printed: {log}[/]")
    return outcome.success


@contextmanager
def _storage_explained(home: Path) -> Iterator[None]:
    """A full or read-only disk, wherever Dagster or we meet it, as `LakeError`."""
    from sqlalchemy.exc import OperationalError

    try:
        yield
    except OperationalError as error:
        reason = str(error.orig)
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        reason = error.strerror or str(error)
    else:
        return
    raise LakeError(
        f"{home} could not be written: {reason}",
        "free disk space or correct the permissions; what was stored before is untouched.",
    )


def _done(author: str, outcome: Outcome, seconds: float) -> str:
    """The last line of a run that succeeded; where it served the twin, how to ask it."""
    line = f"[green]✓[/] done in {seconds:.0f} s."
    if any(step.asset == SERVED for step in outcome.steps):
        line += f' Ask it: [bold]twin ask {author} "…"[/]'
    return line
