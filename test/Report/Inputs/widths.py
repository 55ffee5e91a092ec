"""widths.py FOLDER MODEL DECODER: every text at 60, 80 and 120 columns."""

import os
import pathlib
import pty
import subprocess
import sys
import unicodedata


def width(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def printed(arguments, columns):
    done = subprocess.run(["energy-opt", *arguments], capture_output=True, text=True, env=dict(os.environ, COLUMNS=str(columns)))
    assert done.returncode in (0, 1), (arguments, done.stderr)
    return done.stdout


def on_terminal(arguments, **variables):
    """stdout through a terminal of 70 columns, without COLUMNS."""
    environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR")}
    environment.update({"TERM": "xterm"}, **variables)
    main, child = pty.openpty()
    import fcntl, struct, termios
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 70, 0, 0))
    process = subprocess.Popen(["energy-opt", *arguments], stdout=child, stdin=subprocess.DEVNULL, env=environment)
    os.close(child)
    seen = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    process.wait()
    os.close(main)
    return seen.decode()


def main(folder, model, decoder):
    (long,) = pathlib.Path(folder).glob("*.onnxtxt")
    long = str(long)
    settings = pathlib.Path(folder, "settings.yaml")
    settings.write_text('targets: [nvidia-t4]\nbudgets:\n  - {model: "*", energy_j: 1, latency_s: 1}\n')
    three = "--target=nvidia-a100-sxm-80gb,google-tpu-v4,intel-xeon-platinum-8380"
    texts = [
        [long, three], [model, three], [model, long, "--target=nvidia-t4"], [long, "--explain=MatMul_0", "--target=nvidia-t4"],
        [model, "--sweep", "batch=1:64", three], [decoder, "--prompt=16", "--generate=8", three],
        [model, "--mode=training", "--optimizer=adamw", "--samples=1e6", three],
        [model, three, "--embodied", "--equivalences", "--requests-per-day=1000"],
        ["check", long, model, f"--config={settings}"], ["diff", model, long, three],
        ["compare", model, "--edge=raspberry-pi-4", "--cloud=nvidia-a100-sxm-80gb"],
        ["targets"], ["checks"], ["targets", "nvidia-h100-sxm"],
    ]
    paths = {long, model, decoder, f"{model} → {long}"}
    wide = []
    for arguments in texts:
        for columns in (60, 80, 120):
            for line in printed(arguments, columns).splitlines():
                # A path that heads a text is told whole, to be copied.
                if width(line) > columns and line not in paths:
                    wide.append(f"{columns}: {' '.join(arguments)[:60]}: {line}")
    if wide:
        sys.exit("\n".join(wide))
    print(3 * len(texts), "screens fit")
    colored = on_terminal([model, "--target=nvidia-t4"])
    assert "\x1b[" in colored
    assert all(width(line) <= 70 for line in __import__("re").sub(r"\x1b\[[0-9;]*m", "", colored).splitlines())
    assert "\x1b[" not in on_terminal([model, "--target=nvidia-t4"], NO_COLOR="1")
    assert "\x1b[" not in on_terminal([model, "--target=nvidia-t4"], TERM="dumb")
    assert "\x1b[" in on_terminal([model, "--target=nvidia-t4", "--color=always"], NO_COLOR="1")
    print("colour where it is wanted")


main(*sys.argv[1:])
