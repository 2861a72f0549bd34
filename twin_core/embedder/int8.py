"""Weights of an OpenVINO graph as int8, without calibration texts.

Each run of 128 inputs of a neuron has its own scale (symmetric); activations are quantised as they
come, in runs of 128, by OpenVINO itself where the processor multiplies int8 (AVX512-VNNI, AMX).
Embedding tables stay as they are: looking a row up costs nothing that int8 would save.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import openvino

GROUP = 128
SETTINGS = {"DYNAMIC_QUANTIZATION_GROUP_SIZE": str(GROUP)}


def quantise(model: "openvino.Model") -> None:
    """Replace the constant weights (outputs, inputs) of every matrix product, in place."""
    from openvino import opset13 as ops

    for node in model.get_ordered_ops():
        if node.get_type_name() != "MatMul":
            continue
        weight = node.input_value(1).get_node()
        turned = node.get_attributes()["transpose_b"]
        if weight.get_type_name() != "Constant" or len(weight.shape) != 2 or not turned:
            continue
        values, scales = rounded(weight.get_data())
        product = ops.multiply(ops.convert(ops.constant(values), "f32"), ops.constant(scales))
        shape = ops.constant(np.array(list(weight.shape), dtype=np.int64))
        node.input(1).replace_source_output(ops.reshape(product, shape, False).output(0))
    model.validate_nodes_and_infer_types()


def rounded(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(outputs, inputs) → int8 (outputs, groups, inputs of a group) and its float32 scales
    (outputs, groups, 1); one group where the inputs are no multiple of 128."""
    outputs, inputs = weight.shape
    grouped = weight.reshape(outputs, -1, GROUP if inputs % GROUP == 0 else inputs)
    scales = np.maximum(np.abs(grouped).max(axis=2, keepdims=True) / 127, 1e-12)
    values = np.rint(grouped / scales).clip(-127, 127).astype(np.int8)
    return values, scales.astype(np.float32)
