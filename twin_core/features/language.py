"""Which language a text is written in.

Running text in a common European language shows it by its function words (Grefenstette 1995), at a
hundredth of a classifier's cost. Whatever they leave open goes to py3langid, whose model takes a
second and 130 MB to load, so it is loaded only then.
"""

import re
from functools import lru_cache
from typing import Any

SAMPLE = 1200  # characters; more do not change the answer
MIN_WORDS = 40  # in the sample, for function words to decide
MIN_SHARE = 0.2  # of the sample that are function words of the language
MAX_RIVAL = 0.4  # of that share, which the next language may reach
MIN_LETTERS = 20  # below that nothing can be said
MIN_CONFIDENCE = 0.5  # of the classifier

# Each list leaves out what a neighbour shares (`la`, `de`, `en`) where it has enough without.
_FUNCTION_WORDS = {
    "en": "the and of to that is was it for with as on this be are have not you but from they at "
    "which or an by what when there would about if so we my because who their had were",
    "de": "der die und das ist nicht ich ein eine zu den mit sich auf für es dem von auch wie dass "
    "aber nur wir sie bei oder wenn noch nach um aus wird war sind",
    "fr": "le les et des une est pas que qui dans pour sur avec plus ce au il nous vous mais par "
    "ne cette sont du elle aux ces leur été être je",
    "es": "el los y una es que por para con las del se lo como más pero su al sus este ya cuando "
    "muy sobre también me hay donde son está",
    "it": "il di che è per un una non con sono del della gli anche più come ma nel alla dei si lo "
    "questo perché ho degli quando delle nella",
    "pt": "o os e um uma não que para com por mais do da no na se como mas ao dos das foi ele são "
    "você isso quando muito já também está em",
    "nl": "het een en van ik te dat is niet op zijn voor met aan er maar om hij ook als dan bij "
    "nog wel uit naar heeft wat deze kan zo worden",
}
_LISTS = {word: [] for words in _FUNCTION_WORDS.values() for word in words.split()}
for _language, _words in _FUNCTION_WORDS.items():
    for _word in _words.split():
        _LISTS[_word].append(_language)
_UNSPOKEN = re.compile(
    r"```.*?(?:```|$)|`[^`\n]*`|\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|https?://\S+", re.DOTALL
)
_WORD = re.compile(r"[^\W\d_]+")


def language(prose: str) -> str | None:
    """ISO 639-1 code (639-2 where there is none) of the author's own prose; null if unclear."""
    sample = prose[: 2 * SAMPLE]
    if "`" in sample or "](" in sample or "://" in sample:
        sample = _UNSPOKEN.sub(" ", sample)
    sample = sample[:SAMPLE]
    words = _WORD.findall(sample.lower())
    return by_function_words(words) or _classified(sample, sum(map(len, words)))


def by_function_words(words: list[str]) -> str | None:
    """The language that clearly has most of these lower-case words; null if none does."""
    if len(words) < MIN_WORDS:
        return None
    counts = dict.fromkeys(_FUNCTION_WORDS, 0)
    for word in words:
        for name in _LISTS.get(word, ()):
            counts[name] += 1
    rival, best = sorted(counts.values())[-2:]
    if best < MIN_SHARE * len(words) or rival > MAX_RIVAL * best:
        return None
    return max(counts, key=lambda name: counts[name])


def _classified(sample: str, letters: int) -> str | None:
    if letters < MIN_LETTERS:
        return None
    name, confidence = _classifier().classify(sample)
    return name if confidence >= MIN_CONFIDENCE and name != "zxx" else None  # zxx: no language


@lru_cache(maxsize=1)
def _classifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
