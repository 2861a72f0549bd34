"""Days, months, quarters and years that a text names.

One row of a table for each kind of phrase; what no row describes is not read.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from twin_core.retrieval.calendar_words import (
    AT_LEAST,
    AT_MOST,
    COUNT,
    COUNTS,
    DAYS_AGO,
    FEW,
    FIRST_YEAR,
    MONTH,
    MONTH_ALONE,
    MONTHS,
    NOT_A_YEAR,
    NTH,
    OF,
    ORDINALS,
    PART,
    PARTS,
    SEASON,
    THE_YEAR,
    UNIT,
    UNITS,
    VAGUE,
    YEAR,
    any_of,
)

_EDGE = r"(?![\w-]|[.,]\d)"


@dataclass(frozen=True)
class Moment:
    """first ≤ day < after, and where the text says so. kind: `phrase` (last year), `date` (has
    month and year), `year`, `short` ('19), `yearless`, for which the last such month or day is
    taken, or `age` (older than two years), open to `date.min` or `date.max`."""

    first: date
    after: date
    start: int
    end: int
    kind: str
    text: str

    def in_year(self, year: int) -> "Moment":
        """A yearless one in that year."""
        years = year - self.first.year
        first, after = months_on(self.first, 12 * years), months_on(self.after, 12 * years)
        return Moment(first, after, self.start, self.end, "date", self.text)

    @property
    def part(self) -> tuple[str, date, date] | None:
        """(`start`, `middle` or `end`, first day, day after) where the text names a part of a month
        or year; of a month its whole, as nothing closer is said."""
        words = re.findall(r"[^\W\d]+", self.text.casefold())[:2]
        for name, (part, (low, high)) in zip(
            ("start", "middle", "end"), PARTS.items(), strict=True
        ):
            if self.kind in ("year", "date", "yearless") and set(part.split()) & set(words):
                if months_on(self.first, 12) != self.after:
                    return name, self.first, self.after
                return name, months_on(self.first, low), months_on(self.first, high)
        return None


def months_on(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def moments(text: str, today: date) -> list[Moment]:
    """All that the text names, in order; of overlapping readings, the longest kind."""
    taken = bytearray(len(text))
    found: list[Moment] = []
    for kind, pattern, read in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            taken[start:end] = b"x" * (end - start)
            days = _safely(read, match, today)
            if days:
                found.append(Moment(*days, start, end, kind, match.group()))
    return sorted(found, key=lambda moment: moment.start)


Days = tuple[date, date] | None
Read = Callable[[re.Match[str], date], Days]


def _safely(read: Read, match: re.Match[str], today: date) -> Days:
    try:
        days = read(match, today)
    except (ValueError, OverflowError):  # 31 February; before the calendar begins
        return None
    return days if days and days[0] < days[1] else None


def _days(match: re.Match[str], today: date) -> Days:
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


def _slashed(match: re.Match[str], _: date) -> Days:
    """Which number is the month differs by country; read only where it is certain."""
    a, b, year = int(match["a"]), int(match["b"]), int(match["year"])
    if a <= 12 and b <= 12 and a != b:
        return None
    day = date(year, a, b) if b > 12 else date(year, b, a)
    return day, day + timedelta(days=1)


def _whole_month(match: re.Match[str], today: date) -> Days:
    said = match.groupdict()
    month = _month(said)
    year = int(said["year"]) if said.get("year") else today.year
    if not said.get("year") and date(year, month, 1) > today:
        year -= 1
    return date(year, month, 1), months_on(date(year, month, 1), 1)


def _part_of_year(match: re.Match[str], _: date) -> Days:
    said = match.groupdict()
    length = 6 if (said["what"] or "").casefold()[:1] in "hs" else 3
    number = int(said.get("number") or 0) or ORDINALS[(said["nth"] or "").casefold()]
    if said["nth"] and said["nth"].casefold() == "last":
        number = 12 // length
    if number * length > 12:
        return None
    first = date(int(match["year"]), (number - 1) * length + 1, 1)
    return first, months_on(first, length)


def _season(match: re.Match[str], _: date) -> Days:
    """Its whole year, as the south has another one then; a winter may lie in two."""
    year = int(match["year"])
    if match["winter"]:
        return date(year - 1, 12, 1), date(year + 1, 4, 1)
    return date(year, 1, 1), date(year + 1, 1, 1)


def _years(match: re.Match[str], _: date) -> Days:
    said, first = match.groupdict(), int(match["year"])
    last = int(said.get("last") or first)
    if "/" in match.group() and last != first + 1:  # two years, not all between them
        return None
    return date(first, 1, 1), date(last + 1, 1, 1)


def _to_short_year(match: re.Match[str], today: date) -> Days:
    """2020–22, and 2020/21; 2011/12 may be a month."""
    first, short = int(match["year"]), int(match["to"])
    last = first - first % 100 + short
    last += 100 * (last <= first)
    if last > today.year or ("/" in match.group() and (short <= 12 or last != first + 1)):
        return None
    return date(first, 1, 1), date(last + 1, 1, 1)


def _decade(match: re.Match[str], _: date) -> Days:
    first = 10 * int(match["year"])
    return date(first, 1, 1), date(first + 10, 1, 1)


def _ago(match: re.Match[str], today: date) -> Days:
    """That day, or the calendar's week, month or year that lies so far back."""
    count = _counted(match["count"])
    return None if count is None else _unit(UNITS[match["unit"].casefold()], count, today)


def _one_or_other_ago(match: re.Match[str], today: date) -> Days:
    """From the farther of two such times to the nearer."""
    unit = match["unit"].casefold()
    near = _unit(UNITS[(match["unit0"] or unit).casefold()], _number(match["count0"]), today)
    far = _unit(UNITS[unit], _number(match["count"]), today)
    return (min(near[0], far[0]), max(near[1], far[1])) if near and far else None


def _lately(match: re.Match[str], today: date) -> Days:
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


def _age(match: re.Match[str], today: date) -> Days:
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


def _short_year(match: re.Match[str], today: date) -> Days:
    year = 2000 + int(match["short"])
    year -= 100 * (year > today.year)
    return (date(year, 1, 1), date(year + 1, 1, 1)) if year >= FIRST_YEAR else None


def _last_or_this(match: re.Match[str], today: date) -> Days:
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


def _day_ago(match: re.Match[str], today: date) -> Days:
    return _unit(
        "day", DAYS_AGO[" ".join(match.group().casefold().replace("’", "'").split())], today
    )


def _patterns() -> Iterator[tuple[str, re.Pattern[str], Read]]:
    day0 = rf"(?:(?P<day0>\d{{1,2}}){NTH}\s*(?:-|–|to|and|until|bis|und|au|et|al|y)\s*)?"  # noqa: RUF001
    day, month = rf"(?P<day>\d{{1,2}}){NTH}", rf"(?P<month>{MONTH})\b\.?"
    count, unit = rf"{COUNT}\s+", rf"(?P<unit>{UNIT})"
    number, since = rf"(?:\d{{1,3}}|{any_of(COUNTS)})", r"(?:vor|il\s+y\s+a|hace)"
    two = (
        rf"(?:(?:between|zwischen|entre)\s+)?(?P<count0>{number})(?:\s+(?P<unit0>{UNIT}))?"
        r"(?:\s+(?:or|to|and|oder|bis|und|ou|à|et|o|a|y)\s+|\s*[-–—,]\s*)"  # noqa: RUF001
        rf"(?P<count>{number})\s+{unit}"
    )
    last = r"(?P<which>last|this|previous|(?:letzte|vergangene|vorige|diese)[snmr]?)"
    after = r"(?:derni(?:er|ère|ere)s?|passée?s?)"
    table: tuple[tuple[str, Read, str], ...] = (
        ("year", _years, rf"{YEAR}\s*[-–—/]\s*(?P<last>199\d|20\d\d)"),  # noqa: RUF001
        ("date", _days, rf"{YEAR}-(?P<month>\d\d)-(?P<day>\d\d)"),
        ("date", _whole_month, rf"{YEAR}-(?P<month>\d\d)"),
        ("date", _days, rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{YEAR}"),
        ("date", _slashed, rf"(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/{YEAR}"),
        ("date", _days, rf"(?:the\s+)?{day0}{day}{OF}\s+{month},?{OF}\s+{YEAR}"),
        ("date", _days, rf"{month}\s+{day0}{day},?\s+{YEAR}"),
        ("date", _whole_month, rf"{PART}{month},?{OF}\s+{YEAR}"),
        ("date", _part_of_year, rf"(?P<what>[QTH])(?P<number>[1-4])(?P<nth>){OF}[\s/]+{YEAR}"),
        ("date", _part_of_year, rf"{YEAR}[\s/]+(?P<what>[QH])(?P<number>[1-4])(?P<nth>)"),
        (
            "date",
            _part_of_year,
            rf"(?:the\s+)?(?P<nth>{any_of(ORDINALS)})\.?\s+(?P<what>quarter|quartal|trimestre|half|"
            rf"halbjahr|semestre){OF}\s+{YEAR}",
        ),
        ("date", _season, rf"{SEASON}{OF}\s+{YEAR}"),
        ("year", _decade, r"(?:the\s+)?(?:(?:early|mid|late)[\s-]+)?(?P<year>199|20\d)0(?:s|ern?)"),
        (
            "age",
            _age,
            r"(?:(?P<no>no|not|nicht|pas|no\s+son)\s+)?(?:(?P<older>older|earlier|älter|plus\s+"
            r"(?:vieux|anciens?)|más\s+antiguos)|younger|newer|more\s+recent|jünger|neuer|plus\s+"
            rf"récents?|más\s+recientes)\s+(?:than|als|que)\s+{count}{unit}",
        ),
        (
            "age",
            _age,
            r"(?:(?P<older>at\s+least|more\s+than|over)|at\s+most|less\s+than|under|up\s+to)"
            rf"\s+{count}{unit}\s+old",
        ),
        (
            "age",
            _age,
            rf"{since}\s+(?:(?P<older>plus\s+de|más\s+de|mehr\s+als|über|{AT_LEAST})|moins\s+de|"
            rf"menos\s+de|weniger\s+als|{AT_MOST})\s+{count}{unit}",
        ),
        ("phrase", _one_or_other_ago, rf"{two}\s+ago"),
        ("phrase", _one_or_other_ago, rf"{since}\s+{two}"),
        ("phrase", _ago, rf"{count}{unit}\s+ago"),
        ("phrase", _ago, rf"{since}\s+{count}{unit}"),
        ("phrase", _lately, rf"(?:the\s+)?(?:last|past)\s+{count}{unit}"),
        ("phrase", _lately, rf"the\s+(?:last|past)\s+{unit}"),
        ("phrase", _lately, rf"(?:de[nr]|die)\s+(?:letzten|vergangenen)\s+{count}{unit}"),
        ("phrase", _lately, rf"(?:les|ces|des|au)\s+{count}{after}\s+{unit}"),
        ("phrase", _lately, rf"l[oa]s\s+[úu]ltim[oa]s\s+{count}{unit}"),
        ("phrase", _last_or_this, rf"{last}\s+{unit}"),
        ("phrase", _last_or_this, rf"(?:l['’]|l[ea]\s+)?{unit}\s+(?P<which>{after})"),
        ("phrase", _last_or_this, rf"(?P<which>cet|cette|ce)\s+{unit}(?:-ci)?"),
        ("phrase", _last_or_this, rf"(?:el|la)\s+{unit}\s+(?P<which>pasad[oa])"),
        ("phrase", _last_or_this, rf"(?P<which>est[ea])\s+{unit}"),
        ("phrase", _day_ago, any_of(DAYS_AGO).replace("'", "['’]")),
        ("year", _to_short_year, rf"{YEAR}\s*[-–—/]\s*(?P<to>\d\d){NOT_A_YEAR}"),  # noqa: RUF001
        ("year", _years, rf"{PART}{THE_YEAR}{YEAR}(?![–—/]\d){NOT_A_YEAR}"),  # noqa: RUF001
        ("short", _short_year, r"['’‘](?P<short>\d\d)"),
        ("yearless", _days, rf"(?:the\s+)?{day}{OF}\s+{month}"),
        ("yearless", _days, rf"{month}\s+{day}"),
        ("yearless", _whole_month, rf"(?:{PART}|last\s+)(?P<month>{MONTH_ALONE})"),
    )  # fmt: skip
    for kind, read, pattern in table:
        yield kind, re.compile(rf"(?<![\w-])(?<!\d[.,/])(?:{pattern}){_EDGE}", re.IGNORECASE), read


_PATTERNS = tuple(_patterns())
