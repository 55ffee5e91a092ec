#!/usr/bin/env python3
"""Opens HTML reports in a browser, uses every view, and compares what stands
there with the JSON report:  page.py OUT MODEL...

Each model is a page of its own; the last page holds the first two. With
ENERGY_OPT_AXE=axe.min.js (npm's axe-core) accessibility is checked as well.
"""

import json
import os
import pathlib
import subprocess
import sys

import checks
from webdriver import Browser

TARGETS = "--target=nvidia-a100-sxm-80gb,intel-xeon-platinum-8380"


def report(format, *models, command=()):
    command = ["energy-opt", *command, *models, TARGETS, f"--format={format}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def embedded(html):
    """The reports that a page holds."""
    start = '<script type="application/json" id="reports">'
    text = html[html.index(start) + len(start):]
    return json.loads(text[: text.index("</script>")])


def written(folder, name, html):
    path = pathlib.Path(folder) / name
    path.write_text(html)
    return str(path.resolve())


def check_axe(browser):
    script = os.environ.get("ENERGY_OPT_AXE")
    if not script:
        return "axe-core not given"
    browser.run(pathlib.Path(script).read_text())
    found = browser.run_async(
        "const done = arguments[0];"
        "axe.run().then(r => done(r.violations.map(v => [v.impact, v.id, v.nodes.length, v.nodes[0].html])))"
    )
    serious = [violation for violation in found if violation[0] in ("serious", "critical")]
    assert not serious, serious
    return f"{len(found)} lesser violations of axe-core: {found}"


def main(folder, *models):
    os.makedirs(folder, exist_ok=True)
    with Browser() as browser:
        for index, model in enumerate(models):
            html = report("html", model)
            whole = json.loads(report("json", model))
            assert embedded(html) == [whole], "the page holds the JSON report"
            browser.size(1400, 1000)
            browser.open(written(folder, f"{index}.html", html))
            facts = checks.check_page(browser, whole)
            print(f"{pathlib.Path(model).name}: {len(html.encode())} bytes, {facts}, {check_axe(browser)}")
            assert not browser.messages(), "the console stays empty"
            assert not browser.run("return window.pwned"), "names are text"
        pair = list(models[:2])
        browser.open(written(folder, "pair.html", report("html", *pair)))
        checks.check_pair(browser, json.loads(report("json", *pair)))
        # `diff` opens the same pair side by side.
        browser.open(written(folder, "diff.html", report("html", *pair, command=["diff"])))
        checks.check_beside(browser, json.loads(report("json", *pair, command=["diff"])))
        assert not browser.messages(), "the console stays empty"
        checks.check_offline(browser)
        print("all pages fine")


if __name__ == "__main__":
    main(*sys.argv[1:])
