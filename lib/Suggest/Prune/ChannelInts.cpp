//===- ChannelInts.cpp - Integers that shapes are made of -----------------===//

#include "Suggest/Prune/Channels.h"

#include "Graph/OpAdapter.h"
#include "Suggest/Rewrites.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

/// Of one graph: a few bytes can ask for a vector of thousands.
static constexpr size_t kMostInts = 1 << 20;

std::shared_ptr<const KnownInts> ChannelGraph::keep(Value value,
                                                    std::optional<KnownInts> ints) const {
  std::shared_ptr<const KnownInts> kept;
  if (ints && ints->size() <= kMostInts - keptInts) {
    keptInts += ints->size();
    kept = std::make_shared<const KnownInts>(std::move(*ints));
  }
  return knownInts[value] = std::move(kept);
}

std::shared_ptr<const KnownInts> ChannelGraph::ints(Value value) const {
  if (auto known = knownInts.find(value); known != knownInts.end())
    return known->second;
  Operation *constant = constantBehind(value);
  return constant ? keep(value, readInts(constant)) : nullptr;
}

void ChannelGraph::computeInts(Operation *op) {
  if (op->getNumResults() == 1 && !constantBehind(op->getResult(0)))
    if (auto ints = computedInts(op))
      keep(op->getResult(0), std::move(ints));
}

void ChannelGraph::computeInts() {
  knownInts.clear();
  keptInts = 0;
  for (Operation &op : function.getBody().front().without_terminator())
    computeInts(&op);
}

std::optional<KnownInts> ChannelGraph::readInts(Operation *constant) const {
  auto read = isFloat(contentsOf(constant)->dtype) ? nullptr : fewOf(constant, weights);
  if (!read)
    return std::nullopt;
  KnownInts known;
  for (const Scalar &element : *read) {
    std::optional<Expr> number = element.asInt();
    if (!number || !number->constant())
      return std::nullopt;
    known.push_back({*number->constant(), false});
  }
  return known;
}

static std::optional<KnownInt> combine(Operation *op, KnownInt a, KnownInt b) {
  bool dynamic = a.dynamic || b.dynamic;
  int64_t result = 0;
  if (isNamed(op, "Add") && !llvm::AddOverflow(a.value, b.value, result))
    return KnownInt{result, dynamic};
  if (isNamed(op, "Sub") && !llvm::SubOverflow(a.value, b.value, result))
    return KnownInt{result, dynamic};
  if (isNamed(op, "Mul") && !llvm::MulOverflow(a.value, b.value, result))
    return KnownInt{result, dynamic};
  if (isNamed(op, "Div") && b.value > 0 && a.value >= 0)
    return KnownInt{a.value / b.value, dynamic};
  if (isNamed(op, "Equal"))
    return KnownInt{a.value == b.value, dynamic};
  return std::nullopt;
}

/// The length that vectors are broadcast to.
static std::optional<size_t> commonLength(llvm::ArrayRef<const KnownInts *> in) {
  size_t count = 1;
  for (const KnownInts *known : in)
    count = std::max(count, known->size());
  if (llvm::any_of(in, [&](const KnownInts *k) { return k->size() != count && k->size() != 1; }))
    return std::nullopt;
  return count;
}

static KnownInt broadcastAt(const KnownInts &known, size_t i) {
  return known[known.size() == 1 ? 0 : i];
}

static std::optional<KnownInts> chosen(llvm::ArrayRef<const KnownInts *> in) {
  std::optional<size_t> count = commonLength(in);
  if (!count)
    return std::nullopt;
  KnownInts result;
  for (size_t i = 0; i < *count; ++i) {
    auto at = [&](size_t operand) { return broadcastAt(*in[operand], i); };
    KnownInt element = at(0).value ? at(1) : at(2);
    result.push_back({element.value, element.dynamic || at(0).dynamic});
  }
  return result;
}

/// A vector of one value, 0 unless the node says another.
static std::optional<KnownInts> filled(Operation *op, const KnownInts &shape,
                                       WeightReader &weights) {
  if (shape.size() != 1 || shape[0].value < 0 || shape[0].value > kMaxEvaluatedElements)
    return std::nullopt;
  int64_t value = 0;
  if (auto attr = op->getAttrOfType<mlir::DictionaryAttr>("value")) {
    auto type = attr.getAs<mlir::TypeAttr>("type");
    auto data = type ? loadSmall(attr, type.getValue(), weights) : nullptr;
    auto number = data && data->size() == 1 ? (*data)[0].asFloat() : std::nullopt;
    if (!number || *number != double(int64_t(*number)))
      return std::nullopt;
    value = int64_t(*number);
  }
  return KnownInts(shape[0].value, KnownInt{value, shape[0].dynamic});
}

static std::optional<KnownInts> joined(llvm::ArrayRef<const KnownInts *> in) {
  KnownInts all;
  for (const KnownInts *part : in) {
    if (all.size() + part->size() > kMaxEvaluatedElements)
      return std::nullopt;
    llvm::append_range(all, *part);
  }
  return all;
}

static std::optional<KnownInts> picked(const KnownInts &from, const KnownInts &indices) {
  KnownInts result;
  for (KnownInt index : indices) {
    int64_t at = index.value < 0 ? index.value + int64_t(from.size()) : index.value;
    if (at < 0 || at >= int64_t(from.size()))
      return std::nullopt;
    result.push_back(from[at]);
  }
  return result;
}

static std::optional<KnownInts> combined(Operation *op, llvm::ArrayRef<const KnownInts *> in) {
  std::optional<size_t> count = commonLength(in);
  KnownInts result;
  for (size_t i = 0; count && i < *count; ++i) {
    auto element = combine(op, broadcastAt(*in[0], i), broadcastAt(*in[1], i));
    if (!element)
      return std::nullopt;
    result.push_back(*element);
  }
  return count ? std::optional(std::move(result)) : std::nullopt;
}

std::optional<KnownInts> ChannelGraph::computedInts(Operation *op) const {
  if (isNamed(op, "Shape") && !op->hasAttr("start") && !op->hasAttr("end")) {
    const ChannelDims *shape = dims(op, 0);
    if (!shape)
      return std::nullopt;
    KnownInts known;
    // A size that a weight has is the same in all runs.
    for (ChannelDim dim : *shape)
      known.push_back({dim.size, !staticInputs && !(dim.size > 0 && isWeighted(dim))});
    return known;
  }
  llvm::SmallVector<const KnownInts *> in;
  static constexpr StringRef kOfFirst[] = {"Identity", "Cast", "Unsqueeze", "Squeeze"};
  bool ofFirst = llvm::any_of(kOfFirst, [&](StringRef name) { return isNamed(op, name); });
  for (Value operand : op->getOperands().take_front(ofFirst ? 1 : op->getNumOperands())) {
    in.push_back(ints(operand).get());
    if (!in.back())
      return std::nullopt;
  }
  if (in.empty())
    return std::nullopt;
  if (ofFirst)
    return *in[0];
  if (isNamed(op, "Concat"))
    return joined(in);
  if (isNamed(op, "ConstantOfShape"))
    return filled(op, *in[0], weights);
  if (isNamed(op, "Where") && in.size() == 3)
    return chosen(in);
  if (in.size() != 2)
    return std::nullopt;
  return isNamed(op, "Gather") ? picked(*in[0], *in[1]) : combined(op, in);
}
