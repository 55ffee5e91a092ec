"""exits.py CODE COMMAND...: runs a command; fails unless it exits with CODE."""

import subprocess
import sys

code = subprocess.run(sys.argv[2:]).returncode
if code != int(sys.argv[1]):
    sys.exit(f"exit code {code}, {sys.argv[1]} expected")
