//===- TrainingRun.h - From a step to a job and a run -----------*- C++ -*-===//
//
// One graph, many devices and many steps: arithmetic over TargetReports. PA and
// RU are labels of docs/energy-model.md.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_TRAININGRUN_H
#define ENERGY_OPT_TRAININGRUN_H

#include "energy-opt/EnergyModel.h"

namespace energyopt {

/// How much is trained, and what it costs. Neither samples nor tokens: no run.
struct RunOptions {
  std::optional<double> samples, tokens;
  double epochs = 1; // passes over the samples
  std::optional<double> pricePerKwh, pricePerDeviceHour;
};

/// What one device of a job does, with the update and without.
struct TrainingGraphs {
  WorkGraph step, pass;
  TensorSplit split;
  int64_t modelMacs = 0; // of a pass of the whole model, on all devices
};

/// `forward` is an inference graph.
TrainingGraphs makeTrainingGraphs(const WorkGraph &forward, const TrainingOptions &options);

/// Prices a step of a job, with TargetReport::training. The report's own energy
/// and time are those of one device that does its part of every layer once.
/// Errors: those of estimate(); tokens of a graph that has none.
llvm::Expected<TargetReport> estimateJob(const TrainingGraphs &graphs, const Target &target,
                                         const EnergyOptions &options, const RunOptions &run);

} // namespace energyopt

#endif // ENERGY_OPT_TRAININGRUN_H
