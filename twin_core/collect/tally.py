"""What a pass over the sources is asked for, and what it says that it found."""

from dataclasses import dataclass, field
from datetime import datetime

from twin_core.errors import MAX_PROBLEM, BlockedError, SettingError, SourceError
from twin_core.plain import plain


@dataclass
class SourceTally:
    """What one source gave in one pass. blocked: refused by a rule; quarantined: faulty."""

    source: str
    found: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    missing: int = 0
    gone: int = 0
    paywalled: int = 0
    bytes: int = 0
    blocked: list[tuple[str, str]] = field(default_factory=list)
    quarantined: list[tuple[str, str]] = field(default_factory=list)
    failed: str | None = None

    def leave_out(self, url: str, error: SourceError) -> None:
        """Say why something was not taken."""
        left = self.blocked if isinstance(error, BlockedError) else self.quarantined
        left.append((plain(url, MAX_PROBLEM)[0], error.problem))


@dataclass(frozen=True)
class Window:
    """A span of publication dates to be fetched anew; an open end is None. until is exclusive.

    Raises `SettingError` if nothing can lie in it.
    """

    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.since >= self.until:
            raise SettingError(
                f"since {self.since:%Y-%m-%d} is not before until {self.until:%Y-%m-%d}",
                "until is the day after the last one that is wanted.",
            )

    def holds(self, moment: datetime | None) -> bool:
        """Whether a date lies in it; an unknown date does not."""
        if moment is None:
            return False
        return (not self.since or moment >= self.since) and (not self.until or moment < self.until)
