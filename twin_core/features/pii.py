"""Personal data and secrets → placeholders: `[email]`, `[phone]`, `[key]`, `[iban]`, `[card]`.

What is redacted where: keys and e-mail addresses everywhere, since people paste real ones into
code; phone numbers, IBANs and card numbers in the text alone, since code and addresses are full of
numbers that look like them. Left as they are: addresses at the domains reserved for examples
(RFC 2606) and of ssh (`git@host`), keys that their maker publishes as examples, and IP addresses,
which technical writing is about. Names are not looked for.

Polars searches say which texts can hold any; only those are read closely.
"""

import re
from collections import Counter
from collections.abc import Callable

import polars as pl

from twin_core.features.banking import iban_at, is_card

_EMAIL = re.compile(
    r"(?<![\w.+@/-])[A-Za-z0-9][\w.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}(?![\w@])"
)
_EXAMPLE_HOST = re.compile(
    r"(?i)@(?:[\w.-]+\.)?(?:example(?:\.(?:com|net|org))?|test|invalid|localhost|local)$|"
    r"^(?:git|hg|svn)@"
)

# One line per maker; the prefixes are what its own secret scanners document.
_KEY_FORMATS = (
    r"(?:AKIA|ASIA)[0-9A-Z]{16}",  # AWS
    r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}",
    r"glpat-[\w-]{20,}",
    r"sk-(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{20,}",  # OpenAI, Anthropic, and those who copied them
    r"[rs]k_(?:live|test)_\w{16,}",  # Stripe
    r"xox[abeoprs]-[\w-]{10,}",  # Slack
    r"AIza[\w-]{35}",  # Google
    r"hf_[A-Za-z]{30,}|npm_[A-Za-z0-9]{36}|pypi-[\w-]{50,}|SG\.[\w-]{16,}\.[\w-]{16,}",
    r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",  # JWT
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----.*?"
    r"(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|(?=\n\s*\n)|\Z)",
    re.DOTALL,
)
_KEY = re.compile(rf"(?<![\w-])(?:{'|'.join(_KEY_FORMATS)})(?![\w])")
_BEARER = re.compile(r"(?i)(\bbearer +)((?=[\w.~+/-]*\d)[\w.~+/-]{20,}=*)")
_LOGIN = re.compile(r"([a-z]://[^\s/:@]+:)([^\s/@:]{3,})(?=@[\w.-])")
_PUBLISHED = re.compile(r"EXAMPLE|(?i:\bx{4,}|\.\.\.|your)")
_KEY_MARKS = [
    *("AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "sk-"),
    *("k_live_", "k_test_", "xox", "AIza", "hf_", "npm_", "pypi-", "SG.", "eyJ", "-----BEGIN"),
]
_KEY_SHAPES = r"(?i:bearer) +[0-9A-Za-z_.~+/-]{20}|[a-z]://[^\s/:@]+:[^\s/@:]+@"

_CARD = re.compile(r"(?<![\w.,/+#=-])[0-9](?:[ -]?[0-9]){12,18}(?![\w]|[.,/-][0-9])")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_PHONE = re.compile(
    r"(?<![\w.,/+#=$€£-])(?:"
    r"\+(?=(?:[^0-9]{0,2}[0-9]){8,15}(?![0-9]))[1-9](?:[ ().-]{0,2}[0-9]){7,14}|"  # E.164
    r"(?:1[ .-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}([.-]))"  # American
    r"[2-9][0-9]{2}(?:(?(1)\1|[ .-]))[0-9]{4}|"
    r"0[0-9](?: [0-9]{2}){4}|0[0-9]{2,4}[ /][0-9]{3,4} [0-9]{3,4}|"  # European
    r"\(0[0-9]{2,5}\) ?[0-9]{3,4}[ -]?[0-9]{3,5}"
    r")(?![\w]|[.,:/-][0-9])"
)
_CUED = re.compile(  # a number that says that it is one
    r"(?i)\b((?:tele)?(?:phone|fon)|tel|mobile|mobil|cell|whatsapp|fax|call(?: me)?(?: at| on)?|"
    r"text me(?: at| on)?|tél|ring)\b(?: number)?[.:]{0,2} *"
    r"(\(?[0-9](?:[ ()./-]{0,2}[0-9]){6,13})(?![\w]|[.,:/-][0-9])"
)
_DIGITS = re.compile(r"[0-9][^0-9]{0,2}[0-9]")
_DATE = re.compile(r"[0-9]{1,4}([-/. ])[0-9]{1,2}\1[0-9]{1,4}\b")
_MAY_BE_NUMBER = (  # what the patterns above need at least, without looking around
    r"[0-9](?:[ -]?[0-9]){12}|[A-Z]{2}[0-9]{2} ?[A-Z0-9]{4} ?[A-Z0-9]{4}|"
    r"\+[1-9](?:[ ().-]{0,2}[0-9]){7}|[0-9]{3}(?:\) ?|[ .-])[0-9]{3}[ .-][0-9]{4}|"
    r"0[0-9] [0-9]{2} [0-9]{2}|0[0-9]{2,5}(?:\) ?|[ /])[0-9]{3}|"
    r"(?i:fon|phone|tel|tél|mobil|cell|whatsapp|fax|call|text me|ring)[0-9A-Za-z :.]{0,24}"
    r"\(?[0-9](?:[ ()./-]{0,2}[0-9]){6}"
)
_PLACES = re.compile(  # code and addresses, in which numbers are left alone
    r"(?ms)^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1|\Z)|(`+)(?:(?!\2)[^\n])+?\2|"
    r"\]\([^)\n]*\)|<[^>\n]*>|\bhttps?://\S+|\bwww\.\S+"
)


def redact_all(texts: list[str]) -> tuple[list[str], list[str | None]]:
    """(texts with placeholders, what each had, as `email 2, phone 1`, or null)."""
    series = pl.Series(texts, dtype=pl.String)
    mail = series.str.contains("@", literal=True)
    key = series.str.contains_any(_KEY_MARKS) | series.str.contains(_KEY_SHAPES)
    number = series.str.contains(_MAY_BE_NUMBER)
    redacted = list(texts)
    counts: list[str | None] = [None] * len(texts)
    for place in (mail | key | number).arg_true():
        redacted[place], counts[place] = _redacted(
            texts[place], bool(mail[place]), bool(key[place]), bool(number[place])
        )
    return redacted, counts


def redact(text: str) -> tuple[str, str | None]:
    """`redact_all` of one text."""
    (text,), (counts,) = redact_all([text])
    return text, counts


def _redacted(text: str, mail: bool, key: bool, number: bool) -> tuple[str, str | None]:
    found: Counter[str] = Counter()

    def placeholder(kind: str, keep: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
        def written(match: re.Match[str]) -> str:
            before, secret = match.groups() if match.re in _PREFIXED else ("", match[0])
            if keep(secret):
                return match[0]
            found[kind] += 1
            return f"{before}[{kind}]"

        return written

    if key:
        for pattern in (_PRIVATE_KEY, _LOGIN, _BEARER, _KEY):
            text = pattern.sub(placeholder("key", _is_published), text)
    if mail:
        text = _EMAIL.sub(placeholder("email", _is_example), text)
    if number:
        text = _in_prose(text, placeholder)
    said = ", ".join(f"{kind} {count}" for kind, count in sorted(found.items()))
    return text, said or None


_PREFIXED = (_LOGIN, _BEARER)


def _is_published(secret: str) -> bool:
    return bool(_PUBLISHED.search(secret)) and "PRIVATE KEY" not in secret


def _is_example(address: str) -> bool:
    return bool(_EXAMPLE_HOST.search(address))


def _in_prose(text: str, placeholder: Callable) -> str:
    """The text with accounts, cards and phone numbers redacted outside code and addresses."""
    accounts = placeholder("iban", lambda number: False)
    cards = placeholder("card", lambda number: not is_card(number))
    phones = placeholder("phone", _is_date)
    called = placeholder("phone", lambda number: False)

    def account(match: re.Match[str]) -> str:
        end = iban_at(match[0])
        return accounts(match) + match[0][end:] if end else match[0]

    def passage(part: str) -> str:
        if not _DIGITS.search(part):
            return part
        part = _CARD.sub(cards, _IBAN.sub(account, part))
        part = _CUED.sub(lambda match: match[0].replace(match[2], called(match)), part)
        return _PHONE.sub(phones, part)

    parts, end = [], 0
    for place in _PLACES.finditer(text):
        parts += [passage(text[end : place.start()]), place[0]]
        end = place.end()
    return "".join([*parts, passage(text[end:])])


def _is_date(number: str) -> bool:
    return bool(_DATE.fullmatch(number))
