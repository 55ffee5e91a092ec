//===- TrainingView.h - A training job for readers and programs -*- C++ -*-===//

#ifndef ENERGY_OPT_REPORT_TRAININGVIEW_H
#define ENERGY_OPT_REPORT_TRAININGVIEW_H

#include "JsonText.h"

#include "energy-opt/Report.h"

namespace energyopt {

/// What the step is, whatever the target: optimizer, checkpointing, layout.
std::string describeStep(const StepFacts &step);
/// The job of one target as sentences; empty without one.
std::vector<std::string> trainingLines(const TargetReport &target, bool unicode);
/// The field `training` of a target.
void trainingJson(JsonWriter &json, const StepFacts &step, const TargetReport &target);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_TRAININGVIEW_H
