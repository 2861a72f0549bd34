"""chonkie's chunkers over the benchmark's texts: `python -m benchmarks.peers.chonkie_chunks NAME`
prints one JSON line."""

import json
import sys
import time

import chonkie  # pyright: ignore[reportMissingImports]
from tokenizers import Tokenizer

from benchmarks.chunking import DOCUMENTS, texts
from benchmarks.peers.measuring import SPECIAL, TOKENS, tokenizer_file


def main() -> None:
    tokenizer = Tokenizer.from_file(tokenizer_file())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    options = {"tokenizer": tokenizer, "chunk_size": TOKENS - SPECIAL}
    if sys.argv[1] == "SentenceChunker":
        options["chunk_overlap"] = 0
    chunker = getattr(chonkie, sys.argv[1])(**options)
    bodies = texts(DOCUMENTS)
    chunker("A first call, so that nothing is set up inside the timed part.")
    began = time.process_time()
    found = [chunker(body) for body in bodies]
    seconds = time.process_time() - began
    lossless = all(
        "".join(chunk.text for chunk in chunks) == body
        for chunks, body in zip(found, bodies, strict=True)
    )
    counts = [len(tokenizer.encode(chunk.text).ids) for chunks in found for chunk in chunks]
    megabytes = sum(len(body.encode()) for body in bodies) / 1e6
    line = {"mb": megabytes, "cpu_s": seconds, "lossless": lossless, "longest": max(counts)}
    print(json.dumps({**line, "chunks": len(counts)}))


if __name__ == "__main__":
    main()
