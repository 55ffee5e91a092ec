//===- Serving.h - What a language model costs to serve ---------*- C++ -*-===//
//
// A prompt is read in one run (prefill), then every token takes a run of its
// own (decode), each with a longer cache. Equations: docs/serving.md.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_SERVING_H
#define ENERGY_OPT_SERVING_H

#include "energy-opt/Analysis.h"
#include "energy-opt/EnergyModel.h"
#include "energy-opt/GraphFamily.h"

namespace energyopt {

/// What is served: `batch` requests at a time, each of `prompt` tokens that are
/// answered by `generate` tokens.
struct ServedLoad {
  int64_t prompt = 0, generate = 0, batch = 1;
};

/// Sums over the runs of a phase on one target. Intervals add up end by end:
/// the runs of one model on one device err together.
struct PhaseCost {
  Interval energyJ, latencyS, hostJ, carbonG;
  double facilityJ = 0, dramBytes = 0;
};

struct ServingOnTarget {
  std::string name, precision, runtime;
  PhaseCost prefill, decode;
  /// Weights, activations and the cache at its longest.
  bool fits = true;
  int64_t cacheBytes = 0; // of all requests at the end, in the format priced
  Bound prefillBound = Bound::Overhead, decodeBound = Bound::Overhead;
  std::vector<std::string> notes;
};

struct ServingReport {
  ServedLoad load;
  /// False: no cache, every token runs the whole sequence again.
  bool cached = true;
  /// Path of the decode step's own model; "" if one model does both.
  std::string decodeModel;
  CountSums prefill, decode;
  /// Keys and values of one token of one request, in the model's own format.
  int64_t cacheBytesPerToken = 0;
  /// Analyses that the decode steps took.
  int64_t analyses = 0;
  std::vector<ServingOnTarget> targets;
  /// Sums of the decode steps in symbols `prompt` and `generate`; for --symbolic.
  std::vector<std::pair<std::string, Expr>> symbolic;

  /// SV3: (prefill + decode) / batch
  double requestJ(const ServingOnTarget &t) const;
  /// SV4: decode / (batch * generate)
  double joulePerToken(const ServingOnTarget &t) const;
  /// SV4: prefill / (batch * prompt)
  double joulePerPromptToken(const ServingOnTarget &t) const;
  /// SV5: time of a decode step, averaged
  double secondsPerToken(const ServingOnTarget &t) const;
  /// SV5: batch * generate / (prefill + decode time)
  double tokensPerSecond(const ServingOnTarget &t) const;
};

/// The graphs of a model that is served.
struct ServedGraphs {
  /// Of the whole prompt.
  const WorkGraph &prefill;
  /// Decode steps by the tokens before them, load.prompt to load.prompt +
  /// load.generate - 1.
  const GraphFamily &decode;
};

/// Prices both phases. The steps are summed by the trapezoids between those
/// that are priced, halved until they meet the one in the middle (SV6).
llvm::Expected<ServingReport> serve(const ServedGraphs &graphs, const ServedLoad &load,
                                    llvm::ArrayRef<Target> targets, const EnergyOptions &options);

/// Relative error up to which SV6 takes a cost as linear between two steps.
constexpr double kStepTolerance = 1e-5;

/// SV7: sum of `step` over symbol `past` = from .. from + count - 1; nullopt if
/// `past` stands inside a minimum or a division.
std::optional<Expr> sumOver(const Expr &step, llvm::StringRef past, const Expr &from,
                            const Expr &count);

} // namespace energyopt

#endif // ENERGY_OPT_SERVING_H
