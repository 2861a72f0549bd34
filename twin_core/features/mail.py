"""E-mail addresses in a text: written as such, beyond ASCII, or spelt out against robots."""

import re
from collections.abc import Callable

from twin_core.features.width import folded, replaced

_LETTERS = "A-Za-z\u00c0-\u02af\u0370-\u052f"  # of scripts with spaces between words
# Domains that people have their mail at: what is less clear counts with these alone.
_COMMON = (
    "com|net|org|edu|gov|info|biz|name|mobi|dev|app|io|ai|co|me|eu|de|at|ch|li|uk|ie|fr|be|nl|lu|"
    "es|pt|it|pl|cz|sk|hu|ro|bg|gr|dk|se|no|fi|is|ee|lv|lt|ua|by|ru|tr|il|in|cn|jp|kr|tw|hk|sg|my|"
    "th|vn|id|ph|au|nz|za|br|ar|mx|cl|us|ca|tv|xyz|tech|cloud|blog|online|email"
)
_SURE = "com|net|org|edu|gov|de|ch|uk|fr|nl|es|it|pl|eu|ru|jp|cn|br|au"  # and no name in code
_SIGN = "(?:@|&#64;|&#[xX]40;|&commat;|%40)"
_LOCAL = rf"(?<![0-9{_LETTERS}.+@/-])[0-9{_LETTERS}][0-9{_LETTERS}_.+-]{{0,63}}"
_LABEL = r"(?:[^\W_]|-){1,63}"
_ENDING = (  # what goes on after another one is code: `x@self.proj_q`, `q@k.transpose(0, 1)`
    rf"(?:(?:{_SURE})(?![0-9{_LETTERS}@])|(?:xn--[A-Za-z0-9-]{{2,59}}|[{_LETTERS}]{{2,24}})"
    rf"(?![0-9{_LETTERS}@(\[]|_+[0-9{_LETTERS}]))"
)
_OBJECT = r"(?!(?:self|cls|this|np|jnp|torch|tf|nn)\.)"  # of a product of matrices
_EMAIL = re.compile(rf"{_LOCAL}{_SIGN}{_OBJECT}(?:{_LABEL}\.)+{_ENDING}")
# Of scripts without spaces: from one space or sign to the next, or it may be a sentence.
_WHOLE_EMAIL = re.compile(
    rf"(?<![\w.+@/-])\w[\w.+-]{{0,15}}{_SIGN}(?:{_LABEL}\.)+"
    rf"(?:{_COMMON}|xn--[a-z0-9-]{{2,59}}|中国|中國|公司|香港|台灣|台湾|みんな|한국)(?![\w@])"
)
_BRACKETED_AT = r"(?i:[(\[{<] ?(?:at|ät|@|arroba) ?[)\]}>])"
_AT = re.compile(rf" {{0,2}}{_BRACKETED_AT} {{0,2}}")
_DOT = re.compile(r"(?i: {0,2}[(\[{<] ?(?:dot|punkt|point|punto|\.) ?[)\]}>] {0,2})")
_SPELT_EMAIL = re.compile(
    rf"{_LOCAL}(?:{_DOT.pattern}[0-9{_LETTERS}_.+-]{{1,63}}){{0,3}}{_AT.pattern}"
    rf"(?:{_LABEL}(?:\.|{_DOT.pattern}))+{_ENDING}"
)
# In plain words (`jane at gmail dot com`) only where it cannot be a sentence about a site: at a
# host of mail, after `mail me at`, with two dots, or with a word for the sign alone.
_AT_WORD, _DOT_WORD = r"(?i: at | ät | arroba | arobase )", r"(?i: (?:dot|punkt|point|punto) )"
_WORDED_EMAIL = re.compile(
    rf"(?<![0-9{_LETTERS}_.+@/-])(?P<local>[0-9{_LETTERS}][0-9{_LETTERS}_.+-]{{0,63}})"
    rf"(?P<dotted>(?:{_DOT_WORD}[0-9{_LETTERS}_-]{{1,30}}){{0,2}})(?P<at>{_AT_WORD})"
    rf"(?P<host>[0-9{_LETTERS}-]{{1,63}})(?:{_DOT_WORD}[0-9{_LETTERS}-]{{1,30}}){{0,2}}"
    rf"{_DOT_WORD}(?i:{_COMMON})(?![0-9{_LETTERS}_-])"
)
MAY_BE = rf"{_SIGN}|{_BRACKETED_AT}|(?i:{_AT_WORD}\S+ (?:dot|punkt|punto) | arobase )"
_HOSTS = frozenset(
    "gmail googlemail yahoo hotmail outlook live msn icloud aol gmx web proton protonmail posteo "
    "mailbox fastmail hey zoho tutanota tuta yandex mail qq orange laposte wanadoo libero".split()
)
_NO_LOCALS = frozenset(
    "a an the this that it us me you him her them i we he she they everyone people someone users "
    "look looking meet find found see read more here there is are was be been go went sign login "
    "log up in out on over available hosted host live account accounts address addresses inbox "
    "mail email page site work works working engineers team arrive arrived aim stare point "
    "everything anything something nothing".split()
)
# In code `this@Main.title`, `react@next.js` and `ssh deploy@web.acme.io` are no addresses.
_CODE_LOCALS = frozenset("this super return break continue self".split())
_CODE_ENDINGS = frozenset(_COMMON.split("|")) - frozenset("name info id is email".split())
_CODE_HOST = re.compile(r"(?:^|\.)(?:docker|ghcr|quay|gcr)\.io$|\.compute\.|\.amazonaws\.")
_COMMAND = re.compile(
    r"(?:^|[\s`$;&|(/])(?:ssh|scp|sftp|mosh|sshfs|rsync|autossh|ssh-copy-id|sshpass|npm|npx|pnpm|yarn|"
    r"bun|docker|podman|git (?:clone|remote|push|pull|fetch|ls-remote|submodule))\s[^;&|`]*$"
)
_PATH = re.compile(r":[\w/~.$-]|[$#%] ")  # of a copy, or a prompt
_LINE_BEFORE = 200  # characters that are looked at for a command
_MAIL_ME = re.compile(
    r"(?i)(?:mail|address|write|contact|reach|schreib\w{0,4})(?: (?:me|us|mir|uns|address))?"
    r"(?: ?[:=]| is| at| to| under| an) $|<$"
)
_EXAMPLE_HOST = re.compile(
    r"(?i)@(?:[\w.-]+\.)?(?:example(?:\.(?:com|net|org))?|test|invalid|localhost|local)$|"
    r"^(?:git|hg|svn)@"
)
_SIGNS = re.compile(_SIGN)
# What the costly patterns need at least.
_FOREIGN = re.compile(rf"[^\x00-\u052f]{_SIGN}|{_SIGN}[^\x00-\u052f]")
_DOT_WORDS = re.compile(_DOT_WORD)


def redact_mail(text: str, written: Callable[[], str], code: bool = False) -> str:
    """The text with e-mail addresses replaced. written: makes a placeholder. code: whether the
    text is code, where only what surely receives mail is one."""

    def address(match: re.Match[str]) -> str | None:
        kept = _is_example(match[0]) or (code and not _is_mail_in_code(match))
        return None if kept else written()

    def worded(match: re.Match[str]) -> str | None:
        return written() if _is_worded(match) else None

    text = replaced(_EMAIL, text, address)
    if not text.isascii() and _FOREIGN.search(folded(text)):
        text = replaced(_WHOLE_EMAIL, text, address)
    text = replaced(_SPELT_EMAIL, text, address) if _AT.search(text) else text
    return replaced(_WORDED_EMAIL, text, worded) if _DOT_WORDS.search(folded(text)) else text


def _is_example(address: str) -> bool:
    return bool(_EXAMPLE_HOST.search(_with_signs(address)))


def _with_signs(address: str) -> str:
    """An address as it is written to, however its signs are spelt."""
    return _DOT.sub(".", _AT.sub("@", _SIGNS.sub("@", address)))


def _is_mail_in_code(match: re.Match[str]) -> bool:
    local, _, host = _with_signs(match[0]).partition("@")
    ending = host.rpartition(".")[2]
    if local in _CODE_LOCALS or _CODE_HOST.search(host) or _PATH.match(match.string, match.end()):
        return False
    if host.isascii() and not ending.startswith("xn--"):
        written_alike = ending == ending.lower() or match[0] == match[0].upper()
        if not written_alike or ending.lower() not in _CODE_ENDINGS:
            return False
    before = match.string[max(0, match.start() - _LINE_BEFORE) : match.start()]
    return not _COMMAND.search(before.rpartition("\n")[2])


def _is_worded(match: re.Match[str]) -> bool:
    local, host = match["local"].lower(), match["host"].lower()
    at = match["at"].strip().lower()
    if " point " in match[0].lower() and at != "arobase":  # `at some point`
        return False
    if local in _NO_LOCALS or host == "example" or len(host) < 2:
        return False
    for_sign = at != "at" or (
        match["at"] == " AT " and match["local"] == local and " DOT " in match[0]
    )
    before = match.string[max(0, match.start() - 40) : match.start()]
    return bool(for_sign or match["dotted"] or host in _HOSTS or _MAIL_ME.search(before))
