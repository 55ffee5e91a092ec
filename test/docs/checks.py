#!/usr/bin/env python3
"""One page for each check, as `energy-opt checks ID` prints it.

checks.py FOLDER [--update]: fails if a page is missing, stale, or of no check."""

import json
import pathlib
import subprocess
import sys


def run(*arguments):
    return subprocess.run(["energy-opt", "checks", *arguments], check=True, capture_output=True, text=True).stdout


def main():
    folder = pathlib.Path(sys.argv[1])
    pages = {f"{check['id']}.md": run(check["id"]) for check in json.loads(run("--format=json"))}
    if "--update" in sys.argv:
        folder.mkdir(exist_ok=True)
        for name, text in pages.items():
            (folder / name).write_text(text)
    there = {path.name: path.read_text() for path in folder.iterdir()}
    for name in sorted(pages.keys() | there.keys()):
        if pages.get(name) != there.get(name):
            sys.exit(f"docs/checks/{name} is stale: run test/docs/checks.py docs/checks --update")


if __name__ == "__main__":
    main()
