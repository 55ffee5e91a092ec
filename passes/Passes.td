//===- Passes.td - The passes of energy-opt ----------------*- tablegen -*-===//

#ifndef ENERGY_OPT_PASSES
#define ENERGY_OPT_PASSES

include "mlir/Pass/PassBase.td"

/// What all passes take; the words are those of the command line.
class EnergyPass<string name> : Pass<name, "::mlir::ModuleOp"> {
  list<Option> common = [
    Option<"target", "target", "std::string", [{"nvidia-a100-sxm-80gb"}],
           "Hardware: a name of `energy-opt targets`, or a path to a YAML file">,
    ListOption<"dims", "dims", "std::string",
               "Sizes of dynamic dims, as NAME=N (a function's argument 0 has arg0.dim0 …)">,
    Option<"precision", "precision", "std::string", [{"as-is"}],
           "Price float ops as if they ran in fp32, tf32, fp16, bf16, fp8 …">,
    Option<"runtime", "runtime", "std::string", [{""}],
           "What becomes one kernel: tensorrt, xla, compiled, eager … (default: the target's)">,
  ];
}

def EnergyAnnotate : EnergyPass<"energy-annotate"> {
  let summary = "Write the cost of every op into its attributes";
  let description = [{
    Sets a dictionary attribute `energy.cost` on every op that has a cost:

    - `joules`, `seconds`, `dram_bytes`: on the target, over all executions;
    - `macs`, `flops`, `int_ops`: the work, free of any hardware;
    - `bytes_min`, `bytes_max`: traffic with everything and with nothing kept
      on chip;
    - `unmodelled`: there, with the reason, if nothing is known of the op.

    Functions carry the sum over their bodies and what these call, the module
    the sum over everything, `energy.target` and `energy.coverage` (the share
    of ops that are modelled). Figures that are 0 are left out.

    The IR is otherwise as it was; running the pass again replaces the figures.
  }];
  let options = common;
}

def EnergyReport : EnergyPass<"energy-report"> {
  let summary = "Write a report of what the module costs";
  let description = [{
    The report of `energy-opt`, in any of its formats (`text`, `json`, `csv`,
    `markdown` …), to a file or to stdout. The IR is left alone.
  }];
  let options = !listconcat(common, [
    Option<"format", "format", "std::string", [{"text"}], "Format of the report">,
    Option<"output", "o", "std::string", [{"-"}], "File to write to; - is stdout">,
    Option<"top", "top", "unsigned", "10", "Rows of the table of costliest ops">,
  ]);
}

def EnergySuggest : EnergyPass<"energy-suggest"> {
  let summary = "Point at the ops that the energy goes to, and at what would save";
  let description = [{
    Emits a remark for each suggestion of `energy-opt`: what a check
    (`energy-opt checks`) would save on the target, in joules and as a share of
    the energy of a run, priced by a second analysis of a rewritten copy. It stands
    on the first op that the check changes, with notes on the others, or on the
    module, where it is about how the model is run.

    Checks that rewrite know ONNX in the form that `energy-opt MODEL.onnx
    --format=mlir` prints, with small constants in the text; weights that are
    elsewhere have no contents here, and what needs them is not found. Of any other
    module only the checks are run that judge by costs alone: another number format
    of the runtime, a limit of power, whether the model fits the device. A remark
    says so.

    Further remarks stand on the costliest ops: the share of the energy of all ops,
    what bounds the kernel that the op runs in (arithmetic, memory traffic, or the
    overhead of a launch), and where a saving would have to come from. Ops that
    nothing is known of get a remark too, as their cost is missing from every figure.
    The IR is left alone.
  }];
  let options = !listconcat(common, [
    Option<"checks", "checks", "std::string", [{""}],
           "Checks to run, as globs: -*,exact-* (default: those of a report; -* for none)">,
    Option<"top", "top", "unsigned", "5", "Costliest ops to point at, at most">,
    Option<"minShare", "min-share", "double", "0.05",
           "Share of the energy of all ops from which an op is worth a remark, 0 to 1">,
  ]);
}

def EnergyCheckBudget : EnergyPass<"energy-check-budget"> {
  let summary = "Fail when the module costs more than it may";
  let description = [{
    For each limit that is exceeded, emits an error on the ops that have most of
    the cost (on the module, if no op has any), and fails. With `min-coverage`
    an error stands on every op that nothing is known of, if there are too many.
  }];
  let options = !listconcat(common, [
    Option<"maxJoules", "max-joules", "double", "0", "Energy of one run, in joules (0: no limit)">,
    Option<"maxLatency", "max-latency", "double", "0", "Time of one run, in seconds (0: no limit)">,
    Option<"minCoverage", "min-coverage", "double", "0",
           "Share of ops that must be modelled, 0 to 1">,
  ]);
}

#endif // ENERGY_OPT_PASSES
