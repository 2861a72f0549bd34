"""Text of others as it can be stored, and as one line that can be shown anywhere."""

import re

MAX_LINE = 300  # of a title or a name
_SURROGATE = re.compile("[\ud800-\udfff]")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# without what `split` takes for space; an escape would command the terminal that shows it
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")


def plain(text: str, limit: int = MAX_LINE) -> tuple[str, str | None]:
    """(one line as a reader sees it, of `limit` characters, what was odd about it)."""
    whole, odd = repaired(text)
    seen, controls = _CONTROL.subn("", _INVISIBLE.sub("", whole))
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
    if hidden := len(_INVISIBLE.findall(whole)):
        notes.append(f"{hidden} invisible or bidirectional marks")
    return whole, "; ".join(notes) or None
