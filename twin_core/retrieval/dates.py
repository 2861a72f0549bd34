"""The period that a question asks for: `in 2024`, `since March 2025`, `letztes Jahr`.

Days, months and years come from `moments`; here the words around them say what they bound. What no
single range expresses (`before 2020 or after 2023`, `not in 2024`) is no period: a question is
never answered from the opposite of what it asks for.
"""

import re
from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from twin_core.retrieval.bounding_words import (
    ABOUT,
    AGO,
    AND,
    BEFORE,
    BEFORE_THEM,
    COUNTED_FROM,
    COUNTED_IN,
    EARLIER,
    FRENCH,
    GERMAN,
    HABIT,
    JOINED,
    LEAST_OR_MOST,
    LEFT_OVER,
    NOT,
    NOT_AFTER,
    OF_AGO,
    OFFSETS,
    ONWARDS,
    OR,
    PROPER,
    ROMANCE,
    TEXT_AFTER,
    TEXT_BEFORE,
    TO,
    WAYS,
    WHOSE,
    WRITING_DONE,
)
from twin_core.retrieval.calendar_words import FIRST_YEAR
from twin_core.retrieval.moments import Moment, moments

__all__ = ["FIRST_YEAR", "Period", "period_of"]

MOST = 24  # moments of one question; more of them are no period of anyone's
NEAR = 48  # characters around a moment in which a word can bound it


@dataclass(frozen=True)
class Period:
    """since ≤ published < until, either open; start, end: where the question says so."""

    since: datetime | None
    until: datetime | None
    start: int
    end: int


@dataclass(frozen=True)
class _Bound:
    """A moment with the words that bound it. relation: a key of `RELATIONS`, or empty."""

    moment: Moment
    relation: str
    word: str
    start: int
    end: int
    since: date | None = None
    until: date | None = None
    ranged: bool = False  # made of two moments


def period_of(question: str, today: date) -> Period | None:
    """The one range of days that the question asks for; None when it asks for none, or for what is
    not one range."""
    named = moments(question, today)
    if len(named) > MOST:
        return None
    bounds = _bounds(question, named)
    if not bounds or any(_is_another(question, bound) for bound in bounds):
        return None
    stops = [bound.start for bound in bounds[1:]] + [len(question)]
    whole = _read(question, bounds[0], stops[0])
    for bound, stop in zip(bounds[1:], stops[1:], strict=True):
        following = _read(question, bound, stop)
        if whole is None or following is None:
            return None
        whole = _both(question, whole, following)
    habit = HABIT.search(question) and any(map(_is_of_any_year, bounds))
    if whole is None or habit:
        return None
    return Period(_moment(whole.since), _moment(whole.until), whole.start, whole.end)


def _is_of_any_year(bound: _Bound) -> bool:
    """Whether it is a month or day without a year, `last May` not among them."""
    moment = bound.moment
    return moment.kind == "yearless" and not moment.text.casefold().startswith("last ")


def _bounds(question: str, named: list[Moment]) -> list[_Bound]:
    """The moments that the question is bounded by, those of a range put together; others are only
    mentioned in it."""
    found: list[_Bound] = []
    said = deque(_bound(question, moment) for moment in named)
    while said:
        bound = said.popleft()
        moment = bound.moment
        if said and _is_range(question, bound, said[0]):
            bound = _range(bound, said.popleft())
            if bound.relation == "between" or _stands(question, bound):
                found.append(bound)
        elif found and AND.fullmatch(question, found[-1].end, bound.start) and not bound.relation:
            bound = replace(bound, relation=found[-1].relation)
            found.append(bound)
        elif _stands(question, bound):
            if (
                said
                and bound.moment.kind == "yearless"
                and said[0].moment.kind == "date"
                and (AND.fullmatch(question, bound.end, said[0].start))
            ):
                year = said[0].moment.first.year
                bound = replace(bound, moment=moment.in_year(year))
            found.append(bound)
    return found


def _bound(question: str, moment: Moment) -> _Bound:
    """The moment with the words before it; its relation is `outside` where they pull two ways."""
    bound = _nearest(question, moment)
    outer = BEFORE.search(question, max(0, bound.start - NEAR), bound.start)
    way = WAYS.get(outer.lastgroup or "") if outer and bound.start < moment.start else None
    if not way and moment.kind == "age":  # open by itself
        way = WAYS.get(bound.relation)
    unsure = AGO.search(moment.text) or bound.word == "around"
    if way and (unsure or WAYS.get(bound.relation, way) != way):
        return replace(bound, relation="outside")
    return bound


def _nearest(question: str, moment: Moment) -> _Bound:
    head = question[max(0, moment.start - NEAR) : moment.start]
    if AGO.search(moment.text):
        for relation, words in OF_AGO.items():
            if match := words.search(head):
                start = moment.start - (len(head) - match.start())
                return _Bound(moment, relation, match.group().strip(), start, moment.end)
    match = BEFORE.search(head) or JOINED.search(head)
    if not match:
        return _Bound(moment, "", "", moment.start, moment.end)
    relation, word = match.lastgroup or "from", match.group().casefold().strip()
    if word == "du" and GERMAN.search(question):  # thou
        return _Bound(moment, "", "", moment.start, moment.end)
    start = moment.start - (len(head) - match.start())
    return _Bound(moment, relation, word, start, moment.end)


def _is_range(question: str, a: _Bound, b: _Bound) -> bool:
    """Whether `a` to `b` is said: with a word before (from, between), or with nothing but `-`."""
    between = TO.fullmatch(question, a.end, b.moment.start)
    if not between or a.relation in ("after", "before", "until", "outside"):
        return False
    word = between.group().strip().casefold()
    if a.relation == "between":
        return True
    return word not in ("and", "und", "et", "y") and (bool(a.relation) or not word.isalpha())


def _range(a: _Bound, b: _Bound) -> _Bound:
    """One bound of both; `since` is left out where it ends before it begins."""
    first, last = a.moment, b.moment
    if first.kind == "yearless":
        first = first.in_year(last.first.year)
        if first.first > last.first:
            first = first.in_year(last.first.year - 1)
    whole = replace(last, first=first.first, start=first.start)
    relation = "between" if a.relation else ""
    return _Bound(whole, relation, a.word, a.start, b.end, ranged=True)


def _stands(question: str, bound: _Bound) -> bool:
    """Whether the question asks for that time, and does not only mention it."""
    head = question[max(0, bound.start - NEAR) : bound.start]
    tail = question[bound.end : bound.end + NEAR]
    kind, text = bound.moment.kind, bound.moment.text
    apart = bound.relation or kind == "phrase"  # `in 2020`, `last year`
    if ABOUT.search(head) and not (apart and LEFT_OVER.search(head)):
        return False
    if kind == "age" or (not bound.relation and LEAST_OR_MOST.search(head)):
        return True
    if kind == "phrase":
        return _is_time(question, bound, head)
    name = text.casefold()
    if kind == "yearless" and name in PROPER and not text[0].isupper():
        return False
    if bound.relation and name in ROMANCE:
        return bound.word.split()[0] in BEFORE_THEM
    if bound.word == "by" and kind == "yearless" and not re.search(r"\d", text):  # a person's name
        return False
    if bound.relation or (kind == "yearless" and name.startswith("last ")):
        return True
    if TEXT_AFTER.match(tail) and WHOSE.search(head):
        return True
    if kind == "year":
        before = head.split()[-1:] or [""]
        plain = before[0][:1].islower() or before[0] in ("", "Sie", "Artikel", "Beiträge")
        return plain and bool(GERMAN.search(question))
    whole = kind == "date" and (not tail.strip(" ?.!") or bool(TEXT_BEFORE.search(head)))
    return whole or (kind == "date" and not head.strip())


def _is_time(question: str, bound: _Bound, head: str) -> bool:
    """`today` may mean nowadays, and `hier` is German for here."""
    word = bound.moment.text.casefold()
    if word == "hier":
        return bool(FRENCH.search(question)) and not GERMAN.search(question)
    if word in ("today", "heute", "hoy", "aujourd'hui"):
        after = question[bound.end : bound.end + 2] in ("'s", "’s")
        before = question[max(0, bound.moment.start - NEAR) : bound.moment.start]
        return after or bool(WRITING_DONE.search(before))
    return True


def _is_another(question: str, bound: _Bound) -> bool:
    """Whether another time is meant than the one named: `two years before 2020`."""
    head = question[max(0, bound.start - NEAR) : bound.start]
    offset = bound.relation in OFFSETS or bound.word == "of"
    if (offset and COUNTED_FROM.search(head)) or (bound.relation and COUNTED_IN.search(head)):
        return True
    if NOT_AFTER.match(question, bound.end, bound.end + NEAR) or bound.relation == "outside":
        return True
    return bool(LEAST_OR_MOST.search(head) and bound.relation in ("", "since", "until", "between"))


def _read(question: str, bound: _Bound, stop: int) -> _Bound | None:
    """The bound with its days. stop: where the next one begins, at most."""
    moment, relation, start, end = bound.moment, bound.relation, bound.start, bound.end
    first, after = moment.first, moment.after
    if first >= after:
        return None
    onwards = ONWARDS.match(question, end, min(stop, end + NEAR))
    earlier = EARLIER.match(question, end, min(stop, end + NEAR))
    if relation == "between" and not bound.ranged and not onwards:
        return None
    way = WAYS.get(relation)
    against = (earlier and way == "on") or (onwards and way == "back")  # since 2020 or earlier
    if against or (bound.ranged and (onwards or earlier)):
        return None
    if (onwards or earlier) and not bound.ranged and relation not in ("before", "after"):
        relation = "since" if onwards else "until"
        end = max(match.end() for match in (onwards, earlier) if match)
    head = question[max(0, start - NEAR) : start]
    denied = NOT.search(head) if relation in ("before", "after") else None
    if denied:
        start -= len(head) - denied.start()
        relation = {"before": "since", "after": "until"}[relation]
    part, low, high = moment.part or ("", first, after)
    since, until = {
        "since": (low, None),
        "after": (after if part in ("", "end") else low, None),
        "before": (None, first if part in ("", "start") else high),
        "until": (None, high),
    }.get(relation, (first, after))
    since, until = None if since == date.min else since, None if until == date.max else until
    return replace(bound, since=since, until=until, start=start, end=end)


def _both(question: str, a: _Bound, b: _Bound) -> _Bound | None:
    """What two bounds say together, if it is one range."""
    between = question[a.end : b.start]
    whole = replace(a, end=b.end)
    rising = a.until is None and b.since is None
    falling = a.since is None and b.until is None
    if (rising or falling) and not OR.search(between):
        since, until = (a.since, b.until) if rising else (b.since, a.until)
        ok = since and until and since < until
        return replace(whole, since=since, until=until) if ok else None
    if not (AND.fullmatch(between) and a.since and a.until and b.since and b.until):
        return None
    (_, middle), (next_since, _) = sorted([(a.since, a.until), (b.since, b.until)])
    if next_since > middle:  # something between them was not asked for
        return None
    return replace(whole, since=min(a.since, b.since), until=max(a.until, b.until))


def _moment(day: date | None) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)
