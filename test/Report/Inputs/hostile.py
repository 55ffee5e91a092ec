"""hostile.py FOLDER: what a model's and a file's names can do to each format: nothing.

Nodes, tensors, ops, domains, dims, producer and the file itself have names that run
code in a browser, compute in a spreadsheet, move a terminal's cursor, turn text
around, or end a line, a cell, a quotation. Every format is read back as what it is.
"""

import csv
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "=cmd|'/C calc'!A0",
    "+1+1",
    "-2-3",
    "@SUM(A1)",
    "\x1b[2J\x1b]0;owned\x07",
    "\u202eevil\u2066",
    "line\nbreak\r\n=next",
    "a|b|c",
    "`code` ``more``",
    "]]><x/>&amp;\"'",
    "\x7f\x01\u2028\u200b",
    "![x](http://x/y) [l](javascript:alert(1))",
    "back\\slash\\|",
    "\ttab",
]
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

folder = pathlib.Path(sys.argv[1])
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir()


def quoted(text):
    return '"' + "".join(f"\\{b:03o}" for b in text.encode()) + '"'


def model(path, op):
    lines = ['ir_version: 8 opset_import { version: 17 } opset_import { domain: "com.microsoft" version: 1 }']
    lines += [f"producer_name: {quoted(HOSTILE[0] + HOSTILE[6] + HOSTILE[8])} doc_string: {quoted(HOSTILE[1])}"]
    lines += [f"graph {{ name: {quoted(HOSTILE[8])}"]
    at = "x"
    for i, name in enumerate(HOSTILE):
        lines += [f"node {{ op_type: {quoted(op if i % 2 else 'Relu')} name: {quoted(name)}"]
        if op == name and i % 2:
            lines += [f" domain: {quoted(name)}"]
        lines += [f' input: {quoted(at)} output: {quoted("t" + name)} }}']
        at = "t" + name
    for kind, name in (("input", "x"), ("output", at)):
        lines += [
            f"{kind} {{ name: {quoted(name)} type {{ tensor_type {{ elem_type: 1 shape {{ "
            f"dim {{ dim_param: {quoted(HOSTILE[6] + HOSTILE[9])} }} dim {{ dim_value: 64 }} }} }} }} }}"
        ]
    path.write_text("\n".join(lines + ["}"]) + "\n")


def fail(what, text=""):
    sys.exit(f"{what}\n{text[:2000]!r}")


def run(arguments, codes=(0,)):
    done = subprocess.run(["energy-opt", *map(str, arguments)], capture_output=True)
    if done.returncode not in codes:
        fail(f"{arguments}: exit code {done.returncode}", done.stderr.decode())
    for stream, text in (("stdout", done.stdout.decode()), ("stderr", done.stderr.decode())):
        bad = UNSEEN.search(text)
        if bad:
            fail(f"{arguments}: {stream} has {bad.group()!r}", text[max(0, bad.start() - 80) :])
    return done.stdout.decode()


def table_cells(line):
    return len(re.sub(r"\\.", "", line).split("|"))


def check_markdown(text):
    if re.search(r"<(script|img|x)\b", re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)):
        fail("markdown has HTML", text)
    rows = 0
    for line in text.splitlines():
        if line.startswith("|"):
            rows = rows or table_cells(line)
            if table_cells(line) != rows:
                fail(f"markdown: a row of {table_cells(line)} cells, not {rows}", line)
        else:
            rows = 0


def check_csv(text):
    rows = list(csv.reader(io.StringIO(text)))
    for row in rows:
        if len(row) != len(rows[0]):
            fail(f"csv: a row of {len(row)} cells, not {len(rows[0])}", str(row))
        for cell in row:
            if cell[:1] in tuple("=+-@\t\r") and not re.fullmatch(r"-?[\d.e+-]+", cell):
                fail("csv: a formula", cell)


def check_html(text):
    body = text.lower()
    for tag in ("<script>alert", "<img src=x", "</script><img", "]]><x/>"):
        if tag in body:
            fail(f"html has {tag}")
    if body.count("<script") != body.count("</script"):
        fail("html: scripts do not end as they begin")


CHECKS = {
    "text": lambda text: None,
    "csv": check_csv,
    "markdown": check_markdown,
    "model-card": check_markdown,
    "html": check_html,
    "json": json.loads,
    "sarif": json.loads,
    "cyclonedx": json.loads,
    "spdx": json.loads,
    "ndjson": lambda text: [json.loads(line) for line in text.splitlines()],
    "junit": xml.etree.ElementTree.fromstring,
}

file = folder / "m|`=\x1b[2J\u202e<b>&\n'\".textproto"
other = folder / "other.textproto"
model(file, "Relu")
model(other, "Sigmoid")
for format in ("text", "json", "html", "csv", "markdown", "ndjson", "sarif", "cyclonedx", "spdx", "model-card"):
    for path in (file, other):
        CHECKS[format](run([path, f"--format={format}"]))
    print(f"analyze, {format}")
for format in ("text", "json", "markdown", "html"):
    CHECKS[format](run(["diff", file, other, f"--format={format}"]))
    print(f"diff, {format}")
config = folder / "budgets.yaml"
config.write_text("budgets:\n- model: '*'\n  energy_j: 1 nJ\n")
for format in ("text", "json", "markdown", "junit", "sarif"):
    CHECKS[format](run(["check", file, f"--config={config}", f"--format={format}"], codes=(1,)))
    print(f"check, {format}")
for name in HOSTILE[:7]:  # one that is explained, and one that is not there
    run([file, f"--explain={name}"], codes=(0, 2))
    run([file, f"--explain=no {name}"], codes=(2,))
for hostile in HOSTILE:  # ops that nobody knows are listed by name
    model(other, hostile)
    for format in ("text", "json", "markdown", "csv", "sarif"):
        CHECKS[format](run([other, f"--format={format}"], codes=(0, 2)))
print("unknown ops")
broken = folder / "b\x1b[2J\nroken.onnxtxt"
broken.write_text("<ir_version: 8>")
run([broken], codes=(2,))
run([folder / "absent\x1b[2J.onnx"], codes=(2,))
run([f"--no-such-\x1b[2Jflag"], codes=(2,))
print("errors")
