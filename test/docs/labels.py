#!/usr/bin/env python3
"""Fails if an equation of the code is not in the documentation, or the reverse.

An equation stands where it is computed: a doc comment `/// M5: ...` above a
function, or the one-line statement of a family, `{"conv", "M5: macs = ..."}`. Its
label must begin an entry of docs/model.md, docs/energy-model.md, docs/serving.md or docs/footprint.md: a row of a
table, a heading, or `**M5**`. A label stands for one thing.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
IN_CODE = re.compile(r'(?:^[ \t]*///? |")([A-Z]{1,2}\d+)[:.,] ', re.M)
IN_PAGE = re.compile(r"\*\*([A-Z]{1,2}\d+)\b|^#+ ([A-Z]{1,2}\d+)\b|^\| *([A-Z]{1,2}\d+) *\|", re.M)


def folder(path):
    """Work and price are two vocabularies, of two pages."""
    price = any(part in str(path) for part in ("lib/Analysis", "lib/Footprint"))
    return "lib/Analysis and lib/Footprint" if price else "lib/Cost and lib/Graph"


def main():
    sources = {p: p.read_text() for p in sorted((ROOT / "lib").rglob("*")) if p.suffix in (".h", ".cpp")}
    code = {}
    for path, text in sources.items():
        for label in IN_CODE.findall(text):
            code.setdefault(label, {}).setdefault(folder(path), path.relative_to(ROOT))
    page = set()
    for path in [*(ROOT / "docs").glob("*model.md"), ROOT / "docs/serving.md", ROOT / "docs/footprint.md"]:
        page |= {"".join(groups) for groups in IN_PAGE.findall(path.read_text())}
    problems = []
    for label, places in code.items():
        if len(places) > 1:
            problems.append(f"{label} means two things: {' and '.join(map(str, places.values()))}")
        if label not in page:
            problems.append(f"{label} ({next(iter(places.values()))}) is not in docs/")
    everything = "\n".join(sources.values())
    problems += [f"{label} of docs/ is nowhere in lib/" for label in sorted(page) if not re.search(rf"\b{label}\b", everything)]
    sys.exit("\n".join(problems) or 0)


main()
