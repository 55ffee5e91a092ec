//===- Training.cpp - From a forward pass to a training step --------------===//
//
// TR1, contraction Y = X W: dX = dY W^T and dW = X^T dY are two more of the same
// size. Work and bytes are three times the forward pass, twice where only one
// operand has a gradient (Gradients.cpp).
// TR2, other ops: the backward pass reads dY and what was saved and writes dX,
// against one read and one write forward: 5/2 of the bytes; twice the
// operations. A copy saves nothing: 2. Batch norm in training reads X twice
// forward, X and dY twice backward: 8/2. Other norms read X and dY once more
// for the gradients of scale and shift: 7/2.
// TR3, the optimizer changes each parameter once (Optimizers.cpp).
// TR4, every result is kept for the backward pass; TR5, checkpointing keeps
// fewer and runs their rows once more (Checkpoints.cpp).
//
//===----------------------------------------------------------------------===//

#include "Checkpoints.h"
#include "Saturating.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

using namespace energyopt;

namespace {

constexpr int64_t kOtherOps = 2, kPer = 2; // TR2
constexpr int64_t kMasterBytes = 4;        // TR3: of states and master copies

/// TR2: bytes of forward and backward, in halves of the forward pass.
int64_t halvesOfForward(const GraphRow &row) {
  if (row.work.empty())
    return 4;
  if (row.op == "BatchNormalization")
    return 8;
  return llvm::StringRef(row.family).contains("norm") ? 7 : 5;
}

class TrainingStep {
public:
  TrainingStep(WorkGraph &graph, const TrainingOptions &options)
      : graph(graph), gradients(graph), rule(updateRule(options.optimizer)),
        updated(graph.tensors.size()) {
    facts.options = options;
  }

  void run() {
    KeptResults kept = keepResults(graph, gradients, facts.options.checkpointing);
    facts.activationBytes = kept.bytes;
    facts.boundaryBytes = kept.boundaryBytes;
    fillSize();
    for (size_t r = 0; r < graph.rows.size(); ++r) {
      GraphRow &row = graph.rows[r];
      if (!gradients.visits(row)) {
        facts.modelMacs = plusHeld(facts.modelMacs, row.macs, row.saturated);
        continue;
      }
      addBackward(row, kept.again[r]);
      for (TensorUse &read : row.reads)
        addUpdates(row, read);
    }
    graph.peakActivationBytes = std::max(graph.peakActivationBytes, kept.bytes);
    if (!gradients.hasParameters)
      graph.model.assumptions.push_back("the model has no parameters of its own: its float inputs "
                                        "are trained, without an update");
    graph.step = std::move(facts);
  }

private:
  void fillSize() {
    if (graph.inputs.empty())
      return;
    for (const GraphPort &port : graph.inputs) {
      if (port.tensor < 0)
        continue;
      const GraphTensor &tensor = graph.tensors[port.tensor];
      if (&port == &graph.inputs.front() && !tensor.dims.empty())
        facts.samples = tensor.dims.front().value_or(0);
      bool integer = tensor.dtype == DType::I32 || tensor.dtype == DType::I64;
      if (!facts.tokens && integer && tensor.dims.size() == 2)
        facts.tokens = tensor.elements;
    }
  }

  /// TR1 and TR2; `again`: the forward work is done once more (TR5).
  void addBackward(GraphRow &row, bool again) {
    const bool contraction = isContractionRow(row);
    const int64_t model = gradients.products(row), products = model + again;
    const int64_t others = kOtherOps + again;
    const int64_t halves = halvesOfForward(row) + (again ? kPer : 0);
    int64_t floatMacs = 0;
    for (RowWork &work : row.work) {
      if (isContraction(work.cls) && isFloat(work.dtype))
        floatMacs =
            plusHeld(floatMacs, timesHeld(work.count, row.count, row.saturated), row.saturated);
      work.count =
          timesHeld(work.count, isContraction(work.cls) ? products : others, row.saturated);
    }
    auto scaleBytes = [&](int64_t &bytes) {
      bytes = contraction ? timesHeld(bytes, products, row.saturated)
                          : timesHeld(bytes, halves, row.saturated) / kPer;
    };
    for (TensorUse &use : row.reads)
      scaleBytes(use.bytes);
    for (TensorUse &use : row.writes)
      scaleBytes(use.bytes);
    scaleBytes(row.bytesMax);
    scaleBytes(row.bytesMin);
    scaleBytes(row.weightBytes);
    int64_t contractionFlops = std::min(row.flops, timesHeld(floatMacs, 2, row.saturated));
    row.flops =
        plusHeld(timesHeld(contractionFlops, products, row.saturated),
                 timesHeld(row.flops - contractionFlops, others, row.saturated), row.saturated);
    facts.modelMacs =
        plusHeld(facts.modelMacs, timesHeld(row.macs, model, row.saturated), row.saturated);
    row.macs = timesHeld(row.macs, products, row.saturated);
    row.transcendentals = timesHeld(row.transcendentals, others, row.saturated);
  }

  /// fp32 numbers that the optimizer keeps beside a parameter.
  int64_t stateElements(const GraphTensor &tensor, bool &saturated) const {
    if (!rule.factored)
      return timesHeld(tensor.elements, rule.states, saturated);
    auto &dims = tensor.dims;
    if (dims.size() < 2 || dims.back().value_or(0) < 1 || dims[dims.size() - 2].value_or(0) < 1)
      return tensor.elements;
    return plusHeld(tensor.elements / *dims.back(), tensor.elements / *dims[dims.size() - 2],
                    saturated);
  }

  /// TR3: each parameter is updated once a step, with its first reader that
  /// runs: that of what is made of it at load, where it is not read itself.
  void addUpdates(GraphRow &row, TensorUse &read) {
    llvm::SmallVector<int32_t, 4> sources = {read.tensor};
    while (!sources.empty()) {
      int32_t source = gradients.root(sources.pop_back_val());
      if (source < 0 || updated[source])
        continue;
      const GraphTensor &tensor = graph.tensors[source];
      if (gradients.isTrained(source)) {
        updated[source] = true;
        addUpdate(row, read, source);
      } else if (tensor.producer >= 0 && graph.rows[tensor.producer].constant) {
        updated[source] = true;
        for (const TensorUse &use : graph.rows[tensor.producer].reads)
          sources.push_back(use.tensor);
      }
    }
  }

  void addUpdate(GraphRow &row, TensorUse &read, int32_t parameter) {
    const GraphTensor &tensor = graph.tensors[parameter];
    facts.trained.push_back(parameter);
    facts.trainedElements = plusHeld(facts.trainedElements, tensor.elements, row.saturated);
    facts.stateElements =
        plusHeld(facts.stateElements, stateElements(tensor, row.saturated), row.saturated);
    if (facts.options.optimizer == Optimizer::None)
      return;
    read.updated = plusHeld(read.updated, tensor.elements, row.saturated);
    // Work of a row is per execution, the update happens once.
    int64_t operations = timesHeld(tensor.elements, rule.operations, row.saturated);
    row.work.push_back({WorkClass::Vector, tensor.dtype, operations / row.count});
    row.flops = plusHeld(row.flops, operations, row.saturated);
    int64_t own = rule.gradientReads + rule.weightReads + rule.weightWrites;
    int64_t bytes =
        plusHeld(timesHeld(tensor.bytes, own, row.saturated),
                 timesHeld(tensor.elements, kMasterBytes * rule.stateTransfers, row.saturated),
                 row.saturated);
    for (int64_t *sum : {&row.bytesMax, &row.bytesMin, &row.weightBytes})
      *sum = plusHeld(*sum, bytes, row.saturated);
  }

  WorkGraph &graph;
  Gradients gradients;
  const UpdateRule &rule;
  std::vector<bool> updated;
  StepFacts facts;
};

} // namespace

void energyopt::trainingStep(WorkGraph &graph, const TrainingOptions &options) {
  TrainingStep(graph, options).run();
}
