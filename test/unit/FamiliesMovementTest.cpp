//===- FamiliesMovementTest.cpp - Transpose, Slice, Concat and kin --------===//

#include "FamilyHarness.h"

using namespace energyopt;

namespace {

const Expr b = Expr::symbol("b"), s = Expr::symbol("s");

/// Bytes that an op reads and writes, "96+96".
std::string traffic(const TestOp &op) {
  Expr read = 0, written = 0;
  for (const Expr &bytes : op.work.readBytes)
    read += bytes;
  for (const Expr &bytes : op.work.writeBytes)
    written += bytes;
  return read.str() + "+" + written.str();
}

TestOp &slice(TestOp &op, Shape in, TensorData starts, TensorData ends,
              std::vector<int64_t> axes = {0}, std::vector<int64_t> steps = {1}) {
  return op.in(in).data(DType::I64, starts).data(DType::I64, ends).ints64(axes).ints64(steps);
}

std::string sliced(Shape in, TensorData starts, TensorData ends, int64_t step = 1) {
  TestOp op("onnx.Slice");
  if (!slice(op, in, starts, ends, {0}, {step}).run())
    return op.error;
  return op.out();
}

} // namespace

TEST(Transpose, PermutesAndReadsOnce) {
  TestOp op("onnx.Transpose");
  ASSERT_TRUE(op.in({2, 3, 4}).ints("perm", {2, 0, 1}).run());
  EXPECT_EQ(op.out(), "float32[4,2,3]");
  EXPECT_EQ(traffic(op), "96+96"); // 24 floats each way
  EXPECT_EQ(op.flops(), 0);
  TestOp reversed("onnx.Transpose");
  ASSERT_TRUE(reversed.in({b, 3, 4}).run());
  EXPECT_EQ(reversed.out(), "float32[4,3,b]");
}

TEST(Transpose, MovingOnlyOnesIsFree) {
  TestOp op("onnx.Transpose");
  ASSERT_TRUE(op.in({1, 12, 1, 64}).ints("perm", {0, 2, 1, 3}).run());
  EXPECT_EQ(op.work.status, WorkStatus::Free);
  TestOp moved("onnx.Transpose");
  ASSERT_TRUE(moved.in({1, 12, 2, 64}).ints("perm", {0, 2, 1, 3}).run());
  EXPECT_EQ(moved.work.status, WorkStatus::Modelled);
}

TEST(Transpose, RejectsWhatIsNoPermutation) {
  TestOp twice("onnx.Transpose");
  EXPECT_EQ(twice.in({2, 3}).ints("perm", {0, 0}).rejected(),
            "onnx.Transpose: axis 0 is given twice");
  TestOp length("onnx.Transpose");
  EXPECT_EQ(length.in({2, 3}).ints("perm", {0}).rejected(),
            "onnx.Transpose: 'perm' has 1 entries, input 0 has rank 2");
}

TEST(Concat, AddsOneAxis) {
  TestOp op("onnx.Concat");
  ASSERT_TRUE(op.in({b, 3, 4}).in({b, 5, 4}).attr("axis", -2).run());
  EXPECT_EQ(op.out(), "float32[b,8,4]");
  EXPECT_EQ(traffic(op), "128*b+128*b"); // 32 floats per b
  TestOp wrong("onnx.Concat");
  EXPECT_EQ(wrong.in({2, 3}).in({4, 3}).attr("axis", 1).rejected(),
            "onnx.Concat: input 1 has size 4 on axis 0, input 0 has 2");
  TestOp cache("onnx.Concat"); // key cache
  ASSERT_TRUE(cache.in({b, 12, s, 64}).in({b, 12, 1, 64}).attr("axis", 2).run());
  EXPECT_EQ(cache.out(), "float32[b,12,s + 1,64]");
}

TEST(Slice, ClampsLikeNumpy) {
  EXPECT_EQ(sliced({10}, {2}, {5}), "float32[3]");
  EXPECT_EQ(sliced({10}, {-3}, {INT64_MAX}), "float32[3]");
  EXPECT_EQ(sliced({10}, {0}, {-1}), "float32[9]");
  EXPECT_EQ(sliced({10}, {20}, {30}), "float32[0]");
  EXPECT_EQ(sliced({10}, {5}, {2}), "float32[0]");
  EXPECT_EQ(sliced({10}, {0}, {10}, 3), "float32[4]"); // 0 3 6 9
  EXPECT_EQ(sliced({10}, {-1}, {INT64_MIN + 1}, -1), "float32[10]");
  EXPECT_EQ(sliced({10}, {8}, {1}, -3), "float32[3]");   // 8 5 2
  EXPECT_EQ(sliced({10}, {100}, {0}, -2), "float32[5]"); // 9 7 5 3 1
  EXPECT_EQ(sliced({0}, {-1}, {INT64_MIN + 1}, -1), "float32[0]");
  EXPECT_EQ(sliced({10}, {0}, {5}, 0), "onnx.Slice: 'steps' has the entry 0");
}

TEST(Slice, OfSymbols) {
  EXPECT_EQ(sliced({s}, {0}, {INT64_MAX}), "float32[s]");
  EXPECT_EQ(sliced({s}, {1}, {INT64_MAX}), "float32[s - 1]");
  EXPECT_EQ(sliced({s}, {0}, {-1}), "float32[s - 1]");
  EXPECT_EQ(sliced({s}, {-1}, {INT64_MAX}), "float32[1]");
  EXPECT_EQ(sliced({s}, {0}, {1}), "float32[1]");
  EXPECT_EQ(sliced({s}, {0}, {512}), "float32[min(s, 512)]");
  EXPECT_EQ(sliced({s}, {0}, {INT64_MAX}, 2), "float32[ceildiv(s, 2)]");
  EXPECT_EQ(sliced({s}, {1}, {INT64_MAX}, 2), "float32[floordiv(s, 2)]");
  EXPECT_EQ(sliced({b + s}, {b}, {b + s}), "float32[s]");
  // A table of positions is long enough for the sequence, by assumption.
  EXPECT_EQ(sliced({512}, {0}, {s}), "float32[s]");
}

TEST(Slice, ReadsWhatItKeeps) {
  TestOp op("onnx.Slice");
  ASSERT_TRUE(slice(op, {100, 64}, {0}, {8}).run());
  EXPECT_EQ(op.out(), "float32[8,64]");
  EXPECT_EQ(op.work.readBytes[0], Expr(8 * 64 * 4));
  EXPECT_EQ(op.work.writeBytes[0], Expr(8 * 64 * 4));
  TestOp all("onnx.Slice");
  ASSERT_TRUE(slice(all, {100, 64}, {0}, {INT64_MAX}).run());
  EXPECT_EQ(all.work.status, WorkStatus::Free);
  TestOp flipped("onnx.Slice");
  ASSERT_TRUE(slice(flipped, {100}, {-1}, {INT64_MIN + 1}, {0}, {-1}).run());
  EXPECT_EQ(flipped.work.status, WorkStatus::Modelled);
}

TEST(Slice, RunTimeEndsAreBounded) {
  TestOp op("onnx.Slice");
  ASSERT_TRUE(op.in({100, 64}).in(DType::I64, {1}).in(DType::I64, {1}).ints64({0}).run());
  EXPECT_EQ(op.op.ctx->upperBound(op.op.outputs[0].dim(0)), Expr(100));
  EXPECT_EQ(op.op.outputs[0].dim(1), Expr(64));
  EXPECT_EQ(op.work.status, WorkStatus::Bounded);
}

TEST(Split, EqualUnevenAndGiven) {
  TestOp equal("onnx.Split");
  ASSERT_TRUE(equal.in({b, 2304}).attr("axis", 1).attr("num_outputs", 3).outputs(3).run());
  EXPECT_EQ(equal.out(2), "float32[b,768]");
  TestOp uneven("onnx.Split"); // ceil(7/3) = 3, the last gets what is left
  ASSERT_TRUE(uneven.in({7}).attr("num_outputs", 3).outputs(3).run());
  EXPECT_EQ(uneven.out(0) + uneven.out(2), "float32[3]float32[1]");
  TestOp given("onnx.Split");
  ASSERT_TRUE(given.in({7}).ints64({5, 2}).outputs(2).run());
  EXPECT_EQ(given.out(0) + given.out(1), "float32[5]float32[2]");
  TestOp wrong("onnx.Split");
  EXPECT_EQ(wrong.in({7}).ints64({5, 3}).outputs(2).rejected(),
            "onnx.Split: 'split' sums to 8, the axis has size 7");
  TestOp count("onnx.Split");
  EXPECT_EQ(count.in({7}).ints64({5, 2}).outputs(3).rejected(),
            "onnx.Split: 'split' has 2 entries, but the node has 3 outputs");
}

TEST(Expand, BroadcastsBothWays) {
  TestOp op("onnx.Expand");
  ASSERT_TRUE(op.in({3, 1}).ints64({2, 1, 6}).run());
  EXPECT_EQ(op.out(), "float32[2,3,6]");
  EXPECT_EQ(op.work.readBytes[0], Expr(12));
  EXPECT_EQ(op.work.writeBytes[0], Expr(144));
  TestOp same("onnx.Expand");
  ASSERT_TRUE(same.in({b, 4}).ints64({1, 4}).run());
  EXPECT_EQ(same.work.status, WorkStatus::Free);
  TestOp wrong("onnx.Expand");
  EXPECT_EQ(wrong.in({3}).ints64({2}).rejected(),
            "onnx.Expand: dims 3 and 2 do not broadcast (axis 0)");
  TestOp negative("onnx.Expand");
  EXPECT_EQ(negative.in({3}).ints64({-1}).rejected(),
            "onnx.Expand: the shape has a negative entry, -1");
}

TEST(Tile, MultipliesAxes) {
  TestOp op("onnx.Tile");
  ASSERT_TRUE(op.in({b, 3}).data(DType::I64, {2, s}).run());
  EXPECT_EQ(op.out(), "float32[2*b,3*s]");
  TestOp values("onnx.Tile");
  ASSERT_TRUE(values.ints64({1, 2}).ints64({2}).run());
  ASSERT_TRUE(values.op.outputs[0].data);
  EXPECT_EQ((*values.op.outputs[0].data)[3].asInt(), Expr(2)); // 1 2 1 2
  TestOp wrong("onnx.Tile");
  EXPECT_EQ(wrong.in({b, 3}).ints64({2}).rejected(),
            "onnx.Tile: 'repeats' has 1 entries, input 0 has rank 2");
}

TEST(Pad, GrowsShrinksAndTakesAxes) {
  TestOp op("onnx.Pad");
  ASSERT_TRUE(op.in({1, 3, 4, 5}).ints64({0, 0, 1, 3, 0, 0, 2, 4}).run());
  EXPECT_EQ(op.out(), "float32[1,3,7,12]"); // 4+1+2, 5+3+4
  EXPECT_EQ(traffic(op), "304+1008");       // 60*4 + 8 pads*8, 252*4
  TestOp cut("onnx.Pad");
  ASSERT_TRUE(cut.in({10, 10}).ints64({-2, 0, -3, 0}).run());
  EXPECT_EQ(cut.out(), "float32[5,10]");
  EXPECT_EQ(cut.work.readBytes[0], Expr(200)); // what is kept
  TestOp axes("onnx.Pad");
  ASSERT_TRUE(axes.in({b, 3, s}).ints64({1, 1}).none().ints64({-1}).run());
  EXPECT_EQ(axes.out(), "float32[b,3,s + 2]");
  TestOp wrong("onnx.Pad");
  EXPECT_EQ(wrong.in({2, 2}).ints64({1, 1, 1}).rejected(),
            "onnx.Pad: 'pads' has 3 entries, expected 4");
  TestOp most("onnx.Pad");
  EXPECT_EQ(most.in({2}).ints64({-2, -1}).rejected(),
            "onnx.Pad: axis 0 of size 2 cannot be cut by 3");
}

TEST(Rearrange, DepthAndSpace) {
  TestOp up("onnx.DepthToSpace");
  ASSERT_TRUE(up.in({b, 64, 8, 8}).attr("blocksize", 2).run());
  EXPECT_EQ(up.out(), "float32[b,16,16,16]");
  TestOp down("onnx.SpaceToDepth");
  ASSERT_TRUE(down.in({1, 3, 8, 6}).attr("blocksize", 2).run());
  EXPECT_EQ(down.out(), "float32[1,12,4,3]");
  TestOp wrong("onnx.SpaceToDepth");
  EXPECT_EQ(wrong.in({1, 3, 7, 6}).attr("blocksize", 2).rejected(),
            "onnx.SpaceToDepth: axis 2 of size 7 is no multiple of 2");
  TestOp zero("onnx.DepthToSpace");
  EXPECT_EQ(zero.in({1, 4, 2, 2}).attr("blocksize", 0).rejected(),
            "onnx.DepthToSpace: 'blocksize' must be positive, got 0");
}

TEST(Rearrange, Col2ImAddsEveryColumn) {
  // 5 positions of 1x5 blocks onto a 5x5 image.
  TestOp op("onnx.Col2Im");
  ASSERT_TRUE(op.in({1, 5, 5}).ints64({5, 5}).ints64({1, 5}).run());
  EXPECT_EQ(op.out(), "float32[1,1,5,5]");
  EXPECT_EQ(op.flops(), 25);
}

TEST(Rearrange, CenterCropPad) {
  TestOp op("onnx.CenterCropPad");
  ASSERT_TRUE(op.in({20, 8, 3}).ints64({10, 9}).ints("axes", {0, 1}).run());
  EXPECT_EQ(op.out(), "float32[10,9,3]");
  EXPECT_EQ(op.work.readBytes[0], Expr(10 * 8 * 3 * 4));
}

TEST(Cast, ConvertsOncePerElement) {
  TestOp op("onnx.Cast");
  ASSERT_TRUE(op.in(DType::I8, {b, 10}).attr("to", 1).run());
  EXPECT_EQ(op.out(), "float32[b,10]");
  EXPECT_EQ(op.sums.flops, Expr(10) * b);
  TestOp ints("onnx.Cast");
  ASSERT_TRUE(ints.in(DType::I32, {10}).attr("to", 7).run());
  EXPECT_EQ(ints.intOps(), 10);
  EXPECT_EQ(ints.flops(), 0);
  TestOp same("onnx.Cast");
  ASSERT_TRUE(same.in({10}).attr("to", 1).run());
  EXPECT_EQ(same.work.status, WorkStatus::Free);
  TestOp old("onnx.Cast", 1);
  ASSERT_TRUE(old.in({10}).attr("to", "INT64").run());
  EXPECT_EQ(old.out(), "int64[10]");
  // Only the type of the second operand counts, not what it holds.
  TestOp known("onnx.CastLike");
  ASSERT_TRUE(known.scalar(3, DType::I64).in(DType::F16, {7}).run());
  ASSERT_TRUE(known.op.outputs[0].data);
  EXPECT_EQ((*known.op.outputs[0].data)[0].asFloat(), 3);
  TestOp like("onnx.CastLike");
  ASSERT_TRUE(like.in({10}).in(DType::F16, {3}).run());
  EXPECT_EQ(like.out(), "float16[10]");
  EXPECT_EQ(traffic(like), "40+20"); // the example is not read
  TestOp wrong("onnx.Cast");
  EXPECT_EQ(wrong.in({10}).attr("to", 99).rejected(),
            "onnx.Cast: attribute 'to' names no element type");
}
