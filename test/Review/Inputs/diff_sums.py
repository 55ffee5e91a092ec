"""Checks `energy-opt diff --format=json` on stdin: arguments are "count=number".
On every target the ops' differences and that of the ops that did not change
add up to the difference of the two energies. Exits with 1 and says what
differs."""

import json
import sys

diff = json.load(sys.stdin)
counts = {"unchanged": diff["unchanged"], "renamed": diff["renamed"]}
for kind in ("added", "removed", "changed"):
    counts[kind] = sum(op["change"] == kind for op in diff["ops"])
for argument in sys.argv[1:]:
    what, number = argument.split("=")
    if counts[what] != int(number):
        sys.exit(f"{what}: {counts[what]}, not {number}")
if sum(op["delta_macs"] for op in diff["ops"]) != diff["new"]["macs"] - diff["base"]["macs"]:
    sys.exit("the ops' MACs do not add up")
for target in diff["targets"]:
    energy = target["energy_j"]
    total = energy["new"] - energy["base"]
    parts = target["unchanged_ops_delta_j"] + sum(op["delta_j"][target["name"]] for op in diff["ops"])
    if abs(total - parts) > 1e-9 * energy["base"] or abs(energy["delta"] - total) > 1e-12:
        sys.exit(f"{target['name']}: {parts} J of {total} J")
