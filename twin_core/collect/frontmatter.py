"""Front matter of a Markdown or HTML file: YAML between `---`, or TOML between `+++`."""

import re
import tomllib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import yaml

from twin_core.collect.source import moment

_YAML = re.compile(r"\A---\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\A\+\+\+\r?\n(.*?)\r?\n\+\+\+[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_ANCHOR = re.compile(r"^[^'\"#]*:\s*[&*]\w", re.MULTILINE)
_HEADING = re.compile(r"\A\s*#[ \t]+([^\n]+)(?:\n+|\Z)")
_CLOSING = re.compile(r"(?<=[ \t])#+$")
MAX_CHARACTERS = 20_000
PUBLISHED = ("date", "published", "publishDate", "pubDate", "created", "created_at")
UPDATED = ("updated", "lastmod", "modified", "last_modified_at", "updated_at")


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """(front matter, body); raises `ValueError` when it is not a plain mapping.

    YAML anchors are refused: a few of them can stand for gigabytes.
    """
    found = _YAML.match(text) or _TOML.match(text)
    if not found:
        return {}, text
    if len(found[1]) > MAX_CHARACTERS:
        raise ValueError(f"front matter is longer than {MAX_CHARACTERS} characters")
    content = _toml(found[1]) if text.startswith("+++") else _yaml(found[1])
    if not isinstance(content, dict):
        raise ValueError("front matter is not a mapping")
    return {str(key): value for key, value in content.items()}, text[found.end() :]


def _yaml(text: str) -> Any:
    if _ANCHOR.search(text):
        raise ValueError("front matter uses YAML anchors")
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f"front matter is not YAML: {str(error).splitlines()[0]}") from error


def _toml(text: str) -> Any:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ValueError(f"front matter is not TOML: {error}") from error


def split_heading(text: str) -> tuple[str | None, str]:
    """(the heading of first level that a Markdown text begins with, the text below it)."""
    found = _HEADING.match(text)
    if not found:
        return None, text
    return _CLOSING.sub("", found[1].strip()).strip(), text[found.end() :]


def stated_moment(meta: dict[str, Any], names: Sequence[str]) -> datetime | None:
    """The first of these keys that holds a date."""
    return next((found for name in names if (found := moment(meta.get(name)))), None)


def byline(meta: dict[str, Any]) -> tuple[str, ...]:
    """Names in `author` or `authors`: a text, a list, or mappings with a `name`."""
    said = meta.get("authors") or meta.get("author") or ()
    people = said if isinstance(said, list) else [said]
    names = [person.get("name") if isinstance(person, dict) else person for person in people]
    return tuple(name.strip() for name in names if isinstance(name, str) and name.strip())
