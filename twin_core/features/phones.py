"""Phone numbers in prose, told from other numbers by how they are grouped and what stands around.

A number counts if it is international (`+49 …`, `0049 …`), grouped as Americans do or as those are
that begin with 0 (German, French, British, …), or if a word says what it is (`Tel. 5551234`). Plain
runs of digits without either are no more likely a phone than anything else, and stay.
"""

import re
from collections.abc import Callable

from twin_core.features.width import replaced

_LETTERS = "A-Za-z\u00c0-\u02af\u0370-\u052f"  # Chinese and Japanese write numbers within words
_FROM = rf"(?<![0-9_{_LETTERS}.,/+#=$€£-])"
_TO = rf"(?![0-9_{_LETTERS}]|[.,:/-][0-9]|-[A-Za-z]{{1,3}}(?![A-Za-z]))"  # `-A`: of a part
_PHONE = re.compile(
    rf"{_FROM}(?:"
    r"(?:\+|00)[1-9](?:[ ()./-]{0,3}[0-9]){7,14}|"
    r"(?:1[ .-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}([.-]))"  # American
    r"[2-9][0-9]{2}(?:(?(1)\1|[ .-]))[0-9]{4}|"
    r"01(?:5[0-9]{1,2}|6[023]|7[0-9])(?: ?[/-] ?| )?[0-9]{7,8}|07[1-9][0-9]{8}|"  # mobile
    r"0[1-9](?P<french>[ .-])[0-9]{2}(?:(?P=french)[0-9]{2}){3}|"
    r"0[1-9][0-9]{1,2} [0-9]{2,3}(?: [0-9]{2}){2}|"  # Swiss, Belgian
    r"0[1-9][0-9]{1,3}[ /][0-9]{3,4} [0-9]{3,4}|0[1-9][0-9]{1,4} ?/ ?[0-9]{2}(?: [0-9]{2}){2,3}|"
    r"(?=(?:[ /]{0,3}[0-9]){10,12}(?![ /]{0,3}[0-9]))0[1-9][0-9]{1,3}(?: ?/ ?| )[0-9]{5,8}|"
    r"0[2-9] [0-9]{4} [0-9]{4}|0[1-9][0-9]{0,3}-[0-9]{2,4}-[0-9]{4}|"  # Australian, Japanese
    r"\(0[1-9][0-9]{0,4}\) ?[0-9]{3,4}[ -]?[0-9]{3,5}(?:-[0-9]{1,4})?|"
    r"\(0[1-9][0-9]{1,4}\) ?[0-9]{2}(?: [0-9]{2}){2,3}(?: ?- ?[0-9]{1,4})?"  # and extension
    rf"){_TO}"
)
_NUMBER = r"\+?\(?[0-9](?:[ ()./-]{0,3}[0-9]){6,13}"
_MINE = (
    r"(?:my|our|his|her|their|your|meine?|unsere?|seine?|ihre?|mi|nuestro|mon|ma|notre|mio|mia|"
    r"meu|minha)"
)
_HANDSET = r"(?:mobile|mobil|mob|cell|handy|gsm|portable|natel)"
_CUED = re.compile(  # a number that says that it is one
    rf"(?i)(?:(?<![0-9_{_LETTERS}])(?:(?P<word>(?:tele|cell |mobile )?(?:phone|fon)|t[eé]l|fax|"
    r"whatsapp|(?:call|ring|text|phone|appelez|appelle)[ -](?:me|us|moi)(?: (?:at|on|under|au))?|"
    r"ll[aá]m(?:a|e)(?:me|nos)(?: al)?|chiama(?:te)?mi al|"
    r"(?:telefon|mobil|ruf|handy)nummer|t[eé]l[eé](?:phone|fono)|telefone|telemóvel|m[oó]vil|celular|"
    rf"cellulare|{_MINE} {_HANDSET})|"
    rf"(?P<mine>{_MINE} (?:new )?(?:number|nummer|n[uú]mero|numéro|nr|no)(?: de portable)?)|"
    rf"{_HANDSET}|call(?: at| on)?|ring)"
    rf"(?![0-9_{_LETTERS}])|(?P<cjk>電話|电话|手机|手機|携帯))"
    r"(?:[.]?[ -]?(?:number|nummer|numero|nr|no|n°|nº)(?![a-z]))?[*_]{0,2}(?P<colon> ?:|[.:]{0,2})"
    r"(?:(?:['’]s| (?:is|was|ist|lautet|es|est|è|é))(?![a-z]):?"
    r"(?: (?:the|die|el|le|il|lo|o)(?![a-z]))?)?"
    rf"[ *_]{{0,4}}(?P<number>{_NUMBER}){_TO}(?! [0-9]{{4}}(?![0-9]))"  # all of it, not a part
)
_LINKED = re.compile(  # in the address of a link
    r"(?i)(?<![\w-])(?:(?:tel|sms|callto|facetime):(?://)?|wa\.me/|"
    r"whatsapp(?:://|\.com/)send/?\?phone=)"
    r"(?P<number>(?:\+|%2B)?[0-9](?:(?:[ ().-]|%20){0,2}[0-9]){6,14})(?![\w-])"
)
# What the patterns above need at least, without looking around: digits enough, and more closely.
DIGITS = r"[0-9](?:[ ()./-]{0,3}[0-9]){6}|(?i:tel:|sms:|callto:|facetime:|wa\.me/|\?phone=)"
MAY_BE = (
    r"(?:\+|00)[1-9](?:[ ()./-]{0,3}[0-9]){7}|[0-9]{3}(?:\) ?|[ .-])[0-9]{3}[ .-][0-9]{4}|"
    r"0[1-9](?:[ ()./-]{0,3}[0-9]){6}|"
    r"(?i:fon|phone|tel|tél|mob|m[oó]vil|cel|whatsapp|fax|call|(?:text|ring) (?:me|us)|ring|handy|"
    r"gsm|portable|natel|appel|ll[aá]m|chiama|nummer|number|n[uú]m[eé]ro|nr|no|"
    r"電話|电话|手机|手機|携帯)[0-9\p{L} :.°º*_'’-]{0,32}\+?\(?[0-9](?:[ ()./-]{0,3}[0-9]){6}|"
    r"(?i:tel:|sms:|callto:|facetime:|wa\.me/|\?phone=)/{0,2}(?:\+|%2B)?[0-9]"
)

_COUNTRY = re.compile(  # ITU E.164
    "1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9][0-9]{2}"
)
_LOCAL = re.compile(r"[(0]|(?:1?[ .-]?\(?[2-9][0-9]{2}\)?[ .-]?)?[2-9][0-9]{2}[ .-][0-9]{4}$")
_AMERICAN = re.compile(r"1?[2-9][0-9]{2}[2-9][0-9]{6}")
_THOUSANDS = re.compile(r"\+?[0-9]{1,3}(?:([ .])[0-9]{3})(?:\1[0-9]{3})+")
_PAIRS = re.compile(r"[0-9]{2}(?: [0-9]{2})+")
_DATE = re.compile(
    r"[0-9]{1,4}([-/. ])[0-9]{1,2}\1[0-9]{1,4}$|(?:19|20)[0-9]{2}([-/. ])[01]?[0-9]\2[0-3]?[0-9]\b|"
    r"[0-3]?[0-9]([-/.])[0-3]?[0-9]\3(?:19|20)[0-9]{2}\b"
)
_VERSION = re.compile(r"[0-9]{1,2}\.[0-9]+$|[0-9](?:\.[0-9]+){2,}$|[0-9]{1,3}(?:\.[0-9]{1,3}){3}$")
_COUNTED = re.compile(  # what stands after an amount
    r"(?i) ?[%€$£¥₽]| (?:more |of |other |new |different |active )?"
    r"(?:people|inhabitants|citizens|users?|customers?|readers?|subscribers?|followers?|visitors?|"
    r"bytes?|bits?|[kmgt]i?b|euros?|dollars?|pounds?|usd|eur|gbp|chf|yen|rupees|samples?|rows?|"
    r"lines?|records?|items?|parts?|units?|words?|tokens?|characters?|requests?|queries|calls|"
    r"times|iterations|steps|cycles|parameters|instances|downloads|views|votes|points|copies|"
    r"years|days|hours|hrs|minutes|seconds|ms|ns|km|miles|met(?:er|re)s|feet|kg|tons?|tonnes|hz|"
    r"einwohner|menschen|nutzer|leser|zeilen|wörter|stück|tage|stunden|jahre|meter|"
    r"habitants|personnes|utilisateurs|lignes|mots|heures|jours|années|"
    r"habitantes|personas|usuarios|horas|días|años|millones)(?![\w-])"
)
_NUMBERED = re.compile(  # what stands before a number of another kind
    r"(?i)(?<![a-z])(?:(?<!to )order|ticket|invoice|tracking|serial|part|article|item|model|"
    r"version|firmware|build|release|isbn|issn|ean|upc|gtin|imei|sku|icq|patent|rfc|flight|"
    r"table|page|commit|bug|issue|room|id|score|ratio|odds|proportions?|dimensions|hex|"
    r"catalog(?:ue)?|katalog|opus|op|lot|batch|reference|ref|barcode|"
    r"(?:bestell|artikel|rechnungs|kunden|vorgangs|auftrags|serien)-?(?:nummer|nr)|"
    r"commande|facture|pedido|factura)(?: ?(?:numbers?|no|nr|id|numéro|número|n°))?[.:]{0,2}"
    r"(?: (?:is|was|were|of|ist|war))? ?#?$"
)
_BEFORE = 40  # characters that the longest of those takes


def redact_phones(text: str, written: Callable[[], str]) -> str:
    """The text with phone numbers replaced. written: makes a placeholder."""
    text = replaced(_CUED, text, lambda found: written() if _is_cued(found) else None, "number")
    return replaced(_PHONE, text, lambda found: written() if _is_phone(found) else None)


def redact_linked(address: str, written: Callable[[], str]) -> str:
    """The address of a link with the phone number that it calls replaced, if it is such a one."""
    return replaced(_LINKED, address, lambda _: written(), "number")


def is_numbered(text: str, place: int) -> bool:
    """Whether the words before a place say that an order, a ticket, a part follows."""
    return bool(_NUMBERED.search(text[max(0, place - _BEFORE) : place]))


def in_thousands(number: str) -> bool:
    """Whether it is grouped as large amounts are: `1 000 000`."""
    return bool(_THOUSANDS.fullmatch(number))


def is_series(number: str) -> bool:
    """Whether the groups of a number are numbers of their own: chapters, times, years, bits."""
    groups = re.findall("[0-9]+", number)
    if len(groups) < 2:
        return False
    values = list(map(int, groups))
    steps = {after - before for before, after in zip(values, values[1:], strict=False)}
    years = sum(len(group) == 4 and 1900 <= int(group) < 2100 for group in groups)
    if (
        years > 1
        or set("".join(groups)) <= {"0", "1"}
        or (len(groups) > 2 and len(steps) == 1 and 0 not in steps)
    ):
        return True
    if len(groups) > 5 and all(len(group) == 1 for group in groups):
        return True
    if len(groups) < 3 or any(len(group) < 3 for group in groups):
        return False
    return all(group[0] == "0" for group in groups) or all(
        len(group) == 4 and group[:2] < "24" and group[2:] < "60" for group in groups
    )


def _is_cued(found: re.Match[str]) -> bool:
    number, digits = found["number"], "".join(re.findall("[0-9]", found["number"]))
    if number.startswith("+"):
        return _is_international(number)
    if _is_amount(found.string, *found.span("number")) or _DATE.match(number):
        return False
    if in_thousands(number) and number[1] in " .":  # `1 234 567`
        return False
    if _VERSION.fullmatch(number) and not _AMERICAN.fullmatch(digits):
        return False
    said = found["word"] or found["cjk"] or (found["colon"] and not found["mine"])
    long = found["mine"] and len(digits) > 8  # `my number is 1234567` may be in a queue
    return bool(said or long or _LOCAL.match(number) or _AMERICAN.fullmatch(digits))


def _is_phone(found: re.Match[str]) -> bool:
    number, start = found[0], found.start()
    if _is_amount(found.string, *found.span()) or _DATE.match(number.lstrip("+")):
        return False
    if is_numbered(found.string, start):
        return False
    if number.startswith(("+", "00")):
        return _is_international(number)
    if found["french"]:  # days, months and outlines have no larger ones
        return any(int(pair) > 31 for pair in re.findall("[0-9]+", number))
    return True


def _is_amount(text: str, start: int, end: int) -> bool:
    """Whether the number there is one that counts something, or a row of several."""
    number = text[start:end]
    if is_series(number) or _COUNTED.match(text, end):
        return True
    before = text[max(0, start - 6) : start]
    if in_thousands(number):
        return bool(re.search(r"(?<![0-9])[0-9]{1,3}[ .']$", before))
    return bool(re.search(r"\b(?:19|20)[0-9]{2} $", before) and _PAIRS.fullmatch(number))


def _is_international(number: str) -> bool:
    """Whether a number with a country's code can be dialled: `+20 000 000` cannot."""
    groups = re.findall("[0-9]+", number)
    digits = "".join(groups)
    if not number.startswith("+"):
        if len(groups) == 1:  # `00001234567890`
            return False
        digits, groups[0] = digits[2:], groups[0][2:]
    code = _COUNTRY.match(digits)
    if not code or not 9 <= len(digits) <= 15:
        return False
    national = digits[code.end() :]
    if code[0] == "1":
        return bool(_AMERICAN.fullmatch(digits))
    if national.startswith("00") or national.endswith("000000") or number.count(" -") > 1:
        return False
    if code[0] == "7" and len(digits) != 11:
        return False
    if in_thousands(number) or len(groups) == 2 and "." in number:  # an amount, a coordinate
        return groups[0] == code[0] and len(digits) >= 10 and number.count(".") != 1
    return True
