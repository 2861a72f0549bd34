"""One turn with a twin: consent, retrieval, prompt, engine. The gateway, the probe and `twin ask`
share it."""

from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from twin_core.authors import load_authors
from twin_core.errors import LakeError
from twin_core.index.base import ChunkIndex, Hit
from twin_core.lake import Lake
from twin_core.recipe import Recipe
from twin_core.records import Release
from twin_core.retrieval.packing import model_size
from twin_core.retrieval.search import ground, open_tools
from twin_core.serving.engine import Engine, Piece, Sampling
from twin_core.serving.promotion import POINTER
from twin_core.template import Message, prompt, without_marks

if TYPE_CHECKING:
    from twin_core.settings import TwinSettings


@dataclass(frozen=True)
class Turn:
    """A prompt ready for the engine, and the passages that it rests on. loosened: filters of the
    question that none of them fits (`retrieval.search.Found`)."""

    release: Release
    messages: list[Message]
    passages: Sequence[Hit]
    loosened: tuple[str, ...] = ()


class Twins:
    """Every promoted twin of one installation."""

    def __init__(
        self,
        settings: "TwinSettings",
        recipe: Recipe,
        lake: Lake,
        index: ChunkIndex,
        engine: Engine,
    ) -> None:
        self.settings, self.recipe, self.lake = settings, recipe, lake
        self.index, self.engine = index, engine
        self.tools = open_tools(settings, index, lake)

    def names(self) -> list[str]:
        """Authors with a promoted release."""
        return self.lake.keys(POINTER)

    def release(self, author: str) -> Release:
        """The release that the pointer names now; `LakeError` when there is none."""
        if author not in self.names():
            known = ", ".join(self.names()) or "none yet"
            raise LakeError(
                f"there is no promoted twin '{author}' (promoted: {known})",
                f"make one with `twin run {author}`.",
            )
        return self.lake.read_record(POINTER, author, Release)

    def turn(self, author: str, conversation: Sequence[Message]) -> Turn:
        """Ground the conversation's last question and render the prompt as in training.

        Raises `ConsentError` when the author's consent to serve does not hold today.
        """
        release = self.release(author)
        load_authors(self.settings.authors_file).get(author).require_consent("serve", date.today())
        question = conversation[-1]["content"]
        recipe = self.recipe
        size = model_size(release.weights_dir)
        found = ground(self.tools, author, question, recipe.retrieval, recipe.generation, size)
        system, asked = prompt(release.name, question, found.notes)
        said = [Message(role=m["role"], content=without_marks(m["content"])) for m in conversation]
        added = [m["content"] for m in said if m["role"] in ("system", "developer")]
        system["content"] = "\n".join([system["content"], *added])
        earlier = [m for m in said[:-1] if m["role"] in ("user", "assistant")]
        return Turn(release, [system, *earlier, asked], found.passages, found.loosened)

    def sampling(self, **chosen: Any) -> Sampling:
        """The recipe's way of drawing tokens, with what the caller chose in its place."""
        drawn = self.recipe.generation
        defaults = {
            "max_tokens": drawn.max_new_tokens,
            "temperature": drawn.temperature,
            "top_p": drawn.top_p,
            "repetition_penalty": drawn.repetition_penalty,
        }
        return Sampling(**{**defaults, **{k: v for k, v in chosen.items() if v is not None}})

    def stream(self, turn: Turn, sampling: Sampling) -> Generator[Piece, None, None]:
        """The answer as the engine writes it."""
        return self.engine.stream(turn.release, turn.messages, sampling)


def citations(passages: Sequence[Hit]) -> list[dict[str, Any]]:
    """Where the notes of a prompt come from, numbered as in it: article and its version, heading,
    the exact span that was read, and how near it was; ready for JSON."""
    return [
        {
            "number": number,
            **asdict(hit),
            "published_at": hit.published_at.isoformat() if hit.published_at else None,
            "score": round(hit.score, 4),
            "cosine": None if hit.cosine is None else round(hit.cosine, 4),
        }
        for number, hit in enumerate(passages, 1)
    ]
