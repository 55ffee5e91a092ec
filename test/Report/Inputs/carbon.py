"""carbon.py G_PER_KWH [PUE]: the report on stdin has that carbon intensity."""

import json
import math
import sys

target = json.load(sys.stdin)["targets"][0]
expected = target["facility_j"] / 3.6e6 * float(sys.argv[1])
assert math.isclose(target["carbon_g"]["value"], expected), (target["carbon_g"], expected)
if len(sys.argv) > 2:
    inside = target["energy_j"]["value"] + target["host_j"]["value"]
    assert math.isclose(target["facility_j"], float(sys.argv[2]) * inside), target
