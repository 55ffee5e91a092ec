#!/usr/bin/env python3
"""Runs the samples of the documentation: console.py [--update] FILE...

A ```console block shows commands after "$ " and, below each, what it prints
(stdout and stderr). Each is run from the repository's root, with the energy-opt
on PATH; `tools/run.sh` stands for that with its default model, since a test
builds nothing. A command goes on in lines after "> ". A page that holds the comment
"<!-- console: empty folder -->" is run in one, from its first block to its last. In a ```pycon block the commands are those of Python after ">>> ", all
of a file in one session. Fails with a diff if a sample is stale; --update rewrites it.
"""

import code
import contextlib
import difflib
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(^```console\n)(.*?)(^```$)", re.M | re.S)
PYTHON_BLOCK = re.compile(r"(^```pycon\n)(.*?)(^```$)", re.M | re.S)
EMPTY = "<!-- console: empty folder -->"
DEFAULT_MODEL = "test/models/resnet18.onnxtxt"


def output_of(command, folder):
    """What a reader who types `command` sees."""
    run_sh = r"^tools/run\.sh(?=$| -)"
    line = re.sub(run_sh, f"energy-opt {DEFAULT_MODEL}", command)
    line = re.sub(r"^tools/run\.sh ", "energy-opt ", line)
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return done.stdout


def refreshed(folder):
    """What shows a block again, as the commands print in `folder` now."""

    def refresh(match):
        commands = re.findall(r"^\$ (.*(?:\n> ?.*)*)", match.group(2), re.M)
        outputs = [output_of(re.sub(r"^> ?", "", command, flags=re.M), folder) for command in commands]
        body = "\n".join(f"$ {command}\n{output}" for command, output in zip(commands, outputs))
        return match.group(1) + body + match.group(3)

    return refresh


def typed_into(session):
    """What shows a block again, as `session` (an InteractiveConsole) answers now."""

    def refresh(match):
        body = ""
        for line in match.group(2).splitlines():
            if not line.startswith((">>> ", "... ")) and line != "...":
                continue
            seen = io.StringIO()
            with contextlib.redirect_stdout(seen), contextlib.redirect_stderr(seen):
                session.push(line[4:])
            body += f"{line}\n{seen.getvalue()}"
        return match.group(1) + body + match.group(3)

    return refresh


def main():
    arguments = sys.argv[1:]
    update = "--update" in arguments
    if not shutil.which("energy-opt"):
        sys.exit("no energy-opt on PATH")
    stale = 0
    paths = {name: pathlib.Path(name).resolve() for name in arguments if name != "--update"}
    os.chdir(ROOT)
    for name, path in paths.items():
        old = path.read_text()
        with tempfile.TemporaryDirectory() as empty:
            new = BLOCK.sub(refreshed(empty if EMPTY in old else ROOT), old)
        new = PYTHON_BLOCK.sub(typed_into(code.InteractiveConsole()), new)
        if new == old:
            continue
        if update:
            path.write_text(new)
            continue
        stale += 1
        sys.stdout.writelines(
            difflib.unified_diff(old.splitlines(True), new.splitlines(True), name, "what the commands print now")
        )
    if stale:
        sys.exit(f"{stale} stale: run test/docs/console.py --update on them and read what changed")


main()
