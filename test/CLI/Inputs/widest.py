"""widest.py COLUMNS: no line of stdin is wider, and some line is wide."""

import sys
import unicodedata

columns = int(sys.argv[1])


def width(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


lines = sys.stdin.read().splitlines()
too_wide = [line for line in lines if width(line) > columns]
if too_wide:
    sys.exit(f"wider than {columns}:\n" + "\n".join(too_wide))
if max(map(width, lines)) < 0.6 * columns:
    sys.exit("nothing uses the width")
