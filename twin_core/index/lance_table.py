"""One author's LanceDB table: what is current, who may write, and how it fails.

The tag `current` names the version that readers use. A write is any number of Lance commits and
then one move of the tag (one rename), so readers see all of it or nothing; a writer that was
killed leaves commits past the tag, which the next writer takes back. Writers of one author queue
at a file lock, which the system releases when its holder dies.
"""

import fcntl
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin_core.errors import LakeError
from twin_core.index.rows import FORM

if TYPE_CHECKING:
    import pyarrow as pa

CURRENT = "current"
SPACE = b"space"
NEWEST_FIRST = (1 << 64) - 1  # Lance names the manifest of version n after this, less n
LOCK_SECONDS = 600  # the longest sync of one author is a few minutes
PANIC = "RustPanic"  # of a module that only exists within Lance's library
_FAULTS = (RuntimeError, OSError, ValueError)  # what LanceDB raises for a damaged table


class LanceTable:
    """The table of one author in a directory."""

    def __init__(self, location: str, author: str) -> None:
        self.location = location
        self.author = author
        self.name = f"chunks__{author}"
        self.path = Path(location) / f"{self.name}.lance"
        self._tag = self.path / "_refs" / "tags" / f"{CURRENT}.json"

    def _open(self) -> Any | None:
        """The newest version, finished or not; None where there is none."""
        import lancedb

        try:
            return lancedb.connect(self.location).open_table(self.name)
        except ValueError:  # "was not found": also a first write that was killed
            return None

    def signature(self) -> tuple[int, int] | None:
        """Changes whenever the current version does, and costs one `stat`."""
        try:
            found = os.stat(self._tag)
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def version(self) -> str | None:
        """Names the current version, wherever it came from; None where there is none, or only the
        tag is left of it. Reads two small files."""
        try:
            with self._tag.open("rb") as file:
                found, number = os.fstat(file.fileno()), int(json.load(file)["version"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        names = (f"{name}.manifest" for name in (NEWEST_FIRST - number, number))
        if not any((self.path / "_versions" / name).exists() for name in names):
            return None
        return f"{number}/{found.st_ino}/{found.st_mtime_ns}"

    def current(self) -> tuple[Any, int] | None:
        """(the table as of the current version, that version); None where nothing was finished."""
        while True:
            signature = self.signature()
            with self.explained():
                if not self.path.exists() or (table := self._open()) is None:
                    return None
                version = _tagged(table)
                if version is None or _at(table, version):
                    return None if version is None else (table, version)
            if self.signature() == signature:  # else a write superseded that version meanwhile
                return None

    def require(self) -> tuple[Any, int]:
        """`current`, or the error that says what to do."""
        found = self.current()
        if found is None:
            raise self.missing()
        return found

    def missing(self) -> LakeError:
        return LakeError(
            f"there is no index of {self.author} in {self.location}",
            f"materialise chunk_index: `twin run {self.author}`.",
        )

    @contextmanager
    def writing(self) -> Iterator[Any | None]:
        """The table for the only writer, at its newest version, which is the current one; None
        where nothing was finished."""
        with self.locked(), self.explained():
            table = self._open() if self.path.exists() else None
            version = None if table is None else _tagged(table)
            if table is not None and version is None:
                table = None
            elif table is not None and version is not None and table.version != version:
                if _at(table, version):
                    table.restore()
                else:  # what the tag names is lost: a new version of that number would be seen
                    self.discard()
                    table = None
            yield table

    def publish(self, table: Any) -> None:
        """Let readers see the newest version."""
        if _tagged(table) is None:
            table.tags.create(CURRENT, table.version)
        else:
            table.tags.update(CURRENT, table.version)

    def overwrite(self, rows: "pa.RecordBatchReader") -> Any:
        """The table with these rows alone, which readers do not see yet."""
        import lancedb

        database = lancedb.connect(self.location)
        mode = "overwrite"
        if self._open() is None:
            self.discard()  # a tag without a table would show readers a half of the new one
            mode = "create"
        return database.create_table(self.name, rows, schema=rows.schema, mode=mode)

    def discard(self) -> None:
        """Remove the table in one rename; for the holder of the lock."""
        if self.path.exists():
            os.rename(self.path, Path(self.location) / f".{self.name}.{uuid.uuid4().hex}.gone")
        for gone in Path(self.location).glob(f".{self.name}.*.gone"):  # also of a killed writer
            shutil.rmtree(gone, ignore_errors=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only writer of this author, on this machine; `LakeError` after LOCK_SECONDS."""
        Path(self.location).mkdir(parents=True, exist_ok=True)
        handle = os.open(Path(self.location) / f".{self.name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            deadline = time.monotonic() + LOCK_SECONDS
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise LakeError(
                            f"another process has been writing the index of {self.author} in "
                            f"{self.location} for {LOCK_SECONDS // 60} minutes",
                            "let it finish or end it, then materialise chunk_index again.",
                        ) from None
                    time.sleep(0.05)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def explained(self) -> Iterator[None]:
        """What LanceDB raises for a damaged table, as ours."""
        try:
            yield
        except Exception as error:
            if not isinstance(error, _FAULTS) and type(error).__name__ != PANIC:
                raise
            raise LakeError(
                f"the index of {self.author} in {self.location} cannot be used: {_told(error)}",
                f"if the disk is not full, remove {self.path} and materialise chunk_index again: "
                f"`twin run {self.author}` rebuilds it from the stored vectors.",
            ) from error


def _told(error: Exception) -> str:
    """What Lance says, without the places in its source code."""
    words = str(error)[:2000].split()
    return " ".join(word for word in words if ".rs:" not in word).strip(" ,")[:160]


def space_of(table: Any) -> str | None:
    """The embedding space of the table's vectors; None where its rows have an older form."""
    match json.loads((table.schema.metadata or {}).get(SPACE, b"null")):
        case [int(form), str(space)] if form == FORM:
            return space
    return None


def _at(table: Any, version: int) -> bool:
    """Bring the table to the version; False where that is gone."""
    try:
        if table.version != version:
            table.checkout(version)
    except ValueError:  # "no longer exists"
        return False
    return True


def _tagged(table: Any) -> int | None:
    """The version that the tag names."""
    try:
        return table.tags.get_version(CURRENT)
    except (ValueError, RuntimeError) as error:
        if "not found" in str(error) or "does not exist" in str(error):
            return None
        raise
