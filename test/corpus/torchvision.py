#!/usr/bin/python3
"""Real exports of torchvision and torch.nn models against published figures.

Checks, for every model of corpus/torchvision and corpus/torch_nn:
- nothing is unmodelled;
- `parameters` equals a count of the file's initializers made here;
- MACs of classification and video models are within 0.5 % of the published
  ones (or within the rounding of the table, which has three decimals);
- MACs of every Conv and Gemm equal those that follow from the shapes that
  ONNX's own inference finds, where it finds them;
- a dynamic batch of 8 costs exactly 8 times the MACs of 1;
- models whose sizes depend on data have bounded ops, and the others none.
"""

import collections
import csv
import math

import onnx
import onnx.shape_inference

from harness import Harness, table

TOLERANCE = 0.005
EXPLAIN = 0.001
DETECTION = ("fasterrcnn", "ssd300")
# loop_rnn concatenates its steps' outputs to a tensor that grows in a Loop.
DATA_DEPENDENT = (*DETECTION, "loop_rnn")


def published(path):
    """GMACs by (model, input size); '' where the table gives no size."""
    rows = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            rows[row["model"], row["input_size"]] = float(row["gmacs"])
    return rows


def initializer_elements(model):
    """Elements of all initializers of the graph and of its subgraphs."""

    def graphs(graph):
        yield graph
        for node in graph.node:
            for attribute in node.attribute:
                for subgraph in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                    yield from graphs(subgraph)

    return sum(math.prod(t.dims) for g in graphs(model.graph) for t in g.initializer)


def oracle_macs(model):
    """MACs by node name of each Conv and Gemm whose shapes libonnx finds in full."""
    graph = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    shapes = {t.name: list(t.dims) for t in graph.initializer}
    for value in [*graph.value_info, *graph.output, *graph.input]:
        dims = value.type.tensor_type.shape.dim
        shapes[value.name] = [1 if d.dim_param == "batch" else d.dim_value for d in dims]
    macs = {}
    for node in graph.node:
        if node.op_type not in ("Conv", "Gemm"):
            continue
        out, weight = shapes.get(node.output[0], []), shapes.get(node.input[1], [])
        if not out or not weight or 0 in out:
            continue
        if node.op_type == "Conv":
            macs[node.name] = math.prod(out) * math.prod(weight[1:])
        else:
            transposed = any(a.name == "transB" and a.i for a in node.attribute)
            macs[node.name] = math.prod(out) * weight[1 if transposed else 0]
    return macs


def by_op(report):
    macs = collections.Counter()
    for row in report["ops"]:
        macs[row["op"]] += row["macs"]
    return {op: n for op, n in macs.most_common() if n}


def macs(report):
    return report["totals"]["macs"]


def check_published(harness, name, report, reference):
    """Returns the row of the table, or None where nothing is published."""
    architecture = name.split(".")[0]
    size = report["model"]["inputs"][0]["shape"][-1]
    figure = reference.get((architecture, str(size)))
    if figure is None or architecture.startswith(DETECTION):
        return None
    difference = macs(report) / (figure * 1e9) - 1
    rounding = 0.0005 / figure
    if abs(difference) > max(TOLERANCE, rounding):
        harness.fail(name, f"{macs(report) / 1e9:.4f} GMACs, published are {figure}")
    why = ""
    if abs(difference) > EXPLAIN:
        why = "rounding of the table; " if abs(difference) <= rounding else ""
        why += ", ".join(f"{op} {n / 1e9:.4f}" for op, n in by_op(report).items())
    return (name, macs(report) / 1e9, figure, f"{100 * difference:+.2f} %", why)


def check_oracle(harness, name, model, report):
    """Compares each Conv and Gemm with what libonnx's shapes give; returns how many."""
    if model.functions:
        return 0  # libonnx does not infer shapes inside them
    expected = oracle_macs(model)
    found = {row["name"]: row["macs"] for row in report["ops"]}
    for node, count in expected.items():
        if found.get(node) != count:
            harness.fail(name, f"MACs of {node}: {found.get(node)}, from libonnx's shapes {count:,}")
    return len(expected)


def check(harness, path, reference):
    name = path.name.removesuffix(".onnx")
    run = harness.run(path)
    if run.verdict != "ok":
        harness.fail(name, f"{run.verdict}: {run.stderr.strip()[:200]}")
        return None
    report, model = run.report, onnx.load(path, load_external_data=False)
    coverage = report["coverage"]
    if coverage["unmodelled"]:
        ops = ", ".join(row["op"] for row in coverage["unmodelled_ops"])
        harness.fail(name, f"unmodelled: {ops}")
    bounded = name.startswith(DATA_DEPENDENT)
    if bool(coverage["bounded"]) != bounded:
        harness.fail(name, f"{coverage['bounded']} bounded ops")
    count = initializer_elements(model)
    if report["model"]["parameters"] != count:
        harness.fail(name, f"parameters {report['model']['parameters']:,}, the file has {count:,}")
    harness.compared += check_oracle(harness, name, model, report)
    if ".dynbatch." in path.name:
        batch8 = harness.run(path, "--batch=8")
        if batch8.verdict != "ok" or macs(batch8.report) != 8 * macs(report):
            harness.fail(name, f"--batch=8: {batch8.report and macs(batch8.report)}, 8 x {macs(report)} expected")
    return check_published(harness, name, report, reference)


def check_transformers(harness, folder):
    """Prefill and decode of causal models, whose MACs are known formulas."""

    def gpt2(batch, new, past):
        layers, hidden, vocabulary, total = 12, 768, 50257, new + past
        # per token: Q, K, V, output (4 h^2) and MLP (8 h^2); attention: Q.K and P.V
        linear = layers * 12 * hidden**2 + hidden * vocabulary
        return batch * (new * linear + layers * 2 * new * total * hidden)

    def llama_layers(new, past):
        # two layers of Llama-2-like shape: hidden 4096, 32 heads of 128, 8 of keys
        # and values, gated MLP of 11008 (three matrices)
        hidden, kv, mlp, total = 4096, 8 * 128, 11008, new + past
        linear = 2 * hidden * hidden + 2 * hidden * kv + 3 * hidden * mlp
        return 2 * (new * linear + 2 * new * total * hidden)

    for name, dims, expected in [
        ("gpt2_prefill", {}, gpt2(1, 128, 0)),
        ("gpt2_decode", {"batch": 4, "past_seq": 1000}, gpt2(4, 1, 1000)),
        ("llama2l_prefill", {}, llama_layers(128, 0)),
        ("llama2l_decode", {"past_seq": 1000}, llama_layers(1, 1000)),
    ]:
        run = harness.run(folder / f"{name}.onnx", *(f"--dim={d}={n}" for d, n in dims.items()))
        if run.verdict != "ok" or macs(run.report) != expected:
            found = macs(run.report) if run.report else run.stderr.strip()[:200]
            harness.fail(f"{name} {dims}", f"MACs {found}, by formula {expected}")


def main():
    harness = Harness(__doc__.splitlines()[0])
    harness.compared = 0
    reference = published(harness.corpus / "torchvision_published.csv")
    models = sorted(harness.corpus.glob("torchvision/graph_only/*.onnx"))
    models += sorted(harness.corpus.glob("torch_nn/graph_only/*.onnx"))
    rows = harness.map(lambda path: check(harness, path, reference), models)
    compared = [row for row in rows if row]
    print("GMACs against torchvision's table; by op where they differ by more than 0.1 %")
    table([("model", "GMACs", "published", "difference", "by op"), *compared])
    print(f"{harness.compared} Conv and Gemm nodes compared with libonnx's shapes")
    check_transformers(harness, harness.corpus / "torch_nn" / "graph_only")
    harness.finish(f"{len(models)} models, {len(compared)} with published MACs")


if __name__ == "__main__":
    main()
