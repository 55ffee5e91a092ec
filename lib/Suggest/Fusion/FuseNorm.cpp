//===- FuseNorm.cpp - Layer norm and RMS norm out of their parts ----------===//
//
//   d = x - mean(x)                     (layer norm; RMS norm has d = x)
//   y = d / sqrt(mean(d * d) + epsilon) * scale + shift
//
// From the square root up to x and down to the shift.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Editor.h"

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

namespace {

/// The operand of a binary op that is not `value`; null if none is.
Value other(Operation *op, Value value) {
  if (op->getNumOperands() != 2)
    return {};
  if (op->getOperand(0) == value)
    return op->getOperand(1);
  return op->getOperand(1) == value ? op->getOperand(0) : Value();
}

class NormFinder {
public:
  NormFinder(Editor &editor, bool centered) : editor(editor), centered(centered) {}

  bool tryAt(Operation *root) {
    inside.clear();
    if (!isNamed(root, "Sqrt") || opsetOf(root) < 7 || !findVariance(root) || !findQuotient(root) ||
        !findSource())
      return false;
    Value scale = affine("Mul"), shift = scale && centered ? affine("Add") : Value();
    if (!scale || editor.facts.dtype(scale) != DType::F32 ||
        editor.facts.dtype(source) != DType::F32 || !editor.isClosed(inside, last) ||
        !editor.facts.sameType(source, last->getResult(0)))
      return false;
    fuse(scale, shift);
    return true;
  }

private:
  const Facts &facts() const { return editor.facts; }

  /// sqrt(mean(d * d) + epsilon): finds `deviation`, `axes` and `epsilon`.
  bool findVariance(Operation *root) {
    Operation *add = editor.maker(root->getOperand(0), "Add", root);
    if (!add)
      return false;
    auto left = facts().scalar(add->getOperand(0)), right = facts().scalar(add->getOperand(1));
    if (left.has_value() == right.has_value())
      return false;
    epsilon = left ? *left : *right;
    Operation *mean = editor.maker(add->getOperand(left ? 1 : 0), "ReduceMean", root);
    if (!mean || !trailingAxes(mean, axes))
      return false;
    Value squared = mean->getOperand(0);
    Operation *square = editor.maker(squared, "Pow", root);
    if (square && !facts().isScalar(square->getOperand(1), 2))
      return false;
    if (!square)
      square = editor.maker(squared, "Mul", root);
    if (!square || (isNamed(square, "Mul") && square->getOperand(0) != square->getOperand(1)))
      return false;
    deviation = square->getOperand(0);
    inside.append({root, add, mean, square});
    return true;
  }

  /// Means over the last `count` axes, which stay as 1.
  bool trailingAxes(Operation *mean, int64_t &count) const {
    ViewedOp viewed = facts().view(mean);
    auto given = viewed.view.constIntData(1);
    int64_t rank = facts().rank(mean->getOperand(0));
    if (!given || given->empty() || rank < 1 || intAttr(mean, "keepdims", 1) == 0)
      return false;
    std::vector<int64_t> sorted;
    for (int64_t axis : *given)
      sorted.push_back(axis < 0 ? axis + rank : axis);
    llvm::sort(sorted);
    count = sorted.size();
    for (auto [i, axis] : llvm::enumerate(sorted))
      if (axis != rank - count + static_cast<int64_t>(i))
        return false;
    return true;
  }

  /// d / sqrt, or d * (1 / sqrt): finds `last`.
  bool findQuotient(Operation *root) {
    if (!root->hasOneUse())
      return false;
    Operation *user = *root->user_begin();
    if (isNamed(user, "Div") && user->getOperand(1) == root->getResult(0)) {
      if (user->getOperand(0) == deviation) {
        last = user;
        return true;
      }
      if (!facts().isScalar(user->getOperand(0), 1))
        return false;
    } else if (!isNamed(user, "Reciprocal")) {
      return false;
    }
    if (!user->hasOneUse())
      return false;
    inside.push_back(user);
    last = *user->user_begin();
    return isNamed(last, "Mul") && other(last, user->getResult(0)) == deviation;
  }

  /// What is normalized: of a layer norm, that which the mean is taken from.
  bool findSource() {
    source = deviation;
    Operation *sub = editor.maker(deviation, "Sub", last);
    Operation *mean = sub ? editor.maker(sub->getOperand(1), "ReduceMean", last) : nullptr;
    int64_t count = 0;
    bool isCentered = mean && mean->getOperand(0) == sub->getOperand(0) &&
                      trailingAxes(mean, count) && count == axes;
    if (isCentered && centered) {
      inside.append({sub, mean});
      source = sub->getOperand(0);
    }
    return isCentered == centered;
  }

  /// A factor or a summand of the shape of what is normalized.
  Value affine(llvm::StringRef name) {
    if (!last->hasOneUse())
      return {};
    Operation *user = *last->user_begin();
    if (!isNamed(user, name) || user->getBlock() != last->getBlock())
      return {};
    Value operand = other(user, last->getResult(0));
    const ValueInfo &whole = facts().of(source);
    if (!operand || !whole.hasRank() || facts().rank(operand) != axes || whole.rank() < axes ||
        llvm::ArrayRef(*facts().of(operand).shape) != llvm::ArrayRef(*whole.shape).take_back(axes))
      return {};
    inside.push_back(last);
    last = user;
    return operand;
  }

  void fuse(Value scale, Value shift) {
    mlir::Builder b(last->getContext());
    llvm::SmallVector<Value> operands{source, scale};
    if (shift)
      operands.push_back(shift);
    mlir::NamedAttribute attributes[] = {
        b.getNamedAttr("axis", b.getI64IntegerAttr(-axes)),
        b.getNamedAttr("epsilon", b.getF32FloatAttr(static_cast<float>(epsilon)))};
    llvm::StringRef name = centered              ? "LayerNormalization"
                           : opsetOf(last) >= 23 ? "RMSNormalization"
                                                 : "SimplifiedLayerNormalization";
    editor.replaceByNode(last, "", name, operands, attributes);
  }

  Editor &editor;
  bool centered;
  llvm::SmallVector<Operation *> inside;
  Operation *last = nullptr;
  Value deviation, source;
  int64_t axes = 0;
  double epsilon = 0;
};

} // namespace

static void fuseNorms(Rewrite &rewrite, bool centered) {
  Editor editor(rewrite);
  NormFinder finder(editor, centered);
  editor.forEachNode([&](Operation *op) { return finder.tryAt(op); });
}

void energyopt::fuseLayerNorm(Rewrite &rewrite) { fuseNorms(rewrite, /*centered=*/true); }
void energyopt::fuseRmsNorm(Rewrite &rewrite) { fuseNorms(rewrite, /*centered=*/false); }
