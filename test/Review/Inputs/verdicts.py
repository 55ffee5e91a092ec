"""Checks the verdicts of `energy-opt check --format=json` on stdin: arguments
are "what=value/limit". Exits with 1 and says what differs."""

import json
import sys

report = json.load(sys.stdin)
found = {
    v["what"]: v for model in report["models"] for v in model["verdicts"]
}
for argument in sys.argv[1:]:
    what, numbers = argument.split("=")
    value, limit = map(float, numbers.split("/"))
    verdict = found[what]
    if (verdict["value"], verdict["limit"]) != (value, limit):
        sys.exit(f"{what}: {verdict}")
    margin = (limit - value) / limit
    if abs(verdict["margin"] - margin) > 1e-12:
        sys.exit(f"{what}: margin {verdict['margin']}, not {margin}")
    if verdict["outcome"] != ("failed" if value > limit else "passed"):
        sys.exit(f"{what}: {verdict['outcome']}")
if report["passed"] == any(v["outcome"] == "failed" for v in found.values()):
    sys.exit("'passed' contradicts the verdicts")
