"""Where tables, records and weights are kept. Readers see the old or the new version, never a part.

Files are written beside their place, synced and renamed over it; a directory of weights becomes
visible by one rename, after its manifest (sizes and digests of every file) was written into it.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import polars as pl
from pydantic import BaseModel, ValidationError

from twin_core.delta import replaced
from twin_core.errors import CheckpointError, LakeError
from twin_core.files import sync_directory, write_atomically
from twin_core.fingerprint import file_hash
from twin_core.records import Record, Table
from twin_core.segments import SegmentedTable

R = TypeVar("R", bound=Record)
MANIFEST = "manifest.json"
SHARED = "_shared"  # the key of what belongs to no author


class Lake:
    """Tables and records by asset name and partition key, below one local directory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, asset: str, key: str | None, suffix: str) -> Path:
        return self.root / asset / f"{key or SHARED}{suffix}"

    def table(self, table: Table, key: str | None) -> SegmentedTable:
        """A table that is kept by document, published yet or not."""
        return SegmentedTable(self.path(table.name, key, ""), table)

    def require_table(self, table: Table, key: str | None) -> SegmentedTable:
        """The same, where it must have been published."""
        found = self.table(table, key)
        if not found.exists:
            raise _not_there(table.name, key, found.directory)
        return found

    def write_frame(self, table: Table, key: str | None, frame: pl.DataFrame) -> Path:
        """Publish a table; the frame must conform to the declaration."""
        if table.key:
            return replaced(self.table(table, key), frame).publish().directory
        path = self.path(table.name, key, ".parquet")
        with tempfile.SpooledTemporaryFile(max_size=64 << 20) as buffer:
            table.conform(frame).write_parquet(buffer, compression="zstd")
            buffer.seek(0)
            write_atomically(path, buffer.read())
        return path

    def read_frame(self, table: Table, key: str | None) -> pl.DataFrame:
        """The table as last published."""
        if table.key:
            return self.require_table(table, key).read()
        path = self.path(table.name, key, ".parquet")
        if not path.exists():
            raise _not_there(table.name, key, path)
        try:
            return table.conform(pl.read_parquet(path))
        except (pl.exceptions.PolarsError, OSError) as error:
            reason = str(error).splitlines()[0]
            raise LakeError(
                f"{path} is not a readable {table.name} table: {reason}",
                f"move the file away and materialise {table.name} again; "
                "it is rebuilt from what lies upstream.",
            ) from error

    def previous_frame(self, table: Table, key: str | None) -> pl.DataFrame | None:
        """The table as last published, or None before the first time."""
        if table.key:
            exists = self.table(table, key).exists
        else:
            exists = self.path(table.name, key, ".parquet").exists()
        return self.read_frame(table, key) if exists else None

    def write_record(self, asset: str, key: str | None, record: BaseModel) -> Path:
        """Publish a record as JSON."""
        path = self.path(asset, key, ".json")
        write_atomically(path, record.model_dump_json(indent=1).encode() + b"\n")
        return path

    def read_record(self, asset: str, key: str | None, kind: type[R]) -> R:
        """The record as last published."""
        path = self.path(asset, key, ".json")
        try:
            return kind.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            raise _not_there(asset, key, path) from error
        except ValidationError as error:
            raise LakeError(
                f"{path} is not a {asset} record: {error.errors()[0]['msg']}",
                f"move the file away and materialise {asset} again.",
            ) from error

    def previous_record(self, asset: str, key: str | None, kind: type[R]) -> R | None:
        """The record as last published, or None before the first time."""
        exists = self.path(asset, key, ".json").exists()
        return self.read_record(asset, key, kind) if exists else None

    def keys(self, asset: str) -> list[str]:
        """Partition keys for which the asset has been published."""
        directory = self.root / asset
        files = directory.iterdir() if directory.is_dir() else ()
        return sorted(f.stem for f in files if not f.name.startswith(".") and f.stem != SHARED)


def _not_there(asset: str, key: str | None, path: Path) -> LakeError:
    return LakeError(
        f"{asset} of {key or 'all authors'} is not materialised ({path} is missing)",
        f"materialise {asset} first: `twin run {key or 'AUTHOR'}` or the Dagster UI.",
    )


class Manifest(BaseModel):
    """What a published directory holds: file name → (bytes, SHA-256), and facts about its
    making."""

    files: dict[str, tuple[int, str]] = {}
    facts: dict[str, float | str] = {}
    losses: list[tuple[int, float]] = []

    @property
    def megabytes(self) -> float:
        return sum(size for size, _ in self.files.values()) / 1e6


def publish_directory(target: Path, build: Callable[[Path], Manifest | None]) -> Manifest:
    """Run `build` on an empty directory and make the result visible at `target` in one rename.

    `build` may return facts and losses for the manifest. If `target` is already published it is
    returned as it is and nothing is built: same fingerprint, same content.
    """
    if (target / MANIFEST).exists():
        return read_manifest(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        made = build(draft) or Manifest()
        files = sorted(path for path in draft.rglob("*") if path.is_file())
        manifest = made.model_copy(
            update={
                "files": {
                    str(f.relative_to(draft)): (f.stat().st_size, file_hash(f)) for f in files
                }
            }
        )
        for path in files:
            with path.open("rb") as file:
                os.fsync(file.fileno())
        write_atomically(draft / MANIFEST, manifest.model_dump_json(indent=1).encode())
        draft.chmod(0o755)
        if target.exists():  # without a manifest: a remnant that nothing may have loaded
            shutil.rmtree(target)
        os.rename(draft, target)
        sync_directory(target.parent)
    except OSError as error:
        raise CheckpointError(
            f"{target} could not be published: {error.strerror or error}",
            "free disk space or correct the permissions, then materialise again.",
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def read_manifest(directory: Path, *, digests: bool = False) -> Manifest:
    """The manifest of a published directory, after checking its files' sizes (and digests if
    asked)."""
    remedy = f"remove {directory} and materialise the asset that made it again."
    try:
        manifest = Manifest.model_validate_json((directory / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise CheckpointError(f"{directory} is not a complete model directory", remedy) from error
    except ValidationError as error:
        raise CheckpointError(f"{directory / MANIFEST} is damaged", remedy) from error
    for name, (size, digest) in manifest.files.items():
        path = directory / name
        if not path.is_file():
            raise CheckpointError(f"{path} is missing", remedy)
        if path.stat().st_size != size:
            actual = path.stat().st_size
            raise CheckpointError(f"{path} has {actual} bytes, its manifest says {size}", remedy)
        if digests and file_hash(path) != digest:
            raise CheckpointError(f"{path} does not have the digest in its manifest", remedy)
    return manifest
