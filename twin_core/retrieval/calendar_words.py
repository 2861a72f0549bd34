"""The words of the calendar in English, German, French and Spanish."""

import re
from collections.abc import Iterable

FIRST_YEAR = 1990  # an earlier one is what the author writes about, not when
_MONTHS = (
    "january jan januar jänner janvier enero",
    "february feb februar février fevrier febrero",
    "march mar märz maerz mars marzo",
    "april apr avril abril",
    "may mai mayo",
    "june jun juni juin junio",
    "july jul juli juillet julio",
    "august aug août aout agosto",
    "september sept sep septembre septiembre setiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez décembre decembre diciembre",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_UNITS = {
    "day": "day days tag tage tagen jour jours día días dia dias",
    "week": "week weeks woche wochen semaine semaines semana semanas",
    "month": "month months monat monats monate monaten mois mes meses",
    "year": "year years jahr jahre jahren jahres an ans année années annee annees año años",
    "decade": "decade decades jahrzehnt jahrzehnte jahrzehnten décennie décennies década décadas",
}
UNITS = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_NUMBERS = (
    "one a an ein eine einem einer einen un une una",
    "two zwei deux dos",
    "three drei trois tres",
    "four vier quatre cuatro",
    "five fünf cinq cinco",
    "six sechs seis",
    "seven sieben sept siete",
    "eight acht huit ocho",
    "nine neun neuf nueve",
    "ten zehn dix diez",
    "eleven elf onze once",
    "twelve zwölf douze doce",
)
COUNTS = {word: number for number, words in enumerate(_NUMBERS, 1) for word in words.split()}
FEW = 3
VAGUE = "few several wenigen einigen paar quelques algunos algunas pocos pocas".split()
DAYS_AGO = {
    **dict.fromkeys("yesterday gestern hier ayer".split(), 1),
    **dict.fromkeys(("the day before yesterday", "vorgestern", "avant-hier", "anteayer"), 2),
    **dict.fromkeys(("today", "heute", "aujourd'hui", "hoy"), 0),
}
AT_LEAST = r"(?:at\s+least|mindestens|wenigstens|zumindest|au\s+moins|al\s+menos|por\s+lo\s+menos)"
AT_MOST = (
    r"(?:at\s+(?:the\s+)?most|höchstens|maximal|au\s+(?:plus|maximum)|como\s+(?:mucho|máximo))"
)
ORDINALS = {
    word: number
    for number, words in enumerate(
        (
            "1 1st 1er first erste ersten erstes premier première primer primera",
            "2 2nd second zweite zweiten zweites deuxième segundo segunda",
            "3 3rd third dritte dritten drittes troisième tercer tercero",
            "4 4th fourth last vierte vierten viertes quatrième cuarto",
        ),
        1,
    )
    for word in words.split()
}


def any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


MONTH, UNIT = any_of(MONTHS), any_of(UNITS)
COUNT = (
    rf"(?P<count>\d{{1,3}}|{any_of(COUNTS)}|(?:a\s+)?couple\s+of|"
    rf"(?:an?\s+|ein\s+)?(?:{any_of(VAGUE)}))"
)
YEAR = r"(?P<year>199\d|20\d\d)"
OF = r"(?:\s+(?:of|de|del|von|des|in|the|year|jahres|an|année|año))*"
THE_YEAR = r"(?:(?:the\s+year|jahre?s?|l['’]année|an|año)\s+)?"
NTH = r"(?:st|nd|rd|th|er|º|\.)?"
PART = (
    r"(?:(?:early|mid|late|anfang|mitte|ende|début|fin|mi)[\s-]*|(?:(?:the|el)\s+)?(?:start|beginning"
    r"|middle|end|début|fin|principios|mediados|finales)\s+(?:of|de)\s+)?"
)
PARTS = {  # of a year, in months: which of them a part may mean
    "early start beginning anfang début principios": (0, 4),
    "mid middle mitte mi mediados": (4, 8),
    "late end ende fin finales": (8, 12),
}
SEASON = (
    r"(?:(?:the\s+)?(?:spring|summer|autumn|fall|frühling|frühjahr|sommer|herbst|printemps|été|"
    r"automne|primavera|verano|otoño)|(?P<winter>winter|hiver|invierno))"
)
NOT_A_YEAR = (
    r"(?!\s*%|\s+(?:words?|characters?|lines?|tokens?|people|times|euros?|dollars?|styles?|wörter|"
    r"wörtern|mots|palabras|bce?)\b)"
)
# Names long enough to be a month's without a year beside them.
_SHORT = {"may", "mai", "mayo", "mars", "märz", "june", "juni", "juin", "july", "juli", "août"}
MONTH_ALONE = any_of(name for name in MONTHS if len(name) > 4 or name in _SHORT)
