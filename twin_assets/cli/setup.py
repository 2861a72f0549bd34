"""`twin init`: ask who the author is, where they publish and on what ground; write authors.yaml."""

import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any, cast

import typer
import yaml
from pydantic import ValidationError

from twin_assets.cli.console import console
from twin_assets.resources import Installation
from twin_core.authors import Author, AuthorsFile, Consent, add_authors
from twin_core.collect.source import listed, open_source
from twin_core.errors import SettingError, SourceError
from twin_core.settings import PROJECT, load_settings
from twin_core.sources import FeedSpec, FolderSpec, SourceSpec

SAMPLES = PROJECT / "sample" / "authors.yaml"
BASES = ("self", "written", "public-domain")


def add_samples() -> list[str]:
    """Add the sample authors that are not in authors.yaml yet; returns all their slugs."""
    settings = load_settings()
    text = SAMPLES.read_text(encoding="utf-8").replace("{port}", str(settings.sample_port))
    samples = AuthorsFile.model_validate(yaml.safe_load(text)).authors
    added = add_authors(settings.authors_file, samples)
    if added:
        console.print(f"[green]✓[/] added {', '.join(added)} to {settings.authors_file}")
    return [author.slug for author in samples]


def add_author(
    name: str | None,
    slug: str | None,
    folders: list[Path],
    feeds: list[str],
    basis: str | None,
    evidence: str,
) -> None:
    """Ask for what is missing, look at the sources, and write the author down."""
    settings = load_settings()
    name = str(name or typer.prompt("Author's name, as the twin should be called"))
    basis = basis or _ask_for_basis()
    if basis == "written" and not evidence:
        evidence = typer.prompt("Where is the written consent (file, message, date)?")
    slug = slug or ("me" if basis == "self" else _slug(name))
    specs = _specs(folders, feeds)
    for spec in specs:
        _look_at(spec)
    author = _author(slug, name, specs or _ask_for_sources(), basis, evidence)
    if not add_authors(settings.authors_file, (author,)):
        raise SettingError(
            f"{settings.authors_file} already has an author '{slug}'",
            "choose another with --slug, or edit the file.",
        )
    console.print(f"[green]✓[/] wrote {slug} to {settings.authors_file}")
    console.print(f"  Next: [bold]twin run {slug}[/]")


def _ask_for_basis() -> str:
    if typer.confirm("Are these your own articles?", default=True):
        return "self"
    return str(typer.prompt("Ground of consent (written, public-domain)"))


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "author"


def _specs(folders: list[Path], feeds: list[str]) -> list[SourceSpec]:
    found: list[SourceSpec] = []
    for path in folders:
        try:
            found.append(FolderSpec(kind="folder", path=path.expanduser().resolve()))
        except (RuntimeError, ValueError) as error:
            raise SettingError(f"{str(path)!r} is not a folder: {error}", "correct it.") from error
    for url in feeds:
        try:
            found.append(FeedSpec(kind="feed", url=url))
        except ValidationError as error:
            raise SettingError(
                f"'{url}' is not the address of a feed", "it begins with http:// or https://."
            ) from error
    return found


def _ask_for_sources() -> list[SourceSpec]:
    while True:
        place = typer.prompt("Where are the articles? A folder of Markdown, or a feed's address")
        is_feed = place.startswith(("http://", "https://"))
        specs = _specs([] if is_feed else [Path(place)], [place] if is_feed else [])
        try:
            _look_at(specs[0])
        except SourceError as error:
            console.print(f"[yellow]! {error.problem}[/]\n  {error.remedy}")
            continue
        return specs


def _look_at(spec: SourceSpec) -> None:
    with Installation(load_settings()).web() as web:
        count = len(listed(open_source(spec, web)))
    console.print(f"[green]✓[/] {spec.label}: {count} articles")


def _author(slug: str, name: str, specs: list[SourceSpec], basis: str, evidence: str) -> Author:
    if basis not in BASES:
        raise SettingError(f"'{basis}' is no ground of consent", f"use one of {', '.join(BASES)}.")
    try:
        consent = Consent(basis=cast(Any, basis), granted=date.today(), evidence=evidence)
        return Author(slug=slug, name=name, sources=tuple(specs), consent=consent)
    except ValidationError as error:
        first = error.errors()[0]
        remedy = "a slug is lower-case letters, digits and hyphens; a name has letters."
        message = first["msg"].removeprefix("Value error, ")
        raise SettingError(f"{first['loc'][0]} is {first['input']!r}: {message}", remedy) from error
