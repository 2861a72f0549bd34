"""An embedder that costs next to nothing, so that a pass measures what is around the embedding."""

import hashlib
from collections.abc import Sequence

import numpy as np

DIMENSIONS = 384  # as MiniLM-L6


def vectors(texts: Sequence[str]) -> np.ndarray:
    """Unit-length float32 vectors (n, 384), each a digest of its text: the same text, the same
    vector."""
    digests = b"".join(hashlib.shake_128(text.encode()).digest(DIMENSIONS) for text in texts)
    found = np.frombuffer(digests, dtype=np.uint8).reshape(-1, DIMENSIONS).astype(np.float32)
    found -= 127.5
    return found / np.linalg.norm(found, axis=1, keepdims=True)
