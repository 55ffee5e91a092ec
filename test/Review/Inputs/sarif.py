"""Checks the SARIF log on stdin: what version 2.1.0 requires of the parts that
the tool writes, and that its results are just the arguments, "KEY=RULE", where
KEY is a level, "suppressed", or a baseline state. Prints the fingerprints."""

import json
import re
import sys

log = json.load(sys.stdin)
assert log["version"] == "2.1.0" and len(log["runs"]) == 1
run = log["runs"][0]
driver = run["tool"]["driver"]
assert driver["name"] == "energy-opt"
rules = [rule["id"] for rule in driver["rules"]]
assert len(set(rules)) == len(rules)
for rule in driver["rules"]:
    assert rule["shortDescription"]["text"] and rule["help"]["text"] and rule["help"]["markdown"]

found = []
for result in run["results"]:
    assert rules[result["ruleIndex"]] == result["ruleId"]
    assert result["level"] in ("note", "warning", "error") and result["message"]["text"]
    assert 0 <= result["rank"] <= 100
    (location,) = result["locations"]
    place = location["physicalLocation"]
    assert place["region"]["startLine"] == 1
    # RFC 3986: nothing but unreserved characters, "/" and escapes, after the scheme.
    assert re.fullmatch(r"(file://)?([A-Za-z0-9._~/-]|%[0-9A-F]{2})+", place["artifactLocation"]["uri"])
    for node in location.get("logicalLocations", []):
        assert node["name"]
    (fingerprint,) = result["partialFingerprints"].values()
    assert re.fullmatch("[0-9a-f]{16}", fingerprint)
    print(result["ruleId"], fingerprint)
    kinds = {result["level"]}
    if "baselineState" in result:
        kinds = {result["baselineState"]}
    if "suppressions" in result:
        (suppression,) = result["suppressions"]
        assert suppression["kind"] == "external" and suppression["justification"]
        kinds = {"suppressed"}
    found.append(f"{kinds.pop()}={result['ruleId']}")
if sorted(found) != sorted(sys.argv[1:]):
    sys.exit(f"found {found}")
