//===- Noop.cpp - Nodes, and pairs of nodes, that change nothing ----------===//

#include "Suggest/Editor.h"

#include "energy-opt/OnnxDialect.h"

#include <cmath>

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

static bool isOneOf(Operation *op, std::initializer_list<StringRef> names) {
  return op && llvm::any_of(names, [&](StringRef name) { return isNamed(op, name); });
}

/// The same elements in the same order, under another shape.
static bool isView(Operation *op) {
  return isOneOf(op, {"Reshape", "Flatten", "Squeeze", "Unsqueeze"});
}

/// The node that makes an operand, if it stands in the same graph.
static Operation *makerOf(Value value, Operation *user) {
  Operation *def = value.getDefiningOp();
  return def && def->getBlock() == user->getBlock() ? def : nullptr;
}

//===----------------------------------------------------------------------===//
// Single nodes
//===----------------------------------------------------------------------===//

static bool all(const std::optional<std::vector<int64_t>> &values, int64_t expected) {
  return values && llvm::all_of(*values, [&](int64_t value) { return value == expected; });
}

/// Of a node whose result has the type of its first operand: whether it holds
/// the same elements, too.
static bool keepsElements(Operation *op, const Facts &facts) {
  if (isView(op) || isOneOf(op, {"Expand", "Cast", "CastLike"}))
    return true;
  ViewedOp viewed = facts.view(op);
  const OpView &view = viewed.view;
  if (isNamed(op, "Tile"))
    return all(view.constIntData(1), 1);
  if (isNamed(op, "Pad"))
    return all(view.constIntData(1), 0);
  if (isNamed(op, "Slice"))
    return !view.has(4) || all(view.constIntData(4), 1);
  if (isNamed(op, "Transpose")) {
    auto perm = permutationOf(op, facts);
    return perm && llvm::is_sorted(*perm);
  }
  return false;
}

static bool allAre(Value value, double expected, const Facts &facts) {
  auto data = facts.contents(value);
  return data && !data->empty() && llvm::all_of(*data, [&](const Scalar &element) {
           double number = *element.asFloat();
           return number == expected && std::signbit(number) == std::signbit(expected);
         });
}

/// The operand that an op with a neutral element hands on. x + 0 is not among
/// them for floats: it is 0 where x is -0.
static Value neutralOperand(Operation *op, const Facts &facts) {
  struct Neutral {
    StringRef op;
    double element;
    bool commutes, floats;
  };
  static constexpr Neutral kNeutral[] = {
      {"Mul", 1, true, true},  {"Div", 1, false, true}, {"Add", 0, true, false},
      {"Sub", 0, false, true}, {"Pow", 1, false, true}, {"And", 1, true, false},
      {"Or", 0, true, false},
  };
  if (op->getNumOperands() != 2 || opsetOf(op) < 7)
    return {};
  for (const Neutral &neutral : kNeutral) {
    if (!isNamed(op, neutral.op) || (isFloat(facts.dtype(op->getOperand(0))) && !neutral.floats))
      continue;
    for (unsigned i : {1, 0}) {
      Value element = op->getOperand(i), kept = op->getOperand(1 - i);
      // The scale of a normalization is part of it.
      bool scales = isOneOf(kept.getDefiningOp(), {"Div", "Mul"}) && facts.rank(element) == 1;
      if ((i == 1 || neutral.commutes) && !scales && allAre(element, neutral.element, facts))
        return kept;
    }
  }
  return {};
}

/// The operand that has the value of the result in every run.
static Value unchanged(Operation *op, const Facts &facts) {
  if (op->getNumOperands() == 0)
    return {};
  Value result = op->getResult(0);
  if (facts.sameType(op->getOperand(0), result) && keepsElements(op, facts))
    return op->getOperand(0);
  Value neutral = neutralOperand(op, facts);
  return neutral && facts.sameType(neutral, result) ? neutral : Value();
}

//===----------------------------------------------------------------------===//
// Pairs
//===----------------------------------------------------------------------===//

/// Whether every value of `from` has its own in `to`.
static bool isLossless(DType from, DType to) {
  if (from == to)
    return true;
  auto mantissa = [](DType type) -> unsigned {
    switch (type) {
    case DType::F64:
      return 53;
    case DType::F32:
      return 24;
    default:
      return 0;
    }
  };
  if (from == DType::Bool)
    return isInteger(to) || mantissa(to);
  if (from == DType::F16 || from == DType::BF16 || from == DType::F32)
    return mantissa(to) > mantissa(from);
  if (!isInteger(from))
    return false;
  bool isUnsigned = name(from).starts_with("u");
  if (mantissa(to))
    return bitWidth(from) <= mantissa(to);
  bool toUnsigned = name(to).starts_with("u");
  return isInteger(to) && (isUnsigned || !toUnsigned) &&
         bitWidth(from) < bitWidth(to) + (isUnsigned == toUnsigned);
}

/// f(f(x)) = f(x), or f(f(x)) = x.
static Value repeated(Operation *op, Operation *inner) {
  if (op->getName() != inner->getName() || op->getNumOperands() != 1)
    return {};
  if (isOneOf(op, {"Relu", "Abs", "Ceil", "Floor", "Round", "Sign"}))
    return inner->getResult(0);
  return isOneOf(op, {"Neg", "Not"}) ? inner->getOperand(0) : Value();
}

/// What a pair of nodes gives back.
static Value undone(Operation *op, Operation *inner, const Facts &facts) {
  if (inner->getNumOperands() == 0)
    return {};
  Value source = inner->getOperand(0), result = op->getResult(0);
  if (isView(op) && isView(inner) && facts.sameType(source, result))
    return source;
  if (isNamed(op, "Cast") && isNamed(inner, "Cast") && facts.dtype(source) == facts.dtype(result) &&
      facts.dtype(source) != DType::Undefined &&
      isLossless(facts.dtype(source), facts.dtype(inner->getResult(0))))
    return source;
  return repeated(op, inner);
}

/// Transpose(Transpose(x)): one, or none.
static bool mergeTransposes(Operation *op, Operation *inner, Editor &editor) {
  if (!isNamed(op, "Transpose") || !isNamed(inner, "Transpose"))
    return false;
  auto outer = permutationOf(op, editor.facts), first = permutationOf(inner, editor.facts);
  if (!outer || !first || outer->size() != first->size())
    return false;
  Value source = inner->getOperand(0);
  std::vector<int64_t> perm;
  for (int64_t axis : *outer)
    perm.push_back((*first)[axis]);
  if (llvm::is_sorted(perm)) {
    if (!editor.canReplace(op, source))
      return false;
    editor.replace(op, source);
    return true;
  }
  // A transpose that stays for others would not be spared.
  if (!editor.onlyMaker(op->getOperand(0), "Transpose", op))
    return false;
  mlir::Builder b(op->getContext());
  editor.replaceByNode(op, "", "Transpose", source,
                       b.getNamedAttr("perm", b.getDenseI64ArrayAttr(perm)));
  return true;
}

/// Reshape of a view, and Cast after a lossless Cast: the first has no effect.
static bool skipFirst(Operation *op, Operation *inner, Editor &editor) {
  const Facts &facts = editor.facts;
  if (inner->getNumOperands() == 0 || inner->getNumResults() != 1 || !inner->hasOneUse() ||
      !editor.rewrite.mayChange(loggedName(inner)))
    return false;
  Value source = inner->getOperand(0);
  bool skips = false;
  if (isNamed(op, "Cast") && isNamed(inner, "Cast")) {
    skips = facts.dtype(source) != DType::Undefined &&
            isLossless(facts.dtype(source), facts.dtype(inner->getResult(0)));
  } else if (isNamed(op, "Reshape") && isView(inner) && opsetOf(op) >= 5) {
    // An entry of 0 copies a dim of the operand.
    auto shape = facts.ints(op->getOperand(1));
    skips = shape && (!llvm::is_contained(*shape, 0) || intAttr(op, "allowzero", 0) != 0);
  }
  if (!skips)
    return false;
  editor.rewrite.ops.push_back(loggedName(inner));
  editor.setOperand(op, 0, source);
  return true;
}

static std::optional<int64_t> axisOf(Operation *op, int64_t fallback, const Facts &facts) {
  int64_t axis = intAttr(op, "axis", fallback), rank = facts.rank(op->getOperand(0));
  if (rank < 0)
    return std::nullopt;
  return axis < 0 ? axis + rank : axis;
}

/// Concat of all that a Split made.
static Value splitSource(Operation *op, const Facts &facts) {
  if (!isNamed(op, "Concat"))
    return {};
  Operation *split = makerOf(op->getOperand(0), op);
  if (!split || !isNamed(split, "Split") || split->getNumResults() != op->getNumOperands() ||
      axisOf(op, 0, facts) != axisOf(split, 0, facts) || !axisOf(op, 0, facts))
    return {};
  for (auto [operand, result] : llvm::zip_equal(op->getOperands(), split->getResults()))
    if (operand != result)
      return {};
  return split->getOperand(0);
}

static bool simplify(Operation *op, Editor &editor) {
  if (op->getNumResults() == 0 || op->getNumRegions() > 0 || op->getNumOperands() == 0)
    return false;
  auto take = [&](Value value) {
    if (!value || !editor.canReplace(op, value))
      return false;
    editor.replace(op, value);
    return true;
  };
  if (take(unchanged(op, editor.facts)) || take(splitSource(op, editor.facts)))
    return true;
  Operation *inner = makerOf(op->getOperand(0), op);
  return inner && (take(undone(op, inner, editor.facts)) || mergeTransposes(op, inner, editor) ||
                   skipFirst(op, inner, editor));
}

void energyopt::removeNoops(Rewrite &rewrite) {
  Editor editor(rewrite);
  editor.forEachNode([&](Operation *op) { return simplify(op, editor); });
}
