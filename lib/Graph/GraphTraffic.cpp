//===- GraphTraffic.cpp - Compulsory and worst-case bytes, liveness -------===//
//
// Hardware-free traffic: what crosses memory if nothing ever stays on chip
// (max), if everything does that can (min), and how much is alive at once.
//
//===----------------------------------------------------------------------===//

#include "Graph/GraphBuilder.h"

#include "energy-opt/Live.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using Role = GraphTensor::Role;

/// T1: bytes_max = sum over rows of count * (bytes of all operands).
static void accountMax(const WorkGraph &graph, GraphRow &row) {
  int64_t once = 0, weights = 0;
  for (const TensorUse &use : row.reads) {
    once = saturatingAdd(once, use.bytes, row.saturated);
    int32_t root = rootOf(graph, use.tensor);
    if (root >= 0 && graph.tensors[root].role == Role::Parameter)
      weights = saturatingAdd(weights, use.bytes, row.saturated);
  }
  for (const TensorUse &use : row.writes)
    once = saturatingAdd(once, use.bytes, row.saturated);
  row.bytesMax = saturatingMul(once, row.count, row.saturated);
  row.weightBytes = saturatingMul(weights, row.count, row.saturated);
}

/// T2: bytes_min = distinct bytes of parameters and inputs that are read, plus
/// outputs, each once. A row is charged for what no row before it touched.
static void accountMin(const WorkGraph &graph, GraphRow &row, std::vector<int64_t> &touched) {
  if (row.count == 0)
    return;
  auto touch = [&](const TensorUse &use) {
    int32_t root = rootOf(graph, use.tensor);
    bool ignored = false;
    int64_t bytes =
        std::min(graph.tensors[root].bytes, saturatingMul(use.bytes, row.count, ignored));
    if (bytes <= touched[root])
      return;
    row.bytesMin = saturatingAdd(row.bytesMin, bytes - touched[root], row.saturated);
    touched[root] = bytes;
  };
  for (const TensorUse &use : row.reads) {
    int32_t root = rootOf(graph, use.tensor);
    if (root >= 0 &&
        (graph.tensors[root].role == Role::Parameter || graph.tensors[root].role == Role::Input))
      touch(use);
  }
  for (const TensorUse &use : row.writes) {
    int32_t root = rootOf(graph, use.tensor);
    if (root >= 0 && graph.tensors[root].role == Role::Output)
      touch(use);
  }
}

/// Element types of weights: floats, and the integers that quantized weights
/// use; wider integers are indices, shapes and masks.
static bool isWeightType(DType type) {
  switch (type) {
  case DType::I8:
  case DType::U8:
  case DType::I4:
  case DType::U4:
  case DType::I2:
  case DType::U2:
    return true;
  default:
    return isFloat(type) || isComplex(type);
  }
}

static int64_t countWeightParameters(const WorkGraph &graph) {
  std::vector<bool> counted(graph.tensors.size(), false);
  int64_t sum = 0;
  for (const GraphRow &row : graph.rows) {
    if (row.status == WorkStatus::Free)
      continue;
    for (const TensorUse &use : row.reads) {
      int32_t root = rootOf(graph, use.tensor);
      if (root < 0 || counted[root] || graph.tensors[root].role != Role::Parameter ||
          !isWeightType(graph.tensors[root].dtype))
        continue;
      counted[root] = true;
      bool saturated = false;
      sum = saturatingAdd(sum, graph.tensors[root].elements, saturated);
    }
  }
  return sum;
}

void energyopt::accountTraffic(WorkGraph &graph) {
  // What is returned is an output, whoever made it.
  for (const GraphPort &port : graph.outputs) {
    int32_t root = rootOf(graph, port.tensor);
    if (root >= 0 && graph.tensors[root].role == Role::Intermediate)
      graph.tensors[root].role = Role::Output;
  }
  std::vector<int64_t> touched(graph.tensors.size(), 0);
  for (GraphRow &row : graph.rows) {
    accountMax(graph, row);
    accountMin(graph, row, touched);
  }
  graph.peakActivationBytes = peakActivations(graph);
  graph.model.weightParameters = countWeightParameters(graph);
}
