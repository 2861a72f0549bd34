"""Personal data and secrets → placeholders: `[email]`, `[phone]`, `[key]`, `[iban]`, `[card]`.

What is redacted where: keys and e-mail addresses everywhere, since people paste real ones into
code; phone numbers, IBANs and card numbers in the text alone, since code and addresses are full of
numbers that look like them. `credentials` says what is a key. Left as they are: addresses at the
domains reserved for examples (RFC 2606) and of ssh (`git@host`), keys that their maker publishes as
examples, and IP addresses, which technical writing is about. Names are not looked for.

Polars searches say which texts can hold any; only those are read closely.
"""

import re
from collections import Counter
from collections.abc import Callable
from functools import reduce
from operator import or_

import polars as pl

from twin_core.features import credentials
from twin_core.features.banking import COUNTRIES, iban_at, is_card

_LETTERS = "A-Za-z\u00c0-\u02af\u0370-\u052f"  # of scripts with spaces between words
_LOCAL = rf"(?<![0-9{_LETTERS}_.+@/-])[0-9{_LETTERS}][0-9{_LETTERS}_.+-]{{0,63}}"
_LABEL = r"(?:[^\W_]|-){1,63}"
_ENDING = rf"(?:xn--[A-Za-z0-9-]{{2,59}}|[{_LETTERS}]{{2,24}})(?![0-9{_LETTERS}_@])"
_EMAIL = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+{_ENDING}")
_BRACKETED_AT = r"(?i:[(\[{<] ?(?:at|ät|@|arroba) ?[)\]}>])"
_AT = re.compile(rf" {{0,2}}{_BRACKETED_AT} {{0,2}}")
_DOT = re.compile(r"(?i: {0,2}[(\[{<] ?(?:dot|punkt|point|punto|\.) ?[)\]}>] {0,2})")
_SPELT_EMAIL = re.compile(
    rf"{_LOCAL}(?:{_DOT.pattern}[0-9{_LETTERS}_.+-]{{1,63}}){{0,3}}{_AT.pattern}"
    rf"(?:{_LABEL}(?:\.|{_DOT.pattern}))+{_ENDING}"
)
_EXAMPLE_HOST = re.compile(
    r"(?i)@(?:[\w.-]+\.)?(?:example(?:\.(?:com|net|org))?|test|invalid|localhost|local)$|"
    r"^(?:git|hg|svn)@"
)

_CARD = re.compile(r"(?<![\w.,/+#=-])[0-9](?:[ -]?[0-9]){12,18}(?![\w]|[.,/-][0-9])")
_IBAN_START = rf"(?:{COUNTRIES}|{COUNTRIES.lower()})[0-9]{{2}} ?[A-Za-z0-9]{{4}} ?[A-Za-z0-9]{{4}}"
_IBAN = re.compile(rf"(?<!\w)(?={_IBAN_START})")
_IBAN_ROOM = 60  # characters that one takes with its spaces, at most
_LIKE_IBAN = re.compile(  # what else stands like one, with a slip in it perhaps
    r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)|"
    r"[a-z]{2}[0-9]{2} ?[a-z0-9]{4}(?: ?[0-9]{4}){2,6}(?: ?[0-9]{1,3})?(?!\w)"
)
_PHONE = re.compile(
    r"(?<![\w.,/+#=$€£-])(?:"
    r"\+(?=(?:[^0-9]{0,2}[0-9]){8,15}(?![0-9]))[1-9](?:[ ().-]{0,2}[0-9]){7,14}|"  # E.164
    r"(?:1[ .-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}([.-]))"  # American
    r"[2-9][0-9]{2}(?:(?(1)\1|[ .-]))[0-9]{4}|"
    r"01(?:5[0-9]{1,2}|6[023]|7[0-9])(?: ?[/-] ?| )?[0-9]{7,8}|"  # German mobile
    r"0[0-9](?: [0-9]{2}){4}|0[0-9]{2,4}[ /][0-9]{3,4} [0-9]{3,4}|"  # European
    r"\(0[0-9]{2,5}\) ?[0-9]{3,4}[ -]?[0-9]{3,5}"
    r")(?![\w]|[.,:/-][0-9])"
)
_CUED = re.compile(  # a number that says that it is one
    r"(?i)\b((?:tele)?(?:phone|fon)|tel|mobile|mobil|cell|whatsapp|fax|call(?: me)?(?: at| on)?|"
    r"text me(?: at| on)?|tél|ring|handy(?:nummer)?|(?:telefon|mobil|ruf)nummer|teléfono|móvil)\b"
    r"(?: number)?[.:]{0,2} *(\(?[0-9](?:[ ()./-]{0,3}[0-9]){6,13})(?![\w]|[.,:/-][0-9])"
)
_DIGITS = re.compile(r"[0-9][^0-9]{0,2}[0-9]")
_DATE = re.compile(r"[0-9]{1,4}([-/. ])[0-9]{1,2}\1[0-9]{1,4}\b")
_MAY_BE_NUMBER = (  # what the patterns above need at least, without looking around
    rf"[0-9](?:[ -]?[0-9]){{12}}|{_IBAN_START}|01[5-7][0-9](?: ?[/-] ?| )?[0-9]{{7}}|"
    r"\+[1-9](?:[ ().-]{0,2}[0-9]){7}|[0-9]{3}(?:\) ?|[ .-])[0-9]{3}[ .-][0-9]{4}|"
    r"0[0-9] [0-9]{2} [0-9]{2}|0[0-9]{2,5}(?:\) ?|[ /])[0-9]{3}|"
    r"(?i:fon|phone|tel|tél|mobil|móvil|cell|whatsapp|fax|call|text me|ring|handy|rufnummer)"
    r"[0-9A-Za-z :.]{0,24}\(?[0-9](?:[ ()./-]{0,3}[0-9]){6}"
)
_PLACES = re.compile(  # code and addresses, in which numbers are left alone
    r"(?ms)^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1|\Z)|(`+)(?:(?!\2)[^\n])+?\2|"
    r"\]\([^)\n]*\)|<[^>\n]*>|\bhttps?://\S+|\bwww\.\S+"
)


def redact_all(texts: list[str]) -> tuple[list[str], list[str | None]]:
    """(texts with placeholders, what each had, as `email 2, phone 1`, or null)."""
    series = pl.Series(texts, dtype=pl.String)
    searches = (
        series.str.contains("@", literal=True) | series.str.contains(_BRACKETED_AT),
        series.str.contains_any(credentials.MARKS) | series.str.contains(credentials.SHAPES),
        series.str.contains(credentials.NAMED),
        series.str.contains(_MAY_BE_NUMBER),
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
    text: str, mail: bool, key: bool, named: bool, number: bool
) -> tuple[str, str | None]:
    found: Counter[str] = Counter()

    def redacted(kind: str) -> str:
        found[kind] += 1
        return f"[{kind}]"

    def address(match: re.Match[str]) -> str:
        return match[0] if _is_example(match[0]) else redacted("email")

    def key_after(before: str) -> str:
        return before + redacted("key")

    if key:
        text = credentials.redact_keys(text, key_after)
    if named:
        text = credentials.redact_assigned(text, key_after)
    if mail:
        text = _EMAIL.sub(address, text)
        text = _SPELT_EMAIL.sub(address, text) if _AT.search(text) else text
    if number:
        text = _in_prose(text, redacted)
    said = ", ".join(f"{kind} {count}" for kind, count in sorted(found.items()))
    return text, said or None


def _is_example(address: str) -> bool:
    return bool(_EXAMPLE_HOST.search(_DOT.sub(".", _AT.sub("@", address))))


def _in_prose(text: str, redacted: Callable[[str], str]) -> str:
    """The text with accounts, cards and phone numbers redacted outside code and addresses."""

    def numbers(part: str) -> str:
        part = _CARD.sub(lambda match: redacted("card") if is_card(match[0]) else match[0], part)
        part = _CUED.sub(lambda match: match[0].replace(match[2], redacted("phone")), part)
        return _PHONE.sub(lambda match: match[0] if _is_date(match[0]) else redacted("phone"), part)

    def passage(part: str) -> str:
        if not _DIGITS.search(part):
            return part
        parts, end = [], 0
        for start in (match.start() for match in _IBAN.finditer(part)):
            like = _LIKE_IBAN.match(part, start)
            size = iban_at(part[start : start + _IBAN_ROOM])
            stop = start + size if size or not like else like.end()
            if end <= start < stop:
                written = redacted("iban") if size else part[start:stop]
                parts += [numbers(part[end:start]), written]
                end = stop
        return "".join([*parts, numbers(part[end:])])

    parts, end = [], 0
    for place in _PLACES.finditer(text):
        parts += [passage(text[end : place.start()]), place[0]]
        end = place.end()
    return "".join([*parts, passage(text[end:])])


def _is_date(number: str) -> bool:
    return bool(_DATE.fullmatch(number))
