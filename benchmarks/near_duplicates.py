"""Metric l: finding near-duplicates, documents per CPU second, ours ÷ datasketch's.

`python -m benchmarks.near_duplicates [DOCUMENTS]` interleaves both over the same texts, each in
fresh processes, and prints one JSON line. Copies are planted at similarities of 0.8 and above, and
decoys below 0.65, which must not be reported. Ours includes what cleaning does besides: digests of
blocks, exact copies, and what a site repeats.
"""

import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import corpus, peers

DOCUMENTS = 2000
COPIES, DECOYS = 0.15, 0.10  # shares of the documents that are made from an earlier one
REPEATS = 5
TARGET, RECALL, PRECISION = 8.0, 0.98, 0.98
ALIKE, UNLIKE = 0.8, 0.65  # exact similarity of what must be found, and must not
WORDS = 3

Pair = tuple[int, int]


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + WORDS]) for at in range(len(words) - WORDS + 1)}


def similarity(one: str, other: str) -> float:
    """Exact Jaccard similarity of the two texts' shingles."""
    a, b = shingles(one), shingles(other)
    return len(a & b) / max(len(a | b), 1)


def altered(text: str, rng: random.Random, share: float) -> str:
    """The text with so many of its words replaced, one by one."""
    parts = re.split(r"(\w+)", text)
    for at in rng.sample(range(1, len(parts), 2), int(share * (len(parts) // 2))):
        parts[at] = f"{parts[at][:2]}{rng.randrange(10**6)}"
    return "".join(parts)


def planted(count: int) -> tuple[list[str], list[Pair]]:
    """(texts, pairs of a document and what was made from it)."""
    rng = random.Random(corpus.SEED)
    texts, made = [], []
    for number in range(count):
        draw = rng.random()
        if number and draw < COPIES + DECOYS:
            share = rng.uniform(0.003, 0.034) if draw < COPIES else rng.uniform(0.09, 0.2)
            origin = rng.randrange(number)
            made.append((origin, number))
            texts.append(altered(texts[origin], rng, share))
        else:
            texts.append(corpus.document(number).split("---\n", 2)[2])
    return texts, made


def ours(texts: list[str]) -> list[Pair]:
    """(document that stands for it, document) of each copy that cleaning finds."""
    import polars as pl

    from twin_core.features.settle import LIGHT, settle, sketched
    from twin_core.records import EXTRACTED_DOCS

    spans = list(map(_paragraphs, texts))
    names = [f"{place:08d}" for place in range(len(texts))]
    light = pl.DataFrame({"doc_id": names}).with_columns(
        pl.lit("fern.example").alias("source"),
        pl.lit(None, EXTRACTED_DOCS.schema["published_at"]).alias("published_at"),
        pl.lit(None, pl.String).alias("drop_reason"),
        **sketched(texts, spans),
    )
    copies = settle(light.select(LIGHT)).drop_nulls("duplicate_of")
    return [
        (int(first), int(copy)) for copy, first in copies.select("doc_id", "duplicate_of").rows()
    ]


def _paragraphs(text: str) -> list[tuple[int, int, bool]]:
    """Blocks of the text as `digests` takes them: start, end, never boilerplate."""
    spans, start = [], 0
    for part in text.split("\n\n"):
        spans.append((start, start + len(part), part.startswith(("#", "```"))))
        start += len(part) + 2
    return spans


def _run(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, cwd=peers.PROJECT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def _groups(count: int, pairs: list[Pair]) -> list[int]:
    """For each document the first of those that it is joined with."""
    first = list(range(count))

    def root(at: int) -> int:
        while first[at] != at:
            at = first[at]
        return at

    for a, b in pairs:
        low, high = sorted((root(a), root(b)))
        first[high] = low
    return [root(at) for at in range(count)]


def quality(texts: list[str], made: list[Pair], found: list[Pair]) -> tuple[float, float]:
    """(share of planted copies found, share of those reported that are like some other of their
    group)."""
    group = _groups(len(texts), found)
    wanted = [pair for pair in made if similarity(texts[pair[0]], texts[pair[1]]) >= ALIKE]
    recall = sum(group[a] == group[b] for a, b in wanted) / len(wanted)
    members: dict[int, list[int]] = {}
    for at, first in enumerate(group):
        members.setdefault(first, []).append(at)
    reported = [at for at, first in enumerate(group) if at != first]
    right = sum(
        max(similarity(texts[at], texts[o]) for o in members[group[at]] if o != at) >= UNLIKE
        for at in reported
    )
    return recall, right / max(len(reported), 1)


def measure(documents: int = DOCUMENTS) -> list[dict[str, Any]]:
    """Metric l, beside datasketch in its own environment."""
    texts, made = planted(documents)
    taken: dict[str, list[dict[str, Any]]] = {"ours": [], "datasketch": []}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.json"
        file.write_text(json.dumps(texts), encoding="utf-8")
        for _ in range(REPEATS):
            mine = [sys.executable, "-m", "benchmarks.near_duplicates", "--ours", str(file)]
            peer = [str(peers.interpreter()), "-m", "benchmarks.peers.datasketch_pass", str(file)]
            taken["ours"].append(_run(mine))
            taken["datasketch"].append(_run(peer))
    speed = {
        name: documents / statistics.median(run["cpu_s"] for run in runs)
        for name, runs in taken.items()
    }
    recall, precision = quality(texts, made, [tuple(p) for p in taken["ours"][0]["pairs"]])
    theirs = quality(texts, made, [tuple(p) for p in taken["datasketch"][0]["pairs"]])
    held = recall >= RECALL and precision >= PRECISION
    return [
        {
            "metric": "l",
            "name": "near-duplicate detection",
            "ours": round(speed["ours"]),
            "peer": round(speed["datasketch"]),
            "ratio": round(speed["ours"] / speed["datasketch"], 2) if held else 0.0,
            "target": TARGET,
            "unit": "documents per CPU second",
            "note": f"datasketch 2.0, {documents} documents; recall {recall:.3f} and precision "
            f"{precision:.3f}, datasketch's {theirs[0]:.3f} and {theirs[1]:.3f}"
            + ("" if held else f"; no ratio: recall {RECALL} or precision {PRECISION} missed"),
        }
    ]


def main() -> None:
    if sys.argv[1:2] != ["--ours"]:
        print(json.dumps(measure(*map(int, sys.argv[1:2]))[0]))
        return
    texts = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    ours(texts[:20])
    start = time.process_time()
    found = ours(texts)
    print(json.dumps({"cpu_s": time.process_time() - start, "pairs": found}))


if __name__ == "__main__":
    main()
