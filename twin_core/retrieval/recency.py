"""Texts asked for by their place in time: `your latest article`, `deine ersten drei Beiträge`.

Only where a question asks for nothing else than that and a period or source: of `your latest
article about bread`, the newest of all may be about something else.
"""

import re
from collections.abc import Callable, Sequence

from twin_core.index.base import Filters
from twin_core.retrieval.bounding_words import ABOUT_WORD, NEWEST, OLDEST, TEXTS
from twin_core.retrieval.calendar_words import COUNTS, any_of
from twin_core.retrieval.reading import Reading
from twin_core.retrieval.terms import ASKING, content_words

SEVERAL = 3  # of `your latest articles`, where no number is said
_OWN = (
    r"(?:the|your|my|(?:dein|ihr|mein)e?[nmrs]?|eu(?:er|re[nmrs]?)|der|die|das|de[nmr]|des|ton|ta|"
    r"votre|tes|vos|mes|mon|ma|les?|l['’]|tus?|sus?|mis?|vuestr[oa]s?|el|los|las?)"
)
_COUNT = rf"(?:(?P<{{}}>\d{{{{1,2}}}}|{any_of(COUNTS)})\s+)?"
_PLURAL = re.compile(
    r"(?:(?<!artikel)(?<!beitrag)s|beiträgen?|aufsätzen?|texten?|kolumnen|artikeln)$", re.IGNORECASE
)
# `deine neuesten Artikel`: of a noun that has one form, the words before it tell.
_GERMAN_PLURAL = re.compile(r"^(?:dein|mein|ihr|eur|di)e\s+\w+ten\s+\w+", re.IGNORECASE)
_LATER = r"le\s+plus\s+récent|la\s+plus\s+récente|les\s+plus\s+récente?s|más\s+recientes?"
_EARLIER = r"l[ea]\s+plus\s+ancien(?:ne)?|les\s+plus\s+ancien(?:ne)?s|más\s+antigu[oa]s?"
_PAST = r"(?:wrote|written|published|posted)"
_YOU_WROTE = r"(?:that\s+)?you(?:['’]ve|\s+have)?\s+(?:ever\s+)?" + _PAST
_ON_YOUR_BLOG = (
    r"(?:on\s+(?:your|the)|auf\s+(?:deinem|ihrem|dem)|sur\s+(?:ton|votre|le)|"
    r"en\s+(?:tu|su|el))\s+blog"
)
_OF_TEXTS = (
    rf"(?<!\w){_OWN}\s*{_COUNT.format('before')}(?:(?P<newest>{NEWEST})|{OLDEST})\s+"
    rf"(?:ever\s+)?{_COUNT.format('after')}(?:(?:blog|newsletter)[\s-]+)?(?!(?<=\bthe\slast\s)piece(?!\w))(?P<texts>{TEXTS})"
    rf"(?:\s+(?:{_ON_YOUR_BLOG}|{_YOU_WROTE}))?(?!\w)"
)
# Of a writing that is done, by the author: what `I write first` is not.
_DID_YOU = r"did\s+you\s+(?:ever\s+)?"
_YOU_HAVE = (
    r"(?:(?<!ould\s)(?<!must\s)(?<!might\s)(?:have\s+you|you(?:['’]ve|\s+have)?)\s+(?:ever\s+)?|"
    r"(?:was|were|been)\s+(?:ever\s+)?)"
)
# With the adjective behind, and with the writing in place of the text.
_PHRASES = tuple(
    re.compile(phrase, re.IGNORECASE)
    for phrase in (
        _OF_TEXTS,
        rf"(?<!\w){_OWN}\s*{_COUNT.format('before')}(?P<texts>{TEXTS})\s+"
        rf"(?:(?P<newest>{_LATER})|{_EARLIER})(?!\w)",
        rf"(?<!\w)the\s+(?:(?P<newest>{NEWEST})|{OLDEST})\s+thing\s+(?:{_ON_YOUR_BLOG}|{_YOU_WROTE})(?!\w)",
        # All of the question, or what is said of a text: `Latest post?`, `Which is your newest?`
        rf"^\W*(?:(?P<newest>{NEWEST})|{OLDEST})\s+{_COUNT.format('after')}(?P<texts>{TEXTS})(?:\s+{_ON_YOUR_BLOG})?(?!\w)",
        rf"(?<!\w){_OWN}\s*(?:(?P<newest>{NEWEST})|{OLDEST})\s+(?:of|among|von|unter|de|entre)\s+(?:all\s+)?{_OWN}\s+{TEXTS}(?!\w)",
        rf"(?<!\w){TEXTS}\s+(?:is|was|ist|war|est|es|(?P<many>are|were|sind|waren|sont|son))\s+{_OWN}\s*"
        rf"(?:(?P<newest>{NEWEST})|{OLDEST})(?=\s*(?:[?.!]|$))",
        rf"(?<!\w)(?:{_DID_YOU}(?:write|publish|post)|{_YOU_HAVE}{_PAST})\s+"
        r"(?:(?P<newest>last|latest|most\s+recently)|first)(?=\s*(?:[?.!]|$))",
        rf"(?<!\w)(?:{_DID_YOU}(?P<did>)|{_YOU_HAVE})(?:(?P<newest>last|most\s+recently)|first)\s+"
        rf"(?(did)(?:write|publish|post)|{_PAST})(?!\w)",
        r"(?<!\w)(?:(?P<newest>zuletzt|als\s+letztes)|zuerst|als\s+erstes)\s+"
        r"(?:geschrieben|veröffentlicht|verfasst|gepostet)(?!\w)",
        r"(?<!\w)(?:écrit|publié)\s+en\s+(?:(?P<newest>dernier)|premier)(?:\s+lieu)?(?!\w)",
        r"^\W*what\s+(?:(?:have\s+you|did\s+you)\s+(?:been\s+)?(?:writ|publish|post)\w*)\s+"
        r"(?P<many>(?P<newest>recently|lately))(?=\s*(?:[?.!]|$))",
        r"^\W*was\s+hast\s+du\s+(?P<many>(?P<newest>kürzlich|neulich|in\s+(?:der\s+)?letzte[rn]\s+zeit))"
        r"\s+(?:geschrieben|veröffentlicht|gepostet)(?!\w)",
        r"^\W*qu['’]\s*(?:as-tu|avez-vous|est-ce\s+que\s+tu\s+as)\s+(?:écrit|publié)\s+"
        r"(?P<many>(?P<newest>récemment|dernièrement))(?!\w)",
        r"^\W*qué\s+has\s+(?:escrito|publicado)\s+(?P<many>(?P<newest>últimamente|recientemente))(?!\w)",
        r"(?<!\w)lo\s+(?:(?P<newest>último)|primero)\s+que\s+(?:has\s+)?"
        r"(?:escribiste|escrito|publicaste|publicado)(?!\w)",
    )
)
# `Was your last post on Medium?` asks where the last of all is.
_YES_OR_NO = re.compile(
    r"\W*(?:is|are|was(?!.*(?<!\w)(?:deine?\w?|ihre?\w?|eu\w{1,3}|du|sie|letzte\w?|erste\w?|hast)(?!\w))|were|did|does|do|ist|sind|war|waren|est-ce|es|fue)\b",
    re.IGNORECASE,
)
# `Compare your first post with your essays from 2024` is about those, too.
_COMPARING = re.compile(
    r"\W*(?:please\s+)?(?:compare|vergleiche?|comparez?|compara)\b.*?(?:"
    r"\b(?:with|mit|avec|con)\s+(?!each\s+other|one\s+another|einander|"
    rf"(?:{_OWN}\s+)?(?:{NEWEST}|{OLDEST})(?!\w))|"
    rf"\b(?:to|and|und|et|y|à|a)\s+(?:(?:\w+\s+){{0,3}}?{TEXTS}(?!\w)|(?:what|how|was|wie|ce|lo)\b))",
    re.IGNORECASE,
)
# What such a text is to be about.
_ABOUT_WHAT = re.compile(rf"\s+{ABOUT_WORD}\s+(?!in\b|and\b|please\b|briefly\b)\w", re.IGNORECASE)
# Around such a text: that it is the one not wanted, or that another time or writer is meant.
_ELSEWHERE = re.compile(
    r"(?<![\w-])(?:before|after|since|until|till|between|than|years?|today|latest|"
    r"do\s+you\s+(?:write|publish|post)|"
    r"(?<!did\s)(?:i|we|one|how\s+to)\s+(?:\w+\s+){0,2}(?:write|publish|post|blog))(?![\w-])",
    re.IGNORECASE,
)
# How it came to be, or what became of it: `Why did you write your first post?`, `Who read it?`
_TOLD_OF = re.compile(
    r"(?<!\w)(?:who|whom|why|what\s+made|warum|wieso|weshalb|wer|wem|wen|pourquoi|qui|"
    r"por\s+qué|quién(?:es)?|writing|publishing|posting|"
    r"(?:how(?!\s+many)|where|wie(?!\s+viele)|wo|comment|où|cómo|dónde)(?!\w).*(?<!\w)"
    r"(?:writ|wrote|publish|post|blog|geschrieben|veröffentlicht|schr[ie]|écri|publi|escri)\w*)"
    r"(?!\w)",
    re.IGNORECASE,
)
# Of `What did you write about your first post?`, which it is not.
_WRITTEN_ABOUT = re.compile(
    r"\b(?:(?:did|have|has|had)\s+\w+\s+(?:ever\s+)?(?:write|written|say|said|think|thought|publish\w*|post\w*)|wrote|"
    rf"(?:hast\s+du|habt\s+ihr|haben\s+sie)|écrit|escri\w+)\b[^.?!]*(?<!\w)(?:{ABOUT_WORD}|of)\s+$",
    re.IGNORECASE,
)
NEAR = 120  # characters before such a text in which it is said to be written about
_DENIED = re.compile(
    r"(?<!\w)(?:not|no|none|never|\w*n['’]t|dont|except|besides|without|(?:other|rather)\s+than|else|out|"
    r"nicht|kein\w*|nie|außer|ausser|ohne|sonst|weg|aus|pas|n['’]\w+|sauf|sans|hors|autre|excepto|salvo|"
    r"menos|sin)(?![\w'’])",
    re.IGNORECASE,
)
_BUT = re.compile(r"(?<!\w)but\s*$", re.IGNORECASE)  # all of it but your latest article
# Of `the last article but one`, `the last article that you read`.
_ANOTHER = re.compile(
    r"\s+(?:but\s+(?:one|two)|(?:that\s+|which\s+)?(?:i|you|he|she|we|they))(?!\w)", re.IGNORECASE
)
# Words for what is to be done with such a text, in the form of `spoken`: ss for ß.
_TASKS = frozenset(
    """summary sum title titled called link url date dated main point points key idea message gist
    topic theme content contents takeaway takeaways argue argues argued claim claims conclude
    concludes conclusion cover covers deal deals discuss discusses mention know like love share
    brief briefly short quick quickly sentence sentences words appear appeared come came out
    zusammenfassung zusammenfassen worum wovon worüber geht geht's handelt heisst heissen titel
    hauptaussage
    kernaussage thema inhalt link datum ist sind war waren steht stehen stand lautet lauten
    behandelt dreht sich erschien erschienen wie wer wo wann in im am mit um lies beschreib
    beschreibe erklär erkläre erzähl erzähle schick schicke finde such suche öffne verlinke
    zitiere kannst könntest könnten können kurz mal doch denn einmal sagst sagt schreibst
    möchte würde gern gerne sehen
    résumer résumé quel quelle est sont était parle parlent parle-moi parlez parlez-moi traite
    aborde dit dis sujet titre thème contenu lien idée principale dont quand moi me peux-tu
    pouvez-vous peux pouvez lis lisez liste listez explique expliquez explique-moi décris décrivez
    présente présentez raconte envoie envoyez trouve cherche ouvre s'appelle c'est qu'est-ce
 phrase phrases
    bref s'il plaît te vous il où de dans ton votre
    resumir resúmeme resumen trata tratan título cuál cuáles es son fue cual tema contenido enlace
    idea principal cuándo cómo se llama di dice dices habla cuenta cuéntame explica explícame lee
    lista busca encuentra abre envía envíame puedes podrías quiero ver favor por titula me mi tu su
    """.split()
)


def in_order(reading: Reading, newest_first: Callable[[Filters], Sequence[str]]) -> Reading | None:
    """The same of a question that is read: among the documents that its firm filters admit, as it
    is those that it asks the first or last of. newest_first: gives their ids."""
    within = reading.filters if reading.firm else Filters()
    if _COMPARING.match(reading.text) or (reading.firm and _YES_OR_NO.match(reading.text)):
        return None
    return by_order(reading.text, lambda: newest_first(within))


def by_order(question: str, newest_first: Callable[[], Sequence[str]]) -> Reading | None:
    """The documents that are asked for by their place in time alone, in that order, as a filter
    that nothing loosens; None where the question asks for anything else. newest_first: gives the
    ids of the dated documents."""
    found = _found(question)
    if not found:
        return None
    known, count = newest_first(), _count(found)
    docs = known[:count] if found["newest"] else known[::-1][:count]
    return Reading(question, Filters(doc_ids=tuple(docs)), firm=True) if docs else None


def asks_for_order(question: str) -> bool:
    """Whether the question asks for nothing else than the first or last texts."""
    return bool(_found(question)) and not _YES_OR_NO.match(question)


def _found(question: str) -> re.Match[str] | None:
    """Where the question names texts by their place in time, if it asks for nothing else."""
    found = next((match for one in _PHRASES if (match := one.search(question))), None)
    if not found or _is_another(question, found) or _count(found) == 0:
        return None
    known = (ASKING, _TASKS, COUNTS)
    rest = content_words(_around(question, found))
    return found if all(any(word in words for words in known) for word in rest) else None


def _is_another(question: str, found: re.Match[str]) -> bool:
    """Whether other texts are meant than those of that place in time, or in doubt may be."""
    start, end = found.span()
    if _WRITTEN_ABOUT.search(question, max(0, start - NEAR), start):
        return True
    if _ABOUT_WHAT.match(question, end) or _ANOTHER.match(question, end):
        return True
    around = _around(question, found)
    denied = _DENIED.search(around) or _BUT.search(question, 0, start)
    return bool(denied or _ELSEWHERE.search(around) or _TOLD_OF.search(around))


def _around(question: str, found: re.Match[str]) -> str:
    return f"{question[: found.start()]} {question[found.end() :]}"


def _count(found: re.Match[str]) -> int:
    groups = found.groupdict()
    said = (groups.get("before") or groups.get("after") or "").casefold()
    if said:
        return COUNTS.get(said) or int(said)
    plural = _PLURAL.search(groups.get("texts") or "") or _GERMAN_PLURAL.search(found.group())
    return SEVERAL if groups.get("many") or plural else 1
