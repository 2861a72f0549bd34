"""Small passages are found, larger ones are read: the parent around each hit."""

from collections.abc import Sequence
from dataclasses import replace

from twin_core.index.base import ChunkIndex, Hit

MAX_GAP = 8  # characters between neighbours (white space) over which they are still one text


def with_parents(index: ChunkIndex, author: str, hits: Sequence[Hit]) -> list[Hit]:
    """Each hit grown to its parent, as far as that is there; of hits with one parent, the first."""
    parents = dict.fromkeys(hit.parent_id for hit in hits if hit.parent_id)
    family: dict[tuple[str, str], list[Hit]] = {}
    for sibling in index.siblings(author, list(parents)) if parents else []:
        family.setdefault((sibling.doc_id, sibling.parent_id), []).append(sibling)
    found: list[Hit] = []
    for hit in hits:
        if any(_covers(other, hit) for other in found):
            continue
        around = family.get((hit.doc_id, hit.parent_id), []) if hit.parent_id else []
        found.append(grown(hit, around))
    return found


def _covers(outer: Hit, inner: Hit) -> bool:
    return outer.doc_id == inner.doc_id and outer.start <= inner.start and inner.end <= outer.end


def grown(hit: Hit, siblings: Sequence[Hit]) -> Hit:
    """The hit with the text of the siblings that adjoin it: one span of one version of the
    article."""
    same = [s for s in siblings if s.doc_version == hit.doc_version and s.chunk_id != hit.chunk_id]
    start, end, text = hit.start, hit.end, hit.text
    for s in sorted((s for s in same if s.start <= hit.start), key=lambda s: -s.start):
        if s.end + MAX_GAP < start:
            break
        if s.start < start:
            text = (s.text + _gap(start - s.end))[: start - s.start] + text
            start = s.start
    for s in sorted((s for s in same if s.end > hit.end), key=lambda s: s.end):
        if s.start > end + MAX_GAP:
            break
        if s.end > end:
            text += (_gap(s.start - end) + s.text)[max(0, end - s.start) :]
            end = s.end
    return replace(hit, start=start, end=end, text=text)


def _gap(size: int) -> str:
    """What stood between two passages was white space; a blank line is its likeliest form."""
    return "\n" * max(0, size)
