"""same_suggestions.py REPORT.json REMARKS.txt: the remarks of energy-suggest are the
report's suggestions for its target, in order, with the same ids, titles, savings and
ways to apply them."""

import json
import re
import sys

report = json.load(open(sys.argv[1]))
target = report["targets"][0]
expected = []
for s in report["suggestions"]:
    saved = s["saving_j"].get(target["name"])
    if saved is not None:
        expected.append((s["id"], s["title"], saved, s["saving_pct"][target["name"]], s["exact"], s["apply"]))

PREFIX = {"G": 1e9, "M": 1e6, "k": 1e3, "": 1, "m": 1e-3, "u": 1e-6, "n": 1e-9}
remarks = re.findall(r"remark: ([a-z0-9-]+): (.*); saves (\S+) (\w?)J of (\S+) (\w?)J on (\S+) \((\S+) %\), (exact|approximate)"
                     r"(?:, risk \w+)?; (.*)", open(sys.argv[2]).read())
assert len(expected) > 3 and len(remarks) == len(expected), (len(remarks), len(expected))
for (id, title, joules, percent, exact, apply), (r, text, saved, unit, whole, whole_unit, on, share, kind, how) in zip(expected, remarks):
    assert (id, title, target["name"]) == (r, text, on), (id, r, text, on)
    assert exact == (kind == "exact") and how.startswith(apply), (r, kind, how)
    # Three digits, and one behind the point.
    assert abs(float(saved) * PREFIX[unit] - joules) <= 0.006 * abs(joules), (r, saved, joules)
    assert abs(float(whole) * PREFIX[whole_unit] - target["energy_j"]["value"]) <= 0.006 * target["energy_j"]["value"]
    assert abs(float(share) - percent) <= 0.051, (r, share, percent)
