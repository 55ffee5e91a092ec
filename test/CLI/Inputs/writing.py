"""writing.py MODEL FOLDER: what becomes of -o when writing goes wrong.

Every way to fail: a full disk, a folder that is not ours, a signal in the midst of
it, a file that is also read. The file that was there stays, no draft does, and
the exit code says that it failed.
"""

import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import time

model, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir()
REPORT = ["--format=html"]  # long enough to be cut: a few 100 kB
OPTIMIZE = ["optimize", "--apply=all-exact"]


def fail(what):
    sys.exit(f"{what}; in the folder: {sorted(p.name for p in folder.iterdir())}")


def start(arguments, **more):
    return subprocess.Popen(
        ["energy-opt", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more
    )


def old(name, text=b"what was there"):
    path = folder / name
    path.write_bytes(text)
    return path


def expect(what, process, codes, kept):
    _, errors = process.communicate()
    if process.returncode not in codes:
        fail(f"{what}: exit code {process.returncode}, not of {codes}: {errors.decode()}")
    for path, contents in kept:
        if path.read_bytes() != contents:
            fail(f"{what}: {path.name} was changed")
    left = {p.name for p in folder.iterdir()} - {path.name for path, _ in kept}
    if left:
        fail(f"{what}: left {left}")
    if process.returncode == 2 and errors.count(b": error: ") != 1:
        fail(f"{what}: not one error: {errors.decode()}")
    print(f"{what}: exit code {process.returncode}")


def limited(size):
    """A disk with room for `size` bytes, as far as a process can tell."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


there = old("there")
contents = there.read_bytes()
kept = [(there, contents)]
for what, command, room in (("report", [*REPORT, str(model)], 65536), ("model", [*OPTIMIZE, str(model)], 1024)):
    expect(f"full disk, {what}", start([*command, "-o", there], preexec_fn=limited(room)), {2}, kept)
    expect(
        f"full disk, new {what}", start([*command, "-o", folder / "new"], preexec_fn=limited(room)), {2}, kept
    )
    expect(f"device, {what}", start([*command, "-o", "/dev/full"]), {2}, kept)

# -o is the model, by another name too; nothing but devices may be both.
for name in ("model.onnxtxt", "link.onnxtxt"):
    read = old("model.onnxtxt", model.read_bytes())
    link = folder / "link.onnxtxt"
    if not link.exists():
        link.symlink_to(read.name)
    both = [*kept, (read, model.read_bytes()), (link, model.read_bytes())]
    for command in (REPORT, OPTIMIZE):
        expect(f"{command[0]} onto itself", start([*command, read, "-o", folder / name]), {2}, both)
link.unlink()
read.unlink()

# Signals while a draft is written. A pipe that nobody reads would do nothing: the
# file is what is written to, and large. How far the process got is chance; the old
# file is there, or the whole of the new one.
MANY = [*REPORT, *[str(model)] * 8, "--jobs=1", "-o", there]
start(MANY).communicate()
whole = there.read_bytes()
there.write_bytes(contents)
for number in (signal.SIGINT, signal.SIGTERM):
    for delay in (0.0, 0.01, 0.02, 0.04, 0.08):
        process = start(
            MANY,
            preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
        )
        time.sleep(delay)
        process.send_signal(number)
        process.communicate()
        if there.read_bytes() == whole:  # was faster
            there.write_bytes(contents)
        expect(f"signal {number.name}", process, {0, -number}, kept)

# Signals that it was told to ignore, as by nohup, while its draft stands and it waits.
for number in (signal.SIGINT, signal.SIGHUP):
    process = start(
        ["--models=-", "--format=records", "-o", there],
        stdin=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(number, signal.SIG_IGN),
    )
    while process.poll() is None and not list(folder.glob("*.tmp")):
        time.sleep(0.01)
    process.send_signal(number)
    _, errors = process.communicate(f"{model}\n".encode(), timeout=300)
    records = there.read_bytes().count(b"\n")
    print(f"ignored {number.name}: exit code {process.returncode}, records {records}{errors.decode()}")
    there.write_bytes(contents)

# A folder that may not be written to; root may.
locked = folder / "locked"
locked.mkdir(mode=0o555)
who = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
for command in (REPORT, OPTIMIZE):
    process = start([*command, str(model), "-o", locked / "new"], **who)
    _, errors = process.communicate()
    if process.returncode != 2 or b"ermission denied" not in errors or list(locked.iterdir()):
        fail(f"locked folder: {process.returncode} {errors.decode()}")
locked.rmdir()

# A file that may not be written to, in a folder that may.
shared = folder / "shared"
shared.mkdir()
shared.chmod(0o777)
protected = shared / "protected"
protected.write_bytes(contents)
protected.chmod(0o444)
for command in (REPORT, OPTIMIZE):
    process = start([*command, str(model), "-o", protected], **who)
    _, errors = process.communicate()
    if process.returncode != 2 or b"ermission denied" not in errors or protected.read_bytes() != contents:
        fail(f"protected file: {process.returncode} {errors.decode()}")
