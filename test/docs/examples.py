#!/usr/bin/env python3
"""Runs every example that --help, the manual and the pages of docs give:
examples.py FOLDER

Commands stand in "```sh" blocks and below "Examples" of a help; each has to exit
with 0, or with what a comment behind it says ("# exit code 1"). Blocks that
cannot run here are named below, with the reason; commands that stand in no block
at all are an error.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

import sandbox

ROOT = sandbox.ROOT
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)

# Commands, by how they begin, that a test leaves alone.
NOT_RUN = {
    "tools/run.sh": "installs packages and builds; what it prints is a console block",
    "tools/test.sh": "runs this test",
    "tools/build.sh": "installs packages and builds",
    "cmake": "builds; continuous integration does",
    "ctest": "runs this test",
    "clang-tidy-19": "needs the preset fuzz",
    "ASAN_OPTIONS": "needs the preset fuzz, and runs for half an hour",
    "ninja": "builds; continuous integration does",
    "build/release/bin": "the program under another name",
    "python3 /usr/lib/llvm-19/build/utils/lit/lit.py": "runs this test",
    "git worktree": "needs a repository with a remote",
    "tools/review.sh": "test/Review/pull_request.test runs it",
    "sudo ": "needs root",
    "apt": "needs root",
    "pip": "needs a network",
    "mlir-opt": "test/passes runs it, where MLIR's tools are",
    "energy-opt calibrate test/validation": "takes minutes; test/validation/calibrate.test runs it",
    "cp -r /usr/share/doc/energy-opt": "needs the packages; test/package/chroot.sh runs it",
    '"$PREFIX/': "test/docs/install.test runs it",
    'PYTHONPATH="$PREFIX/': "test/docs/install.test runs it",
    "valgrind": "needs valgrind, and models",
    "mkdocs": "test/docs/site.test runs it",
}
# Languages that are no commands.
DATA = {"", "console", "text", "yaml", "json", "cmake", "cpp", "tablegen", "python", "pycon", "csv", "mlir"}


def joined(lines):
    """Commands of several lines, each line but the last ending in a backslash."""
    return re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines()


def documented():
    """(where, commands) of every block in the pages."""
    found, loose = [], []
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for page in pages:
        name = page.relative_to(ROOT)
        text = page.read_text()
        for language, body in FENCE.findall(text):
            if language == "sh":
                lines = [line for line in joined(body.splitlines()) if line.strip() and not line.startswith("#")]
                found.append((str(name), lines))
            elif language in ("console", "text"):
                pass
            elif language not in DATA or re.search(r"^(energy-opt|mlir-opt) ", body, re.M):
                loose.append(f"{name}: a block of language {language!r}, {body.splitlines()[0]}")
        bare = FENCE.sub("", text)
        loose += [f"{name}: {line.strip()}" for line in re.findall(r"^    +(?:energy-opt|mlir-opt|cmake|tools/)\b[^:\n].*", bare, re.M)]
    if loose:
        sys.exit("these stand in no block that is run or marked as text:\n" + "\n".join(loose))
    return found


def helped():
    """(where, commands) of the examples of every help."""
    overview = subprocess.run(["energy-opt", "--help"], check=True, capture_output=True, text=True).stdout
    names = re.findall(r"^  ([a-z]+)  ", overview.split("\nSubcommands\n")[1].split("\n\n")[0], re.M)
    assert len(names) > 8, names
    found = []
    for name in ["", *names]:
        command = ["energy-opt", *([name] if name else []), "--help"]
        text = subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ, COLUMNS="160")).stdout
        # A line that goes on is indented more.
        lines = re.sub(r"\n    +", " ", text.split("\nExamples\n")[1]).splitlines()
        found.append((" ".join(command), [line.strip() for line in lines if line.strip()]))
    return found


def run(task, folder):
    """Runs the commands of a block one after another; complaints."""
    index, where, commands = task
    own = folder / str(index)
    shutil.copytree(folder / "made", own)
    failed = []
    for command in commands:
        expected = re.search(r"# exit code (\d+)", command)
        done = subprocess.run(["bash", "-c", command], cwd=own / "work", capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode != (int(expected.group(1)) if expected else 0):
            failed.append(f"{where}: {command}\n  exit code {done.returncode}: {(done.stderr or done.stdout).strip()[-400:]}")
    shutil.rmtree(own)
    return failed


def main(folder):
    folder = pathlib.Path(folder).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sandbox.make(folder / "made")
    # The settings that docs/check.md shows are read, and a small model keeps to them.
    settings = "energy-opt check model.onnx --config=settings.yaml --base=main.onnx"
    tasks, left, seen = [], 0, set()
    for where, commands in [*documented(), *helped(), ("docs/check.md", [settings])]:
        mine = [command for command in commands if not any(command.startswith(start) for start in NOT_RUN)]
        left += len(commands) - len(mine)
        if mine and tuple(mine) not in seen:
            seen.add(tuple(mine))
            tasks.append((len(tasks), where, mine))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        failed = [each for found in pool.map(lambda task: run(task, folder), tasks) for each in found]
    count = sum(len(commands) for _, _, commands in tasks)
    print(f"{count} commands run, {left} left alone, {len(failed)} failed")
    if failed or count < 40:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main(sys.argv[1])
