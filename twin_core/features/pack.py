"""The blocks of a section → pieces of text that each fit the encoder's window."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from twin_core.embedder import TokenCounter
from twin_core.features import breaks
from twin_core.markdown import PROSE, Block
from twin_core.recipe import Chunking

SMALL = 0.25  # of the target: what is smaller joins its neighbour wherever the window allows it
_BY_SENTENCE = (breaks.sentences, breaks.lines, breaks.words)
_BY_LINE = (breaks.lines, breaks.sentences, breaks.words)


class Piece(NamedTuple):
    """text[start:end] and its tokens; one that stands alone is joined with nothing."""

    start: int
    end: int
    size: int
    alone: bool = False


class Packer:
    """Packs one text's blocks. Sizes are exact where the counter's are additive."""

    def __init__(self, text: str, counter: TokenCounter, shape: Chunking) -> None:
        self.text, self.counter, self.shape = text, counter, shape
        self.size = counter.sizer(text)

    def pack(self, section: Sequence[Block], room: int) -> list[Piece]:
        """Consecutive blocks joined up to the target; what is larger than the room, in pieces."""
        return self._overlapped(self._joined(self._pieces(section, room), room), room)

    def _pieces(self, section: Sequence[Block], room: int) -> Iterator[Piece]:
        size_of = self.size
        for kind, start, end, _ in section:
            size = size_of(start, end)
            if size <= room:
                yield Piece(start, end, size)
            else:
                yield from self._split(Piece(start, end, size), kind, room)

    def _joined(self, pieces: Iterator[Piece], room: int) -> list[Piece]:
        target = min(self.shape.target_tokens, room)
        small = target * SMALL
        packed: list[Piece] = []
        start, end, size, alone = next(pieces)
        for piece in pieces:
            next_start, next_end, next_size, next_alone = piece
            joined = size + next_size
            fits = joined <= target or joined <= room and (size <= small or next_size <= small)
            if fits and not (alone or next_alone):
                end, size = next_end, joined
            else:
                packed.append(Piece(start, end, size, alone))
                start, end, size, alone = piece
        packed.append(Piece(start, end, size, alone))
        return packed

    def _split(self, whole: Piece, kind: str, room: int) -> list[Piece]:
        """A block larger than the room, in pieces of about equal size."""
        levels = _BY_SENTENCE if kind in (PROSE, "quote") else _BY_LINE
        goal = whole.size / -(-whole.size // room)
        pieces: list[Piece] = []
        for atom in self._atoms(whole, levels, room):
            last = pieces[-1] if pieces else None
            if last is None or last.alone or atom.alone:
                pieces.append(atom)
            elif last.size + atom.size > room or last.size + atom.size / 2 > goal:
                pieces.append(atom)
            else:
                pieces[-1] = Piece(last.start, atom.end, last.size + atom.size)
        return pieces

    def _atoms(self, whole: Piece, levels: Sequence[breaks.Breaker], room: int) -> Iterator[Piece]:
        """The parts at the coarsest level of break at which each fits the room."""
        if not levels:
            for start, end in breaks.tokens(self.text, whole.start, whole.end, self.counter, room):
                yield Piece(start, end, self.size(start, end), alone=True)
            return
        for start, end in levels[0](self.text, whole.start, whole.end):
            part = Piece(start, end, self.size(start, end))
            if part.size <= room:
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
                    if added + size > budget:
                        break
                    start, added = begin, added + size
            found.append(Piece(start, piece.end, piece.size + added))
        return found
