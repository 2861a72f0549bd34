"""What the form of a sentence says about words of leaving out in it: whether they tell to leave
something out, or belong to what is asked (`What do you hide?`, `Didn't you write in 2021?`)."""

import re

from twin_core.retrieval.bounding_words import ABOUT_WORD, TEXTS
from twin_core.retrieval.exclusion_words import LEAVING_OUT, words_of

Spans = list[tuple[int, int]]

_START = r"(?:^|(?<=[.?!\n;:])|(?<=[.?!\n;:]\s))[ \t]*[¿¡]?"
_POLITE = (
    r"(?:(?:please|kindly|just|now|then|so|and|but|ok|okay|hey|hi|hello|also|bitte|dann|und|aber|"
    r"et|mais|y|pero|por\s+favor|s['’]il\s+(?:te|vous)\s+pla[iî]t|let['’]?s|"
    r"(?:can|could|would|will)\s+you|i(?:['’]d|\s+would)\s+like\s+you\s+to)[\s,]+)*+"
)
# Verbs that leave out where a sentence begins with them, and mean much else where it does not.
_COMMANDS = (
    r"scrap|cut|strike|dismiss|ban|bin|block|mute|overlook|bypass|discount|ditch|dump|shun|purge|"
    r"erase|silence|scratch|trash|toss|axe?|jettison|forgo|withhold|reject|nix|veto|shelve|bar|"
    r"pretend|steer\s+clear|stay\s+(?:away|clear)|keep\s+away|do\s+away|look\s+past|"
    r"never\s+mind|spare?\s+(?:dir|euch)|spart\s+euch|sparen\s+sie\s+sich|meide[nt]?|"
    r"(?:passe[zr]?|fai(?:s|tes))\s+(?:sur\s+)?(?:l[ea]s?|tes|vos|abstraction|l['’]impasse)|"
    r"zappe[zr]?|bannis\w*|haz\s+caso\s+omiso|pasa\s+por\s+alto|tacha|bloquea|descarte"
)
# What a sentence may begin with before `your posts` without telling to leave them out.
_ASKING = (
    r"show|tell|find|list|gi[vm]e|summari[sz]e|sum|search|quote|explain|describe|compare|contrast|"
    r"get|fetch|read|see|look|use|consult|open|take|bring|display|print|present|recommend|suggest|"
    r"name|mention|cite|discuss|review|outline|recap|count|check|include|consider|add|prefer|pick|"
    r"choose|select|collect|gather|want|need|write|draft|compose|remember|recall|translate|"
    r"analy[sz]e|say|link|send|share|restrict|limit|focus|only|try|go|start|begin|scan|browse|"
    r"query|pull|retrieve|return|answer|condense|paraphrase|rephrase|rewrite|turn|make|rank|sort|"
    r"order|group|date|publish\w*|help|teach|walk|point|repeat|mark|highlight|extract|identify|"
    r"critique|evaluate|assess|comment|examine|study|rate|inspect|interpret|tabulate|index|trace|"
    r"got|remind|maybe|perhaps|using|continue|know|believe|think|mean|guess|note|arrange|combine|merge|match|"
    r"do|does|did|is|are|was|were|have|has|had|can|could|would|will|should|may|might|must|"
    r"i|you|we|they|he|she|it|that|this|there|these|those|what|whats|which|who|whom|whose|when|"
    r"where|why|how|if|whether|because|since|as|like|than|or|and|but|so|about|above|across|after|"
    r"against|along|among|amongst|around|at|before|behind|between|beyond|by|concerning|despite|"
    r"during|following|for|from|given|in|inside|into|of|on|over|per|regarding|through|throughout|"
    r"to|toward|towards|under|until|upon|via|with|within|all|both|half|each|every|any|some|most|"
    r"many|much|more|not|also|even|especially|mainly|mostly|"
    r"the|your|my|our|according|based|judging|thanks?|hello|"
    r"zeig\w*|nenn\w*|such\w*|fass\w*|find\w*|gib\w*|gebt|geben|list\w*|erklär\w*|beschreib\w*|"
    r"zitier\w*|vergleich\w*|erzähl\w*|lies|lest|lesen|sag\w*|nimm|nehm\w*|verwend\w*|nutz\w*|"
    r"durchsuch\w*|empfiehl|empfehl\w*|les\w*|schreib\w*|lass\w*|such\w*|schau\w*|sieh|"
    r"sammel\w*|sammle|ordne\w*|sortier\w*|bewert\w*|analysier\w*|untersuch\w*|kommentier\w*|"
    r"übersetz\w*|stell\w*|hol\w*|bring\w*|wähl\w*|prüf\w*|beachte\w*|"
    r"was|wer|wo|wie|wann|warum|wieso|weshalb|welche\w*|hast|habt|haben|hat|hatte\w*|bist|ist|"
    r"sind|war|waren|wurde\w*|werden|wird|kann\w*|könn\w*|kennst|kennt|soll\w*|will\w*|möchte\w*|"
    r"ich|du|ihr|sie|es|wir|alle|nur|über|in|aus|von|mit|zu|für|nach|bei|auf|seit|vor|bis|"
    r"während|zwischen|laut|und|oder|auch|gibt|gab|handeln|"
    r"montre\w*|résum\w*|donn\w*|trouv\w*|cherch\w*|cit\w*|expliqu\w*|décri\w*|compar\w*|dis|"
    r"dites|liste\w*|énumèr\w*|affich\w*|lis|lisez|parl\w*|présent\w*|recommand\w*|prends|prenez|"
    r"rassembl\w*|class\w*|trie[rz]?|analys\w*|comment\w*|tradui\w*|évalu\w*|reli\w*|regroup\w*|"
    r"consult\w*|choisi\w*|"
    r"quel\w*|que|quoi|qui|quand|où|comment|pourquoi|combien|est|sont|as|avez|a|ont|dans|de|des|"
    r"sur|par|pour|avec|parmi|selon|tou[st]\w*|seulement|je|tu|vous|nous|il|elle|ils|voici|"
    r"utilis\w*|ne|n|où|depuis|avant|après|"
    r"muestr\w*|muéstr\w*|mostr\w*|busc\w*|búsc\w*|resum\w*|resúm\w*|dame|d[aá]\w*|di|dime|"
    r"encuentr\w*|encuéntr\w*|explic\w*|explíc\w*|describ\w*|descríb\w*|lista\w*|cuént\w*|"
    r"cuent\w*|lee|léeme|enumer\w*|enséñ\w*|enseñ\w*|recomiend\w*|recomiénd\w*|quiero|us[ae]|"
    r"reún\w*|reun\w*|orden\w*|analiz\w*|traduc\w*|compar\w*|repas\w*|consult\w*|elig\w*|"
    r"qué|quién|quiénes|cuál|cuáles|cuándo|cuánd\w*|cuánt\w*|dónde|cómo|has|hay|son|es|están|"
    r"todos?|todas?|según|para|por|con|en|desde|hasta|entre|solo|sólo|y|o|tienes"
)
_OBJECT = (
    r"(?:(?:me|us|mir|mich|dir|uns|moi|nous)\s+)?"
    r"(?:(?:the|your|all|any|every|each|those|these|my|both|of|about|from|die|das|den|der|deine?n?|"
    r"ihre?n?|eure|alle|jeden|les|tes|vos|mes|ces|tous|toutes|tout|los|las|tus|sus|mis|todos|"
    r"todas)\s+){1,3}+"
    rf"(?:(?:[\w'’-]+\s+){{0,2}}{TEXTS}|(?:ones|things?|stuff)\b|what\s+you\b)(?!\w)|"
    r"(?:all|everything|anything|whatever|what|alles|tout)\s+"
    r"(?:that\s+)?(?:you|from|of|in|on|was|du|aus|ce\s+que)(?!\w)"
)
# What describes texts by kind, and is no verb: `blog posts`, `political essays`.
_KIND = (
    r"the|your|my|our|his|her|their|these|those|no|few|several|other|others?|different|similar|"
    r"blog|news|newsletter|magazine|guest|medium|linkedin|substack|twitter|facebook|mastodon|"
    r"new|newer|old|older|good|great|best|better|top|long|longer|short|shorter|late|early|earl\w+|"
    r"lat\w+|last|first|next|previous|past|recent|main|key|big|small|quick|free|full|whole|own|"
    r"favou?rite|english|german|french|spanish|food|travel|tech|science|history|opinion|how-?to|"
    r"bread|book|film|music|art|work|private|public|deine?|ihre?|eure?|die|der|das|den|les|des|"
    r"tes|vos|ces|mes|quelques|plusieurs|certains|nouveaux|los|las|tus|sus|mis|unos|"
    r"[^\W\d_]+(?:al|ic|ous|ful|ish|ive|able|ible|ing|ed|ary|ness|ity|logy|ian|ese|less|ular|s)"
)
_ENGLISH_TEXTS = r"(?:posts|articles|essays|pieces|newsletters|columns|writings|texts)"
_COMMAND = re.compile(
    rf"{_START}{_POLITE}(?P<listed>(?:{_COMMANDS})(?!\w))(?=\s+[\w\"“„«'’])|"
    rf"[,;]\s*(?:(?:but|and|please|aber|mais|pero)\s+)*+(?P<later>(?:{_COMMANDS})(?!\w))"
    rf"(?=\s+(?:those|these|the|your|all|any|every\w*|what|die|deine|les|tes|los|tus|{TEXTS})\b)|"
    rf"{_START}{_POLITE}(?P<other>(?!(?:{_ASKING})(?!\w))(?!{TEXTS}(?!\w))[^\W\d_]+)"
    rf"(?:-\w+)*+\s+(?:{_OBJECT})|"
    rf"{_START}{_POLITE}(?P<bare>(?!(?:{_ASKING}|{_KIND}|{TEXTS})(?!\w))[^\W\d_]+)\s+"
    rf"(?:\d{{4}}\s+)?{_ENGLISH_TEXTS}(?!\w)",
    re.IGNORECASE,
)
_PRONOUN = r"(?:you|there|it|we|i|he|she|they|that|this|one|your|any|anyone|some|the)"
# `Didn't you write about bread in 2021?` denies nothing; a further denial does.
_NEGATED_QUESTION = re.compile(
    rf"{_START}{_POLITE}(?:(?P<english>\w{{2,6}}n['’]t)(?=\s+{_PRONOUN}\b)|"
    r"(?:hast|habt|haben|hat|gab|gibt|war|waren|ist|sind|kannst|könntest|wolltest)\s+"
    r"(?:du|ihr|sie|es|da)\s+(?:[\w'’]+\s+){0,4}?(?P<german>nicht)(?=\s+(?:etwas|was|auch|schon|"
    r"mal|einmal|eine?[nrms]?|irgend\w*|über)\b)|"
    r"(?P<french>n['’](?:as-tu|avez-vous|y\s+a-t-il|y\s+avait-il|aurais-tu|est-ce)\s+pas)|"
    r"(?P<spanish>no)(?=\s+(?:escrib\w+|public\w+|has|habías|hay|había|hubo|tienes|hablaste|"
    r"dijiste|mencionaste)\b))(?=[^.?!\n]{0,300}\?)",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"\s*¿?(?:(?:and|but|so|und|et|y|please)\s+)?(?:what|which|why|how|when|who|where|was|welche\w*|"
    r"warum|wie|wann|wer|que|qu['’]\w+|qué|quoi|quels?|quelles?|pourquoi|comment|cuál\w*|cómo)"
    r"(?!\s+(?:about|if|not)\b)(?![\w])",
    re.IGNORECASE,
)
_LEAVING = words_of(LEAVING_OUT)
_WHO = r"(?:you|we|they|people|readers|others|everyone|critics|editors|du|ihr|wir|tu|vous|nous)"
# A verb of leaving out whose subject stands by it: `What do you hide?`, `about things you hate`.
_TOLD = re.compile(
    rf"(?<!\w)(?:(?:do|does|did|have|had)\s+(?:your\s+)?{_WHO}|(?:that|things|what|which|who)\s+"
    rf"{_WHO})\s+(?:[a-z]+ly\s+|always\s+|often\s+|never\s+)?(?P<verb>{_LEAVING})(?!\w)",
    re.IGNORECASE,
)
_PARTICIPLE = re.compile(
    r"(?<!\w)(?:with|of|about|on|mention\w*|discuss\w*|for|cover\w*)\s+(?P<verb>(?:reject|hid|"
    r"forgott|discard|exclud|omitt|ignor|delet|avoid|dropp|suppress|remov|bor)e[dn])\s+"
    rf"(?!(?:{TEXTS}|those|ones|from|in|on|by|for|and|or|with|of|about)\b)[a-z]",
    re.IGNORECASE,
)
# What stands right behind `about`, or behind what was written `on`, is the subject.
_SUBJECT = re.compile(
    rf"(?<!\w)(?<!how\s)(?<!what\s)(?:{ABOUT_WORD}|(?:writ\w+|wrote|publish\w*|post(?:s|ed)?|"
    r"anything|something|articles?|essays?|pieces?)(?:\s+in\s+\w+)?\s+on)\s+"
    r"(?:(?:the|a|an|your|our|being|getting|feeling|to|das|die|den|la|le|l['’]|el|los|les)\s+)?"
    rf"(?P<verb>{_LEAVING})(?!\w)(?!\s+(?:the\s+|your\s+|all\s+|any\s+|those\s+)*"
    rf"(?:(?:\w+\s+)?{TEXTS}|what|every\w*|any\w*|those|all)\b)",
    re.IGNORECASE,
)
_DETAILS = re.compile(
    rf"(?<!\w)(?:{_LEAVING}|keep\s+out)\s+(?:(?:the|any|all|long|die|alle|les|los)\s+)*"
    r"(?:details?|jargon|links?|quotes?|quotations?|examples?|introductions?|intro|footnotes?|"
    r"technicalities|formalities|chit-?chat|small\s+talk|preamble|einzelheiten|beispiele|détails|"
    r"exemples|detalles|ejemplos)(?!\w)",
    re.IGNORECASE,
)
_MYSELF = re.compile(r"(?<!\w)(?:i|we|me|please|ich|mir|bitte|je|moi)(?!\w)", re.IGNORECASE)
_NO_MORE = re.compile(
    r"[\s,;:.!?–—-]*(?:(?:please|rather|better|thanks?|but|bitte|lieber|besser|aber|surtout|plutôt|"  # noqa: RUF001
    r"mejor|por\s+favor|i['’]d|you|let['’]?s|no)[\s,]+){0,4}"
    r"(?:not|no|nope|never|don['’]?t|nicht|nein|nie|pas|non|jamais|nunca)(?!\w)[\s.!?,;…)]*$",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"(?<!\bor\s)(?<!\boder\s)(?<!\bou\s)(?<!\bo\s)(?<!\w)"
    r"(?:not|no|nope|never|don['’]?t|do\s+not|nicht|nein|nie|nicht\s+mehr|pas|non|jamais|nunca)"
    r"(?:\s*,?\s*(?:please|thanks?|thank\s+you|bitte|danke|merci|gracias|por\s+favor|"
    r"s['’]il\s+(?:te|vous)\s+pla[iî]t|now|today|again|either))*[\s.!?,;…)]*$",
    re.IGNORECASE,
)


def commands(text: str) -> Spans:
    """Where a sentence begins by telling to do with texts what is no verb of asking for them."""
    found = []
    for match in _COMMAND.finditer(text):
        found.append(match.span(match.lastgroup or 0))
    return found


def tells_nothing(text: str) -> Spans:
    """Where words stand that deny or leave out elsewhere, and here belong to what is asked."""
    found = [match.span(match.lastgroup or 0) for match in _NEGATED_QUESTION.finditer(text)]
    found += [match.span() for match in _DETAILS.finditer(text)]
    for pattern in (_SUBJECT, _TOLD, _PARTICIPLE):
        found += [match.span("verb") for match in pattern.finditer(text)]
    return found


def speaks_of_leaving_out(text: str) -> bool:
    """Whether a word of leaving out is what the text is about: `posts about the drop`."""
    return bool(_SUBJECT.search(text))


def only_asks(text: str, begins: int, ends: int) -> bool:
    """Whether the sentence is a question for what, which or why, in which nobody states a wish."""
    return bool(_WHICH.match(text, begins, ends)) and not _MYSELF.search(text, begins, ends)


def refused(text: str, end: int, ends: int) -> bool:
    """Whether the sentence closes with a denial: `Your posts from 2020, rather not`."""
    return bool(_REFUSED.search(text[max(end, ends - 80) : ends]))


def refused_at_last(text: str, begins: int) -> bool:
    """Whether all that follows is a denial: `Your posts from 2020? Rather not.`"""
    return bool(_NO_MORE.match(text[begins : begins + 80]))
