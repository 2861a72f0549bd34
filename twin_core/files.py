"""Files that are there whole or not at all."""

import os
import tempfile
from pathlib import Path

from twin_core.errors import LakeError


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
