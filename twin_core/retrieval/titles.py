"""Quoted words of a question, and which of them name a text of the author's by its title."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from twin_core.retrieval.bounding_words import TEXTS
from twin_core.retrieval.exclusion import QUOTED, left_out
from twin_core.retrieval.terms import bare_title, title_key

MOST_QUOTED = 24  # that are read of one question
NEAR = 48  # characters before a quotation that say what it is
_WHOSE = (
    r"(?<!\w)(?:your|my|this|that|(?:dein|mein|ihr|eu(?:er|r)|dies)(?:e[mnrs]?)?|im|"
    r"ton|ta|votre|mon|ma|cet|cette|tu|su|mi|este|esta)\s*"
)
_THE = r"(?<!\w)(?:the|de[rmns]|das|die|le|la|l['’]|el)\s*"
_ONE = r"(?<!\w)(?:an?|une?|eine?[mnrs]?)\s*"
_ON = r"\s+(?:on|about|über|sur|sobre)"
_TITLED = r"\s+(?:titled|called|entitled|namens|intitulée?|titulad[oa])"
_TEXT = rf"(?:\w+\s+){{0,2}}?{TEXTS}"
# Before a title: `your essay`, `in`, `you say in`, `summarise`.
_NAMED = re.compile(
    # Of `an essay on "trust"`, it is the subject.
    rf"(?:(?:{_WHOSE}|{_THE}){_TEXT}{_ON}|(?:{_WHOSE}|{_THE}|{_ONE}){_TEXT}(?:{_TITLED})?)[:,]?\s*$|"
    r"(?:^\W*|(?<!\w)(?:what\s+is|what['’]s|was\s+ist|say|said|says|write|wrote|written|argue|argued|claim|claimed|mean|meant|explain|"
    r"explained|describe|described|mention|mentioned|happens|schreibst|sagst|steht|geschrieben|gesagt|"
    r"meinst|dis|dit|écris|écrit|dices|dice|escribes|escribiste|geht|make)(?:[\s-]+(?:you|du|sie|tu|es|about\s+\w+))?\s+)"
    r"(?:in|im|dans|en)\s*$|"
    r"(?<!\w)(?:publish(?:ed)?\s+(?:\w+\s+){0,3}as|summari[sz]e|recap|parle|trata|résume[zr]?|resume|resumir)\s*$|"
    r"(?<!\w)(?:contradicts?|disagrees?\s+with|differs?\s+from|between|compared?\s+(?:to|with)|"
    r"widersprech\w+|widerspricht|zwischen|contredi\w+|contradicen?|entre)\s*$",
    re.IGNORECASE,
)
# Around one: `What does "X" argue?`, `your "X" essay`; but `the "X" column in a table`.
_SAYS = r"(?:argue|say|claim|about|conclude)(?!\w)"
_AROUND = tuple(
    (re.compile(before, re.IGNORECASE), re.compile(after, re.IGNORECASE))
    for before, after in (
        (r"(?<!\w)(?:does|did|is|do)\s*$", rf"\s*{_SAYS}"),
        (rf"{_WHOSE}$", rf"\s*(?:{_SAYS}|{TEXTS}(?!\w))"),
        (rf"{_THE}$", rf"\s*(?:{_SAYS}|{TEXTS}(?:\s*(?:$|[^\w\s'’-])|\s+{_SAYS}))"),
    )
)
# Between quotations that are named together.
_AND = re.compile(
    r"[\s,/&]*+(?:(?:and|or|nor|und|oder|noch|et|ou|ni|y|o)\s+)?(?:(?:in|im|dans|en)\s+)?"
    rf"(?:{_WHOSE}|{_THE})?(?:{TEXTS}\s+)?",
    re.IGNORECASE,
)
_CLAUSE_ENDS = re.compile(r"[.?!;,](?=\s|$)|\n")
# What is in one text `that isn't in "X"` asks for both.
_THAT = re.compile(
    r"[\s,]*+(?:that|which|was|das|die|ce\s+qu[ei]|qu[ei]|lo\s+que)(?!\w)", re.IGNORECASE
)
# After one, with a capital behind it: another writer.
_WRITER = re.compile(r"[\s,(]{1,3}(?:by|von|de|par|por)\s+(?=(?P<name>\w))", re.IGNORECASE)


class Quotation(NamedTuple):
    """Quoted words, and where they stand. title: the author's that they are. named: they are spoken
    of as it; `Do you "trust" managers?` quotes a word that may be a title, too."""

    words: str
    span: tuple[int, int]
    title: str = ""
    named: bool = False


def quotations(question: str, titles: Mapping[str, str]) -> list[Quotation]:
    """What the question quotes and does not leave out. titles: those of the author's texts, by
    key. Beside a title that is named, every other one is, too."""
    found = list(_quotations(question, titles))
    if not any(one.named for one in found):
        return found
    return [one._replace(named=_may_be_named(question, one)) for one in found]


def quoted_title(question: str, words: str, titles: Mapping[str, str]) -> str:
    """The author's title that the question quotes in these words; empty where they are none."""
    key = title_key(words)
    found = quotations(question, titles)
    return next((one.title for one in found if title_key(one.words) == key), "")


def _quotations(question: str, titles: Mapping[str, str]) -> Iterator[Quotation]:
    for match in _wanted(question):
        words = match[match.lastindex or 0].strip(" ,.;:")
        if key := title_key(words):
            title = titles.get(key) or titles.get(bare_title(words)) or ""
            one = Quotation(words, match.span(), title)
            yield one._replace(named=_is_named(question, one))


def _wanted(question: str) -> Iterator[re.Match[str]]:
    """What the question quotes and does not leave out. The words that leave out stand in the clause
    of what they leave out, and no other quotation between."""
    groups = _together(question)
    begins = 0
    for place, group in enumerate(groups):
        start, end = group[0].start(), group[-1].end()
        after = groups[place + 1][0].start() if place + 1 < len(groups) else None
        beside = place > 0 and _THAT.match(question, begins, start)
        clause = _last_end(question, begins, start)
        upto = len(question) if after is None else _last_end(question, end, after)
        if beside or not left_out(question[clause:upto], start - clause, end - clause):
            yield from group
        begins = end


def _together(question: str) -> list[list[re.Match[str]]]:
    """The quotations, with those in one list that only an `and` or comma stands between."""
    groups: list[list[re.Match[str]]] = []
    for match in islice(QUOTED.finditer(question), MOST_QUOTED):
        if groups and _AND.fullmatch(question, groups[-1][-1].end(), match.start()):
            groups[-1].append(match)
        else:
            groups.append([match])
    return groups


def _last_end(question: str, low: int, high: int) -> int:
    """Where the last clause ends that ends there; low where none does."""
    return max((match.end() for match in _CLAUSE_ENDS.finditer(question, low, high)), default=low)


def _is_named(question: str, one: Quotation) -> bool:
    """Several words that are a title are one wherever they stand; one must be spoken of as it."""
    if not _may_be_named(question, one):
        return False
    start, end = one.span
    near = max(0, start - NEAR)
    return bool(
        len(one.words.split()) > 1
        or _NAMED.search(question, near, start)
        or any(
            before.search(question, near, start) and after.match(question, end)
            for before, after in _AROUND
        )
    )


def _may_be_named(question: str, one: Quotation) -> bool:
    """Whether it is a title of the author's, not an everyday word in lower case, nor the work of
    another writer: `the essay "Trust" by Fukuyama`."""
    lower = one.words == one.words.lower() and one.title != one.title.lower()
    if not one.title or (lower and len(one.words.split()) == 1):
        return False
    writer = _WRITER.match(question, one.span[1])
    return not (writer and writer["name"].isupper())
