"""Tags of templates in Markdown: Hugo's shortcodes, and Liquid's and Hexo's tags and outputs.

Syntax: gohugo.io/content-management/shortcodes, shopify.github.io/liquid,
jekyllrb.com/docs/liquid/tags, hexo.io/docs/tag-plugins.
"""

import re
from typing import NamedTuple

Edit = tuple[int, int, str]  # text[start:end] becomes this

_CODE_TAGS = {"highlight", "codeblock", "code", "prism", "mermaid"}
_QUOTING = {"blockquote", "quote", "pullquote"}
_PLAYERS = {"asciinema", "codepen", "gist", "instagram", "tweet", "vimeo", "x", "youtube"}
_CAPTIONS = ("title", "caption")
_TITLES = ("title", "summary", "label", "header")
_IMAGES = {"asset_img", "img", "image"}
_NAMED_LINKS = {"post_link", "asset_link"}

# A tag ends before the next begins and in its paragraph: what is unfinished is read once.
_TAG = re.compile(
    r"\{\{[<%]\s*+(?:(?P<slash>/)\s*+)?(?P<hugo>[A-Za-z][\w.-]*+(?:/[\w.-]++)*+)(?=[\s/>%\"'`])"
    r"(?P<given>(?:(?!\{\{|[>%]\}\}|\n[ \t]*\n).)*)[>%]\}\}|"
    r"(?<!\{)\{%-?\s*+(?P<liquid>[A-Za-z_][\w-]*+)(?=[\s%])"
    r"(?P<said>(?:(?!\{%|%\}|\n[ \t]*\n).)*)%\}",
    re.DOTALL,
)
_ESCAPED = re.compile(
    r"\{\{(?P<open>[<%])/\*(?P<inner>(?:(?!\{\{|\*/[>%]\}\})[^\n])*)\*/(?P<close>[>%])\}\}"
)
_SHOWN = re.compile(r"\{\{[^{}`\n]*\}\}|\{%[^{}`\n]*%\}")
_ONE = r"(?:\{\{[<%](?:(?!\}\})[^\n{])*\}\}|\{%(?:(?!%\})[^\n{])*%\})"
_LINKED = re.compile(
    rf"(!?)\[([^\[\]\n]*)\]\([ \t]*<?{_ONE}[^\s()]*(?:[ \t]+\"[^\"\n]*\")?[ \t]*\)"
)
_DEFINITION = re.compile(rf"(?m)^( {{0,3}}\[[^\[\]\n]+\]:[ \t]*){_ONE}[^\n]*$")
_LITERAL = re.compile(
    r"\{\{-?\s*(?:\"([^\"{}\n]*)\"|'([^'{}\n]*)')\s*\|\s*(?:relative_url|absolute_url|"
    r"prepend:\s*site\.)[^{}\n]*\}\}"
)
_OUTPUT = re.compile(r"\{\{-?\s*(?:site|page)\.[^{}\n]*\}\}")
_ARGUMENT = re.compile(
    r"(?:(?P<name>[\w-]++)\s*+=\s*+\{?)?"
    r"(?:\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>(?:[^'\\]|\\.)*)'|`(?P<raw>[^`]*)`|"
    r"(?P<word>[^\s\"'=`]+))",
    re.DOTALL,
)
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}")
_BLOCK_START = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")
_WINDOW = 200  # characters before a tag in which its line has to begin
_ADDRESS = re.compile(r"https?://\S+")
_FENCE = re.compile(r"[ \t>]*(?:`{3}|~{3})")
_TICKS = re.compile("`+")


class Tag(NamedTuple):
    """One tag at text[start:end]. given: its arguments, as they are written."""

    start: int
    end: int
    name: str
    closes: bool
    given: str


class Argument(NamedTuple):
    name: str
    value: str
    quoted: bool


def _tags(hidden: str, text: str) -> list[Tag]:
    found = []
    for one in _TAG.finditer(hidden):
        liquid = one["liquid"]
        given = text[slice(*one.span("said" if liquid else "given"))].strip()
        if liquid:
            liquid = liquid.rstrip("-")  # `{%raw-%}`
            closes = liquid.startswith("end") and len(liquid) > 3
            name, given = liquid[3:] if closes else liquid, given.removesuffix("-")
        else:
            name, closes = one["hugo"], bool(one["slash"])
        found.append(Tag(one.start(), one.end(), name, closes, given))
    return found


def _closing(found: list[Tag]) -> list[Tag | None]:
    """Of each tag the next that closes one of its name."""
    following: dict[str, Tag] = {}
    closing: list[Tag | None] = []
    for tag in reversed(found):
        closing.append(following.get(tag.name))
        if tag.closes:
            following[tag.name] = tag
    return closing[::-1]


def _arguments(given: str) -> list[Argument]:
    found = []
    for one in _ARGUMENT.finditer(given):
        kind = one.lastgroup or "word"
        value = one[kind].replace('\\"', '"') if kind == "double" else one[kind]
        found.append(Argument(one["name"] or "", value.strip(), kind != "word"))
    return found


def _said(arguments: list[Argument], names: tuple[str, ...]) -> list[str]:
    """The values of those arguments, each once, in the order of the names."""
    values = [one.value for name in names for one in arguments if one.name == name]
    return list(dict.fromkeys(" ".join(value.split()) for value in values if value))


def code_tags(text: str, hidden: str) -> list[Edit]:
    """Tags around code become fences, or marks of code within a line; what is raw in prose is
    shown as code. The end may stand in what looks like code, as ends in code's own marks do."""
    found = _tags(text, text)
    edits: list[Edit] = []
    end = 0
    for tag, closing in zip(found, _closing(found), strict=True):
        if tag.start < end or tag.closes or closing is None or hidden[tag.start] == "\x00":
            continue
        if tag.name in _CODE_TAGS:
            edits.append((tag.start, closing.end, _as_code(text, tag, closing)))
            end = closing.end
        elif tag.name == "raw":
            shown = _SHOWN.finditer(hidden, tag.end, closing.start)
            edits.append((tag.start, tag.end, ""))
            edits += [(one.start(), one.end(), f"`{one[0]}`") for one in shown]
            edits.append((closing.start, closing.end, ""))
            end = closing.end
    return edits


def _as_code(text: str, tag: Tag, closing: Tag) -> str:
    body = text[tag.end : closing.start]
    before = _before(text, tag.start)
    starts = before is not None and _BLOCK_START.fullmatch(before)
    if not starts and "\n" not in body.strip():
        ticks = _marks(body, 1)
        return f"{ticks}{body.strip()}{ticks}" if body.strip() else ""
    within = re.sub(r"[^>\s]", " ", before) if starts and before else ""
    lines = body.strip("\n").rstrip().split("\n")
    if not lines[0].strip():
        lines = lines[1:]
    prefix = within.rstrip() if ">" in within else within
    lines = [line if not line or line.startswith(prefix) else within + line for line in lines]
    fence = _marks(body, 3)
    written = [f"{fence}{_language(tag)}", *lines, f"{within}{fence}"]
    after = text[closing.end : closing.end + 1]
    lead = "" if starts else "\n\n"
    return lead + "\n".join(written) + ("" if after in ("", "\n") else f"\n{within}")


def _marks(body: str, least: int) -> str:
    """Backticks that do not stand in the code."""
    runs = [len(run) for run in _TICKS.findall(body)]
    return "`" * max(least, *(length + 1 for length in runs), least)


def _language(tag: Tag) -> str:
    arguments = _arguments(tag.given)
    named = [one.value for one in arguments if one.name in ("lang", "language")]
    prefixed = [one.value[5:] for one in arguments if one.value.startswith("lang:")]
    first = [one.value for one in arguments[:1] if not one.name and tag.name != "codeblock"]
    if tag.name == "mermaid":
        return "mermaid"
    said = next(iter(named + prefixed + first), "")
    return said if _LANGUAGE.fullmatch(said) else ""


def raw_in_code(text: str, hidden: str) -> list[Edit]:
    """`{% raw %}` and its end around all that a block or span of code holds."""
    found = _tags(text, text)
    edits: list[Edit] = []
    for tag, closing in zip(found, _closing(found), strict=True):
        if tag.name != "raw" or tag.closes or closing is None or hidden[tag.start] != "\x00":
            continue
        first, last = text[tag.start - 1 : tag.start], text[closing.end : closing.end + 1]
        if first == last == "`":
            edits += [(tag.start, tag.end, ""), (closing.start, closing.end, "")]
            continue
        line = text.rfind("\n", max(0, tag.start - _WINDOW), tag.start)
        above = text.rfind("\n", max(0, line - _WINDOW), max(line, 0)) + 1
        below = text.find("\n", closing.end, closing.end + _WINDOW)
        fenced = line > 0 and _FENCE.match(text, above) and not text[line : tag.start].strip(" \n>")
        if fenced and below > 0 and _FENCE.match(text, below + 1):
            stop = tag.end + (text[tag.end : tag.end + 1] == "\n")
            start = text.rfind("\n", tag.end, closing.start)
            own = start >= stop - 1 and not text[start : closing.start].strip(" \n>")
            edits.append((line + 1, stop, text[line + 1 : tag.start] if stop == tag.end else ""))
            edits.append((max(start, stop) if own else closing.start, closing.end, ""))
    return edits


def escapes(text: str, hidden: str) -> list[Edit]:
    """Shortcodes that are shown: plain in code, and as code in prose."""
    edits: list[Edit] = []
    for one in _ESCAPED.finditer(text):
        plain = f"{{{{{one['open']}{one['inner']}{one['close']}}}}}"
        if hidden[one.start()] == "\x00":
            edits.append((one.start(), one.end(), plain))
        elif "`" not in plain and "/*" not in plain:
            edits.append((one.start(), one.end(), f"`{plain}`"))
    return edits


def linked_tags(text: str, hidden: str) -> list[Edit]:
    """Links whose target a tag would look up, as their text; outputs as what they begin with."""
    edits: list[Edit] = []
    for one in _LINKED.finditer(hidden):
        edits.append((one.start(), one.end(), "" if one[1] else text[slice(*one.span(2))]))
    for one in _DEFINITION.finditer(hidden):
        edits.append((one.start(), one.end(), f"{text[slice(*one.span(1))]}#"))
    for one in _LITERAL.finditer(hidden):
        edits.append((one.start(), one.end(), one[1] or one[2] or ""))
    return edits + [(one.start(), one.end(), "") for one in _OUTPUT.finditer(hidden)]


def tags(text: str, hidden: str) -> list[Edit]:
    """All other tags: their captions, titles and names; their bodies stay where they are, but for
    comments. What quotes becomes a quotation."""
    found = _tags(hidden, text)
    edits: list[Edit] = []
    end = 0
    for tag, closing in zip(found, _closing(found), strict=True):
        if tag.start < end:
            continue
        if tag.closes or closing is None:
            said = "" if tag.closes else _alone(tag)
            edits.append(_placed(text, tag.start, tag.end, said))
        elif tag.name == "comment":
            edits.append((tag.start, closing.end, ""))
            end = closing.end
        elif tag.name in _QUOTING and _starts_block(text, tag.start):
            lines = text[tag.end : closing.start].strip().split("\n")
            quoted = "\n".join(f"> {line}".rstrip() for line in lines)
            edits.append((tag.start, closing.end, f"\n{quoted}\n\n"))
            end = closing.end
        else:
            edits.append(_placed(text, tag.start, tag.end, _title(tag.given)))
    return edits


def _starts_block(text: str, start: int) -> bool:
    before = _before(text, start)
    return before is not None and not before.strip()


def _alone(tag: Tag) -> str:
    """The author's words in a tag without a body."""
    arguments = _arguments(tag.given.rstrip("/"))
    quoted = [one.value for one in arguments if one.quoted and not one.name]
    if tag.name in _PLAYERS:
        return "\n\n".join(_said(arguments, ("caption",)))
    if tag.name == "link" and (address := _ADDRESS.search(tag.given)):
        shown = tag.given[: address.start()].strip(" \"'")
        return f"[{shown}]({address[0]})" if shown and "[" not in shown else ""
    if tag.name in _NAMED_LINKS:
        words = [one.value for one in arguments[1:] if one.value not in ("true", "false")]
        return " ".join(words)
    if tag.name in _IMAGES and quoted and not _said(arguments, _CAPTIONS):
        return quoted[-1].split("'")[0].strip() if " " in quoted[-1] else ""
    return "\n\n".join(_said(arguments, _CAPTIONS))


def _title(given: str) -> str:
    """The title that a tag with a body has, in bold."""
    arguments = _arguments(given)
    bare = [one.value for one in arguments if one.quoted and not one.name]
    words = [value for value in bare if value[:1].isupper() or " " in value]
    said = _said(arguments, _TITLES) or [value for value in words if "/" not in value]
    return bold(" ".join(said[0].split())) if said else ""


def bold(title: str) -> str:
    return title if not title or "*" in title or "`" in title else f"**{title}**"


def in_prose(text: str, start: int, end: int, said: str, has_body: bool) -> Edit:
    """Text[start:end], a component with the attributes `said`, as the words that are shown."""
    shown = _title(said) if has_body else "\n\n".join(_said(_arguments(said), _CAPTIONS))
    return _placed(text, start, end, shown)


def _before(text: str, start: int) -> str | None:
    """What stands before a place in its line; None where that is long."""
    window = text[max(0, start - _WINDOW) : start]
    _, newline, before = window.rpartition("\n")
    return before if newline or start <= _WINDOW else None


def _placed(text: str, start: int, end: int, written: str) -> Edit:
    """What is written in place of a tag: a paragraph, if it has its line for itself."""
    before = _before(text, start)
    after = text[end : end + _WINDOW].split("\n", 1)[0]
    alone = before is not None and _BLOCK_START.fullmatch(before) and not after.strip()
    if alone and written and before is not None:
        within = re.sub(r"[^>\s]", " ", before)
        blank = f"\n{within.rstrip()}\n{within}"
        lead = f"\n{within}" if within == before else ""
        return start, end, lead + written.replace("\n\n", blank) + f"\n{within.rstrip()}"
    if not written and not alone and text[start - 1 : start] == " " and after[:1] in ("", " "):
        start -= 1
    return start, end, written.replace("\n\n", " ") if not alone else written
