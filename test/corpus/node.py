#!/usr/bin/python3
"""Inferred output shapes against the declared ones of ONNX's own backend tests.

Every shape that a file declares for anything but an input is removed first:
value_info, graph outputs, and all of it in subgraphs. What the tool then says
about the outputs must equal what was declared. `null` is right only where an
output's size comes from a run-time value, by the list DECIDED_BY below. Each
model must import, and none of its ops be unmodelled.
"""

import collections
import pathlib
import tempfile

import onnx

from harness import Harness, table

# Ops whose output size depends on a value: the operands that decide, or ALL
# where any run-time input does. Only operands that are no constants count.
ALL = range(100)
DECIDED_BY = {
    "AffineGrid": [1],
    "BlackmanWindow": [0],
    "CenterCropPad": [1],
    "Col2Im": [1, 2],
    "Compress": [1],
    "ConstantOfShape": [0],
    "DFT": [1, 2],
    "Expand": [1],
    "HammingWindow": [0],
    "HannWindow": [0],
    "If": [0],
    "ImageDecoder": ALL,
    "Loop": ALL,
    "MaxUnpool": [2],
    "MelWeightMatrix": [0, 1],
    "NonMaxSuppression": ALL,
    "NonZero": ALL,
    "OneHot": [1],
    "Pad": [1, 3],
    "Range": ALL,
    "ReduceSum": [1],
    "Reshape": [1],
    "Resize": [1, 2, 3],
    "STFT": [1, 3],
    "Scan": ALL,
    "SequenceAt": [1],
    "SequenceErase": [1],
    "SequenceInsert": [2],
    "Slice": [1, 2, 3, 4],
    "Split": [1],
    "SplitToSequence": [1],
    "Squeeze": [1],
    "StringNormalizer": ALL,
    "StringSplit": ALL,
    "Tile": [1, 2],
    "TopK": [1],
    "Unique": ALL,
    "Unsqueeze": [1],
    "Upsample": [1],
}
# The reductions take their axes as operand 1 since opset 18.
for kind in "L1 L2 LogSum LogSumExp Max Mean Min Prod SumSquare".split():
    DECIDED_BY[f"Reduce{kind}"] = [1]


def graphs(graph):
    """A graph and all below it."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for subgraph in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                yield from graphs(subgraph)


def declared_shape(value):
    """Dims of a tensor (None for one without a value), or None if not a tensor
    or without a shape."""
    if value.type.WhichOneof("value") != "tensor_type":
        return None
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        return None
    return [d.dim_value if d.HasField("dim_value") else None for d in tensor.shape.dim]


def strip(model):
    """Removes every declared shape except those of the model's inputs."""
    for graph in graphs(model.graph):
        del graph.value_info[:]
        for value in graph.output:
            kind = value.type.WhichOneof("value")
            if kind in ("tensor_type", "sparse_tensor_type"):
                getattr(value.type, kind).ClearField("shape")


def operands(node):
    """Names that a node reads, those that its subgraphs capture included."""
    names = [name for name in node.input if name]
    for attribute in node.attribute:
        for graph in [attribute.g] if attribute.HasField("g") else attribute.graphs:
            own = {value.name for value in graph.input} | {tensor.name for tensor in graph.initializer}
            for inner in graph.node:
                names += [name for name in operands(inner) if name not in own]
                own.update(inner.output)
    return names


def sized_at_run_time(model):
    """Names of the values whose size hangs on a value that only a run gives.

    Follows the graph once, in its order: a value is known if it is a constant,
    a Shape or Size, or computed from known ones; a size is decided at run time
    if an operand that DECIDED_BY names is not known, or the size of an input is.
    """
    known = {tensor.name for tensor in model.graph.initializer}
    sized = set()
    for node in model.graph.node:
        inputs = operands(node)
        decisive = [node.input[i] for i in DECIDED_BY.get(node.op_type, []) if i < len(node.input)]
        if any(name and name not in known for name in decisive) or sized & set(inputs):
            sized.update(node.output)
        elif node.op_type in ("Shape", "Size") or known.issuperset(inputs):
            known.update(node.output)
    return sized


def compare(declared, inferred, may_be_null):
    """equal, null (allowed), or what is wrong."""
    if inferred is None:
        return "null" if may_be_null else f"null, declared {declared}"
    if len(declared) != len(inferred):
        return f"rank {len(inferred)}, declared {declared}: {inferred}"
    result = "equal"
    for want, have in zip(declared, inferred):
        if have is None and want is not None:
            if not may_be_null:
                return f"{inferred}, declared {declared}"
            result = "null"
        elif want is not None and want != have:
            return f"{inferred}, declared {declared}"
    return result


def examine(harness, path, scratch):
    """(outcome per output, failures) of one model."""
    name = "/".join(path.relative_to(harness.corpus / "onnx-backend").parts).removesuffix("/model.onnx")
    model = onnx.load(path, load_external_data=False)
    declared = {value.name: declared_shape(value) for value in model.graph.output}
    at_run_time = sized_at_run_time(model)
    strip(model)
    bare = scratch / (name.replace("/", "_") + ".onnx")
    bare.write_bytes(model.SerializeToString())
    run = harness.run(bare)
    bare.unlink()
    if run.verdict != "ok":
        return ["not imported"], [(name, f"{run.verdict}: {run.error or run.stderr[:200]}")]
    failures = [
        (name, f"unmodelled {row['op']}: {row['reason']}") for row in run.report["coverage"]["unmodelled_ops"]
    ]
    outcomes = []
    for output in run.report["model"]["outputs"]:
        shape = declared.get(output["name"])
        outcome = "no shape declared" if shape is None else compare(shape, output["shape"], output["name"] in at_run_time)
        if outcome in ("equal", "null", "no shape declared"):
            outcomes.append(outcome)
        else:
            outcomes.append("different")
            failures.append((name, f"{output['name']}: {outcome}"))
        if outcome == "null" and harness.options.verbose:
            print(f"null: {name}: {output['name']} {output['shape']}, declared {shape}")
    return outcomes, failures


def main():
    harness = Harness(__doc__.splitlines()[0])
    models = sorted(harness.corpus.glob("onnx-backend/**/*.onnx"))
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        results = harness.map(lambda path: examine(harness, path, scratch), models)
    outputs, whole = collections.Counter(), collections.Counter()
    for outcomes, failures in results:
        outputs.update(outcomes)
        whole["equal" if set(outcomes) == {"equal"} else "other"] += 1
        for failure in failures:
            harness.fail(*failure)
    table([("outcome", "outputs"), *((k, n) for k, n in outputs.most_common())])
    print(f"models with every output determined and equal: {whole['equal']} of {len(models)}")
    harness.finish(f"{len(models)} models")


if __name__ == "__main__":
    main()
