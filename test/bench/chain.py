#!/usr/bin/env python3
"""Writes a deep model: chain.py NODES > chain.onnxtxt

A chain of residual blocks MatMul, Add (bias), Relu, Add (skip), as ONNX text,
with NODES nodes in all: for measuring time per node and for limits of depth.
"""

import sys


def chain(nodes):
    yield '<ir_version: 8, opset_import: ["" : 17]>\n'
    yield "chain (float[batch,256] v0) => (float[batch,256] result)\n"
    yield "  <float[256,256] w = {}, float[256] b = {}>\n{\n"
    x = "v0"
    for i in range((nodes - 1) // 4):
        yield f"  m{i} = MatMul ({x}, w)\n  a{i} = Add (m{i}, b)\n"
        yield f"  r{i} = Relu (a{i})\n  s{i} = Add (r{i}, {x})\n"
        x = f"s{i}"
    for i in range((nodes - 1) % 4):
        yield f"  t{i} = Relu ({x})\n"
        x = f"t{i}"
    yield f"  result = Identity ({x})\n}}\n"


if __name__ == "__main__":
    sys.stdout.writelines(chain(int(sys.argv[1])))
