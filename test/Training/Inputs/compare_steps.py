"""Compares a training step that is written out (its report on stdin) with the one
that --mode=training derives from the forward graph, named by the argument."""

import json
import subprocess
import sys

# Element-wise work: a derivative may be one op or two (compare and select).
FLOPS, BYTES = 0.01, 0.25

explicit = json.load(sys.stdin)["totals"]
command = ["energy-opt", sys.argv[1], "--mode=training", "--optimizer=sgd", "--format=json"]
derived = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["totals"]
assert explicit["macs"] == derived["macs"] == 387072, (explicit["macs"], derived["macs"])
for name, left, right, tolerance in [
    ("flops", explicit["flops"], derived["flops"], FLOPS),
    ("bytes", explicit["bytes"]["max"], derived["bytes"]["max"], BYTES),
]:
    assert abs(left / right - 1) < tolerance, f"{name}: {left} written out, {right} derived"
