"""Self-query: the filters that a question states in words, read by rules.

A question about 2011 is not always one about what was written in 2011. Only where it speaks of
writing are its filters firm; else they lift the passages that they admit, and hide none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from twin_core.index.base import Filters
from twin_core.retrieval.dates import period_of

MAX_TOPIC_WORDS = 12
_WRITING = re.compile(
    r"\b(?:writ(?:e|es|ing|ten)|wrote|publish\w*|posted|posts?|articles?|essays?|pieces?|"
    r"blog(?:s|ged|ging)?|newsletters?|columns?)\b",
    re.IGNORECASE,
)
_TASK = re.compile(r"^\s*(?:please\s+)?(?:write|draft|compose)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{2,160})[\"”»]")
_NAMED = re.compile(
    r"\b(?:in|under(?:\s+the\s+heading)?|heading|titled|called|entitled|article|essay|piece|post)"
    r"[:,]?\s*$",
    re.IGNORECASE,
)
_COMMON = {"www", "blog", "com", "org", "net", "news", "web", "the", "my", "home", "site"}


@dataclass(frozen=True)
class Reading:
    """What a question asks for. text: it, without the words that became filters. firm: what the
    filters do not admit is not wanted, unless nothing else is found."""

    text: str
    filters: Filters = Filters()
    firm: bool = False


def read_question(question: str, today: date, sources: Sequence[str]) -> Reading:
    """Period, source and quoted title, as far as the question states them. sources: those that the
    author has."""
    period = period_of(question, today)
    source = _source(question, sources)
    title = _title(question)
    cut = [(period.start, period.end)] if period else []
    cut += [source[1]] if source else []
    firm = bool(_WRITING.search(_TASK.sub("", question)) or (title and title[1]))
    return Reading(
        text=without(question, cut) if firm else question,
        filters=Filters(
            since=period.since if period else None,
            until=period.until if period else None,
            sources=(source[0],) if source else (),
            topic=title[0] if title else "",
        ),
        firm=firm,
    )


def without(question: str, spans: Sequence[tuple[int, int]]) -> str:
    """The question with these parts cut out; the question itself if hardly anything is left."""
    text = question
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    text = re.sub(r"\s+([?.!,;:])", r"\1", re.sub(r"\s+", " ", text)).strip(" ,;:")
    return text if len(text.split()) >= 2 else question


def _source(question: str, sources: Sequence[str]) -> tuple[str, tuple[int, int]] | None:
    """(source, where it is named), where the author has others beside it."""
    if len(sources) < 2:
        return None
    for source in sorted(sources, key=lambda name: (-len(name), name)):
        names = "|".join(re.escape(name) for name in _names(source))
        named = rf"\b(?:on|in|at|from)\s+(?:(?:your|the|my)\s+)?(?:{names})(?![\w.]*\w)"
        match = re.search(named, question, re.IGNORECASE) if names else None
        if match:
            return source, match.span()
    return None


def _names(source: str) -> list[str]:
    """What people call a source: its host, or the telling parts of it."""
    labels = source.lower().removeprefix("www.").split(".")
    parts = labels if len(labels) == 1 else labels[:-1]
    telling = [part for part in parts if len(part) > 3 and part not in _COMMON]
    return sorted({source, *telling}, key=len, reverse=True)


def _title(question: str) -> tuple[str, bool] | None:
    """(quoted words, whether they are named as a title)."""
    for match in _QUOTED.finditer(question):
        words = re.findall(r"\w+", match.group(1))
        if 1 <= len(words) <= MAX_TOPIC_WORDS:
            return match.group(1).strip(" ,.;:"), bool(_NAMED.search(question[: match.start()]))
    return None
