"""What sources list now, asked in a child process: whatever one of them does to its reader (drip
for ever, blow up a regular expression, fill the memory), the asking ends in time."""

import time
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from twin_core.collect.source import listing_version, open_source
from twin_core.collect.web import Web
from twin_core.confined import Confined
from twin_core.sources import SourceSpec

GRACE_SECONDS = 5.0  # for what is not a request, before the child is ended
_HERE = "twin_core.collect.polling"
_child_web: dict[str, Web] = {}


class Poller:
    """Asks sources for their listings; a context manager.

    options: of `Web`, as JSON values. seconds: for the requests of one source.
    """

    def __init__(self, options: dict[str, Any], seconds: float) -> None:
        self.options, self.seconds = options, seconds
        self._child = Confined(seconds + GRACE_SECONDS)

    def __enter__(self) -> "Poller":
        self._child.call(f"{_HERE}:ready")
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close()

    def version(self, spec: SourceSpec) -> str:
        """`listing_version` of the source, or its `TwinError`, within `seconds` and the grace."""
        self._child.call(f"{_HERE}:ready")  # a child that had to be replaced may start in peace
        given = spec.model_dump(mode="json")
        return self._child.call(f"{_HERE}:listed", given, self.options, self.seconds)


def ready() -> None:
    """Nothing; by then everything is imported. Called in the child."""


def listed(spec: dict[str, Any], options: dict[str, Any], seconds: float) -> str:
    """`listing_version` of a source; called in the child, which keeps one `Web` for all of them, so
    that each host is asked at its pace, and for its robots.txt once."""
    if "web" not in _child_web:
        _child_web["web"] = Web(**{**options, "cache": Path(options["cache"])})
    web = _child_web["web"]
    web.deadline = time.monotonic() + seconds
    return listing_version(open_source(TypeAdapter(SourceSpec).validate_python(spec), web))
