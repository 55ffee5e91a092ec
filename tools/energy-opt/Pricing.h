//===- Pricing.h - From a model's path to its Report ------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_PRICING_H
#define ENERGY_OPT_TOOL_PRICING_H

#include "Options.h"

namespace energyopt {

/// The targets of --target, each once, or the default three.
llvm::Expected<std::vector<Target>> loadTargets(const Options &options);

/// Analyzes one model and prices it on every target.
llvm::Expected<Report> priceModel(llvm::StringRef path,
                                  llvm::ArrayRef<Target> targets,
                                  const Options &options);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_PRICING_H
