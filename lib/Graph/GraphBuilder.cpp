//===- GraphBuilder.cpp - Collects rows and tensors -----------------------===//

#include "Graph/GraphBuilder.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

#include <limits>

using namespace energyopt;
using llvm::StringRef;

int64_t energyopt::saturatingMul(int64_t a, int64_t b, bool &saturated) {
  int64_t result;
  if (!llvm::MulOverflow(a, b, result))
    return result;
  saturated = true;
  return std::numeric_limits<int64_t>::max();
}

int64_t energyopt::saturatingAdd(int64_t a, int64_t b, bool &saturated) {
  int64_t result;
  if (!llvm::AddOverflow(a, b, result))
    return result;
  saturated = true;
  return std::numeric_limits<int64_t>::max();
}

void GraphBuilder::rollback(const Mark &mark) {
  graph.rows.resize(mark.rows);
  graph.tensors.resize(mark.tensors);
  infos.resize(mark.tensors);
  if (symbolic)
    symbolicRows.resize(mark.rows);
}

void GraphBuilder::scaleCounts(size_t from, size_t to, const Expr &factor) {
  bool saturated = false;
  int64_t times = concrete(factor, saturated);
  for (size_t i = from; i < to; ++i) {
    GraphRow &row = graph.rows[i];
    row.count = saturatingMul(row.count, times, saturated);
    row.saturated |= saturated;
    if (symbolic)
      symbolicRows[i].count *= factor;
  }
}

std::pair<double, double> GraphBuilder::costOf(size_t from, size_t to) const {
  double ops = 0, bytes = 0;
  for (size_t i = from; i < to; ++i) {
    const GraphRow &row = graph.rows[i];
    for (const RowWork &work : row.work)
      ops += static_cast<double>(row.count) * work.count * (isContraction(work.cls) ? 2 : 1);
    for (const TensorUse &use : row.reads)
      bytes += static_cast<double>(row.count) * use.bytes;
    for (const TensorUse &use : row.writes)
      bytes += static_cast<double>(row.count) * use.bytes;
  }
  return {ops, bytes};
}

int64_t GraphBuilder::concrete(const Expr &e, bool &saturated) const {
  if (auto c = e.constant())
    return *c;
  if (auto value = facts.evaluate(e))
    return std::max<int64_t>(*value, 0);
  saturated = true;
  return std::numeric_limits<int64_t>::max();
}

int32_t GraphBuilder::addTensor(ValueInfo info, StringRef name, GraphTensor::Role role,
                                int32_t viewOf) {
  GraphTensor tensor;
  tensor.name = name.str();
  tensor.dtype = info.dtype;
  tensor.role = role;
  tensor.viewOf = rootOf(graph, viewOf); // views never chain
  bool saturated = false;
  if (info.kind == ValueKind::Tensor || info.kind == ValueKind::SparseTensor)
    tensor.hasRank = info.hasRank();
  if (tensor.hasRank) {
    for (const Expr &dim : *info.shape) {
      auto c = dim.constant();
      if (!c && !facts.isDataDependent(dim))
        c = facts.evaluate(dim);
      tensor.dims.push_back(c);
    }
    tensor.elements = concrete(info.elements(), saturated);
  }
  if (auto bytes = info.bytes())
    tensor.bytes = concrete(*bytes, saturated);
  return append(std::move(tensor), std::move(info));
}

int32_t GraphBuilder::append(GraphTensor tensor, ValueInfo info) {
  graph.tensors.push_back(std::move(tensor));
  infos.push_back({std::move(info), std::nullopt});
  return static_cast<int32_t>(graph.tensors.size() - 1);
}

/// Whether all contents are known once the sizes of the inputs are.
static bool isFixed(const ValueInfo &info, const ShapeFacts &facts) {
  return info.data && llvm::all_of(*info.data, [&](const Scalar &scalar) {
           std::optional<Expr> number = scalar.asInt();
           return scalar.isKnown() && !(number && facts.isDataDependent(*number));
         });
}

int32_t GraphBuilder::addRow(NewRow spec, const Work &known) {
  // Part of an unmodelled op's work would pass for all of it.
  const bool unmodelled = known.status == WorkStatus::Unmodelled;
  const Work nothing = unmodelled ? Work::unmodelled(known.reason) : Work();
  const Work &work = unmodelled ? nothing : known;
  int32_t index = static_cast<int32_t>(graph.rows.size());
  GraphRow row;
  row.name = std::move(spec.name);
  row.op = spec.op.str();
  row.domain = spec.domain.str();
  row.family = spec.family;
  row.status = work.status;
  row.reason = work.reason;
  row.scope = spec.scope;
  SymbolicRow expr;
  for (const WorkItem &item : work.items) {
    RowWork &w = row.work.emplace_back();
    w.cls = item.cls;
    w.dtype = item.dtype;
    w.count = concrete(item.count, row.saturated);
    w.groups = concrete(item.dims.groups, row.saturated);
    w.m = concrete(item.dims.m, row.saturated);
    w.n = concrete(item.dims.n, row.saturated);
    w.k = concrete(item.dims.k, row.saturated);
  }
  bool constant = !spec.inputs.empty();
  for (auto [i, tensor] : llvm::enumerate(spec.inputs)) {
    Expr bytes = i < work.readBytes.size() ? work.readBytes[i] : Expr(0);
    row.reads.push_back({tensor, tensor < 0 ? 0 : concrete(bytes, row.saturated)});
    if (tensor >= 0)
      constant &= info(tensor).isParameter;
    if (symbolic && tensor >= 0) {
      expr.bytesMax += bytes;
      if (graph.tensors[rootOf(graph, tensor)].role == GraphTensor::Role::Parameter)
        expr.weightBytes += bytes;
    }
  }
  for (auto [i, tensor] : llvm::enumerate(spec.outputs)) {
    Expr bytes = i < work.writeBytes.size() ? work.writeBytes[i] : Expr(0);
    row.writes.push_back({tensor, tensor < 0 ? 0 : concrete(bytes, row.saturated)});
    if (symbolic)
      expr.bytesMax += bytes;
    if (tensor >= 0 && graph.tensors[tensor].producer < 0)
      graph.tensors[tensor].producer = index;
  }
  row.constant = constant;
  auto isTensor = [](int32_t tensor) { return tensor >= 0; };
  row.fromSizes =
      llvm::any_of(spec.outputs, isTensor) && llvm::all_of(spec.outputs, [&](int32_t tensor) {
        return !isTensor(tensor) || isFixed(info(tensor), facts);
      });
  graph.rows.push_back(std::move(row));
  if (symbolic) {
    expr.totals = totals(work);
    symbolicRows.push_back(std::move(expr));
  }
  return index;
}

int32_t GraphBuilder::repeatTensor(const GraphTensor &like, ValueInfo info, StringRef name,
                                   int32_t viewOf) {
  GraphTensor tensor = like;
  tensor.name = name.str();
  tensor.viewOf = rootOf(graph, viewOf);
  return append(std::move(tensor), std::move(info));
}

void GraphBuilder::repeatRow(const GraphRow &like, std::string name, int32_t scope,
                             llvm::ArrayRef<int32_t> inputs, llvm::ArrayRef<int32_t> outputs) {
  int32_t index = static_cast<int32_t>(graph.rows.size());
  GraphRow &row = graph.rows.emplace_back(like);
  row.name = std::move(name);
  row.scope = scope;
  for (auto [use, tensor] : llvm::zip_equal(row.reads, inputs))
    use.tensor = tensor;
  for (auto [use, tensor] : llvm::zip_equal(row.writes, outputs)) {
    use.tensor = tensor;
    if (tensor >= 0)
      graph.tensors[tensor].producer = index;
  }
}

/// flops = 2 * MACs of float contractions + every other float operation; of
/// integer types the same goes to int_ops (DESIGN: conventions).
static void publishCounts(GraphRow &row) {
  for (const RowWork &work : row.work) {
    int64_t times = saturatingMul(work.count, row.count, row.saturated);
    bool contraction = isContraction(work.cls);
    int64_t ops = contraction ? saturatingMul(times, 2, row.saturated) : times;
    if (contraction)
      row.macs = saturatingAdd(row.macs, times, row.saturated);
    bool floating = isFloat(work.dtype) || isComplex(work.dtype);
    int64_t &counter = floating ? row.flops : row.intOps;
    counter = saturatingAdd(counter, ops, row.saturated);
    if (work.cls == WorkClass::Transcendental)
      row.transcendentals = saturatingAdd(row.transcendentals, times, row.saturated);
  }
}

static uint64_t hashOf(const std::string &name) {
  return llvm::xxh3_64bits(name) >> 1; // two of 64 bits are DenseSet's own
}

/// Names nameless rows "Conv_12"; hashes that more than one name has.
static llvm::DenseSet<uint64_t> nameNameless(WorkGraph &graph) {
  llvm::DenseSet<uint64_t> seen, again;
  seen.reserve(graph.rows.size());
  for (auto [i, row] : llvm::enumerate(graph.rows)) {
    if (row.name.empty() || llvm::StringRef(row.name).ends_with("/"))
      row.name += row.op + "_" + llvm::utostr(i);
    uint64_t hash = hashOf(row.name);
    if (!seen.insert(hash).second)
      again.insert(hash);
  }
  return again;
}

/// Names nameless rows and makes all names different. Few names are shared, so
/// that most are told apart by their hashes, which lie closer together.
static void nameRows(WorkGraph &graph) {
  llvm::DenseSet<uint64_t> again = nameNameless(graph);
  if (again.empty())
    return;
  llvm::StringMap<unsigned> taken;
  for (GraphRow &row : graph.rows)
    if (again.contains(hashOf(row.name)))
      if (unsigned uses = ++taken[row.name]; uses > 1)
        row.name += "#" + llvm::utostr(uses);
}

WorkGraph GraphBuilder::finish(ModelSummary summary) {
  graph.model = std::move(summary);
  recognizeQuantizedKernels(graph);
  nameRows(graph);
  for (GraphRow &row : graph.rows)
    publishCounts(row);
  accountTraffic(graph);
  return std::move(graph);
}

SymbolicTotals GraphBuilder::symbolicTotals() const {
  SymbolicTotals sum;
  for (const SymbolicRow &row : symbolicRows) {
    sum.macs += row.count * row.totals.macs;
    sum.flops += row.count * row.totals.flops;
    sum.intOps += row.count * row.totals.intOps;
    sum.transcendentals += row.count * row.totals.transcendentals;
    sum.bytesMax += row.count * row.bytesMax;
    sum.weightBytes += row.count * row.weightBytes;
  }
  // What later ops told of the dims of earlier ones.
  for (Expr *total :
       {&sum.macs, &sum.flops, &sum.intOps, &sum.transcendentals, &sum.bytesMax, &sum.weightBytes})
    *total = facts.canonical(*total);
  return sum;
}
