#!/usr/bin/env python3
"""Sets the first channels of every layer to zero, so that pruning as many must not change the outputs.

usage: zero_channels.py MODEL OUT [--ratio 0.3] [--round 8] [--heads 12x64]
Needs Debian's python3-onnx. Of a layer with n channels it is the number that prune-channels and prune-ffn take away with the same
ratio and rounding; with --heads, of layers whose columns are a multiple of all heads', it is whole heads, as prune-heads counts
them. Layers that are pruned otherwise (groups, shuffled channels) are not for this script."""
import argparse

import numpy as np
import onnx
from onnx import numpy_helper


def kept(count, ratio, step):
    ideal = count * (1 - ratio)
    n = max(step, int(ideal + step / 2) // step * step)
    return min(n + step if n < 0.9 * ideal else n, count)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("model"), p.add_argument("out")
    p.add_argument("--ratio", type=float, default=0.3), p.add_argument("--round", type=int, default=8)
    p.add_argument("--heads")
    a = p.parse_args()
    model = onnx.load(a.model)
    weights = {t.name: t for t in model.graph.initializer}
    aliases = {n.output[0]: n.input[0] for n in model.graph.node if n.op_type == "Identity"}
    users = {}
    for node in model.graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)

    def zeroed(count):
        """Which of `count` channels."""
        if not a.heads:
            return np.arange(count) < count - kept(count, a.ratio, a.round)
        heads, width = map(int, a.heads.split("x"))
        if count % (heads * width):
            return np.zeros(count, bool)
        return np.arange(count) // width % heads < heads - kept(heads, a.ratio, 1)

    def clear(name, dim):
        name = aliases.get(name, name)
        if name not in weights:
            return
        values = numpy_helper.to_array(weights[name]).copy()
        dim = dim % values.ndim
        values[(slice(None),) * dim + (zeroed(values.shape[dim]),)] = 0
        weights[name].CopyFrom(numpy_helper.from_array(values, name))

    for node in model.graph.node:
        attributes = {x.name: onnx.helper.get_attribute_value(x) for x in node.attribute}
        if node.op_type in ("Conv", "ConvTranspose", "Gemm"):
            dim = {"Conv": 0, "ConvTranspose": 1, "Gemm": 0 if attributes.get("transB") else 1}[node.op_type]
            clear(node.input[1], dim)
            if len(node.input) > 2:
                clear(node.input[2], -1)
        elif node.op_type == "BatchNormalization":
            for name in node.input[1:4]:  # scale, shift and mean
                clear(name, 0)
        elif node.op_type == "MatMul":
            clear(node.input[1], -1)
            for user in users.get(node.output[0], []):
                if user.op_type == "Add":
                    for name in user.input:
                        clear(name, -1)
    onnx.save(model, a.out)


if __name__ == "__main__":
    main()
