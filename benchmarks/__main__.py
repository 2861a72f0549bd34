"""Runs the benchmarks, prints their ratios, and writes results.json and docs/performance.md.

`python -m benchmarks [--only a,c,k] [--documents N] [--peers DIR]`; metrics that were not run keep
their last result. One benchmark that fails does not stop the others.
"""

import argparse
import importlib
import inspect
import os
import sys
import time
import traceback
from pathlib import Path

from benchmarks import peers, results

MODULES = {
    "passes": "acj",
    "embedding": "b",
    "import_time": "d",
    "search": "e",
    "backfill": "h",
    "chunking": "k",
    "near_duplicates": "l",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help="metrics to run, as a,c,k; all by default")
    parser.add_argument("--documents", type=int, help="N of metrics a, c and j; other N, no record")
    parser.add_argument("--peers", type=Path, help="the peers' environment; benchmarks/.venv-peers")
    given = parser.parse_args()
    # What is measured starts as an installed program does: with the byte code of the run before.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    peers.DIRECTORY = (given.peers or peers.DIRECTORY).resolve()
    wanted = set(given.only.replace(",", "")) or set("".join(MODULES.values()))
    failed = [name for name, of in MODULES.items() if wanted & set(of) and not _run(name, given)]
    entries = results.read()
    print(results.table(entries))
    for name in failed:
        print(f"FAILED: {name}", file=sys.stderr)
    return 1 if failed else 0


def _run(name: str, given: argparse.Namespace) -> bool:
    """Measure one module, record what it returns; False when it failed."""
    print(f"{name} …", flush=True)
    began = time.perf_counter()
    try:
        measure = importlib.import_module(f"benchmarks.{name}").measure
        takes = "documents" in inspect.signature(measure).parameters
        trial = takes and given.documents is not None
        entries = measure(documents=given.documents) if trial else measure()
        if trial:  # only the declared N is comparable from run to run
            for entry in entries:
                wrong = results.faults(entry)
                print(f"  {entry['name']}: {entry['ratio']} {wrong or ''} ({entry['note']})")
        else:
            results.render(results.save(entries))
    except peers.NoPeers as missing:
        print(f"  {missing}", file=sys.stderr)
        return False
    except Exception:
        traceback.print_exc()
        return False
    print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
