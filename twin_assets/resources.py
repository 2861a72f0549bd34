"""The one resource of the assets: this installation's settings, recipe, lake and index, read when a
run starts."""

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import PrivateAttr

from twin_core.authors import Author, Scope, load_authors
from twin_core.collect.web import Web
from twin_core.embedder import Embedder, TokenCounter, open_embedder
from twin_core.errors import SettingError
from twin_core.index import open_index
from twin_core.index.base import ChunkIndex
from twin_core.lake import Lake
from twin_core.recipe import Recipe, load_recipe

if TYPE_CHECKING:
    from twin_core.features.clean import Redact
    from twin_core.settings import TwinSettings


class Installation:
    """What the settings lead to; built once a run, cheap until something is asked of it."""

    def __init__(self, settings: "TwinSettings") -> None:
        from twin_core.settings import prepare_environment

        self.settings = settings
        prepare_environment(settings)

    @cached_property
    def lake(self) -> Lake:
        return Lake(self.settings.lake_dir)

    @cached_property
    def recipe(self) -> Recipe:
        settings = self.settings
        return load_recipe(
            settings.profile, base_model=settings.base_model, revision=settings.base_revision
        )

    @cached_property
    def index(self) -> ChunkIndex:
        return open_index(self.settings)

    def index_memory(self, author: str) -> Path:
        """The file that says what the author's part of the index held last."""
        return self.lake.path("chunk_index_held", author, ".json")

    @property
    def redactor(self) -> tuple["Redact", str]:
        """What takes personal data out of texts, and its name."""
        if self.settings.pii == "rules":
            from twin_core.features.pii import redact_all

            return redact_all, ""
        from twin_core.features.presidio import redactor

        model = self.settings.presidio_model
        return redactor(model), f"presidio {model or ''}"

    @cached_property
    def embedder(self) -> Embedder:
        settings = self.settings
        return open_embedder(
            settings.embedding_model, settings.embedding_backend, settings.cache_dir
        )

    @property
    def counter(self) -> TokenCounter:
        """The embedder's tokenizer, without the embedder."""
        return TokenCounter(self.settings.embedding_model)

    def web(self, *known: Author) -> Web:
        """Access to the web for one pass over these authors' sources."""
        options = self.web_options(*known)
        return Web(**{**options, "cache": Path(options["cache"])})

    def web_options(self, *known: Author) -> dict[str, Any]:
        """The options of that `Web`, as JSON values.

        The sample site is on this machine, where collection otherwise asks for nothing: it may be
        reached for an author who publishes there.
        """
        settings = self.settings
        urls = [getattr(spec, "url", "") for author in known for spec in author.sources]
        sample = settings.sample_site
        meant = any(url.startswith(f"http://{sample}/") for url in urls)
        return {
            "allowed": [*settings.private_hosts, *([sample] if meant else [])],
            "cache": str(settings.cache_dir),
            "contact": settings.contact,
            "delay": settings.collect_delay,
        }

    def author(self, slug: str, scope: Scope) -> Author:
        """The author, whose consent covers `scope` today."""
        author = load_authors(self.settings.authors_file).get(slug)
        author.require_consent(scope, date.today())
        return author

    def neutral_texts(self) -> list[str]:
        """The texts in nobody's voice, in the order of their file names."""
        folder = self.settings.neutral_dir
        files = [f for f in sorted(folder.glob("*.md")) if f.stem.lower() != "readme"]
        if not files:
            raise SettingError(
                f"there are no neutral texts in {folder}",
                "set TWIN_NEUTRAL_DIR to a folder of Markdown texts (ours: sample/neutral).",
            )
        return [file.read_text(encoding="utf-8") for file in files]


class TwinResource(dg.ConfigurableResource):
    """Gives assets, checks and sensors the `Installation`."""

    _installation: Installation | None = PrivateAttr(default=None)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        from twin_core.settings import load_settings  # pydantic-settings: 0.3 s of every import

        self._installation = Installation(load_settings())

    @property
    def here(self) -> Installation:
        """This installation; read anew where no run has set it up (direct calls in tests)."""
        from twin_core.settings import load_settings

        if self._installation is None:
            self._installation = Installation(load_settings())
        return self._installation
