"""Row-level incremental recomputation: give a stage only the documents whose inputs changed.

A stage is a pure function from rows to rows plus a version. Whatever the sequence of insertions,
edits, deletions and re-orderings, the result equals a full recomputation
(tests/core/test_delta.py).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from twin_core.fingerprint import text_hash
from twin_core.segments import BATCH, SCHEMA, Draft, SegmentedTable


@dataclass(frozen=True)
class DeltaReport:
    """Counts of upstream documents (recomputed, reused, removed), and of the rows that resulted."""

    rows: int
    recomputed: int
    reused: int
    removed: int


def delta(
    target: SegmentedTable,
    marks: pl.DataFrame,
    load: Callable[[list[str]], Iterable[pl.DataFrame]],
    compute: Callable[[pl.DataFrame], pl.DataFrame],
    version: str,
    *,
    keep: bool = False,
) -> tuple[Draft, DeltaReport]:
    """Bring `target` in line with its upstream, computing only what changed.

    marks: (key, mark) of every upstream document, in order; a changed mark means recomputation.
    load: keys → their upstream rows, in frames of whole documents; one frame is held at a time.
    compute: upstream rows → rows of the table; any number per document, none too.
    version: the stage's version and parameters; another one recomputes everything.
    keep: publish after each frame, so that a run that is killed loses no more than one; for rows
    that cost much and mean the same in whatever state the rest is.
    """
    before = target.manifest
    known = before.filter(pl.col("version") == version)
    kept = known.join(marks, on=["key", "mark"], how="semi")
    changed = marks.join(kept, on="key", how="anti")
    entries = [kept.select(_STORED)]
    if changed.height:
        for rows in load(changed["key"].to_list()):
            fresh = target.table.conform(_stamped(compute(rows), target, changed, version))
            entries.append(store(target, fresh))
            if keep:
                done = marks.join(pl.concat(entries[1:]), on="key", how="semi")
                other = before.join(done, on="key", how="anti")
                added = _manifest(done, pl.concat(entries[1:]), version)
                Draft(target, pl.concat([other, added])).publish()
    manifest = _manifest(marks, pl.concat(entries), version)
    return Draft(target, manifest), DeltaReport(
        rows=int(manifest["rows"].sum()),
        recomputed=changed.height,
        reused=marks.height - changed.height,
        removed=before.join(marks, on="key", how="anti").height,
    )


def replaced(target: SegmentedTable, frame: pl.DataFrame) -> Draft:
    """The table as exactly `frame`, where only the documents that differ are written."""
    frame = target.table.conform(frame)
    marks = _digests(target, frame, list(target.table.columns)).select("key", mark="digest")

    def load(keys: list[str]) -> Iterable[pl.DataFrame]:
        for at in range(0, len(keys), BATCH):
            yield frame.filter(pl.col(target.key).is_in(keys[at : at + BATCH]))

    return delta(target, marks, load, lambda rows: rows, "")[0]


def patched(target: SegmentedTable, keys: list[str], stored: pl.DataFrame) -> Draft:
    """The table as the documents of these keys, in this order: those of `stored` (entries that
    `store` gave) as they are there, all others as they were."""
    marks = pl.DataFrame({"key": keys}, schema={"key": pl.String}).with_columns(mark=pl.lit(""))
    kept = target.manifest.join(stored, on="key", how="anti")
    return Draft(target, _manifest(marks, pl.concat([kept.select(_STORED), stored]), ""))


def store(target: SegmentedTable, rows: pl.DataFrame) -> pl.DataFrame:
    """Write rows as a segment; entries of a manifest for their documents."""
    digests = _digests(target, rows, target.table.identity)
    segment = target.write_segment(rows, digests.height) if rows.height else ""
    return digests.with_columns(segment=pl.lit(segment))


_STORED = ["key", "digest", "rows", "segment"]


def _manifest(marks: pl.DataFrame, stored: pl.DataFrame, version: str) -> pl.DataFrame:
    found = marks.join(stored, on="key", how="left", maintain_order="left")
    return found.with_columns(
        version=pl.lit(version),
        digest=pl.col("digest").fill_null(""),
        rows=pl.col("rows").fill_null(0).cast(pl.UInt32),
        segment=pl.col("segment").fill_null(""),
    ).select(SCHEMA.names())


def _stamped(
    rows: pl.DataFrame, target: SegmentedTable, changed: pl.DataFrame, version: str
) -> pl.DataFrame:
    """Rows with the digest of what they were computed from, where the table has a column for it."""
    if "fingerprint" not in target.table.columns or not version:
        return rows
    stamps = {key: text_hash(f"{version} {mark}") for key, mark in changed.iter_rows()}
    marked = pl.col(target.key).replace_strict(stamps, return_dtype=pl.String)
    return rows.with_columns(fingerprint=marked)


def _digests(target: SegmentedTable, rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """(key, digest, rows) of each document, over the rows' columns in their order."""
    lines = pl.concat_str([_as_text(name, rows.schema[name]) for name in columns], separator="\x1f")
    by_key = rows.group_by(target.key, maintain_order=True).agg(
        lines.str.join("\x1e").alias("digest"), pl.len().cast(pl.UInt32).alias("rows")
    )
    digests = [text_hash(text) for text in by_key["digest"]]
    return by_key.select(
        pl.col(target.key).alias("key"), pl.Series("digest", digests, dtype=pl.String), "rows"
    )


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    """A column's values as text that no release of polars writes otherwise."""
    column = pl.col(name)
    if isinstance(dtype, pl.List | pl.Struct | pl.Array):
        column = column.map_elements(_plain, return_dtype=pl.String)
    elif isinstance(dtype, pl.Datetime):
        column = column.dt.timestamp("us").cast(pl.String)
    else:
        column = column.cast(pl.String)
    return column.fill_null("\0")


def _plain(values: object) -> str:
    return repr(values.to_list() if isinstance(values, pl.Series) else values)
