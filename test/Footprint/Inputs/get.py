"""Prints fields of a JSON report on stdin: get.py serving.decode.macs 'sweep.series.0.knee'."""
import json
import sys

report = json.load(sys.stdin)
for path in sys.argv[1:]:
    value = report
    for key in path.split("."):
        value = value[int(key)] if isinstance(value, list) else value[key]
    print(path, "=", json.dumps(value))
