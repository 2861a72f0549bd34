"""A folder of Markdown files, with YAML front matter or without."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from twin_core.authors import FolderSpec
from twin_core.collect.source import Fetched, Reference, Validators
from twin_core.errors import SourceError
from twin_core.fingerprint import fingerprint

FRONT_MATTER = re.compile(r"\A---\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
FIRST_HEADING = re.compile(r"\A\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\r?\n|\Z)")
SUFFIXES = {".md", ".markdown", ".mdx"}
MAX_BYTES = 5_000_000
MAX_FRONT_MATTER = 20_000  # characters; aliases cannot multiply within so little
NOT_ARTICLES = {"readme", "index", "license", "contributing"}


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """(front matter, body); raises `ValueError` when the front matter is not a plain YAML
    mapping."""
    found = FRONT_MATTER.match(text)
    if not found:
        return {}, text
    if len(found[1]) > MAX_FRONT_MATTER or re.search(
        r"^[^'\"#]*:\s*[&*]\w", found[1], re.MULTILINE
    ):
        raise ValueError("front matter is too long or uses YAML anchors")
    try:
        content = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        raise ValueError(f"front matter is not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(content, dict):
        raise ValueError("front matter is not a mapping")
    return content, text[found.end() :]


def _moment(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return None


class FolderSource:
    """Every Markdown file below a folder, except READMEs and drafts; a file taken away is gone."""

    complete = True

    def __init__(self, spec: FolderSpec) -> None:
        self.spec = spec
        self.label = spec.label
        self._paths: dict[str, Path] = {}

    def discover(self) -> Iterator[Reference]:
        root = self.spec.path
        if not root.is_dir():
            raise SourceError(
                f"the folder {root} does not exist", "correct `path` in the authors file."
            )
        files = [path for path in sorted(root.rglob("*")) if self._is_article(path)]
        if not files:
            raise SourceError(
                f"the folder {root} holds no Markdown files ({', '.join(sorted(SUFFIXES))})",
                "put the articles there, or correct `path` in the authors file.",
            )
        for path in files:
            url = self._url(path)
            self._paths[url] = path
            stat = path.stat()
            yield Reference(
                url=url,
                title=path.stem,
                published_at=None,
                updated_at=None,
                validator=fingerprint(stat.st_size, stat.st_mtime_ns),
            )

    def _is_article(self, path: Path) -> bool:
        if path.suffix.lower() not in SUFFIXES or path.stem.lower() in NOT_ARTICLES:
            return False
        inside = path.resolve().is_relative_to(self.spec.path.resolve())
        hidden = any(part.startswith(".") for part in path.relative_to(self.spec.path).parts)
        return inside and not hidden and path.is_file()

    def _url(self, path: Path) -> str:
        if self.spec.base_url:
            return f"{self.spec.base_url.rstrip('/')}/{path.stem}/"
        return path.resolve().as_uri()

    def fetch(self, reference: Reference, known: Validators | None) -> Fetched | None:
        if known and known.etag == reference.validator:
            return None
        path = self._paths[reference.url]
        remedy = f"correct or remove {path.name}; the other articles are not affected."
        try:
            if path.stat().st_size > MAX_BYTES:
                raise SourceError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB", remedy)
            meta, body = split_front_matter(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            raise SourceError(f"{path} cannot be read: {error}", remedy) from error
        if meta.get("draft") is True:
            raise SourceError(f"{path} is marked as a draft", "set `draft: false` to publish it.")
        heading = FIRST_HEADING.match(body)
        title = str(meta.get("title") or (heading[1] if heading else path.stem)).strip()
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return Fetched(
            body=body[heading.end() :] if heading and heading[1].strip() == title else body,
            media_type="text/markdown",
            title=title,
            published_at=_moment(meta.get("date") or meta.get("published")) or modified,
            updated_at=_moment(meta.get("updated") or meta.get("lastmod")),
            etag=reference.validator,
        )
