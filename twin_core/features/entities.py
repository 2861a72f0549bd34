"""Entities and hard breaks of Markdown, where its parser finds them.

In prose an entity is the character that it names, in code it is itself. A character that could be
markup gets a backslash, as pages have it: `&lt;div&gt;` becomes `\\<div>`, never a tag.
"""

import html
import re
from collections.abc import Iterator

_ENTITY = re.compile(rb"&#?[0-9A-Za-z]{1,32};")
_MORE = re.compile(rb"#?[0-9A-Za-z]{1,32};")  # what makes an entity of the `&` before it
_NEVER_MARKUP = "\"'@,$%"
_WITHIN_WORDS = ".:-_+"  # no markup between two letters or digits
_WITHIN_ADDRESSES = ("@", *_WITHIN_WORDS)
_LINE_START = re.compile(rb"[ \t>]*(?:[-+*#=_]+|\d{1,9}[.)])?[ \t>]*")  # markers, no text yet
_LONGEST_START = 64
_BACKSLASH = ord("\\")
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
                prose.append(_written(entity, before, opened))
                end = stop
            elif "<" in event["Text"]:
                opened = True
    yield False, "".join([*prose, content[end:].decode()])


def between_breaks(text: str) -> Iterator[str]:
    """The pieces of the text between its hard line breaks; a backslash alone in its line stays."""
    content = text.encode()
    end = 0
    for event, where in _events(text):
        start = where["start"]
        if event != "HardBreak":
            continue
        line = content[max(end, content.rfind(b"\n", 0, start) + 1) : start]
        if content[start] != _BACKSLASH or not _LINE_START.fullmatch(line):
            yield content[end:start].decode()
            end = where["end"]
    yield content[end:].decode()


def _events(text: str):
    import pyromark

    return pyromark.Markdown(options=pyromark.Options.ENABLE_TABLES).events_with_range(text)


def _written(entity: re.Match[bytes], before: str, opened: bool) -> str:
    """What stands for the entity. before: the character before it."""
    itself, content, stop = entity[0].decode(), entity.string, entity.end()
    said = html.unescape(itself)
    if said == "&":
        return "\\&" if _MORE.match(content, stop) else "&"
    if not said.isascii():
        return itself if said in _UNFIT else said
    if not said.isprintable() or said in " `":  # a backslash hides no backtick within code
        return itself
    if said.isalnum():  # never the start of a list's number, or of a tag's name
        starts = before in ("", "\n", " ") and said.isalpha()
        return said if starts or before.isalnum() or before in _WITHIN_ADDRESSES else itself
    after = content[stop : stop + 1]
    within = before.isalnum() and (after.isalnum() or after == b"&")
    if said in _NEVER_MARKUP or within and said in _WITHIN_WORDS:
        return said
    return said if said == ">" and not opened and not _starts_line(entity) else f"\\{said}"


def _starts_line(entity: re.Match[bytes]) -> bool:
    content, start = entity.string, entity.start()
    line = content[max(0, start - _LONGEST_START) : start].rpartition(b"\n")[2]
    return _LINE_START.fullmatch(line) is not None
