"""Self-query: the filters that a question states in words, read by rules.

Period and source are read where the question as a whole has a form that the rules know (`forms`);
elsewhere they are words to search for, and no filter.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from types import MappingProxyType

from twin_core.index.base import Filters
from twin_core.retrieval.bounding_words import TEXTS
from twin_core.retrieval.dates import Period, period_of
from twin_core.retrieval.forms import said_of_texts
from twin_core.retrieval.reading import Reading
from twin_core.retrieval.recency import asks_for_order
from twin_core.retrieval.terms import title_key
from twin_core.retrieval.titles import QUOTED, Quotation, quotations

MAX_TOPIC_WORDS = 12
# Nobody asks in more; what a longer text says stays out of reach, and of the patterns' time.
MOST_READ = 2000  # characters of a question
MOST_PLACES = 24  # named in one question; with more of them, it asks for none
MIN_NAME = 3  # letters of a part of a name that is one by itself
_ACTS = r"(?i:(?:does|did|has|is|was|would|could|can|by|from|hat|von|par|por)\s+)"
_WHOSE = (
    r"(?:(?:both|either|beiden)\s+)?(?:(?:your|the|my|dein(?:e[mnrs]?)?|ihre[mnrs]?|eure[mnrs]?|"
    r"de[mnr]|ton|ta|votre|tu|su|l[ea]|el)\s+)?"
)
_ON = r"on|in|at|from|auf|bei|von|aus|sur|chez|en|de|du"
_AND_ON = (
    r"(?:\s*[,/&]\s*(?:(?:and|or)\s+)?|\s+(?:and|or|as\s+well\s+as|versus|"
    r"vs\.?|than|sowie|que|als|compared\s+(?:to|with)|und|oder|et|ou|y|o)\s+)"
    rf"(?:(?:{_ON})\s+)?{_WHOSE}"
)
_BEFORE_TEXTS = rf"(?:['’]s)?[-\s](?:blog\s+)?{TEXTS}(?!\w)"  # `your Medium posts`
_YOU_DO = {"does": "do", "has": "have", "is": "are", "was": "were"}
_COMMON = {"www", "blog", "com", "org", "net", "news", "web", "the", "my", "home", "site"}

# `your non-Medium posts`
_OTHER_THAN = re.compile(
    r"(?<!\w)(?:non|not|nicht|anti|ex|pre|post|un|no)(?:\s|[-‐‑–—])+(?:the\s+)?$",  # noqa: RUF001
    re.IGNORECASE,
)
_CONTRACTED = re.compile(r"(?<=what|when|here)['’](d|ve) (?=you )", re.IGNORECASE)
_WHOLE = {"d": " did ", "ve": " have "}

Spans = list[tuple[int, int]]
Place = tuple[list[str], tuple[int, int]]  # sources, and where they are named


def read_question(
    question: str,
    today: date,
    sources: Sequence[str],
    names: Sequence[str] = (),
    titles: Mapping[str, str] = MappingProxyType({}),
) -> Reading:
    """Period, source and quoted words, as far as the question states them. sources: those that the
    author has; names: those that the author signs with; titles: those of the author's texts, by
    key as `sources.titles_of` has them."""
    question = addressed(_short(question), names)
    quoted = quotations(question, titles)
    named = tuple(dict.fromkeys(one.title for one in quoted if one.named))
    # A year within a title is no period.
    outside = _blanked(question, [one.span for one in quoted if one.named])
    period = period_of(outside, today)
    places = _places(outside, sources)
    periods, placed = [(period.start, period.end)] if period else [], [span for _, span in places]
    spans = periods + placed
    if asks_for_order(without(question, spans)):
        plain, mixed = spans, []
    else:
        plain, mixed = said_of_texts(question, periods, placed) or ([], [])
    if not plain and not mixed:
        return Reading(question, Filters(topic=_topic(quoted)), titles=named)
    kept, lifts = (_filters(period, places, of) for of in (plain, mixed))
    # What may be said of the subject stays among its words.
    text = without(question, plain)
    return Reading(text, kept, firm=bool(plain), titles=named, lifts=lifts)


def _filters(period: Period | None, places: Sequence[Place], spans: Spans) -> Filters:
    """What of the period and the places stands at these spans."""
    dated = period if period and (period.start, period.end) in spans else None
    named = (name for names, span in places if span in spans for name in names)
    return Filters(
        since=dated.since if dated else None,
        until=dated.until if dated else None,
        sources=tuple(dict.fromkeys(named)),
    )


def _topic(quoted: Sequence[Quotation]) -> str:
    """The first quoted words that name no text: alone they lift."""
    words = (one.words for one in quoted if not one.named)
    return next((said for said in words if len(title_key(said).split()) <= MAX_TOPIC_WORDS), "")


def _short(question: str) -> str:
    """What is read of a question: its start, each run of white space as one space or line end, and
    `What'd you` as `What did you`."""
    lines = (" ".join(line.split()) for line in question.splitlines())
    short = ("\n".join(line for line in lines if line) or question)[:MOST_READ]
    return _CONTRACTED.sub(lambda part: _WHOLE[part[1].lower()], short)


def _blanked(question: str, spans: Spans) -> str:
    """The question with these parts blank, so that all else stays in its place."""
    left = list(question)
    for start, end in spans:
        left[start:end] = " " * (end - start)
    return "".join(left)


def without(question: str, spans: Sequence[tuple[int, int]]) -> str:
    """The question with these parts cut out; the question itself if nothing is left."""
    text = question
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    text = re.sub(r"\s+([?.!,;:])", r"\1", re.sub(r"\s+", " ", text)).strip(" ,;:")
    return text if re.search(r"\w", text) else question


def addressed(question: str, names: Sequence[str]) -> str:
    """The question put to the author themselves: `What does Ines Okafor think?` → `What do you
    think?`. An author's name is in none of their own passages; another's stays, and is searched.

    A part of a name counts where it has a capital and stands as one who writes or thinks.
    """
    question = unicodedata.normalize("NFC", question)
    if not names:
        return question
    known = [unicodedata.normalize("NFC", name) for name in names]
    parts = {part for name in known for part in name.split() if len(part) >= MIN_NAME}
    own = rf"(?P<verb>{_ACTS})?(?:(?i:{_one_of(known)})|(?P<part>{_one_of(parts)})(?!\s+[A-Z]))"
    quoted = [match.span() for match in QUOTED.finditer(question)]

    def you(match: re.Match[str]) -> str:
        verb = match["verb"] or ""
        lone = match["part"] and not verb
        if lone or any(start <= match.start() < end for start, end in quoted):
            return match.group()
        if match["of"]:
            return f"{verb}your"
        return re.sub(r"\w+", lambda word: _YOU_DO.get(word[0].casefold(), word[0]), verb) + "you"

    return re.sub(rf"(?<!\w)(?:{own})(?P<of>['’]s?)?(?!\w)", you, question)


def _one_of(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name)))) or "(?!)"


def _places(question: str, sources: Sequence[str]) -> list[Place]:
    """(sources, where they are named), in order, where the author has others beside them: several
    sources for `on Medium or LinkedIn`."""
    called: dict[str, list[str]] = {}
    for source in sources if len(sources) > 1 else ():
        for name in _names(source):
            called.setdefault(name.lower(), []).append(source)
    if not called:
        return []
    one = rf"(?:{_one_of(called)})(?![\w.]*\w)"
    several = rf"{one}(?:{_AND_ON}{one})*+"
    named = (
        rf"(?<!\w)(?:(?:{_ON})\s+{_WHOSE}(?P<on>{several})(?!{_BEFORE_TEXTS})|"
        rf"(?P<of>{several})(?={_BEFORE_TEXTS}))"
    )
    found = list(islice(re.finditer(named, question, re.IGNORECASE), MOST_PLACES + 1))
    found = [
        match
        for match in found
        if not (match["of"] and _OTHER_THAN.search(question, 0, match.start()))
    ]
    return [
        (
            [
                source
                for name in re.findall(one, match["on"] or match["of"], re.IGNORECASE)
                for source in called[name.lower()]
            ],
            match.span(),
        )
        for match in found[:MOST_PLACES]
    ]


def _names(source: str) -> list[str]:
    """What people call a source: its host, or the telling parts of it."""
    labels = source.lower().removeprefix("www.").split(".")
    parts = labels if len(labels) == 1 else labels[:-1]
    telling = [part for part in parts if len(part) > 3 and part not in _COMMON]
    return sorted({source, *telling}, key=len, reverse=True)
