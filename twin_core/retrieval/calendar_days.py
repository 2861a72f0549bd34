"""The days that the phrases of `moments` mean, seen from today."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from twin_core.retrieval.calendar_words import (
    COUNTS,
    DAYS_AGO,
    FEW,
    FIRST_YEAR,
    MONTHS,
    ORDINALS,
    UNITS,
    VAGUE,
)

Days = tuple[date, date] | None
Read = Callable[[re.Match[str], date], Days]


def months_on(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def day_or_days(match: re.Match[str], today: date) -> Days:
    """A day, or the first to the last of several; the latest one where no year is said."""
    said = match.groupdict()
    month = _month(said)
    last, first = int(said["day"]), int(said.get("day0") or said["day"])
    year = int(said["year"]) if said.get("year") else today.year
    if not said.get("year") and date(year, month, first) > today:
        year -= 1
    return date(year, month, first), date(year, month, last) + timedelta(days=1)


def _month(said: dict[str, str | None]) -> int:
    name = (said["month"] or "").casefold()
    return MONTHS.get(name) or int(name)


def slashed(match: re.Match[str], _: date) -> Days:
    """Which number is the month differs by country; read only where it is certain."""
    a, b, year = int(match["a"]), int(match["b"]), int(match["year"])
    if a <= 12 and b <= 12 and a != b:
        return None
    day = date(year, a, b) if b > 12 else date(year, b, a)
    return day, day + timedelta(days=1)


def whole_month(match: re.Match[str], today: date) -> Days:
    said = match.groupdict()
    month = _month(said)
    year = int(said["year"]) if said.get("year") else today.year
    if not said.get("year") and date(year, month, 1) > today:
        year -= 1
    return date(year, month, 1), months_on(date(year, month, 1), 1)


def part_of_year(match: re.Match[str], _: date) -> Days:
    said = match.groupdict()
    length = 6 if (said["what"] or "").casefold()[:1] in "hs" else 3
    number = int(said.get("number") or 0) or ORDINALS[(said["nth"] or "").casefold()]
    if said["nth"] and said["nth"].casefold() == "last":
        number = 12 // length
    if number * length > 12:
        return None
    first = date(int(match["year"]), (number - 1) * length + 1, 1)
    return first, months_on(first, length)


def season(match: re.Match[str], _: date) -> Days:
    """Its whole year, as the south has another one then; a winter may lie in two."""
    year = int(match["year"])
    if match["winter"]:
        return date(year - 1, 12, 1), date(year + 1, 4, 1)
    return date(year, 1, 1), date(year + 1, 1, 1)


def split_season(match: re.Match[str], _: date) -> Days:
    """A season that is named by both its years: one winter, else both years; of years that do not
    follow each other none."""
    year, next_year = int(match["year"]), match["next"]
    if next_year != str(year + 1)[-len(next_year) :] or len(next_year) % 2:
        return None
    if match["winter"]:
        return date(year, 12, 1), date(year + 1, 4, 1)
    return date(year, 1, 1), date(year + 2, 1, 1)


def years(match: re.Match[str], _: date) -> Days:
    said, first = match.groupdict(), int(match["year"])
    last = int(said.get("last") or first)
    if "/" in match.group() and last != first + 1:  # two years, not all between them
        return None
    return date(first, 1, 1), date(last + 1, 1, 1)


def to_short_year(match: re.Match[str], today: date) -> Days:
    """2020–22, and 2020/21; 2011/12 may be a month."""
    first, short = int(match["year"]), int(match["to"])
    last = first - first % 100 + short
    last += 100 * (last <= first)
    if last > today.year or ("/" in match.group() and (short <= 12 or last != first + 1)):
        return None
    return date(first, 1, 1), date(last + 1, 1, 1)


def decade(match: re.Match[str], _: date) -> Days:
    first = 10 * int(match["year"])
    return date(first, 1, 1), date(first + 10, 1, 1)


def ago(match: re.Match[str], today: date) -> Days:
    """That day, or the calendar's week, month or year that lies so far back."""
    count = _counted(match["count"])
    return None if count is None else _unit(UNITS[match["unit"].casefold()], count, today)


def at_least_or_most_ago(match: re.Match[str], today: date) -> Days:
    """That time and all before it, or all after it."""
    found = ago(match, today)
    if not found:
        return None
    return (date.min, found[1]) if match["older"] else (found[0], date.max)


def one_or_other_ago(match: re.Match[str], today: date) -> Days:
    """From the farther of two such times to the nearer."""
    unit = match["unit"].casefold()
    near = _unit(UNITS[(match["unit0"] or unit).casefold()], _number(match["count0"]), today)
    far = _unit(UNITS[unit], _number(match["count"]), today)
    return (min(near[0], far[0]), max(near[1], far[1])) if near and far else None


def lately(match: re.Match[str], today: date) -> Days:
    """The days up to today."""
    said = match.groupdict().get("count")
    counted = _counted(said) if said else 1
    count = FEW if counted is None else counted
    if count == 0:
        return None
    unit = UNITS[match["unit"].casefold()]
    if unit in ("day", "week"):
        since = today - timedelta(days=count * (7 if unit == "week" else 1))
    else:
        since = months_on(today, -count * {"month": 1, "year": 12, "decade": 120}[unit])
    return since, today + timedelta(days=1)


def age(match: re.Match[str], today: date) -> Days:
    """What is older or younger than some days to years; open on one side."""
    said = match.groupdict()
    count, unit = _counted(match["count"]), UNITS[match["unit"].casefold()]
    if count is None:
        return None
    if unit in ("day", "week"):
        cut = today - timedelta(days=count * (7 if unit == "week" else 1))
    else:
        cut = months_on(today, -count * {"month": 1, "year": 12, "decade": 120}[unit])
    older = bool(said.get("older")) != bool(said.get("no"))
    return (date.min, cut) if older else (cut, date.max)


def short_year(match: re.Match[str], today: date) -> Days:
    year = 2000 + int(match["short"])
    year -= 100 * (year > today.year)
    return (date(year, 1, 1), date(year + 1, 1, 1)) if year >= FIRST_YEAR else None


def last_or_this(match: re.Match[str], today: date) -> Days:
    unit = UNITS[match["unit"].casefold()]
    this = re.match(r"this|dies|ce|est", match["which"], re.IGNORECASE)
    if unit == "decade":
        return months_on(today, -120), today + timedelta(days=1)
    days = _unit(unit, 0 if this else 1, today)
    if this and days and unit != "year":
        return days[0], today + timedelta(days=1)
    return days


def _unit(unit: str, back: int, today: date) -> Days:
    if unit == "day":
        day = today - timedelta(days=back)
        return day, day + timedelta(days=1)
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday, monday + timedelta(days=7)
    if unit == "month":
        first = months_on(today.replace(day=1), -back)
        return first, months_on(first, 1)
    year = today.year - back * (10 if unit == "decade" else 1)
    return date(year, 1, 1), date(year + 1, 1, 1)


def _counted(text: str) -> int | None:
    """How many; None for a few."""
    words = text.casefold().split()
    if "couple" in words:
        return 2
    return None if words[-1] in VAGUE else _number(words[-1])


def _number(word: str) -> int:
    return int(word) if word.isdigit() else COUNTS[word.casefold()]


def day_ago(match: re.Match[str], today: date) -> Days:
    return _unit(
        "day", DAYS_AGO[" ".join(match.group().casefold().replace("’", "'").split())], today
    )
