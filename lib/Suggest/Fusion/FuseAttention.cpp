//===- FuseAttention.cpp - Attention as a single op -----------------------===//
//
// Attention from opset 23; before, and where its layouts do not fit, ONNX Runtime's
// MultiHeadAttention: Q [batch, length, heads * size], K and V the same or [batch,
// heads, length, size].
//
//===----------------------------------------------------------------------===//

#include "Suggest/Prune/HeadLayout.h"

#include "energy-opt/OnnxDialect.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

namespace {

using Perm = std::vector<int64_t>;

class AttentionFuser {
public:
  explicit AttentionFuser(Editor &editor) : editor(editor) {}

  bool tryAt(Operation *softmax) {
    std::optional<AttentionParts> found = findAttentionParts(editor, softmax);
    if (!found)
      return false;
    parts = std::move(*found);
    flat = parts.isFlat(facts());
    query = layout().behindTranspose(parts.query);
    key = layout().behindTranspose(parts.key);
    value = layout().behindTranspose(parts.value);
    join = reshape = nullptr;
    if (!editor.isClosed(parts.inside, parts.last))
      return false;
    findJoin();
    if (parts.heads <= 0)
      return makeStacked();
    return makeStandard() || makeSplit() || makeContrib();
  }

private:
  const Facts &facts() const { return editor.facts; }
  HeadLayout layout() const { return HeadLayout(facts(), parts); }
  int64_t hidden() const { return parts.heads * parts.size; }
  Expr dim(Value of, unsigned axis) const { return facts().of(of).dim(axis); }

  Value columns(const HeadColumns &part, Operation *before) {
    auto ints = [&](int64_t number) { return editor.addInts(before, number, "attention_columns"); };
    return editor.addNode(
        before, "Slice",
        {part.whole, ints(part.index * hidden()), ints((part.index + 1) * hidden()), ints(2)},
        "attention_heads");
  }

  /// The Transpose that joins the heads and, where it is alone, the Reshape after
  /// it, whose sizes are known.
  void findJoin() {
    if (!parts.last->hasOneUse())
      return;
    Operation *transpose = *parts.last->user_begin();
    if (!isNamed(transpose, "Transpose") || transpose->getBlock() != parts.last->getBlock() ||
        permutationOf(transpose, facts()) != (flat ? Perm{1, 0, 2} : Perm{0, 2, 1, 3}) ||
        !editor.rewrite.mayChange(loggedName(transpose)))
      return;
    join = transpose;
    Operation *next = transpose->hasOneUse() ? *transpose->user_begin() : nullptr;
    if (next && isNamed(next, "Reshape") && next->getOperand(0) == transpose->getResult(0) &&
        next->getBlock() == transpose->getBlock() && editor.rewrite.mayChange(loggedName(next)))
      reshape = next;
  }

  /// Whether the Reshape makes [batch, length, heads * size].
  bool joinsHeads() const {
    if (!reshape || flat)
      return false;
    Value from = join->getResult(0), to = reshape->getResult(0);
    return facts().rank(to) == 3 && dim(to, 2).is(hidden()) && dim(to, 0) == dim(from, 0) &&
           dim(to, 1) == dim(from, 1);
  }

  MaskShape maskShape(const HeadTensor &q) const {
    unsigned heads = flat ? 0 : 1;
    auto axis = [&](const HeadTensor &tensor) { return tensor.lengthFirst ? heads : heads + 1; };
    return {q.value,     key.value, axis(q), axis(key), flat ? Expr(1) : dim(q.value, 0),
            parts.heads, flat};
  }

  mlir::NamedAttribute attribute(StringRef name, int64_t number) const {
    mlir::Builder b(parts.last->getContext());
    return b.getNamedAttr(name, b.getI64IntegerAttr(number));
  }
  mlir::NamedAttribute scale() const {
    mlir::Builder b(parts.last->getContext());
    return b.getNamedAttr("scale", b.getF32FloatAttr(static_cast<float>(parts.scale)));
  }

  /// Attention of [batch, length, heads * size].
  bool makeStandard() {
    Value q = layout().sourceOf(query), k = layout().sourceOf(key), v = layout().sourceOf(value);
    if (opsetOf(parts.last) < 23 || !q || !k || !v || !joinsHeads() ||
        !canMakeMask(editor, parts, maskShape(query)))
      return false;
    llvm::SmallVector<Value> operands{q, k, v};
    if (Value mask = makeMask(editor, parts, maskShape(query), reshape))
      operands.push_back(mask);
    editor.replaceByNode(
        reshape, "", "Attention", operands,
        {attribute("q_num_heads", parts.heads), attribute("kv_num_heads", parts.heads), scale()});
    return true;
  }

  /// Attention of [batch, heads, length, size]. A runtime that knows attention in
  /// parts takes transposes around it along; a single op would leave them.
  bool makeSplit() {
    if (opsetOf(parts.last) < 23 || flat || parts.key.lengthFirst || query.lengthFirst ||
        key.lengthFirst || value.lengthFirst || join ||
        !canMakeMask(editor, parts, maskShape(query)))
      return false;
    llvm::SmallVector<Value> operands{parts.query.value, parts.key.value, parts.value.value};
    if (Value mask = makeMask(editor, parts, maskShape(query), parts.last))
      operands.push_back(mask);
    editor.replaceByNode(parts.last, "", "Attention", operands, scale());
    return true;
  }

  Value addReshape(Value of, llvm::ArrayRef<int64_t> sizes, Operation *before) {
    return editor.addNode(before, "Reshape", {of, editor.addInts(before, sizes, "attention_shape")},
                          "attention_heads");
  }
  /// One that stands in front of `before`, as for a cache that is an output, serves.
  Value addTranspose(Value of, llvm::ArrayRef<int64_t> perm, Operation *before) {
    for (Operation *user : of.getUsers())
      if (isNamed(user, "Transpose") && user->getBlock() == before->getBlock() &&
          user->isBeforeInBlock(before) && permutationOf(user, facts()) == perm.vec())
        return user->getResult(0);
    mlir::Builder b(before->getContext());
    return editor.addNode(before, "Transpose", of, "attention_heads",
                          b.getNamedAttr("perm", b.getDenseI64ArrayAttr(perm)));
  }

  /// [batch, length, heads * size]; of rank 3, batch and heads are all heads of one
  /// batch, which computes the same.
  Value packed(const HeadTensor &tensor, Operation *before) {
    if (Value source = layout().sourceOf(tensor))
      return source;
    if (auto part = layout().columnsOf(tensor))
      return columns(*part, before);
    Value at = tensor.value;
    if (!tensor.lengthFirst)
      at = addTranspose(at, flat ? Perm{1, 0, 2} : Perm{0, 2, 1, 3}, before);
    else if (Operation *op = at.getDefiningOp(); flat && op && isNamed(op, "Reshape"))
      at = op->getOperand(0); // a Reshape of it does as well
    return addReshape(at, flat ? Perm{1, -1, hidden()} : Perm{0, 0, hidden()}, before);
  }

  /// [batch, heads, length, size]
  Value split(const HeadTensor &tensor, Operation *before) {
    Value at = tensor.value;
    if (tensor.lengthFirst)
      at = addTranspose(at, flat ? Perm{1, 0, 2} : Perm{0, 2, 1, 3}, before);
    return flat ? addReshape(at, {1, parts.heads, -1, parts.size}, before) : at;
  }

  /// Whether [batch, length, heads, size] needs no node to become packed, or less
  /// than it needs now; of rank 3, only one that moves nothing.
  bool packsFreely(const HeadTensor &tensor) const {
    return flat ? tensor.lengthFirst : layout().sourceOf(tensor) || layout().columnsOf(tensor);
  }

  bool makeContrib() {
    if (!join || !canMakeMask(editor, parts, maskShape(query)))
      return false;
    Operation *before = parts.last;
    Value q = packed(query, before), k, v;
    if (packsFreely(key) && packsFreely(value)) {
      k = packed(key, before);
      v = packed(value, before);
    } else {
      k = split(parts.key, before);
      v = split(parts.value, before);
    }
    // A triangle of all queries and keys is the op's own, which reads nothing.
    MaskShape sizes = maskShape(query);
    bool causal = dim(sizes.queries, sizes.queryAxis) == dim(sizes.keys, sizes.keyAxis) &&
                  isCausal(editor, parts);
    Value mask = causal ? Value() : makeMask(editor, parts, sizes, before);
    llvm::SmallVector<Value> operands = contribOperands(q, k, v, mask);
    llvm::SmallVector<mlir::NamedAttribute> attributes{attribute("num_heads", parts.heads),
                                                       scale()};
    if (causal)
      attributes.push_back(attribute("unidirectional", 1));
    if (joinsHeads()) {
      editor.replaceByNode(reshape, "com.microsoft", "MultiHeadAttention", operands, attributes);
      return true;
    }
    Value made = editor.addNode(before, "com.microsoft.MultiHeadAttention", operands, "attention",
                                attributes);
    takeJoined(made,
               flat ? Perm{-1, parts.heads, parts.size} : Perm{0, 0, parts.heads, parts.size});
    return true;
  }

  llvm::SmallVector<Value> contribOperands(Value q, Value k, Value v, Value mask) {
    requireDomain(*editor.rewrite.model.module, "com.microsoft", 1);
    llvm::SmallVector<Value> operands{q, k, v};
    if (!mask)
      return operands;
    mlir::OpBuilder b(parts.last);
    Value absent = addAbsent(b);
    editor.facts.visit(*absent.getDefiningOp());
    operands.append({absent, absent, mask});
    return operands;
  }

  /// `made` takes the place of what the Transpose joins, whose elements it has in
  /// the same order. A 0 of the Reshape behind would be a dim of what is reshaped.
  void takeJoined(Value made, llvm::ArrayRef<int64_t> sizes) {
    auto target = reshape ? facts().ints(reshape->getOperand(1)) : std::nullopt;
    if (target && !llvm::is_contained(*target, 0)) {
      editor.rewrite.ops.push_back(loggedName(parts.last));
      editor.setOperand(reshape, 0, made);
      return;
    }
    editor.replaceByNode(join, "", "Reshape",
                         {made, editor.addInts(join, sizes, "attention_shape")});
  }

  /// Of a batch of unknown size. As many transposes as before lie around the op.
  bool makeStacked() {
    Value q = layout().stackedSource(query), k = layout().stackedSource(key),
          v = layout().stackedSource(value);
    if (!join || !q || !k || !v || !(dim(q, 1) == dim(k, 1)) || !(dim(q, 1) == dim(v, 1)) ||
        facts().dim(k, 2) != facts().dim(q, 2) || facts().dim(v, 2) != facts().dim(q, 2))
      return false;
    parts.heads = facts().dim(q, 2) / parts.size;
    for (MaskTerm &term : parts.masks)
      if (auto split = splitMask(editor, term, parts.heads))
        term = *split;
      else
        return false;
    MaskShape sizes{q, k, 0, 0, dim(q, 1), parts.heads, /*flat=*/false};
    if (!canMakeMask(editor, parts, sizes))
      return false;
    Operation *before = parts.last;
    Value mask = makeMask(editor, parts, sizes, before);
    const Perm batchFirst{1, 0, 2};
    llvm::SmallVector<Value> operands =
        contribOperands(addTranspose(q, batchFirst, before), addTranspose(k, batchFirst, before),
                        addTranspose(v, batchFirst, before), mask);
    Value made = editor.addNode(before, "com.microsoft.MultiHeadAttention", operands, "attention",
                                {attribute("num_heads", parts.heads), scale()});
    takeJoined(addTranspose(made, batchFirst, join), {0, -1, parts.size});
    return true;
  }

  Editor &editor;
  AttentionParts parts;
  bool flat = false;
  HeadTensor query, key, value; // with the length first where a transpose split them
  Operation *join = nullptr, *reshape = nullptr;
};

} // namespace

void energyopt::fuseAttention(Rewrite &rewrite) {
  Editor editor(rewrite);
  AttentionFuser fuser(editor);
  editor.forEachNode([&](Operation *op) { return fuser.tryAt(op); });
}
