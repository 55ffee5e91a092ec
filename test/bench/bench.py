#!/usr/bin/python3
"""Time and memory of whole processes, as ratios measured in one run.

    bench.py [--shared=FOLDER] [--update=PAGE] [--rounds=N] [--small] [--only=GLOB]

Models are made on the way (models.py); with --shared, the folder that holds corpus/
and tools/fill_weights.py, ResNet-50 and BERT-base are measured too. --update puts
the tables into PAGE (docs/performance.md), --small takes small models, to see that it
runs. Times depend on the machine and on what else it does: compare within a run only.
"""

import argparse
import fnmatch
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

import models
from measure import in_turn

LOAD = "import onnx, sys; onnx.load(sys.argv[1], load_external_data=False)"
INFER = (
    "import onnx, onnx.shape_inference, sys;"
    "onnx.shape_inference.infer_shapes(onnx.load(sys.argv[1], load_external_data=False))"
)
BEGIN, END = "<!-- bench.py -->", "<!-- end -->"


class Row:
    def __init__(self, name, path, results, nodes):
        self.name, self.path, self.results, self.nodes = name, path, results, nodes
        self.size = path.stat().st_size

    @property
    def analysis(self):
        return self.results["analysis"]

    @property
    def report(self):
        return self.results["report"]


def number(value, digits=2):
    """Three digits, or so."""
    return "-" if value is None else f"{value:.{max(0, digits - len(str(int(value))) + 1)}f}"


def installed(program, folder):
    """A copy, as installing makes one: a file as its linker left it is mapped in
    smaller pieces, which its first page faults pay for."""
    return shutil.copy(program, folder)


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.rows = {}
        self.goals = []
        # Of ratios that a few milliseconds decide.
        self.rounds = 1 if options.small else max(options.rounds, 9)

    def wants(self, name):
        return fnmatch.fnmatch(name, self.options.only)

    def measure(self, name, path, nodes=None):
        tool, here = self.options.tool, self.options.programs
        commands = {
            "report": [tool, path],
            "analysis": [tool, path, "--checks=-*"],
            "load": [sys.executable, "-c", LOAD, path],
            "infer": [sys.executable, "-c", INFER, path],
            "read": [shutil.which("cat"), path],
        }
        if (here / "bench-protobuf").exists():
            commands["protobuf"] = [here / "bench-protobuf", path]
        results = in_turn(commands, self.options.rounds, timeout=self.options.timeout)
        self.rows[name] = row = Row(name, path, results, nodes)
        print(f"{name}: {row.report.seconds:.3f} s, without suggestions {row.analysis.seconds:.3f} s", file=sys.stderr)
        return row

    def generated(self, name, kind, size, keep=False):
        """Measures a generated model; `keep`: its file is left there."""
        if not self.wants(name):
            return None
        path = self.folder / f"{name.replace(' ', '_').replace(',', '')}.onnx"
        if kind == "llm":
            graph, _ = models.write_llm(size, path)
        else:
            graph = models.KINDS[kind](size).write(path)
        row = self.measure(name, path, graph.nodes)
        if not keep:
            path.unlink()
        return row

    def corpus(self, name, source):
        if not self.options.shared or not self.wants(name):
            return None
        path = self.folder / f"{name}.onnx"
        fill = self.options.shared / "tools/fill_weights.py"
        subprocess.run([sys.executable, fill, self.options.shared / "corpus" / source, path], check=True)
        row = self.measure(name, path)
        path.unlink()
        return row

    # What is promised, next to what was found.

    def goal(self, what, value, bound, at_least=False):
        if value is not None:
            kept = value >= bound if at_least else value <= bound
            self.goals.append((what, number(value), f"{'≥' if at_least else '≤'} {bound:g}", "yes" if kept else "**no**"))

    def loads(self, row, ratio, memory):
        if row:
            for which in ("analysis", "report"):
                ours = row.results[which]
                what = f"{row.name}, {'without suggestions' if which == 'analysis' else 'default report'}"
                self.goal(f"{what}: time of `onnx.load` over ours", row.results["load"].over(ours), ratio, at_least=True)
                self.goal(f"{what}: MB", ours.peak, memory)

    def startup(self):
        context = self.options.programs / "bench-context"
        if not context.exists() or not self.wants("start"):
            return
        path = self.folder / "empty.onnx"
        models.chain(1).write(path)
        commands = {"ours": [self.options.tool, path, "--checks=-*"], "context": [installed(context, self.folder)]}
        results = in_turn(commands, self.rounds)
        self.goal("A graph of one node, over a program that makes the same MLIRContext",
                  results["ours"].over(results["context"]), 1.5)

    def weights(self, size):
        """Bytes of weights that a check which reads them all takes in a second, of the
        fastest runs, as the bandwidth is."""
        bandwidth = self.options.programs / "bench-bandwidth"
        if not bandwidth.exists() or not self.wants("weights"):
            return
        rates, peaks = [], []
        for each in (size // 4, size):
            path = self.folder / "weights.onnx"
            models.products(each, noise=True).write(path)
            results = in_turn(
                {"with": [self.options.tool, path, "--checks=-*,prune-zeros"],
                 "without": [self.options.tool, path, "--checks=-*"]}, self.rounds)
            rates.append(each / max(1e-9, results["with"].least - results["without"].least))
            peaks.append(results["with"].peak)
            path.unlink()
        memory = float(subprocess.run([bandwidth], capture_output=True, check=True).stdout) * 1e9
        self.goal("Reading weights (`prune-zeros`), share of the memory bandwidth", rates[-1] / memory, 0.5, at_least=True)
        self.goal("Its peak memory over that with a quarter of the weights", peaks[-1] / peaks[0], 1.1)

    def run(self):
        small = self.options.small
        thousand = 100 if small else 1000
        self.startup()
        self.loads(self.corpus("ResNet-50", "torchvision/graph_only/resnet50.opset14.onnx"), 18, 40)
        self.loads(self.corpus("BERT-base", "torch_nn/graph_only/bert_base.onnx"), 40, 50)
        mega = 10**4 if small else 10**6
        self.generated("one file, 100 MB", "single", 100 * mega)
        full = self.generated("one file, 2 GB", "single", 2000 * mega)
        twin = self.generated("its graph alone", "twin", 2000 * mega)
        if full and twin:
            self.goal("2 GB file over its graph alone", full.analysis.over(twin.analysis), 2)
        llm = self.generated("70 B parameters, 140 GB apart", "llm", 2 if small else 80)
        if llm:
            self.goal("70 B parameters, without suggestions: MB", llm.analysis.peak, 150)
            self.goal("70 B parameters, default report: MB", llm.report.peak, 150)
        by_size = {size: self.generated(f"chain, {size} k", "chain", size * thousand, keep=True)
                   for size in (1, 10, 50, 100)}
        self.scaling(by_size, thousand)
        for kind in ("wide", "unrolled"):
            for size in (1, 10, 100):
                self.generated(f"{kind}, {size} k", kind, size * thousand)
        self.generated("detector, 5 k", "detector", 5 * thousand)
        self.generated("nested, 100 deep", "nested", 10 if small else 100)
        self.weights(1000 * mega)

    def scaling(self, rows, thousand):
        """Chains of different lengths, each measured in turn with the others."""
        one, fifty, hundred = (rows[size] for size in (1, 50, 100))
        if not (one and fifty and hundred):
            return
        tool = self.options.tool
        commands = {(which, row): [tool, row.path, *arguments]
                    for which, arguments in (("analysis", ["--checks=-*"]), ("report", []))
                    for row in (one, fifty, hundred)}
        # Near its bound, and a matter of caches, which others use as well.
        results = in_turn(commands, self.rounds if self.options.small else 3 * self.rounds)
        for which, text in (("analysis", "without suggestions"), ("report", "default report")):
            self.goal(f"50 k nodes, {text}, over `onnx.load`", fifty.results[which].over(fifty.results["load"]), 1)
            self.goal(f"100 k nodes over 50 k, {text}",
                      results[which, hundred].over(results[which, fifty]), 2.2)
        a, b = results["analysis", one], results["analysis", hundred]
        self.goal("Time per node, 100 k over 1 k", b.over(a) / 100, 1.5)
        self.goal("kB per node over the base", (b.peak - a.peak) * 1024 / (99 * thousand), 2)

    def tables(self):
        columns = ["model", "MB", "nodes", "report, ms", "MB", "no suggestions, ms", "MB",
                   "`onnx.load`", "+ inference", "protobuf", "`cat`"]
        lines = [columns, ["---", *["---:"] * (len(columns) - 1)]]
        for row in self.rows.values():
            cells = [row.name, number(row.size / 1e6), str(row.nodes or "")]
            for ours in (row.report, row.analysis):
                cells += [number(1e3 * ours.seconds), number(ours.peak)] if not ours.failed else [ours.failed, ""]
            for name in ("load", "infer", "protobuf", "read"):
                other = row.results.get(name)
                cells.append("" if not other else other.failed or number(other.over(row.analysis)))
            lines.append(cells)
        goals = [["promise", "found", "bound", "kept"], ["---", "---:", "---:", "---"], *self.goals]
        return "\n\n".join("\n".join("| " + " | ".join(line) + " |" for line in table) for table in (lines, goals))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=pathlib.Path)
    parser.add_argument("--tool", default=shutil.which("energy-opt"))
    parser.add_argument("--update", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--timeout", type=int, default=120, help="seconds for one process")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--only", default="*", help="models whose names match")
    options = parser.parse_args()
    if not options.tool:
        sys.exit("no energy-opt on the PATH; give --tool=PATH")
    options.programs = pathlib.Path(options.tool).resolve().parent
    with tempfile.TemporaryDirectory() as folder:
        options.tool = installed(options.tool, folder)
        bench = Bench(options, pathlib.Path(folder))
        bench.run()
    machine = f"Medians of {options.rounds} runs, in turn; {platform.machine()}, {platform.system()} {platform.release().split('-')[0]}."
    text = f"{machine}\n\n{bench.tables()}"
    print(text)
    if options.update:
        page = options.update.read_text()
        head, rest = page.split(BEGIN)
        options.update.write_text(f"{head}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    main()
