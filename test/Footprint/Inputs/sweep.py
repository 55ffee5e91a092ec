"""sweep.py MODEL REPORT AXIS: a sweep against analyses of single sizes."""
import json
import math
import subprocess
import sys

model, path, axis = sys.argv[1:]
sweep = json.load(open(path))["sweep"]


def single(series, size):
    arguments = ["energy-opt", model, "--format=json", "--checks=-*", f"--target={series['target']}"]
    arguments += [f"--precision={series['precision']}", f"--dim={axis}={size}"]
    arguments += [f"--dim={name}={value}" for name, value in series["dims"].items()]
    result = subprocess.run(arguments, capture_output=True, text=True, check=True)
    return json.loads(result.stdout)["targets"][0]


def figure_of(target, figure, size, samples):
    return target["latency_s"]["value"] if figure == "latency_s" else target["energy_j"]["value"] / samples


assert sweep["dim"] == axis
for series in sweep["series"]:
    points = series["points"]
    for point in (points[0], points[-1]):
        target = single(series, point["size"])
        for key in ("energy_j", "latency_s", "power_w", "bound", "fits_in_memory"):
            assert point[key] == target[key], (point, key, target[key])
    costs = [p["energy_j"]["value"] / p["samples"] for p in points]
    if axis == "batch":
        assert series["least"] == points[costs.index(min(costs))]["size"]
        knee = next(p["size"] for p, cost in zip(points, costs) if cost <= 1.1 * min(costs))
        assert series["knee"] == knee
    else:  # as many samples at all sizes
        assert series["least"] is None and series["knee"] is None

assert len(sweep["crossovers"]) == 2 * len({json.dumps(s["dims"]) for s in sweep["series"]})
changes = 0
for crossover in sweep["crossovers"]:
    rivals = [s for s in sweep["series"] if s["dims"] == crossover["dims"]]
    previous = None
    for reign in crossover["reigns"]:
        size, winner = reign["from"], (reign["target"], reign["precision"])
        assert reign["exact"] and winner != previous
        for at, best in ((size, winner), (size - 1, previous)):
            if best is None:
                continue
            samples = at if axis == "batch" else 1
            costs = {(s["target"], s["precision"]): figure_of(single(s, at), crossover["figure"], at, samples) for s in rivals}
            assert math.isclose(min(costs.values()), costs[best], rel_tol=0), (at, best, costs)
        changes += previous is not None
        previous = winner
# The test would be empty without a crossover among the targets.
assert changes > 0 or axis != "batch", "no crossover to check"
