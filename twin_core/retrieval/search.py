"""Question → the author's passages → notes within a budget of words."""

from collections.abc import Sequence

from twin_core.embedder import embed
from twin_core.index.base import ChunkIndex, Hit
from twin_core.recipe import Generation
from twin_core.template import as_notes

MIN_SCORE = 0.25  # cosine; below it MiniLM's neighbours are about something else
CANDIDATES = 8


def retrieve(index: ChunkIndex, model: str, author: str, question: str, k: int) -> list[Hit]:
    """The k passages nearest to the question, best first."""
    return index.search(author, embed(model, [question])[0].tolist(), k)


def ground(
    index: ChunkIndex, model: str, author: str, question: str, recipe: Generation
) -> tuple[str, list[Hit]]:
    """(notes for the prompt, the passages they come from); both empty when nothing is near
    enough."""
    if recipe.passages == 0:
        return "", []
    hits = retrieve(index, model, author, question, CANDIDATES)
    near = [hit for hit in hits if hit.score >= MIN_SCORE][: recipe.passages]
    return pack(near, recipe.note_words), near


def pack(hits: Sequence[Hit], words: int) -> str:
    """Notes of at most about `words` words, shared evenly among the passages."""
    if not hits:
        return ""
    each = max(1, words // len(hits))
    return as_notes([(hit.title, " ".join(hit.text.split()[:each])) for hit in hits])
