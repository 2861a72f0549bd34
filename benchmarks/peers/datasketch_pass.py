"""Near-duplicates by datasketch, as its documentation does it: MinHash in bulk, LSH, verification.

`python -m benchmarks.peers.datasketch_pass FILE` prints one JSON line: cpu_s, and the pairs found.
FILE holds a JSON list of texts.
"""

import json
import re
import sys
import time
from pathlib import Path

from datasketch import MinHash, MinHashLSH

SLOTS, WORDS = 128, 3
CANDIDATE, SIMILAR = 0.65, 0.73  # the lower one buys recall at 0.8, the upper one is what counts


def shingles(text: str) -> list[bytes]:
    words = re.findall(r"\w+", text.lower())
    return [" ".join(words[at : at + WORDS]).encode() for at in range(len(words) - WORDS + 1)]


def pairs(texts: list[str]) -> list[tuple[int, int]]:
    """(earlier, later) documents whose estimated similarity is high enough."""
    found = []
    index = MinHashLSH(threshold=CANDIDATE, num_perm=SLOTS)
    sketches = MinHash.bulk(map(shingles, texts), num_perm=SLOTS)
    for place, sketch in enumerate(sketches):
        for other in index.query(sketch):
            if sketches[other].jaccard(sketch) >= SIMILAR:
                found.append((other, place))
        index.insert(place, sketch)
    return found


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    pairs(given[:20])
    start = time.process_time()
    result = pairs(given)
    print(json.dumps({"cpu_s": time.process_time() - start, "pairs": result}))
