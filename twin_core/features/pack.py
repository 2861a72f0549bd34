"""The blocks of a section → pieces of text that each fit the encoder's window."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from typing import NamedTuple
from zlib import crc32

from twin_core.embedder import TokenCounter
from twin_core.features import breaks
from twin_core.markdown import PROSE, Block
from twin_core.recipe import Chunking

SMALL = 0.25  # of the target: what is smaller joins its neighbour wherever the window allows it
LETTERS = 20  # a token of the window: what has no spaces is one token however long, and is cut too
LEAST = 0.5  # of the target: pieces of a split block are larger, so that none are joined again
_BY_SENTENCE = (breaks.sentences, breaks.lines, breaks.words)
_BY_LINE = (breaks.lines, breaks.sentences, breaks.words)


class Piece(NamedTuple):
    """text[start:end] and its tokens; one that stands alone is joined with nothing."""

    start: int
    end: int
    size: int
    alone: bool = False


class Packer:
    """Packs one text's blocks. Sizes are exact where the counter's are additive.

    longest: characters of a piece, white space in it included.
    """

    def __init__(self, text: str, counter: TokenCounter, shape: Chunking) -> None:
        self.text, self.counter, self.shape = text, counter, shape
        self.size = counter.sizer(text)
        self.longest = LETTERS * counter.limit

    def pack(self, section: Sequence[Block], room: int) -> list[Piece]:
        """Runs of blocks of at most the target; what is larger than the room, in pieces."""
        target = min(self.shape.target_tokens, room)
        pieces = list(self._pieces(section, room))
        if whole := self._whole(pieces, target):
            return [whole]
        return self._overlapped(self._joined(pieces, target, room), room)

    def _pieces(self, section: Sequence[Block], room: int) -> Iterator[Piece]:
        size_of = self.size
        for kind, start, end, _ in section:
            size = size_of(start, end)
            if size <= room and end - start <= self.longest:
                yield Piece(start, end, size)
            else:
                yield from self._split(Piece(start, end, size), kind, room)

    def _joined(self, pieces: list[Piece], target: int, room: int) -> list[Piece]:
        """Runs of pieces cut to the target, then what is small joined to what is beside it."""
        packed: list[Piece] = []
        for alone, run in groupby(pieces, lambda piece: piece.alone):
            for piece in run if alone else self._cut([*run], target):
                last = packed[-1] if packed else piece
                whole = Piece(last.start, piece.end, last.size + piece.size)
                small = min(last.size, piece.size) <= target * SMALL and whole.size <= room
                fits = small and piece.end - last.start <= self.longest
                if packed and fits and not (last.alone or alone):
                    packed[-1] = whole
                else:
                    packed.append(piece)
        return packed

    def _split(self, whole: Piece, kind: str, room: int) -> list[Piece]:
        """A block larger than the room, in pieces that fit it and leave room for the overlap."""
        levels = _BY_SENTENCE if kind in (PROSE, "quote") else _BY_LINE
        most = max(room - self.shape.overlap_tokens, room // 2)
        runs = groupby(self._atoms(whole, levels, room), lambda atom: atom.alone)
        return [
            piece for alone, run in runs for piece in (run if alone else self._cut(list(run), most))
        ]

    def _whole(self, pieces: list[Piece], most: int) -> Piece | None:
        """All of them as one, if that has at most so many tokens."""
        start, end, size = pieces[0].start, pieces[-1].end, sum(piece.size for piece in pieces)
        fits = size <= most and end - start <= self.longest
        return Piece(start, end, size) if fits else None

    def _cut(self, atoms: list[Piece], most: int) -> list[Piece]:
        """The atoms joined to pieces; cut after the one of the lowest hash, and each side again,
        until it has at most so many tokens. An edit moves the cuts around it, seldom others."""
        if whole := self._whole(atoms, most):
            return [whole]
        ends = list(accumulate(atom.size for atom in atoms))
        hashes = [crc32(self.text[start:end].encode()) for start, end, *_ in atoms]
        least = min(self.shape.target_tokens, most) * LEAST
        pieces: list[Piece] = []
        waiting = [(0, len(atoms))]
        while waiting:
            first, stop = waiting.pop()
            before = ends[first - 1] if first else 0
            size = ends[stop - 1] - before
            short = atoms[stop - 1].end - atoms[first].start <= self.longest
            if size <= most and short or stop - first == 1:
                pieces.append(Piece(atoms[first].start, atoms[stop - 1].end, size))
                continue
            margin = max(least, size - most) if size <= 2 * most else least
            middle = bisect_left(ends, before + size / 2, first, stop - 2)
            low = bisect_left(ends, before + margin, first, stop - 1)
            high = bisect_right(ends, before + size - margin, low, stop - 1)
            last = min(range(low, high), key=lambda i: (hashes[i], abs(i - middle)), default=middle)
            waiting += [(last + 1, stop), (first, last + 1)]
        return pieces

    def _atoms(self, whole: Piece, levels: Sequence[breaks.Breaker], room: int) -> Iterator[Piece]:
        """The parts at the coarsest level of break at which each fits the room."""
        if not levels:
            for start, end in breaks.tokens(self.text, whole.start, whole.end, self.counter, room):
                yield Piece(start, end, self.size(start, end), alone=True)
            return
        for start, end in levels[0](self.text, whole.start, whole.end):
            part = Piece(start, end, self.size(start, end))
            if part.size <= room and end - start <= self.longest:
                yield part
            else:
                yield from self._atoms(part, levels[1:], room)

    def _overlapped(self, pieces: list[Piece], room: int) -> list[Piece]:
        """The pieces, each begun with the last sentences of the one before, as there is room."""
        if not self.shape.overlap_tokens:
            return pieces
        found = pieces[:1]
        for before, piece in zip(pieces, pieces[1:], strict=False):
            budget = min(self.shape.overlap_tokens, room - piece.size)
            start, added = piece.start, 0
            if not (before.alone or piece.alone):
                for begin, end in reversed(
                    [*breaks.sentences(self.text, before.start, before.end)]
                ):
                    size = self.size(begin, end)
                    if added + size > budget or piece.end - begin > self.longest:
                        break
                    start, added = begin, added + size
            found.append(Piece(start, piece.end, piece.size + added))
        return found
