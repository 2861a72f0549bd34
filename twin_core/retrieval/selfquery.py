"""Self-query: the filters that a question states in words, read by rules.

A question about 2011 is not always one about what was written in 2011. Only where it speaks of
writing are its filters firm; else they lift the passages that they admit, and hide none.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from types import MappingProxyType

from twin_core.index.base import Filters
from twin_core.retrieval.bounding_words import (
    ABOUT_WORD,
    NEWEST,
    OLDEST,
    PHRASE_ENDS,
    TEXT_AFTER,
    TEXT_BEFORE,
    TEXTS,
)
from twin_core.retrieval.calendar_words import COUNTS, any_of
from twin_core.retrieval.dates import period_of
from twin_core.retrieval.exclusion import QUOTED, leaves_texts_out, left_out, spans_of
from twin_core.retrieval.mentions import (
    WRITING,
    at_the_authors,
    of_texts,
    of_the_author,
    of_writing,
)
from twin_core.retrieval.moments import moments
from twin_core.retrieval.terms import title_key
from twin_core.retrieval.titles import Quotation, quotations

MAX_TOPIC_WORDS = 12
# Nobody asks in more; what a longer text says stays out of reach, and of the patterns' time.
MOST_READ = 2000  # characters of a question
MOST_PLACES = 24  # named in one question; with more of them, it asks for none
NEAR = 48  # characters before a place in which a verb of moving can belong to it
MIN_NAME = 3  # letters of a part of a name that is one by itself
_TASK = re.compile(r"^\s*(?:please\s+)?(?:write|draft|compose)\b", re.IGNORECASE)
_ACTS = r"(?i:(?:does|did|has|is|was|would|could|can|by|from|hat|von|par|por)\s+)"
_ABOUT_WORD = re.compile(rf"(?<!\w){ABOUT_WORD}(?!\w)", re.IGNORECASE)
_WHOSE = (
    r"(?:(?:both|either|beiden)\s+)?(?:(?:your|the|my|dein(?:e[mnrs]?)?|ihre[mnrs]?|eure[mnrs]?|"
    r"de[mnr]|ton|ta|votre|tu|su|l[ea]|el)\s+)?"
)
# `your latest Medium post`
_IN_ORDER = (
    r"(?:your|my|the|dein(?:e[mnrs]?)?|ihre?[mnrs]?|tu|ton|ta)\s+(?:\w+\s+)?"
    rf"(?:{NEWEST}|{OLDEST})(?:\s+(?:ever|\d\d?|{any_of(COUNTS)}))?"
)
_ON = r"on|in|at|from|auf|bei|sur|chez|en"
# `Beiträge von Medium`: elsewhere these say whose something is.
_OF = r"(?<=\w\s)(?:von|aus|de|du|d['’])"
_AND_ON = (
    r"(?:\s*[,/&]\s*(?:(?:and|or)\s+)?|\s+(?:and|or|as\s+well\s+as|versus|"
    r"vs\.?|than|sowie|que|als|compared\s+(?:to|with)|und|oder|et|ou|y|o)\s+)"
    rf"(?:(?:{_ON})\s+)?{_WHOSE}"
)
# From one place to another: no place that texts are asked from.
_MOVED = re.compile(
    r"(?<!\w)(?:mov(?:e[sd]?|ing)|switch(?:e[sd]|ing)?|migrat(?:e[sd]?|ing|ion)|"
    r"transfer(?:s|red|ring)?|import(?:s|ed|ing)?)\s+(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
_MOVES_ON = re.compile(
    r"\s+(?:(?:over\s+)?to|into|onto|nach|zu|vers|à|a|hacia)\s+\w", re.IGNORECASE
)
_YOU_DO = {"does": "do", "has": "have", "is": "are", "was": "were"}
_COMMON = {"www", "blog", "com", "org", "net", "news", "web", "the", "my", "home", "site"}

Spans = list[tuple[int, int]]


@dataclass(frozen=True)
class Reading:
    """What a question asks for. text: it, without the words that became filters. firm: what the
    filters do not admit is not wanted, unless nothing else is found. about: it without what it
    leaves out and the words that say so, where it leaves anything out; that may be nothing.
    titles: of the author's texts, as far as it names them; no filter, they only come first."""

    text: str
    filters: Filters = Filters()
    firm: bool = False
    about: str | None = None
    titles: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """What passages are judged by."""
        return self.text if self.about is None else self.about


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
    # A year within a title is no period.
    outside = _blanked(question, [one.span for one in quoted if one.named])
    period = period_of(outside, today)
    places, unwanted = _places(outside, sources)
    untasked = _untasked(outside)
    dated = period is not None and all(
        of(untasked, period.start, period.end) for of in (of_writing, of_the_author)
    )
    asked = [place for place in places if at_the_authors(untasked, *place[1])]
    firm = dated or bool(asked)
    if period and not dated and asked:  # `on Medium in 2020`: of the same texts
        dated = any(
            end <= period.start and not question[end : period.start].strip()
            for _, (_, end) in asked
        )
    if firm:  # What is only mentioned leaves the firm filters to the others; alone it lifts.
        places, period = asked, period if dated else None
    cut = [(period.start, period.end)] if period else []
    cut += [span for _, span in places]
    filters = Filters(
        since=period.since if period else None,
        until=period.until if period else None,
        sources=tuple(dict.fromkeys(name for names, _ in places for name in names)),
        topic="" if firm else _topic(quoted),
    )
    text = without(question, cut) if firm else question
    about = _about(question, cut, unwanted, today) if text == question or firm else None
    named = dict.fromkeys(one.title for one in quoted if one.named)
    return Reading(text, filters, firm and filters != Filters(), about, tuple(named))


def _topic(quoted: Sequence[Quotation]) -> str:
    """The first quoted words that name no text: alone they lift."""
    words = (one.words for one in quoted if not one.named)
    return next((said for said in words if len(title_key(said).split()) <= MAX_TOPIC_WORDS), "")


def _short(question: str) -> str:
    """What is read of a question: its start, each run of white space as one space or line end."""
    lines = (" ".join(line.split()) for line in question.splitlines())
    return ("\n".join(line for line in lines if line) or question)[:MOST_READ]


def _about(question: str, cut: Spans, unwanted: Spans, today: date) -> str | None:
    """The question without what it leaves out, the words that say so, and what became filters; None
    where it leaves nothing out."""
    named = list(islice(moments(question, today), MOST_PLACES))
    unwanted = unwanted + [
        (moment.start, moment.end)
        for moment in named
        if left_out(question, moment.start, moment.end)
    ]
    if not unwanted and not (leaves_texts_out(question) and WRITING.search(question)):
        return None
    return " ".join(_blanked(question, [*cut, *unwanted, *spans_of(question)]).split())


def _blanked(question: str, spans: Spans) -> str:
    """The question with these parts blank, so that all else stays in its place."""
    left = list(question)
    for start, end in spans:
        left[start:end] = " " * (end - start)
    return "".join(left)


def _untasked(question: str) -> str:
    """The question with its task to write blanked out, so that places in it stay the same."""
    return _TASK.sub(lambda task: " " * len(task.group()), question)


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


def _places(
    question: str, sources: Sequence[str]
) -> tuple[list[tuple[list[str], tuple[int, int]]], Spans]:
    """(sources, where they are named), in order, where the author has others beside them: several
    sources for `on Medium or LinkedIn`; and where those are named that the question leaves out."""
    called: dict[str, list[str]] = {}
    for source in sources if len(sources) > 1 else ():
        for name in _names(source):
            called.setdefault(name.lower(), []).append(source)
    one = rf"(?:{_one_of(called)})(?![\w.]*\w)"
    several = rf"(?P<names>{one}(?:{_AND_ON}{one})*+(?:-(?={TEXTS}(?!\w)))?)"
    named = (
        rf"\b(?:(?:(?P<from>from|(?P<of>{_OF}))|{_ON})\s+{_WHOSE}|"
        rf"(?P<own>your|my)\s+|(?P<order>{_IN_ORDER})\s+){several}"
    )
    found = list(islice(re.finditer(named, question, re.IGNORECASE), MOST_PLACES + 1))
    asked = [match for match in found if _is_place(question, match)]
    # `your Medium posts` only stand beside a place: alone they may be of another kind.
    if len(found) > MOST_PLACES or all(match["own"] for match in asked):
        asked = []
    bare = islice(re.finditer(one, question, re.IGNORECASE), MOST_PLACES) if called else ()
    unwanted = [match.span() for match in bare if left_out(question, *match.span())]
    places = [
        (
            [
                source
                for name in re.findall(one, match["names"], re.IGNORECASE)
                for source in called.get(name.lower(), ())
            ],
            match.span("names") if match["own"] or match["order"] else match.span(),
        )
        for match in asked
    ]
    return places, unwanted


def _is_place(question: str, named: re.Match[str]) -> bool:
    """Whether texts of those sources are asked for: not `not on medium`, `on medium heat`, `from
    medium to another`, or `about things from medium`."""
    start, end = named.span()
    ends = TEXT_AFTER if named["own"] or named["order"] else PHRASE_ENDS
    if not ends.match(question, end) or left_out(question, start, end):
        return False
    if not of_texts(_untasked(question), start):
        return False
    if named["of"] and not TEXT_BEFORE.search(question, max(0, start - NEAR), start):
        return False
    return not (named["from"] and _is_move(question, start, end))


def _is_move(question: str, start: int, end: int) -> bool:
    """Whether `from` a source says where something else came from: in doubt it does."""
    return bool(
        _ABOUT_WORD.search(question, 0, start)
        or _MOVES_ON.match(question, end)
        or _MOVED.search(question, max(0, start - NEAR), start)
    )


def _names(source: str) -> list[str]:
    """What people call a source: its host, or the telling parts of it."""
    labels = source.lower().removeprefix("www.").split(".")
    parts = labels if len(labels) == 1 else labels[:-1]
    telling = [part for part in parts if len(part) > 3 and part not in _COMMON]
    return sorted({source, *telling}, key=len, reverse=True)
