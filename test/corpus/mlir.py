#!/usr/bin/python3
"""MLIR files of StableHLO, onnx-mlir, torch-mlir, IREE, buddy-mlir and tpp-mlir.

The unit is the chunk between `// -----`. Left out are chunks that are wrong on
purpose (`expected-error`), VHLO's, and empty ones. Every other chunk must be
analyzed, or refused with one clear line; of the ops of those that are analyzed,
MODELLED_SHARE must be modelled; of the chunks of the StableHLO project,
STABLEHLO_SHARE must parse.
"""

import collections
import json
import re
import subprocess

from harness import TIMEOUT_S, Harness, table

MODELLED_SHARE = 0.99
STABLEHLO_SHARE = 0.99
STABLEHLO = "openxla+stablehlo"


def chunks(text):
    """(first line, text) of the parts of a file, as --split-input-file cuts it."""
    first, lines = 1, []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("// -----"):
            yield first, "\n".join(lines)
            first, lines = number + 1, []
        else:
            lines.append(line)
    yield first, "\n".join(lines)


def is_wanted(path, text):
    code = re.sub(r"//.*", "", text)
    is_vhlo = "/vhlo/" in str(path) or re.search(r"\bvhlo\.|[!#]vhlo\b", code)
    return code.strip() and "expected-error" not in text and not is_vhlo


class File:
    """What became of a file: reports and errors by first line of the chunk."""

    def __init__(self, harness, path):
        self.reports, self.errors, self.crash = {}, {}, None
        text = path.read_text(errors="replace")
        self.wanted = [first for first, part in chunks(text) if is_wanted(path, part)]
        command = [harness.options.tool, str(path), "--split-input-file", "--format=ndjson",
                   "--target=nvidia-a100-sxm-80gb", "--jobs=1"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, text=True, errors="replace")
        except subprocess.TimeoutExpired:
            self.crash = "hang"
            return
        if done.returncode not in (0, 2):
            self.crash = f"exit {done.returncode}: {done.stderr.strip()[-200:]}"
            return
        for line in done.stdout.splitlines():
            report = json.loads(line)
            if "error" in report:  # told on stderr too
                continue
            self.reports[self.first_line(path, report["model"]["path"])] = report
        for place, message in re.findall(r"^(.*?): error: (.*)$", done.stderr, re.M):
            self.errors.setdefault(self.first_line(path, place), message)

    def first_line(self, path, place):
        rest = place.removeprefix(str(path)).lstrip(":").split(":")[0]
        return int(rest) if rest.isdigit() else 1


def kind_of(error):
    """An error without its line and names of values, to count by."""
    error = re.sub(r"^line \d+:\d+: ", "", error)
    return re.sub(r"'[%#@!][^']*'", "'…'", error)[:100]


def main():
    harness = Harness(__doc__.splitlines()[0])
    root = harness.corpus / "mlir"
    paths = sorted(root.glob("**/*.mlir"))
    files = harness.map(lambda path: File(harness, path), paths)
    rows, refused, unmodelled = {}, [], collections.Counter()
    total = collections.Counter()
    for path, file in zip(paths, files):
        name = path.relative_to(root)
        row = rows.setdefault(name.parts[0], collections.Counter())
        if file.crash:
            harness.fail(name, file.crash)
            row["crashes"] += 1
            continue
        for first in file.wanted:
            row["chunks"] += 1
            report = file.reports.get(first)
            if report is None:
                row["refused"] += 1
                refused.append((name, first, file.errors.get(first, "no report and no error")))
                if first not in file.errors:
                    harness.fail(f"{name}:{first}", "neither a report nor an error")
                continue
            coverage = report["coverage"]
            row["ops"] += coverage["ops_total"]
            row["unmodelled"] += coverage["unmodelled"]
            for op in coverage["unmodelled_ops"]:
                unmodelled[f"{op['domain']}.{op['op']}", op["reason"]] += op["count"]
    for row in rows.values():
        total.update(row)
    names = ("chunks", "refused", "crashes", "ops", "unmodelled")
    table([("project", *names), *((p, *(r[n] for n in names)) for p, r in rows.items()),
           ("all", *(total[n] for n in names))])
    print("\nrefused, by reason:")
    for reason, count in collections.Counter(kind_of(e) for _, _, e in refused).most_common():
        print(f"  {count:5}  {reason}")
    print("\nunmodelled ops:")
    for (op, reason), count in unmodelled.most_common(None if harness.options.verbose else 40):
        print(f"  {count:5}  {op}: {reason}")
    print("\nrefused chunks of StableHLO:" if not harness.options.verbose else "\nrefused chunks:")
    for name, first, error in refused:
        if harness.options.verbose or name.parts[0] == STABLEHLO:
            print(f"  {name}:{first}: {error}")
    modelled = 1 - total["unmodelled"] / total["ops"]
    if modelled < MODELLED_SHARE:
        harness.fail("ops modelled", f"{modelled:.2%}, {MODELLED_SHARE:.0%} expected")
    parsed = 1 - rows[STABLEHLO]["refused"] / rows[STABLEHLO]["chunks"]
    if parsed < STABLEHLO_SHARE:
        harness.fail("StableHLO chunks parsed", f"{parsed:.2%}, {STABLEHLO_SHARE:.0%} expected")
    harness.finish(f"{total['chunks']:,} chunks, {parsed:.2%} of StableHLO's parsed, "
                   f"{modelled:.2%} of {total['ops']:,} ops modelled")


if __name__ == "__main__":
    main()
