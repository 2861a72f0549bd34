"""The period that a question names: `in 2024`, `since March 2025`, `last year`, `before 2023`."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

FIRST_YEAR = 1990  # an earlier one is what the author writes about, not when
_NAMES = "january february march april may june july august september october november december"
MONTHS = {name[:n]: i for i, name in enumerate(_NAMES.split(), 1) for n in (3, len(name))}
MONTHS["sept"] = 9

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = rf"\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTH})\.?\s+\d{{4}}"
_US_DAY = rf"(?:{_MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
_PERIOD = (
    rf"(?:\d{{4}}-\d\d-\d\d|\d{{4}}-\d\d|{_DAY}|{_US_DAY}|(?:{_MONTH})\.?,?\s+\d{{4}}|\d{{4}})"
    r"(?![\d-]|[.,]\d|\s+(?:words?|characters?|lines?|tokens?|people|times|euros?|dollars?|%))"
)
_UNIT = r"(?P<unit>day|week|month|year)"
_PATTERNS = tuple(
    re.compile(rf"\b{pattern}(?![\w-])", re.IGNORECASE)
    for pattern in (
        rf"(?P<between>between|from)\s+(?P<a>{_PERIOD})\s+(?:and|to|until|till)\s+(?P<b>{_PERIOD})",
        rf"(?P<since>since|from)\s+(?P<a>{_PERIOD})(?:\s+(?:on|onwards?))?(?!\s+to\s+\d)",
        rf"(?P<after>after|later\s+than)\s+(?P<a>{_PERIOD})",
        rf"(?P<before>before|prior\s+to|earlier\s+than)\s+(?P<a>{_PERIOD})",
        rf"(?P<until>until|till|up\s+to)\s+(?P<a>{_PERIOD})",
        rf"(?:in|during|on|of|throughout|around)\s+(?:early\s+|mid-?\s*|late\s+|the\s+year\s+)?"
        rf"(?P<a>{_PERIOD})",
        rf"(?:in|during|over|within|of)\s+the\s+(?:last|past)\s+(?P<count>\d+\s+|two\s+|three\s+|"
        rf"four\s+|five\s+|six\s+|few\s+)?{_UNIT}s?",
        rf"(?P<which>last|this|previous)\s+{_UNIT}",
    )
)
_COUNTS = {"": 1, "two": 2, "few": 3, "three": 3, "four": 4, "five": 5, "six": 6}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True)
class Period:
    """since ≤ published < until, either open; start, end: where the question says so."""

    since: datetime | None
    until: datetime | None
    start: int
    end: int


def period_of(question: str, today: date) -> Period | None:
    """The first period that the question names; None when it names none."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(question):
            found = _read(match.groupdict(), today)
            if found is not None:
                since, until = map(_moment, found)
                return Period(since, until, *match.span())
    return None


def _read(said: dict[str, str | None], today: date) -> tuple[date | None, date | None] | None:
    """(since, until) as dates; None for what is no period."""
    a, b = (_span(text) if text else None for text in (said.get("a"), said.get("b")))
    if said.get("unit"):
        return _relative(said, today)
    if a is None or (said.get("b") and b is None):
        return None
    if b is not None:
        return (a[0], b[1]) if a[0] < b[1] else None
    if said.get("since"):
        # "from 2024" means that year; "from March 2024 on" and "since" mean all that follows.
        return a if (said["since"] or "").lower() == "from" else (a[0], None)
    if said.get("after"):
        return a[1], None
    if said.get("before"):
        return None, a[0]
    if said.get("until"):
        return None, a[1]
    return a


def _relative(said: dict[str, str | None], today: date) -> tuple[date, date]:
    unit = (said["unit"] or "").lower()
    which = (said.get("which") or "").lower()
    tomorrow = today + timedelta(days=1)
    if which and unit == "year":
        year = today.year - (which != "this")
        return date(year, 1, 1), date(year + 1, 1, 1)
    if which and unit == "month":
        first = today.replace(day=1)
        return (first, tomorrow) if which == "this" else (_months_on(first, -1), first)
    count = (said.get("count") or "").strip().lower()
    number = int(count) if count.isdigit() else _COUNTS.get(count, 1)
    days = min(number, 1000) * _DAYS[unit]
    return today - timedelta(days=min(days, 36_000)), tomorrow


def _span(text: str) -> tuple[date, date] | None:
    """First day of a named year, month or day, and the first day after it."""
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    name = re.search(r"[a-z]{3,}", text.lower())
    year = next((n for n in numbers if n > 31), 0)
    if not FIRST_YEAR <= year <= 2100:
        return None
    others = [n for n in numbers if n != year]
    month = MONTHS.get(name.group(), 0) if name else (others.pop(0) if others else 0)
    try:
        if others:
            day = date(year, month, others[0])
            return day, day + timedelta(days=1)
        if month:
            return date(year, month, 1), _months_on(date(year, month, 1), 1)
    except ValueError:
        return None
    return date(year, 1, 1), date(year + 1, 1, 1)


def _months_on(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _moment(day: date | None) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)
