//===- Config.h - A project's settings: .energy-opt.yaml --------*- C++ -*-===//
//
// What a project asks of its models: on which targets they are priced, what
// they may cost, and which excesses are known and accepted until when. The
// file is found upwards from a model, as .clang-tidy is from a source file.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_CONFIG_H
#define ENERGY_OPT_CONFIG_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace energyopt {

/// What a budget can limit.
enum class Metric : uint8_t {
  EnergyJ,    // of the device, for one run of the graph
  LatencyS,   // of one run
  CarbonG,    // of the facility, for one run
  PeakMemory, // bytes: parameters and live activations
  Parameters, // elements of all initializers
};
constexpr unsigned kNumMetrics = 5;
/// "energy_j", as the file and the JSON spell it.
llvm::StringRef name(Metric metric);
/// Whether the figure differs from target to target.
bool isPerTarget(Metric metric);

/// One entry of `budgets`: limits for the models whose basename or path
/// matches.
struct Budget {
  std::string model;  // glob
  std::string target; // glob; empty: every target
  /// Absolute limits, in the metric's unit.
  std::array<std::optional<double>, kNumMetrics> limit;
  /// Limits relative to the base model: 0.05 allows 5 % more.
  std::array<std::optional<double>, kNumMetrics> maxIncrease;
  /// The base model, if not given by --base.
  std::string base;
};

/// An excess that is known and accepted.
struct Waiver {
  std::string model;  // glob
  std::string budget; // glob over metrics and ids of checks
  std::string target; // glob; empty: every target
  std::string reason;
  std::string until; // the last day it holds, "2027-01-31"
};

struct Config {
  std::string path, folder;
  std::vector<std::string> targets; // names, or paths from here
  /// Sizes of dims, for the models that have them.
  std::vector<std::pair<std::string, int64_t>> dims;
  std::string checks; // globs, as of --checks
  std::string failOn; // the same: suggestions that fail `check`
  std::string region;
  std::optional<double> minCoverage;
  std::vector<Budget> budgets;
  std::vector<Waiver> waivers;
};

/// Settings from YAML text. The Error holds every complaint with line, column
/// and caret. Paths in the file start from the folder of `path`.
llvm::Expected<Config> parseConfig(llvm::StringRef text, llvm::StringRef path);
/// The same from a file.
llvm::Expected<Config> loadConfig(llvm::StringRef path);
/// The nearest .energy-opt.yaml in the folder of `model` and those above it;
/// "" if there is none.
std::string findConfig(llvm::StringRef model);

/// The path of a model as seen from the file's folder; "" outside of it.
std::string pathFromConfig(llvm::StringRef model, const Config &config);
/// Whether a glob of the file means this model: its basename, its path as
/// given, or its path from the file's folder.
bool matchesModel(llvm::StringRef glob, llvm::StringRef model, const Config &config);
/// Whether a glob of the file means a target, a metric or a check; an empty
/// one means all.
bool matchesName(llvm::StringRef glob, llvm::StringRef name);

} // namespace energyopt

#endif // ENERGY_OPT_CONFIG_H
