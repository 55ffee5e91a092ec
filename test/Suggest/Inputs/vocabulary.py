"""vocabulary.py FOLDER [--compare BASE CUT ROWS]: small language models, and what is left of one.

Makes untied.onnx (a table and a projection), tied.onnx (the projection reads the table) and lookup.onnx (a table alone). Of a cut
model, numpy computes the outputs of both files: the columns that stay are the same."""

import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROWS, WIDTH = 2048, 8


def make(folder):
    random = np.random.default_rng(1)
    def weight(name, *shape):
        return numpy_helper.from_array(random.standard_normal(shape).astype(np.float32), name)
    ids = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "seq"]) for n in ("input_ids", "position_ids")]
    start = [helper.make_node("Gather", ["table", "input_ids"], ["e"], "lookup"),
             helper.make_node("Gather", ["where", "position_ids"], ["p"], "positions"),
             helper.make_node("Add", ["e", "p"], ["h"], "sum")]
    end = [helper.make_node("Add", ["l", "b"], ["logits"], "bias")]
    project = {"untied": [helper.make_node("MatMul", ["h", "w"], ["l"], "project")],
               "tied": [helper.make_node("Transpose", ["table"], ["t"], "turn", perm=[1, 0]),
                        helper.make_node("MatMul", ["h", "t"], ["l"], "project")]}
    weights = [weight("table", ROWS, WIDTH), weight("where", 1024, WIDTH)]
    for name in ("untied", "tied", "lookup"):
        nodes = start + (project[name] + end if name != "lookup" else [])
        more = [weight("b", ROWS)] if name != "lookup" else []
        more += [weight("w", WIDTH, ROWS)] if name == "untied" else []
        out = ("logits", ROWS) if name != "lookup" else ("h", WIDTH)
        output = helper.make_tensor_value_info(out[0], TensorProto.FLOAT, ["batch", "seq", out[1]])
        graph = helper.make_graph(nodes, name, ids, [output], weights + more)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.save(model, folder / f"{name}.onnx")


def logits(path):
    """Of token 7 at position 3."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    values = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    values.update(input_ids=np.array([[7]]), position_ids=np.array([[3]]))
    for node in model.graph.node:
        a = [values[name] for name in node.input]
        values[node.output[0]] = {"Gather": lambda: a[0][a[1]], "Add": lambda: a[0] + a[1], "MatMul": lambda: a[0] @ a[1],
                                  "Transpose": lambda: a[0].T}[node.op_type]()
    declared = model.graph.output[0].type.tensor_type.shape.dim[-1].dim_value
    assert values["logits"].shape[-1] == declared, declared
    return values["logits"]


folder = pathlib.Path(sys.argv[1])
if "--compare" in sys.argv:
    base, cut, rows = sys.argv[3:6]
    was, now = logits(folder / f"{base}.onnx"), logits(folder / f"{cut}.onnx")
    assert now.shape == (1, 1, int(rows)) and np.allclose(was[..., :int(rows)], now, rtol=1e-6), now.shape
else:
    folder.mkdir(exist_ok=True)
    make(folder)
