//===- Training.cpp - From a forward pass to a training step --------------===//
//
// TR1, contraction Y = X W: dX = dY W^T and dW = X^T dY are two more of the same
// size, so work and bytes are three times the forward pass.
// TR2, other ops: the backward pass reads dY and what was saved and writes dX,
// against one read and one write forward: 5/2 of the bytes; twice the
// operations. A copy saves nothing: 2. Batch norm in training reads X twice
// forward, X and dY twice backward: 8/2. Other norms read X and dY once more
// for the gradients of scale and shift: 7/2.
// TR3, SGD with momentum, once per parameter: m = mu*m + g; w = w - lr*m: four
// operations; w, g, m read, m, w written.
// TR4, memory: every result is kept for the backward pass, beside a gradient
// and a momentum per parameter.
//
//===----------------------------------------------------------------------===//

#include "energy-opt/EnergyModel.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MathExtras.h"

using namespace energyopt;

namespace {

constexpr int64_t kContraction = 3;                    // TR1
constexpr int64_t kOtherOps = 2, kPer = 2;             // TR2
constexpr int64_t kSgdOps = 4, kSgdTransfers = 5;      // TR3

/// TR2: bytes of forward and backward, in halves of the forward pass.
int64_t halvesOfForward(const GraphRow &row) {
  if (row.work.empty())
    return 4;
  if (row.op == "BatchNormalization")
    return 8;
  return llvm::StringRef(row.family).contains("norm") ? 7 : 5;
}

int64_t times(int64_t value, int64_t factor, bool &saturated) {
  int64_t result;
  if (llvm::MulOverflow(value, factor, result)) {
    saturated = true;
    return INT64_MAX;
  }
  return result;
}

int64_t plus(int64_t a, int64_t b, bool &saturated) {
  int64_t result;
  if (llvm::AddOverflow(a, b, result)) {
    saturated = true;
    return INT64_MAX;
  }
  return result;
}

class TrainingStep {
public:
  explicit TrainingStep(WorkGraph &graph) : graph(graph), updated(graph.tensors.size()) {}

  void run() {
    int64_t kept = 0;
    for (GraphRow &row : graph.rows) {
      if (row.status == WorkStatus::Free || row.constant || !hasGradient(row))
        continue;
      for (const TensorUse &write : row.writes)
        kept = plus(kept, times(write.bytes, row.count, row.saturated), row.saturated);
      addBackward(row);
      addUpdate(row);
    }
    bool saturated = false;
    int64_t states = times(graph.model.parameterBytes, 2, saturated);
    graph.peakActivationBytes = std::max(graph.peakActivationBytes, plus(kept, states, saturated));
  }

private:
  /// Gradients flow through floats only.
  bool hasGradient(const GraphRow &row) const {
    for (const TensorUse &write : row.writes)
      if (write.tensor >= 0 && isFloat(graph.tensors[write.tensor].dtype))
        return true;
    return false;
  }

  int32_t root(int32_t tensor) const {
    for (size_t step = 0; step < graph.tensors.size() && graph.tensors[tensor].viewOf >= 0; ++step)
      tensor = graph.tensors[tensor].viewOf;
    return tensor;
  }

  static bool isContractionRow(const GraphRow &row) {
    for (const RowWork &work : row.work)
      if (isContraction(work.cls))
        return true;
    return false;
  }

  void addBackward(GraphRow &row) {
    bool contraction = isContractionRow(row);
    int64_t halves = halvesOfForward(row);
    int64_t floatMacs = 0;
    for (RowWork &work : row.work) {
      if (isContraction(work.cls) && isFloat(work.dtype))
        floatMacs = plus(floatMacs, times(work.count, row.count, row.saturated), row.saturated);
      work.count =
          times(work.count, isContraction(work.cls) ? kContraction : kOtherOps, row.saturated);
    }
    auto scaleBytes = [&](int64_t &bytes) {
      bytes = contraction ? times(bytes, kContraction, row.saturated)
                          : times(bytes, halves, row.saturated) / kPer;
    };
    for (TensorUse &use : row.reads)
      scaleBytes(use.bytes);
    for (TensorUse &use : row.writes)
      scaleBytes(use.bytes);
    scaleBytes(row.bytesMax);
    scaleBytes(row.bytesMin);
    scaleBytes(row.weightBytes);
    int64_t contractionFlops = std::min(row.flops, times(floatMacs, 2, row.saturated));
    int64_t others = row.flops - contractionFlops;
    row.flops = plus(times(contractionFlops, kContraction, row.saturated),
                     times(others, kOtherOps, row.saturated), row.saturated);
    row.macs = times(row.macs, kContraction, row.saturated);
    row.transcendentals = times(row.transcendentals, kOtherOps, row.saturated);
  }

  /// Each parameter is updated once a step, by its first reader.
  void addUpdate(GraphRow &row) {
    if (row.count == 0)
      return;
    for (TensorUse &read : row.reads) {
      if (read.tensor < 0)
        continue;
      int32_t parameter = root(read.tensor);
      const GraphTensor &tensor = graph.tensors[parameter];
      if (tensor.role != GraphTensor::Role::Parameter || !isFloat(tensor.dtype) ||
          updated[parameter])
        continue;
      updated[parameter] = true;
      // Figures of a row are per execution, the update happens once.
      int64_t bytes = times(tensor.bytes, kSgdTransfers, row.saturated);
      int64_t operations = times(tensor.elements, kSgdOps, row.saturated);
      read.bytes = plus(read.bytes, bytes / row.count, row.saturated);
      row.work.push_back({WorkClass::Vector, tensor.dtype, operations / row.count});
      row.flops = plus(row.flops, operations, row.saturated);
      for (int64_t *sum : {&row.bytesMax, &row.bytesMin, &row.weightBytes})
        *sum = plus(*sum, bytes, row.saturated);
    }
  }

  WorkGraph &graph;
  std::vector<bool> updated;
};

} // namespace

void energyopt::trainingStep(WorkGraph &graph) { TrainingStep(graph).run(); }
