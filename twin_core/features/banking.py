"""Account and card numbers in prose, told from other numbers by their checksums."""

import re
from collections.abc import Callable

from twin_core.features.phones import in_thousands, is_numbered, is_series
from twin_core.features.width import folded, replaced

# Length of an IBAN by country (SWIFT's IBAN registry).
_IBAN_LENGTHS = dict(
    AD=24, AE=23, AL=28, AT=20, AZ=28, BA=20, BE=16, BG=22, BH=22, BR=29, CH=21, CR=22, CY=28,
    CZ=24, DE=22, DK=18, DO=28, EE=20, EG=29, ES=24, FI=18, FO=18, FR=27, GB=22, GE=22, GI=23,
    GL=18, GR=27, GT=28, HR=21, HU=28, IE=22, IL=23, IS=26, IT=27, JO=30, KW=30, KZ=20, LB=28,
    LI=21, LT=20, LU=20, LV=21, MC=27, MD=24, ME=22, MK=19, MT=31, MU=30, NL=18, NO=15, PK=24,
    PL=28, PS=29, PT=25, QA=29, RO=24, RS=22, SA=24, SE=24, SI=19, SK=24, SM=27, TN=24, TR=26,
    UA=29, VA=22, VG=24, XK=20,
)  # fmt: skip
# First digits and length of the cards in use (ISO/IEC 7812).
_CARDS = (
    (("4",), (13, 16, 19)),
    (("51", "52", "53", "54", "55", *map(str, range(2221, 2721))), (16,)),
    (("34", "37"), (15,)),
    (("30", "36", "38"), (14,)),
    (("35", "60", "64", "65"), (16,)),
)


_CARD = re.compile(
    r"(?<![\w.,/+#=-])(?:[0-9](?:[ -]?[0-9]){12,18}|[0-9]{4}(?:\.[0-9]{4}){3})"
    r"(?![\w]|[.,-][0-9]|/(?![0-9]{2,4}(?![0-9/]))[0-9])"  # `/123` is what is on its back
)
_COUNTRIES = "|".join(_IBAN_LENGTHS)
_START = (
    rf"(?:{_COUNTRIES}|{_COUNTRIES.lower()})[0-9]{{2}}[ -]?[A-Za-z0-9]{{4}}[ -]?[A-Za-z0-9]{{4}}"
)
_IBAN = re.compile(rf"(?<!\w)(?={_START})")
_IBAN_ROOM = 60  # characters that one takes with its spaces, at most
_LIKE_IBAN = re.compile(  # what else stands like one, with a slip in it perhaps
    r"[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?!\w)|"
    r"[a-z]{2}[0-9]{2}[ -]?[a-z0-9]{4}(?:[ -]?[0-9]{4}){2,6}(?:[ -]?[0-9]{1,3})?(?!\w)"
)
MAY_BE = (  # what the patterns above need at least, without looking around
    rf"[0-9](?:[ -]?[0-9]){{12}}|[0-9]{{4}}(?:\.[0-9]{{4}}){{3}}|{_START}"
)


def redact_accounts(text: str, written: Callable[[str], str], rest: Callable[[str], str]) -> str:
    """The text with IBANs and cards replaced. written: `iban` or `card` → a placeholder.
    rest: what else is done to what is not, and does not look like, an IBAN."""
    seen, parts, end = folded(text), [], 0

    def others(part: str) -> str:
        return rest(replaced(_CARD, part, lambda one: written("card") if _is_card(one) else None))

    for start in (match.start() for match in _IBAN.finditer(seen)):
        like = _LIKE_IBAN.match(seen, start)
        size = iban_at(seen[start : start + _IBAN_ROOM])
        stop = start + size if size or not like else like.end()
        if end <= start < stop:
            found = written("iban") if size else text[start:stop]
            parts += [others(text[end:start]), found]
            end = stop
    return "".join([*parts, others(text[end:])])


def _is_card(found: re.Match[str]) -> bool:
    return is_card(found[0]) and not (
        in_thousands(found[0]) or is_series(found[0]) or is_numbered(found.string, found.start())
    )


def iban_at(text: str) -> int:
    """How many characters of the text's beginning are an IBAN, in either case, with spaces or
    hyphens: as many as its country's have, with fitting check digits (ISO 13616); 0 if none."""
    size, end, account = _IBAN_LENGTHS.get(text[:2].upper(), 0), 0, ""
    while len(account) < size and end < len(text):
        account += text[end].strip(" -")
        end += 1
    if not size or len(account) != size or not (account.isascii() and account.isalnum()):
        return 0
    number = int("".join(str(int(sign, 36)) for sign in account[4:] + account[:4]))
    return end if number % 97 == 1 and not text[end : end + 1].isalnum() else 0


def is_card(text: str) -> bool:
    """Whether a card network gives out such numbers and the check digit fits (Luhn)."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    number = "".join(map(str, digits))
    if not any(number.startswith(first) and len(number) in sizes for first, sizes in _CARDS):
        return False
    doubled = (2 * digit - 9 * (digit > 4) for digit in digits[-2::-2])
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
