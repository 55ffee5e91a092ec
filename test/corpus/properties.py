#!/usr/bin/env python3
"""What must hold in the JSON report of any model.

Over the bundled models and, where it is there, the corpus' real ones: all fields
of docs/json.md are present with their types; rows and buckets add up to totals;
the parts of an energy add up to it; intervals are ordered; traffic lies between
its bounds; the same input gives the same bytes.
"""

import math
import pathlib
import subprocess

from harness import Harness

INTERVAL = {"value": float, "low": float, "high": float}
# Fields of docs/json.md: a type, a list of one element's form, or a dictionary.
SCHEMA = {
    "schema_version": str,
    "tool": {"name": str, "version": str},
    "model": {
        "path": str,
        "format": str,
        "producer": str,
        "ir_version": int,
        "opsets": dict,
        "nodes": int,
        "parameters": int,
        "weight_parameters": int,
        "parameter_bytes": int,
        "inputs": [{"name": str, "dtype": str, "shape": (list, type(None))}],
        "outputs": [{"name": str, "dtype": str, "shape": (list, type(None))}],
        "dims": dict,
        "assumptions": [str],
    },
    "coverage": {
        "ops_total": int,
        "modelled": int,
        "free": int,
        "bounded": int,
        "unmodelled": int,
        "unmodelled_ops": [{"op": str, "domain": str, "count": int, "reason": str}],
    },
    "totals": {
        "macs": int,
        "flops": int,
        "int_ops": int,
        "transcendentals": int,
        "bytes": {"min": int, "max": int},
        "peak_activation_bytes": int,
    },
    "targets": [
        {
            "name": str,
            "precision": str,
            "runtime": str,
            "latency_s": INTERVAL,
            "power_w": float,
            "dram_bytes": float,
            "energy_j": INTERVAL,
            "breakdown_j": {"compute": float, "dram": float, "onchip": float, "static": float},
            "host_j": INTERVAL,
            "facility_j": float,
            "carbon_g": INTERVAL,
            "bound": str,
            "fits_in_memory": bool,
        }
    ],
    "ops": [
        {
            "name": str,
            "op": str,
            "domain": str,
            "dtype": str,
            "inputs": list,
            "outputs": list,
            "status": str,
            "count": int,
            "macs": int,
            "flops": int,
            "int_ops": int,
            "bytes": {"min": int, "max": int},
            "weight_bytes": int,
            "targets": dict,
        }
    ],
    "suggestions": [dict],
}
ROW_ON_TARGET = {"energy_j": float, "latency_s": float, "dram_bytes": float, "bound": str, "kernel": (str, type(None))}
BOUNDS = ("compute", "memory", "overhead")
STATUSES = ("modelled", "free", "bounded", "unmodelled")


def mismatches(value, form, at):
    """Where `value` departs from `form`, as text."""
    if isinstance(form, dict):
        if not isinstance(value, dict):
            yield f"{at} is no object"
            return
        for key, inner in form.items():
            if key not in value:
                yield f"{at}.{key} is missing"
            else:
                yield from mismatches(value[key], inner, f"{at}.{key}")
    elif isinstance(form, list):
        if not isinstance(value, list):
            yield f"{at} is no array"
            return
        for i, element in enumerate(value):
            yield from mismatches(element, form[0], f"{at}[{i}]")
    elif form is float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            yield f"{at} = {value!r}, a finite number expected"
        elif value < 0:
            yield f"{at} = {value} < 0"
    elif not isinstance(value, form) or (isinstance(value, bool) and form is not bool):
        yield f"{at} = {value!r}, {form} expected"


def near(a, b):
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-15)


def sums(report):
    """Totals that are not the sum of their parts."""
    rows, totals, coverage = report["ops"], report["totals"], report["coverage"]
    for figure in ("macs", "flops", "int_ops"):
        total = sum(row[figure] for row in rows)
        if total != totals[figure]:
            yield f"totals.{figure} = {totals[figure]}, rows sum to {total}"
    for status in STATUSES:
        count = sum(row["status"] == status for row in rows)
        if count != coverage[status]:
            yield f"coverage.{status} = {coverage[status]}, {count} rows are"
    if sum(coverage[status] for status in STATUSES) != coverage["ops_total"]:
        yield "the buckets of coverage do not add up to ops_total"
    listed = sum(entry["count"] for entry in coverage["unmodelled_ops"])
    if listed != coverage["unmodelled"]:
        yield f"unmodelled_ops lists {listed} of {coverage['unmodelled']}"
    if totals["bytes"]["min"] > totals["bytes"]["max"]:
        yield "totals.bytes: min > max"


def energies(report):
    """Inconsistencies of a target's figures."""
    for target in report["targets"]:
        name, energy = target["name"], target["energy_j"]["value"]
        for interval in ("latency_s", "energy_j", "host_j", "carbon_g"):
            low, value, high = (target[interval][k] for k in ("low", "value", "high"))
            if not low <= value <= high:
                yield f"{name}.{interval}: {low} <= {value} <= {high} does not hold"
        parts = sum(target["breakdown_j"].values())
        if not near(parts, energy):
            yield f"{name}: breakdown_j sums to {parts}, energy_j is {energy}"
        rows = sum(row["targets"][name]["energy_j"] for row in report["ops"])
        if not near(rows, energy):
            yield f"{name}: rows sum to {rows} J, energy_j is {energy}"
        if target["facility_j"] < (energy + target["host_j"]["value"]) * (1 - 1e-6):
            yield f"{name}: facility_j is below device and host"
        if target["latency_s"]["value"] and not near(target["power_w"], energy / target["latency_s"]["value"]):
            yield f"{name}: power_w is not energy over latency"
        if target["bound"] not in BOUNDS:
            yield f"{name}: bound {target['bound']}"
        for row in report["ops"]:
            yield from mismatches(row["targets"][name], ROW_ON_TARGET, f"{row['name']} on {name}")


def check(harness, path):
    run = harness.run(path)
    if run.verdict != "ok":
        harness.fail(path.name, f"{run.verdict}: {run.error or run.stderr[:200]}")
        return
    problems = list(mismatches(run.report, SCHEMA, "report"))
    if not problems:
        problems = [*sums(run.report), *energies(run.report)]
    for problem in problems[:5]:
        harness.fail(path.name, problem)
    outputs = {
        subprocess.run([harness.options.tool, path, "--format=json"], capture_output=True).stdout for _ in range(2)
    }
    if len(outputs) > 1:
        harness.fail(path.name, "two runs differ")
    # These look for suggestions too.
    if b"" in outputs:
        harness.fail(path.name, "no report with suggestions")


def main():
    harness = Harness(__doc__.splitlines()[0])
    models = sorted(pathlib.Path(__file__).parent.parent.glob("models/*.onnxtxt"))
    for folder in ("torchvision/graph_only", "torch_nn/graph_only", "onnx-backend/light"):
        models += sorted(harness.corpus.glob(f"{folder}/*.onnx"))
    harness.map(lambda path: check(harness, path), models)
    harness.finish(f"{len(models)} models")


if __name__ == "__main__":
    main()
