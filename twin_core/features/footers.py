"""What publishing tools put around a text: calls to subscribe, share bars, comments, related posts.

Named rules, for a document that stands alone; what a site repeats in other words is learnt
(`boilerplate`). Blocks alone are judged, never part of a paragraph; long ones are the author's.
The patterns are in `footer_rules` and `footer_parts`.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

import polars as pl

from twin_core.features import footer_parts as parts
from twin_core.features import footer_rules as rules
from twin_core.features.share_links import hands_on
from twin_core.markdown import PROSE, Block, blocks

MAX_LENGTH = 600  # characters of a block that is a call to subscribe, a share bar, a notice
MAX_TITLE = 80  # characters of what heads a part; also of what is read without a clue
PLACES = ("prose", "list", "heading", "quote", "table", "html")

Cuts = dict[int, str]  # place of a block → the rule by which it is cut
# Rules for a part, which begins at its title; of single blocks: `footer_rules.CALLS`.
COMMENTS, AFTERWORDS, AFTERCALLS = "comments", "further reading", "closing call"

_MARKS = r"(?m)!?\[([^\]\n]*)\]\([^)\n]*\)|<[^>\n]*>|[*_#>|`\\]|^[ \t]*(?:[-+]|\d+[.)])[ \t]"
_SUSPECT = (pl.col("piece").str.len_bytes() <= MAX_TITLE) | pl.col("piece").str.contains(rules.CLUE)
# A block's words in lower case, without Markdown's marks and links; a title has none.
_SAID = (
    pl.coalesce("title", pl.col("piece").str.replace_all(_MARKS, "${1}"))
    .str.replace_all(r"\s+", " ")
    .str.strip_chars()
    .str.to_lowercase()
    .str.replace_all("’", "'", literal=True)
)
_FEW_WORDS = 25  # of a last part: a form, one comment, or nothing
_BLURB = 10  # that say what a newsletter is; more are an author's who writes of it
_CLOSING_WORDS = 80  # of a closing call or the lines about the author; more is a section
_WORDS_A_SIGN = 150  # of a part of comments, at most: readers write less than that each
MAX_TITLES = 20  # of parts, counted from the end: more have no tool's page
EDGE_WORDS = 60  # that may stand outside a text's first and last calls
_LINK = re.compile(r"(?:[*_]{0,2}!?\[[^\[\]\n]*\]\([^()\n]*\)[*_]{0,2}+\s*+)++")
_LINKS = re.compile(r"(?:[-+*|·•\s\d.)]*+!?\[[^\[\]\n]*\]\([^()\n]*\))+[*|\s]*")
_LINKED = re.compile(r"\[([^\[\]\n]*)\]\([^)\n]{0,1000}\)|https?://\S+")


def footers_all(texts: list[str], parsed: list[list[Block]]) -> list[Cuts]:
    """For each text the places, among its blocks, of what a publishing tool put there, and the rule
    that says so."""
    places = [
        (number, place, block)
        for number, found in enumerate(parsed)
        for place, block in enumerate(found)
        if block.kind in PLACES and block.end - block.start < MAX_LENGTH
    ]
    blocks = pl.DataFrame(
        {
            "piece": [texts[number][block.start : block.end] for number, _, block in places],
            "title": [
                block.headings[-1] if block.kind == "heading" else None for *_, block in places
            ],
        },
        schema={"piece": pl.String, "title": pl.String},
    ).with_row_index()
    suspects: list[dict[int, str]] = [{} for _ in texts]
    for at, said in blocks.filter(_SUSPECT).select("index", _SAID).iter_rows():
        number, place, _ = places[at]
        suspects[number][place] = said
    return list(map(_footers, texts, parsed, suspects))


def _footers(text: str, found: list[Block], suspects: dict[int, str]) -> Cuts:
    """What is cut of one text; from its end, since what counts as its end depends on what is cut
    below. suspects: the words of the blocks that may be footers."""
    cuts: Cuts = {}
    if not any(_may_be_cut(text, found, suspects)):
        return cuts
    words = [len(text[block.start : block.end].split()) for block in found]
    before, after, titles = sum(words), 0, 0
    for place in range(len(found) - 1, -1, -1):
        before -= words[place]
        block, said = found[place], suspects.get(place)
        cut: tuple[str, int] | None = None
        if said is not None:
            if len(said) <= MAX_TITLE and place and titles < MAX_TITLES:
                titles += parts.is_title(said)
                cut = _part(text, found, place, said, after)
            if not cut and block.kind != "heading":
                edge = after <= EDGE_WORDS or before <= EDGE_WORDS
                rule = _alone(text[block.start : block.end], said, edge)
                cut = (rule, place + 1) if rule else None
        if cut:
            after -= sum(words[i] for i in range(place + 1, cut[1]) if i not in cuts)
            cuts.update(dict.fromkeys(range(place, cut[1]), cut[0]))
        else:
            after += words[place]
    return cuts


def _may_be_cut(text: str, found: list[Block], suspects: dict[int, str]) -> Iterator[bool]:
    """Whether each suspect is cut, or heads what is, while no other is: in few texts any does."""
    edges = {*_first(text, enumerate(found)), *_first(text, reversed([*enumerate(found)]))}
    for place, said in suspects.items():
        block = found[place]
        yield len(said) <= MAX_TITLE and parts.is_title(said)
        if block.kind != "heading":
            yield bool(_alone(text[block.start : block.end], said, place in edges))


def _first(text: str, numbered: Iterable[tuple[int, Block]]) -> Iterator[int]:
    """The places of those blocks that have at most `EDGE_WORDS` words before them."""
    before = 0
    for place, block in numbered:
        if before > EDGE_WORDS:
            return
        yield place
        before += len(text[block.start : block.end].split())


def _alone(piece: str, said: str, edge: bool) -> str | None:
    """The rule by which a block is cut by itself. edge: it is among a text's first or last."""
    anywhere = edge or bool(_LINK.fullmatch(piece.strip()))
    rule = call(said, rules.CALL if anywhere else rules.CALL_ANYWHERE)
    if rule == "share bar" and "](" not in piece and not rules.SHARING.search(said):
        return None  # names of networks alone are a list of them
    return rule or ("share bar" if anywhere and hands_on(piece) else None)


def call(said: str, among: re.Pattern[str] = rules.CALL) -> str | None:
    """The rule of `CALLS` that a block falls under; said: its words as `_SAID` gives them."""
    found = among.fullmatch(said)
    return rules.CALLS[int(str(found.lastgroup)[4:])] if found else None


def _part(
    text: str, found: list[Block], place: int, said: str, after: int
) -> tuple[str, int] | None:
    """(rule, end) of the part of comments, calls or further reading that begins at this block.
    after: words that stay below the block."""
    if parts.POLL_TITLE.fullmatch(said):
        return _poll(text, found, place, after)
    heads = found[place].kind == "heading"
    if not parts.is_title(said) or not (heads or parts.COMMENTS_TITLE.fullmatch(said)):
        return None
    end = _section_end(found, place)
    if parts.SHARE_TITLE.fullmatch(said):  # what follows the bar may be the author's last words
        bar = _bar_end(text, found, place + 1, end)
        end = bar if bar > place + 1 else end
    part, last = text[found[place].end : found[end - 1].end], end == len(found)
    if parts.COMMENTS_TITLE.fullmatch(said):
        return (COMMENTS, end) if _is_comments(said, part, last) else None
    if parts.AFTERCALLS_TITLE.fullmatch(said):
        words = len(part.split())
        near = after - words <= EDGE_WORDS and words <= _CLOSING_WORDS
        return (AFTERCALLS, end) if near and _is_call(said, part, words, last) else None
    few = 0 if parts.MORE_TITLE.fullmatch(said) or _in_sentences(part) else _FEW_WORDS
    return (AFTERWORDS, end) if _is_list_of_links(part, few) else None


def _poll(text: str, found: list[Block], place: int, after: int) -> tuple[str, int] | None:
    """The question that begins at this block, with the links that answer it, if those are all that
    is in the next block."""
    if place + 1 == len(found) or found[place + 1].kind not in (PROSE, "list"):
        return None
    answers = text[found[place + 1].start : found[place + 1].end]
    near = after - len(answers.split()) <= EDGE_WORDS
    return (AFTERCALLS, place + 2) if near and _LINKS.fullmatch(answers.strip()) else None


def _bar_end(text: str, found: list[Block], start: int, end: int) -> int:
    """The place after the blocks from `start` on that are links for sharing."""
    while start < end and hands_on(text[found[start].start : found[start].end]):
        start += 1
    return start


def _is_call(said: str, part: str, words: int, last: bool) -> bool:
    """Whether the part under this title calls for something, or says who the author is. Sentences
    in the first person are the author's own, unless there is a link or a call beside them."""
    if _LINKED.search(part):
        return True
    author = "author" in said
    if parts.FIRST_PERSON.search(part) and not (author and words <= _FEW_WORDS):
        return bool(parts.CALLING.search(part) or parts.MINE.search(said))
    told = words > _BLURB and _in_sentences(part) and not parts.CALLING.search(part)
    if told and not author:  # of the author's, though about what the title names
        return False
    return last and (words <= _FEW_WORDS or author) or bool(parts.INVITING.search(part))


def _in_sentences(part: str) -> bool:
    """Whether a paragraph of the part is a sentence, with no link in all of it."""
    if _LINKED.search(part):
        return False
    return any(parts.SENTENCE.match(piece.strip()) for piece in part.split("\n\n"))


def _section_end(found: list[Block], place: int) -> int:
    """The place after the last block of the section that begins at this block."""
    for at in range(place + 1, len(found)):
        if not _below(found[at], found[place]):
            return at
    return len(found)


def _is_comments(said: str, part: str, last: bool) -> bool:
    """Whether the part under this title was written by a tool and its readers: a title alone says
    nothing, since an author may write of comments, too; and may quote answers, under a title that
    no tool gives."""
    words = len(part.split())
    enough = max(2, words / _WORDS_A_SIGN)
    entries = _count(parts.ENTRY, part, enough)
    own = parts.DISCUSSION.fullmatch(said)
    if entries or not own or parts.WEBMENTIONS.fullmatch(said):
        entries += _count(parts.DATED, part, enough)
    if not own:
        entries += _count(parts.SAYING, part, enough)
    if parts.COMMENTS_TOOL.fullmatch(said):
        entries += _count(parts.NAMED, part, enough)
    if parts.WEBMENTIONS.fullmatch(said):
        entries += _count(parts.MENTION, part, enough)
    form = _count(parts.FORM, part, 2)
    signs = entries + (form if entries or words <= 2 * _FEW_WORDS else 0)
    titled = bool(parts.COMMENTS_TOOL.fullmatch(said))
    if parts.COUNTED_TITLE.fullmatch(said):  # an author counts them, too, and goes on in sentences
        titled = not _in_sentences(part) or bool(parts.CLOSED.search(part))
    return signs >= enough or last and words <= _FEW_WORDS and bool(signs or titled)


def _count(pattern: re.Pattern[str], text: str, enough: float) -> int:
    """How often the pattern is found, counted no further than needed."""
    return sum(1 for _ in islice(pattern.finditer(text), int(enough) + 1))


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
        section = range(place + 1, _section_end(found, place))
        bodies = [i for i in section if found[i].kind not in ("heading", "rule")]
        if bodies and cut.issuperset(bodies):
            bereft.add(place)
    return bereft


def _below(block: Block, heading: Block) -> bool:
    """Whether the block stands in the heading's section."""
    path = heading.headings
    if block.kind == "heading" and len(block.headings) <= len(path):
        return heading.kind != "heading" and block.headings == path
    return block.headings[: len(path)] == path
