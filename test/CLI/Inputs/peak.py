"""peak.py MB COMMAND...: runs a command within so many MB of addresses, and says
whether its resident memory stayed below 100 MB."""

import resource
import subprocess
import sys

limit = int(sys.argv[1]) << 20
subprocess.run(
    sys.argv[2:],
    check=True,
    stdout=subprocess.DEVNULL,
    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print("below 100 MB" if peak < 100 else f"{peak:.0f} MB")
