#!/usr/bin/env python3
"""Calibrates to measurements that are made up, so that what must be found is known.

  calibrate_test.py ENERGY_OPT MODELS_FOLDER SCRATCH_FOLDER
"""

import csv
import json
import os
import re
import subprocess
import sys

TOOL, MODELS, SCRATCH = sys.argv[1:4]
COLUMNS = ("cell_id target graph_file dims batch precision mode runtime boundary energy_j seconds_per_sample "
           "n_devices power_limit_w strict").split()
CASES = [(model, batch) for model in ("resnet18", "mobilenet_v2", "bert_base") for batch in (1, 8, 32)]


def tool(*args):
    return subprocess.run([TOOL, *args], capture_output=True, text=True)


def price(target, model, batch):
    """Joules and seconds per sample of the device."""
    done = tool(os.path.join(MODELS, model + ".onnxtxt"), f"--target={target}", f"--batch={batch}", "--format=json",
                "--precision=fp32", "--runtime=onnxruntime")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)["targets"][0]
    return figures["energy_j"]["value"] / batch, figures["latency_s"]["value"] / batch


def table(name, target, joules, seconds):
    """Rows that are the tool's own figures times what `joules` and `seconds` say of a model."""
    path = os.path.join(SCRATCH, name)
    with open(path, "w", newline="") as f:
        rows = csv.DictWriter(f, COLUMNS)
        rows.writeheader()
        for model, batch in CASES:
            j, s = price(target, model, batch)
            rows.writerow(dict.fromkeys(COLUMNS, "") | {
                "cell_id": f"{model}|{batch}", "target": target, "graph_file": model + ".onnxtxt",
                "dims": f"batch={batch}", "batch": batch, "precision": "fp32", "mode": "inference",
                "runtime": "onnxruntime", "boundary": "device", "energy_j": repr(j * joules(model)),
                "seconds_per_sample": repr(s * seconds(model)), "n_devices": 1, "strict": "true"})
    return path


def medians(report, label):
    """Median errors of time and energy, in percent, of a line of the report."""
    line = next(l for l in report.splitlines() if re.search(rf"\b{label}\b", l))
    numbers = [float(x) for x in re.findall(r"([\d.]+) %", line)]
    return numbers[0], numbers[2]


def finds_the_factors():
    # A device that is 1.15 times slower than its class and takes 1.25 times its energy, on every network.
    path = table("scaled.csv", "nvidia-t4", lambda _: 1.25, lambda _: 1.15)
    out = os.path.join(SCRATCH, "scaled.yaml")
    done = tool("calibrate", path, f"--graphs={MODELS}", "--target=nvidia-t4", "-o", out)
    assert done.returncode == 0, done.stderr
    # exp(-1) of what is known stays; 13.0 % = 1 - 1/1.15, 20.0 % = 1 - 1/1.25.
    assert medians(done.stdout, "before") == (13.0, 20.0), done.stdout
    assert max(medians(done.stdout, "after")) < 4, done.stdout
    assert max(medians(done.stdout, "left out")) < 6, done.stdout
    was, now = price("nvidia-t4", "resnet18", 8), price(out, "resnet18", 8)
    assert 1.2 < now[0] / was[0] < 1.3, (was, now)
    assert 1.1 < now[1] / was[1] < 1.2, (was, now)


def leaves_a_perfect_model_alone():
    path = table("same.csv", "nvidia-t4", lambda _: 1, lambda _: 1)
    done = tool("calibrate", path, f"--graphs={MODELS}", "--target=nvidia-t4", "-o", os.path.join(SCRATCH, "same.yaml"))
    assert medians(done.stdout, "before") == medians(done.stdout, "after") == (0, 0), done.stdout


def does_not_follow_noise():
    # Errors that no factor explains: one network takes 1.6 times as much, one 0.6 times, one is as predicted.
    scatter = {"resnet18": 1.6, "mobilenet_v2": 0.6, "bert_base": 1.0}
    path = table("noise.csv", "nvidia-t4", scatter.get, scatter.get)
    done = tool("calibrate", path, f"--graphs={MODELS}", "--target=nvidia-t4", "-o", os.path.join(SCRATCH, "noise.yaml"))
    assert done.returncode == 0, done.stderr
    before, after = medians(done.stdout, "before"), medians(done.stdout, "after")
    assert after[0] <= before[0] + 0.1 and after[1] <= before[1] + 0.1, done.stdout


def fits_constants_without_a_device():
    # Two relatives; what is excluded is predicted, and the file says so.
    a = table("a.csv", "nvidia-t4", lambda _: 1.1, lambda _: 1.1)
    b = table("b.csv", "nvidia-a10", lambda _: 1.1, lambda _: 1.1)
    both = os.path.join(SCRATCH, "both.csv")
    with open(both, "w") as f:
        f.write(open(a).read() + open(b).read().split("\n", 1)[1])
    out = os.path.join(SCRATCH, "constants.yaml")
    done = tool("calibrate", both, f"--graphs={MODELS}", "--exclude=nvidia-a10", "-o", out)
    assert done.returncode == 0, done.stderr
    text = open(out).read()
    assert "calibrated: [nvidia-t4]" in text and "without nvidia-a10" in text, text
    assert re.search(r"gpu +excluded +9 +1 ", done.stdout), done.stdout


def refuses_what_it_cannot_use():
    path = table("errors.csv", "nvidia-t4", lambda _: 1, lambda _: 1)
    good = open(path).read()

    def fails(message, *args, text=None):
        if text is not None:
            with open(os.path.join(SCRATCH, "bad.csv"), "w") as f:
                f.write(text)
        done = tool("calibrate", os.path.join(SCRATCH, "bad.csv") if text is not None else path,
                    f"--graphs={MODELS}", *args)
        assert done.returncode == 2 and message in done.stderr and not done.stdout, (message, done)

    fails("no row of 'nvidia-t5'", "--exclude=nvidia-t5")
    fails("nvidia-t99", "--target=nvidia-t99")
    fails("no row of the table is of a device of this class", "--target=raspberry-pi-4")
    fails("no column 'target'", text="a,b\n1,2\n")
    fails(":2: energy_j is '-1', expected a positive number", text=good.splitlines()[0] + "\n" +
          "x,nvidia-t4,resnet18.onnxtxt,batch=1,1,fp32,inference,,device,-1,1,1,,true\n")
    fails("no measurement to calibrate with", text=good.splitlines()[0] + "\n")


for check in (finds_the_factors, leaves_a_perfect_model_alone, does_not_follow_noise, fits_constants_without_a_device,
              refuses_what_it_cannot_use):
    check()
