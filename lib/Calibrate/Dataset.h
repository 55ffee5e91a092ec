//===- Dataset.h - Measurements beside what the model says ------*- C++ -*-===//
//
// Every measured cell with its graph analysed, its kernels formed and its
// loads measured, so that only the equations run again when a constant moves.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_CALIBRATE_DATASET_H
#define ENERGY_OPT_LIB_CALIBRATE_DATASET_H

#include "Analysis/Estimate.h"
#include "Calibrate/MeasuredTable.h"

#include <map>

namespace energyopt {

/// ln(predicted / measured); nullopt where nothing was measured.
struct LogErrors {
  std::optional<double> time, energy;
  double hostShare = 0; // of the predicted energy
};

class Dataset {
public:
  struct Entry {
    MeasuredCell cell;
    const Target *target = nullptr;
    EnergyOptions options;
    std::unique_ptr<Pricing> pricing;
    std::vector<KernelLoad> loads; // distinct ones
  };
  using Entries = std::vector<const Entry *>;

  /// Analyses the graphs of `cells` (from folder `graphs`) for targets that
  /// `wanted` accepts. Cells of unknown targets are counted in `skipped`.
  static llvm::Expected<Dataset> load(std::vector<MeasuredCell> cells, llvm::StringRef graphs,
                                      llvm::function_ref<bool(const Target &)> wanted,
                                      const Constants &constants);

  /// Errors of entries under other constants; entries of `replaced` are priced
  /// as `by`.
  static std::vector<LogErrors> errorsOf(const Entries &entries, const Constants &constants,
                                         const Target *replaced = nullptr,
                                         const Target *by = nullptr);

  std::vector<Entry> entries;
  std::map<std::string, unsigned> skipped; // unknown targets, with their cells

private:
  std::map<std::string, std::unique_ptr<Target>> targets;
  std::map<std::string, std::unique_ptr<WorkGraph>> graphs; // by file, dims, mode
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_CALIBRATE_DATASET_H
