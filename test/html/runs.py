#!/usr/bin/env python3
"""What more than one run costs, in a browser: runs.py OUT DECODER IMAGES

Pages of serving, a sweep and a training job show what the JSON report has, and
only where it was asked for.
"""

import json
import os
import sys

from checks import Page, check_layout, check_theme, same, si
from page import report, written
from webdriver import Browser


def rows(page, view, table=1):
    return page.browser.run(
        "const t = document.querySelectorAll('#' + arguments[0] + ' table')[arguments[1] - 1];"
        "return [...t.tBodies[0].rows].map(r => [...r.cells].map(c => c.firstChild ? c.firstChild.textContent : ''))",
        view, table,
    )


def check_serving(page):
    serving = page.report["serving"]
    for row, target in zip(rows(page, "serving"), serving["targets"]):
        expected = [target["name"], si(target["energy_per_request_j"], "J"), si(target["energy_per_token_j"], "J"),
                    si(target["energy_per_prompt_token_j"], "J"), si(target["time_to_first_token_s"], "s"),
                    si(target["time_per_token_s"], "s"), si(target["tokens_per_s"], "token/s")]
        for shown, value in zip(row, expected):
            same(shown, value)
    phases = page.chart("serving")
    for i, target in enumerate(serving["targets"]):
        # The stack is a request: both phases over the batch.
        total = sum(phase["data"][i] for phase in phases)
        assert abs(total / target["energy_per_request_j"] - 1) < 1e-9, (total, target)
    assert target["name"] in page.text("#serving") and "undefined" not in page.text("#serving")


def check_sweep(page):
    sweep = page.report["sweep"]
    drawn = page.chart("sweep")
    assert len(drawn) == len(sweep["series"])
    for line, series in zip(drawn, sweep["series"]):
        assert line["data"] == [[p["size"], p["energy_per_sample_j"]] for p in series["points"]]
        assert series["target"] in line["label"]
    points = [(s, p) for s in sweep["series"] for p in s["points"]]
    shown = rows(page, "sweep")
    assert len(shown) == len(points)
    for row, (series, point) in zip(shown, points):
        assert int(row[1].replace("\u202f", "")) == point["size"]
        same(row[2], si(point["energy_per_sample_j"], "J"))
        same(row[5], si(point["latency_s"]["value"], "s"))
        assert ("least" in row[8]) == (point["size"] == series["least"]), row
    for crossover in sweep["crossovers"]:
        for reign in crossover["reigns"]:
            assert reign["target"] in page.text("#sweep ul")


def check_training(page):
    memory, step, run = (rows(page, "training", table) for table in (1, 2, 3))
    for i, target in enumerate(page.report["targets"]):
        training = target["training"]
        stack = sum(part["data"][i] for part in page.chart("training"))
        assert abs(stack / training["memory_bytes"]["total"] - 1) < 1e-9
        same(memory[i][0], target["name"])
        same(step[i][1], si(training["step_s"], "s"))
        assert si(training["device_j"], "J") in [cell.replace("\u00a0", " ") for cell in step[i]]
        same(run[i][-1], si(training["run"]["carbon_kg"]["value"] * 1e3, "g"))
    assert "adamw" in page.text("#training")


VIEWS = {"serving": check_serving, "sweep": check_sweep, "training": check_training}


def main(folder, decoder, images):
    os.makedirs(folder, exist_ok=True)
    asked = {
        "serving": (decoder, ["--prompt=16", "--generate=8", "--batch=2"]),
        "sweep": (images, ["--sweep", "batch=1:64"]),
        "training": (images, ["--mode=training", "--optimizer=adamw", "--samples=1e6", "--batch=8"]),
    }
    with Browser() as browser:
        for wanted, (model, options) in asked.items():
            browser.size(1400, 1000)
            browser.open(written(folder, wanted + ".html", report("html", model, *options)))
            browser.ready()
            page = Page(browser, json.loads(report("json", model, *options)))
            for view, check in VIEWS.items():
                hidden = browser.run("return document.getElementById(arguments[0]).hidden", view)
                assert hidden == (view != wanted), (view, hidden)
                if view == wanted:
                    check(page)
            check_theme(browser)
            check_layout(browser)
            assert not browser.messages(), "the console stays empty"
            print(wanted, "fine")


main(*sys.argv[1:])
