"""What people see of a result in the UI: counts that are plotted over time, schemas, previews,
pictures."""

import base64
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg
import polars as pl

from twin_core.delta import DeltaReport
from twin_core.fingerprint import fingerprint
from twin_core.plain import plain
from twin_core.records import Checkpoint, Record, Table
from twin_core.segments import Draft

PREVIEW_ROWS = 8
CELL = 90
_MARKUP = re.compile(r"!(?=\[)|[\\`\[<|]")  # what may begin an image, a link, HTML, code, a cell


def schema_metadata(table: Table) -> dict[str, Any]:
    """An asset definition's metadata: its columns, known before anything is materialised."""
    return {
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(name, str(column.dtype), description=column.description)
                for name, column in table.columns.items()
            ]
        ),
        "dagster/table_name": table.name,
    }


def markdown_table(
    header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> dg.MarkdownMetadataValue:
    """Rows as a Markdown table, long cells cut.

    Cells quote what others wrote: nothing in them is markup but a bare address, which shows where
    it leads.
    """

    def cell(value: Any) -> str:
        text = "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
        return _MARKUP.sub(r"\\\g<0>", plain(text, CELL - 1)[0])

    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return dg.MetadataValue.md("\n".join(lines))


def table_result(
    table: Table, frame: pl.DataFrame, preview: Sequence[str], **metadata: Any
) -> dg.MaterializeResult:
    """A table with its data version, row counts and a preview of the named columns."""
    shown = frame.select(preview).tail(PREVIEW_ROWS)
    return dg.MaterializeResult(
        value=frame,
        metadata={
            "dagster/partition_row_count": frame.height,
            "preview": markdown_table(preview, shown.iter_rows()),
            **metadata,
        },
        data_version=dg.DataVersion(table.data_version(frame)),
    )


def draft_result(
    draft: Draft, preview: Sequence[str], delta: DeltaReport | None = None, **metadata: Any
) -> dg.MaterializeResult:
    """A table kept by document, in its new state: counts and a preview of its last rows, of which
    no more is read than that."""
    table = draft.table
    counts: dict[str, Any] = {"dagster/partition_row_count": table.rows}
    if delta:
        counts |= {
            "recomputed": delta.recomputed,
            "reused": delta.reused,
            "removed": delta.removed,
        }
    shown = table.tail(PREVIEW_ROWS, preview)
    return dg.MaterializeResult(
        value=draft,
        metadata={**counts, "preview": markdown_table(preview, shown.iter_rows()), **metadata},
        data_version=dg.DataVersion(table.data_version),
    )


def record_result(
    record: Record, version: str | None = None, **metadata: Any
) -> dg.MaterializeResult:
    """A record with its data version: `version`, or the digest of all it says."""
    return dg.MaterializeResult(
        value=record,
        metadata=metadata,
        data_version=dg.DataVersion(version or fingerprint(record)),
    )


def checkpoint_result(checkpoint: Checkpoint, **metadata: Any) -> dg.MaterializeResult:
    """A checkpoint with its size, its metrics, and its loss curve where it was trained."""
    shown: dict[str, Any] = {
        "directory": dg.MetadataValue.path(checkpoint.directory),
        "megabytes": checkpoint.megabytes,
        "training_seconds": checkpoint.seconds,
        **{name: round(value, 4) for name, value in checkpoint.metrics.items()},
    }
    if checkpoint.losses:
        shown["loss"] = line_plot(checkpoint.losses, "step", "loss")
    return record_result(checkpoint, checkpoint.fingerprint, **shown, **metadata)


def line_plot(points: Sequence[tuple[int, float]], x: str, y: str) -> dg.MarkdownMetadataValue:
    """A small line chart as a picture that the UI shows in place."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 2.4), layout="constrained")
    axes = figure.subplots()
    axes.plot([px for px, _ in points], [py for _, py in points], linewidth=1.5)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(alpha=0.3)
    return _picture(figure, f"{y} by {x}")


def bar_plot(values: Mapping[str, float], label: str) -> dg.MarkdownMetadataValue:
    """A small bar chart as a picture that the UI shows in place."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 2.4), layout="constrained")
    axes = figure.subplots()
    bars = axes.bar(list(values), list(values.values()), color="#4f46e5", width=0.6)
    axes.bar_label(bars, fmt="%.3g")
    axes.set_ylabel(label)
    axes.margins(y=0.15)
    return _picture(figure, label)


def _picture(figure: Any, text: str) -> dg.MarkdownMetadataValue:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    encoded = base64.b64encode(buffer.getvalue()).decode()
    return dg.MetadataValue.md(f"![{text}](data:image/png;base64,{encoded})")
