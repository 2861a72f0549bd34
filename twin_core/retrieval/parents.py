"""Small passages are found, larger ones are read: the parent around each hit."""

import re
from collections.abc import Sequence
from dataclasses import replace

from twin_core.index.base import ChunkIndex, Hit

_LINE = re.compile(r"(?:[-*+|>]|\d+[.)])\s|[|\t]|  ")  # that stands on a line of its own
_WIDE = re.compile(r"[.!?]  \S")  # an author who writes two spaces between sentences


def with_parents(index: ChunkIndex, author: str, hits: Sequence[Hit]) -> list[Hit]:
    """Each hit grown to its parent, as far as that is there; of hits with one parent, the first."""
    parents = dict.fromkeys(hit.parent_id for hit in hits if hit.parent_id)
    family: dict[tuple[str, str], list[Hit]] = {}
    for sibling in index.siblings(author, list(parents)) if parents else []:
        family.setdefault((sibling.doc_id, sibling.parent_id), []).append(sibling)
    found: list[Hit] = []
    for hit in hits:
        if any(covers(other, hit) for other in found):
            continue
        around = family.get((hit.doc_id, hit.parent_id), []) if hit.parent_id else []
        found.append(grown(hit, around))
    return found


def covers(outer: Hit, inner: Hit) -> bool:
    """Whether a passage lies within another."""
    return outer.doc_id == inner.doc_id and outer.start <= inner.start and inner.end <= outer.end


def grown(hit: Hit, siblings: Sequence[Hit]) -> Hit:
    """The hit with the text of the siblings that adjoin it: one span of one version of the article,
    verbatim. It ends where what stands between two siblings is not certain."""
    same = [s for s in siblings if s.doc_version == hit.doc_version and s.chunk_id != hit.chunk_id]
    start, end, text = hit.start, hit.end, hit.text
    for s in sorted((s for s in same if s.start < hit.start), key=lambda s: -s.start):
        joined = _joined(s.text, text, start - s.end)
        if joined is None:
            break
        if s.start < start and s.end <= end:
            start, text = s.start, joined
    for s in sorted((s for s in same if s.end > hit.end), key=lambda s: s.end):
        joined = _joined(text, s.text, s.start - end)
        if joined is None:
            break
        if s.end > end:
            end, text = s.end, joined
    return replace(hit, start=start, end=end, text=text)


def _joined(before: str, after: str, gap: int) -> str | None:
    """Both as one text; gap: the characters between them, negative where they overlap. None where
    it is not known which characters these are: a rule or a heading takes more than two, and two
    are a blank line, one a space or a line break, by what the passages beside it look like."""
    if gap <= 0:
        return before + after[-gap:]
    if gap == 2 and not _WIDE.search(f"{before}\n{after}"):
        return f"{before}\n\n{after}"
    if gap == 1 and _LINE.match(after):
        return f"{before}\n{after}"
    last, first = before.rsplit("\n\n", 1)[-1], after.split("\n\n", 1)[0]
    if gap == 1 and "\n" not in last + first and last.rstrip('"”’)*_').endswith((".", "!", "?")):
        return f"{before} {after}"
    return None
