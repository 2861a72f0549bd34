"""Whether a period is when the texts were written, or belongs to what the question speaks of.

`What did you write in 2020?` asks for the texts of a year; `What did you write about the team you
joined in 2015?` mentions one. Where it is not clear, it is mentioned.
"""

import re

from twin_core.retrieval.bounding_words import ABOUT_WORD, TEXTS

WRITING = re.compile(
    r"\b(?:writ(?:e|es|ing|ten)|wrote|publi\w*|posted|blogg(?:ed|ing)|geschrieben|schriebs?t?|"
    rf"veröffentlich\w*|écri(?:t|ts|te|s|re|vais|vez)|escrib\w*|escrito|(?!texts?\b){TEXTS})\b",
    re.IGNORECASE,
)
# `Welche Beiträge hast du 2024 geschrieben?`: German writes after the period.
_DID_YOU = re.compile(
    r"\s*(?:hast\s+du|haben\s+sie|habt\s+ihr|wurden?|,\s*die\s+(?:du|sie|ihr))\s*",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    r"[^,;]*(?<!\w)(?:geschrieben|veröffentlicht|verfasst|gepostet|publiziert)(?!\w)", re.IGNORECASE
)
NEAR = 400  # characters before a period among which its writing word stands
_SENTENCE_ENDS = re.compile(r"(?:[.;:?!]\s|\n)")
_ABOUT = re.compile(rf"(?<!\w){ABOUT_WORD}(?!\w)", re.IGNORECASE)
_OF = re.compile(r"(?:of|from|de|del|des|du|d['’]|von|vom|aus)\b", re.IGNORECASE)
_THAN = re.compile(r"\b(?:than|als|que|old)\b", re.IGNORECASE)
_TEXT = re.compile(TEXTS, re.IGNORECASE)
# Someone who writes at any time, not the author then.
_ANYONE = re.compile(
    r"\bhow\s+(?:do|does|to|can|should|would|shall)\b|\b(?:do|can|could|should|shall|would)\s+"
    r"(?:i|we|one)\b|\bwie\s+(?:schreib\w*|kann|soll)\b|\bcomment\s+(?:écrire|rédiger)\b|"
    r"\bcómo\s+(?:escribir|se)\b",
    re.IGNORECASE,
)
# A clause, or a time, of its own between the writing and the period.
_CLAUSE = re.compile(
    r"(?<![\w-])(?:that|who|whom|whose|which|where|when|while|because|since|if|how|why|what|"
    r"before|after|during|until|i|you|he|she|it|they|we|dass|weil|als|wie|wo|wer|ich|du|er|sie|es|"
    r"wir|ihr|vor|nach|während|que|qui|quand|où|je|j['’]|tu|il|elle|nous|vous|ils|avant|après|"
    r"pendant|cuando|donde|quien|antes|después|durante)(?![\w-])",
    re.IGNORECASE,
)
# What a text's name may be followed by, before its period.
_AFTER_TEXT = re.compile(
    rf"\s*$|\s*[,(]?\s*(?:(?:that|which|die|der|das|welche|qui|que)\s+)?"
    rf"(?:are|is|was|were|come|comes|stem|date|dates|dated|published|written|posted|sont|son)?\s*(?:from|aus)?\s*$|"
    rf"\s+(?:{ABOUT_WORD}|on|by|in|at|de|del|von)\s",
    re.IGNORECASE,
)
# Before a period that stands ahead of the writing: only words that frame the question.
_FRAME = re.compile(
    r"(?:(?:what|which|was|welche[nrs]?|and|und|so|please|did|have|has|had|do|is|are|there|any|"
    r"anything|all|of|the|your|my|deine|ihre|eure|die|alle|hast|haben|habt|du|sie|ihr|you|qu['’]as|"
    r"tu|qué|que|has|tes|vos|les|mes|tus|sus|los|only|just|show|list|me|give|from|everything|"
    r"nothing|but|something|i|everyone|people)\b[\s,'’¿-]*)*",
    re.IGNORECASE,
)


def of_writing(question: str, start: int, end: int) -> bool:
    """Whether the period that stands there is that of the writing."""
    before = question[max(0, start - NEAR) : start]
    sentence = [match.end() for match in _SENTENCE_ENDS.finditer(before)]
    before = before[sentence[-1] :] if sentence else before
    if _ANYONE.search(before):
        return False
    words = list(WRITING.finditer(before))
    if not words:
        after = question[end : end + NEAR]
        stop = _SENTENCE_ENDS.search(after)
        after = after[: stop.start()] if stop else after
        if _ANYONE.search(after) or not WRITING.search(after):
            return False
        return bool(_FRAME.fullmatch(before.strip(" ,¿")))
    between = before[words[-1].end() :]
    text = bool(_TEXT.fullmatch(words[-1].group()))
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
