"""manual.py PAGE.1: writes the manual page; every option of every --help is in it,
and man has no complaint (where man is installed)."""

import os
import re
import shutil
import subprocess
import sys

page = sys.argv[1]
text = subprocess.run(["energy-opt", "help", "--format=man"], check=True, capture_output=True, text=True).stdout
open(page, "w").write(text)
plain = text.replace("\\-", "-").replace("\\&", "")
commands = re.findall(r"^\.SS ([a-z]+)$", text, re.M)
options = set()
for command in commands:
    shown = subprocess.run(["energy-opt", command, "--help"], check=True, capture_output=True, text=True).stdout
    options |= set(re.findall(r"^  (--?[a-z].*?)(?:  |$)", shown, re.M))
missing = sorted(option for option in options if f"\n.B {option}\n" not in plain)
assert not missing, missing
assert len(options) > 60, len(options)
if shutil.which("man"):
    environment = dict(os.environ, LC_ALL="C.UTF-8", MANWIDTH="80")
    done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page], capture_output=True, text=True, env=environment)
    assert done.returncode == 0 and not done.stderr, done.stderr
else:
    print("man is not installed")
print(f"{len(options)} options of {len(commands)} subcommands")
