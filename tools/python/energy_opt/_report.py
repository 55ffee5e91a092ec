"""The parts of a report as types.

Names are those of the JSON report, with the unit at their end: _j joules, _s seconds, _w watts,
_g grams of CO2 equivalent, _bytes bytes. Counts are of one run of the graph.
"""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Mapping

if typing.TYPE_CHECKING:
    from ._core import Answer

Shape = tuple[int | None, ...]  # a size that only the run decides is None
Part = Mapping[str, typing.Any]  # a part of the report as plain JSON


def _part(**options: typing.Any) -> typing.Any:
    """A class of read-only values."""
    return dataclasses.dataclass(frozen=True, **options)


@_part()
class Interval:
    """A figure and the bounds that it lies in nine times out of ten."""

    value: float
    low: float
    high: float

    def __float__(self) -> float:
        return self.value


@_part()
class Bytes:
    """Memory traffic: every tensor of the model once, and every operand of every op."""

    min: int
    max: int


@_part()
class Port:
    """An input or output of the graph; without a known rank, `shape` is None."""

    name: str
    dtype: str
    shape: Shape | None


@_part()
class Model:
    """What the file says, and what was assumed where it says nothing."""

    path: str
    format: str
    producer: str
    ir_version: int
    opsets: Mapping[str, int]
    nodes: int
    parameters: int  # elements
    weight_parameters: int  # those that feed compute
    parameter_bytes: int
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    dims: Mapping[str, int]
    assumptions: tuple[str, ...]


@_part()
class UnmodelledOp:
    op: str
    domain: str
    count: int
    reason: str


@_part()
class Coverage:
    """Every op is modelled, free, bounded or unmodelled; what is unmodelled counts nothing."""

    ops_total: int
    modelled: int
    free: int
    bounded: int
    unmodelled: int
    unmodelled_ops: tuple[UnmodelledOp, ...]

    @property
    def ratio(self) -> float:
        """Share of ops that count, 0 to 1."""
        return 1 - self.unmodelled / self.ops_total if self.ops_total else 1.0


@_part()
class Totals:
    """Work of one run on any hardware. Papers often call `macs` the FLOPs of a model."""

    macs: int
    flops: int
    int_ops: int
    transcendentals: int
    bytes: Bytes
    peak_activation_bytes: int
    saturated: bool  # a count did not fit 64 bits


@_part()
class Breakdown:
    """Joules; they add up to `energy_j.value`."""

    compute: float
    dram: float
    onchip: float
    static: float


@_part()
class TargetCost:
    """One run of the graph on a target: the device, and apart from it host and facility."""

    name: str
    precision: str
    runtime: str
    latency_s: Interval
    power_w: float | None
    dram_bytes: float
    energy_j: Interval
    breakdown_j: Breakdown
    host_j: Interval
    facility_j: float
    carbon_g: Interval
    pue: float
    carbon_intensity_g_per_kwh: float
    bound: str  # "compute", "memory" or "overhead"
    fits_in_memory: bool
    kernels: int
    notes: tuple[str, ...]
    training: Part | None
    footprint: Part | None
    lifetime: Part | None


@_part()
class OpCost:
    """The share of an op in its kernel, over all executions."""

    energy_j: float
    latency_s: float
    dram_bytes: float
    bound: str
    kernel: str | None
    kernel_id: int | None  # ops with the same one are one launch


@_part()
class Op:
    """A node; of all its executions. The one called "(static)" is the energy that no op owns."""

    name: str
    op: str
    domain: str
    dtype: str
    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape | None, ...]
    producers: tuple[int | None, ...]  # places in `Report.ops`
    status: str  # "modelled", "free", "bounded", "unmodelled" or "static"
    reason: str | None
    count: int
    macs: int
    flops: int
    int_ops: int
    transcendentals: int
    bytes: Bytes
    weight_bytes: int
    live_bytes: int
    targets: Mapping[str, OpCost]


@_part()
class Suggestion:
    """A change that saves energy; savings by target, negative where it costs more."""

    id: str
    title: str
    ops: tuple[str, ...]
    kept: tuple[str, ...]
    exact: bool
    saving_j: Mapping[str, float]
    saving_pct: Mapping[str, float]
    saving_carbon_g: Mapping[str, float] | None
    risk: str
    effort: str
    rationale: str
    apply: str
    group: str


@_part()
class Plan:
    """Suggestions that go together, and the energy of one run after all of them."""

    target: str
    ids: tuple[str, ...]
    risk: str
    needs_accuracy_work: bool
    apply: str
    energy_j: float
    saving_j: float
    saving_pct: float


@_part()
class Refusal:
    """A popular change that does not pay on a target."""

    id: str
    title: str
    target: str
    saving_pct: float
    reason: str


@_part(repr=False, eq=False)
class Report:
    """What a model costs. The last fields are there if they were asked for, else None."""

    model: Model
    coverage: Coverage
    totals: Totals
    targets: tuple[TargetCost, ...]
    ops: tuple[Op, ...]
    suggestions: tuple[Suggestion, ...]
    plans: tuple[Plan, ...]
    not_advised: tuple[Refusal, ...]
    not_sought: tuple[str, ...]
    sheets: Mapping[str, Part]  # by target: every number behind its figures, with its source
    symbolic: Mapping[str, str] | None
    explanation: tuple[Part, ...] | None
    sweep: Part | None
    serving: Part | None
    _answer: Answer

    def to_dict(self) -> dict[str, typing.Any]:
        """The document of `--format=json`, a new one each time."""
        return typing.cast(dict[str, typing.Any], json.loads(self.render("json")))

    def rows(self) -> list[dict[str, typing.Any]]:
        """The lines of `--format=csv`, one per op and target (or per point of a sweep).

        Names of columns end in their units; pandas.DataFrame(report.rows()) is a table.
        """
        from ._rows import parse

        return parse(self.render("csv"))

    def render(self, format: str) -> str:
        """As `--format` of the command line prints it: "html", "markdown", "text" ..."""
        return self._answer.render(format)

    def __repr__(self) -> str:
        costs = ", ".join(f"{t.name}: {t.energy_j.value:.3g} J" for t in self.targets)
        return f"<energy_opt.Report of {self.model.path}: {costs}>"


# What turns JSON into a value of a type.
_Reader = typing.Callable[..., typing.Any]


def _plain(value: typing.Any) -> typing.Any:
    return value


def _reader(kind: typing.Any) -> _Reader:
    if dataclasses.is_dataclass(kind):
        return _reader_of_class(kind)
    kinds = [each for each in typing.get_args(kind) if each is not type(None)]
    origin = typing.get_origin(kind)
    inner: _Reader = _plain
    if kinds:
        inner = _reader(kinds[1 if origin is Mapping else 0])
    if origin is tuple:
        return lambda values: tuple(map(inner, values))
    if origin is Mapping and inner is not _plain:
        return lambda values: {name: inner(value) for name, value in values.items()}
    if len(kinds) == 1 and inner is not _plain:  # X | None
        return lambda value: None if value is None else inner(value)
    return _plain


def _reader_of_class(kind: typing.Any) -> _Reader:
    types = typing.get_type_hints(kind, localns={"Answer": typing.Any})
    readers = [(name, _reader(of)) for name, of in types.items() if name != "_answer"]

    def read(values: Part, **others: typing.Any) -> typing.Any:
        fields = {n: by(values[n]) if n in values else None for n, by in readers}
        return kind(**fields, **others)

    return read


def read_report(answer: Answer) -> Report:
    """The report that `answer` holds."""
    document = json.loads(answer.render("json"))
    return typing.cast(Report, _reader_of_class(Report)(document, _answer=answer))
