"""The forms of question in which a period or source is plainly that of the author's own texts.

`What did you write about bread in 2020?` and `posts from 2020` ask for texts of 2020; `What did the
Guardian write in 2020?`, `Hide the posts from 2020` and `Have you read the articles of 2020?` do
not. No rules tell all questions, so these know some as a whole: where any word of a question is
left over, its filters are not read, and it is searched for as it stands.
"""

import re
import unicodedata
from collections.abc import Sequence

from twin_core.retrieval.bounding_words import ABOUT_WORD, POSSESSIVES, TEXTS

LONGEST = 400  # characters of a question of one of these forms
_HOLE, _SAID_OF = "§", "¶"  # stand for a period or source; the second for one of what stands before
# `the pandemic of 2020`, `loaves older than two days`, `life in the 1990s`, `things learned from
# Medium` are said of the subject before them.
_OF = r"(?:of|von|vom|des?|del|du|d['’])(?!\w)"
_SAID_OF_PERIOD = re.compile(rf"{_OF}|.*\b(?:than|als|que)(?!\w)|.*\d0(?:s|er|ern)$", re.IGNORECASE)
_SAID_OF_SOURCE = re.compile(rf"{_OF}|(?:from|aus)(?!\w)", re.IGNORECASE)

Span = tuple[int, int]


def _any(*words: str) -> str:
    """One of these, in any language; a space is one space."""
    return "(?:" + "|".join(words) + ")"


def _maybe(part: str) -> str:
    return f"(?: {part})?"


# Words that a subject before a hole has none of. They begin a clause of its own (`the team you
# joined in 2015`), leave something out (`bread, but not in 2020`), or tell of another's texts
# (`the paper published in 2017`).
_CLAUSE = _any(
    "i|you|he|she|it|they|we|me|him|us|them|who|whom|whose|which|that|what|where|when|while|if",
    "because|since|before|after|until|during|do|does|did|is|are|was|were|been|has|have|had|can",
    "could|should|would|will|must|may|might|[a-z]+n['’]t|not|no|never|none|nothing|but|except[a-z]*",
    "besides|without|unless|apart|aside|instead|others?|than|else",
    "ich|du|er|sie|es|wir|ihr|wer|was|wo|wenn|weil|als|dass|bevor|nachdem|seit|vor|nach|bis|ist",
    "sind|waren|wird|werden|wurden?|hat|hast|haben|soll[a-z]*|nicht|nichts|kein[a-z]*|nie|außer",
    "ausnahme|abzüglich|ausser|ohne|statt|abgesehen|sondern|aber|anderen?",
    "je|tu|il|elle|nous|vous|ils|elles|qui|que|où|quand|avant|après|depuis|est|sont|doivent|pas|ne",
    "jamais|rien|aucune?|sauf|hors|hormis|excepté|sans|mais|autres?|plutôt",
    "yo|él|ella|quien|cuando|donde|antes|después|desde|es|son|está|están|ning[uú]n[oa]?|nunca|nada",
    "salvo|excepto|menos|pero|otr[oa]s?|aparte|fuera",
    "published|posted|posting|printed|written|wrote|veröffentlicht|geschrieben|publiée?s?|écrite?s?",
    "publicad[oa]s?|escrit[oa]s?",
    # what leaves out, in one word
    "ausgenommen|exklusive|exklusiv|nirgends|nirgendwo|nowhere|missing|lacking|à",
    "disregard[a-z]*|discount[a-z]*|exclu[a-z]*|exclú[a-z]*|omett[a-z]*|omiti[a-z]*|ignorando",
    "by|people|users|readers|friends|followers|authors|leuten?|lesern?|gens|lecteurs|gente|lectores",
)
_DENIAL = "(?:not|[a-z]+n['’]t|no|never|nothing|missing|except|but|besides|without|else)"
# What leaves something out of a subject begun, and may be one by itself: `about leaving Google`.
_LEAVING = _any(
    "leav[a-z]*|ignor[a-z]*|skip[a-z]*|drop[a-z]*|avoid[a-z]*|omit[a-z]*|hid(?:e|ing)|minus|save",
    "anywhere|everything|anything|stuff|all|those|forget[a-z]*|remov[a-z]*",
)
_END = r"(?![\w'’])"
_ANY_WORD = r"[\w'’\"“”„«»&/+#-]+"
_WORD = rf"(?!(?:{_CLAUSE}|{_LEAVING}|{TEXTS}){_END}){_ANY_WORD}"
_FIRST_WORD = rf"(?!{_CLAUSE}{_END}){_ANY_WORD}"  # `about newsletters in 2020`
_SUBJECT = rf"(?:{ABOUT_WORD}|on|à propos d[eu]) {_FIRST_WORD}(?:,? {_WORD}){{0,11}}"
_AND = "(?:and|und|et|y)"
_FILTER = rf",?(?: (?:from|aus|only|nur|[a-z]+ly| ?(?<={_HOLE} )(?:but|{_AND})))? {_HOLE}"
_WHERE = rf"(?:,? (?:{_AND} )?{_SAID_OF})?(?:(?:,? {_SUBJECT})?{_FILTER})*{_maybe(_SUBJECT)}"
# What may follow: a subject at any length, or a further question about the same texts.
_SAID = rf"[^{_HOLE}{_SAID_OF}]+"
_WHY = _any(
    "why|when|how|where|warum|wann|wie|wo|pourquoi|quand|comment|où|por qué|cuándo|cómo|did you"
)
_REST = (
    rf"(?:,? (?:{ABOUT_WORD}|on|that you|à propos|que tu) {_SAID}|, {_AND} {_WHY}(?: {_SAID})?)?"
)
_ADVERBS = (
    "(?: (?:(?!(?:hard|rare|scarce|bare)ly)[a-z]+ly|ever|also|just|first|last|once|still|already|"
    "often|always|been|all|more|"
    "denn|damals|so|eigentlich|schon|auch|je|zuletzt|zuerst|vor allem|déjà|aussi|ya)){0,3}"
)
_NO_KIND = rf"{_CLAUSE}|on|in|from|of|guardian|newspaper|magazine|journal|press|research"
_KIND = rf"(?:(?!(?:{_NO_KIND}|{TEXTS}) )[\w-]+ ){{0,2}}?"
_DETERMINER = _any(
    "all|any|some|every|each|most|many|only|just|the|these|those|of|a few|several",
    "alle|einige|nur|die|der|den|das|im|dem|tou(?:s|tes)|les|des|todos|todas|los|las|algun[oa]s",
    POSSESSIVES,
)
_TEXT = rf"(?:(?:blog|other|further|weitere|autres|otros) )?(?:{_HOLE} )?{TEXTS}"
_NOUN = (
    rf"(?:(?:{_DETERMINER} ){{1,4}}{_KIND})?{_TEXT}(?: (?:by you|of yours|von dir|de ti|de toi))?"
)
_OWN = rf"{POSSESSIVES} {_KIND}{_TEXT}"
_WHICH = _any("which|what|how many|welche[nrs]?|wie viele|quels?|quelles|qué|cuánt[oa]s|cuáles")
_WHICH_TEXTS = (
    rf"(?:combien d['’] ?|{_WHICH} )(?:(?:of|von|de) )?(?:{_DETERMINER} ){{0,4}}{_KIND}"
    rf"(?:{_TEXT}|topics?|subjects?|themen|sujets?|temas?)"
)
_ALL = "(?:all|everything|anything|something|those|ones)"
# Orders and wishes before what is asked for.
_OPENS = _any(
    r"(?:(?:please|only|just|and|so|also) )*"
    r"(?:(?:can|could|would|will)(?:['’]t|n['’]t)? you |i(?:['’]d| would)? (?:like|want) to |"
    r"(?:can|may) i )?(?:please |only )?"
    r"(?:show|tell|list|find|give|summari[sz]e|sum up|compare|quote|name|recap|remind|read|see)"
    r"(?: me| us)?(?: about| of| only| a summary of| an overview of)? |"
    r"i['’]?a?m looking for |let me see |(?:i (?:need|want)|(?:have you )?got|where can i find) ",
    r"(?:is|are|was|were)(?:n['’]t)? there (?:an? )?|do you have |gibt es |hay |y a-t-il ",
    "(?:zeig|nenn|gib|such|sag|list|sammel|sammle|find|fass|vergleich)(?:e|en|t)?(?: sie)?"
    "(?: (?:mir|uns|nach|mal|nur|bitte)){0,3}(?: einen überblick über)? |lass mich ",
    "(?:ne )?(?:montre|résume|donne|cite|liste|trouve|compare|rassemble)[rz]?"
    "(?:[- ](?:moi|nous|que))?(?: un résumé de)? ",
    "(?:mu[eé]str[ae](?:me)?|resume|dame|dime|enumera|lista|busca|reúne|compara) ",
)
_CLOSE = r"(?:,? (?:please|bitte|lesen|zusammen|auf|s['’]il (?:te|vous) plaît|por favor))?"
# Someone writes: the author.
_VERB = (
    r"(?:(?:lov|lik|enjoy|regret|beg[aiu]n|start)[a-z]* )?(?:writ(?:e|es|ing|ten)|wrote|"
    r"publish(?:es|ed|ing)?|post(?:ed|ing)?|blog(?:ged|ging)?|sa(?:y|id)|talk(?:ed)?|argued?|cover(?:ed)?)"
)
_YOU = r"(?:you|she|he)(?:['’](?:ve|d))?(?: have| had)?"
_DID_YOU = rf"(?:do|did|have|has|had|were|does) {_YOU}"
_OBJECT = rf"(?:anything|something|much|more|most|{_NOUN}|an? {_KIND}{TEXTS})"
_GERMAN = "(?:geschrieben|gebloggt|gesagt|veröffentlicht|verfasst|gepostet|publiziert|erschienen)"
_HAST_DU = "(?:hast du|habt ihr|haben sie|hat (?:sie|er|you)|du|ihr)"
_ETWAS = rf"(?: nicht(?= etwas| einen?))?(?: (?:etwas|was|viel|einen? {TEXTS}|{_NOUN}))?"
_FRENCH = "(?:écrit|publié|posté|dit)e?s?"
_AS_TU = "(?:as[- ]tu|avez[- ]vous|a-t-(?:elle|il)|est-ce que tu as|est-ce que vous avez)"
_SPANISH = (
    r"(?:escrib(?:iste|es|ías|ió)|public(?:aste|as|ó)|dijiste|(?:has|habéis|ha) "
    r"(?:escrito|publicado))(?: (?:tú|ella|él|usted|you))?"
)
# Of texts, that they appeared.
_APPEARED = (
    "(?:,? (?:that|which|die))?"
    "(?: (?:are|were|was|is|have been|come|date|sind|stammen|wurden|sont|son))?"
    rf"(?: (?:published|posted|written|dated|appear(?:ed)?|{_GERMAN}|{_FRENCH}|publicad[oa]s|"
    "escrit[oa]s)(?: by you)?)?"
)
_MENTION = "(?:mention|discuss|cover|explain|deal with|talk about)(?:s|ing)?"
_ASKED = rf"(?:(?!{_DENIAL}{_END}){_ANY_WORD},? )+"
_SAYS = "(?:say|said|mention|argue|think|tell|discuss|cover|explain|have)"

_FORMS = (
    # What did you write
    rf"(?:what(?: all| else)?|when|where|how (?:often|much)|{_WHICH_TEXTS}(?: {_SUBJECT})?) "
    rf"{_DID_YOU}{_ADVERBS} {_VERB}(?: about)?{_WHERE}{_REST}",
    rf"when {_HOLE} {_DID_YOU}{_ADVERBS} {_VERB}{_REST}",
    rf"(?:did|have|has|had)(?:n['’]t)? {_YOU}{_ADVERBS} {_VERB}{_maybe(_OBJECT)}{_WHERE}{_REST}",
    # what you wrote, posts that you wrote
    rf"{_OPENS}?(?:{_ALL}|what(?:ever)?|the things|{_NOUN}|{_WHICH_TEXTS})(?: (?:that|which))? "
    rf"{_YOU}{_ADVERBS} {_VERB}(?: about)?{_WHERE}{_REST}",
    # posts, which posts
    rf"{_OPENS}?(?:{_NOUN}|{_ALL}(?= )){_APPEARED}{_WHERE}(?: (?:sind|stammen|{_GERMAN}))?"
    rf"(?:(?: that| which)? {_MENTION}(?:,? {_WORD}){{1,8}})?{_CLOSE}",
    rf"{_WHICH_TEXTS}{_APPEARED}{_WHERE}(?: {_MENTION}(?:,? {_WORD}){{1,8}})?",
    rf"{_WHICH} (?:(?:of|von|de) )?{_OWN}{_APPEARED}{_WHERE}(?: (?!by ){_SAID})?",
    # posts about bread published; `about the paper published` may be said of the paper
    rf"{_OPENS}?{_NOUN} (?:{ABOUT_WORD}|on) (?!(?:the|an?|this|un|de[rmn]) ){_WORD}(?: {_WORD})? "
    rf"(?:published|posted|written|{_FRENCH}|publicad[oa]s|escrit[oa]s)(?:{_FILTER})+",
    rf"{_WHICH_TEXTS} {_MENTION}(?:,? {_WORD}){{1,8}}(?:{_FILTER})+",
    rf"(?:what|which|was|welche|quels|quelles|cuáles) (?:are|were|is|was|sind|sont|son) "
    rf"{_OWN}{_WHERE}",
    # What do you say in your posts
    rf"(?:(?:what|which|how|where|tell me what) {_ASKED})?(?:in|from|within|among|across) "
    rf"{_OWN}{_WHERE}(?:, (?:what|which|how|why|do|did|is|are) {_SAID}|{_REST})",
    rf"what(?:['’]s| is| was) in {_OWN}{_WHERE}",
    rf"what (?:do|did|does) {_OWN}{_WHERE} {_SAYS}(?: {_SAID})?",
    # German
    rf"{_OPENS}?(?:(?:was|worüber|wann|wo|wie oft|alles|{_NOUN}|{_WHICH_TEXTS}),? )?"
    rf"(?:(?:was|die|den|das) )?{_HAST_DU}{_ADVERBS}{_ETWAS}(?:{_FILTER})*{_ADVERBS}{_ETWAS}"
    rf"(?: {_SUBJECT})?(?:{_FILTER})*{_ADVERBS} {_GERMAN}(?: hast| habt)?",
    rf"(?:was|worüber|wann) schr(?:ie|ei)bs?t du{_WHERE}",
    rf"(?:{_WHICH_TEXTS}|{_NOUN}|was) (?:wurden?|sind|ist|gibt es)(?: von dir)?(?:{_FILTER})+"
    rf"(?: von dir)?(?: {_GERMAN})?",
    rf"(?:was|worum) (?:steht|geht es|sagst du|schreibst du) in {_OWN}{_WHERE}",
    rf"que dis-tu (?:d[eu] (?:l[ae] )?{_WORD} )?dans {_OWN}{_WHERE}",
    rf"qué dices (?:del? (?:la |los |las )?{_WORD} )?en {_OWN}{_WHERE}",
    rf"do you {_MENTION}(?: {_WORD}){{1,4}} in {_OWN}{_WHERE}",
    rf"do any of {_OWN}{_WHERE} {_MENTION}(?: {_WORD}){{1,8}}",
    # French, Spanish
    rf"t(?:u |['’])as {_FRENCH} quoi{_WHERE}",
    rf"de quoi (?:as-tu|avez-vous) parlé{_WHERE}",
    rf"(?:qu['’] ?|{_WHICH_TEXTS} |que |quand )?{_AS_TU}{_ADVERBS} {_FRENCH}"
    rf"(?: (?:quelque chose|une? {TEXTS}))?{_WHERE}{_REST}",
    rf"n['’](?:as-tu|avez-vous) pas {_FRENCH}(?: (?:quelque chose|une? {TEXTS}))?{_WHERE}{_REST}",
    rf"no {_SPANISH}{_WHERE}{_REST}",
    rf"{_OPENS}?(?:tout )?ce que tu as {_FRENCH}{_WHERE}",
    rf"(?:que disent|de quoi parlent|de qué tratan|qué dicen) {_OWN}{_WHERE}",
    rf"{_OPENS}?(?:(?:(?:sobre |de )?qué|(?:todo )?lo que|cuándo|{_WHICH_TEXTS}) )?{_SPANISH}"
    rf"(?: (?:algo|un {TEXTS}))?{_WHERE}{_REST}",
)
_BEHIND = re.compile(
    rf"(?<!\w)(?:{ABOUT_WORD}|on|à propos d[eu]|{_MENTION}) (?!qué|quoi)"
    rf"(?P<subject>{_ANY_WORD}[^{_HOLE}]*?),?(?: (?:from|aus|only|nur))? {_HOLE}(?! {TEXTS}{_END})",
    re.IGNORECASE,
)
# What parts a subject from what follows: `about bread in your posts from 2020`.
_APART = re.compile(
    rf" (?:{TEXTS}{_END}|{_DID_YOU}|{_YOU} |{_HAST_DU} |{_AS_TU}|{_SPANISH}{_END})",
    re.IGNORECASE,
)
_SINGLE = rf"(?:(?:l[ae]s?|el|los) |l['’])?{_ANY_WORD}"  # French and Spanish need the article
_SINGLE_WORDS = re.compile(
    rf"{_SINGLE}(?:(?:, {_SINGLE})*,? (?:and|or|und|oder|et|ou|y|o) {_SINGLE})?", re.IGNORECASE
)
# `Theresa May in 2019` is no month.
_AT = re.compile(r"(?:at|bei|chez|may|april|june|august|jan)(?!\w)", re.IGNORECASE)
_FROM = re.compile(r"(?:from|aus)(?!\w)", re.IGNORECASE)
_BEFORE_SUBJECT = re.compile(rf"(?:{TEXTS}|everything|anything|something|all) $", re.IGNORECASE)
_ACCENT = re.compile(r"\[[^\]]*\]|[áéèêíóúñ]")


def _loose(form: str) -> str:
    """The same for questions typed without accents, but for what a subject has none of: `ou` is
    not `où`."""

    def either(found: re.Match[str]) -> str:
        bare = unicodedata.normalize("NFD", found[0])[0]
        return found[0] if bare == "[" else f"[{found[0]}{bare}]"

    return _CLAUSE.join(_ACCENT.sub(either, part) for part in form.split(_CLAUSE))


_KNOWN = tuple(re.compile(_loose(form), re.IGNORECASE) for form in _FORMS)
_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|hallo|bonjour|salut|hola)(?: there)?[!,.]? )?"
    r"(?:(?:and|so|well|ok(?:ay)?|und|et|y),? (?=what|which|when|where|was |qu|show|tell))?",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r",? (?:please|thanks|thank you|bitte|danke|merci|gracias|por favor|"
    r"s['’]il (?:te|vous) plaît)$",
    re.IGNORECASE,
)
_FRONTED = re.compile(rf"{_HOLE}[,:]? ")


_JUDGED = _any(
    "favou?rite|best|worst|most(?! (?:of|recent))|least|proud[a-z]*|regret[a-z]*",
    "liebst[a-z]*|beste[nmrs]?|schlechtest[a-z]*|beliebt[a-z]*|meist(?!er)[a-z]*|stolz|bereu[a-z]*",
    "préférée?s?|meilleure?s?|pires?|les? plus (?!récent)[a-zé]+|fi[eè]re?s?|regrett[a-zé]*",
    "favorit[oa]s?|mejor(?:es)?|peor(?:es)?|más (?!reciente)[a-zí]+|orgullos[oa]|arrep[a-z]*",
)
# What is asked of the writing, or of what became of it: an answer may stand in any other text.
_YOU_SAY = (
    rf"(?:(?:do|did|have) )?{_YOU}{_ADVERBS} "
    rf"(?:{_VERB}|th(?:ink|ought)|tell|told|mention(?:ed)?|discuss(?:ed)?|explain(?:ed)?)"
)
_IN = "(?:in|within|among|across)"
_OTHERWISE = re.compile(
    # `When did you start writing on Medium?`, `Did you regret posting on LinkedIn?`
    rf"(?:when|where|how (?:often|much)) {_DID_YOU}|(?:wann|wo|wie oft|quand|cuándo)(?!\w)|"
    r".*(?<!\w)(?:lov|lik|enjoy|regret|beg[aiu]n|start)[a-z]* \w+ing(?!\w)|"
    # `your favourite post from 2020`, `What did you write on Medium, and why did you leave?`
    rf"(?:(?:(?!(?<!\w){ABOUT_WORD}(?!\w)).)*|.* that you .*)(?<!\w)(?:{_JUDGED})(?!\w)|"
    rf".*[{_HOLE}{_SAID_OF}],? {_AND} {_WHY}(?!\w)|"
    # `Have you been writing on Medium since 2016?`, `¿Escribes en Medium?`
    rf"(?:(?:did|have|has|had)(?:n['’]t)? {_YOU}{_ADVERBS} {_VERB}|{_HAST_DU}|"
    rf"{_AS_TU}{_ADVERBS} {_FRENCH}|n['’](?:as-tu|avez-vous) pas {_FRENCH}|(?:no )?{_SPANISH})"
    rf"(?:{_FILTER})+(?: {_GERMAN})?$|"
    # `What did you earn from your posts on Medium?`, `In your posts of 2020, what is wrong?`
    rf"(?!(?:tell me )?(?:what|which)(?: \w+){{0,2}} {_YOU_SAY}(?: .+)? {_IN} {_OWN})"
    rf"(?!what(?:['’]s| is| was) in )"
    rf"(?:what|which|how|where|tell me what) .*(?<!\w)(?:{_IN}|from) {_OWN}|"
    rf"(?:{_IN}|from) {_OWN}.*, (?!(?:what|how) {_YOU_SAY})(?:what|which|how|why|do|did|is|are) |"
    # `Which of your posts on Medium went viral?`
    rf"{_WHICH} (?:(?:of|von|de) )?{_OWN}.*{_HOLE} "
    rf"(?!(?:(?:that|which) )?(?:{_MENTION}|(?:is|are|was|were) (?:about|on))(?!\w))",
    re.IGNORECASE,
)
# Where a text stands or what it is about, or, at an employer, where its author was.
_ON = re.compile(rf"(?:on|sur)(?!\w)|{_OF}", re.IGNORECASE)
_OTHER_SUBJECT = re.compile(
    rf"(?<!\w)(?!sur )(?:{ABOUT_WORD}|{_MENTION}|à propos d[eu])(?!\w)|"
    rf"(?<!\w)(?:on|sur) (?!{_HOLE})|"
    # `posts on Medium`, `What did you write on Medium?`; `écrit sur Medium` may be either
    rf"(?<!\w)(?:publish|post|publi[éc]|writ|wrote|sa[iy]|blog)\w* {_HOLE}",
    re.IGNORECASE,
)


def said_of_texts(
    question: str, periods: Sequence[Span], sources: Sequence[Span]
) -> tuple[list[Span], list[Span]] | None:
    """(those of the periods and sources that are plainly the texts', those that may be the
    subject's: `the law passed in 2018`), where the question as a whole asks for the author's own
    texts of them and for nothing else than those and a subject; else None."""
    marks = [(span, _mark(question[slice(*span)], _SAID_OF_PERIOD)) for span in periods]
    marks += [(span, _mark(question[slice(*span)], _SAID_OF_SOURCE)) for span in sources]
    text = question
    for (start, end), mark in sorted(marks, reverse=True):
        text = f"{text[:start]} {mark} {text[end:]}"
    text = _GREETING.sub("", text.lstrip(), count=1).replace(f"{_HOLE} -", f"{_HOLE} ")
    text = re.sub(r" ([,:;?])", r"\1", " ".join(text.split())).strip(" ¿¡?.!,;:…")
    text = _POLITE.sub("", text)
    if len(text) > LONGEST:
        return None
    # `In 2020, what did you write?`
    asked = _FRONTED.sub("", text, count=1) + f" {_HOLE}" if _FRONTED.match(text) else text
    if not any(one.fullmatch(form) for form in {text, asked} for one in _KNOWN):
        return None
    spans = sorted((*periods, *sources))
    if _OTHERWISE.match(text):
        return [], spans
    plain, mixed = _told_apart(question, text, spans)
    doubtful = [
        span for span in plain if span in sources and _in_doubt(question[slice(*span)], text)
    ]
    return [span for span in plain if span not in doubtful], [*mixed, *doubtful]


def _in_doubt(named: str, text: str) -> bool:
    """Whether a source may be what the texts are about: `your articles on GitHub`, with nothing
    else that they are about, `tes articles de GitHub`; or the author's employer: `What did you
    write at LinkedIn?`"""
    said = named.strip()
    return bool(_AT.match(said) or (_ON.match(said) and not _OTHER_SUBJECT.search(text)))


def _told_apart(question: str, text: str, spans: list[Span]) -> tuple[list[Span], list[Span]]:
    """Those of the spans that are the texts', and those behind a subject that may be its own."""
    found = _BEHIND.search(text)
    if not found or _APART.search(found["subject"]):
        return spans, []
    before = sum(text.count(hole, 0, found.start()) for hole in (_HOLE, _SAID_OF))
    behind = [question[slice(*span)].strip() for span in spans[before:]]
    of_texts = _BEFORE_SUBJECT.search(text, 0, found.start())
    if _may_be_of(found["subject"], behind, bool(of_texts)):
        return spans[:before], spans[before:]
    return spans, []


def _may_be_of(subject: str, said: Sequence[str], of_texts: bool) -> bool:
    """Whether what is said behind a subject can be its own: of any but single words (`bread and
    trust in 2020`); and of those, too, where a preposition can be theirs (`layoffs at Medium`,
    `What did you write about studies from 2019?`). of_texts: texts are named before it."""
    if any(map(_AT.match, said)) or not _SINGLE_WORDS.fullmatch(subject):
        return True
    return not of_texts and any(map(_FROM.match, said))


def _mark(named: str, said_of: re.Pattern[str]) -> str:
    return _SAID_OF if said_of.match(named.strip()) else _HOLE
