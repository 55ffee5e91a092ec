//===- OpsetForms.cpp - Old forms of ops made new -------------------------===//
//
// Source of every row: ONNX Changelog.md.
//
//===----------------------------------------------------------------------===//

#include "Cost/OpsetForms.h"

#include "llvm/ADT/STLExtras.h"

#include <limits>

using namespace energyopt;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// Makes `value` operand `index`; absent ones in between are filled up.
static void setOperand(OpView &op, unsigned index, ValueInfo value) {
  while (op.inputs.size() <= index) {
    op.normalized.push_back(ValueInfo::none());
    op.inputs.push_back(&op.normalized.back());
  }
  op.normalized.push_back(std::move(value));
  op.inputs[index] = &op.normalized.back();
}

/// A constant vector, or a scalar.
static ValueInfo constantOperand(DType type, TensorData data, bool scalar = false) {
  ValueInfo value = ValueInfo::tensor(type, Shape{});
  if (!scalar)
    value.shape->push_back(static_cast<int64_t>(data.size()));
  value.isParameter = true;
  value.data = std::make_shared<const TensorData>(std::move(data));
  return value;
}

static ValueInfo constantOperand(llvm::ArrayRef<int64_t> values) {
  return constantOperand(DType::I64, TensorData(values.begin(), values.end()));
}

//===----------------------------------------------------------------------===//
// Attributes that became operands
//===----------------------------------------------------------------------===//

namespace {
enum class Operand : uint8_t {
  Ints,   // int64 vector
  Int,    // int64 vector of one
  Float,  // scalar of input 0's type
  Floats, // float32 vector
};
struct MovedAttribute {
  llvm::StringLiteral op; // without "onnx."
  llvm::StringLiteral attribute;
  unsigned operand;
  Operand kind;
};
} // namespace

/// Sorted by op. None of the names came back with another meaning, so a row
/// holds whatever the opset: files exist that keep the attribute under a later
/// one.
static constexpr MovedAttribute kMoved[] = {
    {"Clip", "max", 2, Operand::Float},
    {"Clip", "min", 1, Operand::Float},
    {"Dropout", "ratio", 1, Operand::Float},
    {"Pad", "paddings", 1, Operand::Ints},
    {"Pad", "pads", 1, Operand::Ints},
    {"Pad", "value", 2, Operand::Float},
    {"ReduceL1", "axes", 1, Operand::Ints},
    {"ReduceL2", "axes", 1, Operand::Ints},
    {"ReduceLogSum", "axes", 1, Operand::Ints},
    {"ReduceLogSumExp", "axes", 1, Operand::Ints},
    {"ReduceMax", "axes", 1, Operand::Ints},
    {"ReduceMean", "axes", 1, Operand::Ints},
    {"ReduceMin", "axes", 1, Operand::Ints},
    {"ReduceProd", "axes", 1, Operand::Ints},
    {"ReduceSum", "axes", 1, Operand::Ints},
    {"ReduceSumSquare", "axes", 1, Operand::Ints},
    {"Reshape", "shape", 1, Operand::Ints},
    {"Slice", "axes", 3, Operand::Ints},
    {"Slice", "ends", 2, Operand::Ints},
    {"Slice", "starts", 1, Operand::Ints},
    {"Split", "split", 1, Operand::Ints},
    {"Squeeze", "axes", 1, Operand::Ints},
    {"TopK", "k", 1, Operand::Int},
    {"Unsqueeze", "axes", 1, Operand::Ints},
    {"Upsample", "scales", 1, Operand::Floats},
};

static void moveAttribute(OpView &op, const MovedAttribute &moved) {
  auto value = op.attr(moved.attribute);
  if (!value || op.has(moved.operand))
    return;
  switch (moved.kind) {
  case Operand::Ints:
    if (auto ints = op.intsAttr(moved.attribute))
      setOperand(op, moved.operand, constantOperand(*ints));
    return;
  case Operand::Int:
    setOperand(op, moved.operand, constantOperand({op.intAttr(moved.attribute, 0)}));
    return;
  case Operand::Float:
    if (op.has(0))
      setOperand(op, moved.operand,
                 constantOperand(op.in(0).dtype, {Scalar(op.floatAttr(moved.attribute, 0))},
                                 /*scalar=*/true));
    return;
  case Operand::Floats:
    setOperand(op, moved.operand,
               constantOperand(DType::F32, TensorData(value->floats.begin(), value->floats.end())));
    return;
  }
}

//===----------------------------------------------------------------------===//
// Forms that differ by more
//===----------------------------------------------------------------------===//

/// Later than any opset: for forms that the attributes themselves tell.
constexpr int64_t kAny = std::numeric_limits<int64_t>::max();

/// Before opset 7 the second operand was aligned at `axis`: its dims are
/// followed by ones up to the first operand's rank.
static void alignAtAxis(OpView &op, int64_t axis) {
  if (!op.ranked(0) || !op.ranked(1))
    return;
  int64_t rank = op.in(0).rank(), own = op.in(1).rank();
  if (axis < 0)
    axis += rank;
  if (axis < 0 || axis >= rank - own)
    return;
  int64_t trailing = rank - axis - own;
  ValueInfo aligned = op.in(1);
  aligned.data = op.data(1);
  aligned.shape->append(trailing, Expr(1));
  setOperand(op, 1, std::move(aligned));
}

static void legacyBroadcast(OpView &op) {
  if (op.intAttr("broadcast", 0) && op.hasAttr("axis"))
    alignAtAxis(op, op.intAttr("axis", 0));
}

/// Slopes were one per channel, which is axis 1.
static void legacyPRelu(OpView &op) {
  if (op.ranked(1) && op.in(1).rank() == 1 && !op.in(1).dim(0).is(1))
    alignAtAxis(op, 1);
}

/// Tile-1 repeats one axis: (input, tiles, axis).
static void legacyTile(OpView &op) {
  if (!op.has(2) || !op.ranked(0))
    return;
  int64_t rank = op.in(0).rank();
  TensorData repeats(rank, Scalar(1));
  auto axis = op.constIntData(2);
  auto tiles = op.data(1);
  bool known = axis && axis->size() == 1 && axis->front() >= -rank && axis->front() < rank;
  if (known)
    repeats[axis->front() + (axis->front() < 0 ? rank : 0)] =
        tiles && tiles->size() == 1 ? tiles->front() : Scalar();
  else
    repeats.assign(rank, Scalar());
  setOperand(op, 1, constantOperand(DType::I64, std::move(repeats)));
  op.inputs.resize(2);
}

/// Upsample-1 scaled the two spatial axes of an image.
static void legacyUpsample(OpView &op) {
  if (!op.hasAttr("height_scale") || op.has(1))
    return;
  double height = op.floatAttr("height_scale", 1), width = op.floatAttr("width_scale", 1);
  setOperand(op, 1,
             constantOperand(DType::F32, {Scalar(1), Scalar(1), Scalar(height), Scalar(width)}));
}

/// Crop cuts the borders (left, top, right, bottom) of an image, or keeps
/// `scale` pixels from left and top: a slice of axes 2 and 3.
static void cropAsSlice(OpView &op) {
  auto border = op.intsAttr("border");
  if (!border || border->size() != 4)
    return;
  int64_t starts[] = {(*border)[1], (*border)[0]}, ends[2];
  auto scale = op.intsAttr("scale");
  for (int i = 0; i < 2; ++i) {
    int64_t cut = (*border)[3 - i];
    ends[i] = cut ? -cut : std::numeric_limits<int64_t>::max();
    if (scale && scale->size() == 2)
      if (auto end = (Expr(starts[i]) + Expr((*scale)[i])).constant())
        ends[i] = *end;
  }
  setOperand(op, 1, constantOperand(starts));
  setOperand(op, 2, constantOperand(ends));
  setOperand(op, 3, constantOperand({2, 3}));
}

/// ConstantFill's shape: an attribute, the shape of its input or the contents
/// of it, and then perhaps more dims; as ConstantOfShape's operand.
static void fillShapeOperand(OpView &op) {
  TensorData dims;
  if (op.intAttr("input_as_shape", 0)) {
    auto contents = op.data(0);
    if (!contents)
      return;
    dims = *contents;
  } else if (op.ranked(0)) {
    dims.assign(op.in(0).shape->begin(), op.in(0).shape->end());
  } else if (auto shape = op.intsAttr("shape")) {
    dims.assign(shape->begin(), shape->end());
  }
  if (auto extra = op.intsAttr("extra_shape"))
    dims.insert(dims.end(), extra->begin(), extra->end());
  setOperand(op, 0, constantOperand(DType::I64, std::move(dims)));
}

namespace {
struct OldForm {
  llvm::StringLiteral op;
  int64_t last; // opset
  void (*renew)(OpView &op);
};
} // namespace

/// Sorted by op.
static constexpr OldForm kForms[] = {
    {"Add", kAny, legacyBroadcast},
    {"And", kAny, legacyBroadcast},
    {"ConstantFill", kAny, fillShapeOperand},
    {"Crop", kAny, cropAsSlice},
    {"Div", kAny, legacyBroadcast},
    {"Equal", kAny, legacyBroadcast},
    {"Greater", kAny, legacyBroadcast},
    {"Less", kAny, legacyBroadcast},
    {"Mul", kAny, legacyBroadcast},
    {"Or", kAny, legacyBroadcast},
    {"PRelu", 6, legacyPRelu},
    {"Pow", kAny, legacyBroadcast},
    {"Sub", kAny, legacyBroadcast},
    {"Tile", 5, legacyTile},
    {"Upsample", kAny, legacyUpsample},
    {"Xor", kAny, legacyBroadcast},
};

template <typename Row, size_t N> static constexpr bool isSorted(const Row (&rows)[N]) {
  for (size_t i = 1; i < N; ++i) {
    const char *a = rows[i - 1].op.data(), *b = rows[i].op.data();
    while (*a && *a == *b)
      ++a, ++b;
    if (*a > *b)
      return false;
  }
  return true;
}
static_assert(isSorted(kMoved) && isSorted(kForms), "rows must be sorted by op");

/// The rows of one op.
template <typename Row, size_t N>
static llvm::ArrayRef<Row> rowsOf(const Row (&rows)[N], StringRef op) {
  const Row *first = std::lower_bound(std::begin(rows), std::end(rows), op,
                                      [](const Row &row, StringRef op) { return row.op < op; });
  return llvm::ArrayRef<Row>(first, std::end(rows)).take_while([&](const Row &row) {
    return row.op == op;
  });
}

void energyopt::normalizeOpset(OpView &op) {
  StringRef name = op.name;
  if (!name.consume_front("onnx."))
    return;
  for (const MovedAttribute &row : rowsOf(kMoved, name))
    moveAttribute(op, row);
  for (const OldForm &row : rowsOf(kForms, name))
    if (op.opset <= row.last)
      row.renew(op);
}
