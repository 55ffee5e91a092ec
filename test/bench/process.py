#!/usr/bin/python3
"""Time and memory of whole processes, as ratios measured in one run.

    process.py SHARED [--tool=PATH] [--repeat=N] [--check]

SHARED is the folder that holds corpus/ and tools/fill_weights.py. Compares
energy-opt on a ResNet-50 of 100 MB with Python's `onnx.load` of the same file,
a full file with its graph alone, an LLM with and without its 2.8 GB of external
data, and deep chains with each other. --check fails if a promise on memory is
not kept; times are shown only, for they depend on what else a machine does.
"""

import argparse
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import onnx
import onnx.compose

import chain


# A process counts as its own the memory that its parent had when it was forked,
# so a small one starts and measures it: 8 MB is the least that this can see.
LAUNCHER = """
import os, sys, time
null = os.open(os.devnull, os.O_WRONLY)
actions = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
start = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=actions)
_, status, usage = os.wait4(child, 0)
print(time.perf_counter() - start, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""


def measure(command, repeat):
    """(median seconds, peak MB) of a process, the first run left out."""
    seconds, peak = [], 0
    for _ in range(repeat + 1):
        launch = [sys.executable, "-S", "-E", "-c", LAUNCHER, *map(str, command)]
        out = subprocess.run(launch, check=True, capture_output=True, text=True).stdout
        elapsed, kilobytes, code = out.split()
        if code != "0":
            sys.exit(f"{' '.join(map(str, command))}: exit {code}")
        seconds.append(float(elapsed))
        peak = max(peak, int(kilobytes) / 1024)
    return statistics.median(seconds[1:]), peak


def stack_twice(model):
    """The layers of `model` on top of themselves, all weights in llm.data; also
    returns that file's size."""
    lower, upper = (onnx.compose.add_prefix(model, prefix) for prefix in ("lower/", "upper/"))
    for node in upper.graph.node:
        node.input[:] = ["lower/out" if name == "upper/x" else name for name in node.input]
    graph = lower.graph
    graph.node.extend(upper.graph.node)
    graph.initializer.extend(upper.graph.initializer)
    graph.input.extend(value for value in upper.graph.input if value.name != "upper/x")
    graph.output.extend(upper.graph.output)
    size = 0
    for tensor in graph.initializer:
        length = 4 * math.prod(tensor.dims)
        tensor.ClearField("external_data")
        for key, value in (("location", "llm.data"), ("offset", size), ("length", length)):
            tensor.external_data.add(key=key, value=str(value))
        size += length
    return lower, size


class Bench:
    def __init__(self, options):
        self.options = options
        self.broken = []

    def tool(self, model, checks="-*"):
        """The analysis alone, unless `checks` asks for suggestions."""
        return measure([self.options.tool, model, "--format=json", f"--checks={checks}"], self.options.repeat)

    def line(self, what, result):
        print(f"{what:<52}{1e3 * result[0]:9.1f} ms{result[1]:9.1f} MB")

    def ratio(self, what, value, bound, at_least):
        """Prints a ratio with its promise; true if that is kept."""
        kept = value >= bound if at_least else value <= bound
        promise = f"{'at least' if at_least else 'at most'} {bound:g}"
        print(f"  {what:<50}{value:9.2f}    ({promise}{'' if kept else ', NOT KEPT'})")
        return kept

    def memory_ratio(self, what, value, bound, at_least):
        if not self.ratio(what, value, bound, at_least):
            self.broken.append(what)

    def startup(self):
        base = measure(["/bin/true"], self.options.repeat)
        start = measure([self.options.tool, "--version"], self.options.repeat)
        self.line("/bin/true", base)
        self.line("energy-opt --version", start)

    def weights(self, folder):
        graph = self.options.shared / "corpus/torchvision/graph_only/resnet50.opset14.onnx"
        full = folder / "resnet50.onnx"
        fill = self.options.shared / "tools/fill_weights.py"
        subprocess.run([sys.executable, fill, graph, full], check=True)
        load = [sys.executable, "-c", "import onnx, sys; onnx.load(sys.argv[1])", full]
        python, ours, bare = measure(load, self.options.repeat), self.tool(full), self.tool(graph)
        size = full.stat().st_size / 1e6
        self.line(f"onnx.load, ResNet-50 of {size:.0f} MB", python)
        self.line("energy-opt, the same file", ours)
        self.line("energy-opt, its graph alone", bare)
        self.line("energy-opt, with suggestions", self.tool(full, checks=""))
        self.ratio("times faster than onnx.load", python[0] / ours[0], 10, True)
        self.memory_ratio("times less memory than onnx.load", python[1] / ours[1], 5, True)
        self.ratio("full file / graph alone", ours[0] / bare[0], 1.2, False)

    def absent_data(self, folder):
        """An LLM of 2.8 GB, with its data file (sparse: nobody reads it) and without."""
        there, absent = folder / "there", folder / "absent"
        source = self.options.shared / "corpus/torch_nn/graph_only/llama2l_prefill.onnx"
        model, size = stack_twice(onnx.load(source, load_external_data=False))
        for place in (there, absent):
            place.mkdir()
            (place / "llm.onnx").write_bytes(model.SerializeToString())
        with open(there / "llm.data", "wb") as data:
            data.truncate(size)
        with_data, without = self.tool(there / "llm.onnx"), self.tool(absent / "llm.onnx")
        self.line(f"energy-opt, LLM with {size / 1e9:.1f} GB of external data", with_data)
        self.line("energy-opt, the same, data file absent", without)
        self.ratio("absent / present", without[0] / with_data[0], 1.2, False)

    def deep(self, folder):
        times = {}
        for nodes in (1_000, 10_000, 100_000):
            model = folder / f"chain{nodes}.onnxtxt"
            with open(model, "w") as file:
                file.writelines(chain.chain(nodes))
            times[nodes] = self.tool(model)
            self.line(f"energy-opt, chain of {nodes:,} nodes", times[nodes])
        few, many = times[1_000], times[100_000]
        # 100 times the nodes, 100 times the time, with room for caches.
        self.ratio("time per node, 100,000 / 1,000 nodes", many[0] / few[0] / 100, 1.5, False)
        per_node = (many[1] - few[1]) * 1024 / 99_000
        self.memory_ratio("kB per node over the base", per_node, 2, False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=pathlib.Path)
    parser.add_argument("--tool", default=shutil.which("energy-opt"))
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--check", action="store_true")
    bench = Bench(parser.parse_args())
    print(f"medians of {bench.options.repeat} runs, peak resident memory")
    with tempfile.TemporaryDirectory() as folder:
        bench.startup()
        bench.weights(pathlib.Path(folder))
        bench.absent_data(pathlib.Path(folder))
        bench.deep(pathlib.Path(folder))
    if bench.options.check and bench.broken:
        sys.exit(f"not kept: {', '.join(bench.broken)}")


if __name__ == "__main__":
    main()
