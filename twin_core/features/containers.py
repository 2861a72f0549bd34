"""Notices in Markdown that have a body of lines: what they hold is the author's own prose, below
their title in bold.

Syntax: squidfunk.github.io/mkdocs-material/reference/admonitions, docusaurus.io (admonitions),
vitepress.dev (custom containers), pandoc.org (fenced_divs), myst-parser.readthedocs.io (colon
fences), obsidian.md (callouts), docs.github.com (alerts).
"""

import re

from twin_core.features.shown_words import Edit, bold

_INDENTED = re.compile(
    r"(?m)^(?P<within>[ \t]*+)(?:(?:!!!|\?\?\?\+?)[ \t]++"
    r"(?P<kind>[A-Za-z][\w-]*+(?:[ \t]++[\w-]++)*+)?"
    r"(?:[ \t]*+\"(?P<title>[^\"\n]*)\")?|===[!+]?[ \t]+\"(?P<tab>[^\"\n]+)\")[ \t]*$"
)
_COLONS = re.compile(r"(?m)^(?P<within>[ \t>]*)(?P<marks>:{3,})(?P<rest>[^\n:][^\n]*)?$")
_KIND = re.compile(r"[ \t]*(?:\{[\w-]+\}|[\w-]*)")
_LABEL = re.compile(r"\[([^\[\]\n]*)\]")
_STATED_TITLE = re.compile(r"\btitle=(?:\"([^\"\n]*)\"|'([^'\n]*)')")
_BRACED = re.compile(r"\{[^{}\n]*\}")
_OPTIONS = re.compile(r"(?:\n[ \t]*:[\w-]+:[^\n]*)+")  # of MyST, right below
_CALLOUT = re.compile(
    r"(?m)^(?P<within> {0,3})>[ \t]?\[!(?P<kind>[A-Za-z][\w-]*)(?:\|[^\]\n]*)?\][+-]?"
    r"[ \t]*(?P<title>[^\n]*)$"
)
_INNER = re.compile(
    r"(?m)^(?P<within>[ \t]*+(?:>[ \t]*+)++)\[![A-Za-z][\w-]*(?:\|[^\]\n]*)?\][+-]?"
    r"[ \t]*(?P<title>[^\n]*)$"
)
_QUOTED = re.compile(r" {0,3}>[ ]?")
_QUOTING = ("quote", "cite")  # callouts that hold the words of others


def indented(text: str, hidden: str) -> list[Edit]:
    """`!!! note "Title"`, `??? note` and `=== "Tab"`, with the lines indented below them."""
    edits: list[Edit] = []
    end = 0
    for one in _INDENTED.finditer(hidden):
        if one.start() < end or not (one["kind"] or one["title"] or one["tab"]):
            continue
        lines, end = _body(text, one.end(), len(one["within"].expandtabs(4)) + 4)
        if not any(map(str.strip, lines)):
            continue
        title = text[slice(*one.span("tab" if one["tab"] else "title"))]
        head = [one["within"] + bold(title.strip()), ""] if title.strip() else []
        written = "\n".join(["", *head, *(one["within"] + line for line in lines), ""])
        edits.append((one.start(), end, written))
    return edits


def _body(text: str, start: int, width: int) -> tuple[list[str], int]:
    """(lines below a place that are indented that far, without that; where they end)."""
    lines: list[str] = []
    end = start
    while end < len(text):
        stop = text.find("\n", end + 1)
        stop = len(text) if stop < 0 else stop
        line = text[end + 1 : stop]
        spread = _spread(line)
        if line.strip() and not spread.startswith(" " * width):
            break
        lines.append(spread[width:] if line.strip() else "")
        end = stop
    return lines, end


def _spread(line: str) -> str:
    """The line with the tabs that it is indented by as spaces."""
    bare = line.lstrip(" \t")
    return line[: len(line) - len(bare)].expandtabs(4) + bare


def colons(text: str, hidden: str) -> list[Edit]:
    """`:::note Title`, `::: {.class}` and what closes them, one in another too. What nothing
    closes stays."""
    edits: list[Edit] = []
    opened: list[re.Match[str]] = []
    for one in _COLONS.finditer(hidden):
        rest = (one["rest"] or "").strip()
        if rest and not rest.startswith(("}", "]")):
            opened.append(one)
        elif not rest and opened:
            edits.append(_opening(text, hidden, opened.pop()))
            edits.append((one.end("within"), one.end(), ""))
    return edits


def _opening(text: str, hidden: str, one: re.Match[str]) -> Edit:
    title = _colon_title(text[slice(*one.span("rest"))].rstrip(": \t"))
    options = _OPTIONS.match(hidden, one.end())
    end = options.end() if options else one.end()
    blank = f"\n{one['within'].rstrip()}"
    if not title:
        return one.end("within"), end, blank if options else ""
    return one.end("within"), end, f"{blank}\n{one['within']}{bold(title)}{blank}"


def _colon_title(rest: str) -> str:
    stated = _STATED_TITLE.search(rest)
    if stated:
        return (stated[1] or stated[2] or "").strip()
    kind = _KIND.match(rest)
    said = _BRACED.sub("", rest[kind.end() if kind else 0 :]).strip()
    label = _LABEL.fullmatch(said)
    return label[1].strip() if label else said


def callouts(text: str, hidden: str) -> list[Edit]:
    """`> [!note] Title`: no quotation but prose, unless it says that it quotes; in another
    quotation its title alone."""
    edits: list[Edit] = []
    end = 0
    for one in _CALLOUT.finditer(hidden):
        if one.start() < end or one["kind"].lower() in _QUOTING:
            continue
        if _is_quoted(text, one.start()):
            continue
        title = text[slice(*one.span("title"))].strip()
        lines, end = _unquoted(text, one.end())
        head = [bold(title), ""] if title else []
        edits.append((one.start(), end, "\n".join(["", *head, *lines, ""])))
    for one in _INNER.finditer(hidden):
        title = bold(text[slice(*one.span("title"))].strip())
        edits.append((one.start(), one.end(), f"{one['within']}{title}".rstrip()))
    return edits


def _is_quoted(text: str, start: int) -> bool:
    """Whether the line above is one of the same quotation."""
    line = text.rfind("\n", 0, max(0, start - 1)) + 1
    return start > 0 and bool(_QUOTED.match(text, line, start))


def _unquoted(text: str, start: int) -> tuple[list[str], int]:
    """(lines of a quotation below a place, without its marks; where they end)."""
    lines: list[str] = []
    end = start
    while end < len(text) and (mark := _QUOTED.match(text, end + 1)):
        stop = text.find("\n", mark.end())
        stop = len(text) if stop < 0 else stop
        lines.append(text[mark.end() : stop])
        end = stop
    return lines, end
