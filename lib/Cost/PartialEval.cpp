//===- PartialEval.cpp - Contents of small tensors ------------------------===//

#include "Cost/PartialEval.h"

#include "Cost/Families/Common.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace energyopt;
using llvm::ArrayRef;
using llvm::StringRef;

std::optional<llvm::SmallVector<int64_t, 4>> energyopt::constantDims(const ValueInfo &value) {
  if (!value.hasRank())
    return std::nullopt;
  llvm::SmallVector<int64_t, 4> dims;
  for (const Expr &dim : *value.shape) {
    auto c = dim.constant();
    if (!c || *c < 0)
      return std::nullopt;
    dims.push_back(*c);
  }
  return dims;
}

std::optional<llvm::SmallVector<int64_t, 4>> energyopt::smallShape(const ValueInfo &value) {
  auto dims = constantDims(value);
  if (!dims)
    return std::nullopt;
  // Beside a 0, the others must be small too: a reduction takes the 0 away.
  int64_t count = 1;
  for (int64_t dim : *dims)
    if (llvm::MulOverflow(count, std::max<int64_t>(dim, 1), count) || count > kMaxEvaluatedElements)
      return std::nullopt;
  return dims;
}

llvm::SmallVector<int64_t, 4> energyopt::rowMajorStrides(ArrayRef<int64_t> shape) {
  llvm::SmallVector<int64_t, 4> strides(shape.size(), 1);
  // Unsigned: where a size of 0 lets others be huge, the result is not used.
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = static_cast<int64_t>(static_cast<uint64_t>(strides[i]) * shape[i]);
  return strides;
}

std::vector<int64_t> energyopt::walkIndices(ArrayRef<int64_t> shape, ArrayRef<int64_t> strides,
                                            int64_t start) {
  if (llvm::is_contained(shape, 0))
    return {};
  std::vector<int64_t> indices = {start};
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    std::vector<int64_t> next;
    next.reserve(indices.size() * shape[axis]);
    for (int64_t base : indices)
      for (int64_t i = 0; i < shape[axis]; ++i)
        next.push_back(base + i * strides[axis]);
    indices = std::move(next);
  }
  return indices;
}

/// Strides of an operand of shape `own` seen as one of shape `wide`: 0 where it
/// is repeated.
static llvm::SmallVector<int64_t, 4> broadcastStrides(ArrayRef<int64_t> own,
                                                      ArrayRef<int64_t> wide) {
  auto strides = rowMajorStrides(own);
  llvm::SmallVector<int64_t, 4> result(wide.size(), 0);
  for (size_t i = 0; i < own.size(); ++i)
    if (own[i] != 1)
      result[wide.size() - own.size() + i] = strides[i];
  return result;
}

std::shared_ptr<const TensorData> energyopt::broadcastData(const OpView &op, unsigned input,
                                                           ArrayRef<int64_t> shape) {
  auto contents = op.data(input);
  if (!contents)
    return nullptr;
  auto own = constantDims(op.in(input));
  if (!own || own->size() > shape.size() ||
      !op.in(input).elements().is(static_cast<int64_t>(contents->size())))
    return nullptr;
  // The result may be declared as something that this operand does not fit.
  for (auto [mine, wide] : llvm::zip(*own, shape.take_back(own->size())))
    if (mine != 1 && mine != wide)
      return nullptr;
  auto result = std::make_shared<TensorData>();
  for (int64_t index : walkIndices(shape, broadcastStrides(*own, shape)))
    result->push_back((*contents)[index]);
  return result;
}

static StringRef bareName(StringRef name) {
  name.consume_front("onnx.");
  return name;
}

/// Type that the arithmetic of an op is done in; comparisons have their own.
static ScalarContext contextOf(StringRef name, const OpView &op) {
  DType operand = op.in(name == "Where" && op.numInputs() > 1 ? 1 : 0).dtype;
  ScalarContext context{op.outputs[0].dtype, !isFloat(operand)};
  context.fmod = name == "Mod" && op.intAttr("fmod", 0);
  return context;
}

/// Absent operands at the end or in the middle (Clip's min) do not take part,
/// nor does the operand that only gives CastLike its type.
static bool gatherOperands(StringRef name, const OpView &op, ArrayRef<int64_t> shape,
                           std::vector<std::shared_ptr<const TensorData>> &operands) {
  for (unsigned i = 0, e = name == "CastLike" ? 1 : op.numInputs(); i < e; ++i) {
    if (!op.has(i)) {
      operands.push_back(nullptr);
      continue;
    }
    operands.push_back(broadcastData(op, i, shape));
    if (!operands.back())
      return false;
  }
  return !operands.empty() && operands[0];
}

static Scalar evaluateAt(size_t element, StringRef name, ScalarFunction function,
                         ArrayRef<std::shared_ptr<const TensorData>> operands,
                         const ScalarContext &context) {
  llvm::SmallVector<Scalar, 3> args;
  for (const auto &operand : operands) {
    if (operand)
      args.push_back((*operand)[element]);
    else if (name == "Clip") // its minimum is absent: no effect
      args.push_back(args[0]);
  }
  if (name == "Cast" || name == "CastLike")
    return castScalar(args[0], context.type);
  return fitScalar(function(args, context), context.type);
}

static unsigned leastArguments(StringRef name) {
  return llvm::StringSwitch<unsigned>(name)
      .Case("Where", 3)
      .Cases("Add", "Sub", "Mul", "Div", "Mod", "Pow", 2)
      .Cases("And", "Or", "Xor", "Equal", "Greater", "Less", 2)
      .Cases("GreaterOrEqual", "LessOrEqual", "BitwiseAnd", "BitwiseOr", "BitwiseXor", 2)
      .Default(1);
}

std::shared_ptr<const TensorData> energyopt::evaluateElementwise(StringRef fullName,
                                                                 const OpView &op) {
  StringRef name = bareName(fullName);
  ScalarFunction function = scalarFunction(name);
  if (!function || op.outputs.empty())
    return nullptr;
  for (unsigned i = 0; i < leastArguments(name); ++i)
    if (!op.has(i)) // "Add(x, )"
      return nullptr;
  auto shape = smallShape(op.outputs[0]);
  std::vector<std::shared_ptr<const TensorData>> operands;
  if (!shape || !gatherOperands(name, op, *shape, operands))
    return nullptr;
  ScalarContext context = contextOf(name, op);
  auto result = std::make_shared<TensorData>();
  for (size_t i = 0, e = operands[0]->size(); i < e; ++i)
    result->push_back(evaluateAt(i, name, function, operands, context));
  return result;
}

void energyopt::evaluateElementwise(OpView &op) {
  if (!wants(op, 0))
    return;
  if (auto contents = evaluateElementwise(op.name, op))
    setData(op, 0, *contents);
}

namespace {
/// A reduction: each element goes through `before`, all are folded.
struct Reduction {
  enum Before { Plain, Square, Absolute } before;
  const char *function;
  bool root = false;
};
} // namespace

static std::optional<Reduction> reductionOf(StringRef name) {
  using R = Reduction;
  return llvm::StringSwitch<std::optional<Reduction>>(name)
      .Case("ReduceSum", R{R::Plain, "Sum"})
      .Case("ReduceProd", R{R::Plain, "Product"})
      .Case("ReduceMax", R{R::Plain, "Max"})
      .Case("ReduceMin", R{R::Plain, "Min"})
      .Case("ReduceMean", R{R::Plain, "Mean"})
      .Case("ReduceSumSquare", R{R::Square, "Sum"})
      .Case("ReduceL1", R{R::Absolute, "Sum"})
      .Case("ReduceL2", R{R::Square, "Sum", true})
      .Default(std::nullopt);
}

static Scalar prepare(const Reduction &reduction, const Scalar &element,
                      const ScalarContext &context) {
  switch (reduction.before) {
  case Reduction::Plain:
    return element;
  case Reduction::Square:
    return scalarFunction("Mul")({element, element}, context);
  case Reduction::Absolute:
    return scalarFunction("Abs")({element}, context);
  }
  return {};
}

/// Sizes and strides of the axes that are (or are not) among `axes`.
static void splitAxes(ArrayRef<int64_t> shape, ArrayRef<int64_t> axes, bool reduced,
                      llvm::SmallVectorImpl<int64_t> &sizes,
                      llvm::SmallVectorImpl<int64_t> &strides) {
  auto all = rowMajorStrides(shape);
  for (size_t i = 0; i < shape.size(); ++i)
    if (llvm::is_contained(axes, static_cast<int64_t>(i)) == reduced) {
      sizes.push_back(shape[i]);
      strides.push_back(all[i]);
    }
}

void energyopt::evaluateReduce(OpView &op, ArrayRef<int64_t> axes) {
  auto reduction = reductionOf(bareName(op.name));
  auto contents = op.data(0);
  if (!reduction || !contents || !wants(op, 0))
    return;
  auto shape = smallShape(op.in(0));
  if (!shape || !op.in(0).elements().is(static_cast<int64_t>(contents->size())))
    return;
  ScalarContext context{op.outputs[0].dtype, !isFloat(op.in(0).dtype)};
  llvm::SmallVector<int64_t, 4> keptSizes, keptStrides, sizes, strides;
  splitAxes(*shape, axes, false, keptSizes, keptStrides);
  splitAxes(*shape, axes, true, sizes, strides);
  TensorData result;
  for (int64_t start : walkIndices(keptSizes, keptStrides)) {
    llvm::SmallVector<Scalar, 8> elements;
    for (int64_t index : walkIndices(sizes, strides, start))
      elements.push_back(prepare(*reduction, (*contents)[index], context));
    if (elements.empty())
      return; // of an empty set: leave it to the runtime
    Scalar value = scalarFunction(reduction->function)(elements, context);
    if (reduction->root)
      value = scalarFunction("Sqrt")({value}, context);
    result.push_back(fitScalar(value, context.type));
  }
  setData(op, 0, std::move(result));
}

void energyopt::evaluateCumSum(OpView &op, int64_t axis, bool exclusive, bool reverse) {
  auto contents = op.data(0);
  auto shape = smallShape(op.in(0));
  if (!contents || !shape || !wants(op, 0))
    return;
  bool product = bareName(op.name) == "CumProd";
  ScalarFunction combine = scalarFunction(product ? "Mul" : "Add");
  ScalarContext context{op.outputs[0].dtype, !isFloat(op.in(0).dtype)};
  auto strides = rowMajorStrides(*shape);
  int64_t length = (*shape)[axis], step = strides[axis];
  // One start for every line along the axis.
  llvm::SmallVector<int64_t, 4> lines(*shape);
  lines[axis] = length ? 1 : 0;
  TensorData result(contents->size());
  for (int64_t start : walkIndices(lines, strides)) {
    Scalar sum(product ? 1 : 0);
    for (int64_t i = 0; i < length; ++i) {
      int64_t at = start + (reverse ? length - 1 - i : i) * step;
      Scalar next = fitScalar(combine({sum, (*contents)[at]}, context), context.type);
      result[at] = exclusive ? sum : next;
      sum = next;
    }
  }
  setData(op, 0, std::move(result));
}
