//===- Gradients.cpp - Which rows a backward pass visits ------------------===//
//
// Trained are float parameters of more than one element that some row computes
// with; running statistics of a batch norm are not, and a single number is a
// constant of a formula. Values that a loop carries have no maker that the graph
// knows: they count as leading back to parameters.
//
//===----------------------------------------------------------------------===//

#include "Gradients.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;
using Role = GraphTensor::Role;

bool energyopt::isContractionRow(const GraphRow &row) {
  return llvm::any_of(row.work, [](const RowWork &work) { return isContraction(work.cls); });
}

Gradients::Gradients(const WorkGraph &graph)
    : graph(graph), carrying(graph.tensors.size()), trainedFlags(graph.tensors.size()) {
  findTrained();
  propagate();
}

int32_t Gradients::root(int32_t tensor) const {
  for (size_t step = 0; tensor >= 0 && step < graph.tensors.size(); ++step) {
    int32_t next = graph.tensors[tensor].viewOf;
    if (next < 0)
      break;
    tensor = next;
  }
  return tensor;
}

bool Gradients::isWeight(int32_t tensor) const {
  int32_t at = root(tensor);
  if (at < 0)
    return false;
  const GraphTensor &t = graph.tensors[at];
  return t.role == Role::Parameter || (t.producer >= 0 && graph.rows[t.producer].constant);
}

void Gradients::findTrained() {
  constexpr size_t kBatchNormStatistics = 3; // X, scale, bias, mean, variance
  for (const GraphRow &row : graph.rows) {
    if (row.status == WorkStatus::Free)
      continue;
    for (auto [i, read] : llvm::enumerate(row.reads)) {
      int32_t at = root(read.tensor);
      if (at < 0 || (row.op == "BatchNormalization" && i >= kBatchNormStatistics))
        continue;
      const GraphTensor &t = graph.tensors[at];
      if (t.role == Role::Parameter && isFloat(t.dtype) && t.elements > 1)
        hasParameters = trainedFlags[at] = true;
    }
  }
}

void Gradients::propagate() {
  for (auto [i, tensor] : llvm::enumerate(graph.tensors)) {
    bool carried = tensor.role == Role::Intermediate && tensor.producer < 0 && tensor.viewOf < 0;
    bool asked = !hasParameters && tensor.role == Role::Input;
    carrying[i] = isFloat(tensor.dtype) && (trainedFlags[i] || carried || asked);
  }
  for (const GraphRow &row : graph.rows) {
    bool any = llvm::any_of(row.reads, [&](const TensorUse &use) {
      return use.tensor >= 0 && (carrying[use.tensor] || carries(root(use.tensor)));
    });
    for (const TensorUse &write : row.writes)
      if (any && write.tensor >= 0 && isFloat(graph.tensors[write.tensor].dtype))
        carrying[write.tensor] = true;
  }
}

bool Gradients::visits(const GraphRow &row) const {
  if (row.status == WorkStatus::Free || row.constant || row.count == 0)
    return false;
  return llvm::any_of(row.writes, [&](const TensorUse &write) { return carries(write.tensor); });
}

/// Of a product of two operands, by its rule's family; linalg has none.
static bool isTwoOperandProduct(const GraphRow &row) {
  size_t contractions =
      llvm::count_if(row.work, [](const RowWork &work) { return isContraction(work.cls); });
  if (contractions != 1 || row.reads.size() < 2)
    return false;
  return llvm::StringSwitch<bool>(row.family)
      .Cases("", "conv", "convolution", "convtranspose", "matmul", "gemm", "einsum", true)
      .Default(false);
}

int64_t Gradients::products(const GraphRow &row) const {
  constexpr int64_t kBothOperands = 3;
  if (!isTwoOperandProduct(row))
    return kBothOperands;
  int64_t operands = 0;
  for (const TensorUse &read : llvm::ArrayRef(row.reads).take_front(2))
    operands += carries(read.tensor) || carries(root(read.tensor));
  return 1 + std::max<int64_t>(operands, 1);
}
