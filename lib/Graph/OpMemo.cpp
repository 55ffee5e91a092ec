//===- OpMemo.cpp - What ops came out as ----------------------------------===//

#include "Graph/OpMemo.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"

using namespace energyopt;

/// Bounds the memory of graphs that repeat nothing.
static constexpr size_t kMostOutcomes = 4096, kMostIdentities = 4 * kMostOutcomes;
/// Shapes and axes, and not tables.
static constexpr size_t kMostElements = 64;

using Words = llvm::SmallVector<uint64_t, 24>;

static llvm::StringRef textOf(llvm::ArrayRef<uint64_t> words) {
  return {reinterpret_cast<const char *>(words.data()), words.size() * sizeof(uint64_t)};
}

/// False if it cannot be compared.
static bool spell(const Scalar &scalar, Words &words) {
  if (!scalar.isKnown()) {
    words.push_back(0);
  } else if (auto number = scalar.asFloat()) {
    words.append({1, llvm::bit_cast<uint64_t>(*number)});
    // Of integers above 2^53, which a double rounds.
    auto exact = scalar.asInt();
    words.push_back(exact ? uint64_t(*exact->constant()) : 0);
  } else {
    return false;
  }
  return true;
}

static bool spell(const ValueInfo &info, Words &words) {
  if (info.kind == ValueKind::None) {
    words.push_back(~uint64_t(0));
    return true;
  }
  if (info.kind != ValueKind::Tensor || !info.shape)
    return false;
  words.push_back(uint64_t(info.dtype) << 2 | uint64_t(info.isParameter) << 1 |
                  uint64_t(info.data != nullptr));
  words.push_back(info.shape->size());
  for (const Expr &dim : *info.shape) {
    if (!dim.isConstant())
      return false;
    words.push_back(uint64_t(*dim.constant()));
  }
  return !info.data || (info.data->size() <= kMostElements &&
                        llvm::all_of(*info.data, [&](const Scalar &s) { return spell(s, words); }));
}

int32_t OpMemo::identityOf(const ValueInfo &info) {
  Words words;
  if (!spell(info, words))
    return kUnknown;
  auto found = identities.find(textOf(words));
  if (found != identities.end())
    return found->second;
  if (identities.size() >= kMostIdentities)
    return kUnknown;
  int32_t next = int32_t(identities.size());
  identities[textOf(words)] = next;
  return next;
}

/// What tells the contents of the operands that were asked for.
static Words contentsOf(mlir::Operation &op, llvm::ArrayRef<unsigned> asked) {
  Words words;
  for (unsigned operand : asked) {
    mlir::Operation *made = op.getOperand(operand).getDefiningOp();
    bool isConstant = made && made->getNumOperands() == 0;
    words.append({operand,
                  isConstant ? uint64_t(made->getAttrDictionary().getAsOpaquePointer()) : 0,
                  uint64_t(op.getOperand(operand).getType().getAsOpaquePointer())});
  }
  return words;
}

const OpMemo::Outcome *OpMemo::find(mlir::Operation &op, const Key &key) {
  auto found = known.find(textOf(key));
  if (found == known.end())
    return nullptr;
  Known &same = found->second;
  auto outcome = same.byContents.find(textOf(contentsOf(op, same.asked)));
  return outcome == same.byContents.end() ? nullptr : &outcome->second;
}

void OpMemo::remember(mlir::Operation &op, const Key &key, llvm::ArrayRef<unsigned> asked,
                      Outcome outcome) {
  if (outcomes >= kMostOutcomes)
    return;
  Known &same = known[textOf(key)];
  for (unsigned operand : asked)
    if (!llvm::is_contained(same.asked, operand))
      same.asked.push_back(operand);
  outcomes +=
      same.byContents.try_emplace(textOf(contentsOf(op, same.asked)), std::move(outcome)).second;
}
