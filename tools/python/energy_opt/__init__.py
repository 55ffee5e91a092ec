"""What a neural network costs in joules, told from the model file alone.

>>> report = energy_opt.analyze("model.onnx", target="nvidia-t4", batch=8)
>>> report.targets[0].energy_j.value  # joules of the device, one run of the graph

Numbers are in SI units, which end their names: energy_j, latency_s, dram_bytes, carbon_g.
"""

from ._analyze import TargetInfo, analyze, targets
from ._core import version as _version
from ._errors import Error, ModelError, UsageError
from ._report import (
    Breakdown,
    Bytes,
    Coverage,
    Interval,
    Model,
    Op,
    OpCost,
    Plan,
    Port,
    Refusal,
    Report,
    Suggestion,
    TargetCost,
    Totals,
    UnmodelledOp,
)

__version__ = _version()
__all__ = [
    "Breakdown",
    "Bytes",
    "Coverage",
    "Error",
    "Interval",
    "Model",
    "ModelError",
    "Op",
    "OpCost",
    "Plan",
    "Port",
    "Refusal",
    "Report",
    "Suggestion",
    "TargetCost",
    "TargetInfo",
    "Totals",
    "UnmodelledOp",
    "UsageError",
    "analyze",
    "targets",
]
