"""Errors a user can act on: each names the thing that is wrong and the remedy."""

from twin_core.plain import plain

MAX_PROBLEM = 1000  # characters of what a source's fault is


class TwinError(Exception):
    """A fault in what the user gave or has installed; `str()` is the problem, then the remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}\n  Remedy: {remedy}")
        self.problem = problem
        self.remedy = remedy


class SettingError(TwinError):
    """A setting, recipe or authors file is missing or wrong."""


class UnknownAuthorError(TwinError):
    """An author that the authors file does not have."""


class ConsentError(TwinError):
    """There is no valid consent of the author for what was about to happen."""


class SourceError(TwinError):
    """A place where an author publishes cannot be read, or has nothing in it.

    The problem may quote what stands there: it is made one line, safe to show.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(plain(problem, MAX_PROBLEM)[0], remedy)


class EmptyError(SourceError):
    """A place where an author publishes that can be read, and has nothing in it."""


class UnreachableError(SourceError):
    """A source that did not answer, or answered with a fault of its own: later it may."""


class GoneError(SourceError):
    """An article that its source no longer has."""


class BlockedError(SourceError):
    """An article or address that a rule of collection forbids: private network, robots, size."""


class WithheldError(BlockedError):
    """An article that its author or its site does not give out: a draft, what others signed, what
    robots.txt forbids. Unlike what merely cannot be taken, it has to go where it is stored."""


class LakeError(TwinError):
    """A stored table or record is missing or unreadable."""


class IndexMismatchError(LakeError):
    """The index holds vectors of another embedding space than what was to be written or asked."""


class IndexUnavailableError(LakeError):
    """The index's server does not answer, or refuses."""


class CheckpointError(TwinError):
    """A directory of weights is missing, incomplete or damaged."""


class DataError(TwinError):
    """There is too little of an author's text, or none that a stage can use."""


class PromptError(TwinError):
    """A request that the model cannot take: too long for its window."""


class EngineError(TwinError):
    """The engine that generates text is unreachable, or answered with a fault."""
