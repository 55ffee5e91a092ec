"""compare.py MODEL: energy-opt compare adds up, and its break-evens are where they are said to be."""

import json
import math
import subprocess
import sys


def compare(*options):
    command = ["energy-opt", "compare", sys.argv[1], "--edge=rpi4", "--cloud=t4", "--format=json", *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def energy(placement, side):
    return placement[side]["energy_j"]["value"]


def close(what, found, expected, tolerance=1e-9):
    assert math.isclose(found, expected, rel_tol=tolerance), (what, found, expected)


# 1x3x224x224 and 1x1000 floats.
raw = compare()
assert raw["tool"]["name"] == "energy-opt" and raw["tool"]["version"], raw["tool"]
assert raw["payload"] == {"up_bytes": 602112, "down_bytes": 4000}, raw["payload"]
for side in ("edge", "cloud"):
    close(side, sum(part["value"] for part in raw[side]["parts_j"].values()), energy(raw, side))
# 0.06 kWh/GB.
close("network", raw["cloud"]["parts_j"]["network"]["value"], 606112 / 1e9 * 0.06 * 3.6e6)
on_air = 8 * (602112 / 40e6 + 4000 / 100e6)
close("radio", raw["cloud"]["parts_j"]["radio"]["value"], 1 * on_air)
assert raw["verdicts"][0]["less"] == "edge" and raw["verdicts"][0]["sure"]
assert raw["break_even"]["payload_bytes"] is None and raw["break_even"]["cloud_batch"] is None

# The edge's electricity is the network's too.
here = compare("--payload=0", "--edge-region=DEU", "--cloud-region=gcp-europe-west1")
machines = sum(here["cloud"]["parts_j"][part]["value"] for part in ("device", "host", "facility"))
grams = (machines * 103.37 + (energy(here, "cloud") - machines) * 380.95) / 3.6e6
close("carbon", here["cloud"]["carbon_g"]["value"], grams)
assert (here["edge"]["pue"], here["cloud"]["pue"]) == (1, 1.09)

# With little to send the cloud's batch decides.
small = ["--payload=350B,100B", "--region=gcp-europe-west1"]
turn = compare(*small)["break_even"]["cloud_batch"]
assert turn and turn > 1, turn
first = compare(*small, f"--cloud-batch={int(turn)}")
assert energy(first, "cloud") < energy(first, "edge")
before = compare(*small, f"--cloud-batch={int(turn) // 2}")
assert energy(before, "cloud") >= energy(before, "edge")
# At the break-even payload both sides are equal; at the break-even network too.
bytes_sent = first["break_even"]["payload_bytes"]
equal = compare(f"--payload={bytes_sent!r}B,100B", *small[1:], f"--cloud-batch={int(turn)}")
close("payload", energy(equal, "cloud"), energy(equal, "edge"), 1e-6)
factor = first["break_even"]["network_kwh_per_gb"] / first["network"]["kwh_per_gb"]["value"]
network = first["cloud"]["parts_j"]["network"]["value"]
close("network", energy(first, "cloud") + (factor - 1) * network, energy(first, "edge"))
# Machines that wait are the cloud's.
idle = compare("--idle-share=10%")
assert "idle" in idle["cloud"]["parts_j"] and "idle" not in idle["edge"]["parts_j"]
