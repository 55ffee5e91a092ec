"""agree.py MACS BYTES MODEL...: every model has exactly MACS multiply-accumulates,
BYTES of least traffic within 1 %, and no op that is not modelled."""

import json
import subprocess
import sys

macs, nbytes, *models = sys.argv[1:]
for model in models:
    out = subprocess.run(["energy-opt", model, "--format=json"], check=True, capture_output=True, text=True)
    report = json.loads(out.stdout)
    found = report["totals"]["macs"], report["totals"]["bytes"]["min"]
    unknown = report["coverage"]["unmodelled_ops"]
    print(model, *found, unknown)
    assert report["coverage"]["ops_total"] > 0 and not unknown, unknown
    assert found[0] == int(macs), f"{model}: {found[0]} MACs, {macs} expected"
    assert abs(found[1] / int(nbytes) - 1) <= 0.01, f"{model}: {found[1]} bytes, {nbytes} expected"
