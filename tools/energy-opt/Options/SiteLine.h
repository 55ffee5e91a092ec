//===- SiteLine.h - Options of site, lifetime and compare -------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_OPTIONS_SITELINE_H
#define ENERGY_OPT_TOOL_OPTIONS_SITELINE_H

#include "llvm/Support/CommandLine.h"

namespace energyopt {

/// The part of the command line that Options.cpp reads into SiteOptions.
struct SiteLine {
  using Text = llvm::cl::opt<std::string>;
  using Flag = llvm::cl::opt<bool>;

  /// `reporting`: the subcommands whose report shows the site; `pricing`: these,
  /// and `compare`.
  SiteLine(llvm::cl::SubCommandGroup reporting, llvm::cl::SubCommandGroup pricing,
           llvm::cl::SubCommand &compare, llvm::cl::OptionCategory &category,
           llvm::cl::OptionCategory &placing);

  Flag marginal, embodied, equivalences;
  Text renewable, idleShare, deviceYears, utilization;
  Text requestsPerDay, years, retrainEvery, trainingKwh, machines;
  Text edge, cloud, network, payload, cloudBatch, edgeRegion, cloudRegion;
  Text uplink, downlink, roundTrip;
};

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OPTIONS_SITELINE_H
