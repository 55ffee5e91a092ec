//===- Dataset.cpp - Measurements beside what the model says --------------===//

#include "Calibrate/Dataset.h"

#include "energy-opt/Analysis.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

#include <cmath>
#include <tuple>

using namespace energyopt;
using llvm::StringRef;

/// The target by the cell's name or one of its aliases; null if none is known.
static std::unique_ptr<Target> findTarget(const MeasuredCell &cell) {
  std::vector<std::string> names = cell.aliases;
  names.insert(names.begin(), cell.target);
  for (const std::string &name : names) {
    auto target = loadTarget(name);
    if (target)
      return std::make_unique<Target>(std::move(*target));
    llvm::consumeError(target.takeError());
  }
  return nullptr;
}

static llvm::Expected<std::unique_ptr<WorkGraph>> loadGraph(const MeasuredCell &cell,
                                                            StringRef folder) {
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, cell.graphFile);
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return llvm::createStringError(buffer.getError(),
                                   path + ": " + buffer.getError().message() +
                                       "\ngive the graphs' folder with --graphs");
  AnalysisOptions options;
  options.dims = cell.dims;
  auto model = analyseModel(std::move(*buffer), path, options);
  if (!model)
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   path + ": " + llvm::toString(model.takeError()));
  if (cell.mode == Mode::Training)
    trainingStep(model->graph);
  return std::make_unique<WorkGraph>(std::move(model->graph));
}

/// Graph, dims and mode: cells that share them share a WorkGraph.
static std::string graphKey(const MeasuredCell &cell) {
  std::string key = cell.graphFile + (cell.mode == Mode::Training ? "|training" : "|inference");
  for (const auto &[name, value] : cell.dims)
    key += "|" + name + "=" + std::to_string(value);
  return key;
}

llvm::Expected<Dataset> Dataset::load(std::vector<MeasuredCell> cells, StringRef folder,
                                      llvm::function_ref<bool(const Target &)> wanted,
                                      const Constants &constants) {
  Dataset data;
  for (MeasuredCell &cell : cells) {
    auto [known, isNew] = data.targets.try_emplace(cell.target);
    if (isNew)
      known->second = findTarget(cell);
    if (!known->second) {
      ++data.skipped[cell.target];
      continue;
    }
    if (!wanted(*known->second))
      continue;
    std::unique_ptr<WorkGraph> &graph = data.graphs[graphKey(cell)];
    if (!graph) {
      auto loaded = loadGraph(cell, folder);
      if (!loaded)
        return loaded.takeError();
      graph = std::move(*loaded);
    }
    Entry entry;
    entry.target = known->second.get();
    entry.options.precision = cell.precision;
    entry.options.runtime = cell.runtime;
    entry.options.mode = cell.mode;
    entry.options.powerLimitW = cell.powerLimitW;
    entry.options.devices = cell.devices;
    entry.options.constants = &constants;
    GraphIndices indices(*graph);
    auto pricing = preparePricing(indices, *entry.target, entry.options);
    if (!pricing)
      return pricing.takeError();
    entry.pricing = std::move(*pricing);
    entry.loads = distinctLoads(entry.pricing->loads.kernels);
    entry.cell = std::move(cell);
    data.entries.push_back(std::move(entry));
  }
  return data;
}

static LogErrors errorsOf(const Dataset::Entry &entry, const Coefficients &coefficients) {
  Figures figures = evaluate(coefficients, entry.loads);
  const MeasuredCell &cell = entry.cell;
  LogErrors errors;
  double batch = static_cast<double>(cell.batch);
  if (cell.secondsS && figures.latencyS > 0)
    errors.time = std::log(figures.latencyS / batch / *cell.secondsS);
  bool withHost = cell.boundary == Boundary::Server || cell.boundary == Boundary::Pc ||
                  cell.boundary == Boundary::Board;
  double joule = figures.energyJ + (withHost ? figures.hostJ : 0);
  if (cell.energyJ && cell.boundary != Boundary::TimeOnly && joule > 0) {
    errors.energy = std::log(joule / batch / *cell.energyJ);
    errors.hostShare = 1 - figures.energyJ / joule;
  }
  return errors;
}

std::vector<LogErrors> Dataset::errorsOf(const Entries &entries, const Constants &constants,
                                         const Target *replaced, const Target *by) {
  // Entries that differ in their graph alone share coefficients.
  using Key = std::tuple<const Target *, const RuntimeProfile *, bool, Mode, double, int64_t>;
  std::map<Key, Coefficients> resolved;
  std::vector<LogErrors> errors;
  errors.reserve(entries.size());
  for (const Entry *entry : entries) {
    const RunContext &run = entry->pricing->run;
    const EnergyOptions &options = entry->options;
    auto [place, isNew] =
        resolved.try_emplace(Key(entry->target, &run.runtime, run.batched, options.mode,
                                 options.powerLimitW.value_or(0), options.devices));
    if (isNew)
      place->second = resolveCoefficients(entry->target == replaced ? *by : *entry->target,
                                          constants, run, options);
    errors.push_back(::errorsOf(*entry, place->second));
  }
  return errors;
}
