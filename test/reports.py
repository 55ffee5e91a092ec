"""reports.py FOLDER: fails if sanitizers left reports in FOLDER, and prints the first lines
of each."""

import pathlib
import sys

reports = sorted(pathlib.Path(sys.argv[1]).iterdir())
for report in reports:
    print(f"{report}:", *report.read_text(errors="replace").splitlines()[:20], sep="\n")
if reports:
    sys.exit(f"{len(reports)} reports")
