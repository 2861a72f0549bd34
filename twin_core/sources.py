"""The kinds of places that an authors file may name; each is read by one module of
`twin_core.collect`."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from twin_core.collect.address import check_address
from twin_core.errors import BlockedError


def _web_address(url: str) -> str:
    try:
        check_address(url)
    except BlockedError as error:
        raise ValueError(f"{error.problem}: {error.remedy}") from error
    return url


_Address = Annotated[str, AfterValidator(_web_address)]


def _compiles(pattern: str | None) -> str | None:
    if pattern is not None:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"is not a regular expression: {error}") from error
    return pattern


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def label(self) -> str:
        """kind:location, as it stands in `raw_articles.source`."""
        location = getattr(self, "url", None) or getattr(self, "path", "")
        return f"{getattr(self, 'kind', '')}:{location}"


class FeedSpec(_Spec):
    """An RSS, Atom or JSON feed; pages are fetched where it carries only a summary."""

    kind: Literal["feed"]
    url: _Address


class SitemapSpec(_Spec):
    """A sitemap or an index of sitemaps. include, exclude: regular expressions on the address."""

    kind: Literal["sitemap"]
    url: _Address
    include: str | None = None
    exclude: str | None = None
    _patterns = field_validator("include", "exclude")(_compiles)


class ArchiveSpec(_Spec):
    """Archive pages: the links on them, on the same site, that match `include`."""

    kind: Literal["archive"]
    url: _Address
    include: str
    exclude: str | None = None
    _patterns = field_validator("include", "exclude")(_compiles)


class PagesSpec(_Spec):
    """Web pages, one address each. The first one names the list, however long it grows."""

    kind: Literal["pages"]
    urls: tuple[_Address, ...] = Field(min_length=1)

    @property
    def label(self) -> str:
        return f"pages:{self.urls[0]}"


class SubstackSpec(_Spec):
    """A Substack publication, by its public archive."""

    kind: Literal["substack"]
    url: _Address


class GithubSpec(_Spec):
    """A public git repository's README and documentation.

    paths: git pathspecs of what is prose. emails: the author's addresses in the log, lower case.
    """

    kind: Literal["github"]
    url: _Address
    paths: tuple[str, ...] = ("README*", "docs/**")
    emails: tuple[str, ...] = ()


class FolderSpec(_Spec):
    """A folder of Markdown, MDX or HTML files, with front matter or without.

    base_url: where the articles stand on the web; an article's address is then base_url/slug/.
    """

    kind: Literal["folder"]
    path: Path
    base_url: _Address | None = None


class MediumSpec(_Spec):
    """Medium's own export: the zip as downloaded."""

    kind: Literal["medium"]
    path: Path


class LinkedinSpec(_Spec):
    """LinkedIn's own data export: the zip as downloaded."""

    kind: Literal["linkedin"]
    path: Path


class NotionSpec(_Spec):
    """Notion's Markdown export: the zip as downloaded, or the folder unpacked."""

    kind: Literal["notion"]
    path: Path


class ObsidianSpec(_Spec):
    """An Obsidian vault, or a folder of one."""

    kind: Literal["obsidian"]
    path: Path


SourceSpec = Annotated[
    FeedSpec
    | SitemapSpec
    | ArchiveSpec
    | PagesSpec
    | SubstackSpec
    | GithubSpec
    | FolderSpec
    | MediumSpec
    | LinkedinSpec
    | NotionSpec
    | ObsidianSpec,
    Field(discriminator="kind"),
]
