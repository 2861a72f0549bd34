"""Fixtures: an installation of its own per test, a small corpus, the sample site over real HTTP."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from twin_core.authors import Author, Consent, add_authors
from twin_core.records import CLEANED_DOCS
from twin_core.settings import PROJECT, TwinSettings, load_settings, prepare_environment
from twin_core.sources import FolderSpec

SAMPLE = PROJECT / "sample"


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TwinSettings:
    """Settings that point below tmp_path, with the tiny recipe; the user's own are out of reach."""
    monkeypatch.chdir(tmp_path)
    for name in ("TWIN_BASE_MODEL", "TWIN_ENGINE_URL", "TWIN_EMBEDDING_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TWIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TWIN_AUTHORS_FILE", str(tmp_path / "authors.yaml"))
    monkeypatch.setenv("TWIN_PROFILE", "tiny")
    settings = load_settings()
    prepare_environment(settings)
    return settings


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A copy of one sample author's articles, to edit at will."""
    target = tmp_path / "articles"
    shutil.copytree(SAMPLE / "ines-okafor" / "articles", target)
    return target


def folder_author(folder: Path, slug: str = "ines", **consent: object) -> Author:
    """An author with one folder, who agreed to everything unless told otherwise."""
    granted = {"basis": "self", "granted": date(2026, 1, 1), **consent}
    return Author(
        slug=slug,
        name="Ines Okafor",
        sources=(FolderSpec(kind="folder", path=folder),),
        consent=Consent.model_validate(granted),
    )


@pytest.fixture
def author(articles: Path, installation: TwinSettings) -> Author:
    """An author in the authors file, whose folder is `articles`."""
    one = folder_author(articles)
    add_authors(installation.authors_file, (one,))
    return one


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """(address, root) of a sample site over real HTTP, whose articles can be edited."""
    from twin_assets.cli.site import running_site

    root = tmp_path / "site"
    for slug in ("ines-okafor", "tobias-wren"):
        shutil.copytree(SAMPLE / slug, root / slug)
    with running_site(0, root) as address:
        yield address, root


def document(doc_id: str, text: str, **values: object) -> dict:
    """A row of `cleaned_docs`."""
    return {
        "doc_id": doc_id,
        "fingerprint": "",
        "url": f"https://example.org/{doc_id}/",
        "title": f"Title {doc_id}",
        "published_at": datetime(2025, 1, 1, tzinfo=UTC),
        "text": text,
        "own_words": len(text.split()),
        "drop_reason": None,
        "content_hash": doc_id,
        **values,
    }


def documents(*rows: dict) -> pl.DataFrame:
    return CLEANED_DOCS.frame(list(rows))


@pytest.fixture
def corpus() -> pl.DataFrame:
    """The cleaned articles of one sample author."""
    from twin_core.collect.collect import collect, utc_now
    from twin_core.collect.folder import FolderSource
    from twin_core.features.clean import clean

    ines = folder_author(SAMPLE / "ines-okafor" / "articles")
    (spec,) = ines.sources
    assert isinstance(spec, FolderSpec)
    raw, _ = collect(ines, [FolderSource(spec)], None, utc_now())
    return clean(raw).with_columns(pl.lit("").alias("fingerprint"))
