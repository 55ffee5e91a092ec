#!/usr/bin/env python3
"""What a fleet's run promises: fleet.py WHAT ARGUMENTS... (see the functions)."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading


def schema(page, records):
    """Every line of RECORDS has the columns of PAGE (docs/fleet.md), in order, with
    their types."""
    columns = {}
    for line in open(page):
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 4 and cells[1].startswith("`"):
            columns[cells[1].strip("`")] = cells[2]
    assert len(columns) > 30, columns
    lines = 0
    for line in open(records):
        check(parse("struct<" + ", ".join(f"{k}: {v}" for k, v in columns.items()) + ">"), json.loads(line), line)
        lines += 1
    print(lines, "lines fit", len(columns), "columns")


def parse(text):
    """A type: (kind, may be null, parts)."""
    text = text.strip()
    null = text.endswith("?")
    text = text.removesuffix("?")
    if text.startswith("list<"):
        return "list", null, parse(text[5:-1])
    if not text.startswith("struct<"):
        return text, null, None
    fields, depth, start, body = {}, 0, 0, text[7:-1] + ","
    for i, c in enumerate(body):
        depth += (c == "<") - (c == ">")
        if c == "," and depth == 0:
            name, kind = body[start:i].split(":", 1)
            fields[name.strip()] = parse(kind)
            start = i + 1
    return "struct", null, fields


def check(kind, value, line):
    name, null, parts = kind
    if value is None:
        assert null, (kind, line)
    elif name == "list":
        assert isinstance(value, list), (kind, value)
        for each in value:
            check(parts, each, line)
    elif name == "struct":
        assert list(value) == list(parts), (list(value), list(parts))
        for key, part in parts.items():
            check(part, value[key], line)
    else:
        types = {"string": str, "int": int, "real": float, "bool": bool}
        assert type(value) is types[name], (kind, value, line)


def pipe(*command):
    """As an engine that pipes: a line out for a line in, before stdin ends."""
    paths, command = command[: command.index("--")], command[command.index("--") + 1 :]
    tool = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for path in paths:
        tool.stdin.write(path + "\n")
        tool.stdin.flush()
        assert json.loads(tool.stdout.readline())["path"] == path
    tool.stdin.close()
    assert tool.stdout.read() == "" and tool.wait() == 0
    print(len(paths), "lines in, as many out")


def interrupt(model, out, *command):
    """A signal while the list goes on: what is there are whole lines. Not SIGINT, which
    a shell's background jobs ignore."""
    tool = subprocess.Popen([*command, f"--skip-done={out}"], stdin=subprocess.PIPE, text=True)

    def feed():
        try:
            while True:
                tool.stdin.write(model + "\n")
                tool.stdin.flush()
        except BrokenPipeError:
            pass

    feeder = threading.Thread(target=feed)
    feeder.start()
    while not os.path.exists(out) or os.path.getsize(out) < 20_000:
        assert tool.poll() is None
    tool.send_signal(signal.SIGTERM)
    assert tool.wait(timeout=60) == -signal.SIGTERM, tool.returncode
    feeder.join()
    lines = open(out).read().split("\n")
    assert lines.pop() == ""
    for line in lines:
        assert json.loads(line)["error"] is None
    print("whole lines")


def progress(path, *command):
    """What a person sees on a terminal who waits for PATH, again and again."""
    with open("many", "w") as models:
        models.write(f"{path}\nnone.onnx\n" * 100_000)
    master, slave = pty.openpty()
    person = {**os.environ, "TERM": "xterm", "CI": ""}
    tool = subprocess.Popen([*command, "--models=many"], stderr=slave, stdout=subprocess.DEVNULL, env=person)
    os.close(slave)
    text, seen = "", None
    while not seen:
        text = text[-4096:] + os.read(master, 4096).decode()
        seen = re.search(r"\d+ of \d+ models[^\r\x1b]*\r", text)
    tool.kill()
    tool.wait()
    print(seen[0].strip())


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
