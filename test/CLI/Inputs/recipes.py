"""recipes.py PAGE BEGIN: the command of PAGE that begins with BEGIN, for a shell."""

import sys

page, begin = sys.argv[1:]
lines = [line.strip() for line in open(page)]
first = next(i for i, line in enumerate(lines) if line.startswith(begin))
last = first
while lines[last].endswith("|"):
    last += 1
print("\n".join(lines[first : last + 1]))
