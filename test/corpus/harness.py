"""What the corpus harnesses share: running energy-opt, in parallel and within
limits, and printing tables.

Each harness is a script: `NAME.py SHARED [--tool=PATH] [--jobs=N]`, where SHARED
is the folder that holds `corpus/`. It prints what it found and exits 1 if a
check failed. The .test beside it runs it under lit.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys

TIMEOUT_S = 60
MEMORY_BYTES = 4 << 30  # of address space, per process


class Run:
    """One run of the tool: exit code, report (None unless it succeeded), stderr."""

    def __init__(self, code, stdout, stderr):
        self.code, self.stderr = code, stderr
        self.report, self.bad_json = None, ""
        if code == 0:
            try:
                self.report = json.loads(stdout)
            except ValueError as error:
                self.bad_json = str(error)

    @property
    def verdict(self):
        """One of ok, error, hang, crash, bad output, silent error."""
        if self.code is None:
            return "hang"
        if self.code == 0:
            return "bad output" if self.report is None else "ok"
        if self.code == 2:
            return "error" if self.error else "silent error"
        return "crash"

    @property
    def error(self):
        """The diagnostic line, without the file's name."""
        found = re.search(r"^.*?\berror: (.*)$", self.stderr, re.M)
        return found.group(1) if found else ""

    @property
    def sane(self):
        """It analyzed the model or refused it in words."""
        return self.verdict in ("ok", "error")


class Harness:
    def __init__(self, description, add_arguments=lambda parser: None):
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("shared", type=pathlib.Path, help="the folder that holds corpus/")
        parser.add_argument("--tool", default=shutil.which("energy-opt"), help="energy-opt's path")
        parser.add_argument("--jobs", type=int, default=os.cpu_count())
        parser.add_argument("--verbose", action="store_true", help="list also what is as expected")
        add_arguments(parser)
        self.options = parser.parse_args()
        if not self.options.tool:
            parser.error("no energy-opt on PATH; give --tool")
        self.corpus = self.options.shared / "corpus"
        self.failures = []
        # Inherited by the tool. Sanitizers reserve more than there is.
        if not os.environ.get("ASAN_OPTIONS"):
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))

    def run(self, model, *options):
        command = [self.options.tool, str(model), "--format=json", "--checks=-*", *options]
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=TIMEOUT_S, text=True, errors="replace"
            )
        except subprocess.TimeoutExpired:
            return Run(None, "", "")
        return Run(done.returncode, done.stdout, done.stderr)

    def map(self, function, items):
        """function(item) for each, several at a time, results in order."""
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            return list(pool.map(function, items))

    def fail(self, subject, why):
        self.failures.append((str(subject), why))

    def finish(self, summary):
        """Prints the failures and the verdict, and exits."""
        if self.failures:
            print("\nfailed:")
            for what, why in self.failures:
                print(f"  {what}: {why}")
        print(f"\n{summary}: {'FAIL' if self.failures else 'PASS'}")
        sys.exit(1 if self.failures else 0)


def table(rows):
    """Prints rows of cells, the first row a heading; numbers to the right."""
    cells = [[cell if isinstance(cell, str) else format_number(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells)]
    for row, source in zip(cells, rows):
        parts = [
            text.ljust(width) if isinstance(value, str) else text.rjust(width)
            for text, value, width in zip(row, source, widths)
        ]
        print("  ".join(parts).rstrip())


def format_number(value):
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
