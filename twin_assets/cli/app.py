"""The commands of `twin`. Each imports what it needs when it runs, so that `twin --help` is
quick."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from twin_core.errors import TwinError

app = typer.Typer(
    name="twin",
    help="Your articles in, a model that writes in your voice out.\n\n"
    "Start with `twin init`, then `twin run AUTHOR`, then `twin ask AUTHOR`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
authors = typer.Typer(help="Look at the authors file.", no_args_is_help=True)
app.add_typer(authors, name="authors")
AuthorName = Annotated[str, typer.Argument(help="An author of authors.yaml, by its slug.")]


def _explain(error: TwinError) -> typer.Exit:
    from twin_assets.cli.console import console

    console.print(f"[red]✗[/] {escape(error.problem)}\n  [bold]Remedy:[/] {escape(error.remedy)}")
    return typer.Exit(1)


@app.command()
def init(
    name: Annotated[str | None, typer.Option(help="The author's name.")] = None,
    slug: Annotated[
        str | None, typer.Option(help="Short name in URLs and commands; default: me.")
    ] = None,
    folder: Annotated[
        list[Path] | None, typer.Option(help="A folder of Markdown articles; may be repeated.")
    ] = None,
    feed: Annotated[
        list[str] | None, typer.Option(help="An RSS or Atom feed; may be repeated.")
    ] = None,
    basis: Annotated[
        str | None, typer.Option(help="Ground of consent: self, written or public-domain.")
    ] = None,
    evidence: Annotated[
        str, typer.Option(help="Where the written consent is (basis: written).")
    ] = "",
    sample: Annotated[
        bool, typer.Option("--sample", help="Add the two fictional sample authors.")
    ] = False,
) -> None:
    """Say who the author is, where they publish, and that they agree; writes authors.yaml."""
    from twin_assets.cli import setup

    try:
        if sample:
            setup.add_samples()
        else:
            setup.add_author(name, slug, folder or [], feed or [], basis, evidence)
    except TwinError as error:
        raise _explain(error) from None


@app.command()
def run(
    author: AuthorName,
    select: Annotated[
        list[str] | None, typer.Option(help="Only this asset; may be repeated.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Fetch anew what was published from this day on.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Fetch anew what was published before this day.")
    ] = None,
) -> None:
    """Materialise the author's lineage: collect, index, train, evaluate, promote. Recomputes what
    changed."""
    from twin_assets.cli import running

    try:
        raise typer.Exit(0 if running.run(author, select, since, until) else 1)
    except TwinError as error:
        raise _explain(error) from None


@authors.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(help="An authors file; default: this installation's.")
    ] = None,
    author: Annotated[str | None, typer.Option(help="Only this author.")] = None,
) -> None:
    """Collect from every source without storing anything, and show what it would give."""
    from twin_assets.cli import checking

    try:
        raise typer.Exit(0 if checking.check(file, author) else 1)
    except TwinError as error:
        raise _explain(error) from None


@app.command()
def ask(
    author: AuthorName,
    question: Annotated[str, typer.Argument(help="What to ask.")],
    max_tokens: Annotated[int | None, typer.Option(help="Length of the answer, in tokens.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same answer.")] = None,
) -> None:
    """Ask the author's twin; uses the gateway when it is up, else answers by itself."""
    from twin_assets.cli import asking

    if not question.strip():
        raise typer.BadParameter("ask something", param_hint="question")
    try:
        asking.ask(author, question, max_tokens, seed)
    except TwinError as error:
        raise _explain(error) from None


@app.command()
def serve() -> None:
    """Start the gateway: OpenAI's chat completions over every promoted twin."""
    from twin_assets.cli import serving

    try:
        serving.serve()
    except TwinError as error:
        raise _explain(error) from None


@app.command()
def dev() -> None:
    """Start the Dagster UI and the gateway, on the same data; Ctrl-C ends both."""
    from twin_assets.cli import serving

    try:
        raise typer.Exit(serving.dev())
    except TwinError as error:
        raise _explain(error) from None


@app.command()
def demo(
    author: Annotated[str, typer.Option(help="Which sample author.")] = "ines-okafor",
    question: Annotated[str | None, typer.Option(help="What to ask the twin at the end.")] = None,
) -> None:
    """The whole way for a sample author: site, run, gateway, question over HTTP."""
    from twin_assets.cli import demonstration

    try:
        raise typer.Exit(0 if demonstration.demo(author, question) else 1)
    except TwinError as error:
        raise _explain(error) from None


@app.command("sample-site")
def sample_site() -> None:
    """Serve the sample authors' web site and feeds on this machine."""
    from twin_assets.cli import site
    from twin_core.settings import load_settings

    try:
        site.serve_forever(load_settings().sample_port)
    except TwinError as error:
        raise _explain(error) from None


@app.command()
def doctor() -> None:
    """What is installed, reachable and missing, and how to fix it."""
    from twin_assets.cli import checkup

    raise typer.Exit(0 if checkup.report() else 1)
