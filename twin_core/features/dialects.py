"""Marks of site generators and note applications in Markdown: as what a reader sees.

`RULES` names each rule with the documentation that its syntax is from. In code nothing is a mark:
an author who writes about Hugo shows shortcodes there. What has the author's words (captions,
titles, bodies, names of links) keeps them as Markdown; the rest goes. Tags of templates are read in
`template_tags`, what has a body of lines in `containers`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from twin_core.features.bodies import levelled
from twin_core.features.components import components, modules
from twin_core.features.containers import callouts, colons, indented
from twin_core.features.shown_words import Edit
from twin_core.features.template_tags import (
    code_tags,
    escapes,
    linked_tags,
    raw_in_code,
    tags,
)

_MOST_PASSES = 8  # a mark within a mark within a mark …
_NOT_LINE_END = re.compile(r"[^\n]")
_HTML_CODE = re.compile(r"(?i)<(/?)(pre|code|script|style|textarea)\b[^<>]*>")
_PARSED_CODE = ("Code", "InlineMath", "DisplayMath")

# One attribute of kramdown's or pandoc's lists; a list without a colon has no bare word.
_FULL = r"[#.][\w:.-]++|[\w-]++=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{}\"']++)"
_PLAIN_LIST = rf"\{{[ \t]*+(?:{_FULL}|-)(?:[ \t]++(?:{_FULL}))*+[ \t]*+\}}"
_COLON_LIST = rf"\{{:[ \t]*+(?:{_FULL}|[\w-]++)(?:[ \t]++(?:{_FULL}|[\w-]++))*+[ \t]*+\}}"
_CONTENTS = re.compile(
    r"(?im)^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t][^\n]*\n[ \t]*\{:[ \t]*toc\b[^{}\n]*\}[ \t]*$|"
    r"^[ \t]*(?:\[TOC\]|\[\[_?TOC_?\]\]|@\[toc\](?:\([^()\n]*\))?|\{\{[ \t]*toc[ \t]*\}\})[ \t]*$"
)
_COMMENTED = re.compile(r"\{::comment\}(?:(?!\{::comment\}|\{:/).)*\{:/(?:comment)?\}", re.DOTALL)
_ATTRIBUTES = re.compile(
    r"(?m)^[ \t>]*\{:[^{}\n]*\}[ \t]*$|"  # of the block above or below
    r"\{::[a-z][^{}\n]*\}|\{:/[a-z]*\}|"  # of an extension
    rf"(?<=[)\]*_\x00])(?:{_COLON_LIST})|"
    rf"(?<=\x00)(?:{_PLAIN_LIST})|"
    rf"(?<![ \t])[ \t]++(?:{_COLON_LIST})[ \t]*$|"
    rf"(?:(?<=[-*+] )|(?<=\d[.)] )){_COLON_LIST}[ \t]*"
)
_HEADING_LIST = re.compile(rf"(?m)(?<![ \t])[ \t]*+(?:{_PLAIN_LIST})[ \t]*+#*+[ \t]*$")
_LINK_LIST = re.compile(rf"(\]\([^()\n]{{0,1000}}\)){_PLAIN_LIST}")
_SPAN = re.compile(rf"(?<![!\]\\])\[([^\[\]\n]{{1,1000}})\]{_PLAIN_LIST}")

_MDX_COMMENT = re.compile(r"\{/\*(?:(?!\{/\*|\*/\}).)*\*/\}", re.DOTALL)

_EMBED = re.compile(r"!\[\[[^\[\]\n]{1,500}\]\]")
_WIKI_LINK = re.compile(
    r"(?<![\w!\]\[\\])\[\[(?=[^\s\]])([^\[\]|\n]{0,500}?)(?:\\?\|([^\[\]\n]{1,500}))?(?<!\s)\]\]"
    r"(?![\[(\]:])"
)
_LETTER = re.compile(r"[^\W\d_]")
# `%%d; 5%%` has escaped signs of percentages.
_NO_FORMAT = r"(?![diouxefgcs](?:[^\w\s%]|[ \t][^%\n]*\d%%))"
_COMMENT = re.compile(
    rf"(?m)^[ \t]*%%{_NO_FORMAT}(?:[^%\n]|%(?!%)|\n(?![ \t]*\n))*%%[ \t]*$|"
    r"^[ \t]*%%[ \t]*\n(?:(?![ \t]*%%)[^\n]*\n)*?[ \t]*%%[ \t]*$|"
    rf"(?:(?<=\S) |(?<!\S))%%{_NO_FORMAT}(?=[^\s%])[^%\n]*(?<=[^\s%])%%(?!\w)"
)
_BLOCK_ID = re.compile(
    r"(?m)(?:(?<=\S)[ \t]|^)\^(?=[\d-]*[A-Za-z])[A-Za-z0-9-]{4,60}[ \t]*$(?=\n[ \t]*$|\n?\Z)"
)


def as_commonmark(text: str) -> str:
    """The Markdown text as CommonMark; one without marks as it is. Done again, it changes nothing:
    a text in which marks are nested without end stays as it was."""
    if not _MAY_HAVE.search(text):
        return text
    before = read = text.replace("\r\n", "\n")
    for _ in range(_MOST_PASSES):
        once = _read(read)
        if once == read:
            return text if read == before else read
        read = once
        if not _MAY_HAVE.search(read):
            return read
    return text


def _read(text: str) -> str:
    """The text after each rule once, or up to one that shows marks in what looked like code."""
    hidden = masked(text)
    for rule in RULES:
        if not any(sign in text for sign in rule.signs):
            continue
        edits = rule.edits(text, hidden)
        if edits:
            edits.sort(key=lambda edit: (edit[0], -edit[1]))  # of two, the one that holds the other
            text = _edited(text, edits)
            if rule.unhides:
                return text
            hidden = masked(text)
    return text


def _edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits, in order; one that overlaps the one before is left out."""
    parts, end = [], 0
    for start, stop, written in edits:
        if start >= end:
            parts += [text[end:start], written]
            end = stop
    return "".join([*parts, text[end:]])


def masked(text: str) -> str:
    """The text with each character of code and formulas, but for line ends, as NUL."""
    content = text.encode("utf-8", "replace")  # a lone surrogate becomes a character too
    parts, end = [], 0
    for start, stop in _code(content.decode()):
        if stop > end:
            parts.append(content[end : max(start, end)].decode())
            parts.append(_hidden(content[max(start, end) : stop].decode()))
            end = stop
    return _without_html_code("".join([*parts, content[end:].decode()]))


@lru_cache(maxsize=1)
def _parser() -> Any:
    import pyromark

    options = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_MATH
    return pyromark.Markdown(options=options)


def _code(text: str) -> Iterator[tuple[int, int]]:
    """(first byte, end) of each piece of code."""
    for event, where in _parser().events_with_range(text):
        if event.__class__ is str:  # a break of the line, a rule
            continue
        started = event.get("Start")
        is_block = started.__class__ is dict and "CodeBlock" in started
        if is_block or not event.keys().isdisjoint(_PARSED_CODE):
            yield where["start"], where["end"]


def _hidden(code: str) -> str:
    return _NOT_LINE_END.sub("\x00", code)


def _without_html_code(text: str) -> str:
    parts, end, opened = [], 0, None
    for tag in _HTML_CODE.finditer(text):
        name = tag[2].lower()
        if opened is None and not tag[1]:
            opened = (name, tag.start())
        elif opened is not None and tag[1] and name == opened[0]:
            parts += [text[end : opened[1]], _hidden(text[opened[1] : tag.end()])]
            end, opened = tag.end(), None
    return "".join([*parts, text[end:]])


def _all(pattern: re.Pattern[str], group: int | None = None) -> Callable[[str, str], list[Edit]]:
    """A rule by which what a pattern finds is left out, but for a group of it."""

    def edits(text: str, hidden: str) -> list[Edit]:
        found = pattern.finditer(hidden)
        return [
            (one.start(), one.end(), "" if group is None else text[slice(*one.span(group))])
            for one in found
        ]

    return edits


def _heading_lists(text: str, hidden: str) -> list[Edit]:
    """`{#id .class}` at the end of a heading with marks."""
    found = []
    for one in _HEADING_LIST.finditer(hidden):
        line = hidden.rfind("\n", 0, one.start()) + 1
        if hidden.startswith("#", line) and hidden[line : one.start()].strip("# \t"):
            found.append((one.start(), one.end(), ""))
    return found


def _wiki_links(text: str, hidden: str) -> list[Edit]:
    """Of `[[folder/Note#Heading|shown]]` what is shown, or the note, or the heading."""
    edits = []
    for link in _WIKI_LINK.finditer(hidden):
        note, _, heading = link[1].partition("#")
        shown = (link[2] or note.rsplit("/", 1)[-1] or heading.lstrip("^")).strip()
        if _LETTER.search(shown) and "\x00" not in shown:
            edits.append((link.start(), link.end(), shown))
    return edits


_TAGS = ("{%", "{{")


class Rule(NamedTuple):
    """What is done with one kind of marks. source: whose documentation has the syntax. signs: a
    text without any of them has no such mark. edits: of a text, and of the same text `masked`.
    unhides: what it moves may be code no longer, so that all rules are asked again."""

    name: str
    source: str
    signs: tuple[str, ...]
    edits: Callable[[str, str], list[Edit]]
    unhides: bool = False


RULES = (
    Rule(
        "code as tags", "Hugo: highlight; Jekyll: highlight, raw; Hexo: codeblock", _TAGS, code_tags
    ),
    Rule(
        "code kept raw",
        "Jekyll (Liquid): raw, around what a block of code holds",
        ("{%",),
        raw_in_code,
    ),
    Rule("shortcodes shown", "Hugo: shortcodes, `{{</* … */>}}`", ("</*", "%/*"), escapes),
    Rule(
        "bodies further in",
        "MDX: no indented code; Docusaurus: tabs; Hugo: nested shortcodes",
        ("</", "{{", "{%"),
        levelled,
        unhides=True,
    ),
    Rule(
        "indented bodies",
        "Python-Markdown, Material for MkDocs: `!!!`, `???`, `===`",
        ("!!!", "???", '=== "', '===! "', '===+ "'),
        indented,
    ),
    Rule("bodies in colons", "Docusaurus, VitePress, pandoc, MyST: `:::`", (":::",), colons),
    Rule("callouts", "Obsidian and GitHub: `> [!note]`", ("[!",), callouts),
    Rule("links to tags", "Hugo: ref, relref; Jekyll: link, post_url", _TAGS, linked_tags),
    Rule("tags", "Hugo: shortcodes; Jekyll (Liquid) and Hexo: tags", _TAGS, tags),
    Rule(
        "contents",
        "kramdown, Python-Markdown, markdown-it: toc",
        ("[TOC]", "[toc]", "[[", "{:", "{{"),
        _all(_CONTENTS),
    ),
    Rule("kramdown's comments", "kramdown: extensions", ("{::",), _all(_COMMENTED)),
    Rule("attributes", "kramdown, Python-Markdown: `{: … }`", ("{:", "`{"), _all(_ATTRIBUTES)),
    Rule(
        "attributes of headings", "pandoc, Hugo, Docusaurus: `{#id}`", ("{#", "{."), _heading_lists
    ),
    Rule("attributes of links", "pandoc: link_attributes", ("){",), _all(_LINK_LIST, 1)),
    Rule("bracketed spans", "pandoc: bracketed_spans", ("]{",), _all(_SPAN, 1)),
    Rule("MDX's comments", "MDX: `{/* … */}`", ("{/*",), _all(_MDX_COMMENT)),
    Rule("modules", "MDX: import and export", ("import ", "export "), modules),
    Rule("components", "MDX: JSX", ("<",), components),
    Rule("embedded notes", "Obsidian: `![[…]]`", ("![[",), _all(_EMBED)),
    Rule("links between notes", "Obsidian: `[[…]]`", ("[[",), _wiki_links),
    Rule("notes' comments", "Obsidian: `%%`", ("%%",), _all(_COMMENT)),
    Rule("names of blocks", "Obsidian: `^id`", ("^",), _all(_BLOCK_ID)),
)

# What a text with marks has at least, for polars to look for in many; an angle bracket alone is too
# common, and so is the end of a tag of HTML.
_TOO_COMMON = ("<", "</")
_KNOWN = dict.fromkeys(sign for rule in RULES for sign in rule.signs if sign not in _TOO_COMMON)
SIGNS = "|".join([*map(re.escape, _KNOWN), "</?[A-Z]"])
_MAY_HAVE = re.compile(SIGNS)
