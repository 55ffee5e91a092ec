//===- FuseRotary.cpp - Rotary embedding out of its parts -----------------===//
//
//   x * cos + Concat(-x[half:], x[:half]) * sin
//
// of x [batch, heads, length, size], with cosines and sines that are the same in
// both halves: ONNX Runtime's RotaryEmbedding, which takes one half of each as a
// table, from position 0 on.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Editor.h"

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

namespace {

using Ints = std::vector<int64_t>;

class RotaryFinder {
public:
  explicit RotaryFinder(Editor &editor) : editor(editor) {}

  bool tryAt(Operation *add) {
    if (!isNamed(add, "Add") || opsetOf(add) < 13 || facts().dtype(add->getResult(0)) != DType::F32)
      return false;
    for (unsigned i : {0, 1}) {
      inside.clear();
      if (match(add, add->getOperand(i), add->getOperand(1 - i)) && fits(add)) {
        fuse(add);
        return true;
      }
    }
    return false;
  }

private:
  const Facts &facts() const { return editor.facts; }

  bool match(Operation *add, Value straight, Value turned) {
    Operation *a = editor.onlyMaker(straight, "Mul", add),
              *b = editor.onlyMaker(turned, "Mul", add);
    if (!a || !b || a == b)
      return false;
    inside.append({a, b});
    for (unsigned i : {0, 1})
      if (Operation *turn = editor.onlyMaker(b->getOperand(i), "Concat", b); turn && isTurn(turn)) {
        sines = b->getOperand(1 - i);
        unsigned at = a->getOperand(0) == x ? 0 : 1;
        cosines = a->getOperand(1 - at);
        return a->getOperand(at) == x;
      }
    return false;
  }

  /// Concat(-x[half:], x[:half]): finds x.
  bool isTurn(Operation *concat) {
    int64_t axis = intAttr(concat, "axis", 0), rank = facts().rank(concat->getResult(0));
    Operation *neg = concat->getNumOperands() == 2
                         ? editor.onlyMaker(concat->getOperand(0), "Neg", concat)
                         : nullptr;
    if (!neg || rank != 4 || (axis != -1 && axis != 3))
      return false;
    Value second = neg->getOperand(0), first = concat->getOperand(1);
    Operation *high = second.getDefiningOp(), *low = first.getDefiningOp();
    if (!high || !low || high->getNumOperands() == 0 || low->getNumOperands() == 0)
      return false;
    x = high->getOperand(0);
    half = facts().dim(x, -1) / 2;
    if (low->getOperand(0) != x || half < 1 || facts().dim(x, -1) != 2 * half ||
        facts().dim(first, -1) != half || facts().dim(second, -1) != half)
      return false;
    inside.append({concat, neg, high});
    if (isNamed(high, "Split"))
      return high == low && high->getNumResults() == 2 && high->getResult(0) == first &&
             (intAttr(high, "axis", 0) == -1 || intAttr(high, "axis", 0) == 3);
    inside.push_back(low);
    return isSlice(low, 0) && isSlice(high, half);
  }

  /// Whether a Slice of half the size in the last axis alone starts at `start`.
  bool isSlice(Operation *op, int64_t start) const {
    if (!isNamed(op, "Slice") || op->getNumOperands() < 4)
      return false;
    auto starts = facts().ints(op->getOperand(1)), axes = facts().ints(op->getOperand(3));
    auto steps = op->getNumOperands() > 4 ? facts().ints(op->getOperand(4)) : Ints{1};
    int64_t at = starts && starts->size() == 1 ? (*starts)[0] : -1;
    if (starts && at < 0)
      at += 2 * half;
    return at == start && (axes == Ints{-1} || axes == Ints{3}) && steps == Ints{1};
  }

  /// Whether both halves of the last axis hold the same in every run.
  bool halvesAreEqual(Value angles) const {
    int64_t size = facts().dim(angles, -1);
    for (unsigned step = 0; step < kMaxSteps; ++step) {
      Operation *op = angles.getDefiningOp();
      if (!op || facts().dim(angles, -1) != size)
        return false;
      if (constantOf(op))
        return constantHalvesAreEqual(angles);
      if (isNamed(op, "Concat")) {
        int64_t axis = intAttr(op, "axis", 0);
        return op->getNumOperands() == 2 && op->getOperand(0) == op->getOperand(1) &&
               (axis == -1 || axis == facts().rank(angles) - 1);
      }
      bool scales = isNamed(op, "Mul") && facts().scalar(op->getOperand(1)).has_value();
      bool gathers = isNamed(op, "Gather") && intAttr(op, "axis", 0) == 0 &&
                     facts().rank(op->getOperand(0)) == 2;
      bool leavesLast = isNamed(op, "Unsqueeze") && op->getNumOperands() == 2 &&
                        facts().dim(op->getOperand(0), -1) == size && !addsLast(op);
      if (!scales && !gathers && !leavesLast && !isNamed(op, "Cos") && !isNamed(op, "Sin") &&
          !isNamed(op, "Cast"))
        return false;
      angles = op->getOperand(0);
    }
    return false;
  }

  bool addsLast(Operation *unsqueeze) const {
    auto axes = facts().ints(unsqueeze->getOperand(1));
    int64_t last = facts().rank(unsqueeze->getResult(0)) - 1;
    return !axes || llvm::any_of(*axes, [&](int64_t axis) { return axis == -1 || axis == last; });
  }

  bool constantHalvesAreEqual(Value table) const {
    auto read = bytesOf(editor.rewrite, *constantOf(table.getDefiningOp()));
    if (!read)
      return false;
    llvm::ArrayRef<uint8_t> bytes = read->get();
    size_t part = half * sizeof(float);
    if (facts().dtype(table) != DType::F32 || bytes.empty() || bytes.size() % (2 * part) != 0)
      return false;
    for (size_t i = 0; i < bytes.size(); i += 2 * part)
      if (bytes.slice(i, part) != bytes.slice(i + part, part))
        return false;
    return true;
  }

  /// Angles [length, size], but for dims of 1 in front; they broadcast nothing else.
  bool anglesFit(Value angles) const {
    const ValueInfo &info = facts().of(angles);
    int64_t rank = info.rank();
    if (rank < 2 || rank > 4 || info.dtype != DType::F32 || facts().dim(angles, -1) != 2 * half ||
        !(info.dim(rank - 2) == facts().of(x).dim(2)))
      return false;
    for (int64_t i = 0; i < rank - 2; ++i)
      if (!info.dim(i).is(1))
        return false;
    return halvesAreEqual(angles);
  }

  bool fits(Operation *add) const {
    return facts().sameType(x, add->getResult(0)) && facts().dim(x, 1) > 0 &&
           editor.isClosed(inside, add) && anglesFit(cosines) && anglesFit(sines);
  }

  /// The first half as a table [length, half]; that of an earlier rotation serves
  /// again.
  Value tableOf(Value angles, Operation *before) {
    auto isEarlier = [&](Operation *op) {
      return op->getBlock() == before->getBlock() && op->isBeforeInBlock(before);
    };
    for (Operation *slice : angles.getUsers()) {
      if (!isEarlier(slice) || slice->getOperand(0) != angles || !isSlice(slice, 0) ||
          facts().dim(slice->getResult(0), -1) != half)
        continue;
      for (Operation *reshape : slice->getUsers())
        if (isEarlier(reshape) && isNamed(reshape, "Reshape") &&
            facts().ints(reshape->getOperand(1)) == Ints{-1, half})
          return reshape->getResult(0);
    }
    Value first = editor.addNode(before, "Slice",
                                 {angles, editor.addInts(before, Ints{0}, "rotary_start"),
                                  editor.addInts(before, half, "rotary_end"),
                                  editor.addInts(before, Ints{-1}, "rotary_axis")},
                                 "rotary_half");
    return editor.addNode(before, "Reshape",
                          {first, editor.addInts(before, {-1, half}, "rotary_shape")},
                          "rotary_table");
  }

  /// [batch, length, heads * size] that a Reshape and a Transpose, which nothing
  /// else reads, made x of.
  Value packedSource() const {
    Operation *transpose = x.getDefiningOp();
    if (!transpose || !isNamed(transpose, "Transpose") ||
        permutationOf(transpose, facts()) != Ints{0, 2, 1, 3} ||
        !llvm::all_of(x.getUsers(),
                      [&](Operation *user) { return llvm::is_contained(inside, user); }))
      return {};
    Value parts = transpose->getOperand(0);
    Operation *reshape = parts.getDefiningOp();
    Value source = reshape && isNamed(reshape, "Reshape") ? reshape->getOperand(0) : Value();
    bool same = source && facts().rank(source) == 3 && facts().rank(parts) == 4 &&
                facts().dim(source, 2) == facts().dim(x, 1) * 2 * half &&
                facts().of(source).dim(0) == facts().of(parts).dim(0) &&
                facts().of(source).dim(1) == facts().of(parts).dim(1);
    return same ? source : Value();
  }

  void fuse(Operation *add) {
    requireDomain(*editor.rewrite.model.module, "com.microsoft", 1);
    mlir::Builder b(add->getContext());
    int64_t heads = facts().dim(x, 1);
    Value zero = editor.addInts(add, Ints{0}, "rotary_position");
    Value tables[] = {tableOf(cosines, add), tableOf(sines, add)};
    auto attribute = b.getNamedAttr("num_heads", b.getI64IntegerAttr(heads));
    Value source = packedSource();
    if (!source) {
      editor.replaceByNode(add, "com.microsoft", "RotaryEmbedding", {x, zero, tables[0], tables[1]},
                           attribute);
      return;
    }
    // The heads are split after it, so that attention may take them unsplit.
    Value turned = editor.addNode(add, "com.microsoft.RotaryEmbedding",
                                  {source, zero, tables[0], tables[1]}, "rotary", attribute);
    Value shape = editor.addInts(add, {0, 0, heads, 2 * half}, "rotary_heads");
    Value split = editor.addNode(add, "Reshape", {turned, shape}, "rotary_split");
    editor.replaceByNode(add, "", "Transpose", split,
                         b.getNamedAttr("perm", b.getDenseI64ArrayAttr({0, 2, 1, 3})));
  }

  static constexpr unsigned kMaxSteps = 8;
  Editor &editor;
  llvm::SmallVector<Operation *> inside;
  Value x, cosines, sines;
  int64_t half = 0;
};

} // namespace

void energyopt::fuseRotary(Rewrite &rewrite) {
  Editor editor(rewrite);
  RotaryFinder finder(editor);
  editor.forEachNode([&](Operation *op) { return finder.tryAt(op); });
}
