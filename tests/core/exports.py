"""Export archives as a test packs them, and what a source makes of one."""

import io
import zipfile
from pathlib import Path

from twin_core.collect.source import Fetched, Source, Validators
from twin_core.errors import BlockedError, SourceError

LONG = (
    "The harbour keeps its own calendar, and nobody who mends nets for a living needs another. "
    "I learned to read it the slow way, by being wrong about the weather in front of people who "
    "were right, and by writing down each evening what the morning had promised and not kept. "
)


def pack(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def packed(members: dict[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return content.getvalue()


def gather(source: Source) -> dict[str, Fetched | SourceError]:
    """Address that it states, or its own → the article, or the error that fetching it raises."""
    found: dict[str, Fetched | SourceError] = {}
    for reference in source.discover():
        try:
            article = source.fetch(reference, None)
        except SourceError as error:
            found[reference.url] = error
        else:
            assert article is not None and article.etag == reference.validator
            assert article.title == reference.title
            assert article.published_at == reference.published_at
            found[article.canonical or reference.url] = article
    return found


def article(found: dict[str, Fetched | SourceError], url: str) -> Fetched:
    given = found[url]
    assert isinstance(given, Fetched), given
    return given


def refused(found: dict[str, Fetched | SourceError], url: str) -> str:
    given = found[url]
    assert isinstance(given, BlockedError), given
    return str(given)


def validators(source: Source) -> dict[str, str | None]:
    found = gather(source).items()
    return {url: article.etag for url, article in found if isinstance(article, Fetched)}


def assert_unchanged_is_not_given(source: Source) -> None:
    for reference in source.discover():
        known = Validators(reference.validator, None)
        assert source.fetch(reference, known) is None
        assert source.fetch(reference, Validators("another", None)) is not None
