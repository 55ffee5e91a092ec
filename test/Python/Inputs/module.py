"""The Python module: module.py MODELS SCRATCH

MODELS is test/models; what the module says is held against arithmetic, and
against the command line on PATH.
"""

import csv
import dataclasses
import io
import json
import os
import pathlib
import pickle
import re
import shutil
import signal
import subprocess
import sys
import threading
import types
import typing
import unittest
from concurrent.futures import ThreadPoolExecutor

import energy_opt

MODELS = pathlib.Path(sys.argv[1])
SCRATCH = pathlib.Path(sys.argv[2])
RESNET = MODELS / "resnet18.onnxtxt"
BERT = MODELS / "bert_base.onnxtxt"

# 64*M*8 multiply-accumulates: 2*64*M*8 FLOPs, and M*8 comparisons of the Relu.
PRODUCT = b"""<ir_version: 8, opset_import: ["" : 17]>
g (float[M,64] x, float[64,8] w) => (float[M,8] z) {
  y = MatMul(x, w)
  z = Relu(y)
}
"""
TARGET = "nvidia-a100-sxm-80gb"


def tool(*arguments):
    done = subprocess.run(["energy-opt", *map(str, arguments)], capture_output=True, text=True, check=True)
    return done.stdout


def without_checks(model, **options):
    return energy_opt.analyze(model, checks="-*", **options)


class Results(unittest.TestCase):
    def test_totals(self):
        report = without_checks(PRODUCT, dims={"M": 10})
        self.assertEqual(report.totals.macs, 64 * 10 * 8)
        self.assertEqual(report.totals.flops, 2 * 64 * 10 * 8 + 10 * 8)
        self.assertEqual(report.model.path, "<bytes>")
        self.assertEqual(report.model.dims, {"M": 10})
        self.assertEqual(report.model.inputs[0].shape, (10, 64))
        self.assertEqual([op.op for op in report.ops], ["MatMul", "Relu", "(static)"])
        self.assertEqual(report.ops[1].producers, (0,))
        self.assertEqual(report.coverage.ratio, 1)

    def test_energy_adds_up(self):
        for target in without_checks(RESNET).targets:
            energy, parts = target.energy_j, target.breakdown_j
            self.assertLess(energy.low, energy.value)
            self.assertLess(energy.value, energy.high)
            self.assertEqual(float(energy), energy.value)
            self.assertAlmostEqual(sum(dataclasses.astuple(parts)) / energy.value, 1)
            self.assertAlmostEqual(target.power_w * target.latency_s.value / energy.value, 1)

    def test_rows_sum_to_targets(self):
        report = without_checks(RESNET)
        for target in report.targets:
            rows = [row for row in report.rows() if row["target"] == target.name]
            self.assertEqual(len(rows), len(report.ops))
            self.assertEqual(sum(row["macs"] for row in rows), report.totals.macs)
            self.assertAlmostEqual(sum(row["energy_j"] for row in rows) / target.energy_j.value, 1)

    def test_same_document_as_command_line(self):
        options = ["--target=nvidia-t4,intel-xeon-platinum-8380", "--batch=4", "--precision=fp16"]
        report = energy_opt.analyze(
            str(RESNET), target=["nvidia-t4", "intel-xeon-platinum-8380"], batch=4, precision="fp16"
        )
        self.assertEqual(report.to_dict(), json.loads(tool(RESNET, *options, "--format=json")))
        self.assertTrue(report.suggestions)
        self.assertEqual(report.render("markdown"), tool(RESNET, *options, "--format=markdown"))

    def test_same_rows_as_command_line(self):
        for options, keywords in [
            ([], {}),
            (["--sweep=batch=1,2", "--sweep=precision=fp32,fp16"], {"sweep": {"batch": [1, 2], "precision": "fp32,fp16"}}),
        ]:
            text = tool(RESNET, *options, "--format=csv", f"--target={TARGET}")
            lines = list(csv.DictReader(io.StringIO(text)))
            rows = without_checks(RESNET, target=TARGET, **keywords).rows()
            self.assertEqual(len(rows), len(lines))
            for row, line in zip(rows, lines):
                self.assertEqual(list(row), list(line))
                for column, value in row.items():
                    if isinstance(value, (int, float)) and not isinstance(value, bool):
                        self.assertEqual(value, float(line[column]), column)

    def test_units_of_rows(self):
        row = without_checks(RESNET, target=TARGET).rows()[0]
        self.assertIsInstance(row["macs"], int)
        self.assertIsInstance(row["energy_j"], float)
        self.assertIsInstance(row["name"], str)

    def test_names_that_look_otherwise(self):
        # The CSV view guards what a spreadsheet would run, and shows what a terminal would obey.
        report = without_checks(MODELS.parent / "CLI" / "hostile_names.textproto")
        self.assertEqual(report.ops[0].name, "=cmd\x1b[2J\u202eé")
        self.assertEqual(report.rows()[0]["name"], r"=cmd\x1b[2J\u{202e}é")
        # A number stays a name.
        proto = (MODELS.parent / "CLI" / "hostile_names.textproto").read_text()
        numbered = re.sub(r'name: "=cmd[^"]*"', 'name: "007"', proto)
        self.assertEqual(without_checks(numbered.encode()).rows()[0]["name"], "007")

    def test_fields_are_known(self):
        """No field of the JSON report is without its attribute."""
        report = energy_opt.analyze(RESNET)
        self.compare(report.to_dict(), energy_opt.Report, ignored={"schema_version", "tool"})

    def compare(self, value, kind, ignored=frozenset()):
        if kind is None or value is None:
            return
        inner = [each for each in typing.get_args(kind) if each is not types.NoneType]
        if dataclasses.is_dataclass(kind):
            hints = typing.get_type_hints(kind, localns={"Answer": typing.Any})
            self.assertEqual(set(value) - set(hints) - ignored, set(), kind)
            for name, each in value.items():
                self.compare(each, hints.get(name))
        elif isinstance(value, list):
            for each in value:
                self.compare(each, inner[0])
        elif isinstance(value, dict) and len(inner) > 1:
            for each in value.values():
                self.compare(each, inner[1])

    def test_extras(self):
        report = without_checks(BERT, symbolic=True, dims={"sequence": 8})
        self.assertIn("sequence", report.symbolic["macs"])
        self.assertIsNone(report.sweep)
        trained = without_checks(RESNET, mode="training", target=TARGET)
        self.assertEqual(trained.targets[0].training["devices"], 1)


class Arguments(unittest.TestCase):
    def test_kinds_of_model(self):
        expected = without_checks(RESNET).to_dict()
        text = RESNET.read_bytes()
        for model in (text, bytearray(text), memoryview(text)):
            document = without_checks(model).to_dict()
            document["model"]["path"] = str(RESNET)
            self.assertEqual(document, expected)

        class Proto:
            def SerializeToString(self):
                return PRODUCT

        self.assertEqual(without_checks(Proto()).totals.macs, 64 * 8)

    def test_odd_paths(self):
        for name in ("-x.onnxtxt", "@x", "targets", "a b=c,d"):
            (SCRATCH / name).write_bytes(PRODUCT)
            here = os.getcwd()
            os.chdir(SCRATCH)
            try:
                self.assertEqual(without_checks(name).totals.macs, 64 * 8)
            finally:
                os.chdir(here)

    def test_target_file(self):
        board = SCRATCH / "board.yaml"
        board.write_text("extend: nvidia-t4\nname: my-board\n")
        self.assertEqual(without_checks(RESNET, target=board).targets[0].name, "my-board")

    def test_options(self):
        base = without_checks(PRODUCT, target=TARGET)
        self.assertEqual(base.model.dims, {"M": 1})
        shaped = without_checks(PRODUCT, target=TARGET, shapes={"x": (3, 64)})
        self.assertEqual(shaped.totals.macs, 64 * 3 * 8)
        capped = without_checks(RESNET, target=TARGET, power_limit=150)
        self.assertLessEqual(capped.targets[0].power_w, 150)
        self.assertEqual(without_checks(RESNET, target=TARGET, carbon_intensity=10.0).targets[0].carbon_intensity_g_per_kwh, 10)

    def test_settings_only_when_asked(self):
        folder = SCRATCH / "project"
        folder.mkdir()
        shutil.copy(RESNET, folder / "m.onnxtxt")
        settings = folder / ".energy-opt.yaml"
        settings.write_text("targets: [nvidia-l4]\n")
        plain, found, named = (
            without_checks(folder / "m.onnxtxt", config=c) for c in (None, True, settings)
        )
        self.assertEqual(len(plain.targets), 3)
        self.assertEqual([t.name for t in found.targets], ["nvidia-l4"])
        self.assertEqual([t.name for t in named.targets], ["nvidia-l4"])

    def test_nothing_lasts(self):
        before = without_checks(PRODUCT).to_dict()
        without_checks(PRODUCT, batch=7, precision="fp16", target="nvidia-t4", strict=True, dims={"M": 7})
        self.assertEqual(without_checks(PRODUCT).to_dict(), before)


class Errors(unittest.TestCase):
    def refused(self, kind, model=PRODUCT, **options):
        with self.assertRaises(kind) as caught:
            energy_opt.analyze(model, **options)
        self.assertIs(type(caught.exception), kind)
        self.assertNotIn("\n", str(caught.exception))
        return caught.exception

    def test_same_words_as_command_line(self):
        for options, keywords in [
            (["--target=nvida-t4"], {"target": "nvida-t4"}),
            (["--dim=batches=3"], {"dims": {"batches": 3}}),
            (["--checks=prun"], {"checks": "prun"}),
            (["--power-limit=low"], {"power_limit": "low"}),
        ]:
            error = self.refused(energy_opt.UsageError, RESNET, **keywords)
            done = subprocess.run(["energy-opt", RESNET, *options], capture_output=True, text=True)
            first, second = done.stderr.splitlines()
            self.assertEqual(str(error), first)
            self.assertEqual(error.note, second.split(": note: ")[1])

    def test_models(self):
        error = self.refused(energy_opt.ModelError, "nowhere.onnx")
        self.assertIn("nowhere.onnx: error: cannot read it", str(error))
        self.refused(energy_opt.ModelError, b"")
        self.refused(energy_opt.ModelError, b"\x08\x08:\xff\xff\xff\xff\x0f")
        wrong = PRODUCT.replace(b"float[64,8] w", b"float[63,8] w")
        self.assertTrue(str(self.refused(energy_opt.ModelError, wrong)).startswith("<bytes>:"))

    def test_settings_with_caret(self):
        settings = SCRATCH / "wrong.yaml"
        settings.write_text("target: [nvidia-t4]\n")
        error = self.refused(energy_opt.UsageError, config=settings)
        self.assertIn("wrong.yaml:1:", str(error))
        self.assertIn("^", error.note)

    def test_what_would_end_the_process(self):
        for name in ("help", "version", "h", "format", "o", "help=1", "x --help"):
            self.refused(energy_opt.UsageError, **{name: True})
        self.refused(energy_opt.UsageError, target="--help")
        self.refused(energy_opt.UsageError, unheard_of=3)
        self.refused(energy_opt.UsageError, target="a\0b")
        with self.assertRaises(TypeError):
            energy_opt.analyze(3)
        with self.assertRaises(energy_opt.UsageError):
            without_checks(PRODUCT).render("pdf")

    def test_pickle(self):
        error = self.refused(energy_opt.ModelError, "nowhere.onnx")
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((str(again), again.note), (str(error), error.note))

    def test_nothing_is_printed(self):
        script = (
            "import energy_opt\n"
            f"energy_opt.analyze({str(RESNET)!r})\n"
            "try: energy_opt.analyze(b'x', bogus=1)\n"
            "except energy_opt.UsageError: pass\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))


class Threads(unittest.TestCase):
    def test_many_at_a_time(self):
        sizes = range(1, 41)
        with ThreadPoolExecutor(8) as pool:
            reports = list(pool.map(lambda size: without_checks(PRODUCT, dims={"M": size}), sizes))
        self.assertEqual([r.totals.macs for r in reports], [64 * 8 * size for size in sizes])

    def test_others_run_meanwhile(self):
        # The analysis waits for a model that another thread of this interpreter writes.
        pipe = SCRATCH / "pipe"
        os.mkfifo(pipe)
        writer = threading.Thread(target=lambda: pipe.write_bytes(PRODUCT))
        signal.alarm(60)  # not an exception: nobody would be awake to raise it
        writer.start()
        self.assertEqual(without_checks(pipe).totals.macs, 64 * 8)
        writer.join()
        signal.alarm(0)


class Package(unittest.TestCase):
    def test_targets(self):
        listed = json.loads(tool("targets", "--format=json"))["targets"]
        ours = [
            {"name": t.name, "title": t.title, "class": t.device_class, "aliases": list(t.aliases)}
            for t in energy_opt.targets()
        ]
        self.assertEqual(ours, listed)

    def test_version(self):
        self.assertIn(energy_opt.__version__, tool("--version"))

    def test_typed(self):
        folder = pathlib.Path(energy_opt.__file__).parent
        self.assertTrue((folder / "py.typed").exists())
        for name in ("analyze", "targets", "version"):
            self.assertIn(f"def {name}(", (folder / "_core.pyi").read_text())
        for name in energy_opt.__all__:
            self.assertTrue(getattr(energy_opt, name).__doc__, name)


shutil.rmtree(SCRATCH, ignore_errors=True)
SCRATCH.mkdir(parents=True)
unittest.main(argv=sys.argv[:1], verbosity=1)
