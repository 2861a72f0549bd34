"""Tags of templates within a sentence: which show a word, which stand around the sentence's own
words, and which are being spoken of."""

import re

from twin_core.features.shown_words import (
    BLOCK_START,
    WINDOW,
    Argument,
    before_in_line,
)

# What shows the word that it is given; of others that may be a name, a class or an address.
_SHOWS = set("abbr b badge del em i ins kbd key keys mark small strong sub sup term u".split())
_ANY_TAG = re.compile(r"\{\{[<%](?:(?!\}\})[^\n{])*\}\}|\{%(?:(?!%\})[^\n{])*%\}")
_WORD = re.compile(r"[^\W_]")
_TAG_ENDS, _TAG_STARTS = ("}}", "%}"), ("{{<", "{{%", "{%")
_SAID = re.compile(r"[^\W_][^_/=@{}\[\]<>%*`|\\\n]*")
_FILE = re.compile(r"\.[A-Za-z]\w{1,3}$")
_KEY = re.compile(r"(?=\D*\d)[\w-]{8,}")  # of a video, of a table
_LONGEST_WORD, _LONGEST_PAIR = 20, 1000
_BLANK = re.compile(r"\n[ \t]*\n")
_SENTENCE_ENDS = ".!?…"


def _after_in_line(text: str, end: int) -> str:
    return text[end : end + WINDOW].split("\n", 1)[0]


def word_shown(text: str, start: int, end: int, name: str, arguments: list[Argument]) -> str:
    """The one word or quoted string that a tag is given which has words beside it in its line."""
    if len(arguments) != 1 or arguments[0].name or name not in _SHOWS:
        return ""
    value, quoted = arguments[0].value, arguments[0].quoted
    said = _SAID.fullmatch(value) and not _FILE.search(value) and not _KEY.fullmatch(value)
    if not said or not (quoted or len(value) <= _LONGEST_WORD):
        return ""
    return value if has_words_beside(text, start, end) else ""


def has_words_beside(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] has words in its line, other than in tags."""
    beside = (before_in_line(text, start), _after_in_line(text, end))
    return any(line is None or bool(_WORD.search(_ANY_TAG.sub("", line))) for line in beside)


def pair_is_in_sentence(text: str, start: int, end: int) -> bool:
    """Whether text[start:end], a tag with its body and its end, goes on in the words beside it."""
    if end - start > _LONGEST_PAIR or _BLANK.search(text, start, end):
        return False
    before, after = before_in_line(text, start), _after_in_line(text, end).strip()
    behind = before is None or not BLOCK_START.fullmatch(before)
    if behind and not (before or "").rstrip().endswith(_TAG_ENDS):
        return True
    return bool(after) and not after.startswith(_TAG_STARTS)


def is_spoken_of(text: str, start: int, body: slice, end: int) -> bool:
    """Whether a loop and its end are what a sentence is about: words are between them as between
    words, and it shows no value."""
    between = text[body] if body.stop - body.start <= WINDOW else ""
    if not (between.startswith(" ") and between.endswith(" ") and between.strip()):
        return False
    if "{" in between or _BLANK.search(between):
        return False
    return has_words_beside(text, start, end)


def gap(text: str, start: int, end: int, branches: bool) -> str:
    """A space in place of a tag of flow control, where sentences, or what it has a reader choose
    from, would else be one word. branches: what is behind it stands instead of what is before."""
    last, following = text[start - 1 : start], text[end : end + 1]
    if not last or last.isspace() or last == "}" or not following or following.isspace():
        return ""
    sentences = last in _SENTENCE_ENDS and (following.isalpha() or following == "{")
    return " " if branches or sentences else ""
