"""What a question asks for."""

from dataclasses import dataclass

from twin_core.index.base import Filters


@dataclass(frozen=True)
class Reading:
    """What a question asks for. text: it, without the words that became filters. firm: what the
    filters do not admit is not wanted, unless nothing else is found; else they, which are a topic,
    only lift. lifts: what these admit comes first, and hides nothing. titles: of the author's
    texts, as far as it names them; no filter, they come first, too."""

    text: str
    filters: Filters = Filters()
    firm: bool = False
    lifts: Filters = Filters()
    titles: tuple[str, ...] = ()
