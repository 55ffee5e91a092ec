"""holds_floats.py FILE "1 6"...: fails unless the file holds these float32 in a row."""

import struct
import sys

data = open(sys.argv[1], "rb").read()
for text in sys.argv[2:]:
    values = [float(word) for word in text.split()]
    if struct.pack(f"<{len(values)}f", *values) not in data:
        sys.exit(f"no float32 {text} in {sys.argv[1]}")
