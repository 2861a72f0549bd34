"""Files that are there whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twin_core.errors import LakeError

LOCK = ".lock"


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """One process and thread at a time within, by a lock file in the directory that stays there
    (flock: one that dies gives it back); `LakeError` where it cannot be made."""
    from filelock import FileLock

    lock = FileLock(directory / LOCK)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise LakeError(
            f"{directory} cannot be written: {error.strerror or error}",
            "free disk space or correct the permissions; nothing in it was changed.",
        ) from error
    try:
        yield
    finally:
        lock.release()


def sync_directory(directory: Path) -> None:
    """Make renames in the directory survive a power failure."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` by `content`, or leave it as it was and raise `LakeError`."""
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}.", suffix=".part"
        )
        part = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
        sync_directory(path.parent)
    except OSError as error:
        if part:
            part.unlink(missing_ok=True)
        raise LakeError(
            f"{path} could not be written: {error.strerror or error}",
            "free disk space or correct the permissions; the previous version is untouched.",
        ) from error
