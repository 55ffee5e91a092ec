//===- AbsentWeights.h - What a model without contents cannot do -*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_RUN_ABSENTWEIGHTS_H
#define ENERGY_OPT_TOOL_RUN_ABSENTWEIGHTS_H

#include "energy-opt/Suggest.h"

namespace energyopt {

/// Whether a check that changed nothing would with the contents of weights that
/// the situation's model lacks.
bool needsAbsentWeights(const ChosenCheck &chosen, const Situation &situation);

/// "12 of 20 weights have no contents here; what needs them did nothing: a, b".
std::string absentWeightsNote(const ImportedModel &model, llvm::ArrayRef<std::string> checks);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_RUN_ABSENTWEIGHTS_H
