"""What computes the vectors: torch, ONNX Runtime or OpenVINO, each from the same model files.

An encoder takes token ids and mask, int64 (texts, width), and gives float32 (texts, dimensions).
"""

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin_core.embedder.files import model_digest
from twin_core.errors import SettingError
from twin_core.lake import publish_directory

if TYPE_CHECKING:
    import numpy as np

    Encoder = Callable[[np.ndarray, np.ndarray], np.ndarray]

EXPORT = "export-1"  # changes when the exported graph does
GRAPH = "model.onnx"
_PACKAGES = {"torch": "sentence_transformers", "onnx": "onnxruntime", "openvino": "openvino"}


def require(backend: str) -> None:
    """`SettingError` where the backend's package is not installed."""
    if backend not in _PACKAGES:
        raise SettingError(
            f"TWIN_EMBEDDING_BACKEND is '{backend}'", f"use one of {', '.join(_PACKAGES)}."
        )
    if importlib.util.find_spec(package := _PACKAGES[backend]) is None:
        raise SettingError(
            f"TWIN_EMBEDDING_BACKEND is {backend}, but {package} is not installed",
            f"`pip install {package}`, or set TWIN_EMBEDDING_BACKEND=torch.",
        )


def torch_encoder(directory: Path) -> "Encoder":
    """sentence-transformers' own modules, on the accelerator where there is one."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(directory)).eval()
    device = model.device
    half = device.type == "cpu" and has_bfloat16()  # 1.7 times as fast; cosine to fp32 above 0.999

    def encode(ids: "np.ndarray", mask: "np.ndarray") -> "np.ndarray":
        features = {
            "input_ids": torch.from_numpy(ids).to(device),
            "attention_mask": torch.from_numpy(mask).to(device),
        }
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=half):
            return model(features)["sentence_embedding"].float().cpu().numpy()

    return encode


def has_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 (on others it is emulated, and slow)."""
    cpuinfo = Path("/proc/cpuinfo")
    flags = cpuinfo.read_text().split("flags", 1)[-1].split("\n", 1)[0] if cpuinfo.exists() else ""
    return "avx512_bf16" in flags or "amx_bf16" in flags


def onnx_encoder(directory: Path, cache: Path) -> "Encoder":
    """ONNX Runtime on the exported graph."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _threads()
    session = onnxruntime.InferenceSession(
        str(exported(directory, cache) / GRAPH), options, providers=["CPUExecutionProvider"]
    )

    def encode(ids: "np.ndarray", mask: "np.ndarray") -> "np.ndarray":
        found: Any = session.run(None, {"input_ids": ids, "attention_mask": mask})
        return found[0]

    return encode


def openvino_encoder(directory: Path, cache: Path) -> "Encoder":
    """OpenVINO on the exported graph."""
    import openvino

    core = openvino.Core()
    settings = {"INFERENCE_NUM_THREADS": _threads(), "PERFORMANCE_HINT": "LATENCY"}
    graph = exported(directory, cache) / GRAPH
    request = core.compile_model(str(graph), "CPU", settings).create_infer_request()

    def encode(ids: "np.ndarray", mask: "np.ndarray") -> "np.ndarray":
        found: Any = request.infer({"input_ids": ids, "attention_mask": mask})
        return next(iter(found.values())).copy()  # the buffer is reused

    return encode


def exported(directory: Path, cache: Path) -> Path:
    """The model from token ids to vectors, pooling included, as an ONNX graph in the cache; made
    once."""
    target = cache / "embedders" / f"{model_digest(directory)}-{EXPORT}"
    publish_directory(target, lambda draft: _export(directory, draft / GRAPH))
    return target


def _export(directory: Path, path: Path) -> None:
    import warnings

    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        str(directory), device="cpu", model_kwargs={"attn_implementation": "eager"}
    ).eval()

    class Pipeline(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            return self.model(features)["sentence_embedding"]

    example = torch.ones(2, 16, dtype=torch.int64)
    axes = {0: "texts", 1: "width"}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # of the tracer, about shapes that are constant
        torch.onnx.export(
            Pipeline(),
            (example, example),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["vector"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "vector": {0: "texts"}},
            opset_version=17,
            dynamo=False,
        )


def _threads() -> int:
    """As many as torch would use; `OMP_NUM_THREADS` is among what decides that."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
