"""Progress of long work, as log lines: the Dagster UI and the command line both show them.

The libraries' own bars are off; this is what moves instead. Standard logging, so that nothing here
knows who listens.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

log = logging.getLogger("twin")

EVERY_SECONDS = 3.0
WORTH_SECONDS = 1.0  # work done sooner than this is not reported
T = TypeVar("T")


class Meter:
    """Counts units done; logs at most every `EVERY_SECONDS`, and the end of slow work."""

    def __init__(self, label: str, total: int, unit: str) -> None:
        self.label, self.total, self.unit = label, total, unit
        self.started = self._logged = time.monotonic()

    def at(self, done: int, **figures: float) -> None:
        now = time.monotonic()
        ended = done >= self.total > 1 and now - self.started >= WORTH_SECONDS
        if now - self._logged < EVERY_SECONDS and not ended:
            return
        self._logged = now
        extra = "".join(f", {name} {value:.4g}" for name, value in figures.items())
        seconds = now - self.started
        log.info("%s: %d/%d %s%s, %.0f s", self.label, done, self.total, self.unit, extra, seconds)


def track(items: Sequence[T], label: str, unit: str) -> Iterator[T]:
    """Yield the items, metering them."""
    meter = Meter(label, len(items), unit)
    for done, item in enumerate(items, 1):
        yield item
        meter.at(done)
