#!/usr/bin/env python3
"""Prints the commands of a page: blocks.py FILE HEADING

They are the lines of the ```sh blocks below HEADING, up to the next heading; a
test runs them with `bash -e`. Fails if there are none.
"""

import pathlib
import re
import sys

page, heading = pathlib.Path(sys.argv[1]).read_text(), sys.argv[2]
section = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", page, re.M | re.S)
blocks = re.findall(r"^```sh\n(.*?)^```$", section.group(1), re.M | re.S) if section else []
if not blocks:
    sys.exit(f"{sys.argv[1]}: no commands below '{heading}'")
print("\n".join(blocks), end="")
