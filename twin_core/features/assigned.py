"""Secrets that a text assigns to a name such as `DB_PASSWORD`, or says in a sentence.

Technical writing is full of names that stand for a secret. What is assigned counts as one only if
it is one word of eight characters or more, has letters and digits (or, quoted, letters of both
cases and a sign), and is no word of the vocabulary in which examples are written; or if it is a
quoted phrase of three words or more, none of them one that sentences are made of, and given to a
password.
"""

import re
from collections.abc import Callable, Iterable

import polars as pl

# How a name ends that is given a secret.
_PASSWORD = r"pass(?:word|wd|phrase|code)|(?:pass|kenn)wort|pwd|mot de passe|contraseña"
_NAME = (
    rf"{_PASSWORD}|[_-]pass|\bpass\b|"
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
_IS = r"(?:is|was|ist|war|lautet|est|était|es|era)"
# In a sentence, without quotation marks, only what no word looks like.
_SAID = re.compile(
    rf"(?i)(?:{_PASSWORD})(?P<verb> {_IS}:? | ?: )"
    r"(?P<said>[^\s\"'`,;()<>{}\[\]\\*]{8,64})(?![^\s,;)])"
)
_PHRASE = re.compile(  # several words, given to a password
    rf"(?i)(?:{_PASSWORD}){_GIVEN}(?P<sign>[\"'`])"
    r"(?P<phrase>[a-z0-9-]{1,20}(?: [a-z0-9-]{1,20}){2,9})(?P=sign)"
)
_OPTION = re.compile(  # of a command, without a name
    r"\b(?:(?:mysql|mariadb)[^\n|;&]{0,120}? -p|redis-cli[^\n|;&]{0,120}? -a {1,2}|"
    r"sshpass -p {0,2}|(?:mongo|docker login)[^\n|;&]{0,120}? -p {1,2}|"
    r"curl[^\n|;&]{0,120}? (?:-u {0,2}|--user[= ])[\"']?[\w.@-]{1,64}:)[\"']?"
    r"(?P<option>[^\s\"'`,;()<>{}\[\]|\\]{8,64}+)"
)
_ASSIGNED = re.compile(rf"(?i)(?:{_FLAG}|(?:{_NAME}){_GIVEN})(?:{_QUOTED}|{_BARE})")
# For polars, what a line has at least; first words, since patterns like this one are slow there.
_NAMES = (
    "pass kennwort pwd contrase secret credential token key mysql mariadb redis-cli mongo curl"
).split()
_NAMES += ["docker login"]
_NAMED = rf"(?i)(?:{_NAME})[^\n]{{0,48}}[:=,\"'`*]|{_FLAG}|(?:{_PASSWORD}) {_IS}:? |"
_NAMED += r"(?:mysql|mariadb|redis-cli|sshpass|mongo|docker login|curl)[^\n]* -"

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
# Words of sentences, as labels and messages are: a passphrase is drawn from others.
_SENTENCE_WORDS = frozenset(
    "a about again all already also an any are as at be been blank both but by can cannot check "
    "confirm contain contains did do does don either empty error even expired failed fails "
    "forgot forgotten given had has have he her his how i if in incorrect invalid its just least "
    "less many match matches maximum minimum missing more most must need needs needed no not on "
    "only our out over please reset retype same set shall she should short so still stored such "
    "than that their them then these they this those too try under until up valid was we were what "
    "when where which who will without won would wrong yes you "
    "aber am auf aus bei bitte da darf das dein dem den der des die ein eine einem einen einer es "
    "für hat ich ihr ihre im ist kann kein keine mit muss nach nicht noch nur oder sein sie sind "
    "um und vergessen von wird wiederholen zeichen zu zum zur "
    "au aux avec ce cette dans de doit du elle en est et il je la le les leur mais ne nous ou "
    "oublié par pas pour que qui sa sans se ses son sur un une votre vous "
    "con debe del el ella lo los las no para por ser si su sus tu una y".split()
)
_EXAMPLE = re.compile(
    r"(?i)\b(?:ctrl|shift|alt|cmd|strg)\+|x{3,}|\.{3}|…|\*{3}|your|example|change.?me|replace|"
    r"placeholder|redacted|dummy|lorem|://|\.(?:com|crt|env|go|html?|ini|java|json|js|key|md|pem|"
    r"php|py|rb|rs|sh|toml|ts|txt|xml|ya?ml)$|^v?[0-9]+[.-][0-9]"
)
_REFERENCE = re.compile(r"[./~$%&-]|[a-z]+:[a-z]|.*(?:\$[A-Z_]{3}|\$\(|%[sd(])")  # looked up
_CODE = re.compile(  # names in code, `12-character`
    r"(?:[A-Za-z]+[0-9]*[_.]+)+[A-Za-z]+[0-9]*|(?=.{1,40}$)[\w.]+\.[a-z_]\w*|"
    r"(?:[A-Za-z]+|[0-9]+)(?:[-/.:+=](?:[A-Za-z]+|[0-9]+))+"
)
_LONG = 16  # of what is called a token alone: parsers have others
_PART = re.compile("[A-Za-z_-]")
_SIGN = re.compile(r"[!#$%^&+=?~@|]")
_PASS = re.compile(r"(?i)pass\b")  # the word alone is a pass through data more often
_USER = re.compile(r"(?i)\b(?:user(?:name)?|login|usr|uid|benutzer|utilisateur|usuario)\b ?[:=]")
_SPELT_OUT = re.compile(r"(?i) (?:lautet|\w+:):? ")
_MIXED = re.compile(r"[!#$%^&?@]|[0-9][A-Za-z]+[0-9]+[A-Za-z]")  # within a word of a sentence


def named_lines(texts: list[str]) -> dict[int, list[int]]:
    """Place of a text → numbers of its lines that may assign a secret; none goes beyond a line."""
    line = pl.col("line")
    named = line.str.contains_any(_NAMES, ascii_case_insensitive=True)
    lines = (
        pl.DataFrame({"line": texts}, schema={"line": pl.String})
        .with_row_index("text")
        .filter(named)
        .with_columns(line.str.split("\n"))
        .with_columns(number=pl.int_ranges(line.list.len()))
        .explode("line", "number", empty_as_null=False)
    )
    found = lines.filter(named).filter(line.str.contains(_NAMED))
    return dict(found.group_by("text").agg("number").iter_rows())


def redact_assigned(text: str, numbers: Iterable[int], written: Callable[[str], str]) -> str:
    """The text with secrets that are assigned to a name in these lines replaced. written: what
    stays before one → that with the placeholder after it."""

    def assigned(match: re.Match[str]) -> str:
        kind, begin = match.lastgroup or "", match.start()
        whole = kind in ("quoted", "phrase", "option")
        secret = match[kind] if whole else match[kind].rstrip(".:!?…")
        if not _FITS[kind](match, secret):
            return match[0]
        start = match.start(kind) - begin
        return written(match[0][:start]) + match[0][start + len(secret) :]

    lines = text.split("\n")
    for number in numbers:
        for pattern in (_SAID, _PHRASE, _OPTION, _ASSIGNED):
            lines[number] = pattern.sub(assigned, lines[number])
    return "\n".join(lines)


def _is_assigned(match: re.Match[str], secret: str) -> bool:
    """Whether what is given to the name, in one word, looks made to be secret."""
    alone = match[0][:5].lower() == "token" and not _PART.match(match.string, match.start() - 1)
    quoted = bool(match["quoted"])
    if _PASS.match(match[0]) and not (quoted or _has_user(match) or _is_odd_word(secret)):
        return False
    return len(secret) >= (_LONG if alone else 8) and _is_secret(secret, quoted)


def _has_user(match: re.Match[str]) -> bool:
    """Whether a user is named right before, as in `user=jane pass=…`."""
    return bool(_USER.search(match.string, max(0, match.start() - 80), match.start()))


def _is_said(match: re.Match[str], word: str) -> bool:
    """Whether a word of a sentence can be nothing but a password: `Tr0ub4dor&3`, or any secret
    after `lautet` or `is:`."""
    if _SPELT_OUT.fullmatch(match["verb"]):
        return _is_secret(word, True)
    return _is_odd_word(word)


def _is_odd_word(word: str) -> bool:
    cases = any(map(str.islower, word)) and any(map(str.isupper, word)) and _is_secret(word, True)
    return cases and bool(_MIXED.search(word))


def _is_option(_: re.Match[str], word: str) -> bool:
    return _is_secret(word, True)


def _is_passphrase(_: re.Match[str], phrase: str) -> bool:
    """Whether words are drawn from no sentence, and are all in the same case."""
    words = phrase.lower().split()
    alike = phrase == phrase.lower() or all(word[0].isupper() for word in phrase.split())
    return alike and not any(
        word in _SENTENCE_WORDS or (word.isalpha() and _EXAMPLE_WORDS.fullmatch(word))
        for word in words
    )


_FITS = dict(
    quoted=_is_assigned, bare=_is_assigned, said=_is_said, option=_is_option, phrase=_is_passphrase
)


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
