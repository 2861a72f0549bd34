"""Dates as people and systems write them. What could be meant in two ways (03/05/2019) is none."""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

MAX_CHARACTERS = 60
_FORMS = (
    *("%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y"),
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y"),
)
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p")
_ZONES = ("", " %z")
_ORNAMENT = re.compile(r"^[A-Za-z]{3,6}day,? |(?<=\d)(?:st|nd|rd|th)\b")
_RFC_822 = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? ")
_DIGIT = re.compile(r"\d")
_SPACE = re.compile(r"\s+")


def moment(value: object) -> datetime | None:
    """A date or time in UTC from what front matter, JSON or a page states; None if it is none."""
    if isinstance(value, str):
        value = _written(value)
    try:
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:  # within a day of year 1 or 9999
        return None
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return None


def _written(text: str) -> datetime | None:
    text = text.strip()
    if len(text) > MAX_CHARACTERS or not _DIGIT.search(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text) if _RFC_822.match(text) else _spoken(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return _spoken(text)


def _spoken(text: str) -> datetime | None:
    plain = _SPACE.sub(" ", _ORNAMENT.sub("", text.replace("Sept ", "Sep "))).replace(" at ", " ")
    for form in (f"{day}{time}{zone}" for day in _FORMS for time in _TIMES for zone in _ZONES):
        try:
            return datetime.strptime(plain, form)
        except ValueError:
            continue
    return None
