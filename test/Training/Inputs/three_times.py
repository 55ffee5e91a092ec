"""Checks the multiply-accumulates of a training step of ResNet-50."""

import json
import pathlib
import subprocess
import sys


def macs(model, *options):
    command = ["energy-opt", str(model), "--format=json", "--target=a100", "--checks=-*", *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["totals"]["macs"]


found = sorted(p for p in pathlib.Path(sys.argv[1]).rglob("resnet50*") if p.is_file())
assert found, f"no ResNet-50 in {sys.argv[1]}"
forward, step = macs(found[0]), macs(found[0], "--mode=training")
# The first convolution: 112 * 112 * 64 * 147.
assert step == 3 * forward - 112 * 112 * 64 * 147, (forward, step)
assert abs(step / (3 * forward) - 1) < 0.03
