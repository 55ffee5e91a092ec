#!/usr/bin/python3
"""Well-formed files of senseless models: operands and results missing, of other
types and sizes, attributes missing or of another kind.

The mutants come from a fixed seed. Each must be analyzed or refused in words,
and what is reported of it must not be negative. --all takes every node test of
the corpus, --mutants=N as many mutants of each.
"""

import collections
import pathlib
import random
import tempfile

import onnx
from onnx import AttributeProto, TensorProto

from harness import Harness, table

SIZES = (-1, 0, 1, 2, 3, 7, 1 << 20, 1 << 40, (1 << 63) - 1)
NUMBERS = (*SIZES, -2, -7, -(1 << 63), 4, 1000)
TYPES = [t for t in TensorProto.DataType.values()]


def random_attribute(attribute, rng):
    """The same name with a value of some kind."""
    number = lambda: rng.choice(NUMBERS)
    value = rng.choice(
        (
            number,
            lambda: [number() for _ in range(rng.randrange(6))],
            lambda: rng.choice((0.5, -1.0, 1e38, float("nan"), float("inf"))),
            lambda: [0.5] * rng.randrange(4),
            lambda: rng.choice(("", "x", "SAME_UPPER", "ij,jk->ik")),
            lambda: ["x"] * rng.randrange(4),
            lambda: onnx.helper.make_tensor("t", TensorProto.INT64, [2], [number(), number()]),
        )
    )()
    if value == []:
        attribute.CopyFrom(AttributeProto(name=attribute.name, type=AttributeProto.INTS))
    else:
        attribute.CopyFrom(onnx.helper.make_attribute(attribute.name, value))


def mutate_attribute(model, node, rng):
    if not node.attribute:
        return
    attribute = rng.choice(node.attribute)
    if rng.random() < 0.2:
        node.attribute.remove(attribute)
    else:
        random_attribute(attribute, rng)


def mutate_operands(model, node, rng):
    names = rng.choice((node.input, node.output))
    action = rng.randrange(5)
    if action == 0 and names:
        del names[rng.randrange(len(names)) :]
    elif action == 1 and names:
        names[rng.randrange(len(names))] = ""
    elif action == 2:
        node.input.append(rng.choice((*node.input, "")))
    elif action == 3 and len(node.input) > 1:
        first, second = rng.sample(range(len(node.input)), 2)
        node.input[first], node.input[second] = node.input[second], node.input[first]
    elif action == 4:
        node.output.append("another")


def mutate_port(model, node, rng):
    port = rng.choice((*model.graph.input, *model.graph.output) or (None,))
    if port is None:
        return
    tensor = port.type.tensor_type
    dims = tensor.shape.dim
    action = rng.randrange(5)
    if action == 0:
        tensor.elem_type = rng.choice(TYPES)
    elif action == 1 and dims:
        rng.choice(dims).dim_value = rng.choice(SIZES)
    elif action == 2 and dims:
        rng.choice(dims).dim_param = rng.choice(("n", "n + 1", "n - 5", "0 - n"))
    elif action == 3 and dims:
        del dims[rng.randrange(len(dims)) :]
    else:
        dims.add().dim_value = rng.choice(SIZES)


def mutate_contents(model, node, rng):
    """Operands that the file fixes: shapes, axes, pads."""
    tensors = [*model.graph.initializer, *(a.t for a in node.attribute if a.HasField("t"))]
    if not tensors:  # an input becomes one
        if not model.graph.input:
            return
        port = rng.choice(model.graph.input)
        tensors = [model.graph.initializer.add(name=port.name)]
    tensor = rng.choice(tensors)
    name = tensor.name
    values = [rng.choice(NUMBERS) for _ in range(rng.randrange(6))]
    shape = [len(values)] if rng.random() < 0.8 or len(values) != 1 else []
    tensor.CopyFrom(onnx.helper.make_tensor(name, TensorProto.INT64, shape, values))


def mutate_opset(model, node, rng):
    if model.opset_import:
        rng.choice(model.opset_import).version = rng.choice((1, 6, 10, 13, 18, 25, 1000))


KINDS = (mutate_attribute, mutate_operands, mutate_port, mutate_contents, mutate_opset)


def mutant(model, rng):
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    for _ in range(rng.randint(1, 3)):
        node = rng.choice(changed.graph.node)
        rng.choices(KINDS, weights=(4, 3, 4, 4, 1))[0](changed, node, rng)
    return changed


def negative(value, path=""):
    """Where a value has a negative number in it; "" if nowhere."""
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    else:
        bad = isinstance(value, (int, float)) and value < 0
        return path if bad else ""
    return next((found for key, child in children if (found := negative(child, f"{path}/{key}"))), "")


def main():
    def arguments(parser):
        parser.add_argument("--all", action="store_true")
        parser.add_argument("--mutants", type=int, default=6)
        parser.add_argument("--seed", default="")

    harness = Harness(__doc__.splitlines()[0], arguments)
    options = harness.options
    sources = sorted(harness.corpus.glob("onnx-backend/node/*/model.onnx"))
    sources = sources if options.all else sources[::25]
    with tempfile.TemporaryDirectory() as folder:

        def attempt(path):
            model = onnx.load(path)
            verdicts = []
            for index in range(options.mutants):
                name = f"{path.parent.name}.{index}{options.seed}"
                file = pathlib.Path(folder, f"{name}.onnx")
                file.write_bytes(mutant(model, random.Random(name)).SerializeToString())
                run = harness.run(file)
                # What is quoted from the file ("model") may be as negative as it likes.
                found = negative({k: v for k, v in (run.report or {}).items() if k != "model"})
                verdict = "negative" if found else run.verdict
                verdicts.append(verdict)
                if verdict in ("ok", "error"):
                    file.unlink()
                    continue
                if options.verbose:
                    file.replace(pathlib.Path.cwd() / file.name)
                harness.fail(name, f"{verdict} ({run.code}) {found} {run.stderr.strip()[-200:]}")
            return verdicts

        counts = collections.Counter(v for verdicts in harness.map(attempt, sources) for v in verdicts)
    table([("outcome", "count"), *sorted(counts.items())])
    harness.finish(f"{sum(counts.values())} senseless models")


if __name__ == "__main__":
    main()
