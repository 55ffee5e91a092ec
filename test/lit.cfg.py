# Configuration of the lit suite. A test is a file with RUN lines, most often
# the model itself: ONNX text (.onnxtxt), protobuf text (.textproto), MLIR, or a
# .test file that works on several.
#
# Substitutions: %models (test/models), %src (the repository), %python,
# %build (the build folder), %mlir_include (MLIR's headers), %plugin (the plugin
# for mlir-opt), %shared (the corpus of real models). Features for REQUIRES:
#   shared       the corpus is there (ENERGY_OPT_SHARED, or ../shared)
#   python-onnx  Python's onnx and numpy are installed
#   chromium     chromium and chromedriver are installed
#   git          git is installed
#   dpkg         dpkg-deb and what looks for dependencies are installed
#   mkdocs       mkdocs and its theme material are installed
#   python-module  the Python module is built (ENERGY_OPT_PYTHON)
#   parallel     GNU parallel is installed
#   clang-format  clang-format-19 is installed
#   sanitized    the build has sanitizers (ENERGY_OPT_SANITIZE)

import os
import shutil
import subprocess

import lit.formats

config.name = "energy-opt"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".test", ".mlir", ".onnxtxt", ".textproto"]
config.excludes = ["models", "unit", "Inputs"]

source = config.energy_opt_source_dir
config.test_source_root = os.path.join(source, "test")
config.test_exec_root = os.path.join(config.energy_opt_binary_dir, "test", "lit")

config.environment["PATH"] = os.pathsep.join(
    [
        os.path.join(config.energy_opt_binary_dir, "bin"),
        config.llvm_tools_dir,
        config.environment.get("PATH", ""),
    ]
)
config.environment["FILECHECK_OPTS"] = "-enable-var-scope --dump-input-filter=error"
config.environment["LC_ALL"] = "C.UTF-8"

shared = os.environ.get("ENERGY_OPT_SHARED") or os.path.join(source, "..", "shared")
shared = os.path.abspath(shared)
if os.path.isdir(os.path.join(shared, "corpus")):
    config.available_features.add("shared")


def works(*command):
    return subprocess.run(command, capture_output=True).returncode == 0


if shutil.which("clang-format-19"):
    config.available_features.add("clang-format")

if works(config.python, "-c", "import numpy, onnx"):
    config.available_features.add("python-onnx")

for feature, program in ("git", "git"), ("dpkg", "dpkg-shlibdeps"):
    if shutil.which(program):
        config.available_features.add(feature)

if config.python_module:
    config.available_features.add("python-module")
    config.environment["PYTHONPATH"] = os.path.join(config.energy_opt_binary_dir, "python")

if shutil.which("mkdocs") and os.path.isdir("/usr/share/mkdocs/themes/material"): # Debian's
    config.available_features.add("mkdocs")

if shutil.which("chromium") and shutil.which("chromedriver"):
    config.available_features.add("chromium")

if shutil.which("parallel") and works("parallel", "--minversion", "20200101"):
    config.available_features.add("parallel")

if config.sanitizers:
    # What they find goes to files, which the test `reports` looks for: a test that
    # expects a failure, or drops stderr, would hide it. MLIR's archives are not
    # instrumented, and its parser leaves what it read at an error.
    config.available_features.add("sanitized")
    shutil.rmtree(config.sanitizer_reports, ignore_errors=True)
    os.makedirs(config.sanitizer_reports)
    options = "log_path=" + os.path.join(config.sanitizer_reports, "report")
    defaults = {
        "ASAN_OPTIONS": "allow_user_poisoning=0:detect_leaks=0",
        "TSAN_OPTIONS": "",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }
    for name, default in defaults.items():
        config.environment[name] = os.environ.get(name, default) + ":" + options

config.substitutions += [
    ("%build", config.energy_opt_binary_dir),
    ("%mlir_include", os.path.join(config.llvm_tools_dir, "..", "include")),
    ("%models", os.path.join(config.test_source_root, "models")),
    ("%shared", shared),
    ("%plugin", os.path.join(config.energy_opt_binary_dir, "lib", "EnergyOptPlugin.so")),
    ("%python", config.python),
    ("%src", source),
]
