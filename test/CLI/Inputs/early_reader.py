"""early_reader.py COMMAND...: runs a command whose stdout nobody reads."""

import os
import subprocess
import sys

reader, writer = os.pipe()
os.close(reader)
done = subprocess.run(sys.argv[1:], stdout=writer, stderr=subprocess.PIPE)
sys.exit(done.stderr.decode() or done.returncode)
