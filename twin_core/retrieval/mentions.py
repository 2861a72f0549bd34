"""Whether a period or source is that of the texts, or belongs to what the question speaks of.

`What did you write in 2020?` asks for the texts of a year; `What did you write about the team you
joined in 2015?` mentions one, as `after you stopped posting on Medium` does a source. Where it is
not clear, it is mentioned.
"""

import re

from twin_core.retrieval.authorship import (
    by_the_author,
    in_their_texts,
    of_the_place,
    of_the_subject,
)
from twin_core.retrieval.bounding_words import ABOUT_WORD, GERMAN_WRITTEN, POSSESSIVES, TEXTS

WRITING = re.compile(
    r"\b(?:writ(?:e|es|ing|ten)|wrote|publi\w*|post(?:ed|ing)|blogg(?:ed|ing)|geschrieben|schriebs?t?|"
    rf"veröffentlich\w*|écri(?:t|ts|te|s|re|vais|vez)|escrib\w*|escrito|(?!(?<!\byour\s)texts?\b){TEXTS}|erschienen)\b",
    re.IGNORECASE,
)
# `Welche Beiträge hast du 2024 geschrieben?`: German writes after the period.
_DID_YOU = re.compile(
    r"\s*(?:hast\s+du|haben\s+sie|habt\s+ihr|wurden?|sind|ist|,\s*die\s+(?:du|sie|ihr))\s*",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    rf"[^,;]*(?<!\w)(?:{GERMAN_WRITTEN}|erschienen)(?!\w)",
    re.IGNORECASE,
)
NEAR = 400  # characters before a period among which its writing word stands
_SENTENCE_ENDS = re.compile(r"(?:[.;:?!]\s|\n)")
_ABOUT = re.compile(rf"(?<!\w){ABOUT_WORD}(?!\w)", re.IGNORECASE)
_OF = re.compile(r"(?:of|from|de|del|des|du|d['’]|von|vom|aus)\b", re.IGNORECASE)
_THAN = re.compile(r"\b(?:than|als|que|old)\b", re.IGNORECASE)
_TEXT = re.compile(TEXTS, re.IGNORECASE)
# A clause, or a time, of its own between the writing and the period.
_CLAUSE = re.compile(
    r"(?<![\w-])(?:that|who|whom|whose|which|where|when|while|because|since|if|how|why|what|"
    r"before|after|during|until|i|you|he|she|it|they|we|dass|weil|als|wie|wo|wer|ich|du|er|sie|es|"
    r"wir|ihr|vor|nach|während|que|qui|quand|où|je|j['’]|tu|il|elle|nous|vous|ils|avant|après|"
    r"pendant|cuando|donde|quien|antes|después|durante)(?![\w-])",
    re.IGNORECASE,
)
_PRONOUN = (
    r"(?:i|you|he|she|it|they|we|people|anyone|ich|du|er|sie|es|wir|ihr|man|"
    r"je|j['’]|tu|il|elle|on|nous|vous|ils|elles)"
)
_TELLING_WHEN = (
    r"(?:after|before|since|until|till|once|as\s+soon\s+as|by\s+the\s+time|nachdem|bevor|ehe|"
    r"seit(?:dem)?|sobald|bis|vor|(?<!such\s)(?<!suche\s)(?<!suchen\s)nach|"
    r"après|avant|depuis|dès|jusqu['’]à\s+ce|después|antes|desde|hasta)"
)
# `after you stopped posting`, `before leaving`, `since your start`: what then follows is said of
# that event. `since the 3rd of May` tells a day.
_WHEN = re.compile(
    rf"(?<![\w-]){_TELLING_WHEN}\s+(?:(?:que\s+|qu['’])?{_PRONOUN}(?!\w)|(?:de\s+)?que\s|\w+ing\b|de\s+\w+[aei]r\b|"
    r"(?:your|my|his|her|their|our|(?:dein|mein|ihr|eur)(?:e[mnrs]?)?|ton|ta|tes|votre|vos|tus?|"
    r"sus?)\s|the\s+(?:launch|founding|rise|fall|success|failure|birth|opening|end)\s+of\s(?!\d))(?P<event>[^,;:]*)$",
    re.IGNORECASE,
)
_YOU = re.compile(r"\byou\s+(?:\w+ly\s+)?$", re.IGNORECASE)
# `stop writing`, `like posting`: of the act, not of texts.
_WRITER = re.compile(r"^\s*(?:du|ihr|sie|er|usted|ella)(?!\w)", re.IGNORECASE)
_ACT = re.compile(
    r"(?<!\w)(?:stop(?:ped)?|quit|gave\s+up|give\s+up|start(?:ed)?|beg[ai]n|begun|liked?|loved?|hated?)\s+"
    r"(?:writing|posting|publishing|blogging)(?!\w)|"
    rf"(?<!\w){ABOUT_WORD}\s+posting\s+$|"
    r"(?<!\w)(?:d['’]|(?:de|à|a|zu)\s+)(?:écrire|publier|poster|escribir|publicar|schreiben)(?!\w)",
    re.IGNORECASE,
)
# Of a subject, that someone wrote it, or where who is spoken of writes: `the paper published`,
# `people who post`. `newsletters` alone may be what is written about.
_OF_ANOTHER = re.compile(
    r"(?<!\w)(?:published|posted|written|wrote|printed|veröffentlicht\w*|geschrieben\w*|publiée?s?|écrite?s?|"
    r"publicad\w+|escrit[oa]s?)(?!\w)|"
    rf"(?<!\w)(?:the|an?|this|that|les?|de[rmn]|die|das|eine?[nm]?|una?|el)\s+(?:\w+\s+)?{TEXTS}\s+"
    r"(?:in|by|from|of|on|du|de|dans|en|von|im)(?!\w)",
    re.IGNORECASE,
)
_OWN_TEXTS = re.compile(
    rf"(?<!\w){POSSESSIVES}\s+(?:\w+\s+)?{TEXTS}(?!\w)",
    re.IGNORECASE,
)
# `Which essay did you love, or begin, writing?` asks for a text all the same.
_LOVED_TEXT = re.compile(
    rf"(?<!\w){TEXTS}\s+(?:(?:that|which)\s+)?(?:(?:did|do|have)\s+)?you(?:['’]ve)?\s+(?:\w+\s+)?"
    r"(?:liked?|loved?|hated?|start(?:ed)?|beg[aiu]n)\s+(?:writing|posting|publishing|blogging)(?!\w)",
    re.IGNORECASE,
)
_WHO_WRITE = re.compile(
    r"(?<!\w)(?:who|that|which|qui|que|quien(?:es)?)\s+(?:\w+\s+)?(?:write|post|publish|blog|publient|écrivent|"
    r"publican|escriben)(?!\w)",
    re.IGNORECASE,
)
# Between `about` and a further writing: that it is asked for beside the first, or that the subject
# is looked for in those texts.
_ASKED_TOO = re.compile(
    rf"(?:\b(?:and|or|but|und|oder|et|ou|y|o)|,)\s+(?:{WRITING.pattern}|(?:what|which|did|have|has|do|"
    r"was|hast|qu['’]as|qué)\b)|\b(?:did|have)\s+you\b|"
    rf"\b(?:in|from|among|of\s+all)\s+(?:\w+\s+){{0,2}}{TEXTS}\b",
    re.IGNORECASE,
)
# What a text's name may be followed by, before its period.
_AFTER_TEXT = re.compile(
    rf"\s*$|\s*[,(]?\s*(?:(?:that|which|die|der|das|welche|qui|que)\s+)?"
    rf"(?:are|is|was|were|come|comes|stem|date|dates|dated|published|written|posted|appeared|came\s+out|gibt\s+es|sind|stammen|sont|son)?(?:\s+(?:by\s+you|von\s+dir))?\s*(?:from|aus)?\s*$|"
    rf"\s+(?:{ABOUT_WORD}|on|by|in|at|de|del|von)\s",
    re.IGNORECASE,
)
# Before a period that stands ahead of the writing: only words that frame the question.
_FRAME = re.compile(
    r"(?:(?:what|which|was|welche[nrs]?|and|und|so|please|did|have|has|had|do|is|are|there|any|"
    r"anything|all|of|the|your|my|deine|ihre|eure|die|alle|hast|haben|habt|du|sie|er|ihr|you|hat|she|he|they|qu['’]as|"
    r"tu|qué|que|when|wann|how|often|zeig\w*|mir|worüber|has|tes|vos|les|mes|tus|sus|los|only|just|show|list|me|give|from|everything|"
    r"nothing|but|something|i|everyone|people|alles|tout|todo|ce|lo|ist|sind|in|denn|damals|so|schon|eigentlich)\b[\s,'’¿-]*)*",
    re.IGNORECASE,
)


def of_writing(question: str, start: int, end: int) -> bool:
    """Whether the period that stands there is that of the writing."""
    before = _sentence_before(question, start)
    subject = _subject(before)
    theirs = _OWN_TEXTS.search(subject) and _OF.match(question[start:end].lstrip())
    if _of_the_act(before) or theirs or _OF_ANOTHER.search(subject):
        return False
    words = list(WRITING.finditer(before))
    if not words and in_their_texts(before, question[end : end + NEAR]):
        return True
    if not words:
        after = question[end : end + NEAR]
        stop = _SENTENCE_ENDS.search(after)
        after = after[: stop.start()] if stop else after
        if not WRITING.search(after):
            return False
        return bool(_FRAME.fullmatch(before.strip(" ,¿")))
    between = _WRITER.sub("", before[words[-1].end() :])
    verb = _YOU.search(before, 0, words[-1].start())  # `did you blog`
    text = bool(_TEXT.fullmatch(words[-1].group())) and not verb
    if text and _DID_YOU.fullmatch(between):
        sentence_end = _SENTENCE_ENDS.search(question, end, end + NEAR)
        written = _WRITTEN.match(
            question, end, sentence_end.start() if sentence_end else end + NEAR
        )
        return bool(written)
    if text and not _AFTER_TEXT.match(between):
        return False
    about = _ABOUT.search(between)
    period = question[start:end].lstrip()
    if about and (_THAN.search(period) or period[:3].casefold().strip() == "of"):
        return False
    if about and not text and _OF.match(period):
        return False
    if text and not about and _AFTER_TEXT.fullmatch(between):
        return True
    return not _CLAUSE.search(between)


def at_the_authors(question: str, start: int, end: int) -> bool:
    """Whether the source that stands there is plainly where the author's own texts appeared."""
    before, after = _sentence_before(question, start), _sentence_after(question, end)
    if of_the_subject(before) or of_the_place(before, after):
        return False
    return of_the_author(question, start, end)


def of_the_author(question: str, start: int, end: int) -> bool:
    """Whether the period or source that stands there is plainly that of the author's own texts."""
    before, after = _sentence_before(question, start), _sentence_after(question, end)
    return by_the_author(before, question[start:end], after, asked_too=_ASKED_TOO)


def of_texts(question: str, start: int) -> bool:
    """Whether the source that stands there is where the texts appeared."""
    before = _sentence_before(question, start)
    subject = _subject(before)
    mentioned = any(one.search(subject) for one in (_OF_ANOTHER, _OWN_TEXTS, _WHO_WRITE))
    event = _WHEN.search(before)
    told = event and not _ASKED_TOO.search(event["event"])
    return not (mentioned or told or _of_the_act(before))


def _of_the_act(before: str) -> bool:
    return bool(_ACT.search(_LOVED_TEXT.sub(" ", before)))


def _sentence_before(question: str, start: int) -> str:
    before = question[max(0, start - NEAR) : start]
    ends = [match.end() for match in _SENTENCE_ENDS.finditer(before)]
    return before[ends[-1] :] if ends else before


def _sentence_after(question: str, end: int) -> str:
    begins = end + 1 if question[end : end + 1] == ":" else end  # `On Medium: what did you write?`
    stop = _SENTENCE_ENDS.search(question, begins, end + NEAR)
    return question[begins : stop.start() if stop else end + NEAR]


def _subject(before: str) -> str:
    """What follows the last `about` of something written, up to the end: `the paper published`;
    nothing where more is asked for behind it."""
    about = next(reversed(list(_ABOUT.finditer(before))), None)
    if not about:
        return ""
    written = [match[0] for match in WRITING.finditer(before, 0, about.start())]
    subject = before[about.end() :]
    of_text = not written or _TEXT.fullmatch(written[-1])
    return "" if of_text or _ASKED_TOO.search(subject) else subject
