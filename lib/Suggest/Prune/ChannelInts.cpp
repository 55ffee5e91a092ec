//===- ChannelInts.cpp - Integers that shapes are made of -----------------===//

#include "Suggest/Prune/Channels.h"

#include "Graph/OpAdapter.h"
#include "Suggest/Rewrites.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

std::optional<KnownInts> ChannelGraph::ints(Value value, unsigned depth) const {
  Operation *def = value.getDefiningOp();
  if (!def || depth > 64)
    return std::nullopt;
  if (Operation *constant = constantBehind(value)) {
    std::optional<WeightRef> ref = contentsOf(constant);
    if (ref->elements > kMaxEvaluatedElements || ref->dtype == DType::F32)
      return std::nullopt;
    auto read = weights.ints(*ref);
    if (!read) {
      llvm::consumeError(read.takeError());
      return std::nullopt;
    }
    KnownInts known;
    for (int64_t element : *read)
      known.push_back({element, false});
    return known;
  }
  return computedInts(def, depth + 1);
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

static std::optional<KnownInts> chosen(llvm::ArrayRef<KnownInts> in) {
  size_t count = 1;
  for (const KnownInts &known : in)
    count = std::max(count, known.size());
  if (llvm::any_of(in, [&](const KnownInts &k) { return k.size() != count && k.size() != 1; }))
    return std::nullopt;
  KnownInts result;
  for (size_t i = 0; i < count; ++i) {
    auto at = [&](size_t operand) { return in[operand][in[operand].size() == 1 ? 0 : i]; };
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
    auto ref = type ? weightRef(attr, type.getValue()) : std::nullopt;
    auto data = ref ? weights.data(*ref) : nullptr;
    auto number = data && data->size() == 1 ? (*data)[0].asFloat() : std::nullopt;
    if (!number || *number != double(int64_t(*number)))
      return std::nullopt;
    value = int64_t(*number);
  }
  return KnownInts(shape[0].value, KnownInt{value, shape[0].dynamic});
}

std::optional<KnownInts> ChannelGraph::computedInts(Operation *op, unsigned depth) const {
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
  llvm::SmallVector<KnownInts> in;
  static constexpr StringRef kOfFirst[] = {"Identity", "Cast", "Unsqueeze", "Squeeze"};
  bool ofFirst = llvm::any_of(kOfFirst, [&](StringRef name) { return isNamed(op, name); });
  for (Value operand : op->getOperands().take_front(ofFirst ? 1 : op->getNumOperands())) {
    auto known = ints(operand, depth);
    if (!known)
      return std::nullopt;
    in.push_back(std::move(*known));
  }
  if (in.empty())
    return std::nullopt;
  if (ofFirst)
    return in[0];
  if (isNamed(op, "Concat")) {
    KnownInts all;
    for (const KnownInts &part : in)
      llvm::append_range(all, part);
    return all;
  }
  if (isNamed(op, "ConstantOfShape"))
    return filled(op, in[0], weights);
  if (isNamed(op, "Where") && in.size() == 3)
    return chosen(in);
  if (in.size() != 2)
    return std::nullopt;
  KnownInts result;
  if (isNamed(op, "Gather")) {
    for (KnownInt index : in[1]) {
      int64_t at = index.value < 0 ? index.value + int64_t(in[0].size()) : index.value;
      if (at < 0 || at >= int64_t(in[0].size()))
        return std::nullopt;
      result.push_back(in[0][at]);
    }
    return result;
  }
  size_t count = std::max(in[0].size(), in[1].size());
  if (llvm::any_of(in, [&](const KnownInts &k) { return k.size() != count && k.size() != 1; }))
    return std::nullopt;
  for (size_t i = 0; i < count; ++i) {
    auto element = combine(op, in[0][in[0].size() == 1 ? 0 : i], in[1][in[1].size() == 1 ? 0 : i]);
    if (!element)
      return std::nullopt;
    result.push_back(*element);
  }
  return result;
}
