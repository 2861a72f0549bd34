"""What a reader is shown of a tag of a template or of a component: the author's words among its
arguments, and where they are put."""

import re
from typing import NamedTuple

Edit = tuple[int, int, str]  # text[start:end] becomes this

CAPTIONS = ("title", "caption")
_TITLES = ("title", "summary", "label", "header")
_TABS = {"tab", "tabitem", "tab-item"}
_TAB_TITLES = (*_TITLES, "name", "value")  # without a label Docusaurus shows the value
_ARGUMENT = re.compile(
    r"(?:(?P<name>[\w-]++)\s*+=\s*+\{?)?"
    r"(?:\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>(?:[^'\\]|\\.)*)'|`(?P<raw>[^`]*)`|"
    r"(?P<word>[^\s\"'=`]+))",
    re.DOTALL,
)
BLOCK_START = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")
WINDOW = 200  # characters before a tag in which its line has to begin


class Argument(NamedTuple):
    name: str
    value: str
    quoted: bool


def arguments_of(given: str) -> list[Argument]:
    found = []
    for one in _ARGUMENT.finditer(given):
        kind = one.lastgroup or "word"
        value = one[kind].replace('\\"', '"') if kind == "double" else one[kind]
        found.append(Argument(one["name"] or "", value.strip(), kind != "word"))
    return found


def said_in(arguments: list[Argument], names: tuple[str, ...]) -> list[str]:
    """The values of those arguments, each once, in the order of the names."""
    values = [one.value for name in names for one in arguments if one.name == name]
    return list(dict.fromkeys(" ".join(value.split()) for value in values if value))


def title_of(name: str, given: str) -> str:
    """The title that a tag with a body has, in bold. Of a tab any word is one."""
    arguments = arguments_of(given)
    is_tab = name.lower() in _TABS
    bare = [one.value for one in arguments if one.quoted and not one.name]
    words = [value for value in bare if is_tab or value[:1].isupper() or " " in value]
    said = said_in(arguments, _TAB_TITLES if is_tab else _TITLES)
    said = said or [value for value in words if is_tab or "/" not in value]
    return bold(" ".join(said[0].split())) if said else ""


def bold(title: str) -> str:
    return title if not title or "*" in title or "`" in title else f"**{title}**"


def in_prose(text: str, start: int, end: int, name: str, said: str) -> Edit:
    """Text[start:end], a component with the attributes `said`, as the words that are shown."""
    has_body = not said.endswith("/")
    shown = title_of(name, said) if has_body else "\n\n".join(said_in(arguments_of(said), CAPTIONS))
    return placed(text, start, end, shown)


def headed(text: str, start: int, end: int, title: str) -> Edit:
    """The title in place of a tag whose body begins behind it in its line: a paragraph above it."""
    before = before_in_line(text, start)
    block = BLOCK_START.match(before or "")
    within = re.sub(r"[^>\s]", " ", block[0] if block else "")
    blank = f"\n{within.rstrip()}\n{within}"
    starts = before is not None and BLOCK_START.fullmatch(before)
    lead = (f"\n{within}" if within == before else "") if starts else blank
    while text[end : end + 1] == " ":
        end += 1
    return start, end, f"{lead}{title}{blank}"


def before_in_line(text: str, start: int) -> str | None:
    """What stands before a place in its line; None where that is long."""
    window = text[max(0, start - WINDOW) : start]
    _, newline, before = window.rpartition("\n")
    return before if newline or start <= WINDOW else None


def placed(text: str, start: int, end: int, written: str) -> Edit:
    """What is written in place of a tag: a paragraph, if it has its line for itself."""
    before = before_in_line(text, start)
    after = text[end : end + WINDOW].split("\n", 1)[0]
    alone = before is not None and BLOCK_START.fullmatch(before) and not after.strip()
    if alone and written and before is not None:
        within = re.sub(r"[^>\s]", " ", before)
        blank = f"\n{within.rstrip()}\n{within}"
        lead = f"\n{within}" if within == before else ""
        return start, end, lead + written.replace("\n\n", blank) + f"\n{within.rstrip()}"
    if not written and not alone and text[start - 1 : start] == " " and after[:1] in ("", " "):
        start -= 1
    return start, end, written.replace("\n\n", " ") if not alone else written
