//===- Judgement.h - What a report breaks of the options --------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_RUN_JUDGEMENT_H
#define ENERGY_OPT_TOOL_RUN_JUDGEMENT_H

#include "Options/Options.h"

namespace energyopt {

/// --min-coverage: success if enough is modelled.
llvm::Error coverageError(const Report &report, const Options &options);
/// --fail-on: an Error for each check that would save.
std::vector<llvm::Error> savingErrors(const Report &report, const Options &options);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_RUN_JUDGEMENT_H
