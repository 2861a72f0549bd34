"""What a page repeats above an article: title, author, date, and how long it takes to read.

Only lines that say nothing else are found. A short line may be the author's: a verse, an epigraph,
a question, how many a recipe serves.
"""

import re
from collections.abc import Iterable

from twin_core.markdown import PROSE, Block

_LINES, _LONGEST = 4, 200  # how many lines before the article's own, and how long, in characters
_MONTHS = """
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec
januar jänner februar märz mai juni juli oktober dezember mär okt dez
janvier février mars avril juin juillet août septembre octobre novembre décembre janv févr avr
juil déc enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre
diciembre ene abr ago dic gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
janeiro fevereiro março maio junho julho setembro outubro novembro dezembro
januari februari maart mei augustus
"""
_MONTH = "|".join(sorted(_MONTHS.split(), key=len, reverse=True))
_DAY, _YEAR, _OF = r"\d{1,2}(?:st|nd|rd|th|er|º|\.)?", r"(?:1[89]|20)\d\d", r"(?:del? |of |di )?"
_NUMBER = "[0-9〇零一二三四五六七八九十]{1,4}"
DATE = re.compile(
    rf"(?i)(?<![\w./-])(?:{_YEAR}([-/.])\d{{1,2}}\1\d{{1,2}}(?:T(?=\d))?|"
    rf"\d{{1,2}}([-/.]) ?\d{{1,2}}\2 ?(?:{_YEAR}|\d\d)(?!\w)|"
    rf"{_DAY} ?{_OF}(?:{_MONTH})\b\.?(?:,? ?{_OF}{_YEAR}\b)?|"
    rf"(?:{_MONTH})\b\.? (?:{_DAY}(?!\w)(?:,? {_YEAR}\b)?|{_OF}{_YEAR}\b))|"
    rf"(?:{_NUMBER}|(?:令和|平成|昭和) ?(?:{_NUMBER}|元)) ?[年년] ?{_NUMBER} ?[月월]"
    rf"(?: ?{_NUMBER} ?[日号號일])?"
)
TIME = re.compile(
    r"(?i)(?<![\w:])\d{1,2}(?:[:.]\d\d(?::\d\d(?:\.\d+)?)?(?: ?[ap]\.?m\b\.?|z\b|h\b)?|h\d\d)"
)
_MINUTES = r"\d{1,3}(?: ?[-–] ?\d{1,3})?[- ]?(?:min(?:ut(?:e[ns]?|os?|i))?s?\b\.?|分钟|分鐘|分)"
_READING = re.compile(
    r"(?i)(?:(?:estimated )?read(?:ing)? time|(?:geschätzte )?lesezeit|temps de lecture|leestijd|"
    r"tiempo de lectura|tempo (?:di lettura|de leitura)|読了(?:時間|目安)?|"
    r"(?:阅读|閱讀)(?:时间|時間|时长)?)(?: ?[:：])?"
    rf"(?: ?(?:about|approx\.?|ca?\.?|約|约|etwa|env\.?|~))? ?{_MINUTES}|"
    rf"{_MINUTES} ?(?:read(?:ing)?(?: time)?\b|lesezeit|lesedauer|zu lesen|"
    r"(?:de|di) (?:lecture|lectura|leitura|lettura)|leestijd|"
    r"(?:の)?(?:阅读|閱讀|読了|で読め(?:ます|る)))"
)
# Words that may stand beside a date or a name: what was done then, and the days of the week.
_STAMPS = """
posted published updated written created modified edited last first on in at date the time
veröffentlicht geschrieben aktualisiert zuletzt erstellt am um vom den datum stand uhr
publié publiée écrit mis mise à jour le publicado actualizado escrito última el fecha
pubblicato scritto aggiornato il data atualizado em geplaatst geschreven op
公開日 更新日 投稿日 最終更新日 最終更新 公開 更新 投稿 日付 日期 時間 时间 发布于 发表于 更新于
发布时间 发布日期 發佈於 發表於 utc gmt cet cest est edt pst pdt
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado
domingo lunedì martedì mercoledì giovedì venerdì sabato domenica 月 火 水 木 金 土 日
月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日 星期一 星期二 星期三 星期四 星期五 星期六 星期日
星期天 周一 周二 周三 周四 周五 周六 周日
"""
_BESIDE = set(_STAMPS.split())
_BY = {"by", "von", "par", "por", "di", "door", "av", "af"}
_ROLES = {"words", "text", "story", "article", "author", "autor", "autorin", "auteur", "autrice"}
_ROLES |= {"著者", "筆者", "作者", "文", "撰文", "автор"}
_PARTICLES = set(
    "and und et y e & de da del della der den di du la le van von zu bin al ibn".split()
)
_NAME_WORDS = 6
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)")
_WORD = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[|·•∙⋅●■/,;:：，、（）()\[\]【】\n]|[-—–~]{1,3}(?= |$)|(?<= )[-—–~]")
_MARKUP = str.maketrans("", "", "*\\")
_SAID = " \t.*_#>\\\"'“”«»„`@"


def repeated(text: str, title: str, found: list[Block], names: Iterable[str] = ()) -> set[int]:
    """Places of the blocks before the article's first own line; never all of them.

    names: whom and where the article is known to be from.
    """
    known = {key for name in names if (key := _key(name))}
    lead: set[int] = set()
    for place in range(min(_LINES, len(found) - 1)):
        line = text[found[place].start : found[place + 1].start].strip()
        said = found[place].kind in (PROSE, "list") and says_no_more(line, known | {_key(title)})
        if not (said or _key(line) == _key(title) != ""):
            break
        lead.add(place)
    return lead


def _key(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def says_no_more(line: str, known: Iterable[str] = ()) -> bool:
    """Whether a line holds a known name, a by-line, a date or a reading time, and nothing else."""
    if len(line) > _LONGEST:
        return False
    line = " ".join(_LINK.sub(r"\1", line).translate(_MARKUP).split())
    left, stated = line, 0
    for what in (_READING, DATE):
        left, times = what.subn("|", left)
        stated += times
    left = TIME.sub("|", left) if stated else left
    pieces = [piece for part in _BETWEEN.split(left) if (piece := part.strip(_SAID))]
    dated = left.startswith("|") and len(pieces) == 1 and len(pieces[0].split()) > 1
    for place, piece in enumerate(pieces):
        signed = dated or (place > 0 and pieces[place - 1].casefold() in _ROLES)
        kind = _kind(piece, known, signed)
        if kind == "other":
            return False
        if kind == "by":  # `Von Hand` is none, `Von Hand · 3. Mai 2024` is one
            words = piece.split()
            alone = len(pieces) == 1 and not stated
            kind = "beside" if alone and len(words) < 3 and words[0].casefold() != "by" else kind
        stated += kind in ("by", "name")
    return stated > 0


def _kind(piece: str, known: Iterable[str], signed: bool) -> str:
    """What a piece of a line is. signed: whether it stands where a name does, as after a date."""
    if _key(piece) in known:
        return "name"
    words = [word.strip(_SAID) for word in piece.split()]
    while words and words[-1].casefold() in _BESIDE:
        words.pop()
    while words and (words[0].casefold() in _BESIDE - _BY or words[0].casefold() in _ROLES):
        words.pop(0)
    if not words or _key(" ".join(words)) in known:
        return "name" if words else "beside"
    by = words[0].casefold() in _BY
    if (by or signed) and (_key(" ".join(words[by:])) in known or _is_name(words[by:])):
        return "by"
    return "other"


def _is_name(words: list[str]) -> bool:
    named = [word for word in words if word and word.casefold() not in _PARTICLES]
    fit = all(not word[0].islower() and word.casefold() not in _BESIDE for word in named)
    return bool(named) and fit and len(words) <= _NAME_WORDS and not any(map(str.isdigit, named))
