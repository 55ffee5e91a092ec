//===- FamiliesIndexTest.cpp - Gather, scatter, select, generate ----------===//

#include "FamilyHarness.h"

using namespace energyopt;

namespace {

const Expr b = Expr::symbol("b"), s = Expr::symbol("s");

std::string ints(const ValueInfo &value) {
  std::string text;
  for (const Scalar &scalar : value.data ? *value.data : TensorData())
    text += (text.empty() ? "" : " ") + (scalar.asInt() ? scalar.asInt()->str() : "?");
  return text;
}

} // namespace

//===----------------------------------------------------------------------===//
// Gather
//===----------------------------------------------------------------------===//

TEST(Gather, ReadsRowsNotTheTable) {
  TestOp op("onnx.Gather");
  ASSERT_TRUE(op.param({1000, 64}).in(DType::I64, {8}).run());
  EXPECT_EQ(op.out(), "float32[8,64]");
  EXPECT_EQ(op.work.readBytes[0], Expr(8 * 64 * 4));
  EXPECT_EQ(op.work.readBytes[1], Expr(8 * 8));
  EXPECT_EQ(op.work.writeBytes[0], Expr(8 * 64 * 4));
  EXPECT_EQ(op.flops(), 0);
}

TEST(Gather, SmallTableIsReadOnce) {
  TestOp op("onnx.Gather"); // token types of a BERT: two rows
  ASSERT_TRUE(op.param({2, 768}).in(DType::I64, {4, 128}).run());
  EXPECT_EQ(op.work.readBytes[0], Expr(2 * 768 * 4));
}

TEST(Gather, IndicesReplaceTheAxis) {
  TestOp op("onnx.Gather");
  ASSERT_TRUE(op.in({b, 5, 6}).in(DType::I64, {2, s}).attr("axis", 1).run());
  EXPECT_EQ(op.out(), "float32[b,2,s,6]");
  TestOp outside("onnx.Gather"); // fails at run time only
  ASSERT_TRUE(outside.ints64({3, 2}).ints64({1, 3}).run());
  EXPECT_EQ(ints(outside.op.outputs[0]), "2 ?");
  TestOp type("onnx.Gather");
  EXPECT_EQ(type.in({3, 2}).in(DType::F32, {1}).rejected(),
            "onnx.Gather: input 1 has type float32, expected an integer type");
  TestOp unknown("onnx.Gather"); // one index of three is not known
  ASSERT_TRUE(unknown.ints64({7, 8, 9}).data(DType::I64, {-1, Scalar(), 0}).run());
  EXPECT_EQ(ints(unknown.op.outputs[0]), "9 ? 7");
}

TEST(Gather, Elements) {
  // ONNX's own example: rows [1 2] [3 4], indices [0 0] [1 0] along axis 1.
  TestOp op("onnx.GatherElements");
  TestOp table("onnx.Reshape"), indices("onnx.Reshape");
  ASSERT_TRUE(table.ints64({1, 2, 3, 4}).ints64({2, 2}).run());
  ASSERT_TRUE(indices.ints64({0, 0, 1, 0}).ints64({2, 2}).run());
  op.value(table.op.outputs[0]).value(indices.op.outputs[0]).attr("axis", 1);
  ASSERT_TRUE(op.run());
  EXPECT_EQ(ints(op.op.outputs[0]), "1 1 4 3");
}

TEST(Gather, ND) {
  TestOp op("onnx.GatherND");
  ASSERT_TRUE(op.in({2, 3, 4}).in(DType::I64, {5, 2}).run());
  EXPECT_EQ(op.out(), "float32[5,4]");
  TestOp batch("onnx.GatherND");
  ASSERT_TRUE(batch.in({2, 3, 4}).in(DType::I64, {2, 1}).attr("batch_dims", 1).run());
  EXPECT_EQ(batch.out(), "float32[2,4]");
  TestOp wrong("onnx.GatherND");
  EXPECT_EQ(wrong.in({2, 3}).in(DType::I64, {5, 3}).rejected(),
            "onnx.GatherND: indices of 3 entries after 0 batch dims exceed rank 2");
}

//===----------------------------------------------------------------------===//
// Scatter
//===----------------------------------------------------------------------===//

TEST(Scatter, CopiesAndReplaces) {
  TestOp op("onnx.ScatterND");
  ASSERT_TRUE(op.in({8, 4}).in(DType::I64, {2, 1}).in({2, 4}).run());
  EXPECT_EQ(op.out(), "float32[8,4]");
  EXPECT_EQ(op.work.readBytes[0], Expr(128));
  EXPECT_EQ(op.work.writeBytes[0], Expr(128));
  EXPECT_EQ(op.flops(), 0);
  TestOp sum("onnx.ScatterND"); // one addition per update
  ASSERT_TRUE(sum.in({8, 4}).in(DType::I64, {2, 1}).in({2, 4}).attr("reduction", "add").run());
  EXPECT_EQ(sum.flops(), 8);
  TestOp wrong("onnx.ScatterND");
  EXPECT_EQ(wrong.in({8, 4}).in(DType::I64, {2, 1}).in({2, 4}).attr("reduction", "xor").rejected(),
            "onnx.ScatterND: attribute 'reduction' is 'xor', expected one of none, add, mul, max, "
            "min");
}

TEST(Scatter, CacheIsUpdatedInPlace) {
  // One new token of a cache of 2048: only its bytes move.
  TestOp op("onnx.TensorScatter");
  ASSERT_TRUE(op.in({1, 8, 2048, 64}).in({1, 8, 1, 64}).in(DType::I64, {1}).run());
  EXPECT_EQ(op.out(), "float32[1,8,2048,64]");
  EXPECT_EQ(op.work.readBytes[0], Expr(0));
  EXPECT_EQ(op.work.readBytes[1], Expr(8 * 64 * 4));
  EXPECT_EQ(op.work.writeBytes[0], Expr(8 * 64 * 4));
}

TEST(Scatter, EvaluatesSmallVectors) {
  TestOp op("onnx.ScatterElements");
  ASSERT_TRUE(op.ints64({1, 2, 3}).ints64({-1, 0}).ints64({8, 9}).run());
  EXPECT_EQ(ints(op.op.outputs[0]), "9 2 8");
  TestOp nd("onnx.ScatterND");
  TestOp index("onnx.Reshape");
  ASSERT_TRUE(index.ints64({1}).ints64({1, 1}).run());
  ASSERT_TRUE(nd.ints64({1, 2, 3}).value(index.op.outputs[0]).ints64({7}).run());
  EXPECT_EQ(ints(nd.op.outputs[0]), "1 7 3");
}

//===----------------------------------------------------------------------===//
// Selections
//===----------------------------------------------------------------------===//

TEST(TopK, ComparisonsGrowWithTheLogarithmOfK) {
  // 1000 elements, a heap of 5: ceil(log2 5) = 3 comparisons each.
  TestOp op("onnx.TopK");
  ASSERT_TRUE(op.in({b, 1000}).ints64({5}).outputs(2).run());
  EXPECT_EQ(op.out(0) + op.out(1), "float32[b,5]int64[b,5]");
  EXPECT_EQ(op.sums.flops, Expr(3000) * b);
  EXPECT_EQ(op.work.status, WorkStatus::Bounded);
  TestOp wrong("onnx.TopK");
  EXPECT_EQ(wrong.in({4}).ints64({5}).outputs(2).rejected(),
            "onnx.TopK: cannot take 5 of 4 elements");
}

TEST(Select, SizesAreBounded) {
  TestOp nonZero("onnx.NonZero");
  ASSERT_TRUE(nonZero.in({3, 4}).run());
  EXPECT_EQ(nonZero.op.outputs[0].dim(0), Expr(2));
  EXPECT_EQ(nonZero.op.ctx->upperBound(nonZero.op.outputs[0].dim(1)), Expr(12));
  EXPECT_EQ(nonZero.work.status, WorkStatus::Bounded);
  TestOp unique("onnx.Unique"); // 12 elements: 12 * ceil(log2 12) = 48 comparisons
  ASSERT_TRUE(unique.in({3, 4}).outputs(4).run());
  EXPECT_EQ(unique.op.ctx->upperBound(unique.op.outputs[0].elements()), Expr(12));
  EXPECT_EQ(unique.op.outputs[2].dim(0), Expr(12));
  EXPECT_EQ(unique.flops(), 48);
  TestOp compress("onnx.Compress");
  ASSERT_TRUE(compress.in({3, 4}).in(DType::Bool, {2}).attr("axis", 0).run());
  EXPECT_EQ(compress.op.ctx->upperBound(compress.op.outputs[0].dim(0)), Expr(2));
  TestOp known("onnx.Compress");
  ASSERT_TRUE(known.in({3, 4}).data(DType::Bool, {1, 0, 1}).attr("axis", 0).run());
  EXPECT_EQ(known.out(), "float32[2,4]");
}

TEST(Select, NonZeroOfKnownValues) {
  TestOp op("onnx.NonZero");
  ASSERT_TRUE(op.ints64({0, 3, 0, 5}).run());
  EXPECT_EQ(op.out(), "int64[1,2]");
  EXPECT_EQ(ints(op.op.outputs[0]), "1 3");
}

//===----------------------------------------------------------------------===//
// Generators
//===----------------------------------------------------------------------===//

TEST(Range, LengthIsTheCeiling) {
  TestOp up("onnx.Range");
  ASSERT_TRUE(up.scalar(3, DType::I64).scalar(9, DType::I64).scalar(3, DType::I64).run());
  EXPECT_EQ(up.out() + " " + ints(up.op.outputs[0]), "int64[2] 3 6");
  TestOp down("onnx.Range");
  ASSERT_TRUE(down.scalar(10, DType::I64).scalar(4, DType::I64).scalar(-2, DType::I64).run());
  EXPECT_EQ(ints(down.op.outputs[0]), "10 8 6");
  TestOp fraction("onnx.Range");
  ASSERT_TRUE(fraction.scalar(0.0).scalar(1.0).scalar(0.3).run()); // 0 0.3 0.6 0.9
  EXPECT_EQ(fraction.out(), "float32[4]");
  TestOp symbol("onnx.Range");
  ASSERT_TRUE(symbol.scalar(0, DType::I64).scalar(s, DType::I64).scalar(1, DType::I64).run());
  EXPECT_EQ(symbol.out(), "int64[s]");
  TestOp empty("onnx.Range");
  ASSERT_TRUE(empty.scalar(5, DType::I64).scalar(1, DType::I64).scalar(1, DType::I64).run());
  EXPECT_EQ(empty.out(), "int64[0]");
  TestOp still("onnx.Range");
  EXPECT_EQ(still.scalar(5, DType::I64).scalar(1, DType::I64).scalar(0, DType::I64).rejected(),
            "onnx.Range: 'delta' is 0");
}

TEST(Generate, OneHotEyeAndFill) {
  TestOp hot("onnx.OneHot");
  ASSERT_TRUE(hot.in(DType::I64, {b, 4}).scalar(10, DType::I64).param({2}).attr("axis", 1).run());
  EXPECT_EQ(hot.out(), "float32[b,10,4]");
  TestOp negative("onnx.OneHot");
  EXPECT_EQ(negative.in(DType::I64, {4}).scalar(-1, DType::I64).param({2}).rejected(),
            "onnx.OneHot: 'depth' is -1");
  TestOp eye("onnx.EyeLike");
  ASSERT_TRUE(eye.in(DType::I32, {3, 4}).attr("dtype", 11).run());
  EXPECT_EQ(eye.out(), "float64[3,4]");
  EXPECT_EQ(eye.work.readBytes[0], Expr(0));
  TestOp fill("onnx.ConstantOfShape");
  ASSERT_TRUE(fill.data(DType::I64, {b, 3}).run());
  EXPECT_EQ(fill.out(), "float32[b,3]");
  TestOp scalar("onnx.ConstantOfShape");
  ASSERT_TRUE(scalar.ints64({}).run());
  EXPECT_EQ(scalar.out(), "float32[]");
}

TEST(Random, DrawsPerElement) {
  // 8 numbers of 25 integer operations each; scale and shift.
  TestOp uniform("onnx.RandomUniform");
  ASSERT_TRUE(uniform.ints("shape", {2, 4}).run());
  EXPECT_EQ(uniform.intOps(), 200);
  EXPECT_EQ(uniform.flops(), 16);
  EXPECT_EQ(uniform.transcendentals(), 0);
  // Box-Muller: 4 pairs of 3 transcendentals and 4 other operations.
  TestOp normal("onnx.RandomNormalLike");
  ASSERT_TRUE(normal.in(DType::F16, {2, 4}).run());
  EXPECT_EQ(normal.out(), "float16[2,4]");
  EXPECT_EQ(normal.transcendentals(), 12);
  EXPECT_EQ(normal.flops(), 16 + 12 + 16);
  EXPECT_EQ(normal.work.readBytes[0], Expr(0));
  TestOp samples("onnx.Multinomial"); // 3*10 exponentials
  ASSERT_TRUE(samples.in({3, 10}).attr("sample_size", 2).run());
  EXPECT_EQ(samples.out(), "int32[3,2]");
  EXPECT_EQ(samples.transcendentals(), 30);
}
