"""Quoted words of a question, and which of them name a text of the author's by its title."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from twin_core.retrieval.bounding_words import ABOUT_WORD, TEXTS
from twin_core.retrieval.terms import STOP_WORDS, bare_title, spoken, title_key

MOST_QUOTED = 24  # that are read of one question
NEAR = 48  # characters before a quotation that say what it is
CLAUSE = 160  # characters before a quotation in which its clause begins
QUOTED = re.compile(
    r"[\"＂]([^\"＂]{1,160})[\"＂]|[“„]([^“”„\"]{1,160})[”“\"]|(?<!\w)”(?=\S)([^“”„\"]{1,160})”|"
    r"«([^«»]{1,160})»|(?<!\w)»(?=\S)([^«»]{1,160})(?<=\S)«|"
    r"‹([^‹›]{1,160})›|(?<!\w)›(?=\S)([^‹›]{1,160})(?<=\S)‹|[「『]([^「」『』]{1,160})[」』]|"
    # Around whole words, and no apostrophe: neither `the managers' trust` nor `the '90s`.
    r"(?<!\w)['‘‚](?=\S)(?!\d\ds?\b)((?:[^'‘’‚\"“”„«»\n]|(?<=\w)['’](?=\w)){1,160})(?<=\S)['‘’](?!\w)"
)
_WHOSE = (
    r"(?<!\w)(?:your|my|this|that|(?:dein|mein|ihr|eu(?:er|r)|dies)(?:e[mnrs]?)?|im|"
    r"ton|ta|votre|mon|ma|cet|cette|tu|su|mi|este|esta)\s*"
)
_THE = r"(?<!\w)(?:the|de[rmns]|das|die|le|la|l['’]|el)\s*"
# Words that are quoted for themselves: `say "No" to`, `Do you "Trust" managers?`, `the word "No"`.
_QUOTING = re.compile(
    r"(?<!\w)(?:(?:do|did|can|could|should|would|will)\s+(?:you|we|they|i|one)|"
    r"(?<!was\s)(?<!que\s)(?<!qué\s)(?:say|says|said|saying|sag\w*|dis|dit|dire|decir|dices?)(?:[\s-]+(?:du|man|ich|wir|sie|tu))?|"
    r"(?:words?|terms?|wort|wörter|begriffe?|mots?|palabras?)(?:\s+(?:like|wie|comme|como))?|"
    r"mean(?:s|t)?\s+by|(?:believ\w+|program\w*|cod(?:e|ed|ing)|glaub\w*|cro\w+)\s+(?:in|an|en|à))\s*$",
    re.IGNORECASE,
)
_MEANS = re.compile(r"\s+(?:mean|bedeute|signifi)\w*", re.IGNORECASE)
_DICTIONARY = re.compile(
    r"(?<!\w)(?:dictionary|wörterbuch|duden|dictionnaire|diccionario|wikipedia)", re.IGNORECASE
)
# What may follow a name: any other word may be a noun that it only describes (`medium heat`).
_PHRASE_ENDS = re.compile(
    rf"\s*(?:$|[^\w\s'’-])|\s+(?:{ABOUT_WORD}|{TEXTS}|\d|that|which|where|when|who|what|how|why|in|"
    r"on|from|since|before|after|until|till|between|during|within|by|for|to|at|of|as|with|and|or|but|"
    r"not|do|does|did|have|has|had|are|is|was|were|can|could|would|should|will|you|i|we|they|last|so\s+far|yet|already|"
    r"this|today|yesterday|recently|ever|than|versus|vs|compared|while|whereas|say|says|tell|tells|mention|mentions|mean|deal|cover|covers|"
    r"und|oder|im|seit|vor|nach|bis|zwischen|zu|zum|zur|mit|für|aus|von|am|während|geschrieben|"
    r"veröffentlicht|verfasst|gepostet|publiziert|erschien(?:en)?|schriebst|schreibst|steht|stehen|"
    r"gibt|hast|haben|habt|ist|sind|wurden?|war|waren|du|ihr|sie|was|wie|wann|letzte[nsr]?|dieses|"
    r"gestern|heute|bisher|schon|etwas|als|die|zusammen|handel[nt]|geht|drehen|"
    r"et|ou|en|depuis|avant|après|entre|pendant|dans|pour|avec|de|du|au|à|l['’]ann[ée]e|le|la|cette|ce|hier|"
    r"as|avez|tu|vous|que|qui|est|sont|publiés?|écrits?|parlent?|traitent?|y|o|desde|antes|después|hasta|durante|para|"
    r"con|del|por|el|este|esta|has|ha|hay|escribiste|publicaste|ayer|hace|il\s+y\s+a)(?!\w)",
    re.IGNORECASE,
)
# What a verb follows: `Does "X" mention a desk?`, `your essay "X" end`; but `What is "X" mode?`.
_SUBJECT = re.compile(
    rf"(?<!\w)(?:{TEXTS}[:,]?|does|do|did|has|have|had|will|would|can|could|should|how|why|whether|"
    r"(?:kannst|könntest|würdest)\s+du(?:\s+(?:mir|uns))?|"
    r"(?<!what\s)(?<!was\s)(?:is|are|was|were|ist|war|wird|wurde|hat|est|es))\s*$",
    re.IGNORECASE,
)
_SAYS = r"(?:argues?|says?|claims?|about|concludes?|mentions?)(?!\w)"
_GOES_ON = re.compile(
    rf"['’]s(?!\w)|\s+-\s|\s+(?:{_SAYS}|(?:still|aloud|verbatim)(?!\w))", re.IGNORECASE
)
# `your "X" essay`, `the "X" essay.`; but `the "X" column in a table`.
_TEXT = re.compile(rf"\s*{TEXTS}(?!\w)", re.IGNORECASE)
_TEXT_ENDS = re.compile(rf"\s*{TEXTS}(?:\s*(?:$|[^\w\s'’-])|\s+{_SAYS})", re.IGNORECASE)
_YOUR = re.compile(rf"{_WHOSE}$", re.IGNORECASE)
# Between quotations that are named together.
_AND = re.compile(
    r"[\s,/&]*+(?:(?:and|or|nor|und|oder|noch|et|ou|ni|y|o)\s+)?(?:(?:in|im|dans|en)\s+)?"
    rf"(?:{_WHOSE}|{_THE})?(?:{TEXTS}\s+)?",
    re.IGNORECASE,
)
# Before what is not wanted: an exception, an order, a denial right before it.
_LEFT_OUT = re.compile(
    r"(?<!\w)(?:except|besides|apart\s+from|other\s+than|instead\s+of|without|forget|skip|ignore|"
    r"hide|exclude|omit|(?:leav|keep|left|kept)\w*\s+(?:out|aside)?|leaving|"
    r"außer|ausser|ohne|statt|vergiss|ignoriere|überspringe?|lass(?:e|en)?|sauf|hormis|sans|ignore[rz]?|"
    r"en\s+(?:vez|lugar)\s+de|au\s+lieu\s+de|salvo|excepto|menos|sin|olvida|"
    r"(?:don['’]t|do\s+not|never|no\s+me|ne\s+me)\s+(?:show|tell|give|mention|use|quote|cite|include|list|"
    r"want|muestres|montre\w*|parle\w*)|zeig\w*(?:\s+mir)?\s+nicht)(?!\w)[^,;]*$|"
    r"(?<!\w)(?:not|nor|nicht|pas|no)\s+(?:(?:in|the|your|den|dem|die|dein\w*|le|ton|el|tu)\s+)*(?:\w+\s+)?$",
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
    for match, (start, end) in _wanted(question):
        words = match[match.lastindex or 0].strip(" ,.;:")
        if key := title_key(words):
            title = titles.get(key) or titles.get(bare_title(words)) or ""
            one = Quotation(words, match.span(), title)
            yield one._replace(named=_is_named(question, one, start, end))


def _wanted(question: str) -> Iterator[tuple[re.Match[str], tuple[int, int]]]:
    """What the question quotes and does not leave out, each with where that stands which is quoted
    together with it. The words that leave out stand in the clause of what they leave out, and no
    other quotation between."""
    begins = 0
    for group in _together(question):
        start, end = group[0].start(), group[-1].end()
        clause = _last_end(question, max(begins, start - CLAUSE), start)
        beside = begins > 0 and _THAT.match(question, begins, start)
        if beside or not _LEFT_OUT.search(question[clause:start]):
            yield from ((match, (start, end)) for match in group)
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


def _is_named(question: str, one: Quotation, start: int, end: int) -> bool:
    """Several words that are a title are one wherever they stand; one is, unless what stands around
    it says that it is only a word. start, end: of what is quoted together with it."""
    if not _may_be_named(question, one):
        return False
    if len(one.words.split()) > 1:
        return True
    near = max(0, start - NEAR)
    return not (
        _QUOTING.search(question, near, start)
        or _MEANS.match(question, end)
        or _DICTIONARY.search(question, near, end + NEAR)
        or _describes(question, near, start, end)
    )


def _describes(question: str, near: int, start: int, end: int) -> bool:
    """Whether it only says which one is meant of the noun behind: `the "Home" key`."""
    if _TEXT.match(question, end):
        yours = _YOUR.search(question, near, start)
        return not (yours or _TEXT_ENDS.match(question, end))
    if _PHRASE_ENDS.match(question, end) or _GOES_ON.match(question, end):
        return False
    behind = spoken(question[end : end + NEAR])[:1]
    return STOP_WORDS.isdisjoint(behind) and not _SUBJECT.search(question, near, start)


def _may_be_named(question: str, one: Quotation) -> bool:
    """Whether it is a title of the author's, not an everyday word in lower case, nor the work of
    another writer: `the essay "Trust" by Fukuyama`."""
    lower = one.words == one.words.lower() and one.title != one.title.lower()
    if not one.title or (lower and len(one.words.split()) == 1):
        return False
    writer = _WRITER.match(question, one.span[1])
    return not (writer and writer["name"].isupper())
