//===- GraphIndex.cpp - Who reads what, and what kind of op it is ---------===//

#include "GraphIndex.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <algorithm>

using namespace energyopt;

GraphIndex::GraphIndex(const WorkGraph &graph, const RuntimeProfile &runtime, bool uniformFloats)
    : graph(graph), runtime(runtime) {
  findAttentionOperands();
  roles.reserve(graph.rows.size());
  for (const GraphRow &row : graph.rows)
    roles.push_back(isFolded(row, uniformFloats) ? Role::Folded : classify(row));
  resolveRoots();
  std::replace(roles.begin(), roles.end(), Role::Folded, Role::None);
  collectConsumers();
}

/// Sizes are known to whoever builds or launches kernels.
bool GraphIndex::isComputedAtLoad(const GraphRow &row) const {
  return row.constant || (row.fromSizes && !runtime.runsShapeOps);
}

void GraphIndex::findAttentionOperands() {
  std::vector<bool> others(graph.tensors.size());
  attentionOnly.resize(graph.tensors.size());
  for (const GraphRow &row : graph.rows)
    for (const TensorUse &read : row.reads) {
      int32_t producer = read.tensor < 0 ? -1 : graph.tensors[read.tensor].producer;
      if (producer < 0)
        continue;
      const GraphRow &maker = graph.rows[producer];
      bool attention = llvm::StringRef(row.family) == "attention" && maker.scope == row.scope &&
                       maker.count == row.count;
      (attention ? attentionOnly : others)[read.tensor] = true;
    }
  for (const GraphPort &port : graph.outputs)
    if (port.tensor >= 0)
      others[port.tensor] = true;
  for (size_t t = 0; t < others.size(); ++t)
    attentionOnly[t] = attentionOnly[t] && !others[t];
}

/// Ops that pass their first operand on because the runtime or the chosen
/// number format makes them vanish.
bool GraphIndex::isFolded(const GraphRow &row, bool uniformFloats) const {
  if (row.reads.empty() || row.writes.size() != 1 || row.reads[0].tensor < 0)
    return false;
  llvm::StringRef op = row.op;
  if (op == "DequantizeLinear")
    return runtime.foldsQuantization;
  // The kernel repeats the rows of a mask itself, as it does one that its parts add.
  if (op == "Expand")
    return runtime.flashAttention && attentionOnly[row.writes[0].tensor];
  if (op != "Cast" && op != "CastLike")
    return false;
  DType from = graph.tensors[row.reads[0].tensor].dtype;
  DType to = graph.tensors[row.writes[0].tensor].dtype;
  return from == to || (uniformFloats && isFloat(from) && isFloat(to));
}

void GraphIndex::resolveRoots() {
  size_t n = graph.tensors.size();
  roots.resize(n);
  for (size_t t = 0; t < n; ++t)
    roots[t] = graph.tensors[t].viewOf >= 0 ? graph.tensors[t].viewOf : static_cast<int32_t>(t);
  for (size_t r = 0; r < graph.rows.size(); ++r)
    if (roles[r] == Role::Folded)
      roots[graph.rows[r].writes[0].tensor] = graph.rows[r].reads[0].tensor;
  for (size_t t = 0; t < n; ++t) {
    int32_t at = static_cast<int32_t>(t);
    // A chain is as long as there are tensors at most; a cycle ends there.
    for (size_t step = 0; step < n && roots[at] != at; ++step)
      at = roots[at];
    for (int32_t walk = static_cast<int32_t>(t); walk != at;) {
      int32_t next = roots[walk];
      roots[walk] = at;
      if (next == walk)
        break;
      walk = next;
    }
  }
  weights.resize(n);
  outputs.resize(n);
  for (size_t t = 0; t < n; ++t) {
    const GraphTensor &tensor = graph.tensors[t];
    weights[t] = tensor.role == GraphTensor::Role::Parameter ||
                 (tensor.producer >= 0 && isComputedAtLoad(graph.rows[tensor.producer]));
    if (tensor.role == GraphTensor::Role::Output)
      outputs[roots[t]] = true;
  }
  for (const GraphPort &port : graph.outputs)
    if (port.tensor >= 0)
      outputs[roots[port.tensor]] = true;
}

Role GraphIndex::classify(const GraphRow &row) const {
  if (row.status == WorkStatus::Free || isComputedAtLoad(row) || row.count == 0)
    return Role::None;
  if (row.reads.empty() && row.writes.empty())
    return Role::None;
  for (const RowWork &work : row.work)
    if (isContraction(work.cls))
      return Role::Contraction;
  llvm::StringRef family = row.family;
  if (family == "elementwise")
    return Role::Elementwise;
  Role byOp =
      llvm::StringSwitch<Role>(row.op)
          .Cases("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", Role::Quantize)
          // Its statistics are parameters: a scale and a shift.
          .Cases("BatchNormalization", "Cast", "CastLike", Role::Elementwise)
          .Default(Role::None);
  if (byOp != Role::None)
    return byOp;
  if (family.contains("norm") || family.contains("softmax"))
    return Role::Reduction;
  if (family.contains("pool"))
    return Role::Pool;
  return llvm::StringSwitch<Role>(family)
      .Cases("variadic", "compare", "pow", "clip", "prelu", "dropout", "gelu", "rotary",
             Role::Elementwise)
      .Cases("reduce", "argreduce", Role::Reduction)
      .Cases("movement", "gather", "scatter", "select", "generate", "layout", Role::Movement)
      .Default(Role::Other);
}

void GraphIndex::collectConsumers() {
  std::vector<int32_t> lastReader(graph.tensors.size(), -1);
  auto forEachUse = [&](auto use) {
    std::fill(lastReader.begin(), lastReader.end(), -1);
    for (size_t r = 0; r < graph.rows.size(); ++r) {
      if (roles[r] == Role::None)
        continue;
      for (const TensorUse &read : graph.rows[r].reads) {
        int32_t at = root(read.tensor);
        if (at < 0 || lastReader[at] == static_cast<int32_t>(r))
          continue;
        lastReader[at] = static_cast<int32_t>(r);
        use(at, static_cast<int32_t>(r));
      }
    }
  };
  consumerStart.assign(graph.tensors.size() + 1, 0);
  forEachUse([&](int32_t at, int32_t) { ++consumerStart[at + 1]; });
  for (size_t t = 0; t < graph.tensors.size(); ++t)
    consumerStart[t + 1] += consumerStart[t];
  consumerList.resize(consumerStart.back());
  std::vector<int32_t> next(consumerStart.begin(), consumerStart.end() - 1);
  forEachUse([&](int32_t at, int32_t row) { consumerList[next[at]++] = row; });
}

int32_t GraphIndex::producer(int32_t root) const {
  int32_t row = graph.tensors[root].producer;
  return row >= 0 && roles[row] != Role::None ? row : -1;
}

llvm::SmallVector<int32_t, 4> GraphIndex::activations(int32_t row) const {
  llvm::SmallVector<int32_t, 4> found;
  for (const TensorUse &read : graph.rows[row].reads) {
    int32_t at = root(read.tensor);
    if (at >= 0 && !weights[at] && !llvm::is_contained(found, at))
      found.push_back(at);
  }
  return found;
}

llvm::SmallVector<int32_t, 2> GraphIndex::results(int32_t row) const {
  llvm::SmallVector<int32_t, 2> found;
  for (const TensorUse &write : graph.rows[row].writes) {
    int32_t at = root(write.tensor);
    if (at >= 0 && !llvm::is_contained(found, at))
      found.push_back(at);
  }
  return found;
}
