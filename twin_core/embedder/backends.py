"""What computes the vectors: torch, ONNX Runtime or OpenVINO, each from the same model files.

An encoder takes token ids and mask, int64 (texts, width), and gives float32 (texts, dimensions).
"""

import importlib
import importlib.util
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin_core.embedder.files import model_digest
from twin_core.errors import SettingError
from twin_core.lake import publish_directory

if TYPE_CHECKING:
    import numpy as np
    import openvino
    import torch

    Encoder = Callable[[np.ndarray, np.ndarray], np.ndarray]

EXPORT = "export-1"  # changes when the exported graph does
GRAPHS = {"onnx": "model.onnx", "openvino": "model.xml", "openvino-int8": "model.xml"}
_PACKAGES = {
    "torch": ("sentence_transformers",),
    "onnx": ("onnxruntime", "onnx"),
    "openvino": ("openvino",),
    "openvino-int8": ("openvino",),
}


def require(backend: str) -> None:
    """`SettingError` where the backend's package is not installed."""
    if backend not in _PACKAGES:
        raise SettingError(
            f"TWIN_EMBEDDING_BACKEND is '{backend}'", f"use one of {', '.join(_PACKAGES)}."
        )
    missing = [name for name in _PACKAGES[backend] if importlib.util.find_spec(name) is None]
    if missing:
        raise SettingError(
            f"TWIN_EMBEDDING_BACKEND is {backend}, but {', '.join(missing)} is not installed",
            f"`pip install {' '.join(missing)}`, or set TWIN_EMBEDDING_BACKEND=torch.",
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

    onnxruntime.disable_telemetry_events()  # nobody was asked
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _threads()
    session = onnxruntime.InferenceSession(
        str(exported(directory, "onnx", cache)), options, providers=["CPUExecutionProvider"]
    )

    def encode(ids: "np.ndarray", mask: "np.ndarray") -> "np.ndarray":
        found: Any = session.run(None, {"input_ids": ids, "attention_mask": mask})
        return found[0]

    return encode


def _openvino() -> Any:
    """OpenVINO without what reports its use to its maker: nobody was asked, and the process that it
    forks for that can wait for ever."""
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    return importlib.import_module("openvino")


def openvino_encoder(directory: Path, cache: Path, backend: str = "openvino") -> "Encoder":
    """OpenVINO on the exported graph: in bfloat16 where the processor has it, or with int8 products
    (`openvino-int8`)."""
    from twin_core.embedder import int8

    openvino = _openvino()
    core = openvino.Core()
    settings = {"INFERENCE_NUM_THREADS": _threads(), "PERFORMANCE_HINT": "LATENCY"}
    settings |= int8.SETTINGS if backend == "openvino-int8" else {}
    graph = str(exported(directory, backend, cache))
    request = core.compile_model(graph, "CPU", settings).create_infer_request()

    def encode(ids: "np.ndarray", mask: "np.ndarray") -> "np.ndarray":
        found: Any = request.infer({"input_ids": ids, "attention_mask": mask})
        return next(iter(found.values())).copy()  # the buffer is reused

    return encode


def exported(directory: Path, backend: str, cache: Path) -> Path:
    """The model from token ids to vectors, pooling included, as the backend reads it; made once,
    in the cache."""
    target = cache / "embedders" / f"{model_digest(directory)}-{backend}-{EXPORT}"
    export = {"onnx": _to_onnx, "openvino": _to_openvino, "openvino-int8": _to_int8}[backend]
    publish_directory(target, lambda draft: export(directory, draft / GRAPHS[backend]))
    return target / GRAPHS[backend]


def _to_onnx(directory: Path, path: Path) -> None:
    import torch

    axes = {0: "texts", 1: "width"}
    with _quiet_tracing():
        torch.onnx.export(
            _pipeline(directory),
            (torch.ones(2, 16, dtype=torch.int64),) * 2,
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["vector"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "vector": {0: "texts"}},
            opset_version=17,
            dynamo=False,
        )


def _to_openvino(directory: Path, path: Path) -> None:
    openvino = _openvino()
    openvino.save_model(_converted(directory), path, compress_to_fp16=False)


def _to_int8(directory: Path, path: Path) -> None:
    from twin_core.embedder.int8 import quantise

    openvino = _openvino()
    model = _converted(directory)
    quantise(model)
    openvino.save_model(model, path, compress_to_fp16=False)


def _converted(directory: Path) -> "openvino.Model":
    import torch

    openvino = _openvino()
    names = ["input_ids", "attention_mask"]
    shapes = [(name, openvino.PartialShape([-1, -1]), openvino.Type.i64) for name in names]
    example = dict.fromkeys(names, torch.ones(2, 16, dtype=torch.int64))
    with _quiet_tracing():
        return openvino.convert_model(_pipeline(directory), example_input=example, input=shapes)


def _pipeline(directory: Path) -> "torch.nn.Module":
    """sentence-transformers' modules as a function of two tensors."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        str(directory), device="cpu", model_kwargs={"attn_implementation": "eager"}
    )

    class Pipeline(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            return self.model(features)["sentence_embedding"]

    return Pipeline().eval()


@contextmanager
def _quiet_tracing() -> Iterator[None]:
    """Without gradients, and without the tracer's warnings of shapes that are constant."""
    import torch

    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        yield


def _threads() -> int:
    """As many as torch would use; `OMP_NUM_THREADS` is among what decides that."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
