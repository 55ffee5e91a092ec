//===- Config.cpp - Reading .energy-opt.yaml ------------------------------===//

#include "energy-opt/Config.h"

#include "ConfigTraits.h"
#include "Target/YamlTraits.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace energyopt;
using llvm::StringRef;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

static constexpr StringRef kFileName = ".energy-opt.yaml";

LLVM_YAML_IS_SEQUENCE_VECTOR(Budget)
LLVM_YAML_IS_SEQUENCE_VECTOR(Waiver)
LLVM_YAML_IS_STRING_MAP(int64_t)

namespace llvm::yaml {

template <> struct MappingTraits<ShareOfEach> {
  static void mapping(IO &io, ShareOfEach &each) {
    for (unsigned i = 0; i < kNumMetrics; ++i) {
      Share share;
      io.mapOptional(energyopt::name(Metric(i)).data(), share);
      each.share[i] = share.value;
    }
  }
};
template <> struct PolymorphicTraits<Increase> {
  static NodeKind getKind(const Increase &) { return NodeKind::Map; }
  static Share &getAsScalar(Increase &increase) { return increase.all; }
  static ShareOfEach &getAsMap(Increase &increase) { return increase.each; }
  static std::vector<std::string> &getAsSequence(Increase &increase) { return increase.list; }
};

/// The text of an optional glob.
static void mapGlob(IO &io, const char *key, std::string &slot, bool required = false) {
  Glob glob;
  required ? io.mapRequired(key, glob) : io.mapOptional(key, glob);
  slot = std::move(glob.text);
}

template <> struct MappingTraits<Budget> {
  static void mapping(IO &io, Budget &budget) {
    mapGlob(io, "model", budget.model, /*required=*/true);
    mapGlob(io, "target", budget.target);
    for (unsigned i = 0; i < kNumMetrics; ++i) {
      Limit limit{Metric(i), std::nullopt};
      io.mapOptional(energyopt::name(Metric(i)).data(), limit);
      budget.limit[i] = limit.value;
    }
    Increase increase;
    io.mapOptional("max_increase", increase);
    if (!increase.list.empty())
      io.setError("max_increase takes a share, or a share for each metric");
    for (unsigned i = 0; i < kNumMetrics; ++i)
      budget.maxIncrease[i] = increase.all.value ? increase.all.value : increase.each.share[i];
    io.mapOptional("base", budget.base);
  }
};

template <> struct MappingTraits<Waiver> {
  static void mapping(IO &io, Waiver &waiver) {
    mapGlob(io, "model", waiver.model, /*required=*/true);
    mapGlob(io, "budget", waiver.budget, /*required=*/true);
    mapGlob(io, "target", waiver.target);
    io.mapRequired("reason", waiver.reason);
    Day day;
    io.mapRequired("until", day);
    waiver.until = std::move(day.text);
  }
  static std::string validate(IO &, Waiver &waiver) {
    return waiver.reason.empty() ? "a waiver needs a reason" : "";
  }
};

template <> struct MappingTraits<Config> {
  static void mapping(IO &io, Config &config) {
    io.mapOptional("targets", config.targets);
    std::map<std::string, int64_t> dims;
    io.mapOptional("dims", dims);
    config.dims.assign(dims.begin(), dims.end());
    io.mapOptional("checks", config.checks);
    io.mapOptional("fail_on", config.failOn);
    io.mapOptional("region", config.region);
    Share coverage;
    io.mapOptional("min_coverage", coverage);
    config.minCoverage = coverage.value;
    io.mapOptional("budgets", config.budgets);
    io.mapOptional("waivers", config.waivers);
  }
  static std::string validate(IO &, Config &config) {
    for (const auto &[dim, size] : config.dims)
      if (size < 0)
        return "dim '" + dim + "' is negative";
    if (config.minCoverage.value_or(0) > 1)
      return "min_coverage is at most 100%";
    return "";
  }
};

} // namespace llvm::yaml

namespace energyopt {

StringRef name(Metric metric) {
  static constexpr StringRef kNames[] = {"energy_j", "latency_s", "carbon_g", "peak_memory",
                                         "parameters"};
  return kNames[unsigned(metric)];
}

bool isPerTarget(Metric metric) {
  return metric == Metric::EnergyJ || metric == Metric::LatencyS || metric == Metric::CarbonG;
}

static bool hasLimit(const Budget &budget) {
  for (unsigned i = 0; i < kNumMetrics; ++i)
    if (budget.limit[i] || budget.maxIncrease[i])
      return true;
  return false;
}

/// `file` as seen from `folder`; absolute paths stay.
static std::string below(StringRef folder, StringRef file) {
  if (folder.empty() || file.empty() || path::is_absolute(file))
    return file.str();
  llvm::SmallString<128> joined(folder);
  path::append(joined, file);
  return joined.str().str();
}

llvm::Expected<Config> parseConfig(StringRef text, StringRef file) {
  Config config;
  if (llvm::Error error = readYaml(text, file, config, "a configuration"))
    return std::move(error);
  config.path = file.str();
  config.folder = path::parent_path(file).str();
  for (std::string &target : config.targets)
    if (StringRef(target).contains('/') || StringRef(target).ends_with(".yaml"))
      target = below(config.folder, target);
  for (Budget &budget : config.budgets) {
    if (!hasLimit(budget))
      return llvm::createStringError(file + ": error: the budget of '" + budget.model +
                                     "' has no limit: energy_j, latency_s, carbon_g, "
                                     "peak_memory, parameters or max_increase");
    budget.base = below(config.folder, budget.base);
  }
  return config;
}

llvm::Expected<Config> loadConfig(StringRef file) {
  auto buffer = llvm::MemoryBuffer::getFile(file, /*IsText=*/true);
  if (!buffer)
    return llvm::createStringError(
        buffer.getError(), file + ": error: cannot read it: " + buffer.getError().message());
  return parseConfig((*buffer)->getBuffer(), file);
}

std::string findConfig(StringRef model) {
  llvm::SmallString<128> folder(model == "-" ? "" : path::parent_path(model));
  fs::make_absolute(folder);
  path::remove_dots(folder, /*remove_dot_dot=*/true);
  llvm::SmallString<128> here;
  fs::current_path(here);
  for (StringRef at = folder; !at.empty(); at = path::parent_path(at)) {
    llvm::SmallString<128> file(at);
    path::append(file, kFileName);
    if (!fs::exists(file))
      continue;
    // Shown as a person in this folder would write it.
    StringRef shown = file;
    if (shown.consume_front(here) && shown.consume_front("/"))
      return shown.str();
    return file.str().str();
  }
  return "";
}

static bool matches(StringRef glob, StringRef text) {
  auto pattern = llvm::GlobPattern::create(glob, /*MaxSubPatterns=*/64);
  if (pattern)
    return pattern->match(text);
  llvm::consumeError(pattern.takeError());
  return false;
}

/// An absolute path without "." and "..".
static std::string absolute(StringRef file) {
  llvm::SmallString<128> result(file);
  fs::make_absolute(result);
  path::remove_dots(result, /*remove_dot_dot=*/true);
  return result.str().str();
}

std::string pathFromConfig(StringRef model, const Config &config) {
  std::string file = absolute(model), folder = absolute(config.folder);
  StringRef relative = file;
  return relative.consume_front(folder) && relative.consume_front("/") ? relative.str() : "";
}

bool matchesModel(StringRef glob, StringRef model, const Config &config) {
  if (matches(glob, path::filename(model)) || matches(glob, model))
    return true;
  std::string relative = pathFromConfig(model, config);
  return !relative.empty() && matches(glob, relative);
}

bool matchesName(StringRef glob, StringRef text) { return glob.empty() || matches(glob, text); }

} // namespace energyopt
