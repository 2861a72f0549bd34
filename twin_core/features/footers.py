"""What publishing tools put around a text: calls to subscribe, share bars, comments, related posts.

Named rules, for a document that stands alone; what a site repeats in other words is learnt
(`boilerplate`). Blocks alone are judged, never part of a paragraph; long ones are the author's.
The patterns are in `footer_rules`.
"""

import re
from collections.abc import Collection
from itertools import islice

import polars as pl

from twin_core.features import footer_rules as rules
from twin_core.markdown import Block, blocks

MAX_LENGTH = 600  # characters of a block that is a call to subscribe, a share bar, a notice
MAX_TITLE = 80  # characters of what heads a part; also of what is read without a clue
PLACES = ("prose", "list", "heading", "quote", "table", "html")

Cuts = dict[int, str]  # place of a block → the rule by which it is cut
# Rules for a part, which begins at its title; of single blocks: `footer_rules.CALLS`.
COMMENTS, AFTERWORDS, AFTERCALLS = "comments", "further reading", "closing call"

_MARKS = re.compile(
    r"!?\[([^\]\n]*)\]\([^)\n]*\)|<[^>\n]*>|[*_#>|`\\]|^[ \t]*(?:[-+]|\d+[.)])[ \t]",
    re.MULTILINE,
)
_FEW_WORDS = 25  # of a last part: a form, one comment, or nothing
_CLOSING_WORDS = 80  # of a closing call or the lines about the author; more is a section
_WORDS_A_SIGN = 150  # of a part of comments, at most: readers write less than that each
_LINKED = re.compile(r"\[([^\[\]\n]*)\]\([^)\n]{0,1000}\)|https?://\S+")


def footers_all(texts: list[str], parsed: list[list[Block]]) -> list[Cuts]:
    """For each text the places, among its blocks, of what a publishing tool put there, and the rule
    that says so."""
    places = [
        (number, place, block.start, block.end)
        for number, found in enumerate(parsed)
        for place, block in enumerate(found)
        if block.kind in PLACES and block.end - block.start < MAX_LENGTH
    ]
    pieces = [texts[number][start:end] for number, _, start, end in places]
    series = pl.Series(pieces, dtype=pl.String)
    suspect = (series.str.len_bytes() <= MAX_TITLE) | series.str.contains(rules.CLUE)
    cuts: list[Cuts] = [{} for _ in texts]
    for at in suspect.arg_true():
        number, place, *_ = places[at]
        if place not in cuts[number]:
            said = _said(pieces[at])
            rule, end = _part(texts[number], parsed[number], place, said) or (call(said), place + 1)
            if rule:
                cuts[number].update(dict.fromkeys(range(place, end), rule))
    return cuts


def call(said: str) -> str | None:
    """The rule of `CALLS` that a block falls under; said: its words as `_said` gives them."""
    found = rules.CALL.fullmatch(said)
    return rules.CALLS[int(str(found.lastgroup)[4:])] if found else None


def _said(block: str) -> str:
    """The block's words in lower case, without Markdown's marks and links."""
    plain = _MARKS.sub(r"\1", block)
    return " ".join(plain.split()).lower().replace("’", "'")


def _part(text: str, found: list[Block], place: int, said: str) -> tuple[str, int] | None:
    """(rule, end) of the part of comments, calls or further reading that begins at this block. An
    article's first block begins none."""
    if len(said) > MAX_TITLE or not place:
        return None
    heads = found[place].kind == "heading"
    following = (i for i in range(place + 1, len(found)) if not _below(found[i], found[place]))

    def part() -> tuple[str, int]:
        end = next(following, len(found))
        return text[found[place].end : found[end - 1].end], end

    if rules.COMMENTS_TITLE.fullmatch(said):
        body, end = part()
        return (COMMENTS, end) if _is_comments(said, body, last=end == len(found)) else None
    if heads and rules.AFTERCALLS_TITLE.fullmatch(said):
        body, end = part()
        return (AFTERCALLS, end) if len(body.split()) <= _CLOSING_WORDS else None
    more = heads and rules.MORE_TITLE.fullmatch(said)
    if more or heads and rules.AFTERWORDS_TITLE.fullmatch(said):
        body, end = part()
        return (AFTERWORDS, end) if _is_list_of_links(body, 0 if more else _FEW_WORDS) else None
    return None


def _is_comments(said: str, part: str, last: bool) -> bool:
    """Whether the part under this title was written by a tool and its readers: a title alone says
    nothing, since an author may write of comments, too."""
    words = len(part.split())
    entries = sum(1 for _ in islice(rules.ENTRY.finditer(part), 2 + words // _WORDS_A_SIGN))
    form = sum(1 for _ in islice(rules.FORM.finditer(part), 2))
    signs = entries + (form if entries or words <= 2 * _FEW_WORDS else 0)
    short = last and words <= _FEW_WORDS
    many = signs >= max(2, words / _WORDS_A_SIGN)
    return many or short and bool(signs or rules.COMMENTS_TOOL.fullmatch(said))


def _is_list_of_links(part: str, few: int) -> bool:
    """Whether most words are links, or whether there are next to none."""
    linked = sum(len((match[1] or "a link").split()) for match in _LINKED.finditer(part))
    words = len(_LINKED.sub(r"\1", part).split())
    return words <= few or 2 * linked >= words


def without(text: str, found: list[Block], places: Collection[int]) -> tuple[str, list[Block]]:
    """The text without the blocks at these places, and without headings left with nothing below;
    and the blocks of that text."""
    if not places:
        return text, found
    cut = {*places} | _bereft(found, {*places})
    kept = len(found) - len(cut)
    if min(cut) == kept:  # all at the end: what stands before is parsed as it was
        return (text[: found[kept - 1].end], found[:kept]) if kept else ("", [])
    ends = [block.start for block in found[1:]] + [len(text)]
    left = (
        "".join(
            text[block.start : end]
            for place, (block, end) in enumerate(zip(found, ends, strict=True))
            if place not in cut
        )
        .lstrip("\n")
        .rstrip()
    )
    return left, blocks(left)


def _bereft(found: list[Block], cut: set[int]) -> set[int]:
    """Headings whose section had text, all of which is cut."""
    bereft: set[int] = set()
    for place, block in enumerate(found):
        if block.kind != "heading" or place in cut:
            continue
        section = [i for i in range(place + 1, len(found)) if _below(found[i], block)]
        bodies = [i for i in section if found[i].kind not in ("heading", "rule")]
        if bodies and cut.issuperset(bodies):
            bereft.add(place)
    return bereft


def _below(block: Block, heading: Block) -> bool:
    """Whether the block stands in the heading's section."""
    path = heading.headings
    return block.headings[: len(path)] == path
