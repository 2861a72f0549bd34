"""Metrics a, c and j: a whole pass, a pass after one edit, and the memory that they need.

Ours, LangChain, LlamaIndex and cocoindex over the same files with the same nearly free embedder
into LanceDB, in turns, each pass a process of its own; CPU seconds without imports. A result is
thrown away when our index differs from a fresh build's in a row, or we embed more than changed.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import corpus
from benchmarks.contest import REPEATS, Contestant, median, rows, wants_more
from benchmarks.peers.measuring import SPECIAL, TOKENS
from benchmarks.results import entry

DOCUMENTS = 5000
BEST_EDIT, OWN_FULL, BEST_FULL, LLAMAINDEX_FULL, MEMORY = 1 / 10, 0.005, 1 / 3, 1 / 5, 1.2


def contestants() -> list[Contestant]:
    return [
        Contestant("ours", "benchmarks.index_pass", is_peer=False),
        Contestant("cocoindex", "benchmarks.peers.cocoindex_pass"),
        Contestant("LlamaIndex", "benchmarks.peers.llamaindex_pass"),
        Contestant("LangChain", "benchmarks.peers.langchain_pass"),
    ]


def measure(documents: int = DOCUMENTS) -> list[dict[str, Any]]:
    """Entries for metrics a, c and j at this number of documents and a tenth of it."""
    with tempfile.TemporaryDirectory(prefix="passes-") as folder:
        work = Path(folder)
        field = contestants()
        _compete(field, documents, work / "all")
        ours, tenth = field[0], Contestant("ours, N/10", field[0].module, is_peer=False)
        _compete([tenth], documents // 10, work / "tenth")
        eager = [_eager(work / part) for part in ("all", "tenth")]
    return [*_edit_entries(field, tenth), *_full_entries(field), _memory_entry(ours, tenth, eager)]


def _compete(field: list[Contestant], documents: int, work: Path) -> None:
    """Full passes in turns, then edits in turns; raises when a sink is not what it must be."""
    docs = corpus.write(work / "docs", documents)
    _full_passes(field, docs, work)
    edited = _edits(field, docs, work)
    for contestant in field:
        _check(contestant, docs, edited, work)


def _full_passes(field: list[Contestant], docs: Path, work: Path) -> None:
    for _ in range(REPEATS):
        for contestant in field:
            if wants_more(contestant.full):
                state = work / contestant.name
                shutil.rmtree(state, ignore_errors=True)
                contestant.full.append(contestant.run(docs, state))


def _edits(field: list[Contestant], docs: Path, work: Path) -> list[str]:
    """Edit one document after another, each followed by a pass of everyone; their names."""
    paths = sorted(docs.glob("*.md"))
    edited = []
    for revision in range(REPEATS):
        path = paths[(revision + 1) * len(paths) // (REPEATS + 1)]
        path.write_text(corpus.edited(path.read_text(encoding="utf-8"), revision), encoding="utf-8")
        edited.append(path.name)
        for contestant in field:
            if wants_more(contestant.edit) or revision == REPEATS - 1:
                _edit_pass(contestant, docs, work / contestant.name)
    return edited


def _edit_pass(contestant: Contestant, docs: Path, state: Path) -> None:
    """A pass after an edit; raises when we embed more rows than the edit made."""
    before = None if contestant.is_peer else rows((contestant.edit or contestant.full)[-1])
    line = contestant.run(docs, state)
    contestant.edit.append(line)
    if before is not None:
        made = sum((rows(line) - before).values())
        if line["embedded"] > made:
            raise AssertionError(f"{line['embedded']} chunks embedded where {made} rows are new")


def _beyond_window(line: dict[str, Any]) -> float:
    """Share of the sink's chunks whose text alone is longer than the encoder's window."""
    from twin_core.embedder import PACKAGED, TokenCounter

    counter, held = TokenCounter(PACKAGED), rows(line)
    long = sum(n for row, n in held.items() if counter.count(row[1]) + SPECIAL > TOKENS)
    return long / held.total()


def _check(contestant: Contestant, docs: Path, edited: list[str], work: Path) -> None:
    """Our index equals a fresh build's. Of a peer the edited documents are built afresh; its rows
    too many are counted, not forbidden."""
    last = contestant.edit[-1]
    last["beyond"] = _beyond_window(last)
    if contestant.is_peer:
        few = work / f"{contestant.name}-edited"
        few.mkdir()
        for name in edited:
            shutil.copy(docs / name, few)
        fresh = contestant.run(few, work / f"{contestant.name}-fresh")
        last["orphans"] = sum((rows(last, edited) - rows(fresh)).values())
        return
    fresh = contestant.run(docs, work / f"{contestant.name}-fresh")
    held, wanted = rows(last), rows(fresh)
    if held != wanted:
        extra, missing = sum((held - wanted).values()), sum((wanted - held).values())
        raise AssertionError(
            f"after the edits our index has {extra} rows too many and {missing} too few"
        )
    last["orphans"] = 0


def _eager(part: Path) -> float:
    line = Contestant("eager frame", "benchmarks.peers.eager_pass", is_peer=False).run(
        part / "docs", part / "eager"
    )
    return line["peak_rss_mib"]


def _edit_entries(field: list[Contestant], tenth: Contestant) -> list[dict[str, Any]]:
    ours, *others = field
    best = min(others, key=lambda contestant: median(contestant.edit))
    cost = median(ours.edit)
    last = ours.edit[-1]
    each = "; ".join(
        f"{c.name} {median(c.edit):.2f} s ({median(c.edit) / median(c.full):.3f} of its full pass, "
        f"{c.edit[-1]['orphans']} orphans)"
        for c in others
    )
    return [
        entry(
            "a",
            f"a pass after one edit ÷ {best.name}",
            *(cost, median(best.edit), BEST_EDIT, "CPU-s"),
            f"{last['documents']} documents; {last['embedded']} chunks embedded; our index equals "
            f"a fresh build's; {each}",
        ),
        entry(
            "a",
            "a pass after one edit ÷ our own full pass",
            *(cost, median(ours.full), OWN_FULL, "CPU-s"),
            "",
        ),
        entry(
            "a",
            "a pass after one edit, N ÷ N/10 documents",
            *(cost, median(tenth.edit), None, "CPU-s"),
            "to be flat but for reading a manifest",
        ),
    ]


def _full_entries(field: list[Contestant]) -> list[dict[str, Any]]:
    ours, *others = field
    best = min(others, key=lambda contestant: median(contestant.full))
    llamaindex = next(c for c in others if c.name == "LlamaIndex")
    chunks = ", ".join(
        f"{c.name} {c.full[0]['chunks']} ({c.edit[-1]['beyond']:.1%})" for c in field
    )
    imports = ", ".join(f"{c.name} {median(c.full, 'import_cpu_s'):.1f}" for c in field)
    each = "; ".join(f"{c.name} {median(c.full):.0f} s" for c in others)
    cost = median(ours.full)
    return [
        entry(
            "c",
            f"files to index ÷ {best.name}",
            *(cost, median(best.full), BEST_FULL, "CPU-s"),
            f"{ours.full[0]['documents']} documents; {each}; chunks, and the share longer than the "
            f"encoder's window: {chunks}; imports, not counted: {imports} CPU-s",
        ),
        entry(
            "c",
            "files to index ÷ LlamaIndex",
            *(cost, median(llamaindex.full), LLAMAINDEX_FULL, "CPU-s"),
            "",
        ),
    ]


def _memory_entry(ours: Contestant, tenth: Contestant, eager: list[float]) -> dict[str, Any]:
    whole, part = (median(c.full, "peak_rss_mib") for c in (ours, tenth))
    return entry(
        "j",
        "peak memory of a full pass, N ÷ N/10 documents",
        *(whole, part, MEMORY, "MiB"),
        f"eager polars frame: {eager[0]:.0f} ÷ {eager[1]:.0f} = {eager[0] / eager[1]:.2f}; "
        "imports included",
    )
