"""Texts asked for by their place in time: `your latest article`, `deine ersten drei Beiträge`.

Only where a question asks for nothing else: of `your latest article about bread`, the newest of all
may be about something else.
"""

import re
from collections.abc import Callable, Sequence

from twin_core.index.base import Filters
from twin_core.retrieval.bounding_words import TEXTS
from twin_core.retrieval.calendar_words import COUNTS, any_of
from twin_core.retrieval.selfquery import Reading
from twin_core.retrieval.terms import ASKING, content_words

SEVERAL = 3  # of `your latest articles`, where no number is said
_OWN = (
    r"(?:the|your|my|(?:dein|ihr|euer|mein)e?[nmrs]?|der|die|das|den|dem|ton|votre|"
    r"tes|vos|mes|mon|les?|l['’]|tus?|sus?|mis?|el|los|las?)"
)
_NEWEST = (
    r"latest|last|newest|most\s+recent|(?:neu|jüng)e?ste[nmrs]?|letzte[nmrs]?|derni(?:er|ère)s?|"
    r"últim[oa]s?|más\s+recientes?"
)
_OLDEST = (
    r"(?:very\s+)?first|oldest|earliest|erste[nmrs]?|(?:ält|früh)e?ste[nmrs]?|premi(?:er|ère)s?|"
    r"primer(?:[oa]s?)?"
)
_COUNT = rf"(?:(?P<{{}}>\d{{{{1,2}}}}|{any_of(COUNTS)})\s+)?"
_PLURAL = re.compile(r"(?:s|beiträge|texte)$", re.IGNORECASE)
_PHRASE = re.compile(
    rf"(?<!\w){_OWN}\s*{_COUNT.format('before')}(?:(?P<newest>{_NEWEST})|{_OLDEST})\s+"
    rf"{_COUNT.format('after')}(?:(?:blog|newsletter)[\s-]+)?(?P<texts>{TEXTS})"
    r"(?:\s+(?:on\s+(?:your|the)\s+blog|(?:that\s+)?you(?:['’]ve|\s+have)?\s+"
    r"(?:wrote|written|published|posted)))?(?!\w)",
    re.IGNORECASE,
)
# Words for what is to be done with such a text.
_TASKS = frozenset(
    "summarise summarize summary sum title titled called name link url date dated main point "
    "points idea message gist topic theme "
    "fasse fass zusammen zusammenfassung worum geht handelt heißt titel hauptaussage "
    "résume résumer résumé résumez quel est parle sujet titre dont de "
    "resume resumir resumen trata título cuál es cual tema".split()
)


def by_order(question: str, newest_first: Callable[[], Sequence[str]]) -> Reading | None:
    """The documents that are asked for by their place in time alone, as a filter that nothing
    loosens; None where the question asks for anything else. newest_first: gives the ids of the
    dated documents."""
    found = _PHRASE.search(question)
    if not found:
        return None
    rest = f"{question[: found.start()]} {question[found.end() :]}"
    if any(word not in ASKING and word not in _TASKS for word in content_words(rest)):
        return None
    known, count = newest_first(), _count(found)
    docs = known[:count] if found["newest"] else known[-count:]
    return Reading(question, Filters(doc_ids=tuple(docs)), firm=True) if docs else None


def _count(found: re.Match[str]) -> int:
    said = (found["before"] or found["after"] or "").casefold()
    if said:
        return max(1, COUNTS.get(said) or int(said))
    return SEVERAL if _PLURAL.search(found["texts"]) else 1
