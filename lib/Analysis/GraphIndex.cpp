//===- GraphIndex.cpp - Who reads what, and what kind of op it is ---------===//

#include "GraphIndex.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <algorithm>

using namespace energyopt;

template <typename Map> void NumberLists::mapDistinct(size_t numbers, Map map) {
  std::vector<uint32_t> lastList(numbers, 0); // that a number was seen in, from 1
  uint32_t kept = 0, from = 0;
  for (uint32_t list = 1; list < starts.size(); ++list) {
    for (const uint32_t to = starts[list]; from < to; ++from) {
      int32_t number = map(all[from]);
      if (number < 0 || lastList[number] == list)
        continue;
      lastList[number] = list;
      all[kept++] = number;
    }
    starts[list] = kept;
  }
  all.resize(kept);
}

GraphIndex::GraphIndex(const WorkGraph &graph, Folding folding) : graph(graph), folding(folding) {
  scanTensors();
  scanRows();
  foldRows();
  resolveRoots();
  std::replace(roles.begin(), roles.end(), Role::Folded, Role::None);
  findWeights();
  findOutputs();
  collectConsumers();
  for (int32_t &row : producers)
    if (row >= 0 && roles[row] == Role::None)
      row = -1;
  const size_t n = roots.size();
  reads.mapDistinct(n, [&](int32_t tensor) { return weights[roots[tensor]] ? -1 : roots[tensor]; });
  writes.mapDistinct(n, [&](int32_t tensor) { return roots[tensor]; });
}

/// Sizes are known to whoever builds or launches kernels.
bool GraphIndex::isComputedAtLoad(const GraphRow &row) const {
  return row.constant || (row.fromSizes && folding.shapeOps);
}

void GraphIndex::scanTensors() {
  size_t n = graph.tensors.size();
  roots.reserve(n);
  producers.reserve(n);
  weights.resize(n);
  outputs.resize(n);
  for (size_t t = 0; t < n; ++t) {
    const GraphTensor &tensor = graph.tensors[t];
    roots.push_back(tensor.viewOf >= 0 ? tensor.viewOf : static_cast<int32_t>(t));
    producers.push_back(tensor.producer);
    weights[t] = tensor.role == GraphTensor::Role::Parameter;
    outputs[t] = tensor.role == GraphTensor::Role::Output;
  }
}

static KnownOp knownOp(llvm::StringRef op) {
  return llvm::StringSwitch<KnownOp>(op)
      .Case("Cast", KnownOp::Cast)
      .Case("CastLike", KnownOp::CastLike)
      .Case("Clip", KnownOp::Clip)
      .Case("Concat", KnownOp::Concat)
      .Case("DequantizeLinear", KnownOp::DequantizeLinear)
      .Case("Erf", KnownOp::Erf)
      .Case("Exp", KnownOp::Exp)
      .Case("Expand", KnownOp::Expand)
      .Case("HardSigmoid", KnownOp::HardSigmoid)
      .Case("ReduceMax", KnownOp::ReduceMax)
      .Case("ReduceMean", KnownOp::ReduceMean)
      .Case("Sigmoid", KnownOp::Sigmoid)
      .Case("Softmax", KnownOp::Softmax)
      .Case("Softplus", KnownOp::Softplus)
      .Case("Sqrt", KnownOp::Sqrt)
      .Case("Sub", KnownOp::Sub)
      .Case("Tanh", KnownOp::Tanh)
      .Case("Transpose", KnownOp::Transpose)
      .Default(KnownOp::Other);
}

static bool mayFold(KnownOp op) {
  return op == KnownOp::Cast || op == KnownOp::CastLike || op == KnownOp::Expand ||
         op == KnownOp::DequantizeLinear;
}

void GraphIndex::scanRows() {
  size_t n = graph.rows.size();
  roles.reserve(n);
  ops.reserve(n);
  bodies.reserve(n);
  atLoad.reserve(n);
  attention.reserve(n);
  reads.reserve(n, 2 * n);
  writes.reserve(n, n);
  llvm::DenseMap<std::pair<int64_t, int32_t>, int32_t> known;
  const GraphRow *before = nullptr;
  for (const GraphRow &row : graph.rows) {
    if (before && before->scope == row.scope && before->count == row.count)
      bodies.push_back(bodies.back());
    else
      bodies.push_back(known.try_emplace({row.count, row.scope}, known.size()).first->second);
    before = &row;
    once &= row.count == 1;
    for (const TensorUse &read : row.reads)
      if (read.tensor >= 0)
        reads.add(read.tensor);
    reads.closeList();
    for (const TensorUse &write : row.writes)
      if (write.tensor >= 0)
        writes.add(write.tensor);
    writes.closeList();
    ops.push_back(knownOp(row.op));
    if (mayFold(ops.back()))
      foldable.push_back(static_cast<int32_t>(roles.size()));
    roles.push_back(classify(row));
    atLoad.push_back(isComputedAtLoad(row));
    attention.push_back(llvm::StringRef(row.family) == "attention");
  }
  uses = reads.size() + writes.size();
}

void GraphIndex::foldRows() {
  if (folding.flashAttention)
    findAttentionOperands();
  for (int32_t row : foldable)
    if (isFolded(row))
      roles[row] = Role::Folded;
}

void GraphIndex::findAttentionOperands() {
  std::vector<bool> others(graph.tensors.size());
  attentionOnly.resize(graph.tensors.size());
  for (size_t row = 0; row < graph.rows.size(); ++row)
    for (int32_t tensor : reads[row]) {
      int32_t maker = producers[tensor];
      if (maker >= 0)
        (attention[row] && sameBody(maker, row) ? attentionOnly : others)[tensor] = true;
    }
  for (const GraphPort &port : graph.outputs)
    if (port.tensor >= 0)
      others[port.tensor] = true;
  for (size_t t = 0; t < others.size(); ++t)
    attentionOnly[t] = attentionOnly[t] && !others[t];
}

/// Whether an op of mayFold() passes its first operand on because the runtime or the
/// chosen number format makes it vanish.
bool GraphIndex::isFolded(int32_t index) const {
  const GraphRow &row = graph.rows[index];
  if (row.reads.empty() || row.writes.size() != 1 || row.reads[0].tensor < 0 ||
      row.writes[0].tensor < 0)
    return false;
  if (op(index) == KnownOp::DequantizeLinear)
    return folding.quantization;
  // The kernel repeats the rows of a mask itself, as it does one that its parts add.
  if (op(index) == KnownOp::Expand)
    return folding.flashAttention && attentionOnly[row.writes[0].tensor];
  DType from = graph.tensors[row.reads[0].tensor].dtype;
  DType to = graph.tensors[row.writes[0].tensor].dtype;
  return from == to || (folding.uniformFloats && isFloat(from) && isFloat(to));
}

void GraphIndex::resolveRoots() {
  size_t n = roots.size();
  for (int32_t row : foldable)
    if (roles[row] == Role::Folded)
      roots[graph.rows[row].writes[0].tensor] = graph.rows[row].reads[0].tensor;
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
}

void GraphIndex::findWeights() {
  for (size_t t = 0; t < producers.size(); ++t)
    if (producers[t] >= 0 && atLoad[producers[t]])
      weights[t] = true;
}

void GraphIndex::findOutputs() {
  for (size_t t = 0; t < roots.size(); ++t)
    if (outputs[t])
      outputs[roots[t]] = true;
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
  std::vector<int32_t> lastReader(roots.size(), -1);
  auto forEachUse = [&](auto use) {
    std::fill(lastReader.begin(), lastReader.end(), -1);
    for (int32_t row = 0, n = static_cast<int32_t>(roles.size()); row < n; ++row) {
      if (roles[row] == Role::None)
        continue;
      for (int32_t tensor : reads[row]) {
        int32_t at = roots[tensor];
        if (lastReader[at] == row)
          continue;
        lastReader[at] = row;
        use(at, row);
      }
    }
  };
  consumerStart.assign(roots.size() + 1, 0);
  forEachUse([&](int32_t at, int32_t) { ++consumerStart[at + 1]; });
  for (size_t t = 0; t < roots.size(); ++t)
    consumerStart[t + 1] += consumerStart[t];
  consumerList.resize(consumerStart.back());
  std::vector<int32_t> next(consumerStart.begin(), consumerStart.end() - 1);
  forEachUse([&](int32_t at, int32_t row) { consumerList[next[at]++] = row; });
}

std::shared_ptr<const GraphIndex> GraphIndices::get(Folding folding) {
  for (const auto &index : made)
    if (index->folding == folding)
      return index;
  return made.emplace_back(std::make_shared<GraphIndex>(graph, folding));
}
