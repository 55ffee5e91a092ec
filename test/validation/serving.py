#!/usr/bin/env python3
"""Estimated against measured energy of serving: the last section of docs/validation.md.

  serving.py ENERGY_OPT --graphs=FOLDER [--table=serving.csv] [-o docs/validation.md]

FOLDER holds NAME-prefill.onnx and NAME-decode.onnx of the table's models. Without -o the section is printed.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
MARK = "<!-- Made by test/validation/serving.py; do not edit. -->"
# The table's source publishes the mean length of answers, none of prompts.
PROMPT = 512
TARGET = "nvidia-h100-sxm"
# The target's default writes the cache in place and fuses norms, as serving engines do; the other copies the cache.
RUNTIME, OTHER = "tensorrt", "eager-flash"

TEXT = f"""{MARK}

## Serving

Two language models on an H100 (the GPU alone, by NVML, at steady state; ML.ENERGY's benchmark, sources in
`test/validation/serving.csv`), beside `energy-opt PREFILL --decode=DECODE --prompt={PROMPT} --generate=N --batch=B
--target={TARGET}`. Energy is that of both phases per generated token. The mixes differ: a server starts and ends requests one by
one, so that batch and lengths are means, and lengths of prompts are not published ({PROMPT} tokens is assumed). So there is no
threshold; the rows are in no fit and in no median above.
"""


def estimate(tool, graphs, row, runtime):
    model = os.path.join(graphs, row["model"])
    result = subprocess.run(
        [tool, model + "-prefill.onnx", f"--decode={model}-decode.onnx", f"--prompt={PROMPT}", f"--generate={row['generated_tokens']}",
         f"--batch={row['batch']}", f"--target={TARGET}", f"--runtime={runtime}", "--format=json"],
        capture_output=True, text=True, check=True)
    serving = json.loads(result.stdout)["serving"]
    target = serving["targets"][0]
    tokens = serving["batch"] * serving["generate"]
    joules = {key: (target["prefill"]["energy_j"][key] + target["decode"]["energy_j"][key]) / tokens for key in ("value", "low", "high")}
    return joules, 1e3 * target["time_per_token_s"]


def section(tool, graphs, table):
    lines = TEXT.splitlines() + ["", "| model | requests at a time | generated tokens | J/token measured | estimated | 90 % interval | ratio | "
                                 "ms/token measured | estimated | ratio |", "|---|" + "---:|" * 9]
    ratios = {RUNTIME: [], OTHER: []}
    for row in table:
        measured_j, measured_ms = float(row["joule_per_output_token"]), float(row["millisecond_per_token"])
        for runtime, list_ in ratios.items():
            joules, ms = estimate(tool, graphs, row, runtime)
            list_.append((joules["value"] / measured_j, ms / measured_ms))
            if runtime == RUNTIME:
                lines.append(f"| {row['model']} | {row['batch']} | {row['generated_tokens']} | {measured_j:.3g} | {joules['value']:.3g} | "
                             f"{joules['low']:.3g} – {joules['high']:.3g} | {list_[-1][0]:.2f} | {measured_ms:.3g} | {ms:.3g} | "
                             f"{list_[-1][1]:.2f} |")
    lines.append("")
    for runtime, list_ in ratios.items():
        energy, time = (statistics.median(r[i] for r in list_) for i in (0, 1))
        lines.append(f"Medians of the ratios with `--runtime={runtime}`: energy {energy:.2f}, time {time:.2f}.")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool"), parser.add_argument("--graphs", required=True)
    parser.add_argument("--table", default=os.path.join(HERE, "serving.csv")), parser.add_argument("-o", dest="output")
    args = parser.parse_args()
    with open(args.table, newline="") as f:
        text = section(args.tool, args.graphs, list(csv.DictReader(f)))
    if not args.output:
        print(text, end="")
        return
    with open(args.output) as f:
        head = f.read().split(MARK)[0].rstrip()
    with open(args.output + ".tmp", "w") as f:
        f.write(head + "\n\n" + text)
    os.replace(args.output + ".tmp", args.output)


if __name__ == "__main__":
    main()
