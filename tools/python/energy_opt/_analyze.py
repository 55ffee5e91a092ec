"""analyze() and targets(): Python's names and values as options of the command line."""

from __future__ import annotations

import dataclasses
import os
import typing
from collections.abc import Iterable, Mapping, Sequence

from . import _core
from ._errors import UsageError
from ._report import Report, read_report

# What stands for one or several values of an option.
Text = str | int | float
Value = Text | os.PathLike[str] | Iterable[Text | os.PathLike[str]] | None

_SINGULAR = {"dims": "dim", "shapes": "shape", "values": "value"}
# Options that are about files, terminals and exit codes.
_NOT_HERE = frozenset(
    "help h version format o color quiet no-progress jobs split-input-file fail-on min-coverage".split()
)


def _text(value: typing.Any) -> str:
    """A list is written as 1,3 and an empty one as []."""
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return ",".join(map(_text, value)) or "[]"
    return str(value)


def _option(name: str, value: typing.Any) -> list[str]:
    """The arguments that give option `name` the value."""
    option = _SINGULAR.get(name, name).replace("_", "-")
    if option in _NOT_HERE or not name.isidentifier():
        raise UsageError(f"energy-opt: error: analyze() has no option {name!r}")
    if value is None or value is False:
        return []
    if value is True:
        return [f"--{option}"]
    if isinstance(value, Mapping):
        return [f"--{option}={key}={_text(each)}" for key, each in value.items()]
    return [f"--{option}={_text(value)}"]


def _place(model: typing.Any) -> tuple[bytes, bytes | None]:
    """The path of a model, and its contents if they are at hand."""
    if isinstance(model, (bytes, bytearray, memoryview)):
        return b"-", bytes(model)
    if hasattr(model, "SerializeToString"):  # an onnx.ModelProto
        return b"-", model.SerializeToString()
    path = os.fsencode(model)
    # Not the sign of an option, of stdin, or of a file with arguments.
    return b"./" + path if path.startswith((b"-", b"@")) else path, None


def analyze(
    model: str | os.PathLike[str] | bytes,
    *,
    target: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None = None,
    dims: Mapping[str, int] | None = None,
    batch: int | None = None,
    shapes: Mapping[str, Sequence[int]] | None = None,
    values: Mapping[str, int | Sequence[int]] | None = None,
    mode: typing.Literal["inference", "training"] | None = None,
    precision: str | None = None,
    runtime: str | None = None,
    region: str | None = None,
    checks: str | Sequence[str] | None = None,
    config: str | os.PathLike[str] | bool | None = None,
    **options: Value | Mapping[str, Value],
) -> Report:
    """Tells what one run of a model costs, as `energy-opt MODEL` does.

    model:     path of an ONNX or MLIR file, its contents as bytes, or an onnx.ModelProto
    target:    names, aliases or YAML files of targets; None: a GPU, a TPU and a server CPU
    dims:      sizes of symbolic dims, {"sequence": 512}
    batch:     size of the batch dim, whatever the model calls it
    shapes:    shapes of inputs whose dims have no names, {"x": (1, 3, 224, 224)}
    values:    contents of inputs that shapes depend on, {"shape": [1, 3]}
    mode:      "inference" (default) or "training": forward, backward and an update
    precision: price float ops as if they ran so: "fp16", "int8" ...
    runtime:   what becomes one kernel: "tensorrt", "eager" ...
    region:    where the electricity is from: "DEU", "aws-eu-west-1" ...
    checks:    globs of the suggestions to look for, the last that matches decides;
               "-*" for none, None for all that read no weights
    config:    a file of settings; True for the .energy-opt.yaml above the model, as the
               command line has it; None for none
    options:   any other option of `energy-opt analyze`, _ for -: strict=True,
               power_limit=250 (watts), op_like={"my::Attn": "com.microsoft::Attention"},
               sweep={"batch": "1:256"}, explain="Conv_0"

    Raises UsageError or ModelError. Other threads of Python run meanwhile.
    """
    path, contents = _place(model)
    settings: Value = "none" if config is None or config is False else None if config is True else config
    given = dict(
        target=target, dims=dims, batch=batch, shapes=shapes, values=values, mode=mode,
        precision=precision, runtime=runtime, region=region, checks=checks, config=settings, **options,
    )  # fmt: skip
    arguments = [b"analyze", b"--format=json"]
    for name, value in given.items():
        arguments += map(os.fsencode, _option(name, value))
    arguments.append(path)
    if b"\0" in b"".join(arguments):
        raise UsageError("energy-opt: error: a character of an argument is NUL")
    return read_report(_core.analyze(arguments, contents))


@dataclasses.dataclass(frozen=True)
class TargetInfo:
    """A target that is built in."""

    name: str
    title: str
    device_class: str  # "gpu", "systolic", "cpu", "mcu" ...
    aliases: tuple[str, ...]


def targets() -> list[TargetInfo]:
    """The targets that analyze() knows by name."""
    return [TargetInfo(name, title, cls, tuple(also.split())) for name, title, cls, also in _core.targets()]
