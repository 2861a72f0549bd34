"""Front matter of a Markdown or HTML file: YAML between `---`, or TOML between `+++`."""

import re
import tomllib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import yaml

from twin_core.collect.source import moment, web_address
from twin_core.plain import plain

_YAML = re.compile(r"\A---[ \t]*\r?\n((?:.*?\n)??)---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\A\+\+\+[ \t]*\r?\n((?:.*?\n)??)\+\+\+[ \t]*(?:\r?\n|\Z)", re.DOTALL)
# What an MDX document begins with, but for exports, which may go on over lines.
_MDX_TOP = re.compile(
    r"\A(?:[ \t]*\n|import[ \t][^\n;]*;?[ \t]*(?:\n|\Z)|<[A-Z]\w*(?:\s[^<>]*)?/>[ \t]*(?:\n|\Z))+"
)
_HEADING = re.compile(r"\A\s*#[ \t]+([^\n]+)(?:\n+|\Z)")
_CLOSING = re.compile(r"(?<=[ \t])#+$")
MAX_CHARACTERS = 20_000
FILE_TIME = "file's time of change"
PUBLISHED = ("date", "published", "publishDate", "pubDate", "created", "created_at")
UPDATED = ("updated", "lastmod", "modified", "last_modified_at", "updated_at")
_YES, _NO = {"true", "yes", "y", "on", "1"}, {"false", "no", "n", "off", "0"}
_WITHHELD, _GIVEN = {"draft", "private", "unpublished"}, {"publish", "published", "public"}
_DRAFTS = {"_drafts", "drafts"}


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """(front matter, body); raises `ValueError` when it is not a plain mapping.

    YAML anchors and aliases are refused: a few of them can stand for gigabytes.
    """
    found = _YAML.match(text) or _TOML.match(text)
    if not found:
        return {}, text
    if len(found[1]) > MAX_CHARACTERS:
        raise ValueError(f"front matter is longer than {MAX_CHARACTERS} characters")
    content = _toml(found[1]) if text.startswith("+++") else _yaml(found[1])
    if content is None:  # nothing, or only comments
        content = {}
    if not isinstance(content, dict):
        raise ValueError("front matter is not a mapping")
    return {str(key): value for key, value in content.items()}, text[found.end() :]


def is_draft(meta: dict[str, Any], *unfinished: str) -> bool:
    """Whether front matter withholds the text, however it is written: `draft: true`,
    `Draft: "yes"`, `published: false`, `status: private`. unfinished: what else of a status does.
    """
    return any(
        _withholds(key.strip().lower(), str(one).strip().lower(), unfinished)
        for key, value in meta.items()
        for one in (value if isinstance(value, list) else [value])
    )


def _withholds(key: str, value: str, unfinished: Sequence[str]) -> bool:
    if key == "status":
        return value in _WITHHELD or value in unfinished
    return (key in _WITHHELD and value in _YES) or (key in _GIVEN and value in _NO)


def in_drafts(path: str) -> bool:
    """Whether a file, by its path with `/`, lies below a folder of drafts."""
    return not _DRAFTS.isdisjoint(path.lower().split("/")[:-1])


def _timestamp(loader: Any, node: Any) -> Any:
    """A date, or the text where there is no such date."""
    try:
        return loader.construct_yaml_timestamp(node)
    except (ValueError, OverflowError):
        return node.value


def _loading(base: Any) -> Any:
    loader = type("Loader", (base,), {})
    loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)
    return loader


# libyaml is ten times faster; what it refuses (a lone surrogate) PyYAML's own parser may take
_LOADERS = [_loading(getattr(yaml, name)) for name in ("CSafeLoader", "SafeLoader")]


def _yaml(text: str) -> Any:
    try:
        try:
            return _parsed(text, _LOADERS[0])
        except (yaml.YAMLError, UnicodeEncodeError):
            return _parsed(text, _LOADERS[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f"front matter is not YAML: {str(error).splitlines()[0]}") from error


def _parsed(text: str, loader: Any) -> Any:
    if "&" in text or "*" in text:  # the events tell an anchor from a sign in a text
        if any(getattr(event, "anchor", None) for event in yaml.parse(text, Loader=loader)):
            raise ValueError("anchors and aliases are not read")
    return yaml.load(text, Loader=loader)


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


def stated_title(meta: dict[str, Any]) -> str | None:
    """`title`, where it is one value and not a list or a mapping."""
    said = meta.get("title")
    return str(said).strip() or None if isinstance(said, str | int | float | date) else None


def stated_address(meta: dict[str, Any], url: str) -> str | None:
    """Where the article says that it stands on the web: a whole address, or on the site of `url` a
    path (`permalink`) or another last part (`slug`)."""
    for name in ("canonical", "canonical_url", "permalink"):
        said = meta.get(name)
        if isinstance(said, str) and said.startswith(("/", "http")) and "/:" not in said:
            return web_address(said, url)  # `/:` is a pattern of Jekyll's
    slug = meta.get("slug")
    if isinstance(slug, str) and slug.strip("/ ") and url.startswith("http"):
        return web_address(f"../{quote(slug.strip('/ '))}/", url)
    return None


def stated_moment(meta: dict[str, Any], names: Sequence[str]) -> datetime | None:
    """The first of these keys that holds a date."""
    return next((found for name in names if (found := moment(meta.get(name)))), None)


def below_imports(body: str) -> str:
    """An MDX document without the imports and lone components that it begins with; the rest is read
    with the marks of other generators (`features.dialects`)."""
    return _MDX_TOP.sub("", body, count=1)


def dated_by_file(meta: dict[str, Any]) -> str:
    """What `dated_by` says of an article without a date in its front matter, or with one there
    that cannot be read."""
    unread = next((said for name in PUBLISHED if (said := meta.get(name)) not in (None, "")), None)
    return FILE_TIME if unread is None else f"{FILE_TIME}: '{plain(str(unread), 40)[0]}' is no date"


def byline(meta: dict[str, Any]) -> tuple[str, ...]:
    """Names in `author` or `authors`: a text, a list, or mappings with a `name`."""
    said = meta.get("authors") or meta.get("author") or ()
    people = said if isinstance(said, list) else [said]
    names = [person.get("name") if isinstance(person, dict) else person for person in people]
    return tuple(name.strip() for name in names if isinstance(name, str) and name.strip())
