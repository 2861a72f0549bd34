"""Whether an author has anything to say to a question, and which passages say it."""

from collections.abc import Sequence

from twin_core.index.base import Hit
from twin_core.retrieval.terms import terms

SUPPORT = 0.6  # share of the question's words that must occur, where the vectors are far apart
FAR = 0.4  # of the least cosine: below it, equal words mean different things
FEWEST = 2  # words in common that are not an accident
UNKNOWN = 1.3  # of the least cosine: what words that the author never uses must reach
UNSPACED = "\u0e00"  # from here on scripts do not part words, and equal ones are not seen as such
COMPANY = 0.6  # of the least cosine: enough beside a passage that is near


def relevant(question: str, hits: Sequence[Hit], min_score: float) -> list[Hit]:
    """The hits that have to do with the question: none, unless one of them is near enough.

    The question is judged first, then each passage less strictly: the nearest passage tells an
    unknown subject from a known one better than any other does (docs/retrieval.md). Where no word
    of the question occurs in any hit, it must be nearer: made-up words are a little like anything.
    """
    least = min_score if _has_known_word(question, hits) else UNKNOWN * min_score
    if not any(near_enough(question, hit, least) for hit in hits):
        return []
    return [hit for hit in hits if near_enough(question, hit, COMPANY * min_score)]


def near_enough(question: str, hit: Hit, min_score: float) -> bool:
    """By its cosine; or, where that is low, by the question's own words in it. A min_score of 0
    admits all."""
    if min_score == 0 or (hit.cosine is not None and hit.cosine >= min_score):
        return True
    wanted = terms(question)
    if not wanted or (hit.cosine is not None and hit.cosine < FAR * min_score):
        return False
    shared = len(wanted & _terms_of(hit))
    return shared >= min(FEWEST, len(wanted)) and shared / len(wanted) >= SUPPORT


def _has_known_word(question: str, hits: Sequence[Hit]) -> bool:
    """Also where that cannot be told: no word of a subject, or a script without spaces."""
    wanted = terms(question)
    if not wanted or any(char >= UNSPACED for word in wanted for char in word):
        return True
    return any(wanted & _terms_of(hit) for hit in hits)


def _terms_of(hit: Hit) -> frozenset[str]:
    return terms(f"{hit.title} {hit.heading} {hit.text}")
