"""Personal data and secrets → placeholders: `[email]`, `[phone]`, `[key]`, `[iban]`, `[card]`.

What is redacted where: keys and e-mail addresses everywhere, since people paste real ones into
code; phone numbers, IBANs and card numbers in the text alone, since code and addresses are full of
numbers that look like them (but for links that call one, `tel:`). In code an address has to look
like one that receives mail, since labels, packages and hosts have the sign too. What is one is
decided by `credentials` and `assigned`, `mail`, `phones`, `banking`. Left as they are: addresses at
the domains reserved for examples (RFC 2606) and of ssh (`git@host`), keys that their maker
publishes as examples, and IP addresses, which technical writing is about. Names are not looked for.

Polars searches say which texts can hold any; only those are read closely.
"""

import re
from collections import Counter
from collections.abc import Callable
from functools import reduce
from operator import or_

import polars as pl

from twin_core.features import assigned, banking, credentials, mail, phones
from twin_core.features.width import WIDE, folded

_DIGITS = re.compile(r"\d\D{0,2}\d")
_FENCES = re.compile("`|~~~")
_PLACES = re.compile(  # code and addresses, in which numbers are left alone
    r"(?ms)^ {0,3}(`{3,}+(?=[^`\n]*$)|~{3,}).*?(?:^ {0,3}\1|\Z)|"
    r"(?<!`)(`++)[^\n]+?(?<!`)\2(?!`)|"
    r"(?P<link>\]\((?:[^)\]\n]|\](?!\())*+\)|<[^<>\n]*+>|\bhttps?://\S+|\bwww\.\S+)"
)


def redact_all(texts: list[str]) -> tuple[list[str], list[str | None]]:
    """(texts with placeholders, what each had, as `email 2, phone 1`, or null)."""
    series = pl.Series(texts, dtype=pl.String)
    seen = list(texts)
    for place in series.str.contains(WIDE).arg_true():
        seen[place] = folded(texts[place])
    plain = pl.Series(seen, dtype=pl.String)
    searches = (
        plain.str.contains(mail.MAY_BE),
        series.str.contains_any(credentials.MARKS) | series.str.contains(credentials.SHAPES),
        series.str.contains(assigned.NAMED),
        plain.str.contains(f"{banking.MAY_BE}|{phones.MAY_BE}"),
    )
    redacted = list(texts)
    counts: list[str | None] = [None] * len(texts)
    for place in reduce(or_, searches).arg_true():
        found = (bool(search[place]) for search in searches)
        redacted[place], counts[place] = _redacted(texts[place], *found)
    return redacted, counts


def redact(text: str) -> tuple[str, str | None]:
    """`redact_all` of one text."""
    (text,), (counts,) = redact_all([text])
    return text, counts


def _redacted(
    text: str, address: bool, key: bool, named: bool, number: bool
) -> tuple[str, str | None]:
    found: Counter[str] = Counter()

    def redacted(kind: str) -> str:
        found[kind] += 1
        return f"[{kind}]"

    def key_after(before: str) -> str:
        return before + redacted("key")

    if key:
        text = credentials.redact_keys(text, key_after)
    if named:
        text = assigned.redact_assigned(text, key_after)
    if address:
        text = _mailed(text, lambda: redacted("email"))
    if number:
        text = _in_prose(text, redacted)
    said = ", ".join(f"{kind} {count}" for kind, count in sorted(found.items()))
    return text, said or None


def _mailed(text: str, written: Callable[[], str]) -> str:
    """The text with e-mail addresses redacted, in code those alone that are surely some."""
    parts, end = [], 0
    for place in _PLACES.finditer(text) if _FENCES.search(text) else ():
        if not place["link"]:
            parts += [mail.redact_mail(text[end : place.start()], written)]
            parts += [mail.redact_mail(place[0], written, code=True)]
            end = place.end()
    return "".join([*parts, mail.redact_mail(text[end:], written)])


def _in_prose(text: str, redacted: Callable[[str], str]) -> str:
    """The text with accounts, cards and phone numbers redacted outside code and addresses."""

    def phone() -> str:
        return redacted("phone")

    def passage(part: str) -> str:
        if not _DIGITS.search(part):
            return part
        return banking.redact_accounts(
            part, redacted, lambda rest: phones.redact_phones(rest, phone)
        )

    parts, end = [], 0
    for place in _PLACES.finditer(text):
        link = place["link"]
        other = phones.redact_linked(link, phone) if link else place[0]
        parts += [passage(text[end : place.start()]), other]
        end = place.end()
    return "".join([*parts, passage(text[end:])])
