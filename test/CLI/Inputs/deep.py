"""deep.py KIND OUT: models that nest deeper than limits allow, each in another way.

graphs: subgraphs. calls: ONNX functions that call one another, each call inside nested Ifs: neither
nests too deep, both together do. twice: ONNX functions that each call the next one twice. types: a
tensor of very many dims.
"""

import sys

GRAPH = 5  # AttributeProto.AttributeType


def varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, body):
    if isinstance(body, int):
        return varint(number << 3) + varint(body)
    body = body.encode() if isinstance(body, str) else body
    return varint(number << 3 | 2) + varint(len(body)) + body


def node(op, inputs, outputs, attributes=b"", domain=""):
    names = b"".join(field(1, i) for i in inputs) + b"".join(field(2, o) for o in outputs)
    return names + field(4, op) + attributes + (field(7, domain) if domain else b"")


def branch(name, inner):
    graph = field(1, inner) + field(2, "g") + field(12, field(1, "r"))
    return field(5, field(1, name) + field(20, GRAPH) + field(6, graph))


def nested(inner, levels):
    other = branch("else_branch", node("Identity", ["a"], ["r"]))
    for _ in range(levels):
        inner = node("If", ["c"], ["r"], branch("then_branch", inner) + other)
    return inner


def tensor(name, element, dims):
    shape = b"".join(field(1, field(1, dim)) for dim in dims)
    return field(1, name) + field(2, field(1, field(1, element) + field(2, shape)))


def opset(domain, version):
    return (field(1, domain) if domain else b"") + field(2, version)


def calls(functions, levels):
    out = b""
    for i in range(functions):
        last = i + 1 == functions
        inner = node("Relu", ["a"], ["r"]) if last else node(f"F{i + 1}", ["a", "c"], ["r"], b"", "my")
        names = field(1, f"F{i}") + field(4, "a") + field(4, "c") + field(5, "r")
        sets = field(9, opset("", 17)) + field(9, opset("my", 1))
        out += field(25, names + field(7, nested(inner, levels)) + sets + field(10, "my"))
    return node("F0", ["a", "c"], ["y"], b"", "my"), out


def twice(functions):
    out = b""
    for i in range(functions):
        names = field(1, f"F{i}") + field(4, "a") + field(5, "r")
        last = i + 1 == functions
        first, second = ("Relu", "") if last else (f"F{i + 1}", "my")
        body = field(7, node(first, ["a"], ["b"], b"", second)) + field(7, node(first, ["b"], ["r"], b"", second))
        out += field(25, names + body + field(9, opset("", 17)) + field(9, opset("my", 1)) + field(10, "my"))
    return node("F0", ["a"], ["y"], b"", "my"), out


kind, path = sys.argv[1:3]
functions, dims = b"", [4]
if kind == "types":
    body, dims = node("Relu", ["a"], ["y"]), [1] * 1100
elif kind == "twice":
    body, functions = twice(int(sys.argv[3]))
elif kind == "graphs":
    body = nested(node("Relu", ["a"], ["r"]), 100)
else:
    body, functions = calls(*map(int, sys.argv[3:5]))
graph = field(1, body) + field(2, "g") + field(11, tensor("a", 1, dims)) + field(11, tensor("c", 9, []))
graph += field(12, field(1, "r" if kind == "graphs" else "y"))
with open(path, "wb") as file:
    file.write(field(1, 8) + field(7, graph) + field(8, opset("", 17)) + field(8, opset("my", 1)) + functions)
