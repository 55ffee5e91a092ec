#!/usr/bin/env python3
"""Models of any size, to measure with.

    models.py KIND SIZE OUT

writes a model of SIZE nodes (of layers for `nested`, of bytes for `single` and `twin`):

    chain     residual blocks, one after the other
    wide      as many branches as there are pairs of nodes, summed at the end
    detector  convolutions, and shapes that are computed in the graph
    unrolled  a recurrent cell, step after step
    nested    an If in an If in an If
    single    products whose weights fill the file
    twin      the same graph; its weights are in a file that is not there
    llm       a decoder of SIZE layers, 8,192 wide, with external weights
"""

import math
import pathlib
import sys

from proto import BOOL, FLOAT, FLOAT16, INT64, Graph, Noise, ints, tensor


def chain(nodes):
    """Blocks of MatMul, Add (bias), Relu, Add (skip)."""
    graph = Graph("chain")
    graph.input("v0", FLOAT, ["batch", 256])
    graph.initializer(tensor("w", FLOAT, [256, 256]))
    graph.initializer(tensor("b", FLOAT, [256]))
    x = "v0"
    for i in range((nodes - 1) // 4):
        graph.add("MatMul", [x, "w"], f"m{i}")
        graph.add("Add", [f"m{i}", "b"], f"a{i}")
        graph.add("Relu", [f"a{i}"], f"r{i}")
        x = graph.add("Add", [f"r{i}", x], f"s{i}")
    for i in range((nodes - 1) % 4):
        x = graph.add("Relu", [x], f"t{i}")
    graph.add("Identity", [x], "result")
    graph.output("result", FLOAT, ["batch", 256])
    return graph


def wide(nodes):
    graph = Graph("wide")
    graph.input("x", FLOAT, ["batch", 64])
    graph.initializer(tensor("w", FLOAT, [64, 64]))
    branches = []
    for i in range((nodes - 1) // 2):
        graph.add("MatMul", ["x", "w"], f"m{i}")
        branches.append(graph.add("Relu", [f"m{i}"], f"r{i}"))
    graph.add("Sum", branches, "y")
    graph.output("y", FLOAT, ["batch", 64])
    return graph


def detector(nodes):
    """Blocks as exporters of detectors write them: 2 convolutions, and a Reshape to
    a shape that the graph computes, 10 nodes."""
    graph = Graph("detector")
    graph.input("x", FLOAT, ["batch", 32, 64, 64])
    graph.initializer(tensor("w", FLOAT, [32, 32, 3, 3]))
    graph.initializer(ints("zero", [0]))
    graph.initializer(ints("rest", [32, 64, 64]))
    x = "x"
    for i in range((nodes - 1) // 10):
        for j in range(2):
            x = graph.add("Conv", [x, "w"], f"c{i}_{j}", kernel_shape=[3, 3], pads=[1, 1, 1, 1])
            x = graph.add("Relu", [x], f"r{i}_{j}")
        graph.add("Shape", [x], f"shape{i}")
        graph.add("Gather", [f"shape{i}", "zero"], f"batch{i}", axis=0)
        graph.add("Concat", [f"batch{i}", "rest"], f"all{i}", axis=0)
        x = graph.add("Reshape", [x, f"all{i}"], f"same{i}")
        graph.add("Sigmoid", [x], f"gate{i}")
        x = graph.add("Mul", [x, f"gate{i}"], f"out{i}")
    graph.add("Identity", [x], "y")
    graph.output("y", FLOAT, ["batch", 32, 64, 64])
    return graph


def unrolled(nodes):
    """h = tanh(x[t] W + h U), 5 nodes a step."""
    graph = Graph("unrolled")
    graph.input("x", FLOAT, ["sequence", "batch", 64])
    graph.input("h", FLOAT, ["batch", 64])
    for name in ("w", "u"):
        graph.initializer(tensor(name, FLOAT, [64, 64]))
    h = "h"
    # Of whatever length, the last step of the input is read.
    graph.initializer(tensor("last", INT64, [], (-1).to_bytes(8, "little", signed=True)))
    for i in range((nodes - 1) // 5):
        graph.add("Gather", ["x", "last"], f"x{i}", axis=0)
        graph.add("MatMul", [f"x{i}", "w"], f"i{i}")
        graph.add("MatMul", [h, "u"], f"g{i}")
        graph.add("Add", [f"i{i}", f"g{i}"], f"s{i}")
        h = graph.add("Tanh", [f"s{i}"], f"h{i}")
    graph.add("Identity", [h], "y")
    graph.output("y", FLOAT, ["batch", 64])
    return graph


def nested(layers):
    def branch(layer, name):
        graph = Graph(f"{name}{layer}")
        out = f"{name}_out{layer}"
        if name == "then" and layer + 1 < layers:
            inner = {f"{kind}_branch": branch(layer + 1, kind) for kind in ("then", "else")}
            graph.add("If", ["c"], f"inner{layer}", **inner)
            graph.add("Relu", [f"inner{layer}"], out)
        else:
            graph.add("MatMul", ["x", "w"], out)
        graph.output(out, FLOAT, ["batch", 64])
        return graph

    graph = Graph("nested")
    graph.input("c", BOOL, [])
    graph.input("x", FLOAT, ["batch", 64])
    graph.initializer(tensor("w", FLOAT, [64, 64]))
    graph.add("If", ["c"], "y", then_branch=branch(0, "then"), else_branch=branch(0, "else"))
    graph.output("y", FLOAT, ["batch", 64])
    return graph


def products(size, external=None, noise=False):
    """Products whose weights are `size` bytes, in 16 layers."""
    layers = 16
    width = math.isqrt(size // layers // 4)
    graph = Graph("products")
    graph.input("x", FLOAT, ["batch", width])
    x = "x"
    for i in range(layers):
        place = external and (external, i * width * width * 4)
        data = Noise(4 * width * width) if noise else None
        graph.initializer(tensor(f"w{i}", FLOAT, [width, width], data, place))
        graph.add("MatMul", [x, f"w{i}"], f"m{i}")
        x = graph.add("Relu", [f"m{i}"], f"r{i}")
    graph.output(x, FLOAT, ["batch", width])
    return graph


def single(size):
    return products(size)


def twin(size):
    return products(size, external="absent.data")


class Decoder:
    """A language model's decoder as exporters write it, in float16."""

    WIDTH, HEADS, GROUPS, HIDDEN, VOCABULARY = 8192, 64, 8, 28672, 32000

    def __init__(self, layers, file):
        self.graph, self.file, self.offset = Graph("llm"), file, 0
        self.head = self.WIDTH // self.HEADS
        graph = self.graph
        graph.input("ids", INT64, ["batch", "sequence"])
        for name, values in (
            ("last", [-1]),
            ("split", [0, 0, -1, self.head]),
            ("merge", [0, 0, self.WIDTH]),
            ("two", [2]),
            ("repeat", [1, 1, self.HEADS // self.GROUPS, 1, 1]),
            ("heads", [0, self.HEADS, -1, self.head]),
        ):
            graph.initializer(ints(name, values))
        graph.initializer(tensor("square", FLOAT16, [], b"\0\x40"))
        graph.initializer(tensor("epsilon", FLOAT16, [], b"\x11\0"))
        graph.initializer(tensor("scale", FLOAT16, [], b"\0\x2c"))
        self.weight("table", [self.VOCABULARY, self.WIDTH])
        x = graph.add("Gather", ["table", "ids"], "x", axis=0)
        for i in range(layers):
            x = self.feed(f"l{i}.", self.attend(f"l{i}.", x))
        x = self.product("logits", self.norm("final.", x), self.VOCABULARY, self.WIDTH)
        graph.output(x, FLOAT16, ["batch", "sequence", self.VOCABULARY])

    def weight(self, name, dims):
        self.graph.initializer(tensor(name, FLOAT16, dims, external=(self.file, self.offset)))
        self.offset += 2 * math.prod(dims)
        return name

    def product(self, name, x, columns, rows):
        return self.graph.add("MatMul", [x, self.weight(name + ".w", [rows, columns])], name)

    def norm(self, at, x):
        add = self.graph.add
        add("Pow", [x, "square"], at + "pow")
        add("ReduceMean", [at + "pow"], at + "mean", axes=[-1])
        add("Add", [at + "mean", "epsilon"], at + "shift")
        add("Sqrt", [at + "shift"], at + "root")
        add("Div", [x, at + "root"], at + "div")
        return add("Mul", [at + "div", self.weight(at + "gain", [self.WIDTH])], at + "norm")

    def attend(self, at, x):
        add, groups = self.graph.add, self.GROUPS * self.head
        normed = self.norm(at + "a.", x)
        heads = {}
        for name, columns in (("q", self.WIDTH), ("k", groups), ("v", groups)):
            y = self.product(at + name, normed, columns, self.WIDTH)
            add("Reshape", [y, "split"], y + ".split")
            heads[name] = add("Transpose", [y + ".split"], y + ".heads", perm=[0, 2, 1, 3])
        for name in ("k", "v"):
            y = heads[name]
            add("Unsqueeze", [y, "two"], y + ".apart")
            add("Tile", [y + ".apart", "repeat"], y + ".tiled")
            heads[name] = add("Reshape", [y + ".tiled", "heads"], y + ".all")
        add("Transpose", [heads["k"]], at + "kt", perm=[0, 1, 3, 2])
        add("MatMul", [heads["q"], at + "kt"], at + "scores")
        add("Mul", [at + "scores", "scale"], at + "scaled")
        add("Softmax", [at + "scaled"], at + "weights", axis=-1)
        add("MatMul", [at + "weights", heads["v"]], at + "mixed")
        add("Transpose", [at + "mixed"], at + "back", perm=[0, 2, 1, 3])
        add("Reshape", [at + "back", "merge"], at + "merged")
        out = self.product(at + "o", at + "merged", self.WIDTH, self.WIDTH)
        return add("Add", [x, out], at + "attended")

    def feed(self, at, x):
        add = self.graph.add
        normed = self.norm(at + "f.", x)
        gate = self.product(at + "gate", normed, self.HIDDEN, self.WIDTH)
        up = self.product(at + "up", normed, self.HIDDEN, self.WIDTH)
        add("Sigmoid", [gate], at + "sigmoid")
        add("Mul", [gate, at + "sigmoid"], at + "silu")
        add("Mul", [at + "silu", up], at + "gated")
        down = self.product(at + "down", at + "gated", self.WIDTH, self.HIDDEN)
        return add("Add", [x, down], at + "fed")


def write_llm(layers, path):
    """The model and, sparse, its weights; returns their size."""
    path = pathlib.Path(path)
    decoder = Decoder(layers, path.name + ".data")
    decoder.graph.write(path)
    with open(path.with_name(path.name + ".data"), "wb") as data:
        data.truncate(decoder.offset)
    return decoder.graph, decoder.offset


KINDS = {f.__name__: f for f in (chain, wide, detector, unrolled, nested, single, twin)}

if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in {*KINDS, "llm"}:
        sys.exit(__doc__)
    kind, size, out = sys.argv[1], int(float(sys.argv[2])), sys.argv[3]
    if kind == "llm":
        write_llm(size, out)
    else:
        KINDS[kind](size).write(out)
