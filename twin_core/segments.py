"""Tables kept by document: immutable Parquet segments, and a manifest that says what is live.

A change writes the changed documents into a new segment and replaces the manifest; all else stays
where it is. So a write costs what changed, and a batch at a time keeps memory flat (the idea of
log-structured merge trees, O'Neil et al. 1996). Readers see the old manifest or the new one.
"""

import errno
import io
import os
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from twin_core.errors import LakeError
from twin_core.files import LOCK, locked, write_atomically
from twin_core.fingerprint import text_hash
from twin_core.records import Table

BATCH = 256  # documents a segment: at 100 kB each, 25 MB in memory
SMALL, MAX_SMALL = BATCH // 4, 16  # more segments than that of fewer documents are merged
MIN_LIVE = 0.5  # a segment is rewritten when less than this share of its documents is live
MAX_AGE = 24 * 3600  # seconds for which a file that no manifest names may be of use to a run
MANIFEST = "manifest.parquet"

# mark: digest of what the document's rows were computed from; version: of the stage that did it.
# digest: of the rows, as stages downstream take them. segment: `DOCUMENTS-RANDOM`, empty if no row.
SCHEMA = pl.Schema(
    {
        "key": pl.String,
        "mark": pl.String,
        "version": pl.String,
        "digest": pl.String,
        "rows": pl.UInt32,
        "segment": pl.String,
    }
)
_NAMED = pl.col("segment") != ""


class SegmentedTable:
    """One table of one author, in the state in which its manifest is first read.

    manifest: a state of it other than the published one.
    """

    def __init__(self, directory: Path, table: Table, manifest: pl.DataFrame | None = None) -> None:
        assert table.key, f"{table.name} is not kept by document"
        self.directory, self.table, self.key = directory, table, table.key
        self.stamp: tuple[int, int] | None = None  # of the manifest file that was read
        if manifest is not None:
            self.__dict__["manifest"] = manifest

    @property
    def exists(self) -> bool:
        return (self.directory / MANIFEST).exists()

    @property
    def modified(self) -> int:
        """When it was last published, in nanoseconds."""
        return (self.directory / MANIFEST).stat().st_mtime_ns

    @cached_property
    def manifest(self) -> pl.DataFrame:
        """One row a document, in the table's order (`SCHEMA`)."""
        path = self.directory / MANIFEST
        self.stamp = self.published_stamp()
        if self.stamp is None:
            return pl.DataFrame(schema=SCHEMA)
        with self._explained(path):
            # By path, polars opens a file twice, and a writer may replace it in between.
            return pl.read_parquet(io.BytesIO(path.read_bytes()), columns=SCHEMA.names())

    def published_stamp(self) -> tuple[int, int] | None:
        """Names the manifest file that is there now; another one has another stamp."""
        try:
            found = (self.directory / MANIFEST).stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns

    @property
    def marks(self) -> pl.DataFrame:
        """(key, mark) for the stages downstream: a document's mark changes when its rows do."""
        return self.manifest.select("key", mark="digest")

    @property
    def rows(self) -> int:
        return int(self.manifest["rows"].sum())

    @property
    def data_version(self) -> str:
        """A digest that changes exactly when some document's rows do, or their order."""
        digests = self.manifest.filter(_NAMED).select(pl.concat_str("key", "digest", separator=" "))
        return text_hash("\n".join(digests.to_series()))

    def tail(self, rows: int, columns: Sequence[str]) -> pl.DataFrame:
        """The table's last rows, read from the last documents alone."""
        named = self.manifest.filter(_NAMED)
        return self.read(named["key"].tail(rows).to_list(), columns).tail(rows)

    def read(
        self, keys: Sequence[str] | None = None, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """The rows of these documents (default: all), in the table's order."""
        names = list(columns or self.table.columns)
        live = self.manifest.filter(_NAMED)
        if keys is not None:
            live = live.filter(pl.col("key").is_in(list(keys)))
        if live.is_empty():
            return self.table.frame().select(names)
        path = pl.concat_str(pl.lit(f"{self.directory}/"), "segment", pl.lit(".parquet"))
        place = live.select(pl.col("key").alias(self.key), path.alias("_path"))
        # One scan of all files: a quarter of what reading one after another costs.
        files = place["_path"].unique(maintain_order=True).to_list()
        rows = self._scan(files, include_file_paths="_path").select(
            list(dict.fromkeys([self.key, *names, "_path"]))
        )
        if keys is not None:
            rows = rows.filter(pl.col(self.key).is_in(place[self.key].implode()))
        joined = rows.join(place.with_row_index("_place").lazy(), on=[self.key, "_path"])
        with self._explained(self.directory):
            return joined.sort("_place", maintain_order=True).select(names).collect()

    def batches(
        self,
        keys: Sequence[str] | None = None,
        columns: Sequence[str] | None = None,
        size: int | None = BATCH,
    ) -> Iterator[pl.DataFrame]:
        """The rows of these documents in frames of at most `size` documents, by segment."""
        wanted = self.manifest.filter(_NAMED)
        if keys is not None:
            wanted = wanted.filter(pl.col("key").is_in(list(keys)))
        pending: list[pl.DataFrame] = []
        held = 0
        for entries in wanted.partition_by("segment", maintain_order=True):
            if size and pending and held + entries.height > size:
                yield pl.concat(pending)
                pending, held = [], 0
            pending.append(self._live(entries, columns))
            held += entries.height
        if pending:
            yield pl.concat(pending)

    def _live(self, entries: pl.DataFrame, columns: Sequence[str] | None) -> pl.DataFrame:
        """Those rows of one segment that belong to the entries' documents."""
        names = list(columns or self.table.columns)
        path = self.directory / f"{entries['segment'][0]}.parquet"
        found = self._load(path, names if self.key in names else [self.key, *names])
        if entries.height < _documents(entries["segment"][0]):
            found = found.filter(pl.col(self.key).is_in(entries["key"].implode()))
        return found.select(names)

    def _load(self, path: Path, columns: Sequence[str]) -> pl.DataFrame:
        with self._explained(path):
            return self._scan(path).select(columns).collect()

    def _scan(self, files: Path | list[str], **options: Any) -> pl.LazyFrame:
        """The segments' rows. Columns that an original's form has got since they were written are
        null: nothing could compute its rows again."""
        if self.table.original:
            options |= {"schema": self.table.schema, "missing_columns": "insert"}
            options |= {"extra_columns": "ignore"}
        return pl.scan_parquet(files, glob=False, **options)

    @contextmanager
    def _explained(self, path: Path) -> Iterator[None]:
        try:
            yield
        except (pl.exceptions.PolarsError, OSError) as error:
            if "manifest" in self.__dict__ and self._superseded():
                raise LakeError(
                    f"{self.directory} was replaced more than once while it was being read",
                    "nothing is damaged: materialise again once the other run has finished.",
                ) from error
            reason = str(error).splitlines()[0]
            raise LakeError(
                f"{path} is not a readable part of {self.table.name}: {reason}",
                f"move {self.directory} away and materialise "
                f"{self.table.asset or self.table.name} again.",
            ) from error

    def _superseded(self) -> bool:
        """Whether files of this state are gone because newer states have no use for them."""
        segments = self.manifest.filter(_NAMED)["segment"].unique()
        lost = {name for name in segments if not (self.directory / f"{name}.parquet").exists()}
        newest = SegmentedTable(self.directory, self.table).manifest
        return bool(lost) and lost.isdisjoint(newest["segment"])

    def lend(self, other: "SegmentedTable", entries: pl.DataFrame) -> None:
        """Let another table of this form have these documents too: the same files, linked."""
        other.directory.mkdir(parents=True, exist_ok=True)
        for name in entries.filter(_NAMED)["segment"].unique():
            with self._explained(self.directory / f"{name}.parquet"):
                _link(self.directory / f"{name}.parquet", other.directory / f"{name}.parquet")
        rest = other.manifest.join(entries, on="key", how="anti")
        Draft(other, pl.concat([rest, entries])).publish()

    def write_segment(self, rows: pl.DataFrame, documents: int) -> str:
        """Store rows of whole documents; nothing refers to them until a manifest does."""
        name = f"{documents}-{uuid.uuid4().hex[:12]}"
        write_atomically(self.directory / f"{name}.parquet", _parquet(rows))
        return name


@dataclass(frozen=True)
class Draft:
    """A new state of a table: its segments are stored, its manifest is not published yet."""

    origin: SegmentedTable
    manifest: pl.DataFrame

    @property
    def table(self) -> SegmentedTable:
        """The new state, to be read before anyone else sees it."""
        return SegmentedTable(self.origin.directory, self.origin.table, self.manifest)

    def publish(self) -> SegmentedTable:
        """Make this the table's state, and return the table in it.

        `LakeError`, and nothing changes, where another run has published meanwhile and what it
        stored would be lost: rows of an `original` table, or segments that this state needs.
        """
        origin, before = self.origin, self.origin.manifest
        if not (origin.exists and self.manifest.equals(before)):
            manifest = _compacted(origin, self.manifest)
            with locked(origin.directory):
                self._require_unchanged(manifest)
                write_atomically(origin.directory / MANIFEST, _parquet(manifest))
                origin.stamp = origin.published_stamp()
            old, new = (set(state["segment"].unique()) for state in (before, manifest))
            _retire(origin.directory, old - new)
            _sweep(origin.directory, keep=old | new)
        return SegmentedTable(origin.directory, origin.table)

    def _require_unchanged(self, manifest: pl.DataFrame) -> None:
        origin = self.origin
        named = manifest.filter(_NAMED)["segment"].unique()
        lost = [name for name in named if not (origin.directory / f"{name}.parquet").exists()]
        others = origin.table.original and origin.stamp != origin.published_stamp()
        if others or lost:
            asset = origin.table.asset or origin.table.name
            raise LakeError(
                f"another run has changed {origin.directory} meanwhile",
                f"what it stored is kept; materialise {asset} again once it has finished.",
            )


def _compacted(table: SegmentedTable, manifest: pl.DataFrame) -> pl.DataFrame:
    """The manifest after segments that are mostly dead, or small and many, were rewritten."""
    live = manifest.filter(_NAMED).group_by("segment", maintain_order=True).len("live")
    sizes = live["segment"].str.split("-").list.first().cast(pl.UInt32)
    dead = live.filter(live["live"] < sizes * MIN_LIVE)["segment"]
    small = live.filter(live["live"] < SMALL)["segment"]
    chosen = {*dead, *(small if len(small) > MAX_SMALL else ())}
    if not chosen:
        return manifest
    moved = manifest.filter(pl.col("segment").is_in(list(chosen)))
    state = SegmentedTable(table.directory, table.table, moved)
    homes: dict[str, str] = {}
    for rows in state.batches():
        keys = rows[table.key].unique(maintain_order=True)
        name = state.write_segment(rows, len(keys))
        homes |= dict.fromkeys(keys, name)
    return manifest.with_columns(
        pl.col("key").replace_strict(homes, default=pl.col("segment")).alias("segment")
    )


def _link(path: Path, other: Path) -> None:
    """The same file at another path too; a copy where the file system knows no links."""
    try:
        os.link(path, other)
    except FileExistsError:
        return
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EXDEV, errno.EMLINK):
            raise
        write_atomically(other, path.read_bytes())


def _retire(directory: Path, segments: Iterable[str]) -> None:
    """Let these segments, which the manifest names no more, live on for `MAX_AGE`: a run that began
    before may read them, or name them again."""
    for name in filter(None, segments):
        with suppress(FileNotFoundError):
            os.utime(directory / f"{name}.parquet")


def _sweep(directory: Path, keep: Iterable[str]) -> None:
    """Remove segments that neither this manifest nor the one before has named for `MAX_AGE`:
    younger files may belong to a draft that is not published yet, or to a run that reads them."""
    names = set(keep)
    for path in directory.iterdir():
        if path.name not in (MANIFEST, LOCK) and path.stem not in names:
            with suppress(FileNotFoundError):  # another writer's, renamed or removed meanwhile
                if time.time() - path.stat().st_mtime > MAX_AGE:
                    path.unlink()


def _documents(segment: str) -> int:
    return int(segment.split("-")[0])


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="lz4")
    return buffer.getvalue()
