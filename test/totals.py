#!/usr/bin/env python3
"""Adds up the test reports of a build: totals.py BUILD/test

Reads the JUnit files that gtest and lit leave there, lists what failed, and
ends with one line, such as "412 passed, 0 failed, 9 skipped".
"""

import pathlib
import sys
import xml.etree.ElementTree as ET


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    skipped = case.find("skipped") is not None or case.get("status") == "notrun"
    return "skipped" if skipped else "passed"


def main():
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    reports = [pathlib.Path(sys.argv[1], f) for f in ("unit/unit.xml", "lit.xml")]
    for report in reports:
        if not report.exists():
            print(f"{report}: missing, this suite did not run")
            counts["failed"] += 1
            continue
        for case in ET.parse(report).iter("testcase"):
            result = outcome(case)
            counts[result] += 1
            if result == "failed":
                print(f"FAILED {case.get('classname')}.{case.get('name')}")
    print(", ".join(f"{n} {what}" for what, n in counts.items()))
    return 1 if counts["failed"] else 0


sys.exit(main())
