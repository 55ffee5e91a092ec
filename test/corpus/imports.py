#!/usr/bin/python3
"""Other people's test models: ONNX Runtime's, MIGraphX's, TensorRT tools', MLPerf's.

Each must be analyzed, or refused with one clear line; never a crash, a hang or
memory out of proportion. A model that its authors call invalid (the list in
corpus/malformed_tests.md) should be refused, a valid one analyzed in full, unless
`imports_expected.csv` beside this script gives the reason why not.
"""

import collections
import csv
import pathlib
import re

from harness import Harness, table

# What may be unmodelled in a valid model: ops of domains that are not listed in
# docs/ops.md, and made-up ones.
LISTED_DOMAINS = {"", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview", "ai.onnx.preview.training", "com.microsoft"}


def invalid_models(path):
    """The corpus' list of models that are invalid, contradictory or refused."""
    block = re.search(r"^```\n(.*?)^```", path.read_text(), re.M | re.S)
    return set(block.group(1).split("\n")) - {""}


def expectations(path):
    """(kind, reason) by model: kind is `refused`, `analyzed` or `unmodelled`."""
    if not path.exists():
        return {}
    with open(path, newline="") as file:
        return {row["model"]: (row["expected"], row["reason"]) for row in csv.DictReader(file)}


def outcome(run):
    """analyzed, unmodelled or refused; anything else is a failure."""
    if run.verdict == "error":
        return "refused"
    if run.verdict != "ok":
        return run.verdict
    listed = [row for row in run.report["coverage"]["unmodelled_ops"] if row["domain"] in LISTED_DOMAINS]
    return "unmodelled" if listed else "analyzed"


def detail(run):
    if run.report is None:
        return run.error or run.stderr.strip()[:200]
    ops = run.report["coverage"]["unmodelled_ops"]
    return ", ".join(f"{row['domain'] or 'ai.onnx'}.{row['op']}: {row['reason']}" for row in ops)


def main():
    harness = Harness(__doc__.splitlines()[0])
    invalid = invalid_models(harness.corpus / "malformed_tests.md")
    expected = expectations(pathlib.Path(__file__).with_name("imports_expected.csv"))
    paths = sorted([*harness.corpus.glob("ort/**/*.onnx"), *harness.corpus.glob("misc/**/*.onnx")])
    runs = harness.map(harness.run, paths)
    counts, seen = collections.Counter(), set()
    for path, run in zip(paths, runs):
        name = str(path.relative_to(harness.corpus))
        found, group = outcome(run), "invalid" if name in invalid else "valid"
        counts[group, found] += 1
        wanted, reason = expected.get(name, ("refused" if name in invalid else "analyzed", ""))
        seen.add(name)
        if found != wanted:
            harness.fail(name, f"{found}, {wanted} expected ({group}): {detail(run)}")
        elif harness.options.verbose and found != "analyzed":
            print(f"{found}: {name}: {detail(run)} {reason}")
    for name in sorted(set(expected) - seen):
        harness.fail(name, "expected by imports_expected.csv, not in the corpus")
    table([("models", "outcome", "count"), *((*k, n) for k, n in sorted(counts.items()))])
    harness.finish(f"{len(paths)} models")


if __name__ == "__main__":
    main()
