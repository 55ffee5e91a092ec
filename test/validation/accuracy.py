#!/usr/bin/env python3
"""Estimated against measured: makes docs/validation.md.

  accuracy.py ENERGY_OPT --graphs=FOLDER [--table=measurements.csv] [--left-out] [-o docs/validation.md] [--jobs=2]

Runs the tool on every row of the table and compares energy and time per sample. With --left-out every device is priced
with constants that were fitted without it and its relatives (`energy-opt calibrate --exclude`), which is what a user
with a new device can expect; without, with the built-in constants, which have seen these rows. Nothing is left out of
the tables because it looks bad. Every device weighs the same, whatever its number of rows.
"""

import argparse
import csv
import json
import math
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
# Boards of one chip are relatives: all of them are left out together.
FAMILIES = (("nvidia-a100-pcie-40gb", "nvidia-a100-pcie-80gb", "nvidia-a100-sxm-80gb"),)


def quantile(pairs, q):
    """Smallest value whose cumulated weight reaches the share q; nan of nothing."""
    total, sum_ = sum(w for _, w in pairs), 0.0
    for value, weight in sorted(pairs):
        sum_ += weight
        if sum_ >= q * total - 1e-12:
            return value
    return math.nan


def kendall(pairs):
    """Kendall's tau-b of (estimated, measured); nan below three items."""
    if len(pairs) < 3:
        return math.nan
    concordant = discordant = tied_x = tied_y = 0
    for i, (x, y) in enumerate(pairs):
        for u, v in pairs[:i]:
            a, b = (0 if math.isclose(x, u, rel_tol=1e-6) else x - u), (0 if math.isclose(y, v, rel_tol=1e-6) else y - v)
            if a == 0 and b == 0:
                continue
            if a == 0:
                tied_x += 1
            elif b == 0:
                tied_y += 1
            elif a * b > 0:
                concordant += 1
            else:
                discordant += 1
    den = math.sqrt((concordant + discordant + tied_x) * (concordant + discordant + tied_y))
    return (concordant - discordant) / den if den else math.nan


def family(target):
    return next((f for f in FAMILIES if target in f), (target,))


def run(tool, row, graphs, target):
    """The first target of the tool's JSON report for one row of the table."""
    command = [tool, os.path.join(graphs, row["graph_file"]), "--format=json", f"--target={target}", "--quiet", "--checks=-*",
               f"--precision={row['precision']}", f"--mode={row['mode']}", f"--devices={row['n_devices'] or 1}"]
    for dim in filter(None, row["dims"].split(";")):
        command += ["--dim", dim]
    if row["power_limit_w"]:
        command.append(f"--power-limit={row['power_limit_w']}W")
    if row["runtime"]:
        command.append(f"--runtime={row['runtime']}")
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"accuracy: {row['cell_id']}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def fit_without(tool, table, graphs, target, folder):
    """A target file whose constants never saw the target or its relatives."""
    path = os.path.join(folder, target + ".yaml")
    command = [tool, "calibrate", table, f"--target={target}", f"--graphs={graphs}", "--quiet", "-o", path]
    command += [f"--exclude={name}" for name in family(target)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"accuracy: calibrate without {target}: {done.stderr.strip()}")
    return path


def compare(tool, row, graphs, target):
    """Estimate beside measurement, per sample, within the row's boundary."""
    report = run(tool, row, graphs, target)
    priced, batch = report["targets"][0], float(row["batch"] or 1)
    energy = dict(priced["energy_j"])
    if row["boundary"] in ("server", "pc", "board"):
        energy = {k: energy[k] + priced["host_j"][k] for k in energy}
    return {"row": row, "device": row["target"], "boundary": row["boundary"],
            "measured_j": float(row["energy_j"]) if row["energy_j"] else None,
            "measured_s": float(row["seconds_per_sample"]) if row["seconds_per_sample"] else None,
            "j": {k: v / batch for k, v in energy.items()}, "s": priced["latency_s"]["value"] / batch,
            "totals": report["totals"], "batch": batch}


def summarize(results):
    """Figures of a group of results; devices weigh the same."""
    count = defaultdict(int)
    for r in results:
        count[r["device"]] += 1
    energy, time, inside, ranks = [], [], [], defaultdict(list)
    for r in results:
        weight = 1 / count[r["device"]]
        if r["measured_j"]:
            energy.append((abs(r["j"]["value"] / r["measured_j"] - 1), weight))
            inside.append((r["j"]["low"] <= r["measured_j"] <= r["j"]["high"], weight))
            row = r["row"]
            key = (r["device"], r["boundary"], row["precision"], row["n_devices"])
            ranks[key].append((r["j"]["value"], r["measured_j"]))
        if r["measured_s"]:
            time.append((abs(r["s"] / r["measured_s"] - 1), weight))
    taus = defaultdict(list)
    for key, pairs in ranks.items():
        if not math.isnan(tau := kendall(pairs)):
            taus[key[0]].append(tau)
    per_device = [sum(v) / len(v) for v in taus.values()]
    total = sum(w for _, w in inside)
    return {"rows": len(results), "energy": (quantile(energy, 0.5), quantile(energy, 0.9)),
            "time": (quantile(time, 0.5), quantile(time, 0.9)),
            "coverage": sum(w for hit, w in inside if hit) / total if total else math.nan,
            "tau": sum(per_device) / len(per_device) if per_device else math.nan}


def cell(value, percent=True):
    if math.isnan(value):
        return "–"
    return f"{100 * value:.1f} %" if percent else f"{value:.2f}"


def group_table(results, key, title):
    groups = defaultdict(list)
    for r in results:
        groups[key(r)].append(r)
    lines = [f"| {title} | rows | energy, median | P90 | in interval | time, median | P90 | τ |",
             "|---|---:|---:|---:|---:|---:|---:|---:|"]
    for name in sorted(groups):
        s = summarize(groups[name])
        lines.append(f"| {name} | {s['rows']} | {cell(s['energy'][0])} | {cell(s['energy'][1])} | {cell(s['coverage'])} "
                     f"| {cell(s['time'][0])} | {cell(s['time'][1])} | {cell(s['tau'], False)} |")
    return lines


def baselines(tool, results):
    """Energy errors of three simple rules on the same rows (within the device and time-independent of our model)."""
    sheets, classes = {}, {}
    for r in results:
        if r["device"] not in sheets:
            text = subprocess.run([tool, "targets", r["device"], "--format=json"], capture_output=True, text=True).stdout
            sheet = json.loads(text)
            sheets[r["device"]], classes[r["device"]] = sheet["quantities"], sheet["class"]
    rows = [r for r in results if r["measured_j"] and r["boundary"] != "time-only"]

    def value(r, path):
        entry = sheets[r["device"]].get(path)
        return entry["value"] if entry else None

    def peak(r):
        name = {"tf32": "tf32"}.get(r["row"]["precision"], r["row"]["precision"])
        found = [value(r, f"{unit}.peak_tera_ops.{p}") for unit in ("matrix", "vector") for p in (name, "fp16", "fp32")]
        return next((x for x in found if x), None)

    def roofline_s(r):
        p, bw = peak(r), value(r, "dram.bandwidth_gb_per_s")
        if not p or not bw:
            return None
        return max(2 * r["totals"]["macs"] / (p * 1e12), r["totals"]["bytes"]["min"] / (bw * 1e9)) / r["batch"]

    def left_out(r, f):
        """Median of f over the rows of all other devices of the same class and boundary, if there are none of the class."""
        others = [o for o in rows if classes[o["device"]] == classes[r["device"]] and o["device"] not in family(r["device"])]
        same = [o for o in others if o["boundary"] == r["boundary"]] or others
        count = defaultdict(int)
        for o in same:
            count[o["device"]] += 1
        values = [(v, 1 / count[o["device"]]) for o in same if (v := f(o))]
        return quantile(values, 0.5) if values else None

    def per_flop(o):
        return o["measured_j"] * o["batch"] / o["totals"]["macs"] if o["totals"]["macs"] else None

    def power(o):
        return o["measured_j"] / o["measured_s"] if o["measured_s"] else None

    cache = {}

    def estimate(name, r):
        key = (name, r["device"], r["boundary"])
        if name == "TDP × roofline time":
            t, w = roofline_s(r), value(r, "power.active_w")
            return t * w if t and w else None
        if key not in cache:
            cache[key] = left_out(r, per_flop if name == "FLOPs × J/FLOP" else power)
        if not cache[key]:
            return None
        return cache[key] * (r["totals"]["macs"] / r["batch"] if name == "FLOPs × J/FLOP" else r["s"])

    lines = ["| rule | rows | energy, median | P90 |", "|---|---:|---:|---:|"]
    for name in ("FLOPs × J/FLOP", "TDP × roofline time", "mean power × our time"):
        count = defaultdict(int)
        pairs = [(r, e) for r in rows if (e := estimate(name, r))]
        for r, _ in pairs:
            count[r["device"]] += 1
        errors = [(abs(e / r["measured_j"] - 1), 1 / count[r["device"]]) for r, e in pairs]
        lines.append(f"| {name} | {len(pairs)} | {cell(quantile(errors, 0.5))} | {cell(quantile(errors, 0.9))} |")
    return lines


def worst(results, n=15):
    rows = [r for r in results if r["measured_j"]]
    rows.sort(key=lambda r: (-abs(math.log(r["j"]["value"] / r["measured_j"])), r["row"]["cell_id"]))
    lines = ["| row | measured J | estimated J | 90 % interval |", "|---|---:|---:|---:|"]
    for r in rows[:n]:
        name = r["row"]["cell_id"].replace("|", " · ")
        lines.append(f"| {name} | {r['measured_j']:.4g} | {r['j']['value']:.4g} | {r['j']['low']:.4g} – {r['j']['high']:.4g} |")
    return lines


def section(title, tool, results, with_baselines):
    s = summarize(results)
    lines = ["", f"## {title}", "",
             f"Energy: median {cell(s['energy'][0])}, P90 {cell(s['energy'][1])}; {cell(s['coverage'])} of the measurements "
             f"lie in the 90 % interval. Time: median {cell(s['time'][0])}, P90 {cell(s['time'][1])}. Ranking of models on a "
             f"device: Kendall τ {cell(s['tau'], False)}.", ""]
    lines += group_table(results, lambda r: r["boundary"], "boundary") + [""]
    lines += group_table(results, lambda r: r["device"], "device") + ["", "The rows that miss by most:", ""]
    lines += worst(results)
    if with_baselines:
        lines += ["", "Simple rules on the same rows. Their factors are medians over the other devices of the class and boundary (of the "
                  "class, where the boundary has none), every device weighing the same:", ""]
        lines += baselines(tool, results)
    return lines


HEADER = """# Validation

<!-- Made by test/validation/accuracy.py; do not edit. -->

Estimates against published measurements of energy and time per sample: {rows} rows of {devices} devices. The table with
the source of every row is `test/validation/measurements.csv`. A row's *boundary* says what was measured: `device` (GPU board
or MCU supply), `board`, `pc` and `server` (with the host), `time-only`. Errors are |estimated / measured − 1|, medians and
90th percentiles over rows, every device weighing the same. Whole training runs: [below](#runs).
"""


def kept_sections(path):
    """What training_runs.py and serving.py keep at the end of the page, which stays."""
    if not os.path.exists(path):
        return ""
    with open(path) as f:
        _, mark, sections = f.read().partition("<!-- The table of runs is made by")
    return "\n" + mark + sections if mark else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool"), parser.add_argument("--graphs", required=True)
    parser.add_argument("--table", default=os.path.join(HERE, "measurements.csv"))
    parser.add_argument("--left-out", action="store_true"), parser.add_argument("-o", dest="output")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    with open(args.table, newline="") as f:
        table = [row for row in csv.DictReader(f) if row["strict"] != "false"]
    devices = sorted({row["target"] for row in table})
    lines = HEADER.format(rows=len(table), devices=len(devices)).splitlines()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(args.jobs) as pool:
        if args.left_out:
            files = dict(zip(devices, pool.map(
                lambda d: fit_without(args.tool, args.table, args.graphs, d, folder), devices)))
            results = list(pool.map(lambda row: compare(args.tool, row, args.graphs, files[row["target"]]), table))
            lines += section("A device that the fit has not seen", args.tool, results, True)
        results = list(pool.map(lambda row: compare(args.tool, row, args.graphs, row["target"]), table))
        lines += section("Built-in constants, fitted on these rows", args.tool, results, not args.left_out)
    text = "\n".join(lines) + "\n"
    if args.output:
        text += kept_sections(args.output)
        with open(args.output + ".tmp", "w") as f:
            f.write(text)
        os.replace(args.output + ".tmp", args.output)
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
