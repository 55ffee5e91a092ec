"""footprint.py: the report on stdin has every part of the footprint, by arithmetic of its own."""

import json
import math
import sys

target = json.load(sys.stdin)["targets"][0]
site, life = target["footprint"], target["lifetime"]


def same(what, found, expected):
    assert math.isclose(found, expected, rel_tol=1e-9), (what, found, expected)


def value(name):
    return site[name]["value"]


machines = target["energy_j"]["value"] + target["host_j"]["value"]
same("facility", target["facility_j"], machines * target["pue"])
grams = target["facility_j"] / 3.6e6 * target["carbon_intensity_g_per_kwh"]
same("carbon", target["carbon_g"]["value"], grams)
share = value("idle_share")
same("idle", value("idle_j"), target["facility_j"] * share / (1 - share))
same("idle carbon", value("idle_carbon_g"), grams * share / (1 - share))
free = value("carbon_free_share")
same("matched", value("matched_carbon_g"), target["facility_j"] / 3.6e6 * ((1 - free) * target["carbon_intensity_g_per_kwh"] + free * 26))
same("marginal", value("marginal_carbon_g"), target["facility_j"] / 3.6e6 * value("marginal_g_per_kwh"))
made = {name: figure["value"] for name, figure in site["embodied"].items()}
seconds = target["latency_s"]["value"]
same("embodied", value("embodied_g"), made["kg_co2e"] * 1000 * seconds / (made["lifetime_h"] * 3600 * made["utilization"]))
for equivalence in site["equivalences"]:
    assert equivalence["count"]["low"] <= equivalence["count"]["value"] <= equivalence["count"]["high"]
    assert equivalence["source"].startswith("published: ")

parts = {part["name"]: part for part in life["parts"]}
assert list(parts) == ["training", "serving", "idle", "embodied"], parts
requests = 1000 * 2 * 365
same("requests", life["requests"], requests)
same("serving", parts["serving"]["energy_j"]["value"], requests * target["facility_j"])
assert life["trainings"] == math.ceil(2 * 365 / 90)
same("training", parts["training"]["energy_j"]["value"], life["trainings"] * 3 * 3.6e6)
assert parts["idle"]["energy_j"] is None and "--machines" in parts["idle"]["note"]
same("making", parts["embodied"]["carbon_g"]["value"], requests * value("embodied_g"))
known = [part["carbon_g"]["value"] for part in parts.values() if part["carbon_g"]]
same("sum", life["carbon_g"]["value"], sum(known))
same("most", parts[life["dominant"]]["carbon_g"]["value"], max(known))
