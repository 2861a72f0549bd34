"""What a passage is about, in a few words: the offline teacher's raw material."""

import math
import re
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_][\w’'-]*")
# Function words and words of argument: they say how someone writes, not what about.
STOP_WORDS = frozenset(
    """a about above after again against all almost also always am an and another any anybody anyone
    anything are around as ask asked at away back be became because been before being below best
    better between both but by came can cannot come could day days did do does doing done down each
    either else enough even ever every everybody everyone everything few find first for found from
    gave get give given go goes going good got had has have having he hear her here hers herself him
    himself his how however i i'd i'll i'm i've if in into is it it's its itself just keep kept knew
    know known last least left less let like little long look made make makes making man many may
    maybe me mean might mine more most much must my myself never next no nobody none nor not nothing
    now of off often on once one only onto or other others our ours ourselves out over own people
    perhaps please put quite rather read really right said same saw say says see seem seems seen
    self several shall she should show since so some somebody someone something sometimes somewhat
    soon still such take taken tell than that that's the their theirs them themselves then there
    these they thing things think this those though thought three through time times to today told
    too took toward try turn two under until up upon us use used very want wants was way we well
    went were what when where whether which while who whole whom whose why will with within without
    woman word words work would write year years yet you you'd you're your yours yourself""".split()
)


def words(text: str) -> list[str]:
    """Lower-case words of a text, Markdown links reduced to their label."""
    plain = re.sub(r"\]\([^()]*(?:\([^()]*\)[^()]*)*\)", " ", text)
    return [word.strip("'’-").lower() for word in _WORD.findall(plain)]


class Keyphrases:
    """TF-IDF over an author's articles (Spärck Jones 1972), counting words and pairs of words.

    A passage is described by those of its terms that matter most in its article: a word that the
    article comes back to is its subject, one that only the passage has is an accident.
    """

    def __init__(self, articles: Sequence[str]) -> None:
        self._articles = len(articles)
        self._spread: Counter[str] = Counter()
        for text in articles:
            self._spread.update(set(_terms(text)))

    def of(self, passage: str, article: str, count: int) -> list[str]:
        """At most `count` terms of the passage, the most telling first, none sharing a word."""
        weight = {term: self._weight(term, n) for term, n in Counter(_terms(article)).items()}
        terms = dict.fromkeys(_terms(passage))
        chosen: list[str] = []
        for term in sorted(terms, key=lambda term: -weight.get(term, 0.0)):
            if not any(set(term.split()) & set(other.split()) for other in chosen):
                chosen.append(term)
            if len(chosen) == count:
                break
        return chosen

    def _weight(self, term: str, occurrences: int) -> float:
        if " " in term and occurrences == 1:
            return 0.0  # two words that met once are no phrase
        rarity = math.log((1 + self._articles) / (1 + self._spread[term])) + 0.1
        return occurrences * rarity * (1.5 if " " in term else 1.0)


def _terms(text: str) -> list[str]:
    found = words(text)
    content = [word if len(word) > 2 and word not in STOP_WORDS else "" for word in found]
    pairs = [f"{a} {b}" for a, b in zip(content, content[1:], strict=False) if a and b]
    return [word for word in content if word] + pairs
