//===- Options.h - The command line as plain data ---------------*- C++ -*-===//
//
// Parsed and checked once; nothing else of the driver knows of llvm::cl.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_TOOL_OPTIONS_OPTIONS_H
#define ENERGY_OPT_TOOL_OPTIONS_OPTIONS_H

#include "Options/CommandFacts.h"
#include "Options/FleetOptions.h"
#include "Options/SiteOptions.h"
#include "Options/SweepOptions.h"

#include "energy-opt/Analysis.h"
#include "energy-opt/Checks.h"
#include "energy-opt/Config.h"
#include "energy-opt/EnergyModel.h"
#include "energy-opt/Regions.h"
#include "energy-opt/TrainingRun.h"
#include "energy-opt/Views.h"

namespace energyopt {

enum class ColorMode : uint8_t { Auto, Always, Never };

struct Options {
  Command command = Command::Analyze;
  /// Models to analyze, the name that `targets` or `checks` is asked about, or the table
  /// that `calibrate` reads.
  std::vector<std::string> arguments;

  /// Each part of a file between "// -----" lines is a model.
  bool splitInput = false;
  AnalysisOptions analysis;
  EnergyOptions energy;
  RunOptions run;
  /// --mode=training: samples of a step over all devices.
  std::optional<int64_t> globalBatch;
  std::vector<std::string> targets;
  SweepOptions sweep;
  ServingOptions serving;
  /// calibrate: targets that the fit leaves out, and the folder of the models.
  std::vector<std::string> exclude;
  std::string graphs;
  /// optimize: ids of checks, "all-exact" among them.
  std::vector<std::string> apply;
  /// analyze: the checks to make suggestions of, and whether --checks chose them.
  std::vector<const Check *> checks;
  bool checksGiven = false;
  /// check, or --fail-on of another command: ids of the checks that fail.
  std::vector<std::string> failOn;
  /// check: a model, or a folder of models, that limits are relative to.
  std::string base;
  /// diff: the least change, as a share, that is worth a word.
  double threshold = 0;
  /// The project's settings, where there are any.
  std::optional<Config> config;
  std::optional<Region> region;
  SiteOptions site;
  /// gCO2e/kWh by hour of the day, 24 or none.
  std::vector<double> hourlyCarbon;
  /// Least share of ops that must not be unmodelled, in [0, 1].
  double minCoverage = 0;

  std::string format;
  std::string output = "-";
  unsigned top = 10;
  ColorMode color = ColorMode::Auto;
  bool quiet = false, progress = true;
  unsigned jobs = 0; // 0: as many as there are cores
  FleetOptions fleet;
};

/// The formats that a subcommand offers, the default first.
std::vector<llvm::StringRef> formatsOf(Command command);

/// Prices with the electricity of a region, and the PUE of its cloud.
void moveTo(const Region &region, EnergyOptions &energy);

/// Parses the command line. Prints --help and --version itself, and exits then.
/// An Error's text is "what is wrong", and after a '\n' how to mend it.
llvm::Expected<Options> parseOptions(int argc, char **argv);

/// Sets the microbatches that --global-batch asks for, each of `samples`.
llvm::Error resolveGlobalBatch(const Options &options, int64_t samples, JobLayout &layout);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OPTIONS_OPTIONS_H
