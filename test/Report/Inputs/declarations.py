"""declarations.py REPORT.json CYCLONEDX SPDX: the declarations hold the report's
figures, in their units, and what their formats require."""

import json
import re
import sys

report, cyclonedx, spdx = (json.load(open(path)) for path in sys.argv[1:])
KWH = 3.6e6  # J

assert cyclonedx["bomFormat"] == "CycloneDX" and cyclonedx["specVersion"] == "1.6"
(component,) = cyclonedx["components"]
assert component["type"] == "machine-learning-model"
considerations = component["modelCard"]["considerations"]
activities = considerations["environmentalConsiderations"]["energyConsumptions"]
elements = {e["type"]: e for e in spdx["@graph"]}
assert set(elements) == {"CreationInfo", "SoftwareAgent", "ai_AIPackage", "SpdxDocument"}
assert elements["CreationInfo"]["created"] == "2026-03-01T12:00:00Z"
package = elements["ai_AIPackage"]
assert elements["SpdxDocument"]["rootElement"] == [package["spdxId"]]
quantities = package["ai_energyConsumption"]["ai_inferenceEnergyConsumption"]
metrics = {m["key"]: m["value"] for m in package["ai_metric"]}


def near(text, value):
    # Six significant digits, and never an exponent.
    assert re.fullmatch(r"[0-9]+(\.[0-9]+)?", str(text)), text
    assert abs(float(text) - value) <= 1e-5 * value, (text, value)


assert len(activities) == len(quantities) == len(report["targets"]) == 2
for target, activity, quantity in zip(report["targets"], activities, quantities):
    kwh = target["facility_j"] / KWH
    assert activity["activity"] == "inference"
    assert activity["activityEnergyCost"]["unit"] == "kWh"
    assert abs(activity["activityEnergyCost"]["value"] - kwh) <= 1e-12 * kwh
    assert activity["co2CostEquivalent"]["unit"] == "tCO2eq"
    tonnes = target["carbon_g"]["value"] / 1e6
    assert abs(activity["co2CostEquivalent"]["value"] - tonnes) <= 1e-12 * tonnes
    properties = {p["name"]: p["value"] for p in activity["properties"]}
    assert properties["energy-opt:target"] == target["name"]
    for fact in ("method", "boundary", "uncertainty"):
        assert properties["energy-opt:" + fact]
    # Carbon is energy times a constant: their intervals have one shape.
    for side in ("low", "high"):
        bound = kwh * target["carbon_g"][side] / target["carbon_g"]["value"]
        near(properties[f"energy-opt:energy_{side}_kwh"], bound)
        near(metrics[f"energy-opt:{target['name']}:energy_{side}_kwh"], bound)
    near(properties["energy-opt:device_kwh"], target["energy_j"]["value"] / KWH)
    assert quantity["ai_energyUnit"] == "kilowattHour"
    near(quantity["ai_energyQuantity"], kwh)
