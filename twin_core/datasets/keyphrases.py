"""What a passage is about, in a few words: the offline teacher's raw material."""

import math
import re
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_][\w’'-]*")
# Function words and words of argument: they say how someone writes, not what about.
STOP_WORDS = frozenset(
    """a about above after again against all almost also always am an and another any anybody anyone
    anything are around as ask asked at away back be became because been before being below best better
    between both but by came can cannot come could day days did do does doing done down each either else
    enough even ever every everybody everyone everything few find first for found from gave get give given
    go goes going good got had has have having he hear her here hers herself him himself his how however i
    i'd i'll i'm i've if in into is it it's its itself just keep kept knew know known last least left less
    let like little long look made make makes making man many may maybe me mean might mine more most much
    must my myself never next no nobody none nor not nothing now of off often on once one only onto or other
    others our ours ourselves out over own people perhaps please put quite rather read really right said
    same saw say says see seem seems seen self several shall she should show since so some somebody someone
    something sometimes somewhat soon still such take taken tell than that that's the their theirs them
    themselves then there these they thing things think this those though thought three through time times
    to today told too took toward try turn two under until up upon us use used very want wants was way we
    well went were what when where whether which while who whole whom whose why will with within without
    woman word words work would write year years yet you you'd you're your yours yourself""".split()
)


def words(text: str) -> list[str]:
    """Lower-case words of a text, Markdown links reduced to their label."""
    plain = re.sub(r"\]\([^)]*\)", " ", text)
    return [word.strip("'’-").lower() for word in _WORD.findall(plain)]


class Keyphrases:
    """TF-IDF over a corpus of passages (Spärck Jones 1972), counting words and pairs of words."""

    def __init__(self, corpus: Sequence[str]) -> None:
        self._documents = len(corpus)
        self._frequency: Counter[str] = Counter()
        for text in corpus:
            self._frequency.update(set(_terms(text)))

    def of(self, text: str, count: int) -> list[str]:
        """The `count` most telling terms, best first; ties by place in the text."""
        occurrences = Counter(_terms(text))
        ranked = sorted(occurrences, key=lambda term: -self._weight(term, occurrences[term]))
        chosen: list[str] = []
        for term in ranked:
            parts = set(term.split())
            if not any(parts & set(other.split()) for other in chosen):
                chosen.append(term)
            if len(chosen) == count:
                break
        return chosen

    def _weight(self, term: str, occurrences: int) -> float:
        rarity = math.log((1 + self._documents) / (1 + self._frequency[term]))
        pair = 1.3 if " " in term else 1.0  # a pair says more than its words
        return (1 + math.log(occurrences)) * rarity * pair


def _terms(text: str) -> list[str]:
    found = words(text)
    content = [word if len(word) > 2 and word not in STOP_WORDS else "" for word in found]
    pairs = [f"{a} {b}" for a, b in zip(content, content[1:], strict=False) if a and b]
    return [word for word in content if word] + pairs
