"""The words around a moment that say what it bounds, in English, German, French and Spanish."""

import re

from twin_core.retrieval.calendar_words import AT_LEAST, AT_MOST, COUNTS, ORDINALS, UNIT, any_of

RELATIONS = {
    "between": r"between|zwischen|entre",
    "since": r"(?:frühestens|au\s+plus\s+tôt|como\s+pronto)"
    r"(?:\s+(?:aus|im|in|vom|von|am|seit|ab|en|d[eu]))?|since|as\s+of|starting(?:\s+(?:in|from))?|seit|ab|depuis|desde|dès|less\s+than|"
    r"fewer\s+than|"
    r"[aà]\s+partir\s+d[eu]l?",
    "from": r"from|von|vom|aus|des|d[eu]l?",
    "after": r"after|later\s+than|newer\s+than|nach|après|después\s+d[e]l?|tras",
    "before": r"before|prior\s+to|earlier\s+than|older\s+than|vor|avant|antes\s+del?",
    "until": r"(?:spätestens|au\s+plus\s+tard|a\s+más\s+tardar|como\s+(?:muy\s+)?tarde)"
    r"(?:\s+(?:aus|im|in|vom|von|am|bis|en|d[eu]))?|by|more\s+than|until|till|up\s+(?:to(?:\s+and\s+including)?|until)|through|"
    r"bis(?:\s+einschließlich)?|jusqu['’](?:en|[àa]|au)|hasta",
    "in": r"in|at|during|on|of|throughout|around|over|within|im|am|während|en|dans|durant|pendant|"
    r"au\s+cours\s+(?:de|des)|le|el|durante",
    "outside": r"outside(?:\s+of)?|außerhalb\s+von|hors\s+de|fuera\s+de|jusqu['’]après",
}
ARTICLE = r"(?:(?:the|le|den|dem|der|die|das|les|las|los|la|el)\s+|l['’])?"
BEFORE = re.compile(
    r"(?<![\w-])(?:" + "|".join(f"(?P<{k}>{v})" for k, v in RELATIONS.items()) + rf")\s+{ARTICLE}$",
    re.IGNORECASE,
)
# `at least two years ago`: a relation only to what is so long ago.
OF_AGO = {
    "until": re.compile(rf"(?<![\w-])(?:over|{AT_LEAST})\s+$", re.IGNORECASE),
    "since": re.compile(rf"(?<![\w-])(?:under|{AT_MOST})\s+$", re.IGNORECASE),
}
AGO = re.compile(r"^(?:vor|il\s+y\s+a|hace)\b|\bago$", re.IGNORECASE)
# Which way a relation is open; one that is open the other way beside it leaves no range.
WAYS = {"since": "on", "after": "on", "before": "back", "until": "back", "between": "both"}
LEAST_OR_MOST = re.compile(
    rf"(?<![\w-])(?:{AT_LEAST}|{AT_MOST}|spätestens|au\s+plus\s+tard)\s+$", re.IGNORECASE
)
JOINED = re.compile(r"(?<![\w-])d['’]$", re.IGNORECASE)  # articles d'avril 2024
ABOUT_WORD = r"(?:about|regarding|concerning|topic\s+of|über|sur|sobre|acerca\s+de)"
ABOUT = re.compile(
    rf"(?<![\w-]){ABOUT_WORD}\s+{ARTICLE}$",
    re.IGNORECASE,
)
# `What did you write about in 2020?`: a preposition of `what`, and not of the year.
LEFT_OVER = re.compile(
    r"\b(?:what|which)(?:\s+\w+){0,3}?\s+(?:all\s+|else\s+)?(?:did|do|have|had|has|were|are|was)\s+"
    r"(?:(?!about\b)\S+\s+){1,4}about\s+$",
    re.IGNORECASE,
)
ONWARDS = re.compile(
    r"\s+(?:onwards?\b|at\s+the\s+earliest\b|on(?=\s*(?:[,.;:?!]|$|about\b|regarding\b))|an(?=\s*(?:[,.;:?!]|$|über\b))|"
    r"upwards\b|en\s+adelante\b|(?:and|or|und|oder|et|ou|y|o)\s+(?:later|after(?:wards)?|newer|"
    r"beyond|später|danach|après|plus\s+tard|después)\b|"
    r"(?:to|and|und|et|y|till|until|bis|à|jusqu['’]à|a|hasta)\s+"
    r"(?:today|now|date|(?:the\s+)?present|"
    r"heute|jetzt|"
    r"aujourd['’]hui|maintenant|hoy|ahora)\b|(?<=ago\s)(?:or\s+less|at\s+(?:the\s+)?most)\b)",
    re.IGNORECASE,
)
EARLIER = re.compile(
    r"\s+(?:at\s+the\s+latest\b|(?<=ago\s)(?:or\s+(?:more|longer)|at\s+least)\b|"
    r"(?:and|or|und|oder|et|ou|y|o)\s+(?:earlier|before|older|früher|davor|avant|antes)\b)",
    re.IGNORECASE,
)
WROTE = r"(?:published|written|posted|dated)\s+"
# The denials that turn a bound around: `not before 2020`.
NOT = re.compile(rf"(?<![\w-])(?:not|no|nicht|kein\w*|pas|non)\s+(?:{WROTE})?$", re.IGNORECASE)
NOT_AFTER = re.compile(
    r"\s++(?:not|nicht(?!\s+(?:etwas|auch|schon|eine?[nrms]?|über)\s)|pas|excluded|excepted|excepté|excluido|aside|apart|ausgenommen)\b|"
    r"\s*+(?:[,(]\s*+)?(?:exclusive|exkl(?:usive?)?|excl|non\s+(?:inclus\w*|compris\w*)|"
    r"not\s+inclu\w+|no\s+inclu\w+|exclusiv[eo]|exclu\w{0,2})(?!\w)",
    re.IGNORECASE,
)
TO = re.compile(
    rf"\s*(?:to|and|until|till|through|bis(?:\s+einschließlich)?|und|zum|à|au|et|y|a|al|hasta|"
    r"jusqu['’](?:en|à)|[-–—])\s*"  # noqa: RUF001
    rf"(?:the\s+|{ARTICLE})",
    re.IGNORECASE,
)
AND = re.compile(
    r"\s*,?\s*(?:(?:and|or|but|as\s+well\s+as|und|oder|aber|et|ou|mais|y|o|e|u|/|&)\s*)?",
    re.IGNORECASE,
)
OR = re.compile(r"(?<!\w)(?:or|oder|ou|o|u)(?!\w)", re.IGNORECASE)
# A month of any year: `every year in May`, `What do you write in May?`.
HABIT = re.compile(
    r"\b(?:every|each|any|of\s+all)\s+(?:the\s+)?years?\b|\byear\s+after\s+year\b|"
    r"\b(?:jede[sn]|alle)\s+jahre?s?\b|\balljährlich\b|\bchaque\s+année\b|\btous\s+les\s+ans\b|"
    r"\bcada\s+año\b|\btodos\s+los\s+años\b|"
    r"\bdo\s+you\s+(?:\w+\s+)?(?:write|publish|post|blog)\b(?!.{0,200}\b(?:posts?|articles?|essays?)\b)",
    re.IGNORECASE,
)
TEXTS = (
    r"(?:posts?|articles?|essays?|pieces?|blogs?|newsletters?|columns?|writings?|texts?|"
    r"artikel[ns]?|(?:blog)?beitr(?:ags?|ägen?)|aufs(?:atz|ätzen?)|kolumnen?|texten?|"
    r"billets?|textes?|chroniques?|artículos?|entradas?|columnas?|ensayos?|textos?)"
)
NEWEST = (
    r"latest|last|newest|(?:most\s+)?recent|(?:aller)?(?:neu|jüng)e?ste[nmrs]?|(?:aller)?letzte[nmrs]?|"
    r"(?:toute?s?\s+)?derni(?:er|ère)s?|últim[oa]s?|más\s+recientes?"
)
OLDEST = (
    r"(?:very\s+)?first|oldest|earliest|(?:aller)?erste[nmrs]?|(?:aller)?(?:ält|früh)e?ste[nmrs]?|"
    r"(?:toute?s?\s+)?premi(?:er|ère)s?|primer(?:[oa]s?)?"
)
POSSESSIVES = (
    r"(?:your|my|his|her|their|(?:dein|mein|ihr|sein)(?:e[mnrs]?)?|eu(?:er|re[mnrs]?)|tes|ton|ta|"
    r"vos|votre|tus?|sus?|mes|mis?)"
)
TEXT_AFTER = re.compile(rf"(?:['’]s)?(?:(?<=-)|\s+(?:\w+\s+)?){TEXTS}(?!\w)", re.IGNORECASE)
TEXT_BEFORE = re.compile(rf"(?<!\w){TEXTS}\s+$", re.IGNORECASE)
WHOSE = re.compile(
    r"^\s*$|(?<!\w)(?:your|the|all|any|my|deine|ihre|eure|die|alle|tes|vos|les|tus|sus|los)\s+$",
    re.IGNORECASE,
)
# `two years before 2020`, `the second week of May`: another time than the moment named.
_SPAN = (
    rf"(?:{UNIT}|weekends?|wochenende|half|hälfte|moitié|mitad|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?)"
)
COUNTED_FROM = re.compile(rf"(?<![\w-]){_SPAN}\s+(?:(?:to|following)\s+)?$", re.IGNORECASE)
COUNTED_IN = re.compile(
    rf"(?<![\w-])(?:\d+|{any_of(ORDINALS)}|{any_of(COUNTS)}|next|letzten?|final)\s+{_SPAN}\s+$",
    re.IGNORECASE,
)
OFFSETS = {"before", "after", "from", ""}  # relations before which a span is counted from it
GERMAN = re.compile(
    r"\b(?:ge|ver)(?:schrieben|öffentlicht|postet|fasst)\b|\b(?:schriebs?t?|erschien(?:en)?)\b",
    re.I,
)
FRENCH = re.compile(r"\b(?:tu|vous|as|avez|écri\w*|publi\w*|qu)\b|\bd['’]$", re.IGNORECASE)
WRITING_DONE = re.compile(
    r"(?<!\w)(?:wr[io]te|written|published?|posted?|from|since|until|of|before|geschrieben|von|"
    r"seit|"
    r"bis|écrit|publié|escrito|publicado|de|d|desde|hasta)[\s'’]+$",
    re.IGNORECASE,
)
PROPER = {"march", "may", "august"}  # words as well, unless they have a capital
ROMANCE = {
    "mars",
    "mayo",
    "mai",
}  # elsewhere a planet, a sauce: only after a word of their language
BEFORE_THEM = "en de du depuis dès avant après desde hasta antes im seit ab bis vor nach".split()
