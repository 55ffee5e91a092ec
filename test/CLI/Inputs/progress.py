"""progress.py FOLDER MODEL: the line about progress, seen through a terminal.

A model that comes late through a pipe is what a run waits for, so that nothing
depends on how fast the machine is.
"""

import os
import pathlib
import pty
import subprocess
import sys
import threading
import time

LATE = 2.5  # seconds; the line comes after one


def run(arguments, text, environment=None, terminal=True):
    """stderr of energy-opt, which reads `text` late."""
    main, child = pty.openpty()
    log = open(os.devnull, "w") if terminal else subprocess.PIPE
    variables = {key: value for key, value in os.environ.items() if key != "CI"}
    variables.update({"TERM": "xterm"}, **(environment or {}))
    process = subprocess.Popen(["energy-opt", *arguments, "-o", os.devnull], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=child if terminal else log, env=variables)
    os.close(child)

    def feed():
        time.sleep(LATE)
        process.stdin.write(text)
        process.stdin.close()

    threading.Thread(target=feed).start()
    seen = b""
    if terminal:
        while True:
            try:
                part = os.read(main, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            seen += part
    else:
        seen = process.stderr.read()
    os.close(main)
    assert process.wait() == 0, seen
    return seen.decode()


def left_over(text):
    """What stands on the screen in the end: \\r goes back, ESC [ K erases the rest."""
    line, column = [], 0
    rest = text
    while rest:
        if rest.startswith("\x1b[K"):
            del line[column:]
            rest = rest[3:]
            continue
        if rest[0] == "\r":
            column = 0
        else:
            line[column:column + 1] = [rest[0]]
            column += 1
        rest = rest[1:]
    return "".join(line).strip()


def main(folder, model):
    text = pathlib.Path(model).read_bytes()
    one = ["-", "--target=nvidia-t4"]
    seen = run(one, text)
    assert "reading <stdin> (" in seen and seen.count("\r") > 1, repr(seen)
    assert not left_over(seen), repr(seen)
    print("a terminal sees stages, and nothing of them remains")
    for what, arguments, environment, terminal in (
        ("with --no-progress", [*one, "--no-progress"], {}, True),
        ("with --quiet", [*one, "--quiet"], {}, True),
        ("in CI", one, {"CI": "true"}, True),
        ("on a dumb terminal", one, {"TERM": "dumb"}, True),
        ("in a file", one, {}, False),
    ):
        seen = run(arguments, text, environment, terminal)
        assert seen == "", (what, seen)
        print("not", what)
    seen = run([model, "-", "--target=nvidia-t4", "--jobs=1"], text)
    assert "1 of 2 models (" in seen and not left_over(seen), repr(seen)
    print("models are counted")


main(*sys.argv[1:])
