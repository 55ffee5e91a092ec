//===- Sweep.h - Costs over a range of sizes --------------------*- C++ -*-===//
//
// One model at many sizes of a dim, on several targets and in several number
// formats: where batching stops to pay, which size costs least, and from which
// size on another target or format wins. Equations: docs/serving.md.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_SWEEP_H
#define ENERGY_OPT_SWEEP_H

#include "energy-opt/EnergyModel.h"

#include <functional>

namespace energyopt {

/// A dim by name, with sizes in rising order.
struct SweptDim {
  std::string name;
  std::vector<int64_t> sizes;
};

struct SweepRequest {
  /// The first is the axis; each combination of the others is a series.
  std::vector<SweptDim> dims;
  std::vector<std::optional<Precision>> precisions;
};

struct SweepPoint {
  int64_t size = 0;    // of the axis
  int64_t samples = 1; // in one run
  Interval energyJ, latencyS;
  double powerW = 0, hostJ = 0, carbonG = 0;
  Bound bound = Bound::Overhead;
  bool fits = true;
  double joulePerSample() const { return energyJ.value / samples; }
};

struct SweepSeries {
  std::string target, precision, runtime;
  std::vector<NamedDim> dims; // of the sweep, the axis apart
  std::vector<SweepPoint> points;
  /// Indices of points; nullopt where no point fits or all have as many samples.
  std::optional<size_t> knee, best;
};

/// From `from` on a series costs least.
struct Reign {
  int64_t from = 0;
  size_t series = 0;
  /// The size before it was priced too, and there another one costs least.
  bool exact = true;
};

/// Which series costs least, over the axis.
struct Crossover {
  bool ofLatency = false; // else of the energy of a sample
  std::vector<NamedDim> dims;
  std::vector<Reign> reigns;
};

struct SweepReport {
  std::string axis; // "" if no dim is swept
  std::vector<SweepSeries> series;
  std::vector<Crossover> crossovers;
  /// Sizes that the model does not run at, with the reason.
  std::vector<std::string> failed;
};

/// The graph at the given sizes.
using AnalyseAt = std::function<llvm::Expected<WorkGraph>(llvm::ArrayRef<NamedDim> dims)>;

/// Prices all points. An error if there is none.
llvm::Expected<SweepReport> sweep(const SweepRequest &request, const AnalyseAt &analyse,
                                  llvm::ArrayRef<Target> targets, const EnergyOptions &options);

/// The samples of a run: the leading dim of the first input.
int64_t samplesOf(const WorkGraph &graph);

/// SV10: share above the least energy of a sample within which the knee lies.
constexpr double kKneeShare = 0.1;
/// SV10: the first point, in rising order of size, whose energy per sample is
/// within kKneeShare of the least of all that fit: from there on waiting for
/// more samples gains little. nullopt if none fits.
std::optional<size_t> kneeOf(llvm::ArrayRef<SweepPoint> points);

} // namespace energyopt

#endif // ENERGY_OPT_SWEEP_H
