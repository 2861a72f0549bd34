"""Entities within Markdown: in prose each is the character that it names, in code it is itself.

The parser says which is which. A character that could be markup gets a backslash, as pages have
it: `&lt;div&gt;` becomes `\\<div>`, and never a tag.
"""

import html
import re
from collections.abc import Iterator

_ENTITY = re.compile(rb"&#?[0-9A-Za-z]{1,32};")
_MORE = re.compile(rb"#?[0-9A-Za-z]{1,32};")  # what makes an entity of the `&` before it
_NEVER_MARKUP = "\"'@,$%"
_WITHIN_WORDS = ".:-_+"  # no markup between two letters or digits
_WITHIN_ADDRESSES = ("@", *_WITHIN_WORDS)
_UNFIT = "\u2028\u2029"  # would end a line


def parts(text: str) -> Iterator[tuple[bool, str]]:
    """(whether code, part of the text, prose with its entities resolved); no surrogates."""
    content = text.encode()
    prose: list[str] = []
    end, opened = 0, False  # opened: a `<` before, of which a `>` would make a tag
    for event, where in _events(text):
        start, stop = where["start"], where["end"]
        if start < end or isinstance(event, str):
            continue
        code = "Code" in event or "CodeBlock" in str(event.get("Start"))
        if code:
            yield False, "".join([*prose, content[end:start].decode()])
            yield True, content[start:stop].decode()
            prose, end = [], stop
        elif "Text" in event:
            entity = _ENTITY.fullmatch(content, start, stop)
            if entity and event["Text"].encode() != entity[0]:
                prose.append(content[end:start].decode())
                before = next((part[-1] for part in reversed(prose[-2:]) if part), "")
                prose.append(_written(entity[0].decode(), before, content, stop, opened))
                end = stop
            elif "<" in event["Text"]:
                opened = True
    yield False, "".join([*prose, content[end:].decode()])


def between_breaks(text: str) -> Iterator[str]:
    """The pieces of the text between its hard line breaks."""
    content = text.encode()
    end = 0
    for event, where in _events(text):
        if event == "HardBreak":
            yield content[end : where["start"]].decode()
            end = where["end"]
    yield content[end:].decode()


def _events(text: str):
    import pyromark

    return pyromark.Markdown(options=pyromark.Options.ENABLE_TABLES).events_with_range(text)


def _written(entity: str, before: str, content: bytes, stop: int, opened: bool) -> str:
    """What stands for the entity. before: the character before it. stop: where it ends in
    content."""
    said = html.unescape(entity)
    if said == "&":
        return "\\&" if _MORE.match(content, stop) else "&"
    if not said.isascii():
        return entity if said in _UNFIT else said
    if not said.isprintable() or said == " ":
        return entity
    if said.isalnum():  # never the start of a list's number, or of a tag's name
        starts = before in ("", "\n", " ") and said.isalpha()
        return said if starts or before.isalnum() or before in _WITHIN_ADDRESSES else entity
    after = content[stop : stop + 1]
    within = before.isalnum() and (after.isalnum() or after == b"&")
    if said in _NEVER_MARKUP or within and said in _WITHIN_WORDS:
        return said
    if said == ">" and not opened and before.strip():
        return said
    return f"\\{said}"
