//===- FamiliesHostileTest.cpp - Every rule against nonsense --------------===//
//
// Random operands, contents and attributes, most of them wrong: a rule may
// answer or reject, it must not crash, hang or wrap. What it answers must hold
// together. --gtest_random_seed=N makes other nonsense.
//
//===----------------------------------------------------------------------===//

#include "FamilyHarness.h"

#include "Cost/Families/Checks.h"

#include "llvm/ADT/StringExtras.h"

#include <random>

using namespace energyopt;

namespace {

class Nonsense {
public:
  explicit Nonsense(unsigned seed) : random(seed) {}

  int64_t pick(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
  }
  template <typename T, size_t N> const T &of(const T (&choices)[N]) {
    return choices[pick(0, N - 1)];
  }

  int64_t integer() {
    const int64_t odd[] = {-1, 0, 1, INT64_MAX, INT64_MIN, INT64_MIN + 1, int64_t(1) << 40, -7};
    return pick(0, 3) ? pick(0, 4) : of(odd);
  }
  Expr dim() {
    const int64_t odd[] = {0, int64_t(1) << 40, INT64_MAX, 1, 4096};
    switch (pick(0, 7)) {
    case 0:
      return Expr::symbol(pick(0, 1) ? "n" : "?m.1");
    case 1:
      return of(odd);
    case 2:
      return Expr::symbol("n").ceilDiv(2) + 3;
    default:
      return pick(1, 4);
    }
  }
  Scalar element() {
    const double odd[] = {0.5, -1.5, 1e300, std::numeric_limits<double>::quiet_NaN(),
                          std::numeric_limits<double>::infinity()};
    switch (pick(0, 5)) {
    case 0:
      return of(odd);
    case 1:
      return Scalar();
    case 2:
      return dim();
    default:
      return integer();
    }
  }
  DType type() {
    const DType usual[] = {DType::F32, DType::F32, DType::F16, DType::I64, DType::I64,
                           DType::U8,  DType::I8,  DType::I32, DType::Bool};
    return pick(0, 9) ? of(usual) : static_cast<DType>(pick(0, kLastDType));
  }
  ValueInfo value(DType type) {
    if (pick(0, 9) == 0)
      return other();
    ValueInfo info = ValueInfo::tensor(type);
    if (pick(0, 9) == 0)
      return info;
    info.shape = Shape{};
    for (int64_t i = 0, rank = pick(0, 5); i < rank; ++i)
      info.shape->push_back(dim());
    info.isParameter = pick(0, 2) == 0;
    auto count = info.elements().constant();
    if (!count || *count > 100 || pick(0, 2) == 0)
      return info;
    TensorData data;
    for (int64_t i = 0; i < *count; ++i)
      data.push_back(element());
    info.data = std::make_shared<const TensorData>(std::move(data));
    return info;
  }

private:
  /// Something that is no tensor.
  ValueInfo other() {
    ValueInfo info = ValueInfo::none();
    const ValueKind kinds[] = {ValueKind::None, ValueKind::Sequence, ValueKind::Optional,
                               ValueKind::Map, ValueKind::SparseTensor};
    info.kind = of(kinds);
    if (pick(0, 1) && info.kind != ValueKind::None)
      info.element = std::make_shared<const ValueInfo>(ValueInfo::tensor(type(), Shape{dim()}));
    return info;
  }

  std::mt19937 random;
};

/// Names that rules ask for, with values of any type.
constexpr llvm::StringLiteral kAttributes =
    "axis axes perm shape to dtype k keepdims num_outputs split blocksize pads mode starts ends "
    "kernel_shape strides dilations group auto_pad ceil_mode output_shape batch_dims reduction "
    "start end border scale scales block_size num_heads equation hidden_size direction "
    "num_groups broadcast transA transB p size sample_size output_padding allowzero onesided "
    "n_targets epsilon kv_num_heads q_num_heads keep_aspect_ratio_policy extra_shape "
    "input_as_shape K N bits head_size layout detect_positive";

void addAttributes(TestOp &op, Nonsense &nonsense) {
  for (llvm::StringRef name : llvm::split(kAttributes, " ")) {
    switch (nonsense.pick(0, 12)) {
    case 0:
      op.attr(name, nonsense.integer());
      break;
    case 1:
      op.attr(name, 1.5);
      break;
    case 2:
      op.attr(name, nonsense.pick(0, 1) ? "" : "ij,jk->ik");
      break;
    case 3:
    case 4: {
      std::vector<int64_t> values;
      for (int64_t i = 0, e = nonsense.pick(0, 5); i < e; ++i)
        values.push_back(nonsense.integer());
      op.ints(name, values);
      break;
    }
    case 5:
      op.attr(name, nonsense.pick(0, 3));
      break;
    default:
      break; // absent
    }
  }
}

/// Contents have the number of elements that the shape says; bytes exist.
void checkOutput(const TestOp &op, const ValueInfo &output) {
  if (output.data) {
    ASSERT_TRUE(output.hasRank());
    EXPECT_EQ(output.elements().constant(), static_cast<int64_t>(output.data->size()));
  }
  if (output.kind == ValueKind::None)
    return;
  (void)output.str();
  if (output.hasRank())
    for (const Expr &dim : *output.shape)
      if (auto size = dim.constant())
        EXPECT_GE(*size, 0) << output.str();
}

/// A modelled op accounts for as many operands as it has.
void checkWork(const TestOp &op) {
  for (const WorkItem &item : op.work.items)
    if (auto count = op.op.ctx->upperBound(item.count).constant())
      EXPECT_GE(*count, 0) << item.count.str();
  if (op.work.status != WorkStatus::Unmodelled) { // of that, the graph takes the reason only
    EXPECT_LE(op.work.readBytes.size(), op.op.inputs.size());
    // What has no result writes to its operands.
    EXPECT_LE(op.work.writeBytes.size(),
              op.op.outputs.empty() ? op.op.inputs.size() : op.op.outputs.size());
  }
  for (const auto &bytes : {op.work.readBytes, op.work.writeBytes})
    for (const Expr &operand : bytes)
      if (auto count = operand.constant())
        EXPECT_GE(*count, 0) << operand.str();
  if (op.work.status == WorkStatus::Unmodelled || op.work.status == WorkStatus::Bounded)
    EXPECT_FALSE(op.work.reason.empty());
}

} // namespace

TEST(Hostile, NoRuleCrashesOnNonsense) {
  constexpr unsigned kTries = 60;
  unsigned accepted = 0, rejected = 0, row = 0;
  for (llvm::ArrayRef<OpRule> table : allRules())
    for (const OpRule &rule : table) {
      ++row;
      for (unsigned seed = 0; seed < kTries; ++seed) {
        SCOPED_TRACE(std::string(rule.op) + " seed " + llvm::utostr(seed));
        Nonsense nonsense((GTEST_FLAG_GET(random_seed) * 1000 + row) * kTries + seed);
        TestOp op(rule.op, rule.since + nonsense.pick(0, 2));
        DType type = nonsense.type();
        for (int64_t i = 0, e = nonsense.pick(0, 9) ? nonsense.pick(1, 6) : 0; i < e; ++i)
          op.value(nonsense.value(nonsense.pick(0, 3) ? type : nonsense.type()));
        op.outputs(static_cast<unsigned>(nonsense.pick(0, 4)));
        addAttributes(op, nonsense);
        if (nonsense.pick(0, 3) == 0)
          op.explain();
        if (!op.run()) {
          ++rejected;
          EXPECT_FALSE(op.error.empty());
          continue;
        }
        ++accepted;
        for (const ValueInfo &output : op.op.outputs)
          checkOutput(op, output);
        checkWork(op);
      }
    }
  // Both must happen, or the nonsense is too wild or too tame.
  EXPECT_GT(accepted, rejected / 20);
  EXPECT_GT(rejected, accepted / 20);
}

/// Rules go on with what they were given, and set the bytes of single operands.
TEST(Hostile, UnknownShapesHaveAnEntryForEachOperand) {
  TestOp op("onnx.Test");
  op.in(DType::F32, {2}).unranked().unranked().outputs(2);
  Work work = unknownShape(op.op);
  EXPECT_EQ(work.reason, "the shape of input 1 is unknown");
  EXPECT_EQ(work.readBytes.size(), 3u);
  EXPECT_EQ(work.writeBytes.size(), 2u);
}
