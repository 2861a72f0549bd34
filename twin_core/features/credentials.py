"""Keys, tokens and passwords in a text: by the form that their maker gives them, in a login or a
header, or assigned to a name such as `DB_PASSWORD`.

Technical writing is full of names that stand for a secret. What is assigned counts as one only if
it is one word of eight characters or more, has letters and digits (or, quoted, letters of both
cases and a sign), and is no word of the vocabulary in which examples are written.
"""

import re
from collections.abc import Callable

import polars as pl

# By maker; the prefixes are what its own secret scanners document.
KEY_FORMATS = {
    "AWS": r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    "GitHub": r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}",
    "GitLab": r"glpat-[\w-]{20,}",
    "OpenAI, Anthropic and others": r"sk-(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{20,}",
    "Stripe": r"[rs]k_(?:live|test)_\w{16,}",
    "Slack": r"xox[abeoprs]-[\w-]{10,}",
    "Google": r"AIza[\w-]{35}",
    "Hugging Face": r"hf_[A-Za-z]{30,}",
    "npm": r"npm_[A-Za-z0-9]{36}",
    "PyPI": r"pypi-[\w-]{50,}",
    "SendGrid": r"SG\.[\w-]{16,}\.[\w-]{16,}",
    "JWT": r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
}
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----.*?"
    r"(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|(?=\n\s*\n)|\Z)",
    re.DOTALL,
)
_KEY = re.compile(rf"(?<![\w-])(?:{'|'.join(KEY_FORMATS.values())})(?![\w])")
_BEARER = re.compile(r"(?i)(\bbearer +)((?=[\w.~+/-]*\d)[\w.~+/-]{20,}=*)")
_LOGIN = re.compile(r"([a-z]://[^\s/:@]+:)([^\s/@:]{3,})(?=@[\w.-])")
_PUBLISHED = re.compile(r"EXAMPLE|(?i:\bx{4,}|\.\.\.|your)")
MARKS = [
    *("AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "sk-"),
    *("k_live_", "k_test_", "xox", "AIza", "hf_", "npm_", "pypi-", "SG.", "eyJ", "-----BEGIN"),
]
SHAPES = r"(?i:bearer) +[0-9A-Za-z_.~+/-]{20}|[a-z]://[^\s/:@]+:[^\s/@:]+@"

# How a name ends that is given a secret.
_NAME = (
    r"pass(?:word|wd|phrase|code)|(?:pass|kenn)wort|pwd|[_-]pass|mot de passe|contraseña|"
    r"secret|credentials?|token|(?:api|access|auth|private|signing|encryption|account|master|"
    r"secret|license|storage|deploy)[ _-]?key"
)
_GIVEN = (  # `= "`, `: `, `"] = "`, `: str = "`, `", "`; in a sentence `is` and a quotation mark
    r"""(?:[_-]?[0-9]{1,2})?["'`\])*]{0,4}(?::[ ]?[\w.\[\]| ]{1,24})?[ \t]{0,8}"""
    r"""(?:(?::=|=>|[:=](?![=:~]))[ \t*]{0,8}|(?<=["']),[ ]?(?=["'])|"""
    r"""(?:is|was|ist|war|lautet|est|es)[ ]{1,2}(?=["'`*]))"""
)
_FLAG = rf"--(?:[a-z-]{{0,30}}-)?(?:{_NAME})[ =]"
_QUOTED = r"""(?P<mark>["'`]|\*{1,2})(?P<quoted>[^\s"'`*<>{}\\]{8,200})(?P=mark)"""
_BARE = r"""(?P<bare>[A-Za-z0-9][^\s"'`,;()<>{}\[\]|&\\$*]{7,199}+)(?=[\s"'`,;)\]}|&<*\\]|$)"""
_ASSIGNED = re.compile(rf"(?i)(?:{_FLAG}|(?:{_NAME}){_GIVEN})(?:{_QUOTED}|{_BARE})")
NAMED = rf"(?i)(?:{_NAME})[^\n]{{0,48}}[:=,\"'`*]|{_FLAG}"

# A value made of these alone, and of digits and signs between them, is an example or a name.
_WORDS = (
    "abc abcd abcdef access admin aes and api app argon auth authorization bar base basic baz "
    "bcrypt bearer byte bytes change changeme char character characters chars client code config "
    "context credential credentials data database db decoded default demo digest dummy ecdsa ed "
    "encoded encrypted enter env example fake field file foo for from generate generated get hash "
    "hashed header here hex hs id input insert int it jwt kdf key length level local long max md "
    "me min my mysql name new next none null number oauth of old one or param pass passcode "
    "passphrase passwd password passwort placeholder postgres prod production protected pub public "
    "pwd qwerty random redacted replace request required response root rs rsa sample secret "
    "service session set sha some ssh state step str string strong sum super temp test the this "
    "time to token tokens two type uint url use user username utf uuid val value var varchar "
    "version very weak with word xyz"
).split()
_EXAMPLE_WORDS = re.compile(
    rf"(?i)[\W\d_]*+(?:(?>{'|'.join(sorted(_WORDS, key=len, reverse=True))})[\W\d_]*+)*+"
)
_EXAMPLE = re.compile(
    r"(?i)x{3,}|\.{3}|…|\*{3}|your|example|change.?me|replace|placeholder|redacted|dummy|"
    r"lorem|://|\.(?:com|crt|env|go|html?|ini|java|json|js|key|md|pem|php|py|rb|rs|sh|toml|ts|txt|"
    r"xml|ya?ml)$|^v?[0-9]+[.-][0-9]"
)
_REFERENCE = re.compile(r"[./~$%&-]|[a-z]+:[a-z]|.*(?:\$[A-Z_]{3}|\$\(|%[sd(])")  # looked up
_CODE = re.compile(  # names in code, `12-character`
    r"(?:[A-Za-z]+[0-9]*[_.]+)+[A-Za-z]+[0-9]*|(?=.{1,40}$)[\w.]+\.[a-z_]\w*|"
    r"(?:[A-Za-z]+|[0-9]+)(?:[-/.:+=](?:[A-Za-z]+|[0-9]+))+"
)
_LONG = 16  # of what is called a token alone: parsers have others
_PART = re.compile("[A-Za-z_-]")
_SIGN = re.compile(r"[!#$%^&+=?~@|]")


def redact_keys(text: str, written: Callable[[str], str]) -> str:
    """The text with keys of known forms replaced. written: what stays before one → that
    with the placeholder after it."""
    for pattern in (_PRIVATE_KEY, _LOGIN, _BEARER, _KEY):
        text = pattern.sub(lambda match: _keyed(match, written), text)
    return text


def _keyed(match: re.Match[str], written: Callable[[str], str]) -> str:
    before, secret = match.groups() if match.re in (_LOGIN, _BEARER) else ("", match[0])
    published = _PUBLISHED.search(secret) and "PRIVATE KEY" not in secret
    return match[0] if published else written(before)


def redact_assigned(text: str, written: Callable[[str], str]) -> str:
    """The text with secrets that are assigned to a name replaced, as `redact_keys` does."""

    def assigned(match: re.Match[str]) -> str:
        kind = "quoted" if match["quoted"] else "bare"
        secret = match[kind] if match["quoted"] else match[kind].rstrip(".:!?…")
        alone = match[0][:5].lower() == "token" and not _PART.match(match.string, match.start() - 1)
        if len(secret) < (_LONG if alone else 8) or not _is_secret(secret, kind == "quoted"):
            return match[0]
        start = match.start(kind) - match.start()
        return written(match[0][:start]) + match[0][start + len(secret) :]

    lines = text.split("\n")  # no assignment goes beyond one, and polars finds theirs fast
    for place in pl.Series(lines, dtype=pl.String).str.contains(NAMED).arg_true():
        lines[place] = _ASSIGNED.sub(assigned, lines[place])
    return "\n".join(lines)


def _is_secret(value: str, quoted: bool) -> bool:
    """Whether the value looks made to be secret, and is neither example nor code."""
    digits = any(sign in "0123456789" for sign in value)
    both_cases = value != value.lower() and value != value.upper()
    if value.upper() == value.lower() or not (
        digits or (quoted and both_cases and _SIGN.search(value))
    ):
        return False
    if _EXAMPLE.search(value) or _REFERENCE.match(value) or _EXAMPLE_WORDS.fullmatch(value):
        return False
    return quoted or not _CODE.fullmatch(value)
