"""Whether a question leaves out what it names: `hide the posts of 2020`, `anything but Medium`.

There is no filter that excludes, so what is left out sets none. The whole sentence is looked at,
since the word that leaves out may stand far from what it leaves out; in doubt it does.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from twin_core.retrieval.bounding_words import ABOUT_WORD, NOT_AFTER, TEXTS
from twin_core.retrieval.exclusion_words import (
    AGAIN,
    DENIALS,
    ELSE,
    EXCEPT,
    LEAVING_OUT,
    NO_THANKS,
    PARTED,
    PARTED_BEFORE,
    PASSIVE,
    READ,
    WANTED,
    words_of,
)
from twin_core.retrieval.sentence_form import (
    commands,
    only_asks,
    refused,
    refused_at_last,
    tells_nothing,
)

MOST = 24  # words of leaving out behind one moment that are looked at
NEAR = 48  # characters around such a word that tell what it belongs to
FAR = 200  # characters behind a word before an exception in which that stands
QUOTED = re.compile(
    r"[\"＂]([^\"＂]{1,160})[\"＂]|[“„]([^“”„\"]{1,160})[”“\"]|(?<!\w)”(?=\S)([^“”„\"]{1,160})”|"
    r"«([^«»]{1,160})»|(?<!\w)»(?=\S)([^«»]{1,160})(?<=\S)«|"
    r"‹([^‹›]{1,160})›|(?<!\w)›(?=\S)([^‹›]{1,160})(?<=\S)‹|[「『]([^「」『』]{1,160})[」』]|"
    # Around whole words, and no apostrophe: neither `the managers' trust` nor `the '90s`.
    r"(?<!\w)['‘‚](?=\S)(?!\d\ds?\b)((?:[^'‘’‚\"“”„«»\n]|(?<=\w)['’](?=\w)){1,160})(?<=\S)['‘’](?!\w)"
)


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)


_DENIAL = _whole(words_of(DENIALS))
_EXCEPT = _whole(words_of(EXCEPT))
_LEAVING = _whole(words_of(LEAVING_OUT))
_WANTED, _ELSE, _AGAIN = _whole(WANTED), _whole(ELSE), _whole(AGAIN)
_ABOUT = _whole(ABOUT_WORD)
_PARTED = tuple((_whole(a), _whole(b)) for a, b in PARTED)
_PARTED_BEFORE = tuple((_whole(a), _whole(b)) for a, b in PARTED_BEFORE)
_READ = tuple((_whole(a), _whole(b) if b else None) for a, b in READ)
_NO_THANKS = re.compile(NO_THANKS, re.IGNORECASE)
_PASSIVE = re.compile(rf"(?<!\w){PASSIVE}\s+(?:\w+\s+)?$", re.IGNORECASE)
_AT_THE_END = re.compile(
    r"(?:\s+(?:please|bitte|werden|wird|sein|s['’]il\s+\w+\s+plaît|por\s+favor))*\s*$"
)
# `What did you write about skipping breakfast?` leaves nothing out.
_TOPIC = re.compile(
    rf"(?<!\w)(?<!how\s)(?<!what\s){ABOUT_WORD}\s+(?:(?:not|never)\s+)?\w+ing\b(?!\s+(?:\w+\s+)?(?:{TEXTS}|what|every\w*|"
    r"any\w*|all|your|those)\b)",
    re.IGNORECASE,
)
_FRONT = re.compile(
    r"\s*¿?(?:in|on|at|during|since|im|am|seit|en|dans|durant|pendant|depuis|desde|durante)\s+"
    r"(?:the\s+)?[\"“„«]?",
    re.IGNORECASE,
)
# An abbreviation's full stop ends no sentence.
_ENDS = re.compile(
    r"(?:[?!]|(?<=\w\w)(?<!\betc)(?<!\bvs)(?<!\bexcl)(?<!\bincl)(?<!\bbzw)(?<!\bno)(?<!\bdr)\.)"
    r"(?=\s)|\n",
    re.IGNORECASE,
)
_WITHOUT = re.compile(r"without|ohne|sans|sin", re.IGNORECASE)
_PLACED = r"in|on|at|from|since|before|after|during|im|am|auf|seit|vor|nach|en|dans|depuis|desde"
# What is excepted: up to a comma, or the next phrase of time, place or subject.
_EXCEPTED = re.compile(
    rf"(?:\s+(?:for|from|of|von|d[eu]|à|{_PLACED}|{ABOUT_WORD})(?!\w))?"
    rf"(?:\s+(?:(?:the|your|any|die|les|los)\s+)?(?:those|ones|ceux|celles|{TEXTS}|de(?:ne)?n)\s+{ABOUT_WORD}(?!\w))?"
    rf"(?:\s+(?!(?:{_PLACED}|{ABOUT_WORD})(?!\w))[\w'’-]+)+",
    re.IGNORECASE,
)
# Before something other than the moment itself: `prior to moving to Berlin in 2018`.
_BEFOREHAND = _whole(
    r"before|prior\s+to|earlier\s+than|older\s+than|ahead\s+of|in\s+advance\s+of|"
    r"(?:run|lead)[\s-]?up\s+to|leading\s+up\s+to|predat\w+|preced\w+|"
    r"vor(?!\s+(?:allem|sich|kurzem)\b)|bevor|ehe|avant|antes"
)
_AROUND_A_TEXT = _whole(
    r"(?:after|since|until|till|following|later\s+than|newer\s+than|seit|bis\s+zu|après|depuis|"
    r"después\s+del?|desde|hasta|(?<!such\s)(?<!suche\s)(?<!suchen\s)nach)\s+"
    r"(?:your|the|my|that|this|dein\w*|ihr\w*|de[mnr]|ton|tes|votre|vos|l[ea]s?|tus?|sus?|el|los)\s+"
    rf"(?:[\w'’]+\s+)?{TEXTS}"
)
Spans = list[tuple[int, int]]


@dataclass(frozen=True)
class _Words:
    """Where the words of a question stand that can leave something out, each kind in order."""

    text: str
    ends: list[int]
    denials: Spans
    excepting: Spans
    leaving: Spans
    wanted: Spans
    about: Spans
    otherwise: Spans
    again: Spans
    elsewhen: Spans
    parted: list[tuple[Spans, Spans]]
    parted_before: list[tuple[Spans, Spans]]
    read: list[tuple[Spans, Spans | None]]


@lru_cache(maxsize=16)
def _words(question: str) -> _Words:
    """Once for each question: it may name many times and places. What it quotes says nothing of
    this."""
    text = QUOTED.sub(lambda quoted: " " * len(quoted.group()), question)
    told = commands(text)
    for start, end in tells_nothing(text):
        text = text[:start] + " " * (end - start) + text[end:]
    text = _TOPIC.sub(lambda topic: " " * len(topic.group()), text)

    def spans(pattern: re.Pattern[str]) -> Spans:
        return [match.span() for match in pattern.finditer(text)]

    return _Words(
        text,
        [match.end() for match in _ENDS.finditer(text)],
        spans(_DENIAL),
        sorted(spans(_EXCEPT) + told),
        spans(_LEAVING),
        spans(_WANTED),
        [match.span() for match in _ABOUT.finditer(question)],
        spans(_ELSE),
        spans(_AGAIN),
        sorted(spans(_BEFOREHAND) + spans(_AROUND_A_TEXT)),
        [(spans(a), spans(b)) for a, b in _PARTED],
        [(spans(a), spans(b)) for a, b in _PARTED_BEFORE],
        [(spans(a), spans(b) if b else None) for a, b in _READ],
    )


def left_out(question: str, start: int, end: int, since: int = 0) -> bool:
    """Whether the question may not want what it names from start to end. since: where that begins
    which words before it can bear on."""
    words = _words(question)
    begins, ends = _sentence(words, start, end)
    begins = max(begins, since)
    return (
        _before(words, begins, start, ends)
        or _after(
            words,
            end,
            ends,
            fronted=bool(_FRONT.fullmatch(words.text, begins, start)),
            asks=only_asks(words.text, begins, ends),
        )
        or _further_on(words, ends)
        or _taken_back(words, end)
    )


def another_time(question: str, start: int, since: int = 0) -> bool:
    """Whether the question names that time only for what happened then, and asks for the one before
    it: `prior to moving to Berlin in 2018`."""
    words = _words(question)
    begins, _ = _sentence(words, start, start)
    return bool(_first(words.elsewhen, max(begins, since), start))


def leaves_out(question: str) -> bool:
    """Whether any words of the question leave anything out."""
    words = _words(question)
    size = len(question)
    return bool(
        words.denials
        or words.excepting
        or words.leaving
        or any(a and _first(b, a[0][1], size) for a, b in words.parted + words.parted_before)
        or any(a and (b is None or _first(b, a[0][1], size)) for a, b in words.read)
    )


def leaves_texts_out(question: str) -> bool:
    """Whether it says so of what it asks for, and does not only hold a `not`."""
    words = _words(question)
    wish = bool(words.denials) and bool(words.wanted)
    return leaves_out(question) and (wish or not words.denials)


def spans_of(question: str) -> Spans:
    """Where the words stand that leave something out, with what they except: none of them is a
    subject. `bread without yeast` is one."""
    words = _words(question)
    found = words.denials + words.excepting + words.leaving
    for start, end in words.excepting[:MOST]:
        if not _EXCEPT.match(words.text, start):  # an order, which has its own object
            continue
        begins, ends = _sentence(words, start, end)
        within = _first(words.about, begins, start) and _WITHOUT.fullmatch(question, start, end)
        excepted = None if within else _EXCEPTED.match(words.text, end, min(ends, end + FAR))
        found += [excepted.span()] if excepted else []
    for a, b in words.parted + words.parted_before:
        if a and (closing := _first(b, a[0][1], len(question))):
            found = [*found, a[0], closing]
    return found


def _sentence(words: _Words, start: int, end: int) -> tuple[int, int]:
    first = bisect_left(words.ends, start + 1)
    begins = words.ends[first - 1] if first else 0
    last = bisect_left(words.ends, max(start, end - 1) + 1)
    return begins, words.ends[last] if last < len(words.ends) else len(words.text)


def _first(spans: Spans, low: int, high: int) -> tuple[int, int] | None:
    """The first that begins there: low ≤ its start < high."""
    place = bisect_left(spans, (low, 0))
    return spans[place] if place < len(spans) and spans[place][0] < high else None


def _within(spans: Spans, low: int, high: int) -> Spans:
    """Some of those that begin there."""
    return spans[bisect_left(spans, (low, 0)) : bisect_left(spans, (high, 0))][:MOST]


def _before(words: _Words, begins: int, start: int, ends: int) -> bool:
    kinds = (words.denials, words.excepting, words.leaving)
    if any(_first(spans, begins, start) for spans in kinds):
        return True
    for openings, closings, until in (
        *((a, b, ends) for a, b in words.parted),
        *((a, b, start) for a, b in words.parted_before),
        *((a, b, ends) for a, b in words.read),
    ):
        opening = _first(openings, begins, start)
        if opening and (closings is None or _first(closings, opening[1], until)):
            return True
    return False


def _after(words: _Words, end: int, ends: int, fronted: bool, asks: bool) -> bool:
    """Of a subject between, only what is said of the whole: `posts about bread are excluded`.
    fronted: the sentence begins with it, as in `In 2020, what else did you write?`. asks: it is a
    question in which nobody states a wish."""
    text = words.text
    if NOT_AFTER.match(text, end) or _NO_THANKS.match(text, end) or refused(text, end, ends):
        return True
    about = _first(words.about, end, ends)
    if about and asks:  # the rest says what they are about
        ends = about[0]
    if any(
        _of_the_whole(text, span, about, end, ends) for span in _within(words.leaving, end, ends)
    ):
        return True
    for openings, closings in words.read:
        if _first(openings, end, ends) and (closings is None or _first(closings, end, ends)):
            return True
    if _first(words.denials, end, ends) and _first(words.wanted, end, ends):
        return True
    other = _first(words.otherwise, end, about[0] if about else ends)
    return bool(other) and not fronted


def _of_the_whole(
    text: str, span: tuple[int, int], about: tuple[int, int] | None, end: int, ends: int
) -> bool:
    """Whether a verb of leaving out that follows belongs to no subject that stands before it."""
    head, tail = text[max(end, span[0] - NEAR) : span[0]], text[span[1] : span[1] + NEAR]
    last = ends - span[1] < NEAR and _AT_THE_END.match(tail[: ends - span[1]].rstrip(".?! "))
    return bool(not about or span[0] < about[0] or last or _PASSIVE.search(head))


def _further_on(words: _Words, begins: int) -> bool:
    """Whether a later sentence takes it back: `Posts from 2020? Skip those.`"""
    size = len(words.text)
    denied = _first(words.denials, begins, size) and _first(words.wanted, begins, size)
    said = denied or _first(words.leaving, begins, size)
    return bool(
        (said and _first(words.again, begins, size))
        or _first(words.otherwise, begins, size)
        or (begins < size and refused_at_last(words.text, begins))
    )


def _taken_back(words: _Words, end: int) -> bool:
    """Whether two words behind it leave out what stands between them: `leave them out`."""
    size = len(words.text)
    for openings, closings in words.parted:
        for _, opened in _within(openings, end, size):
            again = _first(words.again, opened, opened + 2)
            if again and _first(closings, again[1], again[1] + 2):
                return True
    return False
