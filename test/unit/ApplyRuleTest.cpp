//===- ApplyRuleTest.cpp - What holds whatever a rule answers -------------===//

#include "FamilyHarness.h"

using namespace energyopt;

namespace {

/// A rule that answers with what its params say: an output dim of `a` with `b`
/// elements of contents, `c` operations, `d` bytes read.
llvm::Error shapeOf(OpView &op, const RuleParams &params) {
  if (op.outputs.empty())
    return llvm::Error::success();
  op.outputs[0] = ValueInfo::tensor(DType::I64, Shape{params.a});
  op.outputs[0].data = std::make_shared<const TensorData>(params.b);
  return llvm::Error::success();
}
Work workAs(const OpView &, const RuleParams &params) {
  Work work;
  work.add(WorkClass::Vector, DType::F32, Expr(params.c));
  work.readBytes.push_back(Expr(params.d));
  return work;
}
constexpr Family kFamily = {"test", "", shapeOf, workAs};
constexpr Family kStore = {"test", "", shapeOf, workAs, /*withoutResults=*/true};

OpRule rule(RuleParams params, const char *op = "onnx.Test") {
  return {op, 1, {&kFamily, params}, "test"};
}

std::string shapeError(RuleParams params) {
  TestOp test("onnx.Test");
  llvm::Error error = inferShapes(rule(params), test.op);
  return llvm::toString(std::move(error));
}

} // namespace

TEST(ApplyRule, OutputsCanBe) {
  EXPECT_EQ(shapeError({2, 2}), "");
  EXPECT_NE(shapeError({-2, 2}).find("output 0 would have a dim of -2"), std::string::npos);
  EXPECT_NE(shapeError({3, 2}).find("output 0 would have 2 elements, its shape says 3"),
            std::string::npos);
}

/// An ONNX op has outputs; those of other dialects need none.
TEST(ApplyRule, NoOutputs) {
  TestOp test("onnx.Test");
  test.outputs(0);
  EXPECT_NE(llvm::toString(inferShapes(rule({2, 2}), test.op)).find("has no outputs"),
            std::string::npos);
  EXPECT_EQ(llvm::toString(inferShapes(rule({2, 2}, "memref.store"), test.op)), "");
}

/// A rule is asked about an op without results only if it says that it can tell.
TEST(ApplyRule, WorkWithoutResults) {
  TestOp test("memref.store");
  test.outputs(0);
  OpRule stored = rule({0, 0, 5, 8}, "memref.store");
  EXPECT_EQ(workOf(stored, test.op).reason, "it has no result to tell its work by");
  stored.use.family = &kStore;
  EXPECT_EQ(workOf(stored, test.op).status, WorkStatus::Modelled);
}

TEST(ApplyRule, NothingCountsBelowZero) {
  TestOp test("onnx.Test");
  EXPECT_EQ(workOf(rule({0, 0, 5, 8}), test.op).status, WorkStatus::Modelled);
  for (RuleParams params : {RuleParams{0, 0, -5, 8}, RuleParams{0, 0, 5, -8}}) {
    Work work = workOf(rule(params), test.op);
    EXPECT_EQ(work.status, WorkStatus::Unmodelled);
    EXPECT_TRUE(work.items.empty() && work.readBytes.empty());
    EXPECT_NE(work.reason.find("less than nothing"), std::string::npos);
  }
}

/// What is not there reads as unknown, not as memory of something else.
TEST(ApplyRule, MissingOperandsAndDims) {
  TestOp test("onnx.Test");
  test.in({4, 5});
  EXPECT_EQ(test.op.in(7).kind, ValueKind::None);
  EXPECT_TRUE(test.op.in(0).dim(2).isOverflow());
  EXPECT_TRUE(test.op.in(7).elements().isOverflow());
  EXPECT_EQ(test.op.in(7).rank(), -1);
  EXPECT_TRUE(test.op.in(0).dim(1).is(5));
}
