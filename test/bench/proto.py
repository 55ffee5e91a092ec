"""ONNX files without an ONNX library: messages as lists of pieces, weights as holes.

A file of 2 GB is written in no time and takes no disk: its weights are zeros that
a file system does not store.
"""

import array
import random


class Hole:
    """Bytes that are left out of the file, zero when they are read."""

    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size


class Noise(Hole):
    """Bytes that are written: numbers as weights are, again and again."""

    BLOCK = array.array("f", map(random.Random(1).gauss, [0] * (1 << 16), [0.05] * (1 << 16))).tobytes()

    def write(self, file):
        for _ in range(self.size // len(self.BLOCK)):
            file.write(self.BLOCK)
        file.write(self.BLOCK[: self.size % len(self.BLOCK)])


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def integer(field, value):
    return [varint(field << 3) + varint(value)]


def message(field, pieces):
    """`pieces` as a field; a string is a message of one piece."""
    if isinstance(pieces, str):
        pieces = [pieces.encode()]
    size = sum(len(piece) for piece in pieces)
    return [varint(field << 3 | 2) + varint(size), *pieces]


def join(*parts):
    return [piece for part in parts for piece in part]


FLOAT, INT64, BOOL, FLOAT16 = 1, 7, 9, 10
BYTES = {FLOAT: 4, INT64: 8, BOOL: 1, FLOAT16: 2}


def tensor(name, kind, dims, data=None, external=None):
    """`data` as bytes or Noise; `external` as (file, offset); else zeros."""
    size = BYTES[kind]
    for dim in dims:
        size *= dim
    out = join(*(integer(1, dim) for dim in dims), integer(2, kind), message(8, name))
    if external is None:
        return join(out, message(9, [data if data is not None else Hole(size)]))
    file, offset = external
    for key, value in (("location", file), ("offset", str(offset)), ("length", str(size))):
        out = join(out, message(13, join(message(1, key), message(2, value))))
    return join(out, integer(14, 1))


def ints(name, values):
    """An initializer of int64, a vector."""
    return tensor(name, INT64, [len(values)], b"".join(v.to_bytes(8, "little", signed=True) for v in values))


def attribute(name, value):
    if isinstance(value, int):
        kind, body = 2, integer(3, value)
    elif isinstance(value, str):
        kind, body = 3, message(4, value)
    elif isinstance(value, Graph):
        kind, body = 5, message(6, value.pieces())
    else:
        kind, body = 7, join(*(integer(8, v) for v in value))
    return join(message(1, name), body, integer(20, kind))


def node(op, inputs, outputs, domain="", **attributes):
    return join(
        *(message(1, name) for name in inputs),
        *(message(2, name) for name in outputs),
        message(4, op),
        *(message(5, attribute(name, value)) for name, value in attributes.items()),
        message(7, domain) if domain else [],
    )


def value(name, kind, dims):
    """A dim is a number or a name."""
    shape = join(*(message(1, integer(1, d) if isinstance(d, int) else message(2, d)) for d in dims))
    return join(message(1, name), message(2, message(1, join(integer(1, kind), message(2, shape)))))


class Graph:
    """Nodes, initializers, inputs and outputs, each already encoded."""

    def __init__(self, name):
        self.name = name
        self.parts = []
        self.nodes = 0

    def add(self, op, inputs, output, **attributes):
        outputs = output if isinstance(output, list) else [output]
        self.parts += message(1, node(op, inputs, outputs, **attributes))
        self.nodes += 1
        return outputs[0]

    def initializer(self, pieces):
        self.parts += message(5, pieces)

    def input(self, *args):
        self.parts += message(11, value(*args))

    def output(self, *args):
        self.parts += message(12, value(*args))

    def pieces(self):
        return join(self.parts, message(2, self.name))

    def write(self, path, opset=17):
        model = join(
            integer(1, 8),
            message(2, "energy-opt bench"),
            message(7, self.pieces()),
            message(8, integer(2, opset)),
        )
        with open(path, "wb") as file:
            for piece in model:
                if isinstance(piece, Noise):
                    piece.write(file)
                elif isinstance(piece, Hole):
                    file.seek(len(piece), 1)
                else:
                    file.write(piece)
            file.truncate()
        return self
