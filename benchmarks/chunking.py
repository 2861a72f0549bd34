"""Metric k: token-aware chunking, MB per CPU second, ours ÷ chonkie's.

`python -m benchmarks.chunking` interleaves both over the same texts, each run in a fresh process
with cold tables, under the same hard cap of 256 MiniLM tokens, special ones included. Both must
lose nothing. Ours also puts title and headings within the cap, and names every chunk. It is given
the Markdown's blocks, as the stage is by cleaning; what it takes to parse them here, too, is in
the note. The peer is the faster of chonkie's two chunkers that keep to sentences or rules.
"""

import json
import statistics
import subprocess
import sys
import time
from typing import Any

from benchmarks import corpus, peers

DOCUMENTS = 200
REPEATS = 9
TARGET = 5.0
OURS = ("ours", "ours-parsing")
CHUNKERS = ("RecursiveChunker", "SentenceChunker")


def texts(count: int) -> list[str]:
    """Bodies of the corpus' documents."""
    return [corpus.document(number).split("---\n", 2)[2].strip() for number in range(count)]


def ours(parsing: bool = False) -> dict[str, Any]:
    """One run of our chunker in this process; parsing: it finds the blocks itself."""
    from twin_core.embedder import PACKAGED, TokenCounter
    from twin_core.features.chunk import chunk
    from twin_core.markdown import blocks
    from twin_core.records import CLEANED_DOCS

    bodies = texts(DOCUMENTS)
    spans = [[{"kind": b.kind, "start": b.start, "end": b.end} for b in blocks(t)] for t in bodies]
    rows = [
        {
            "doc_id": f"d{place}",
            "title": f"Title {place}",
            "text": body,
            "spans": None if parsing else spans[place],
            "content_hash": "",
        }
        for place, body in enumerate(bodies)
    ]
    docs, counter = CLEANED_DOCS.frame(rows), TokenCounter(PACKAGED)
    chunk(CLEANED_DOCS.frame([{"doc_id": "x", "title": "", "text": "A first call."}]), counter)
    began = time.process_time()
    found = chunk(docs, counter)
    seconds = time.process_time() - began
    lossless = True
    for (doc_id,), part in found.group_by("doc_id"):
        left = list(body := bodies[int(str(doc_id)[1:])])
        found_at = [*zip(part["start"], part["end"], strict=True)]
        found_at += [(b.start, b.end) for b in blocks(body) if b.kind in ("heading", "rule")]
        for start, end in found_at:
            left[start:end] = " " * (end - start)
        lossless &= not "".join(left).strip()
    megabytes = sum(len(body.encode()) for body in bodies) / 1e6
    line = {"mb": megabytes, "cpu_s": seconds, "lossless": lossless, "chunks": found.height}
    return {**line, "longest": found["tokens"].max()}


def _run(*command: str) -> dict[str, Any]:
    done = subprocess.run(command, cwd=peers.PROJECT, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    line = json.loads(done.stdout.strip().splitlines()[-1])
    line["speed"] = line["mb"] / line["cpu_s"]
    return line


def measure() -> list[dict[str, Any]]:
    python = str(peers.interpreter())
    runs: dict[str, list[dict[str, Any]]] = {}
    for _ in range(REPEATS):
        for name in OURS:
            line = _run(sys.executable, "-m", "benchmarks.chunking", name)
            runs.setdefault(name, []).append(line)
        for name in CHUNKERS:
            line = _run(python, "-m", "benchmarks.peers.chonkie_chunks", name)
            runs.setdefault(name, []).append(line)
    for name, lines in runs.items():
        if not all(line["lossless"] and line["longest"] <= 256 for line in lines):
            raise RuntimeError(f"{name} lost text or exceeded the cap: {lines[0]}")
    speeds = {n: statistics.median(line["speed"] for line in lines) for n, lines in runs.items()}
    peer = max(CHUNKERS, key=lambda name: speeds[name])
    others = ", ".join(f"{name} {speeds[name]:.2f}" for name in CHUNKERS)
    return [
        {
            "metric": "k",
            "name": "token-aware chunking",
            "ours": round(speeds["ours"], 3),
            "peer": round(speeds[peer], 3),
            "ratio": round(speeds["ours"] / speeds[peer], 2),
            "target": TARGET,
            "unit": "MB per CPU-s",
            "note": f"cold, hard cap 256 tokens, lossless; chonkie 1.7.0: {others}; "
            f"chunks {runs['ours'][0]['chunks']} and {runs[peer][0]['chunks']}; with the Markdown "
            f"parsed here, too: {speeds['ours-parsing'] / speeds[peer]:.2f}",
        }
    ]


if __name__ == "__main__":
    which = sys.argv[1] if sys.argv[1:] else None
    print(json.dumps(ours(which == "ours-parsing") if which in OURS else measure()))
