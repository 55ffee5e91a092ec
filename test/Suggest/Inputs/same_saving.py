"""same_saving.py REPORT OPTIMIZED ID: fails unless what a report says that ID saves is
what `optimize --apply=ID` saved, on the first target and within rounding."""

import json
import sys

report, optimized = (json.load(open(path)) for path in sys.argv[1:3])
suggestion = next(s for s in report["suggestions"] if s["id"] == sys.argv[3])
said = next(iter(suggestion["saving_j"].values()))
did = optimized["before"]["targets"][0]["energy_j"] - optimized["after"]["targets"][0]["energy_j"]
if not (said > 0 and abs(said - did) <= 1e-6 * said):
    sys.exit(f"the report says {said} J, optimize saved {did} J")
