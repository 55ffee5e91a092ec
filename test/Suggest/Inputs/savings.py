#!/usr/bin/env python3
"""savings.py FOLDER MODEL: a reported saving is the difference of two full analyses.

Makes a convolutional network and a decoder with random weights in FOLDER, asks for suggestions with every check on, applies
each that has a rewrite, analyzes what was written, and compares; the same for the plans. Of MODEL, which has no weights, the
checks of how it is run."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

random = np.random.default_rng(1)


def weight(name, *shape):
    return numpy_helper.from_array((random.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32), name)


def save(folder, name, nodes, inputs, outputs, weights):
    graph = helper.make_graph(nodes, name, inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    path = folder / f"{name}.onnx"
    onnx.save(model, path)
    return path


def network(folder):
    """conv, batch norm, depthwise conv, a residual, a head, and an identity."""
    nodes = [
        helper.make_node("Conv", ["x", "w0"], ["c0"], "conv0", pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["c0", "s", "b", "m", "v"], ["n0"], "norm0"),
        helper.make_node("Relu", ["n0"], ["r0"], "relu0"),
        helper.make_node("Identity", ["r0"], ["i0"], "identity0"),
        helper.make_node("Conv", ["i0", "w1"], ["c1"], "depthwise", pads=[1, 1, 1, 1], group=32),
        helper.make_node("Relu", ["c1"], ["r1"], "relu1"),
        helper.make_node("Conv", ["r1", "w2"], ["c2"], "pointwise"),
        helper.make_node("Add", ["c2", "i0"], ["a"], "residual"),
        helper.make_node("Conv", ["a", "w3"], ["c3"], "conv3", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c3"], ["r3"], "relu3"),
        helper.make_node("GlobalAveragePool", ["r3"], ["p"], "pool"),
        helper.make_node("Flatten", ["p"], ["f"], "flatten"),
        helper.make_node("Gemm", ["f", "w4", "b4"], ["y"], "head", transB=1),
    ]
    positive = numpy_helper.from_array(np.full(32, 1.5, np.float32), "v")
    weights = [weight("w0", 32, 3, 3, 3), weight("s", 32), weight("b", 32), weight("m", 32), positive,
               weight("w1", 32, 1, 3, 3), weight("w2", 32, 32, 1, 1), weight("w3", 64, 32, 3, 3),
               weight("w4", 1000, 64), weight("b4", 1000)]
    return save(folder, "network", nodes,
                [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3, 64, 64])],
                [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 1000])], weights)


def decoder(folder):
    """One feed-forward block under a causal mask, and logits of all tokens."""
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["e"], "embed"),
        helper.make_node("MatMul", ["e", "up"], ["h"], "up_proj"),
        helper.make_node("Relu", ["h"], ["g"], "act"),
        helper.make_node("MatMul", ["g", "down"], ["d"], "down_proj"),
        helper.make_node("Add", ["d", "e"], ["o"], "residual"),
        helper.make_node("Transpose", ["o"], ["ot"], "turned", perm=[0, 2, 1]),
        helper.make_node("MatMul", ["o", "ot"], ["score"], "scores"),
        helper.make_node("Trilu", ["score"], ["causal"], "mask", upper=0),
        helper.make_node("MatMul", ["causal", "o"], ["mixed"], "mix"),
        helper.make_node("MatMul", ["mixed", "lm"], ["logits"], "lm_head"),
    ]
    weights = [weight("table", 2048, 64), weight("up", 64, 256), weight("down", 256, 64), weight("lm", 64, 2048)]
    values = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["batch", "seq", s])
              for n, s in (("e", 64), ("h", 256), ("g", 256), ("d", 64), ("o", 64), ("mixed", 64))]
    path = save(folder, "decoder", nodes,
                [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "seq"])],
                [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "seq", 2048])], weights)
    model = onnx.load(path)
    model.graph.value_info.extend(values)
    onnx.save(model, path)
    return path


def run(*arguments):
    done = subprocess.run(["energy-opt", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, arguments))}: {done.stderr.strip()}")
    return done.stdout


def energy(model, target, *options):
    report = json.loads(run(model, "--format=json", f"--target={target}", "--checks=-*", *options))
    return report["targets"][0]["energy_j"]["value"]


def ranges_for(model, check, target, out):
    """A file with a range for each tensor that the check asks for; some are asked for once others are known."""
    ranges = {}
    path = out.with_name("ranges.json")
    while True:
        path.write_text(json.dumps(ranges))
        report = json.loads(run("optimize", model, f"--apply={check}:ranges={path}", "-o", out, "--format=json"))
        asked = [k.split("no range for tensor ")[1] for k in report["applied"][0]["kept"] if "no range for tensor " in k]
        if not asked:
            return path
        ranges.update((tensor, [-1, 1]) for tensor in asked)


def changed(suggestion, model, target, out):
    """Energy of a sample with the suggestion taken; None if it is nothing to run."""
    apply = suggestion["apply"].split(";")[0]
    if apply.startswith("--apply="):
        # Layers are spared by target, so that each is applied for its own.
        check = apply.split()[0].removeprefix("--apply=")
        if "ranges=FILE" in apply:
            check = suggestion["id"]
            check += f":ranges={ranges_for(model, check, target, out)}"
        run("optimize", model, f"--apply={check}", f"--target={target}", "-o", out)
        return energy(out, target)
    if apply.startswith("--batch="):
        return energy(model, target, apply) / int(apply.split("=")[1])
    if apply.startswith("--power-limit="):
        return energy(model, target, apply)
    if apply.startswith("--target="):
        return energy(model, apply.split("=")[1])
    return None


def compare(what, expected, found, base, failures):
    if abs(expected - found) > 1e-6 * base:
        failures.append(f"{what}: reported {expected:.6g} J, two analyses differ by {found:.6g} J")


def check(model, targets, checks, out, failures):
    report = json.loads(run(model, "--format=json", f"--target={targets}", f"--checks={checks}"))
    before = {t["name"]: t["energy_j"]["value"] for t in report["targets"]}
    applied = set()
    for s in report["suggestions"]:
        for target, saving in s["saving_j"].items():
            after = changed(s, model, target, out)
            if after is not None:
                applied.add(s["id"])
                compare(f"{model.name}: {s['id']} on {target}", saving, before[target] - after, before[target], failures)
    for plan in report["plans"]:
        target = plan["target"]
        run("optimize", model, f"--apply={','.join(plan['ids'])}", f"--target={target}", "-o", out)
        compare(f"{model.name}: plan {','.join(plan['ids'])} on {target}", plan["energy_j"], energy(out, target), before[target], failures)
    print(f"{model.name}: {' '.join(sorted(applied))}")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    failures = []
    out = folder / "out.onnx"
    for make in (network, decoder):
        check(make(folder), "nvidia-t4,google-tpu-v4,raspberry-pi-4", "*", out, failures)
    check(pathlib.Path(sys.argv[2]), "nvidia-a100-sxm-80gb", "-*,deploy-*", out, failures)
    for failure in failures:
        print("FAILED", failure)
    print("FAIL" if failures else "PASS")


if __name__ == "__main__":
    main()
