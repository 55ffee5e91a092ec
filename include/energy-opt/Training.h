//===- Training.h - What a training step and a run are asked for -*- C++ -*-===//
//
// Plain data that the step (lib/Analysis) and the run (lib/Footprint) share.
// Labels TR and PA are those of docs/energy-model.md.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_TRAINING_H
#define ENERGY_OPT_TRAINING_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <vector>

namespace energyopt {

struct WorkGraph;

enum class Optimizer : uint8_t { None, Sgd, Momentum, Adam, AdamW, Adafactor };
enum class Checkpointing : uint8_t { None, Selective, Full };

/// TR3: what an update does with each parameter. Reads and writes count passes
/// over all elements; states are fp32, and moments that factor over rows and
/// columns count as none.
struct UpdateRule {
  llvm::StringRef name;
  int64_t operations, gradientReads, weightReads, weightWrites, stateTransfers, states;
  bool factored; // keeps a row and a column of second moments
  llvm::StringRef source;
};
const UpdateRule &updateRule(Optimizer optimizer);
llvm::ArrayRef<llvm::StringRef> optimizerNames();
llvm::ArrayRef<llvm::StringRef> checkpointingNames();

/// PA1: how many devices share which part of a job.
struct JobLayout {
  int64_t data = 1;         // replicas that hold everything
  int64_t sharded = 1;      // replicas that share out parameters and states (ZeRO 3, FSDP)
  int64_t tensor = 1;       // devices that share each layer
  int64_t pipeline = 1;     // devices that share the layers out
  int64_t microbatches = 1; // passes of the graph per replica and step

  int64_t replicas() const { return data * sharded; }
  int64_t devices() const { return replicas() * tensor * pipeline; }
};

struct TrainingOptions {
  Optimizer optimizer = Optimizer::Momentum;
  Checkpointing checkpointing = Checkpointing::None;
  JobLayout layout;
};

/// What trainingStep() found; bytes in the graph's own formats.
struct StepFacts {
  TrainingOptions options;
  /// Float parameters that are trained, by tensor.
  std::vector<int32_t> trained;
  int64_t trainedElements = 0;
  int64_t stateElements = 0;     // fp32 numbers of the optimizer, master copies apart
  int64_t modelMacs = 0;         // forward and backward, recomputation left out
  int64_t activationBytes = 0;   // kept from the forward to the backward pass
  int64_t boundaryBytes = 0;     // TR5: the tensor that crosses from layer to layer
  int64_t samples = 0;           // leading dim of the first input
  std::optional<int64_t> tokens; // elements of the first integer input
};

/// PA2: bytes that devices of a tensor-parallel group sum, per pass.
struct TensorSplit {
  int64_t forwardBytes = 0, backwardBytes = 0;
  int64_t forwardSums = 0, backwardSums = 0;
};

/// Turns an inference graph into its training step: forward, backward and the
/// optimizer's update of every float parameter that feeds compute. Fills
/// WorkGraph::step.
void trainingStep(WorkGraph &graph, const TrainingOptions &options = {});

/// Leaves of an inference graph what one of `ways` devices of a tensor-parallel
/// group does.
TensorSplit splitTensors(WorkGraph &graph, int64_t ways);

} // namespace energyopt

#endif // ENERGY_OPT_TRAINING_H
