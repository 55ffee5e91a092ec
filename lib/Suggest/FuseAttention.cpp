//===- FuseAttention.cpp - Attention and rotary embedding -----------------===//
//
//   MatMul(Softmax(MatMul(Q, K^T) * scale [+ mask]), V)
//
// with Q, K, V [batch, heads, length, size], mostly by a Reshape and a Transpose of
// [batch, length, heads * size], and back: Attention from opset 23; before, ONNX
// Runtime's MultiHeadAttention.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Editor.h"

#include "energy-opt/OnnxDialect.h"

#include <cmath>

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

namespace {

using Perm = std::vector<int64_t>;

class AttentionFinder {
public:
  explicit AttentionFinder(Editor &editor) : editor(editor) {}

  bool tryAt(Operation *softmax) {
    inside.clear();
    mask = {};
    scale = 1;
    const ValueInfo &info = editor.facts.of(softmax->getNumResults() ? softmax->getResult(0) : Value());
    if (!isNamed(softmax, "Softmax") || opsetOf(softmax) < 13 || info.rank() != 4 ||
        info.dtype != DType::F32 || !softmax->hasOneUse())
      return false;
    int64_t axis = intAttr(softmax, "axis", -1);
    last = *softmax->user_begin();
    if ((axis != -1 && axis != 3) || !isNamed(last, "MatMul") ||
        last->getOperand(0) != softmax->getResult(0) || last->getBlock() != softmax->getBlock())
      return false;
    inside.push_back(softmax);
    value = last->getOperand(1);
    if (editor.facts.rank(value) != 4 || !findScores(softmax) || !fits())
      return false;
    return makePacked() || (opsetOf(last) >= 23 && makeSplit());
  }

private:
  const Facts &facts() const { return editor.facts; }

  /// Takes a multiplication by a number into the scale.
  Value unscaled(Value scores) {
    Operation *mul = editor.onlyMaker(scores, "Mul", user());
    Operation *div = mul ? nullptr : editor.onlyMaker(scores, "Div", user());
    Operation *op = mul ? mul : div;
    if (!op)
      return scores;
    for (unsigned i : {1, 0})
      if (auto number = facts().scalar(op->getOperand(i)); number && (i == 1 || mul)) {
        if (!(*number > 0))
          return scores;
        scale = mul ? scale * *number : scale / *number;
        inside.push_back(op);
        return op->getOperand(1 - i);
      }
    return scores;
  }

  Operation *user() const { return inside.back(); }

  /// Up from the softmax to Q and K.
  bool findScores(Operation *softmax) {
    Value scores = softmax->getOperand(0);
    if (Operation *add = editor.onlyMaker(scores, "Add", softmax)) {
      bool first = maskFits(add->getOperand(1), add);
      if (!first && !maskFits(add->getOperand(0), add))
        return false;
      inside.push_back(add);
      mask = add->getOperand(first ? 1 : 0);
      scores = add->getOperand(first ? 0 : 1);
    }
    scores = unscaled(scores);
    Operation *product = editor.onlyMaker(scores, "MatMul", user());
    if (!product)
      return false;
    inside.push_back(product);
    query = unscaled(product->getOperand(0));
    Value keys = product->getOperand(1);
    // A scale of K^T is one of the scores; user() is its reader if Q has none.
    Operation *transpose = editor.maker(keys, "Transpose", product);
    auto perm = transpose ? permutationOf(transpose, facts()) : std::nullopt;
    if (!perm)
      return false;
    keyTranspose = transpose;
    if (*perm == Perm{0, 1, 3, 2})
      key = transpose->getOperand(0);
    else if (*perm == Perm{0, 2, 3, 1}) // of [batch, length, heads, size]
      key = {};
    else
      return false;
    return facts().rank(query) == 4;
  }

  /// [1 or batch, 1 or heads, queries, keys]: no broadcast in the last two.
  bool maskFits(Value candidate, Operation *add) const {
    const ValueInfo &whole = facts().of(add->getResult(0)), &info = facts().of(candidate);
    if (info.rank() != 4 || whole.rank() != 4 || info.dtype != DType::F32 ||
        editor.onlyMaker(candidate, "MatMul", add) || info.dim(2) != whole.dim(2) ||
        info.dim(3) != whole.dim(3))
      return false;
    return (info.dim(0).is(1) || info.dim(0) == whole.dim(0)) &&
           (info.dim(1).is(1) || info.dim(1) == whole.dim(1));
  }

  /// Heads and sizes are fixed, and those of Q, K and V are equal.
  bool fits() {
    heads = facts().dim(query, 1);
    size = facts().dim(query, 3);
    return heads > 0 && size > 0 && facts().dim(value, 1) == heads &&
           facts().dim(value, 3) == size && facts().dtype(query) == DType::F32 &&
           facts().of(query).dim(0) == facts().of(value).dim(0) &&
           facts().sameShape(query, last->getResult(0));
  }

  /// Attention of [batch, heads, length, size]. A runtime that knows attention in
  /// parts takes transposes around it along; a single op would leave them.
  bool makeSplit() {
    auto isTransposed = [&](Value v) { return editor.maker(v, "Transpose", last) != nullptr; };
    bool joined = llvm::any_of(last->getUsers(), [](Operation *user) { return isNamed(user, "Transpose"); });
    if (!key || facts().dim(key, 1) != heads || facts().of(key).dim(0) != facts().of(query).dim(0) ||
        joined || isTransposed(query) || isTransposed(key) || isTransposed(value) || !closed())
      return false;
    mlir::Builder b(last->getContext());
    llvm::SmallVector<Value> operands{query, key, value};
    if (mask)
      operands.push_back(mask);
    editor.replaceByNode(last, "", "Attention", operands,
                         b.getNamedAttr("scale", b.getF32FloatAttr(static_cast<float>(scale))));
    return true;
  }

  /// x [batch, length, heads * size] of a Transpose to [batch, heads, length,
  /// size] of a Reshape of x, or of [batch, length, heads, size].
  Value packed(Value split, const Perm &expected) {
    Operation *transpose = split.getDefiningOp();
    if (!transpose || !isNamed(transpose, "Transpose") ||
        permutationOf(transpose, facts()) != expected)
      return {};
    Operation *reshape = transpose->getOperand(0).getDefiningOp();
    if (!reshape || !isNamed(reshape, "Reshape"))
      return {};
    Value source = reshape->getOperand(0), parts = reshape->getResult(0);
    const ValueInfo &from = facts().of(source), &to = facts().of(parts);
    bool same = from.rank() == 3 && to.rank() == 4 && to.dim(2).is(heads) && to.dim(3).is(size) &&
                from.dim(2).is(heads * size) && from.dim(0) == to.dim(0) && from.dim(1) == to.dim(1);
    return same ? source : Value();
  }

  bool makePacked() {
    const Perm split{0, 2, 1, 3};
    Value q = packed(query, split);
    Value k = key ? packed(key, split) : packed(keyTranspose->getResult(0), {0, 2, 3, 1});
    Value v = packed(value, split);
    size_t before = inside.size();
    Operation *product = last;
    if (!q || !k || !v || facts().of(k).dim(0) != facts().of(q).dim(0) || !joinHeads() || !closed()) {
      inside.resize(before);
      last = product;
      return false;
    }
    mlir::OpBuilder b(last);
    if (opsetOf(last) >= 23) {
      mlir::NamedAttribute attributes[] = {
          b.getNamedAttr("q_num_heads", b.getI64IntegerAttr(heads)),
          b.getNamedAttr("kv_num_heads", b.getI64IntegerAttr(heads)),
          b.getNamedAttr("scale", b.getF32FloatAttr(static_cast<float>(scale)))};
      llvm::SmallVector<Value> operands{q, k, v};
      if (mask)
        operands.push_back(mask);
      editor.replaceByNode(last, "", "Attention", operands, attributes);
      return true;
    }
    mlir::NamedAttribute attributes[] = {
        b.getNamedAttr("num_heads", b.getI64IntegerAttr(heads)),
        b.getNamedAttr("scale", b.getF32FloatAttr(static_cast<float>(scale)))};
    llvm::SmallVector<Value> operands{q, k, v};
    if (mask) {
      mlir::OperationState none(b.getUnknownLoc(), "onnx.none");
      none.addTypes(b.getNoneType());
      Value absent = b.create(none)->getResult(0);
      operands.append({absent, absent, mask});
    }
    requireDomain(*editor.rewrite.model.module, "com.microsoft", 1);
    editor.replaceByNode(last, "com.microsoft", "MultiHeadAttention", operands, attributes);
    return true;
  }

  /// The Transpose and Reshape back to [batch, length, heads * size].
  bool joinHeads() {
    if (!last->hasOneUse())
      return false;
    Operation *transpose = *last->user_begin();
    if (!isNamed(transpose, "Transpose") || permutationOf(transpose, facts()) != Perm{0, 2, 1, 3} ||
        !transpose->hasOneUse())
      return false;
    Operation *reshape = *transpose->user_begin();
    if (!isNamed(reshape, "Reshape") || reshape->getOperand(0) != transpose->getResult(0))
      return false;
    const ValueInfo &from = facts().of(transpose->getResult(0)), &to = facts().of(reshape->getResult(0));
    if (to.rank() != 3 || from.rank() != 4 || !to.dim(2).is(heads * size) || to.dim(0) != from.dim(0) ||
        to.dim(1) != from.dim(1))
      return false;
    inside.append({last, transpose});
    last = reshape;
    return true;
  }

  bool closed() const { return editor.isClosed(inside, last); }

  Editor &editor;
  llvm::SmallVector<Operation *> inside;
  Operation *last = nullptr, *keyTranspose = nullptr;
  Value query, key, value, mask;
  double scale = 1;
  int64_t heads = 0, size = 0;
};

} // namespace

void energyopt::fuseAttention(Rewrite &rewrite) {
  Editor editor(rewrite);
  AttentionFinder finder(editor);
  editor.forEachNode([&](Operation *op) { return finder.tryAt(op); });
}
