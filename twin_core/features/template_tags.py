"""Tags of templates in Markdown: Hugo's shortcodes, and Liquid's and Hexo's tags and outputs.

Syntax: gohugo.io/content-management/shortcodes, shopify.github.io/liquid,
jekyllrb.com/docs/liquid/tags, hexo.io/docs/tag-plugins.
"""

import re
from collections import Counter
from typing import NamedTuple

from twin_core.features.in_sentences import (
    gap,
    has_words_beside,
    is_spoken_of,
    pair_is_in_sentence,
    word_shown,
)
from twin_core.features.shown_words import (
    BLOCK_START,
    CAPTIONS,
    WINDOW,
    Edit,
    arguments_of,
    before_in_line,
    headed,
    placed,
    said_in,
    title_of,
)

_CODE_TAGS = {"highlight", "codeblock", "code", "prism", "mermaid"}
_NOT_BODIES = {"raw", "comment", "if", "unless", "for", "case", "capture", "tablerow"}
_LOOPS, _CONDITIONS = {"for", "tablerow"}, {"if", "unless", "case"}
_BRANCHES = {"else", "elsif", "elseif", "elif", "when"}
_QUOTING = {"blockquote", "quote", "pullquote"}
_PLAYERS = {"asciinema", "codepen", "gist", "instagram", "tweet", "vimeo", "x", "youtube"}
_SIDE_NOTES = {"aside", "fn", "footnote", "marginnote", "margin-note", "sidenote", "side-note"}
_LONGEST_NOTE = 5000
_BLANK = re.compile(r"\n[ \t]*\n")
_IMAGES = {"asset_img", "img", "image"}
_ILLUSTRATING = _IMAGES | {"figure", "include", "include_relative", "include_cached"}
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
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}")
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
    before = before_in_line(text, tag.start)
    starts = before is not None and BLOCK_START.fullmatch(before)
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
    arguments = arguments_of(tag.given)
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
        line = text.rfind("\n", max(0, tag.start - WINDOW), tag.start)
        above = text.rfind("\n", max(0, line - WINDOW), max(line, 0)) + 1
        below = text.find("\n", closing.end, closing.end + WINDOW)
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


def block_tags(text: str, hidden: str) -> list[tuple[int, int, str, bool]]:
    """(start, end, name, whether it closes) of each tag that may have a body of Markdown. What is
    in a condition or loop of Liquid is read where it stands."""
    return [
        (tag.start, tag.end, f"{{{tag.name}", tag.closes)
        for tag in _tags(hidden, text)
        if tag.name not in _CODE_TAGS and tag.name not in _NOT_BODIES
    ]


def tags(text: str, hidden: str) -> list[Edit]:
    """All other tags: their captions, titles and names; their bodies stay where they are, but for
    comments. What quotes becomes a quotation, and a note within a line stands in parentheses. A
    loop or condition that a sentence is about stays."""
    found = _tags(hidden, text)
    edits: list[Edit] = []
    ends: dict[int, str] = {}
    spoken = _spoken_of(text, found)
    end = 0
    for tag, closing in zip(found, _closing(found), strict=True):
        if tag.start < end or tag.start in spoken:
            continue
        if tag.name in _LOOPS | _CONDITIONS | _BRANCHES and (
            space := gap(text, tag.start, tag.end, tag.name in _BRANCHES)
        ):
            edits.append((tag.start, tag.end, space))
        elif tag.closes or closing is None:
            said = ends.get(tag.start, "") if tag.closes else _alone(text, tag)
            edits.append(placed(text, tag.start, tag.end, said))
        elif tag.name == "comment":
            edits.append((tag.start, closing.end, ""))
            end = closing.end
        elif tag.name in _QUOTING and _starts_block(text, tag.start):
            lines = text[tag.end : closing.start].strip().split("\n")
            quoted = "\n".join(f"> {line}".rstrip() for line in lines)
            edits.append((tag.start, closing.end, f"\n{quoted}\n\n"))
            end = closing.end
        elif tag.name in _SIDE_NOTES and _is_within_line(text, tag, closing):
            edits.append((tag.start, tag.end, _note_opening(text, tag)))
            ends[closing.start] = ") " if text[closing.end : closing.end + 1].isalnum() else ")"
        else:
            edits.append(_opening(text, tag, closing))
    return edits


def _spoken_of(text: str, found: list[Tag]) -> set[int]:
    """Where the loops that a sentence is about begin, and their ends: pairs, and loops and
    conditions without their other half, which no template has."""
    spoken = _halves(text, found)
    for tag, closing in zip(found, found[1:], strict=False):
        pair = tag.name in _LOOPS and tag.name == closing.name
        if pair and closing.closes and not tag.closes:
            if is_spoken_of(text, tag.start, slice(tag.end, closing.start), closing.end):
                spoken |= {tag.start, closing.start}
    return spoken


def _halves(text: str, found: list[Tag]) -> set[int]:
    """Where loops and conditions begin in a sentence that nothing closes, or ends of none."""
    halves: set[int] = set()
    opened: Counter[str] = Counter()
    for tag, closing in zip(found, _closing(found), strict=True):
        if tag.name not in _LOOPS | _CONDITIONS:
            continue
        half = not opened[tag.name] if tag.closes else closing is None
        if half and has_words_beside(text, tag.start, tag.end):
            halves.add(tag.start)
        opened[tag.name] += -1 if tag.closes and not half else not tag.closes
    return halves


def _opening(text: str, tag: Tag, closing: Tag) -> Edit:
    """The title of a tag with a body, apart from that; none in a sentence."""
    title = title_of(tag.name, tag.given)
    if title and pair_is_in_sentence(text, tag.start, closing.end):
        title = ""
    if title and text[tag.end : min(closing.start, tag.end + WINDOW)].split("\n", 1)[0].strip():
        return headed(text, tag.start, tag.end, title)
    return placed(text, tag.start, tag.end, title)


def _is_within_line(text: str, tag: Tag, closing: Tag) -> bool:
    """Whether a note with a body begins behind words of its line and ends in its paragraph."""
    before = before_in_line(text, tag.start)
    behind = before is None or not BLOCK_START.fullmatch(before)
    end = min(closing.start, tag.end + _LONGEST_NOTE)
    body = text[tag.end : end]
    return behind and end == closing.start and bool(body.strip()) and not _BLANK.search(body)


def _note_opening(text: str, tag: Tag) -> str:
    title = title_of(tag.name, tag.given)
    lead = "(" if text[tag.start - 1].isspace() else " ("
    return f"{lead}{title}: " if title else lead


def _starts_block(text: str, start: int) -> bool:
    before = before_in_line(text, start)
    return before is not None and not before.strip()


def _alone(text: str, tag: Tag) -> str:
    """The author's words in a tag without a body."""
    if text.startswith("{%", tag.start) and (label := _next_label(tag)):
        return label
    arguments = arguments_of(tag.given.rstrip("/"))
    quoted = [one.value for one in arguments if one.quoted and not one.name]
    if tag.name in _PLAYERS:
        return "\n\n".join(said_in(arguments, ("caption",)))
    if tag.name == "link" and (address := _ADDRESS.search(tag.given)):
        shown = tag.given[: address.start()].strip(" \"'")
        return f"[{shown}]({address[0]})" if shown and "[" not in shown else ""
    if tag.name in _NAMED_LINKS:
        words = [one.value for one in arguments[1:] if one.value not in ("true", "false")]
        return " ".join(words)
    if tag.name in _IMAGES and quoted and not said_in(arguments, CAPTIONS):
        return quoted[-1].split("'")[0].strip() if " " in quoted[-1] else ""
    names = (*CAPTIONS, "description") if tag.name in _ILLUSTRATING else CAPTIONS
    shown = word_shown(text, tag.start, tag.end, tag.name, arguments)
    return shown or "\n\n".join(said_in(arguments, names))


def _next_label(tag: Tag) -> str:
    """What Hexo's theme NexT shows of `{% label class@words %}` and `{% btn url, words, icon %}`
    (theme-next.js.org/docs/tag-plugins)."""
    if tag.name == "label":
        return tag.given.partition("@")[2].strip()
    if tag.name in ("btn", "button") and tag.given[:1] not in ("'", '"'):
        return "".join(tag.given.split(",")[1:2]).strip()
    return ""
