//===- CrossValidation.cpp - Errors on what the fit has not seen ----------===//

#include "Calibrate/CrossValidation.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Parallel.h"

using namespace energyopt;

std::string energyopt::chipOf(const Target &target) {
  const ExecutionUnit &unit = target.matrix.exists() ? target.matrix : target.vector;
  return name(target.cls).str() + ", " + std::to_string(unit.count.valueOr(0)) + " units at " +
         std::to_string(target.processNodeNm.valueOr(0));
}

Folds energyopt::foldsByChip(const Dataset::Entries &entries) {
  std::map<std::string, Dataset::Entries> chips;
  for (const Dataset::Entry *entry : entries)
    chips[chipOf(*entry->target)].push_back(entry);
  Folds folds;
  for (auto &[chip, rows] : chips)
    folds.push_back(std::move(rows));
  return folds;
}

Folds energyopt::foldsByGraph(const Dataset::Entries &entries, size_t most) {
  std::map<std::string, Dataset::Entries> graphs;
  for (const Dataset::Entry *entry : entries)
    graphs[entry->cell.graphFile].push_back(entry);
  Folds folds(std::min(most, graphs.size()));
  size_t next = 0;
  for (auto &[graph, rows] : graphs)
    llvm::append_range(folds[next++ % folds.size()], rows);
  return folds;
}

Folds energyopt::foldsByRow(const Dataset::Entries &entries, size_t most) {
  Folds folds(std::min(most, entries.size()));
  for (auto [i, entry] : llvm::enumerate(entries))
    folds[i % folds.size()].push_back(entry);
  return folds;
}

std::vector<Residual> energyopt::leaveOut(const ModelFit &model, const Dataset::Entries &entries,
                                          const Folds &folds, llvm::ArrayRef<double> values) {
  std::vector<std::vector<Residual>> perFold(folds.size());
  llvm::parallelFor(0, folds.size(), [&](size_t i) {
    Dataset::Entries rest;
    llvm::copy_if(entries, std::back_inserter(rest), [&](const Dataset::Entry *entry) {
      return !llvm::is_contained(folds[i], entry);
    });
    if (!rest.empty())
      perFold[i] = model.residuals(folds[i], model.fit(rest, values));
  });
  std::vector<Residual> all;
  for (const std::vector<Residual> &fold : perFold)
    llvm::append_range(all, fold);
  return all;
}
