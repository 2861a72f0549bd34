"""Days, months, quarters and years that a text names.

One row of a table for each kind of phrase; what no row describes is not read. The days that a row
means come from `calendar_days`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from twin_core.retrieval.bounding_words import ABOUT_WORD
from twin_core.retrieval.calendar_days import (
    Days,
    Read,
    age,
    ago,
    at_least_or_most_ago,
    day_ago,
    day_or_days,
    decade,
    last_or_this,
    lately,
    months_on,
    one_or_other_ago,
    part_of_year,
    season,
    short_year,
    slashed,
    split_season,
    to_short_year,
    whole_month,
    years,
)
from twin_core.retrieval.calendar_words import (
    AT_LEAST,
    AT_MOST,
    COUNT,
    COUNTS,
    DAYS_AGO,
    MONTH,
    MONTH_ALONE,
    NOT_A_YEAR,
    NTH,
    OF,
    ORDINALS,
    PART,
    PARTS,
    SEASON,
    THE_YEAR,
    UNIT,
    YEAR,
    any_of,
)

_NO_YEAR = r"(?!,?\s+\d{4}(?!\d))"  # that is not read: of `December 9999`, no December is
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


def _safely(read: Read, match: re.Match[str], today: date) -> Days:
    try:
        days = read(match, today)
    except (ValueError, OverflowError):  # 31 February; before the calendar begins
        return None
    return days if days and days[0] < days[1] else None


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
    # The second number of `in 2019 - 20 articles` counts what comes after it.
    counted = (
        rf"\d\d\s+(?!(?:{ABOUT_WORD}|on|in|at|by|for|and|or|but|from|that|which|auf|zu|und|oder|aus|"
        r"die|et|ou|y|o)\b)\w"
    )
    to_short = rf"(?:[-–—/]|\s*[-–—/]\s*(?!{counted}))(?P<to>\d\d)"  # noqa: RUF001
    last = r"(?P<which>last|this|previous|(?:letzte|vergangene|vorige|diese)[snmr]?)"
    after = r"(?:derni(?:er|ère|ere)s?|passée?s?)"
    table: tuple[tuple[str, Read, str], ...] = (
        ("date", split_season, rf"{SEASON}{OF}\s+{YEAR}(?:[-–—]|\s*/\s*)(?P<next>\d{{1,4}})"),  # noqa: RUF001
        ("year", years, rf"{YEAR}\s*[-–—/]\s*(?P<last>199\d|20\d\d){NOT_A_YEAR}"),  # noqa: RUF001
        ("date", day_or_days, rf"{YEAR}-(?P<month>\d\d)-(?P<day>\d\d)"),
        ("date", whole_month, rf"{YEAR}-(?P<month>\d\d)"),
        ("date", day_or_days, rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{YEAR}"),
        ("date", slashed, rf"(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/{YEAR}"),
        ("date", day_or_days, rf"(?:the\s+)?{day0}{day}{OF}\s+{month},?{OF}\s+{YEAR}"),
        ("date", day_or_days, rf"{month}\s+{day0}{day},?\s+{YEAR}"),
        ("date", whole_month, rf"{PART}{month},?{OF}\s+{YEAR}"),
        ("date", part_of_year, rf"(?P<what>[QTH])(?P<number>[1-4])(?P<nth>){OF}[\s/]+{YEAR}"),
        ("date", part_of_year, rf"{YEAR}[\s/]+(?P<what>[QH])(?P<number>[1-4])(?P<nth>)"),
        (
            "date",
            part_of_year,
            rf"(?:the\s+)?(?P<nth>{any_of(ORDINALS)})\.?\s+(?P<what>quarter|quartal|trimestre|half|"
            rf"halbjahr|semestre){OF}\s+{YEAR}",
        ),
        ("date", season, rf"{SEASON}{OF}\s+{YEAR}"),
        ("year", decade, r"(?:the\s+)?(?:(?:early|mid|late)[\s-]+)?(?P<year>199|20\d)0(?:s|ern?)"),
        (
            "age",
            age,
            r"(?:(?P<no>no|not|nicht|pas|no\s+son)\s+)?(?:(?P<older>older|earlier|älter|plus\s+"
            r"(?:vieux|anciens?)|más\s+antiguos)|younger|newer|more\s+recent|jünger|neuer|plus\s+"
            rf"récents?|más\s+recientes)\s+(?:than|als|que)\s+{count}{unit}",
        ),
        (
            "age",
            age,
            r"(?:(?P<older>at\s+least|more\s+than|over)|at\s+most|less\s+than|under|up\s+to)"
            rf"\s+{count}{unit}\s+old",
        ),
        (
            "age",
            age,
            rf"{since}\s+(?:(?P<older>plus\s+de|más\s+de|mehr\s+als|über)|moins\s+de|"
            rf"menos\s+de|weniger\s+als)\s+{count}{unit}",
        ),
        (
            "age",
            at_least_or_most_ago,
            rf"{since}\s+(?:(?P<older>{AT_LEAST})|{AT_MOST})\s+{count}{unit}",
        ),
        ("phrase", one_or_other_ago, rf"{two}\s+ago"),
        ("phrase", one_or_other_ago, rf"{since}\s+{two}"),
        ("phrase", ago, rf"{count}{unit}\s+ago"),
        ("phrase", ago, rf"{since}\s+{count}{unit}"),
        ("phrase", lately, rf"(?:the\s+)?(?:last|past)\s+{count}{unit}"),
        ("phrase", lately, rf"the\s+(?:last|past)\s+{unit}"),
        ("phrase", lately, rf"(?:de[nr]|die)\s+(?:letzten|vergangenen)\s+{count}{unit}"),
        ("phrase", lately, rf"(?:les|ces|des|au)\s+{count}{after}\s+{unit}"),
        ("phrase", lately, rf"l[oa]s\s+[úu]ltim[oa]s\s+{count}{unit}"),
        ("phrase", last_or_this, rf"{last}\s+{unit}"),
        ("phrase", last_or_this, rf"(?:l['’]|l[ea]\s+)?{unit}\s+(?P<which>{after})"),
        ("phrase", last_or_this, rf"(?P<which>cet|cette|ce)\s+{unit}(?:-ci)?"),
        ("phrase", last_or_this, rf"(?:el|la)\s+{unit}\s+(?P<which>pasad[oa])"),
        ("phrase", last_or_this, rf"(?P<which>est[ea])\s+{unit}"),
        ("phrase", day_ago, any_of(DAYS_AGO).replace("'", "['’]")),
        ("year", to_short_year, rf"{YEAR}{to_short}{NOT_A_YEAR}"),  # noqa: RUF001
        ("year", years, rf"{PART}{THE_YEAR}{YEAR}(?![–—/]\d){NOT_A_YEAR}"),  # noqa: RUF001
        ("short", short_year, r"['’‘](?P<short>\d\d)"),
        ("yearless", day_or_days, rf"(?:the\s+)?{day}{OF}\s+{month}{_NO_YEAR}"),
        ("yearless", day_or_days, rf"{month}\s+{day}{_NO_YEAR}"),
        ("yearless", whole_month, rf"(?:{PART}|last\s+)(?P<month>{MONTH_ALONE}){_NO_YEAR}"),
    )  # fmt: skip
    for kind, read, pattern in table:
        yield kind, re.compile(rf"(?<![\w-])(?<!\d[.,/])(?:{pattern}){_EDGE}", re.IGNORECASE), read


_PATTERNS = tuple(_patterns())
