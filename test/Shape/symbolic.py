"""The closed forms of --symbolic equal the concrete analysis.

`symbolic.py MODEL DIM=LOW:HIGH ...`: draws ten bindings of the dims, evaluates
each formula there, and analyzes the model with the same --dim options.
"""

import json
import random
import subprocess
import sys

FUNCTIONS = {"min": min, "max": max, "floordiv": lambda a, b: a // b, "ceildiv": lambda a, b: -(-a // b)}
FIGURES = {"macs", "flops", "int_ops", "transcendentals"}


def analyze(model, *options):
    command = ["energy-opt", model, "--format=json", *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def main():
    model, ranges = sys.argv[1], [argument.split("=") for argument in sys.argv[2:]]
    formulas = analyze(model, "--symbolic")["symbolic"]
    names = {name for name, _ in ranges}
    draw = random.Random(1810)
    failures = 0
    for _ in range(10):
        sizes = {name: draw.randint(*map(int, limits.split(":"))) for name, limits in ranges}
        options = [f"--dim={name}={size}" for name, size in sizes.items()]
        concrete = analyze(model, *options)["totals"]
        bound = analyze(model, "--symbolic", *options)
        for figure in sorted(FIGURES):
            value = eval(formulas[figure].replace("^", "**"), FUNCTIONS, sizes)
            if value != concrete[figure]:
                print(f"{figure} at {sizes}: {formulas[figure]} = {value}, the analysis says {concrete[figure]}")
                failures += 1
        # Dims that are given stay in the formula, whose value the totals give.
        if bound["symbolic"] != formulas or bound["totals"] != concrete:
            print(f"with {options}: {bound['symbolic']}")
            failures += 1
    if not all(name in formulas["macs"] for name in names):
        print(f"macs = {formulas['macs']} does not depend on all of {sorted(names)}")
        failures += 1
    print(f"macs = {formulas['macs']}")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
