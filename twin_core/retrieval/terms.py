"""The words of a question or passage that say what it is about, in a form that matches."""

import re
import unicodedata

_WORD = re.compile(r"\w+(?:[-.’']\w+)*")
_ENDINGS = ("ingly", "edly", "ings", "ing", "ies", "ied", "ed", "es", "s", "ly", "y", "e")
_SUBTITLE = re.compile(r": |\s[–—|-]\s")
MIN_STEM = 3


def title_key(title: str) -> str:
    """The words of a title, by which it is the same: without case, punctuation, and what nobody
    sees, as a soft hyphen."""
    seen = "".join(char for char in title if unicodedata.category(char) != "Cf")
    text = unicodedata.normalize("NFC", seen.casefold()).replace("’", "'")
    return " ".join(re.findall(r"[\w+#']*\w[\w+#']*", text))


def bare_title(title: str) -> str:
    """The same without accents and apostrophes, and with `and` for &: as people type it."""
    text = unicodedata.normalize("NFKD", title_key(title.replace("&", " and ")))
    return "".join(char for char in text if not unicodedata.combining(char) and char != "'")


def main_title(title: str) -> str:
    """What stands before a colon or dash in it."""
    return _SUBTITLE.split(title, maxsplit=1)[0]


# Function words, and the words with which people ask a writer for something.
STOP_WORDS = frozenset(
    """a about above after again all also am an and any are around as at be because been before
    being below between both but by can come could did do does doing done down during each else
    ever every few for from get give given had has have having he her here hers him his how i if in
    into is it it's its itself just kind know like made make many may me might mine more most much
    must my no nor not now of off often on once one only or other our out over own please rather
    really same say says said see she should since so some such sure take tell than that that's the
    their them then there these they thing things think thinking this those though thought through
    to too under until up upon us use used very view want was way we well were what what's when
    where which while who whom whose why will with within without would write writes wrote written
    writing year years yet you you'd you're you've your yours article articles paragraph piece post
    posts essay explain describe talk opinion heading touching comes matter taught""".split()
)

# What else a question may hold that names no subject, in the four languages whose periods are read.
ASKING = frozenset(
    """publish published publishing posted blog blogs blogged essays pieces newsletter newsletters
    column columns anything something everything latest today
    show shows list tell told name read send quote cite open find print display compare summarise
    summarize recap present translate
    hast hat haben habt du ihr sie ich die der das den dem ein eine welche welches welcher welchen
    geschrieben schriebst veröffentlicht verfasst gepostet wurde wurden artikel artikeln beitrag
    beiträge beiträgen deine deinen deiner dein ihre ihren eure euren texte texten gibt es von aus
    über und zeig zeige zeigen zeigt mir uns bitte nenn nenne nennen sag sage gib geben liste auf
    alle fasse fass zusammen vergleiche
    qu qu'as-tu as-tu as tu vous avez écrit écris écrits publié publiés articles textes billet
    billets tes vos les la le quels quelles quoi que des est-ce montre montrer montre-moi montrez
    montrez-moi donne-moi donnez-moi dis-moi dites-moi cite citez comparez résume résumez tous
    toutes
    escribiste escrito escribió escribes publicaste publicado has ha artículos artículo entrada
    entradas textos texto tus tu sus los las el lo qué sobre hay de en muestra muéstrame muestre
    enséñame dame dime enumera resume compara todos todas""".split()
)


def stem(word: str) -> str:
    """A word without its English inflection: crude, but the same for all its forms."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= MIN_STEM:
            return word[: -len(ending)]
    return word


def spoken(text: str) -> list[str]:
    """All words, lower case, in order."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return _WORD.findall(plain)


def content_words(text: str) -> list[str]:
    """The distinct words that carry a topic, in order."""
    return list(dict.fromkeys(w for w in spoken(text) if w not in STOP_WORDS and len(w) > 1))


def names_a_subject(text: str) -> bool:
    """Whether the question asks about something, and not only for what was written."""
    return any(word not in ASKING for word in content_words(text))


def terms(text: str) -> frozenset[str]:
    """Stems of the words that carry a topic."""
    return frozenset(map(stem, content_words(text)))
