"""show_model.py FILE: inputs, outputs, nodes and small initializers, a line each.

in x float32[2, 2]          out y float16[2]
y = Op(a, b) axis=1 to=10    the result, its op, operands ("" absent) and attributes
w int8[2] = 1 -2            an initializer of up to 64 elements, decoded here"""

import struct
import sys

import onnx
from onnx import TensorProto, helper, numpy_helper

NAMES = {number: name.lower() for name, number in TensorProto.DataType.items()}


def kind(value):
    tensor = value.type.tensor_type
    dims = [d.dim_param or d.dim_value for d in tensor.shape.dim]
    return f"{NAMES[tensor.elem_type]}{dims}".replace("'", "")


def values(tensor):
    if tensor.data_type == TensorProto.BFLOAT16:
        words = struct.unpack(f"<{len(tensor.raw_data) // 2}H", tensor.raw_data)
        return [struct.unpack("<f", struct.pack("<I", word << 16))[0] for word in words]
    return numpy_helper.to_array(tensor).flatten().tolist()


def show(graph, indent=""):
    for value in graph.input:
        print(f"{indent}in {value.name} {kind(value)}")
    for value in graph.output:
        print(f"{indent}out {value.name} {kind(value)}")
    for node in graph.node:
        attributes = "".join(f" {a.name}={helper.get_attribute_value(a)}" for a in node.attribute if a.type in (1, 2))
        print(f"{indent}{', '.join(node.output)} = {node.op_type}({', '.join(node.input)}){attributes}")
        for attribute in node.attribute:
            if attribute.HasField("g"):
                show(attribute.g, indent + "  ")
            if attribute.HasField("t"):
                print(f"{indent}  {attribute.name} {NAMES[attribute.t.data_type]} = {values(attribute.t)}")
    for tensor in graph.initializer:
        head = f"{indent}{tensor.name} {NAMES[tensor.data_type]}{list(tensor.dims)}"
        numbers = values(tensor) if tensor.raw_data or len(tensor.float_data) or len(tensor.int32_data) else []
        print(head, "=", " ".join(f"{x:.9g}" for x in numbers) if len(numbers) <= 64 else "...")


show(onnx.load(sys.argv[1], load_external_data=False).graph)
