"""What publishing tools put around a text: calls to subscribe, share bars, comments, related posts.

Named patterns, for a document that stands alone; what a site repeats in other words is learnt
(`boilerplate`). Blocks alone are judged, never part of a paragraph; long ones are the author's.
"""

import re

import polars as pl

from twin_core.markdown import Block, blocks

MAX_LENGTH = 600  # characters of a block that is a call to subscribe, a share bar, a notice
MAX_TITLE = 80  # characters of what heads a part; also of what is read without a clue
PLACES = ("prose", "list", "heading", "quote", "table", "html")

_MARKS = re.compile(
    r"!?\[([^\]\n]*)\]\([^)\n]*\)|<[^>\n]*>|[*_#>|`\\]|^[ \t]*(?:[-+]|\d+[.)])[ \t]",
    re.MULTILINE,
)

# Blocks of their own, lower case, without marks.
_CALLS = re.compile(
    r"(?:thanks|thank you) (?:so much )?for (?:reading|subscribing|being here)\b.*"
    r"(?:subscrib|support|share|newsletter|substack).*|"
    r".* is a (?:reader|community|listener)[- ]supported (?:publication|newsletter|podcast).*|"
    r"(?:.*[.!?:] )?subscribe (?:now |here |today )?(?:for free |below )?to (?:receive|get|have|"
    r"read|unlock|my|this|our)\b.{0,120}|"
    r"(?:this|today's) (?:post|newsletter|episode|issue) is (?:public|free)\b.*share.*|"
    r"(?:please )?(?:subscribe|sign up|share|tweet|unsubscribe|upgrade to paid|read more|"
    r"continue reading|leave a comment|view comments|refer a friend|give a gift subscription|"
    r"get the app|start writing|copy link|print|view in browser|view online|subscribed|"
    r"back to top|skip to content|start your substack|pledge your support|like|restack)"
    r"(?: (?:now|here|for free|today|this|this post|this article))?[.!→»]*|"
    r"(?:share|subscribe to|subscribe at|you're reading|already a subscriber\?|"
    r"message) (?:\S+ ){0,6}\S+(?:'s newsletter| newsletter|sign in)[.!]?|"
    r"type your email.*|(?:by subscribing|by signing up)\b.*|"
    r"if you(?:'ve| have)? (?:enjoy|like|found|love|read this far|got this far).{0,80}"
    r"\b(?:subscrib|follow me|sign(?:ing)? up|newsletter|clap|tap|hit the|buy me|"
    r"share (?:it|this)|sharing (?:it|this)|like button|heart|patreon|ko-fi).*|"
    r"(?:follow|find|connect with) (?:me|us) on (?:twitter|x\b|linkedin|facebook|instagram|medium|"
    r"mastodon|bluesky|github|youtube|tiktok|substack|social).*|"
    r"(?:buy me a coffee|support me on|become a (?:patron|paid subscriber|member)|"
    r"join (?:my|our|the) (?:newsletter|mailing list)|sign up (?:for|to) (?:my|our|the) "
    r"(?:\w+ ){0,3}(?:newsletter|mailing list)).{0,160}|"
    r"(?:this (?:post|article|story|essay|piece) (?:was|is|has been) )?(?:originally (?:published|"
    r"posted) (?:at|on|in)|first (?:published|posted|appeared) (?:at|on) \S+\.\S+).{0,120}|"
    r"(?:photo|image|cover image|header image)(?: credit)?(?: by|:) .{0,80}\b(?:unsplash|pexels|"
    r"pixabay|getty images|shutterstock)\b.{0,20}|"
    r"(?:©|\(c\)|copyright) ?\d{4}.{0,120}|.{0,60}all rights reserved[.]?|"
    r"(?:.*[.!] )?(?:you can |click here to |to )?unsubscribe\b.{0,80}|"
    r"you(?:'re| are| have)? receiv(?:ing|ed) this (?:e-?mail|newsletter) because.*|"
    r"(?:\d+ (?:likes?|claps?|restacks?|shares?|comments?|repl(?:y|ies)|responses?)[ ·∙•,|]*)+|"
    r"\d+ min(?:ute)?s? read"
)
_SHARE = (
    r"(?:share|share this|share on|tweet|tweet this|post|facebook|twitter|x|linkedin|reddit|email|"
    r"e-mail|print|whatsapp|pocket|telegram|pinterest|tumblr|mastodon|bluesky|hacker news|"
    r"hackernews|copy link|click to (?:share|email|print)[^|·•\n]*|(?:share (?:this )?)?(?:on|via|"
    r"by|to) (?:facebook|twitter|x|linkedin|reddit|email|whatsapp|telegram|mastodon|bluesky|"
    r"hacker news|pinterest)|\(opens in new window\))"
)
_SHARE_BAR = re.compile(rf"(?:{_SHARE}[\s:|·•,/]+)+{_SHARE}[\s:|·•,/]*|share(?: this)?:.{{0,80}}")

# What a block longer than a line has if it is any of these; polars looks for it.
_CLUE = (
    r"(?i)subscri|newsletter|substack|share|sharing|sign(?:ing)? up|follow|patreon|ko-fi|clap|"
    r"heart|like button|tap |hit the|buy me|support me|become a|mailing list|published|posted|"
    r"appeared|"
    r"unsplash|pexels|pixabay|getty|shutterstock|©|\(c\)|copyright|rights reserved|your email|"
    r"find (?:me|us)|connect with|receiv|tweet|facebook|twitter|linkedin|reddit|continue reading"
)

# Headings of a part that runs to the end, or to the next heading of its level or above.
_COMMENTS = re.compile(
    r"\d+ (?:comments?|responses?|repl(?:y|ies)|thoughts on .*)|(?:comments?|responses?|replies) "
    r"?\(\d+\)|(?:leave|post|write|add) a (?:comment|reply)|(?:reader|user|recent) comments|"
    r"discussion about this (?:post|podcast|video|episode)|join the (?:discussion|conversation)|"
    r"ready for more\?"
)
_MAYBE_COMMENTS = re.compile(r"(?:comments?|discussion|responses|replies|webmentions)[:]?")
_COMMENTING = re.compile(
    r"(?im)^\W*(?:reply|like|report|permalink|expand full comment)\b.{0,20}$|"
    r"\b\d+ ?(?:m|min|minutes?|h|hours?|d|days?|weeks?|months?|years?|yrs?) ago\b|"
    r"^.{0,60}\b(?:says|said|wrote|writes|commented):?\W*$|\bliked by\b|"
    r"\b\d{4},? at \d{1,2}:\d\d|\b\d{1,2}(?:st|nd|rd|th)?,? \d{4} at \d{1,2}[:.]\d\d"
)
_AFTERWORDS = re.compile(
    r"(?:related|recommended|popular|recent|latest|similar|more|other) (?:posts?|articles?|stories|"
    r"reading from .*)|you (?:might|may) also (?:like|enjoy).*|more (?:from|by) .{1,60}|"
    r"(?:read|up) next|keep reading|share this(?: post| article| entry)?:?|"
    r"(?:subscribe|sign up)(?: (?:to|for) (?:my|our|this) .{1,60})?|stay (?:in touch|updated)|"
    r"(?:join|get) (?:my|our|the) newsletter|newsletter|about the author"
)


def footers_all(texts: list[str], parsed: list[list[Block]]) -> list[set[int]]:
    """For each text the places, among its blocks, of what a publishing tool put there."""
    places = [
        (number, place, block.start, block.end)
        for number, found in enumerate(parsed)
        for place, block in enumerate(found)
        if block.kind in PLACES and block.end - block.start < MAX_LENGTH
    ]
    pieces = [texts[number][start:end] for number, _, start, end in places]
    series = pl.Series(pieces, dtype=pl.String)
    suspect = (series.str.len_bytes() <= MAX_TITLE) | series.str.contains(_CLUE)
    cuts: list[set[int]] = [set() for _ in texts]
    for at in suspect.arg_true():
        number, place, *_ = places[at]
        if place not in cuts[number]:
            cuts[number].update(_cut(texts[number], parsed[number], place, _said(pieces[at])))
    return cuts


def _cut(text: str, found: list[Block], place: int, said: str) -> range:
    """Places of what this block begins, if that is no part of the article."""
    end = _part_end(text, found, place, said) if len(said) <= MAX_TITLE else place
    if end == place and (_CALLS.fullmatch(said) or _SHARE_BAR.fullmatch(said)):
        end = place + 1
    return range(place, end)


def _said(block: str) -> str:
    """The block's words in lower case, without Markdown's marks and links."""
    plain = _MARKS.sub(r"\1", block)
    return " ".join(plain.split()).lower().replace("’", "'")


def _part_end(text: str, found: list[Block], place: int, said: str) -> int:
    """Where the part of comments or further reading ends that begins at this block; its own place
    when it begins none."""
    whole = len(found)
    if _COMMENTS.fullmatch(said):
        return whole
    if _MAYBE_COMMENTS.fullmatch(said) and place + 1 < whole:
        rest = text[found[place + 1].start :]
        return whole if _COMMENTING.search(rest) else place
    if found[place].kind == "heading" and _AFTERWORDS.fullmatch(said):
        following = (i for i in range(place + 1, whole) if not _below(found[i], found[place]))
        return next(following, whole)
    return place


def without(text: str, found: list[Block], cut: set[int]) -> tuple[str, list[Block]]:
    """The text without the blocks at these places, and without headings left with nothing below;
    and the blocks of that text."""
    if not cut:
        return text, found
    cut = cut | _bereft(found, cut)
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
