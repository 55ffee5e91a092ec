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
  const char *op; // without "onnx."
  int last;       // last opset with the attribute
  const char *attribute;
  unsigned operand;
  Operand kind;
};
} // namespace

/// Sorted by op.
static constexpr MovedAttribute kMoved[] = {
    {"Clip", 10, "max", 2, Operand::Float},
    {"Clip", 10, "min", 1, Operand::Float},
    {"Dropout", 11, "ratio", 1, Operand::Float},
    {"Pad", 1, "paddings", 1, Operand::Ints},
    {"Pad", 10, "pads", 1, Operand::Ints},
    {"Pad", 10, "value", 2, Operand::Float},
    {"ReduceL1", 17, "axes", 1, Operand::Ints},
    {"ReduceL2", 17, "axes", 1, Operand::Ints},
    {"ReduceLogSum", 17, "axes", 1, Operand::Ints},
    {"ReduceLogSumExp", 17, "axes", 1, Operand::Ints},
    {"ReduceMax", 17, "axes", 1, Operand::Ints},
    {"ReduceMean", 17, "axes", 1, Operand::Ints},
    {"ReduceMin", 17, "axes", 1, Operand::Ints},
    {"ReduceProd", 17, "axes", 1, Operand::Ints},
    {"ReduceSum", 12, "axes", 1, Operand::Ints},
    {"ReduceSumSquare", 17, "axes", 1, Operand::Ints},
    {"Reshape", 4, "shape", 1, Operand::Ints},
    {"Slice", 9, "axes", 3, Operand::Ints},
    {"Slice", 9, "ends", 2, Operand::Ints},
    {"Slice", 9, "starts", 1, Operand::Ints},
    {"Split", 12, "split", 1, Operand::Ints},
    {"Squeeze", 12, "axes", 1, Operand::Ints},
    {"TopK", 9, "k", 1, Operand::Int},
    {"Unsqueeze", 12, "axes", 1, Operand::Ints},
    {"Upsample", 8, "scales", 1, Operand::Floats},
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

/// Before opset 7 the second operand was aligned at `axis`: its dims are
/// followed by ones up to the first operand's rank.
static void alignAtAxis(OpView &op, int64_t axis) {
  if (!op.ranked(0) || !op.ranked(1))
    return;
  int64_t rank = op.in(0).rank(), own = op.in(1).rank();
  if (axis < 0)
    axis += rank;
  int64_t trailing = rank - axis - own;
  if (axis < 0 || trailing <= 0)
    return;
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

namespace {
struct OldForm {
  const char *op;
  int last;
  void (*renew)(OpView &op);
};
} // namespace

/// Sorted by op.
static constexpr OldForm kForms[] = {
    {"Add", 6, legacyBroadcast},     {"And", 6, legacyBroadcast},
    {"Crop", 9, cropAsSlice},        {"Div", 6, legacyBroadcast},
    {"Equal", 6, legacyBroadcast},   {"Greater", 6, legacyBroadcast},
    {"Less", 6, legacyBroadcast},    {"Mul", 6, legacyBroadcast},
    {"Or", 6, legacyBroadcast},      {"PRelu", 6, legacyPRelu},
    {"Pow", 6, legacyBroadcast},     {"Sub", 6, legacyBroadcast},
    {"Tile", 5, legacyTile},         {"Upsample", 6, legacyUpsample},
    {"Xor", 6, legacyBroadcast},
};

/// No form changed later than this.
constexpr int kLastOldForm = 17;

template <typename Row, size_t N> static constexpr bool isSorted(const Row (&rows)[N]) {
  for (size_t i = 1; i < N; ++i) {
    const char *a = rows[i - 1].op, *b = rows[i].op;
    while (*a && *a == *b)
      ++a, ++b;
    if (*a > *b || rows[i].last > kLastOldForm)
      return false;
  }
  return true;
}
static_assert(isSorted(kMoved) && isSorted(kForms), "rows must be sorted by op");

template <typename Row, size_t N>
static void forRowsOf(const Row (&rows)[N], StringRef op, int64_t opset,
                      llvm::function_ref<void(const Row &)> apply) {
  auto before = [](const Row &row, StringRef name) { return StringRef(row.op) < name; };
  for (const Row *row = std::lower_bound(std::begin(rows), std::end(rows), op, before);
       row != std::end(rows) && row->op == op; ++row)
    if (opset <= row->last)
      apply(*row);
}

void energyopt::normalizeOpset(OpView &op) {
  StringRef name = op.name;
  if (op.opset > kLastOldForm || !name.consume_front("onnx."))
    return;
  forRowsOf<MovedAttribute>(kMoved, name, op.opset,
                            [&](const MovedAttribute &row) { moveAttribute(op, row); });
  forRowsOf<OldForm>(kForms, name, op.opset, [&](const OldForm &row) { row.renew(op); });
}
