"""Where a text may be cut: after sentences, between lines, at white space, between tokens."""

import re
from collections.abc import Callable, Iterator

from twin_core.embedder import TokenCounter

Span = tuple[int, int]

# A full stop after one of these ends no sentence.
ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st sr jr vs etc e.g i.e eg ie cf al fig figs eq no nos vol ed eds p pp "
    "ch sec approx inc ltd co corp dept est gen col lt sgt rev hon jan feb mar apr jun jul "
    "aug sep sept oct nov dec usw bzw z.b d.h ca nr p.ex".split()
)
_END = re.compile(
    r"""[.!?…](?<![.!?…].)         # the first of a run of marks, or a long run would be quadratic
        [.!?…]*+["'”’»)\]*_]*+\s+  # marks, what closes with them, a gap
      | [。！？]+[」』”’）]*\s*     # no gap after these
      | \n[ \t>]*\n\s*             # a paragraph's end""",
    re.VERBOSE,
)
_LETTERS = 20  # of a token at most, in practice
_SHORT = 50  # characters: what is longer is no abbreviation, initial or list's number
_WORD = re.compile(r"\s+")


def sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """Spans of the sentences of text[start:end], without the white space around them."""
    begin = start
    for found in _END.finditer(text, start, end):
        if found.end() < end and _ends_sentence(text, begin, found):
            yield from _trimmed(text, begin, found.end())
            begin = found.end()
    yield from _trimmed(text, begin, end)


def _ends_sentence(text: str, begin: int, found: re.Match[str]) -> bool:
    mark, following = text[found.start()], text[found.end()]
    if mark not in ".…":
        return not (mark in "!?" and following.islower())
    if following.islower():
        return False  # an abbreviation, or a pause
    if mark == "…" or text[found.start() + 1] == ".":
        return True
    least = max(begin, found.start() - _SHORT)
    first = max(text.rfind(" ", least, found.start()), text.rfind("\n", least, found.start())) + 1
    if not first and least > begin:
        return True  # the search ended before the word did
    word = text[max(first, begin) : found.start()].lstrip("([{\"'“‘«*_>-")
    if len(word) == 1 and word.isupper() and word != "I":
        return False  # an initial
    if word.isdecimal() and (first <= begin or text[first - 1] == "\n"):
        return False  # a list's number
    return word.lower() not in ABBREVIATIONS


def lines(text: str, start: int, end: int) -> Iterator[Span]:
    """Spans of the lines that are not blank, with their indentation."""
    begin = start
    while begin < end:
        stop = text.find("\n", begin, end)
        stop = end if stop < 0 else stop
        length = len(text[begin:stop].rstrip())
        if length:
            yield begin, begin + length
        begin = stop + 1


def words(text: str, start: int, end: int) -> Iterator[Span]:
    """Spans between white space."""
    begin = start
    for found in _WORD.finditer(text, start, end):
        yield from _trimmed(text, begin, found.start())
        begin = found.end()
    yield from _trimmed(text, begin, end)


def tokens(text: str, start: int, end: int, counter: TokenCounter, room: int) -> Iterator[Span]:
    """Spans of at most `room` tokens, cut between tokens: for words longer than that."""
    while start < end:
        stop = min(end, start + _LETTERS * room)  # or a long run would be read over and over
        found = counter.spans(text[start:stop])
        cuts = [start + found[at][1] for at in range(room - 1, len(found) - 1, room)]
        if stop == end or not cuts:
            cuts.append(stop)
        for cut in cuts:
            whole = cut = max(cut, start + 1)
            while cut - start > 1 and counter.size(text[start:cut]) > room:
                cut = start + (cut - start) * 3 // 4  # the piece alone is cut into other tokens
            yield start, cut
            start = cut
            if cut < whole:
                break


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    part = text[start:end]
    content = part.strip()
    if content:
        start += len(part) - len(part.lstrip())
        yield start, start + len(content)


Breaker = Callable[[str, int, int], Iterator[Span]]
