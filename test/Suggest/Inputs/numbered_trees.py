"""numbered_trees.py OUT: a TreeEnsemble of ai.onnx.ml 5, of two trees."""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def tensor(values, dtype):
    return numpy_helper.from_array(np.array(values, dtype), "t")


nan = float("nan")
node = helper.make_node(
    "TreeEnsemble", ["x"], ["y"], "trees", domain="ai.onnx.ml", n_targets=1, tree_roots=[0, 3],
    nodes_modes=tensor([0, 0, 6, 6], np.uint8), nodes_splits=tensor([5, 7, 0, 0], np.float32), nodes_featureids=[0, 0, 1, 1],
    nodes_truenodeids=[1, 2, 0, 4], nodes_trueleafs=[0, 0, 1, 1], nodes_falsenodeids=[3, 2, 1, 5], nodes_falseleafs=[1, 1, 1, 1],
    leaf_targetids=[0] * 6, leaf_weights=tensor([1, 2, 3, 4, 6, 6], np.float32), membership_values=tensor([9, nan, 8, nan], np.float32))
graph = helper.make_graph([node], "trees", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 2])],
                          [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 1])])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 5)])
model.ir_version = 8
onnx.save(model, sys.argv[1])
