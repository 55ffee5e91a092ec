//===- AttentionParts.cpp - Finds decomposed attention --------------------===//
//
// From a softmax up to Q and K, and down to V:
//
//   MatMul(Softmax(MatMul(Q * a, K^T * b) * c [+ mask | where mask]), V)
//
// with a, b, c numbers; of rank 4, or 3 where batch and heads are one dim. A mask may
// be added to the scores of windows, with a dim in front (Swin).
//
//===----------------------------------------------------------------------===//

#include "Suggest/Fusion/AttentionParts.h"

#include <cmath>

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

namespace {

using Perm = std::vector<int64_t>;

class Finder {
public:
  explicit Finder(Editor &editor) : editor(editor) {}

  std::optional<AttentionParts> at(Operation *softmax) {
    if (!isNamed(softmax, "Softmax") || opsetOf(softmax) < 13 || !softmax->hasOneUse())
      return std::nullopt;
    const ValueInfo &info = facts().of(softmax->getResult(0));
    int64_t axis = intAttr(softmax, "axis", -1);
    parts.last = *softmax->user_begin();
    if ((info.rank() != 3 && info.rank() != 4) || info.dtype != DType::F32 ||
        (axis != -1 && axis != info.rank() - 1) || !isNamed(parts.last, "MatMul") ||
        parts.last->getOperand(0) != softmax->getResult(0) ||
        parts.last->getBlock() != softmax->getBlock())
      return std::nullopt;
    parts.inside.push_back(softmax);
    parts.value = {parts.last->getOperand(1), false};
    if (!findProduct(softmax->getOperand(0), softmax, kMaxSteps) || !fits())
      return std::nullopt;
    return std::move(parts);
  }

private:
  static constexpr unsigned kMaxSteps = 6;
  const Facts &facts() const { return editor.facts; }

  /// Up from the softmax to Q K^T, over masks and then scales; undoes what it
  /// noted where it fails.
  bool findProduct(Value scores, Operation *user, unsigned steps, bool scaled = false) {
    if (steps == 0)
      return false;
    if (Operation *product = editor.onlyMaker(scores, "MatMul", user)) {
      parts.inside.push_back(product);
      return findOperands(product);
    }
    AttentionParts before = parts;
    if (auto [op, factor, rest] = scaling(scores, user); op) {
      parts.scale *= factor;
      parts.inside.push_back(op);
      return findProduct(rest, op, steps - 1, /*scaled=*/true);
    }
    if (!scaled && findWindows(scores, user, steps))
      return true;
    parts = before;
    Operation *add = scaled ? nullptr : editor.onlyMaker(scores, "Add", user);
    Operation *where = scaled || add ? nullptr : editor.onlyMaker(scores, "Where", user);
    for (unsigned i : {0, 1}) {
      Operation *op = add ? add : where;
      if (!op)
        break;
      unsigned first = add ? 0 : 1, self = first + i, other = first + 1 - i;
      MaskTerm term{add ? add->getOperand(other) : where->getOperand(0)};
      if (where) {
        auto fill = facts().scalar(where->getOperand(other));
        term.isCondition = true;
        term.keepsTrue = self == 1;
        if (!fill || !(*fill < 0))
          continue;
        term.fill = *fill;
      }
      parts.masks.push_back(term);
      parts.inside.push_back(op);
      if (findProduct(op->getOperand(self), op, steps - 1))
        return true;
      parts = before;
    }
    return false;
  }

  /// Reshape(Reshape(s) + mask): s [windows, heads, queries, keys] as [1, windows,
  /// heads, queries, keys], which the mask does not make larger.
  bool findWindows(Value scores, Operation *user, unsigned steps) {
    AttentionParts before = parts;
    Operation *back = editor.onlyMaker(scores, "Reshape", user);
    Operation *add = back ? editor.onlyMaker(back->getOperand(0), "Add", back) : nullptr;
    for (unsigned i : {0, 1}) {
      Operation *split = add ? editor.onlyMaker(add->getOperand(i), "Reshape", add) : nullptr;
      auto as = split ? windowsOf(add->getOperand(1 - i), split, scores) : std::nullopt;
      if (!as || !facts().sameShape(split->getResult(0), add->getResult(0)))
        continue;
      parts.masks.push_back({add->getOperand(1 - i), false, true, 0, std::move(*as)});
      parts.inside.append({back, add, split});
      if (findProduct(split->getOperand(0), split, steps - 1))
        return true;
      parts = before;
    }
    return false;
  }

  /// The last four sizes of `mask` where `split` only puts a 1 in front of scores;
  /// nullopt for another one.
  std::optional<std::vector<int64_t>> windowsOf(Value mask, Operation *split, Value scores) const {
    Value inner = split->getOperand(0), outer = split->getResult(0);
    if (!facts().sameShape(inner, scores) || facts().rank(outer) != 5 || facts().rank(inner) != 4 ||
        facts().rank(mask) != 5 || facts().dim(mask, 0) != 1 || facts().dim(outer, 0) != 1)
      return std::nullopt;
    std::vector<int64_t> sizes;
    for (unsigned axis = 1; axis < 5; ++axis) {
      if (!(facts().of(outer).dim(axis) == facts().of(inner).dim(axis - 1)) ||
          facts().dim(mask, axis) < 1)
        return std::nullopt;
      sizes.push_back(facts().dim(mask, axis));
    }
    return sizes;
  }

  struct Scaling {
    Operation *op;
    double factor;
    Value rest;
  };

  /// A multiplication or division by a positive number.
  Scaling scaling(Value value, Operation *user) const {
    Operation *mul = editor.onlyMaker(value, "Mul", user);
    Operation *div = mul ? nullptr : editor.onlyMaker(value, "Div", user);
    Operation *op = mul ? mul : div;
    for (unsigned i : {1, 0}) {
      auto number = op && (mul || i == 1) ? facts().scalar(op->getOperand(i)) : std::nullopt;
      if (number && *number > 0 && facts().sameShape(op->getOperand(1 - i), op->getResult(0)))
        return {op, mul ? *number : 1 / *number, op->getOperand(1 - i)};
    }
    return {nullptr, 1, {}};
  }

  Value unscaled(Value value, Operation *user) {
    Scaling found = scaling(value, user);
    if (!found.op)
      return value;
    parts.scale *= found.factor;
    parts.inside.push_back(found.op);
    return found.rest;
  }

  bool findOperands(Operation *product) {
    parts.query = {unscaled(product->getOperand(0), product), false};
    Operation *reader = product;
    Value keys = product->getOperand(1), inner = unscaled(keys, product);
    if (inner != keys)
      reader = parts.inside.back();
    Operation *transpose = editor.maker(inner, "Transpose", reader);
    auto perm = transpose ? permutationOf(transpose, facts()) : std::nullopt;
    if (!perm)
      return false;
    Value key = transpose->getOperand(0);
    if (*perm == Perm{0, 1, 3, 2} || *perm == Perm{0, 2, 1}) {
      // A scale before the transpose may go, if only the transpose reads it.
      bool only = editor.onlyMaker(inner, "Transpose", reader) != nullptr;
      size_t noted = parts.inside.size();
      Value bare = only ? unscaled(key, transpose) : key;
      if (bare != key)
        parts.inside.insert(parts.inside.begin() + noted, transpose);
      parts.key = {bare, false};
    } else if (*perm == Perm{0, 2, 3, 1} || *perm == Perm{1, 2, 0}) {
      parts.key = {key, true};
    } else {
      return false;
    }
    return true;
  }

  /// Heads and sizes are fixed, and those of Q, K and V are equal; so are the
  /// lengths of K and V, which no mask can have broadcast then.
  bool fits() {
    int64_t rank = facts().rank(parts.last->getResult(0));
    Value q = parts.query.value, k = parts.key.value, v = parts.value.value;
    for (Value operand : {q, k, v})
      if (facts().rank(operand) != rank || facts().dtype(operand) != DType::F32)
        return false;
    unsigned heads = rank - 3, headsOfKey = heads + (parts.key.lengthFirst ? 1 : 0);
    unsigned lengthOfKey = parts.key.lengthFirst ? heads : rank - 2;
    parts.heads = facts().dim(q, heads);
    parts.size = facts().dim(q, -1);
    // A fixed number, but where a batch is in it.
    if (parts.heads <= 0 && rank != 3)
      return false;
    auto dim = [&](Value value, unsigned axis) { return facts().of(value).dim(axis); };
    return parts.size > 0 && dim(k, headsOfKey) == dim(q, heads) &&
           dim(v, heads) == dim(q, heads) && facts().dim(v, -1) == parts.size &&
           facts().dim(k, -1) == parts.size && dim(k, lengthOfKey) == dim(v, rank - 2) &&
           (rank == 3 || (dim(q, 0) == dim(v, 0) && dim(q, 0) == dim(k, 0))) &&
           facts().sameShape(q, parts.last->getResult(0)) && std::isfinite(parts.scale);
  }

  Editor &editor;
  AttentionParts parts;
};

} // namespace

std::optional<AttentionParts> energyopt::findAttentionParts(Editor &editor, Operation *softmax) {
  return Finder(editor).at(softmax);
}
