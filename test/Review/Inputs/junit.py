"""Checks the JUnit XML on stdin: arguments are "attribute=number" of the root,
which must also be the numbers of elements. Exits with 1 and says what differs."""

import sys
import xml.etree.ElementTree as ElementTree

root = ElementTree.parse(sys.stdin.buffer).getroot()
assert root.tag == "testsuites", root.tag
counts = {
    "tests": len(root.findall(".//testcase")),
    "failures": len(root.findall(".//failure")),
    "errors": len(root.findall(".//error")),
}
for argument in sys.argv[1:]:
    key, number = argument.split("=")
    if not (int(root.get(key)) == counts[key] == int(number)):
        sys.exit(f"{key}: {root.get(key)} declared, {counts[key]} there, not {number}")
