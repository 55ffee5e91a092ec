//===- HeadLayout.cpp - Where the heads of attention come from ------------===//

#include "Suggest/Prune/HeadLayout.h"

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

using Perm = std::vector<int64_t>;

HeadTensor HeadLayout::behindTranspose(const HeadTensor &tensor) const {
  Operation *op = tensor.value.getDefiningOp();
  if (tensor.lengthFirst || !op || !isNamed(op, "Transpose"))
    return tensor;
  bool splits = permutationOf(op, facts) == (flat ? Perm{1, 0, 2} : Perm{0, 2, 1, 3});
  return splits ? HeadTensor{op->getOperand(0), true} : tensor;
}

Value HeadLayout::sourceOf(const HeadTensor &tensor) const {
  Operation *op = tensor.value.getDefiningOp();
  if (flat || !tensor.lengthFirst || !op || !isNamed(op, "Reshape"))
    return {};
  Value source = op->getOperand(0);
  bool same = facts.rank(source) == 3 && facts.rank(tensor.value) == 4 &&
              dim(source, 2).is(heads * size) && dim(source, 0) == dim(tensor.value, 0) &&
              dim(source, 1) == dim(tensor.value, 1);
  return same ? source : Value();
}

Value HeadLayout::stackedSource(const HeadTensor &tensor) const {
  Operation *op = tensor.value.getDefiningOp();
  if (!tensor.lengthFirst || !op || !isNamed(op, "Reshape"))
    return {};
  Value source = op->getOperand(0);
  int64_t all = facts.rank(source) == 3 ? facts.dim(source, 2) : -1;
  bool same = all > 0 && all % size == 0 && dim(source, 0) == dim(tensor.value, 0) &&
              dim(tensor.value, 1) == dim(source, 1) * Expr(all / size);
  return same ? source : Value();
}

std::optional<HeadColumns> HeadLayout::columnsOf(const HeadTensor &tensor) const {
  Operation *gather = tensor.value.getDefiningOp();
  if (flat || tensor.lengthFirst || !gather || !isNamed(gather, "Gather") ||
      intAttr(gather, "axis", 0) != 0 || facts.rank(gather->getOperand(1)) != 0)
    return std::nullopt;
  auto index = facts.ints(gather->getOperand(1));
  Operation *turn = gather->getOperand(0).getDefiningOp();
  Operation *split =
      turn && isNamed(turn, "Transpose") ? turn->getOperand(0).getDefiningOp() : nullptr;
  if (!index || !split || !isNamed(split, "Reshape") ||
      permutationOf(turn, facts) != Perm{2, 0, 3, 1, 4})
    return std::nullopt;
  Value whole = split->getOperand(0), apart = split->getResult(0);
  constexpr int64_t kParts = 3;
  bool fits = facts.rank(whole) == 3 && facts.rank(apart) == 5 && dim(whole, 0) == dim(apart, 0) &&
              dim(whole, 1) == dim(apart, 1) && facts.dim(apart, 2) == kParts &&
              facts.dim(apart, 3) == heads && facts.dim(apart, 4) == size && index->front() >= 0 &&
              index->front() < kParts;
  return fits ? std::optional(HeadColumns{whole, index->front()}) : std::nullopt;
}
