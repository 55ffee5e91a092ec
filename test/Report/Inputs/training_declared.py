"""training_declared.py REPORT.json CYCLONEDX SPDX: the declarations state the
report's training run."""

import json
import sys

report, cyclonedx, spdx = (json.load(open(path)) for path in sys.argv[1:])
(target,) = report["targets"]
run = target["training"]["run"]
kwh, kg = run["facility_kwh"]["value"], run["carbon_kg"]["value"]
card = cyclonedx["components"][0]["modelCard"]
(activity,) = card["considerations"]["environmentalConsiderations"]["energyConsumptions"]
assert activity["activity"] == "training"
assert abs(activity["activityEnergyCost"]["value"] - kwh) <= 1e-12 * kwh
assert abs(activity["co2CostEquivalent"]["value"] - kg / 1000) <= 1e-12 * kg
properties = {p["name"]: p["value"] for p in activity["properties"]}
assert properties["energy-opt:of"] == "one training run"
(package,) = [e for e in spdx["@graph"] if e["type"] == "ai_AIPackage"]
(quantity,) = package["ai_energyConsumption"]["ai_trainingEnergyConsumption"]
assert abs(float(quantity["ai_energyQuantity"]) - kwh) <= 1e-5 * kwh
