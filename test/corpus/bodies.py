#!/usr/bin/env python3
"""An op that ONNX defines by a function body costs what its body costs.

ONNX's backend tests hold such ops twice: as one node, and as `*_expanded`, the
nodes of its body. Both must have the same MACs and FLOPs. Pairs in which the
size of a body's tensors is only known at run time have nothing to compare. An
op's constants are attributes, which it reads in its own type; a body converts
them from float32 first, which is left out.
"""

import re

from harness import Harness

# What the bodies of ai.onnx do that the op by itself does not.
EXCEPTIONS = {
    "Bernoulli": "its body draws with RandomUniformLike and casts twice",
}


def costs(report):
    return {key: report["totals"][key] for key in ("macs", "flops")}


def converted_scalars(report):
    """Flops of the conversions of single elements."""
    return sum(
        row["flops"]
        for row in report["ops"]
        if row["op"] in ("Cast", "CastLike") and row["outputs"] in ([[]], [[1]])
    )


def undetermined(report):
    """Some tensor has a size, or an op a cost, that only the run decides."""
    return report["coverage"]["bounded"] > 0 or any(
        shape is None or None in shape for row in report["ops"] for shape in row["outputs"]
    )


def compare(harness, expanded):
    """same, undetermined or exception; a failure is recorded."""
    folder = expanded.parent.name
    whole = harness.corpus / "onnx-backend/node" / re.sub(r"_expanded.*", "", folder) / "model.onnx"
    if not whole.exists():
        return "no counterpart"
    one, many = harness.run(whole), harness.run(expanded)
    if one.verdict != "ok" or many.verdict != "ok":
        harness.fail(folder, f"not analyzed: {one.error or many.error}")
        return "failed"
    if undetermined(one.report) or undetermined(many.report):
        return "undetermined"
    body, op = costs(many.report), costs(one.report)
    slack = converted_scalars(many.report)
    if op["macs"] == body["macs"] and 0 <= body["flops"] - op["flops"] <= slack:
        return "same"
    if any(row["op"] in EXCEPTIONS for row in one.report["ops"]):
        return "exception"
    harness.fail(folder, f"op {op}, body {body}")
    return "failed"


def main():
    harness = Harness(__doc__.splitlines()[0])
    expanded = sorted(harness.corpus.glob("onnx-backend/node/*_expanded*/model.onnx"))
    outcomes = harness.map(lambda path: compare(harness, path), expanded)
    counts = {kind: outcomes.count(kind) for kind in sorted(set(outcomes))}
    harness.finish(", ".join(f"{count} {kind}" for kind, count in counts.items()))


if __name__ == "__main__":
    main()
