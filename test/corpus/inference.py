#!/usr/bin/env python3
"""Shapes against those that libonnx infers.

For models of the corpus whose opset libonnx knows (up to 17): every declared
shape but the inputs' is removed, both infer, and wherever libonnx knows a size
of a node's output, the tool must say the same. Nodes in subgraphs and functions
are left to the other harnesses. Sizes that libonnx gets from data which it does
not propagate stay open there, and are not compared.
"""

import collections
import pathlib
import tempfile

import onnx

from harness import Harness, table
from node import graphs, strip

NEWEST_OPSET = 17
NEWEST_IR = 8
FOLDERS = ("onnx-backend", "torchvision", "ort", "misc")
# Models of which libonnx 1.12 says otherwise, and why it is not right.
EXCEPTIONS = {
    "averagepool_dilate_test.onnx": "its dilations are younger than its opset, and meant",
    "reducesum_noop_test.onnx": "noop_with_empty_axes is ignored",
}


def known_to_libonnx(model):
    """Its opsets and IR version are, and all ops are standard ones."""
    versions = {entry.domain: entry.version for entry in model.opset_import}
    return (
        model.ir_version <= NEWEST_IR
        and versions.get("", 99) <= NEWEST_OPSET
        and not model.functions
        and all(node.domain == "" for node in model.graph.node)
    )


def sizes(value):
    """Dims of a tensor type, None for an open one; None for no tensor or rank."""
    kind = value.type.tensor_type if value.type.HasField("tensor_type") else None
    if kind is None or not kind.HasField("shape"):
        return None
    # Some exporters write an open dim as -1.
    return [d.dim_value if d.HasField("dim_value") and d.dim_value >= 0 else None for d in kind.shape.dim]


def prepare(path):
    """The model without shapes, nodes named by their number; None if libonnx
    does not know it."""
    try:
        model = onnx.load(path, load_external_data=False)
    except Exception:  # not a model: for the importer's tests
        return None
    if not known_to_libonnx(model):
        return None
    strip(model)
    for number, node in enumerate(model.graph.node):
        node.name = f"node{number}"
    return model


def compare(harness, path, scratch):
    """(counts, failures) of one model."""
    name = str(path.relative_to(harness.corpus))
    model = prepare(path)
    if model is None or len(list(graphs(model.graph))) > 1:
        return collections.Counter({"models left out": 1}), []
    bare = scratch / (name.replace("/", "_")[-200:] + ".onnx")
    bare.write_bytes(model.SerializeToString())
    run = harness.run(bare)
    bare.unlink()
    if run.verdict != "ok":
        failures = [] if run.sane else [(name, run.verdict)]
        return collections.Counter({"models refused": 1}), failures
    try:
        inferred = onnx.shape_inference.infer_shapes(model)
    except Exception:
        return collections.Counter({"models that libonnx refuses": 1}), []
    theirs = {value.name: sizes(value) for value in [*inferred.graph.value_info, *inferred.graph.output]}
    ours = {row["name"]: row["outputs"] for row in run.report["ops"]}
    counts, failures = collections.Counter({"models compared": 1}), []
    for number, node in enumerate(model.graph.node):
        for output, mine in zip([o for o in node.output if o], ours.get(f"node{number}", [])):
            expected = theirs.get(output)
            if expected is None or mine is None:
                continue
            if len(expected) == len(mine) and all(e is None or m is None or e == m for e, m in zip(expected, mine)):
                counts["shapes equal"] += 1
            elif path.name in EXCEPTIONS:
                counts["exceptions"] += 1
            else:
                failures.append((f"{name}: {node.op_type} {output}", f"{mine}, libonnx says {expected}"))
    return counts, failures


def main():
    harness = Harness(__doc__.splitlines()[0])
    models = [path for folder in FOLDERS for path in sorted((harness.corpus / folder).glob("**/*.onnx"))]
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for found, failures in harness.map(lambda path: compare(harness, path, pathlib.Path(folder)), models):
            counts.update(found)
            for failure in failures:
                harness.fail(*failure)
    table([("what", "count"), *counts.most_common()])
    if counts["shapes equal"] < 1000:
        harness.fail("corpus", "too few shapes were compared")
    harness.finish(f"{len(models)} models")


if __name__ == "__main__":
    main()
