"""Whether it is plain that the author's own texts are asked for.

`What did you write in 2020?` and `posts from 2020` ask for them; `What did the Guardian write in
2020?`, `Which letters did you write in 2020?` and `Have you read the articles of 2020?` need not.
"""

import re

from twin_core.retrieval.bounding_words import (
    ABOUT_WORD,
    GERMAN_WRITTEN,
    NEWEST,
    OLDEST,
    POSSESSIVES,
    TEXTS,
)

_WRITE = (
    r"(?:writ(?:e|es|ing|ten)|wrote|publish(?:es|ed|ing)?|post(?:s|ed|ing)?|blog(?:s|ged|ging)?)"
)
_ROMANCE = r"(?:écrit|publié|posté|escrito|publicado)(?:e?s?)"
# Between the author and the verb nothing may stand that could be another subject or object.
_HOW = (
    r"(?:(?:\w+ly|ever|also|just|first|last|once|still|not|never|been|have|had|did|do|even|then|"
    r"later|already|most|often|always|sometimes|\w+\s+(?:and|or))\s+){0,4}"
)
_A_TEXT = rf"(?:[\w'’-]+\s+){{0,4}}?(?:{TEXTS}|\w+thing|things|etwas|quelque\s+chose|algo)(?!\w)"
# What may follow the verb: no object, or one that is a text.
_REST = (
    rf"(?=\s*(?:$|[^\w\s]|{ABOUT_WORD}(?!\w)|{_A_TEXT}|(?:\w+ly|on|of|for|from|with|under|against|as|to|"
    r"since|before|after|until|when|while|because|that|how|why|what|which|who|where|and|or|but|"
    r"more|most|less|much|most|often|first|last|again|back|then|down|up|than|ever|at|by|you|ella|usted|"
    r"the|il|elle|hast|habt|haben|hat|do|did|have|also|too|pour|avec|con|para|dans|und|oder|et|ou|y|o|"
    r"über|auf|bei|für|qui|que|not|no|is|are|was|were|still|pas|zu|von|de|du|des|in|en|depuis|desde|hasta|"
    r"hace|au|al|avant|après|antes|después|sauf|salvo|excepto|except|besides|apart|aside|without|sans|sin|"
    r"each|every|yesterday|today|hier|ayer|hoy|last|this|during|between|entre|entretanto|\d+|l['’]ann\w+|el\s+(?:año|mes)|le\s+mois|la\s+sem\w+|so|very|enough"
    r")(?!\w)))(?!\s+(?:in|into)\s+(?:your|my|his|her|the|their)\s+(?!(?:\w+\s+)?" + TEXTS + r"))"
    rf"(?!\s+(?:the|your|my|his|her|their|an?)\s+(?!{_A_TEXT}))(?!\s+(?:des|du|le|la|les)\s+(?!{_A_TEXT}))"
)
_BY_AUTHOR = re.compile(
    rf"(?<!\w)(?:you|she|he)(?:['’](?:ve|d|re))?\s+{_HOW}{_WRITE}(?!\w){_REST}|"
    rf"(?<!\w)you\s+(?:\w+ly\s+)?[a-z]+\s+(?:writing|publishing|posting|blogging)(?!\w){_REST}|"
    rf"(?<!\w)(?:hast\s+du|habt\s+ihr|haben\s+sie|hat\s+(?:sie|er)|(?:du|ihr|sie|er))\s+"
    rf"(?={_A_TEXT}|(?-i:(?!(?:{POSSESSIVES}|den|das|die|einen?)\s)[a-zäöüß\d]))[^,;:.?!]*?(?<!\w){GERMAN_WRITTEN}(?!\w)|"
    r"(?<!\w)(?:schr(?:ie|ei)bs?t?\s+(?:du|ihr|sie|er)|(?:du|ihr|sie|er)\s+schr(?:ie|ei)bs?t?)(?!\w)|"
    rf"(?<!\w)(?:(?:as|avez|avais|aviez|a|avait)(?:-t)?-(?:tu|vous|il|elle)|(?:tu|vous|il|elle)\s+(?:n['’])?"
    rf"(?:as|aies|avez|ayez|avais|aviez|a|ait|avait))\s+(?:\w+\s+)?{_ROMANCE}(?!\w){_REST}|"
    r"(?<!\w)(?:écri(?:s|vez|vais|viez)(?:-(?:tu|vous))?|(?:escrib(?:iste(?:is)?|es|ías|ió)|public(?:aste(?:is)?|as|abas|ó)|"
    rf"poste(?:aste|as)|(?:has|habéis|ha|habías|hayas)\s+(?:\w+\s+)?{_ROMANCE}))(?!\w){_REST}",
    re.IGNORECASE,
)
_VERB = re.compile(
    rf"(?<!\w)(?:writ(?:es?|ing|ten)|wrote|publish(?:es|ed|ing)?|post(?:ed|ing)|blogg(?:ed|ing)|{GERMAN_WRITTEN}|{_ROMANCE}|schr(?:ie|ei)bs?t?|escrib\w+|public(?:ó|aron))(?!\w)",
    re.IGNORECASE,
)
# A noun for texts; in `did you post the letter` and `what your friends post` it is a verb.
_NOUN = rf"(?!(?<=[a-z]s\s)(?:post|blog)(?!\w))(?<!you\s){TEXTS}"
_TEXT = re.compile(
    rf"(?<!\w)(?:{_NOUN}|(?:every|any|some)thing|alles|tout|todo)(?!\w)", re.IGNORECASE
)
# A participle that says of a text that it appeared.
_OF_A_TEXT = re.compile(
    rf"(?<!\w)(?:{TEXTS}|\w+thing|all|ones|those)\s+(?:(?:that|which|qui|que)\s+)?"
    r"(?:(?:was|were|is|are|been|have|has|had|not|never|first|\w+ly|wurden?|sont|son|ont|été)\s+){0,3}$",
    re.IGNORECASE,
)
_OWN = re.compile(
    rf"(?<![\w-]){POSSESSIVES}\s+(?:(?!les|des|the|die|der|den|das|une?|los)(?!\S+['’]s\s)[\w'’-]+\s+){{0,3}}?{_NOUN}(?!\w)|(?<!\w)(?:{TEXTS}|any\w*|some\w*|etwas|algo|quelque\s+chose)\s+(?:by|of|von|de)\s+(?:you(?:rs)?|dir|toi|ti)(?!\w)",
    re.IGNORECASE,
)
_OF_YOU = re.compile(r"\s*(?:by\s+you|von\s+dir|de\s+toi)(?!\w)", re.IGNORECASE)
_OWN_HERE = re.compile(rf"(?<!\w){POSSESSIVES}\s+(?:\w+\s+){{0,3}}$", re.IGNORECASE)
_TEXT_HERE = re.compile(
    rf"(?:['’]s)?\W{{0,4}}(?:\d+\s+)?(?:[\w-]+\s+)?{TEXTS}(?!\w)", re.IGNORECASE
)
# Of a question whose object is named first: `Which letters did you write`.
_WHICH = re.compile(
    r"(?<!\w)(?:which|what|how\s+(?:many|much)|welche\w*|wie\s+viele|quel(?:le)?s?|qué|cuánt[ao]s)\s+(?P<object>(?:[\w'’-]+\s+){1,3}?)"
    r"(?:did|do|have|had|has|hast|habt|haben|hat|as-|avez-|a-t-|escri|public|were|you)",
    re.IGNORECASE,
)
_NO_OBJECT = re.compile(
    rf"(?:{TEXTS}|else|all|other|things?|more|exactly|most\w*|did|do|have|had|has|is|was|are|were|you|[\w-]+ly|people)(?!\w)",
    re.IGNORECASE,
)
# Someone else than the author who does something: the texts may be another's.
_OTHERS = re.compile(
    r"(?<!\w)(?:do|does|did|has|have|had|should|would|can|could|may)\s+(?:(?:i|we|people|readers|others|anyone|everyone)(?!\w)|"
    rf"(?:the|your|my|his|her|a)\s+(?!(?:\w+\s+)?{_NOUN}))|"
    rf"(?<!\w)(?:do|does|did)\s+(?!(?:you|she|he|it|i|not|the|your|my|his|her|an?|any\w*|some\w*|all|most|"
    rf"these|those|there|(?:[\w-]+\s+)?{_NOUN})(?!\w))\w+\s+\w|"
    rf"(?<!\w)(?:do|did)\s+(?:the|your|my|his|her|their)\s+(?!{NEWEST}|{OLDEST})(?:[a-z]+\s+)?[a-z]+\s+(?:post|blog)\s+(?:on|in|about|to|$)|"
    r"(?<!\w)(?:(?:became|becomes?|happen(?:ed|s)?)\s+(?:of|to|with)|(?:wurde|wird)\s+aus|devenus?)(?!\w)|"
    rf"(?<!\w)(?:newspaper|magazine|press|journal|research|scientific|academic)s?\s+{TEXTS}(?!\w)|"
    r"(?<!\w)who\s+\w+",
    re.IGNORECASE,
)
# The author who does something else with them than writing.
_DONE = re.compile(
    r"(?<!\w)(?:do|did|have|had)\s+(?:you|she|he|they)\s+(?:ever\s+|still\s+|also\s+|already\s+|\w+ly\s+)?"
    rf"(?!(?:{_WRITE}|have|had|any|got|say|said|tell|told|mention|discuss|argue|describe|explain|cover|include|ever|been|not|you|in|about|or|and|on|at|regret\s+\w+ing)(?!\w))\w+|"
    r"(?<!\w)(?:hast|habt|haben)\s+(?:du|ihr|sie)(?=[^.?!]*?\s(?:gelesen|gesehen|gekauft|gehört|verstanden|gefunden))|"
    r"(?<!\w)(?!hast|schr|kannst|könntest|würdest|sagst|hattest)\w+st\s+du(?!\w)|"
    r"(?<!\w)(?:as-tu|avez-vous|tu\s+as|vous\s+avez)\s+(?:déjà\s+)?(?:lu|vu|aimé|acheté)(?!\w)|"
    r"(?<!\w)(?:pens(?:es|ez)-(?:tu|vous)|piensas?|opinas?|lis-tu|lisez-vous|has\s+(?:leído|visto))(?!\w)",
    re.IGNORECASE,
)
# `about people on Medium`, `about earning money on Medium`: it belongs to the subject, as a decade
# does (`about life in the 1990s`).
_DECADE = re.compile(r"\d0(?:s|er|ern)(?!\w)", re.IGNORECASE)
_PLACED = re.compile(
    rf"(?<!\w){ABOUT_WORD}\s+(?:[^.?!]*\s)?(?:\w{{3,}}ing\s+\w+|people|persons|users|readers|friends|"
    r"followers|writers|authors|everyone|anyone|strangers|leuten?|menschen|lesern?|nutzern?|gens|lecteurs|"
    r"gente|personas|lectores)\s+$",
    re.IGNORECASE,
)
# `Which articles changed you?`, `articles by the Guardian`: another has written them.
_BY_ANOTHER = re.compile(
    r"(?<!\w)(?:\w+ed|made|gave|taught|got|led)\s+(?:you(?!\s+(?:\w+ly\s+)?(?:wr|publ|post))|your\s+\w+\W*$)|"
    r"(?<!\w)(?:(?:haben|hat)\s+di(?:ch|r)|(?:t['’]|vous\s+)(?:ont|a)|te\s+(?:han|\w+ron))(?!\w)|"
    r"(?<!\w)(?:(?:by|par|por)\s+(?:(?:the|le|la|les|el)\s+)?|vom\s+|von\s+der\s+)(?-i:(?!I\b)[A-ZÄÖÜÉ])\w",
    re.IGNORECASE,
)
# `What do you say in your posts`: they are asked for, whatever is done in them.
_IN_OWN = re.compile(
    rf"(?<!\w)(?:in|within|among|across|dans|parmi|en|unter)\s+(?:all\s+(?:of\s+)?)?{POSSESSIVES}\s+"
    rf"(?:[\w-]+\s+){{0,3}}?(?:{TEXTS}(?!\w)|$)",
    re.IGNORECASE,
)
# What is written to someone is a letter.
_TO_SOMEONE = re.compile(
    rf"\s+(?:to|à|a|an)\s+(?:(?:me|him|her|us|them)(?!\w)|(?:{POSSESSIVES}|the|an?|le|la|el)\s+(?!{_A_TEXT}))",
    re.IGNORECASE,
)
_SOMEONE_BEFORE = re.compile(
    rf"(?:(?<!\w)(?:an|du|sie|\d{{4}})|\s)\s+(?:eine?n?|(?:dein|mein|sein|ihr)e?[mnrs]?)\s+(?!{_A_TEXT})",
    re.IGNORECASE,
)
# Why or how one writes on a source, or whether one does; and that something is told of texts.
_HOW_OR_WHETHER = re.compile(
    rf"(?<!\w)(?:why|how(?!\s+(?:many|much)\s+{TEXTS})|warum|wieso|weshalb|wozu|wie(?!\s+viele\s+{TEXTS})|"
    r"pourquoi|comment|(?:por|para)\s+qué|cómo)(?!\w)|"
    r"^\W*(?:(?:and|but|so|und|et|y)\s+)?(?:(?:do|did|have|had|are|were|would|will|should|can|could)\s+you|"
    r"\w+st\s+du|\w+-(?:tu|vous)|est-ce\s+que|has|escrib\w+|public\w+|sigues)(?!\w)",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"(?<!\w)(?:what|which|was\s+(?:hast|habt|haben|schr\w+|du|sie|steht|sagst)|welche\w*|worüber|"
    rf"(?<!est-ce\s)que|(?<!por\s)(?<!para\s)qué|quoi|quel\w*|{ABOUT_WORD}|more|any\w*|some\w*|every\w*|etwas|"
    r"alles|quelque\s+chose|algo|list\w*|show|summari[sz]e|sum|tell|give|find|compare|recap|quote|name|cite|"
    r"zeig\w*|nenn\w*|zusammen\w*|vergleich\w*|résum\w*|cit\w*|montr\w*|donn\w*|resum\w*|mostr\w*|"
    rf"(?:an?|eine?[nm]?|une?|des|un[oa]s?|algun[oa]s?)\s+(?:\w+\s+)?{TEXTS})(?!\w)|(?<!\w)qu['’]",
    re.IGNORECASE,
)
_ON_A_SUBJECT = re.compile(rf"(?<!\w)an?\s+(?:\w+\s+)?{TEXTS}\s+$", re.IGNORECASE)
_ASIDE = re.compile(rf"(?<!\w)(?:{ABOUT_WORD})(?!\w)", re.IGNORECASE)


def by_the_author(before: str, named: str, after: str, *, asked_too: re.Pattern[str]) -> bool:
    """Whether the texts are plainly the author's whose period or source is `named`. before, after:
    the rest of its sentence. asked_too: what says that more is asked for behind `about`."""
    head = _head(before, asked_too)
    if head != before and _DECADE.search(named):
        return False
    whole = f"{head} {after}" if head == before else f"{head} about {after}"
    ours = [match for match in _BY_AUTHOR.finditer(whole) if not _other_object(whole, match)]
    if any(_is_foreign(whole, verb, ours) for verb in list(_VERB.finditer(head))[-1:]):
        return False
    if ours:  # and what do others write
        last = ours[-1].end()
        return not (_OTHERS.search(head, last) or _DONE.search(head, last))
    if _OWN.search(head) or _OF_YOU.match(after) or in_their_texts(before, after):
        done = _DONE.search(head) and not _IN_OWN.search(head)
        return not (done or _OTHERS.search(head))
    if not (_TEXT_HERE.match(after) or _TEXT.search(head) or _written_here(head)):
        return False
    on = _ON_A_SUBJECT.search(before) and not _ASIDE.match(after.lstrip())
    return not (on or any(one.search(whole) for one in (_OTHERS, _DONE, _BY_ANOTHER)))


def in_their_texts(before: str, after: str) -> bool:
    """Whether texts of the author's are named around it: `in your 2021 posts`."""
    return bool(_OWN_HERE.search(before) and _TEXT_HERE.match(after))


def of_the_subject(before: str) -> bool:
    """Whether a source behind that belongs to what is written about."""
    return bool(_PLACED.search(before))


def of_the_place(before: str, after: str) -> bool:
    """Whether it is asked why, how or whether anyone writes on the source between them, and of no
    subject nor text."""
    whole = f"{before} {after}"
    if _TOLD.search(whole) or _IN_OWN.search(before):
        return False
    return bool(_HOW_OR_WHETHER.search(whole))


def _head(before: str, asked_too: re.Pattern[str]) -> str:
    """What stands before the subject of what is written, where nothing further is asked for."""
    for about in _ASIDE.finditer(before):
        head = before[: about.start()]
        told = [match.end() for match in _BY_AUTHOR.finditer(before)][-1:] == [len(before.rstrip())]
        if told and not _VERB.search(head):  # posts about bread that you wrote
            return before
        if _VERB.search(head) or _BY_AUTHOR.search(head) or _TEXT.search(head):
            return before if asked_too.search(before, about.end()) else head
    return before


def _is_foreign(whole: str, verb: re.Match[str], ours: list[re.Match[str]]) -> bool:
    """Whether that verb of writing is neither the author's nor said of a text."""
    if any(match.start() <= verb.start() < match.end() for match in ours):
        return False
    return not (
        _OF_A_TEXT.search(whole, 0, verb.start()) or _OWN_HERE.search(whole[: verb.start()])
    )


def _written_here(head: str) -> bool:
    verb = next(iter(list(_VERB.finditer(head))[-1:]), None)
    return bool(verb and _OF_A_TEXT.search(head, 0, verb.start()))


def _other_object(whole: str, verb: re.Match[str]) -> bool:
    """Whether a question begins with what is written, and that is no text, or it is written to
    someone."""
    if _TO_SOMEONE.match(whole, verb.end()) or _SOMEONE_BEFORE.search(verb.group()):
        return True
    which = _WHICH.search(whole, 0, verb.end())
    about = _ASIDE.match(whole[verb.end() :].lstrip())
    return bool(which and not about and not _NO_OBJECT.search(which["object"]))
