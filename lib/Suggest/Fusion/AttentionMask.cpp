//===- AttentionMask.cpp - Masks as fused attention takes them ------------===//
//
// A fused op adds a tensor of the full size of the last two dims of the scores.
// Masks of lower rank get more dims, those that broadcast are expanded, and a
// condition becomes 0 or a number so low that no weight is left.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Fusion/AttentionParts.h"

#include <cmath>
#include <limits>

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

/// From here down, a score that is filled in weighs nothing beside one that is
/// not: e^-9000 is 0 in float32.
static constexpr double kLeastFill = -1e4;

/// Whether a condition is `expected` in the first column of every row: of a
/// constant, and slices of it that start there.
static bool firstColumnIs(const Editor &editor, Value condition, bool expected) {
  const Facts &facts = editor.facts;
  int64_t rank = facts.rank(condition);
  while (Operation *op = condition.getDefiningOp()) {
    if (!isNamed(op, "Slice"))
      break;
    auto axes = op->getNumOperands() > 3 ? facts.ints(op->getOperand(3)) : std::nullopt;
    auto steps = op->getNumOperands() > 4 ? facts.ints(op->getOperand(4)) : std::nullopt;
    if (!axes || (op->getNumOperands() > 4 && !steps))
      return false;
    for (auto [i, axis] : llvm::enumerate(*axes)) {
      if (axis != -1 && axis != rank - 1)
        continue;
      auto starts = facts.ints(op->getOperand(1));
      if (!starts || (*starts)[i] != 0 || (steps && (*steps)[i] < 1))
        return false;
    }
    condition = op->getOperand(0);
  }
  std::optional<WeightRef> ref = constantOf(condition.getDefiningOp());
  int64_t columns = facts.dim(condition, -1);
  if (!ref || rank < 1 || facts.dtype(condition) != DType::Bool || columns < 1)
    return false;
  auto read = bytesOf(editor.rewrite, *ref);
  if (!read)
    return false;
  llvm::ArrayRef<uint8_t> bytes = read->get();
  for (size_t i = 0; i < bytes.size(); i += columns)
    if ((bytes[i] != 0) != expected)
      return false;
  return !bytes.empty();
}

/// Rows of which nothing is left have other contents after a finite fill: no row
/// may be such.
static bool canFill(const Editor &editor, const AttentionParts &parts, const MaskTerm &term) {
  if (std::isinf(term.fill))
    return true;
  return term.fill <= kLeastFill && parts.masks.size() == 1 &&
         firstColumnIs(editor, term.mask, term.keepsTrue);
}

bool energyopt::isCausal(const Editor &editor, const AttentionParts &parts) {
  if (parts.masks.size() != 1 || !parts.masks[0].isCondition)
    return false;
  const MaskTerm &term = parts.masks[0];
  std::optional<WeightRef> ref = constantOf(term.mask.getDefiningOp());
  int64_t length = editor.facts.dim(term.mask, -1);
  if (!ref || editor.facts.dtype(term.mask) != DType::Bool || term.fill > kLeastFill ||
      length < 1 || editor.facts.dim(term.mask, -2) != length)
    return false;
  auto read = bytesOf(editor.rewrite, *ref);
  if (!read)
    return false;
  llvm::ArrayRef<uint8_t> bytes = read->get();
  if (bytes.size() != static_cast<size_t>(length * length))
    return false;
  for (int64_t row = 0; row < length; ++row)
    for (int64_t column = 0; column < length; ++column)
      if ((bytes[row * length + column] != 0) != ((column <= row) == term.keepsTrue))
        return false;
  return true;
}

/// Whether all elements are known to be 0, of whatever shape they are.
static bool isZeros(const Editor &editor, Value value) {
  if (editor.facts.isScalar(value, 0))
    return true;
  Operation *op = value.getDefiningOp();
  if (!op || !isNamed(op, "ConstantOfShape"))
    return false;
  ViewedOp viewed = editor.facts.view(op);
  auto element = viewed.view.attrs->find("value");
  auto data = element ? element->tensor.data : nullptr;
  return !element || (data && data->size() == 1 && (*data)[0].asFloat() == 0.0);
}

/// A condition whose filling with minus infinity is added: Where(c, -inf, 0).
static std::optional<MaskTerm> asCondition(const Editor &editor, const MaskTerm &term) {
  if (term.isCondition)
    return term;
  Operation *where = term.mask.getDefiningOp();
  if (!where || !isNamed(where, "Where") ||
      !editor.facts.sameShape(where->getOperand(0), where->getResult(0)))
    return std::nullopt;
  for (unsigned low : {1, 2}) {
    auto fill = editor.facts.scalar(where->getOperand(low));
    if (fill && std::isinf(*fill) && *fill < 0 && isZeros(editor, where->getOperand(3 - low)))
      return MaskTerm{where->getOperand(0), true, low == 2, *fill, {}};
  }
  return std::nullopt;
}

std::optional<MaskTerm> energyopt::splitMask(const Editor &editor, const MaskTerm &term,
                                             int64_t heads) {
  const Facts &facts = editor.facts;
  auto dim = [&](Value value, unsigned axis) { return facts.of(value).dim(axis); };
  std::optional<MaskTerm> split = asCondition(editor, term);
  Operation *view = split ? split->mask.getDefiningOp() : nullptr;
  if (!view || !isNamed(view, "Reshape") || facts.rank(split->mask) != 3)
    return std::nullopt;
  Value joined = split->mask, apart = view->getOperand(0);
  if (facts.rank(apart) != 4 || !dim(apart, 1).is(heads) ||
      !(dim(joined, 0) == dim(apart, 0) * Expr(heads)) || !(dim(joined, 1) == dim(apart, 2)) ||
      !(dim(joined, 2) == dim(apart, 3)))
    return std::nullopt;
  // What is the same for all heads need not be repeated for each.
  if (Operation *expand = apart.getDefiningOp(); expand && isNamed(expand, "Expand"))
    if (Value small = expand->getOperand(0); facts.rank(small) == 4)
      apart = small;
  split->mask = apart;
  return split;
}

bool energyopt::canMakeMask(const Editor &editor, const AttentionParts &parts,
                            const MaskShape &shape) {
  const Facts &facts = editor.facts;
  for (const MaskTerm &term : parts.masks) {
    const ValueInfo &info = facts.of(term.mask);
    llvm::SmallVector<Expr> dims(term.as.begin(), term.as.end());
    if (dims.empty() && info.hasRank())
      dims.assign(info.shape->begin(), info.shape->end());
    int64_t rank = dims.size(), most = shape.flat ? 3 : 4;
    if (rank < 2 || rank > most ||
        (term.isCondition ? !canFill(editor, parts, term) : info.dtype != DType::F32))
      return false;
    // Dims in front of the last two are those of batch and heads, or 1.
    for (int64_t i = 0; i < rank - 2; ++i) {
      const Expr &dim = dims[i];
      bool ofBatch = most == 4 && rank == 4 && i == 0;
      if (!dim.is(1) && !(ofBatch ? dim == shape.batch : dim.is(shape.heads)))
        return false;
    }
  }
  return true;
}

namespace {

class MaskMaker {
public:
  MaskMaker(Editor &editor, const MaskShape &shape, Operation *before)
      : editor(editor), shape(shape), before(before) {}

  Value make(const MaskTerm &term) {
    Value mask = term.isCondition ? filled(term) : term.mask;
    return expanded(withRank4(term.as.empty() ? mask : seenAs(mask, term.as)));
  }

private:
  Facts &facts() { return editor.facts; }

  /// A node of an earlier attention that reads `value` as its operand `index`.
  Value earlier(Value value, StringRef name, llvm::function_ref<bool(Operation *)> fits) {
    for (Operation *user : value.getUsers())
      if (isNamed(user, name) && user->getBlock() == before->getBlock() &&
          user->isBeforeInBlock(before) && fits(user))
        return user->getResult(0);
    return {};
  }

  Value addFloat(float number, StringRef name) {
    mlir::OpBuilder b(before);
    Value made =
        addConstant(b, editor.rewrite.weights(), mlir::RankedTensorType::get({}, b.getF32Type()),
                    llvm::ArrayRef<float>(number), name);
    facts().visit(*made.getDefiningOp());
    return made;
  }

  Value filled(const MaskTerm &term) {
    float fill = std::isinf(term.fill) ? -std::numeric_limits<float>::infinity()
                                       : std::numeric_limits<float>::lowest();
    double ofTrue = term.keepsTrue ? 0 : fill, ofFalse = term.keepsTrue ? fill : 0;
    if (Value found = earlier(term.mask, "Where", [&](Operation *op) {
          auto yes = facts().scalar(op->getOperand(1)), no = facts().scalar(op->getOperand(2));
          return op->getOperand(0) == term.mask && yes == ofTrue && no == ofFalse;
        }))
      return found;
    Value zero = addFloat(0, "attention_kept"), low = addFloat(fill, "attention_masked");
    return editor.addNode(before, "Where",
                          {term.mask, term.keepsTrue ? zero : low, term.keepsTrue ? low : zero},
                          "attention_mask");
  }

  Value seenAs(Value mask, llvm::ArrayRef<int64_t> sizes) {
    if (Value found = earlier(mask, "Reshape", [&](Operation *op) {
          return op->getOperand(0) == mask && facts().ints(op->getOperand(1)) == sizes.vec();
        }))
      return found;
    return editor.addNode(before, "Reshape",
                          {mask, editor.addInts(before, sizes, "attention_mask_shape")},
                          "attention_mask");
  }

  Value withRank4(Value mask) {
    std::vector<int64_t> axes;
    for (int64_t axis = 0; axis < 4 - facts().rank(mask); ++axis)
      axes.push_back(axis);
    if (axes.empty())
      return mask;
    if (Value found = earlier(mask, "Unsqueeze", [&](Operation *op) {
          return op->getNumOperands() == 2 && facts().ints(op->getOperand(1)) == axes;
        }))
      return found;
    return editor.addNode(before, "Unsqueeze",
                          {mask, editor.addInts(before, axes, "attention_mask_axes")},
                          "attention_mask");
  }

  /// [1]: a dim of `value`.
  Value sizeOf(Value value, unsigned axis) {
    mlir::Builder b(before->getContext());
    if (int64_t fixed = facts().dim(value, axis); fixed >= 0)
      return editor.addInts(before, fixed, "attention_length");
    if (opsetOf(before) >= 15)
      return editor.addNode(before, "Shape", value, "attention_length",
                            {b.getNamedAttr("end", b.getI64IntegerAttr(axis + 1)),
                             b.getNamedAttr("start", b.getI64IntegerAttr(axis))});
    Value all = editor.addNode(before, "Shape", value, "attention_shape");
    return editor.addNode(before, "Gather", {all, editor.addInts(before, axis, "attention_axis")},
                          "attention_length");
  }

  Value expanded(Value mask) {
    Expr rows = facts().of(shape.queries).dim(shape.queryAxis);
    Expr columns = facts().of(shape.keys).dim(shape.keyAxis);
    auto isFull = [&](Value value) {
      const ValueInfo &info = facts().of(value);
      return info.rank() == 4 && info.dim(2) == rows && info.dim(3) == columns;
    };
    if (isFull(mask))
      return mask;
    if (Value found = earlier(mask, "Expand", [&](Operation *op) {
          return op->getOperand(0) == mask && isFull(op->getResult(0)) &&
                 facts().of(op->getResult(0)).dim(0) == facts().of(mask).dim(0) &&
                 facts().of(op->getResult(0)).dim(1) == facts().of(mask).dim(1);
        }))
      return found;
    Value sizes;
    if (rows.isConstant() && columns.isConstant()) {
      sizes = editor.addInts(before, {1, 1, *rows.constant(), *columns.constant()},
                             "attention_mask_shape");
    } else {
      mlir::Builder b(before->getContext());
      Value ones = editor.addInts(before, {1, 1}, "attention_ones");
      Value first = sizeOf(shape.queries, shape.queryAxis);
      Value second = facts().of(mask).dim(3) == columns
                         ? editor.addInts(before, 1, "attention_length")
                         : sizeOf(shape.keys, shape.keyAxis);
      sizes = editor.addNode(before, "Concat", {ones, first, second}, "attention_mask_shape",
                             b.getNamedAttr("axis", b.getI64IntegerAttr(0)));
    }
    return editor.addNode(before, "Expand", {mask, sizes}, "attention_mask");
  }

  Editor &editor;
  const MaskShape &shape;
  Operation *before;
};

} // namespace

Value energyopt::makeMask(Editor &editor, const AttentionParts &parts, const MaskShape &shape,
                          Operation *before) {
  MaskMaker maker(editor, shape, before);
  Value all;
  for (const MaskTerm &term : parts.masks) {
    Value one = maker.make(term);
    all = all ? editor.addNode(before, "Add", {all, one}, "attention_mask") : one;
  }
  return all;
}
