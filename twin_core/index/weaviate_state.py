"""Which rows of a tenant are current, and who may change that.

Every row carries `since`, the generation that wrote it. One small object in the tenant, the state,
says which generation is current; a reader admits the rows with floor ≤ since ≤ generation that are
not listed as dead. So a write adds rows that nobody sees and then replaces the state: one object,
one write. Rows that are no longer seen are removed only later, for queries that began before.

Writers of one author take turns by a lease: an object that names its owner and when it lapses.
Weaviate has no compare-and-set, so the lease is read back after it was written, and both the lease
and the generation are read again right before the state is replaced: two writers can meet only if
one stands still for more than `seconds` between that reading and the write.
"""

import json
import os
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from twin_core.errors import LakeError

WAIT_SECONDS = 600
_NAMES = uuid.UUID("6f0a6f5e-6f5c-5b1e-9d0e-2f8f6f0f1a55")  # namespace of our UUIDv5 ids
STATE_ID = uuid.uuid5(_NAMES, "state")


@dataclass(frozen=True)
class State:
    """generation, floor: microseconds since 1970, so that a later writer's are greater. dead: row
    ids. flipped: when it became current, seconds since 1970."""

    generation: int
    floor: int
    space: str
    width: int
    rows: int
    dead: tuple[str, ...] = field(default=())
    flipped: float = 0.0


_STATE = TypeAdapter(State)


def next_generation(after: int) -> int:
    return max(time.time_ns() // 1000, after + 1)


def row_id(author: str, chunk_id: str, fingerprint: str | None, generation: int) -> uuid.UUID:
    """The same row of the same generation is the same object, however often it is sent."""
    return uuid.uuid5(_NAMES, json.dumps([author, chunk_id, fingerprint, generation]))


def version_of(tenant: Any, state: State) -> str:
    """Names the state: no other has this generation, in this collection."""
    return f"{tenant.name}@{state.generation}"


def read_state(tenant: Any) -> State | None:
    """The tenant's state; None where no write was ever finished, or it is damaged: the next sync
    builds everything anew."""
    found = tenant.query.fetch_object_by_id(STATE_ID, return_properties=["state"])
    if found is None:
        return None
    try:
        stored = json.loads(found.properties["state"])
        return _STATE.validate_python({**stored, "dead": tuple(stored["dead"])})
    except (ValueError, KeyError, TypeError):
        return None


def write_state(tenant: Any, state: State, *, first: bool) -> None:
    """Make it current, in one write."""
    value = {"state": json.dumps(asdict(replace(state, flipped=time.time())))}
    if first:
        tenant.data.insert(properties=value, uuid=STATE_ID)
    else:
        tenant.data.replace(properties=value, uuid=STATE_ID)


class Lease:
    """The right to write an author's part, renewed by those who hold it."""

    def __init__(self, leases: Any, author: str, seconds: float) -> None:
        self._leases = leases
        self._id = uuid.uuid5(_NAMES, f"lease {author}")
        self._author = author
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"
        self._seconds = seconds
        self._renewed = 0.0

    @contextmanager
    def held(self) -> Iterator["Lease"]:
        self._take()
        try:
            yield self
        finally:
            if self._read()[0] == self._owner:
                self._leases.data.delete_by_id(self._id)

    def renew(self) -> None:
        """Cheap to call often; `LakeError` where another writer took over."""
        if time.time() - self._renewed > self._seconds / 3:
            self.confirm()
            self._renewed = time.time()
            self._leases.data.replace(properties=self._mine(), uuid=self._id)

    def confirm(self) -> None:
        """`LakeError` unless it is still ours."""
        if self._read()[0] != self._owner:
            raise LakeError(
                f"another writer took over the index of {self._author} after this one had stood "
                f"still for {self._seconds:.0f} seconds",
                "nothing of this write is visible; materialise chunk_index again.",
            )

    def _take(self) -> None:
        from weaviate.exceptions import ObjectAlreadyExistsError, UnexpectedStatusCodeError

        began = seen = time.monotonic()
        before: tuple[str | None, float] = None, 0.0
        while True:
            owner, lapses = found = self._read()
            if found != before:
                before, seen = found, time.monotonic()
            # A holder renews it; left by one whose clock was ahead, it would lapse too late.
            if owner and (lapses < time.time() or time.monotonic() - seen > self._seconds):
                self._leases.data.delete_by_id(self._id)
            try:
                self._leases.data.insert(properties=self._mine(), uuid=self._id)
                self._renewed = time.time()
                time.sleep(0.02)  # another that lapsed it too may write after us
                if self._read()[0] == self._owner:
                    return
            except UnexpectedStatusCodeError as error:  # not even where its holder has gone by now
                if "already exists" not in str(error) and self._read()[0] is None:
                    raise
            except ObjectAlreadyExistsError:
                pass
            if time.monotonic() - began > WAIT_SECONDS:
                until = datetime.fromtimestamp(lapses, UTC).isoformat(" ", "seconds")
                raise LakeError(
                    f"{owner or 'another process'} has been writing the index of {self._author} "
                    f"for {WAIT_SECONDS / 60:.0f} minutes (its turn lapses at {until})",
                    "let it finish or end it, then materialise chunk_index again.",
                )
            time.sleep(0.1)

    def _mine(self) -> dict[str, Any]:
        return {"owner": self._owner, "lapses": time.time() + self._seconds}

    def _read(self) -> tuple[str | None, float]:
        found = self._leases.query.fetch_object_by_id(self._id)
        if found is None:
            return None, 0.0
        return str(found.properties["owner"]), float(found.properties["lapses"])
