"""The Debian packages: contents.py FOLDER SOURCE BUILD MODELS"""

import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

FOLDER, SOURCE, BUILD, MODELS = map(pathlib.Path, sys.argv[1:])
RESNET = MODELS / "resnet18.onnxtxt"


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


class Package:
    def __init__(self, name):
        [self.file] = FOLDER.glob(f"{name}_*.deb")
        self.name = name
        self.root = FOLDER / f"root-{name}"
        shutil.rmtree(self.root, ignore_errors=True)
        run("dpkg-deb", "-x", self.file, self.root)
        self.files = {str(p.relative_to(self.root)) for p in self.root.rglob("*") if p.is_file()}

    def field(self, name):
        return run("dpkg-deb", "-f", self.file, name).strip()

    def depends(self):
        return {each.split()[0] for each in self.field("Depends").split(",")}

    def mode_of(self, path):
        return (self.root / path).stat().st_mode & 0o7777


TOOL, DEV, PYTHON = map(Package, ("energy-opt", "libenergy-opt-dev", "python3-energy-opt"))
MODULE = "usr/lib/python3/dist-packages/energy_opt"


class Packages(unittest.TestCase):
    def test_contents(self):
        self.assertLessEqual(
            {
                "usr/bin/energy-opt",
                "usr/lib/energy-opt/EnergyOptText.so",
                "usr/share/doc/energy-opt/README.md",
                "usr/share/doc/energy-opt/docs/install.md",
            },
            TOOL.files,
        )
        headers = {f"usr/include/energy-opt/{p.name}" for p in (SOURCE / "include/energy-opt").glob("*.h")}
        self.assertLessEqual(
            headers | {"usr/include/energy-opt/WorkOpInterface.td", "usr/lib/energy-opt/EnergyOptPlugin.so"}, DEV.files
        )
        for ending in ("/libEnergyOpt.a", "/cmake/EnergyOpt/EnergyOptConfig.cmake", "/WorkOpInterface.h.inc"):
            self.assertEqual(sum(f.endswith(ending) for f in DEV.files), 1, ending)
        sources = {f"{MODULE}/{p.name}" for p in (SOURCE / "tools/python/energy_opt").glob("*.py*")}
        self.assertLessEqual(sources | {f"{MODULE}/py.typed", f"{MODULE}/EnergyOptText.so"}, PYTHON.files)

    def test_nothing_twice(self):
        self.assertFalse(TOOL.files & DEV.files | TOOL.files & PYTHON.files | DEV.files & PYTHON.files)

    def test_dependencies(self):
        self.assertLessEqual({"libc6", "libonnx1"}, TOOL.depends())
        self.assertLessEqual({"libmlir-19-dev", "llvm-19-dev", "mlir-19-tools", "libstdc++6"}, DEV.depends())
        self.assertLessEqual({"libonnx1", "python3"}, PYTHON.depends())
        for package in (TOOL, PYTHON):  # what they need of LLVM they hold
            self.assertEqual([d for d in package.depends() if "llvm" in d or "mlir" in d], [])
            self.assertEqual([d for d in package.depends() if d.endswith("-dev")], [])

    def test_fields(self):
        for package in (TOOL, DEV, PYTHON):
            self.assertRegex(package.field("Version"), r"^\d+\.\d+\.\d+(~git\d{8}\.[0-9a-f]{8})?-1$")
            self.assertEqual(package.field("Architecture"), run("dpkg", "--print-architecture").strip())
            self.assertEqual(package.field("Priority"), "optional")
            for name in ("Maintainer", "Section", "Description"):
                self.assertTrue(package.field(name), name)

    def test_documents(self):
        for package in (TOOL, DEV, PYTHON):
            folder = package.root / "usr/share/doc" / package.name
            text = (folder / "copyright").read_text()
            for word in ("Apache License", "As an exception", "Chart.js", "Copyright 2010-2022 Mike Bostock"):
                self.assertIn(word, text)
            self.assertNotIn("@", re.sub(r"@kurkle", "", text))
            log = gzip.decompress((folder / "changelog.Debian.gz").read_bytes()).decode()
            self.assertTrue(log.startswith(f"{package.name} ({package.field('Version')}) "))

    def test_owners_and_permissions(self):
        for package in (TOOL, DEV, PYTHON):
            for line in run("dpkg-deb", "-c", package.file).splitlines():
                mode, owner = line.split()[:2]
                self.assertEqual(owner, "root/root", line)
                self.assertIn(mode, ("drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x"), line)
        self.assertEqual(TOOL.mode_of("usr/bin/energy-opt"), 0o755)

    def test_no_build_paths(self):
        for package in (TOOL, DEV, PYTHON):
            for file in package.files:
                data = (package.root / file).read_bytes()
                for path in (SOURCE, BUILD):
                    self.assertNotIn(os.fsencode(path) + b"/", data, file)

    def test_they_run(self):
        tool = TOOL.root / "usr/bin/energy-opt"
        self.assertIn("1.81 GMAC", run(tool, RESNET))
        script = f"import energy_opt as e; print(e.__file__, e.analyze({str(RESNET)!r}).totals.macs)"
        folder = PYTHON.root / MODULE
        environment = dict(os.environ, PYTHONPATH=str(folder.parent))
        printed = run(sys.executable, "-c", script, env=environment)
        self.assertEqual(printed.split(), [str(folder / "__init__.py"), "1814073344"])


unittest.main(argv=sys.argv[:1])
