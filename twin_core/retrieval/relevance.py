"""Whether a passage has to do with a question at all."""

from twin_core.index.base import Hit
from twin_core.retrieval.terms import terms

SUPPORT = 0.6  # share of the question's words that must occur, where the vectors are far apart
FAR = 0.4  # of the least cosine: below it, equal words mean different things
FEWEST = 2  # words in common that are not an accident


def near_enough(question: str, hit: Hit, min_score: float) -> bool:
    """By its cosine; or, where that is low, by the question's own words in it."""
    if hit.cosine is not None and hit.cosine >= min_score:
        return True
    wanted = terms(question)
    if not wanted or (hit.cosine is not None and hit.cosine < FAR * min_score):
        return False
    shared = len(wanted & terms(f"{hit.title} {hit.heading} {hit.text}"))
    return shared >= min(FEWEST, len(wanted)) and shared / len(wanted) >= SUPPORT
