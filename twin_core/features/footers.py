"""What publishing tools put around a text: calls to subscribe, share bars, comments, related posts.

Named rules, for a document that stands alone; what a site repeats in other words is learnt
(`boilerplate`). Blocks alone are judged, never part of a paragraph; long ones are the author's.
English is here; `footer_phrases` has the same of other languages.
"""

import re
from collections.abc import Collection
from itertools import islice

import polars as pl

from twin_core.features import footer_phrases as phrases
from twin_core.markdown import Block, blocks

MAX_LENGTH = 600  # characters of a block that is a call to subscribe, a share bar, a notice
MAX_TITLE = 80  # characters of what heads a part; also of what is read without a clue
PLACES = ("prose", "list", "heading", "quote", "table", "html")

Cuts = dict[int, str]  # place of a block → the rule by which it is cut
# Rules for a part, which begins at its title.
COMMENTS, AFTERWORDS, AFTERCALLS = "comments", "further reading", "closing call"

_MARKS = re.compile(
    r"!?\[([^\]\n]*)\]\([^)\n]*\)|<[^>\n]*>|[*_#>|`\\]|^[ \t]*(?:[-+]|\d+[.)])[ \t]",
    re.MULTILINE,
)

# Blocks of their own, lower case, without marks. By what they are, in English.
_CALLS = {
    "thanks for reading": (
        r"(?:thanks|thank you) (?:so much )?for (?:reading|subscribing|being here)\b.*"
        r"(?:subscrib|support|share|newsletter|substack).*"
    ),
    "reader-supported": (
        r".* is a (?:reader|community|listener)[- ]supported (?:publication|newsletter|podcast).*"
    ),
    "call to subscribe": (
        r"(?:.*[.!?:] )?subscribe (?:now |here |today )?(?:for free |below )?to (?:receive|get|"
        r"have|read|unlock|my|this|our)\b.{0,120}|"
        r"(?:join (?:my|our|the) (?:newsletter|mailing list)|sign up (?:for|to) (?:my|our|the) "
        r"(?:\w+ ){0,3}(?:newsletter|mailing list)).{0,160}"
    ),
    "call to share": (
        r"(?:this|today's) (?:post|newsletter|episode|issue) is (?:public|free)\b.*share.*"
    ),
    "button": (
        r"(?:please )?(?:subscribe|sign up|share|tweet|unsubscribe|upgrade to paid|read more|"
        r"continue reading|leave a comment|view comments|refer a friend|give a gift subscription|"
        r"get the app|start writing|copy link|print|view in browser|view online|subscribed|"
        r"back to top|skip to content|start your substack|pledge your support|like|restack)"
        r"(?: (?:now|here|for free|today|this|this post|this article))?[ .!→»]*"
    ),
    "newsletter's name": (
        r"(?:share|subscribe to|subscribe at|you're reading|already a subscriber\?|message) "
        r"(?:\S+ ){0,6}\S+(?:'s newsletter| newsletter|sign in)[.!]?"
    ),
    "form": r"type your email.*|(?:by subscribing|by signing up)\b.*",
    "if you liked this": (
        r"if you(?:'ve| have)? (?:enjoy|like|found|love|read this far|got this far).{0,80}"
        r"\b(?:subscrib|follow me|sign(?:ing)? up|newsletter|clap|tap|hit the|buy me|"
        r"share (?:it|this)|sharing (?:it|this)|like button|heart|patreon|ko-fi).*"
    ),
    "follow me": (
        r"(?:follow|find|connect with) (?:me|us) on (?:twitter|x\b|linkedin|facebook|instagram|"
        r"medium|mastodon|bluesky|github|youtube|tiktok|substack|social).*"
    ),
    "call to support": (
        r"become a (?:patron|paid subscriber|member)(?: (?:today|now|here|for \S+ ?\S*))?[.!→»]*|"
        r"(?:buy me a coffee|support me on|become a paid subscriber|"
        r"become a (?:patron|member) (?:to|and) (?:read|support|get|unlock)).{0,160}"
    ),
    "first published": (
        r"(?:this (?:post|article|story|essay|piece) (?:was|is|has been) )?(?:originally "
        r"(?:published|posted) (?:at|on|in)|first (?:published|posted|appeared) (?:at|on) "
        r"\S+\.\S+).{0,120}"
    ),
    "picture credit": (
        r"(?:photo|image|cover image|header image)(?: credit)?(?: by|:) .{0,80}\b(?:unsplash|"
        r"pexels|pixabay|getty images|shutterstock)\b.{0,20}"
    ),
    "copyright": r"(?:©|\(c\)|copyright) ?\d{4}.{0,120}|.{0,60}all rights reserved[.]?",
    "way to unsubscribe": (
        r"(?:.*[.!] )?(?:you can |click here to |to )?unsubscribe\b.{0,80}|"
        r"you(?:'re| are| have)? receiv(?:ing|ed) this (?:e-?mail|newsletter) because.*"
    ),
    "counts": (
        rf"(?:\d+ (?:likes?|claps?|restacks?|shares?|{phrases.LIKES})[ ·∙•,|]*)+"
        rf"(?:\d+ (?:comments?|repl(?:y|ies)|responses?|{phrases.COUNTED}))?"
    ),
    "reading time": r"\d+ min(?:ute)?s? read",
}
_SHARE = (
    r"(?:share|share this|share on|tweet|tweet this|post|facebook|twitter|x|linkedin|reddit|email|"
    r"e-mail|print|whatsapp|pocket|telegram|pinterest|tumblr|mastodon|bluesky|hacker news|"
    r"hackernews|copy link|click to (?:share|email|print)[^|·•\n]*|(?:share (?:this )?)?(?:on|via|"
    r"by|to) (?:facebook|twitter|x|linkedin|reddit|email|whatsapp|telegram|mastodon|bluesky|"
    rf"hacker news|pinterest)|\(opens in new window\)|{phrases.SHARE})"
)
_CALLS["share bar"] = rf"(?:{_SHARE}[\s:|·•,/]+)+{_SHARE}[\s:|·•,/]*|share(?: this)?:.{{0,80}}"
assert phrases.CALLS.keys() <= _CALLS.keys()
CALLS = tuple(_CALLS)  # names of the rules for a block that stands alone
_CALL = re.compile(
    "|".join(
        f"(?P<rule{number}>{'|'.join((pattern, *phrases.CALLS.get(name, ())))})"
        for number, (name, pattern) in enumerate(_CALLS.items())
    )
)

# What a block longer than a line has if it is any of these; polars looks for it.
_CLUE = (
    r"(?i)subscri|newsletter|substack|share|sharing|sign(?:ing)? up|follow|patreon|ko-fi|clap|"
    r"heart|like button|tap |hit the|buy me|support me|become a|mailing list|published|posted|"
    r"appeared|"
    r"unsplash|pexels|pixabay|getty|shutterstock|©|\(c\)|copyright|rights reserved|your email|"
    r"find (?:me|us)|connect with|receiv|tweet|facebook|twitter|linkedin|reddit|continue reading|"
    rf"{phrases.CLUE}"
)

# What heads a part that runs to the next heading of its level or above, or to the end.
_COUNTED = rf"(?:comments?|responses?|repl(?:y|ies)|{phrases.COUNTED})"
_COMMENTS = re.compile(
    rf"\d+ (?:{_COUNTED}|thoughts on .*)|{_COUNTED} ?\(\d+\)|"
    r"(?:leave|post|write|add) a (?:comment|reply)|(?:reader|user|recent) comments|"
    r"discussion about this (?:post|podcast|video|episode)|join the (?:discussion|conversation)|"
    rf"ready for more\?|(?:discussion|webmentions|{_COUNTED})[:]?|{phrases.COMMENTS}"
)
_FEW_WORDS = 25  # of a last part: a form, one comment, or nothing
_TOOLS = re.compile(
    rf"\d+ (?:comments?|repl(?:y|ies)|{phrases.COUNTED})|{_COUNTED} ?\(\d+\)|{phrases.COMMENTS}|"
    r"(?:leave|post|write|add) a (?:comment|reply)|discussion about this .*|ready for more\?"
)
# Lines that a form or a list of comments has; an article has one of them by chance, hardly two.
_COMMENTING = re.compile(
    r"(?im)^\W*(?:reply|like|report|permalink|expand full comment|edit|delete|"
    rf"{phrases.COMMENTING})\W*$|"
    r"^.{0,60}\b\d+ ?(?:m|min|minutes?|h|hours?|d|days?|weeks?|months?|years?|yrs?) ago[^\w.]*$|"
    r"^.{0,60}\b\d{4},? at \d{1,2}[:.]\d\d.{0,20}$|^.{0,30}\bliked by\b|"
    rf"^.{{0,60}}(?:{phrases.AGO})[^\w.]*$|"
    rf"^.{{0,60}}\b(?:says|said|wrote|writes|commented|{phrases.SAYS}) ?:?\W*$|"
    rf"^[^.!?:\n]{{1,40}} (?:says|wrote|{phrases.SAYS}) ?: |"
    r"^.{0,40}\byour email(?: address)? will not be (?:published|shown)|"
    r"^\W*(?:your )?(?:name|e-?mail|website|comment)\W{0,3}$|"
    r"^\W*(?:sign|log) in to (?:comment|reply)\b"
)
_LINKED = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)|https?://\S+")
_AFTERWORDS = re.compile(
    r"(?:related|recommended|popular|recent|latest|similar|more|other) (?:posts?|articles?|stories|"
    r"reading from .*)|you (?:might|may) also (?:like|enjoy).*|more (?:from|by) .{1,60}|"
    rf"(?:read|up) next|keep reading|{phrases.AFTERWORDS}"
)
_AFTERCALLS = re.compile(
    r"share this(?: post| article| entry)?:?|"
    r"(?:subscribe|sign up)(?: (?:to|for) (?:my|our|this) .{1,60})?|stay (?:in touch|updated)|"
    rf"(?:join|get) (?:my|our|the) newsletter|newsletter|about the author|{phrases.AFTERCALLS}"
)


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
    suspect = (series.str.len_bytes() <= MAX_TITLE) | series.str.contains(_CLUE)
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
    found = _CALL.fullmatch(said)
    return CALLS[int(str(found.lastgroup)[4:])] if found else None


def _said(block: str) -> str:
    """The block's words in lower case, without Markdown's marks and links."""
    plain = _MARKS.sub(r"\1", block)
    return " ".join(plain.split()).lower().replace("’", "'")


def _part(text: str, found: list[Block], place: int, said: str) -> tuple[str, int] | None:
    """(rule, end) of the part of comments, calls or further reading that begins at this block."""
    if len(said) > MAX_TITLE:
        return None
    heads = found[place].kind == "heading"
    comments = place > 0 and _COMMENTS.fullmatch(said)
    calls = heads and _AFTERCALLS.fullmatch(said)
    if not comments and not calls and not (heads and _AFTERWORDS.fullmatch(said)):
        return None
    following = (i for i in range(place + 1, len(found)) if not _below(found[i], found[place]))
    end = next(following, len(found))
    part = text[found[place].end : found[end - 1].end]
    if comments:
        return (COMMENTS, end) if _is_comments(said, part, last=end == len(found)) else None
    if calls:
        return AFTERCALLS, end
    return (AFTERWORDS, end) if _is_list_of_links(part) else None


def _is_comments(said: str, part: str, last: bool) -> bool:
    """Whether the part under this title was written by a tool and its readers: a title alone says
    nothing, since an author may write of comments, too."""
    signs = len(list(islice(_COMMENTING.finditer(part), 2)))
    short = last and len(part.split()) <= _FEW_WORDS
    return signs == 2 or short and bool(signs or _TOOLS.fullmatch(said))


def _is_list_of_links(part: str) -> bool:
    """Whether most words are links, or whether there are next to none."""
    linked = sum(len((match[1] or "a link").split()) for match in _LINKED.finditer(part))
    words = len(_LINKED.sub(r"\1", part).split())
    return words <= _FEW_WORDS or 2 * linked >= words


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
    left = "".join(
        text[block.start : end]
        for place, (block, end) in enumerate(zip(found, ends, strict=True))
        if place not in cut
    ).strip()
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
