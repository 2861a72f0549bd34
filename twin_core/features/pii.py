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
from functools import partial

import polars as pl

from twin_core.features import assigned, banking, credentials, mail, phones
from twin_core.features.width import WIDE, folded

_DIGITS = re.compile(r"\d\D{0,2}\d")
_FENCES = re.compile("`|~~~")
_PLACES = re.compile(  # code and addresses, in which numbers are left alone
    r"(?ms)^ {0,3}(`{3,}+(?=[^`\n]*$)|~{3,}).*?(?:^ {0,3}\1|\Z)|"
    r"(?<!`)(`++)[^\n]+?(?<!`)\2(?!`)|"
    r"(?P<link>\]\((?:[^)\]\n]|\](?!\())*+\)|<[^<>\n]*+>|\bhttps?://\S+|"
    r"\b(?:www\.|wa\.me/|api\.whatsapp\.com/)\S+)"
)


def redact_all(texts: list[str]) -> tuple[list[str], list[str | None]]:
    """(texts with placeholders, what each had, as `email 2, phone 1`, or null)."""
    redacted = list(texts)
    counts = [Counter[str]() for _ in texts]

    def key_in(place: int) -> Callable[[str], str]:
        return lambda before: before + _counted(counts[place], "key")

    for place in _may_be_keyed(pl.Series(texts, dtype=pl.String)).arg_true():
        redacted[place] = credentials.redact_keys(redacted[place], key_in(place))
    for place, lines in assigned.named_lines(redacted).items():
        redacted[place] = assigned.redact_assigned(redacted[place], lines, key_in(place))
    plain = pl.Series(_folded(redacted), dtype=pl.String)
    for place in plain.str.contains(mail.MAY_BE).arg_true():
        redacted[place] = _mailed(redacted[place], partial(_counted, counts[place], "email"))
    for place in _may_be_numbered(plain).arg_true():
        redacted[place] = _in_prose(redacted[place], partial(_counted, counts[place]))
    return redacted, list(map(_said, counts))


def _folded(texts: list[str]) -> list[str]:
    seen = list(texts)
    for place in pl.Series(texts, dtype=pl.String).str.contains(WIDE).arg_true():
        seen[place] = folded(texts[place])
    return seen


def _may_be_keyed(texts: pl.Series) -> pl.Series:
    return texts.str.contains_any(credentials.MARKS) | texts.str.contains(credentials.SHAPES)


def _may_be_numbered(texts: pl.Series) -> pl.Series:
    """Which texts hold what may be a number; the costly pattern reads those with digits enough."""
    found = texts.str.contains(banking.MAY_BE)
    some = (texts.str.contains(phones.DIGITS) & ~found).arg_true()
    return found.scatter(some, texts.gather(some).str.contains(phones.MAY_BE))


def _counted(counts: Counter[str], kind: str) -> str:
    counts[kind] += 1
    return f"[{kind}]"


def _said(counts: Counter[str]) -> str | None:
    return ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())) or None


def redact(text: str) -> tuple[str, str | None]:
    """`redact_all` of one text."""
    (text,), (counts,) = redact_all([text])
    return text, counts


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
