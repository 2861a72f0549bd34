"""When a host may be asked again."""

import time
from email.utils import parsedate_to_datetime

from twin_core.errors import UnreachableError

MAX_RETRY_AFTER = 30.0  # seconds that are waited for; a host that wants more has to be left alone


class Pace:
    """By host and port: the pause that we make, the one that the host asked for, and whether it is
    past asking."""

    def __init__(self) -> None:
        self._ready_at: dict[str, float] = {}
        self._asked_until: dict[str, float] = {}
        self._given_up: dict[str, str] = {}

    def take_turn(self, host: str, delay: float, deadline: float) -> None:
        """Wait for the host's turn, and let the next one come `delay` seconds later.

        Raises `UnreachableError` if the turn comes after `deadline`, the host wants a long rest, or
        it was given up.
        """
        if reason := self._given_up.get(host):
            problem = f"{host} is not asked again in this pass ({reason})"
            raise UnreachableError(problem, "it is asked again later; stored articles are kept.")
        now = time.monotonic()
        rest = self._asked_until.get(host, now) - now
        if rest > MAX_RETRY_AFTER:
            raise UnreachableError(
                f"{host} asks to be left alone for another {rest:.0f} s", "it is asked again later."
            )
        start = max(now + max(rest, 0.0), self._ready_at.get(host, now))
        if start > deadline:
            raise UnreachableError("the time for this pass is used up", "it goes on with the next.")
        if start > now:
            time.sleep(start - now)
        self._ready_at[host] = start + delay

    def postpone(self, host: str, seconds: float) -> None:
        """The host asked for a rest (Retry-After)."""
        self._asked_until[host] = time.monotonic() + seconds

    def give_up(self, host: str, reason: str) -> None:
        """Leave the host alone from now on: what is the matter is not that of one page."""
        self._given_up[host] = reason


def seconds_asked(retry_after: str) -> float | None:
    """What a Retry-After header asks for (a number or a date); None where it says nothing."""
    value = retry_after.strip()
    if not value:
        return None
    if value.isdecimal() and value.isascii():
        return float(value)
    try:
        moment = parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, moment - time.time())
