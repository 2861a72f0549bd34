"""The embedding model: its tokenizer (cheap to load) and its vectors (which need a backend)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from twin_core.embedder.files import PACKAGED, model_directory
from twin_core.embedder.tokens import TokenCounter

if TYPE_CHECKING:
    import numpy as np

__all__ = ["PACKAGED", "TokenCounter", "embed", "model_directory"]

BATCH = 32


@lru_cache(maxsize=1)
def _model(model: str):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(model_directory(model)), device=None)


def embed(model: str, texts: Sequence[str]) -> "np.ndarray":
    """Unit-length float32 vectors, one row per text."""
    return _model(model).encode(
        list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
    )
