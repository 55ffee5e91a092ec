//===- EnergyModel.h - Pricing a WorkGraph on a target ----------*- C++ -*-===//
//
// Work in, joules and seconds out. Equations and their labels: see
// docs/energy-model.md.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_ENERGYMODEL_H
#define ENERGY_OPT_ENERGYMODEL_H

#include "energy-opt/Report.h"
#include "energy-opt/Target.h"

namespace energyopt {

enum class Mode : uint8_t { Inference, Training };

/// Which bytes cross DRAM: each tensor of the model once; what the target's
/// kernels read and write; or all operands of every op.
enum class Traffic : uint8_t { Min, Typical, Max };

struct EnergyOptions {
  /// Price the graph as if its float ops ran so; nullopt: as they are.
  std::optional<Precision> precision;
  /// --runtime; empty: the target's default (training: eager, on targets whose
  /// default is a GPU inference engine).
  std::string runtime;
  /// Training expects a graph that trainingStep() has transformed.
  Mode mode = Mode::Inference;
  TrainingOptions training;
  Traffic traffic = Traffic::Typical;
  std::optional<double> powerLimitW;
  /// Devices that share one host, each running the graph.
  int64_t devices = 1;
  /// gCO2e/kWh and PUE; nullopt: world average, average data centre for
  /// devices in servers, 1 otherwise.
  std::optional<double> carbonIntensity, pue;
  /// PUE of the cloud that --region names, for devices in servers.
  std::optional<double> cloudPue;
  /// Replaces the built-in constants (calibration).
  const Constants *constants = nullptr;
};

/// Prices `graph` on `target`. Errors: an unknown runtime, a power limit below
/// what the target can hold.
llvm::Expected<TargetReport> estimate(const WorkGraph &graph, const Target &target,
                                      const EnergyOptions &options);

class GraphIndices;

/// Prices one graph on several targets, with what does not depend on the target found
/// once. Errors: those of estimate(). Not for several threads.
class Estimator {
public:
  explicit Estimator(const WorkGraph &graph);
  ~Estimator();
  llvm::Expected<TargetReport> estimate(const Target &target, const EnergyOptions &options);
  /// For who only compares values: intervals are empty.
  llvm::Expected<TargetReport> estimateValues(const Target &target, const EnergyOptions &options);

private:
  std::unique_ptr<GraphIndices> indices;
};

/// How one row is priced: the equations with their numbers, and the
/// coefficients in them with range, kind and source. One line each.
std::vector<std::string> explainRow(const WorkGraph &graph, int32_t row, const Target &target,
                                    const EnergyOptions &options);

/// Names that --runtime takes, in the order of documentation.
llvm::ArrayRef<llvm::StringRef> runtimeNames();

} // namespace energyopt

#endif // ENERGY_OPT_ENERGYMODEL_H
