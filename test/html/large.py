#!/usr/bin/env python3
"""Checks the page of a graph that is too large to show:  large.py PAGE"""

import json
import math
import os
import sys

html = open(sys.argv[1]).read()
(report,) = json.loads(html.split('id="reports">')[1].split("</script>")[0])
ops = report["ops"]
rows = [op for op in ops if op["status"] not in ("left_out", "static")]
(others,) = [op for op in ops if op["status"] == "left_out"]
targets = report["targets"]

# 30,000 pairs of a row and a target.
assert len(rows) == 30000 // len(targets), len(rows)
assert others["count"] == 40000 - len(rows)
assert os.path.getsize(sys.argv[1]) < 20e6
assert sum(op["macs"] for op in ops) == report["totals"]["macs"]
for target in targets:
    energy = math.fsum(op["targets"][target["name"]]["energy_j"] for op in ops)
    assert math.isclose(energy, target["energy_j"]["value"], rel_tol=1e-9)
# The costliest on the first target, in the order of execution.
first = targets[0]["name"]
cost = lambda op: op["targets"][first]["energy_j"]
assert min(map(cost, rows)) * others["count"] >= cost(others) * (1 - 1e-9)
assert all(p is None or 0 <= p < i for i, op in enumerate(rows) for p in op["producers"])
