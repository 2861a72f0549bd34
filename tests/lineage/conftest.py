"""The whole lineage, run once on the tiny recipe from articles served over real HTTP."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import SAMPLE
from twin_assets.cli.site import running_site
from twin_assets.runner import Outcome, Progress, open_instance, run_author
from twin_core.authors import Author, Consent, add_authors
from twin_core.lake import Lake
from twin_core.settings import TwinSettings, load_settings, prepare_environment
from twin_core.sources import FeedSpec

AUTHOR = "ines-okafor"
ARTICLES = 9


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run in several processes, one of them has all of this folder, and its lineage."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("lineage"))


@dataclass
class Lineage:
    """An installation in which one author has been materialised, and how to do it again."""

    settings: TwinSettings
    articles: Path
    first: Outcome

    @property
    def lake(self) -> Lake:
        return Lake(self.settings.lake_dir)

    def run(self, selection: list[str] | None = None) -> tuple[Outcome, list[Progress]]:
        seen: list[Progress] = []
        with open_instance(self.settings) as instance:
            return run_author(instance, AUTHOR, seen.append, selection), seen

    def metadata(self, outcome: Outcome) -> dict[str, dict]:
        return {step.asset: step.metadata for step in outcome.steps}


@pytest.fixture(scope="package")
def lineage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lineage]:
    """Site → collection → … → served twin; shared by the tests of this folder."""
    root = tmp_path_factory.mktemp("lineage")
    site = root / "site" / AUTHOR
    (site / "articles").mkdir(parents=True)
    for path in sorted((SAMPLE / AUTHOR / "articles").glob("*.md"))[:ARTICLES]:
        shutil.copy(path, site / "articles")
    saved = dict(os.environ)
    os.environ |= {
        "TWIN_HOME": str(root / "home"),
        "TWIN_AUTHORS_FILE": str(root / "authors.yaml"),
        "TWIN_PROFILE": "tiny",
        "TWIN_COLLECT_HOSTS": "127.0.0.1",
    }
    settings = load_settings()
    prepare_environment(settings)
    with running_site(0, root / "site") as address:
        feed = FeedSpec(kind="feed", url=f"{address}/{AUTHOR}/feed.xml")
        consent = Consent.model_validate({"basis": "self", "granted": "2026-01-01"})
        author = Author(slug=AUTHOR, name="Ines Okafor", sources=(feed,), consent=consent)
        add_authors(settings.authors_file, (author,))
        with open_instance(settings) as instance:
            first = run_author(instance, AUTHOR, lambda progress: None)
        yield Lineage(settings, site / "articles", first)
    os.environ.clear()
    os.environ.update(saved)


@pytest.fixture(autouse=True)
def installation(lineage: Lineage, monkeypatch: pytest.MonkeyPatch) -> TwinSettings:
    """Here every test uses the shared installation."""
    monkeypatch.setenv("TWIN_HOME", str(lineage.settings.home))
    monkeypatch.setenv("TWIN_AUTHORS_FILE", str(lineage.settings.authors_file))
    monkeypatch.setenv("TWIN_PROFILE", "tiny")
    monkeypatch.setenv("TWIN_COLLECT_HOSTS", "127.0.0.1")
    return lineage.settings
