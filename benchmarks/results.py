"""results.json, and the table that docs/performance.md shows of it."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent / "results.json"
PAGE = FILE.parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"
KEYS = ("metric", "name", "ours", "peer", "ratio", "target", "unit", "note")
MORE_IS_BETTER = frozenset("bgkl")  # throughput; of the others less is better

VECTORS = {"avx512_vnni": "AVX-512 with VNNI", "avx512f": "AVX-512", "avx2": "AVX2"}

Entry = dict[str, Any]


def machine() -> str:
    """Processor, its widest vectors, cores and memory of this machine, in words."""
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        said = cpuinfo.read_text()
        names = [line for line in said.splitlines() if line.startswith("model name")]
        model = names[0].split(": ", 1)[1] if names else model
        flags = set(said.split())
        model += next((f" ({name})" for flag, name in VECTORS.items() if flag in flags), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{len(os.sched_getaffinity(0))} cores of {model}, {memory:.0f} GiB"


def commit() -> str:
    """The commit that is measured, and whether files differ from it, but for those that hold the
    results: each benchmark writes them."""
    written = [f":(exclude){path.relative_to(PAGE.parent.parent)}" for path in (FILE, PAGE)]
    said = [
        subprocess.run(command, cwd=PAGE.parent.parent, capture_output=True, text=True).stdout
        for command in (
            ["git", "rev-parse", "--short", "HEAD"],
            ["git", "status", "--porcelain", "--untracked-files=no", "--", ".", *written],
        )
    ]
    return said[0].strip() + (" with changes" if said[1].strip() else "")


def entry(
    metric: str, name: str, ours: float, peer: float, target: float | None, unit: str, note: str
) -> Entry:
    """One row of results.json; ratio = ours ÷ peer. target: what it is to be at
    most, or at least where more is better; None where there is none."""
    return {
        "metric": metric,
        "name": name,
        "ours": round(ours, 4),
        "peer": round(peer, 4),
        "ratio": round(ours / peer, 4),
        "target": target,
        "unit": unit,
        "note": note,
    }


def met(entry: Entry) -> bool | None:
    """Whether the ratio is what the target asks; None where there is no target."""
    if entry["target"] is None:
        return None
    if entry["metric"] in MORE_IS_BETTER:
        return entry["ratio"] >= entry["target"]
    return entry["ratio"] <= entry["target"]


def faults(entry: Entry) -> list[str]:
    """What is wrong with the entry's form; empty when nothing is."""
    wrong = [f"no '{key}'" for key in KEYS if key not in entry]
    if wrong:
        return wrong
    wrong += [f"'{k}' is no text" for k in ("metric", "name", "unit", "note") if entry[k] is None]
    for key in ("ours", "peer", "ratio"):
        value = entry[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            wrong.append(f"'{key}' is {value!r}, not a positive number")
    if not wrong and abs(entry["ratio"] - entry["ours"] / entry["peer"]) > 0.05 * entry["ratio"]:
        wrong.append(f"ratio {entry['ratio']} is not ours ÷ peer")
    if entry["target"] is not None and not isinstance(entry["target"], int | float):
        wrong.append(f"'target' is {entry['target']!r}")
    return wrong


def read(path: Path = FILE) -> list[Entry]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def merge(old: Sequence[Entry], new: Sequence[Entry]) -> list[Entry]:
    """The new entries in place of all old ones of their metrics, by metric."""
    measured = {entry["metric"] for entry in new}
    kept = [entry for entry in old if entry["metric"] not in measured]
    return sorted([*kept, *new], key=lambda entry: entry["metric"])


def save(new: Sequence[Entry], path: Path = FILE) -> list[Entry]:
    """Merge the measured entries into the file; ValueError when one is malformed."""
    for entry in new:
        if wrong := faults(entry):
            raise ValueError(f"{entry.get('metric')} {entry.get('name')}: {', '.join(wrong)}")
    stamp = {
        "machine": machine(),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
    }
    merged = merge(read(path), [{**entry, **stamp} for entry in new])
    path.write_text(json.dumps(merged, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return merged


def table(entries: Sequence[Entry]) -> str:
    """The entries as a Markdown table, then their notes and machines."""
    lines = [
        "| metric | what ÷ peer | ours | peer | ratio | target | met |",
        "|---|---|---|---|---|---|---|",
    ]
    for entry in entries:
        sign = "≥" if entry["metric"] in MORE_IS_BETTER else "≤"
        target = "" if entry["target"] is None else f"{sign} {entry['target']:.3g}"
        verdict = {True: "yes", False: "**no**", None: ""}[met(entry)]
        ours, peer = (f"{entry[key]:.4g}" for key in ("ours", "peer"))
        lines.append(
            f"| {entry['metric']} | {entry['name']}, {entry['unit']} | {ours} | {peer} "
            f"| {entry['ratio']:.3g} | {target} | {verdict} |"
        )
    notes = [f"- {e['metric']}, {e['name']}: {e['note']}" for e in entries if e["note"]]
    taken: dict[str, set[str]] = {}
    for e in entries:
        place = f"{e['date']}, {e['machine']}, commit {e.get('commit', 'not recorded')}"
        taken.setdefault(place, set()).add(e["metric"])
    blocks = ["\n".join(lines)]
    if notes:
        blocks.append("Notes:\n\n" + "\n".join(notes))
    if taken:
        lines = [f"- {', '.join(sorted(of))}: {place}" for place, of in sorted(taken.items())]
        blocks.append("Taken:\n\n" + "\n".join(lines))
    return "\n\n".join(blocks)


def rendered(page: str, entries: Sequence[Entry]) -> str:
    """The page with the table between its marks; ValueError where a mark is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"docs/performance.md lacks the marks {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{table(entries)}\n\n{END}{after}"


def render(entries: Sequence[Entry], page: Path = PAGE) -> None:
    """Write the table into the page."""
    page.write_text(rendered(page.read_text(encoding="utf-8"), entries), encoding="utf-8")
