//===- QuantizedKernels.cpp - QDQ contractions are integer kernels --------===//
//
// A contraction whose two operands come from DequantizeLinear runs on the
// integer units (that is what the QDQ form means to a runtime): its MACs are
// integer MACs of the operands' stored type.
//
//===----------------------------------------------------------------------===//

#include "Graph/GraphBuilder.h"

using namespace energyopt;

/// The DequantizeLinear row behind a tensor, through views; -1 if none.
static int32_t dequantizerOf(const WorkGraph &graph, int32_t tensor) {
  int32_t root = rootOf(graph, tensor);
  if (root < 0 || graph.tensors[root].producer < 0)
    return -1;
  int32_t row = graph.tensors[root].producer;
  return graph.rows[row].op == "DequantizeLinear" ? row : -1;
}

/// Stored type of a dequantized tensor; Undefined if it is not an integer.
static DType storedType(const WorkGraph &graph, int32_t dequantizer) {
  const GraphRow &row = graph.rows[dequantizer];
  int32_t stored = row.reads.empty() ? -1 : row.reads[0].tensor;
  DType type = stored < 0 ? DType::Undefined : graph.tensors[stored].dtype;
  return isInteger(type) && bitWidth(type) <= 8 ? type : DType::Undefined;
}

void energyopt::recognizeQuantizedKernels(WorkGraph &graph) {
  for (GraphRow &row : graph.rows) {
    // First of all, since what made the operands lies elsewhere.
    bool contracts = llvm::any_of(row.work, [](const RowWork &w) { return isContraction(w.cls); });
    if (!contracts || row.reads.size() < 2)
      continue;
    int32_t lhs = dequantizerOf(graph, row.reads[0].tensor);
    int32_t rhs = dequantizerOf(graph, row.reads[1].tensor);
    if (lhs < 0 || rhs < 0)
      continue;
    DType a = storedType(graph, lhs), b = storedType(graph, rhs);
    if (a == DType::Undefined || b == DType::Undefined)
      continue;
    // Mixed widths run at the wider operand's rate.
    DType type = bitWidth(a) >= bitWidth(b) ? a : b;
    for (RowWork &work : row.work)
      if (isContraction(work.cls))
        work.dtype = type;
  }
}
