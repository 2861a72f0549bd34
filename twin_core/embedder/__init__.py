"""The embedding model: its tokenizer (cheap to load) and its vectors (which need a backend)."""

import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from twin_core.embedder.backends import (
    onnx_encoder,
    openvino_encoder,
    require,
    torch_encoder,
)
from twin_core.embedder.batches import batches
from twin_core.embedder.files import PACKAGED, model_digest, model_directory
from twin_core.embedder.tokens import TokenCounter
from twin_core.progress import log

if TYPE_CHECKING:
    import numpy as np

    from twin_core.embedder.backends import Encoder

__all__ = ["PACKAGED", "Embedder", "TokenCounter", "embed", "model_directory", "open_embedder"]

VERSION = "1"  # of what we do around the model; another one is another space
CACHE = Path(__file__).resolve().parents[2] / ".twin" / "cache"  # as TWIN_HOME is by default


class Embedder:
    """Texts → vectors of one space, with the model loaded at the first text.

    space: names model, backend and version; vectors of different spaces are not comparable.
    """

    def __init__(self, model: str, backend: str = "torch", cache: Path = CACHE) -> None:
        require(backend)
        self.model, self.backend, self._cache = model, backend, cache
        self._directory = model_directory(model)
        self.counter = TokenCounter(model)
        self.limit = self.counter.limit
        name = self._directory.name if model != PACKAGED else PACKAGED
        self.space = f"{name}@{model_digest(self._directory)}/{backend}/{VERSION}"
        self._encode: Encoder | None = None
        self._lock = threading.Lock()  # a backend's buffers serve one batch at a time

    @property
    def dimensions(self) -> int:
        return self.embed(["."]).shape[1]

    def embed(
        self, texts: Sequence[str], done: Callable[[int], None] | None = None
    ) -> "np.ndarray":
        """Unit-length float32 vectors, one row per text; equal texts are computed once. done: told
        after each batch how many texts are embedded."""
        import numpy as np

        distinct = list(dict.fromkeys(texts))
        ids = self.counter.ids(distinct)
        found: list[tuple[list[int], np.ndarray]] = []
        finished = 0
        with self._lock:
            encode = self._encode = self._encode or self._open()
            for places, tokens, mask in batches(ids, self.counter.pad):
                found.append((places, encode(tokens, mask)))
                finished += len(places)
                if done:
                    done(finished)
        vectors = np.empty((len(distinct), found[0][1].shape[1] if found else 0), dtype=np.float32)
        for places, part in found:
            vectors[places] = part
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        place = {text: row for row, text in enumerate(distinct)}
        return vectors[[place[text] for text in texts]]

    def _open(self) -> "Encoder":
        log.info("embed: loading %s for %s", self._directory.name, self.backend)
        if self.backend == "torch":
            return torch_encoder(self._directory)
        if self.backend == "onnx":
            return onnx_encoder(self._directory, self._cache)
        return openvino_encoder(self._directory, self._cache, self.backend)


@lru_cache(maxsize=2)
def open_embedder(model: str, backend: str = "torch", cache: Path = CACHE) -> Embedder:
    """The embedder, one per process; `SettingError` where model or backend is missing. cache: a
    directory for what a backend derives from the model."""
    return Embedder(model, backend, cache)


def embed(model: str, texts: Sequence[str]) -> "np.ndarray":
    """Unit-length float32 vectors, one row per text, by torch."""
    return open_embedder(model).embed(texts)
