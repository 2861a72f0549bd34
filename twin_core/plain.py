"""Text of others as it can be stored, and as one line that can be shown anywhere."""

import re

MAX_LINE = 300  # of a title or a name
_SURROGATE = re.compile("[\ud800-\udfff]")
# Zero-width and bidirectional marks, and tags that can spell hidden text.
INVISIBLE = "\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f"
# Where a joiner or a tag is part of what is seen: within words of the scripts that join (from
# Arabic to N'Ko, of India, Burma, Khmer, Mongolian, Java), within emoji, in the three flags.
_JOINING = (
    "\u0600-\u07ff\u0840-\u0dff\u1000-\u109f\u1780-\u18af\u1900-\u1cff"
    "\ua840-\ua8ff\ua930-\ua9ff\uaa60-\uaa7f\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00010fff\U00011000-\U00011fff\U0001e900-\U0001e95f"
)
_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
_FLAGS = "|".join(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)
_MARK = re.compile(
    f"({_FLAGS}"
    rf"|(?<=[{_JOINING}])(?<!\d)\u200d(?!\d)"  # before a digit it would only hide it
    rf"|(?<=[{_JOINING}])[\u180e\u200c](?=\u200c*[{_JOINING}])(?!\u200c*\d)"
    f"|(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}]))"
    f"|[{INVISIBLE}]"
)
_HIDDEN = re.compile(f"[{INVISIBLE}]")  # what every mark has at least
# without what `split` takes for space; an escape would command the terminal that shows it
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")


def plain(text: str, limit: int = MAX_LINE) -> tuple[str, str | None]:
    """(one line as a reader sees it, of `limit` characters, what was odd about it)."""
    whole, odd = repaired(text)
    seen, controls = _CONTROL.subn("", visible(whole))
    line = " ".join(seen.split())
    notes = [odd, f"{controls} control characters removed" if controls else None]
    if len(line) > limit:
        notes.append(f"cut at {limit} of {len(line)} characters")
        line = line[:limit].rstrip() + "…"
    return line, "; ".join(filter(None, notes)) or None


def repaired(text: str) -> tuple[str, str | None]:
    """(text that every store can hold, what was odd about it): NUL characters and lone surrogates
    are taken out; marks that a reader does not see are only counted, cleaning removes them."""
    notes = []
    if nul := text.count("\x00"):
        notes.append(f"{nul} NUL characters removed")
        text = text.replace("\x00", "")
    whole = _SURROGATE.sub("\ufffd", text)
    if whole != text:
        notes.append("broken surrogates replaced")
    if replaced := whole.count("\ufffd"):
        notes.append(f"{replaced} characters could not be decoded")
    if _hides(whole) and (hidden := sum(not mark[1] for mark in _MARK.finditer(whole))):
        notes.append(f"{hidden} invisible or bidirectional marks")
    return whole, "; ".join(notes) or None


def visible(text: str) -> str:
    """The text without marks that nobody sees: joiners stay where a script or an emoji needs them
    (UAX 31 and UTS 51, in short), and tags in the flags of England, Scotland and Wales."""
    return _MARK.sub(r"\1", text) if _hides(text) else text


def _hides(text: str) -> bool:
    return not text.isascii() and bool(_HIDDEN.search(text))
