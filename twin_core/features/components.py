"""Components of MDX in Markdown, and its modules.

Syntax: mdxjs.com/docs/what-is-mdx (JSX, ESM).
"""

import re

from twin_core.features.shown_words import Edit, in_prose

_MODULE = re.compile(
    r"(?m)^import\b[^\n'\"{}]*+(?:\{[^{}'\"]{0,2000}\}[^\n'\"{}]*+)?"
    r"(?:(?<=\bfrom )|(?<=\bfrom)|(?<=\bimport ))"
    r"(?:'[^'\n]+'|\"[^\"\n]+\");?[ \t]*$|"
    r"(?:(?<=\n\n)|\A)export[ \t]+(?:(?:const|let|var)[ \t]+[\w$]+[ \t]*=|\{|\*[ \t]|"
    r"(?:default[ \t]+)?(?:async[ \t]+)?(?:function|class)\b[^\n]*\{|"
    r"default[ \t]+(?:[({]|[\w$.]+(?:\([^\n]*\))?;?[ \t]*$))[^\n]*(?:\n[^\n]+)*"
)
_MOST_LINES = 200  # of one module
_NEXT_MODULE = re.compile(r"(?m)^(?:import|export)\b")
_BRACKET = re.compile(
    r"\\.|\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'|`(?:[^`\\]|\\.)*+`|"
    r"/\*(?:(?!/\*|\*/).)*+\*/|(?<![:\w])//[^\n]*+|(?P<opens>[{(\[])|(?P<closes>[})\]])",
    re.DOTALL,
)
_BRACES = r"\{(?:[^{}<]|\{(?:[^{}<]|\{[^{}<]*\})*\})*\}"
_COMPONENT = re.compile(
    rf"(?:(?<!\w)<|<(/))([A-Z][\w.]+)(?=[\s/>])((?:[^<>{{}}\"']|\"[^\"<]*\"|'[^'<]*'|{_BRACES})*)>"
)
_JSX_ATTRIBUTES = re.compile(
    rf"(?:\s++(?:[\w:.@$#-]++(?:=[\w.%#/:-]++|\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|{_BRACES}))?+|"
    rf"{_BRACES}))*+\s*+/?+"
)


def modules(text: str, hidden: str) -> list[Edit]:
    """Imports and exports: each its paragraph, and what its open brackets hold below that."""
    edits: list[Edit] = []
    for one in _MODULE.finditer(hidden):
        if not edits or one.start() >= edits[-1][1]:
            exports = one[0].startswith("export")
            end = _bracketed(text, one.start(), one.end()) if exports else one.end()
            edits.append((one.start(), end, ""))
    return edits


def _bracketed(text: str, start: int, least: int) -> int:
    """Where the line ends in which what an export at `start` opens is closed, at `least` or behind;
    `least` where that is not so in some lines or before the next module."""
    stop = start
    for _ in range(_MOST_LINES):
        following = text.find("\n", stop)
        stop = len(text) if following < 0 else following + 1
    following_module = _NEXT_MODULE.search(text, least, stop)
    stop = following_module.start() if following_module else stop
    depth = 0
    for one in _BRACKET.finditer(text, start, stop):
        if one.start() >= least and depth <= 0:
            return least
        depth += bool(one["opens"]) - bool(one["closes"])
        if one.start() >= least and depth <= 0:
            end = text.find("\n", one.end())
            return len(text) if end < 0 else end
    return least


def components(text: str, hidden: str) -> list[Edit]:
    """Tags of components. `<T>` in a sentence is none, but one that stands alone in its line, has
    attributes, or is closed; words that are no attributes make it none."""
    found = component_tags(hidden)
    closed = {one[2] for one in found if one[1]}
    edits = []
    for one in found:
        said = text[slice(*one.span(3))]
        if one[2] in closed or "=" in said or said.endswith("/"):
            edits.append(in_prose(text, one.start(), one.end(), one[2], said))
    return edits


def component_tags(hidden: str) -> list[re.Match[str]]:
    """(its slash, if it closes; its name; its attributes) of each tag of a component."""
    return [one for one in _COMPONENT.finditer(hidden) if _JSX_ATTRIBUTES.fullmatch(one[3])]
