"""options_in_docs.py CLI.md: every option of --help has its place in the page."""

import re
import subprocess
import sys

page = open(sys.argv[1]).read()
named = set()
for command in ("analyze", "targets", "ops", "calibrate", "optimize", "check", "diff", "compare", "completion"):
    text = subprocess.run(["energy-opt", command, "--help"], capture_output=True, text=True).stdout
    named |= set(re.findall(r"^  (--?[a-z-]+)", text, re.M))
missing = [option for option in sorted(named) if not re.search(rf"`{option}\b", page)]
print(f"{len(named)} options")
if len(named) < 60 or missing:
    sys.exit("not in docs/cli.md: " + ", ".join(missing))
