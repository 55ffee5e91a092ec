//===- FamiliesConvolutionTest.cpp - Convolutions and pools ---------------===//

#include "FamilyHarness.h"

using namespace energyopt;

//===----------------------------------------------------------------------===//
// Conv
//===----------------------------------------------------------------------===//

TEST(Conv, ResNetStem) {
  // 7x7, stride 2, pad 3: (224 + 6 - 7)/2 + 1 = 112;
  // 64*112*112*3*49 = 118,013,952 MACs.
  TestOp op("onnx.Conv");
  ASSERT_TRUE(op.in({1, 3, 224, 224})
                  .param({64, 3, 7, 7})
                  .ints("kernel_shape", {7, 7})
                  .ints("strides", {2, 2})
                  .ints("pads", {3, 3, 3, 3})
                  .explain()
                  .run())
      << op.error;
  EXPECT_EQ(op.out(), "float32[1,64,112,112]");
  EXPECT_EQ(op.macs(), 118013952);
  EXPECT_EQ(op.work.equations[0],
            "macs = N*OC*OH*OW*(IC/g)*KH*KW = 1*64*112*112*3*7*7 = 118013952");
  EXPECT_EQ(op.work.items[0].cls, WorkClass::Conv);
}

TEST(Conv, KernelComesFromTheWeight) {
  // 3x3 without kernel_shape: 8-2 = 6; 2*5*36*4*9 = 12,960 MACs, 360 bias adds.
  TestOp op("onnx.Conv");
  ASSERT_TRUE(op.in({2, 4, 8, 8}).param({5, 4, 3, 3}).param({5}).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[2,5,6,6]");
  EXPECT_EQ(op.macs(), 12960);
  EXPECT_EQ(op.flops(), 2 * 12960 + 2 * 5 * 36);
}

TEST(Conv, GroupsAndDepthwise) {
  // 2 groups of 4 -> 3 channels: 6*36*4*9 = 7,776.
  TestOp grouped("onnx.Conv");
  ASSERT_TRUE(grouped.in({1, 8, 8, 8}).param({6, 4, 3, 3}).attr("group", 2).run());
  EXPECT_EQ(grouped.macs(), 7776);
  EXPECT_EQ(grouped.work.items[0].cls, WorkClass::GroupedConv);
  // Depthwise with multiplier 2: 16*36*9 = 5,184.
  TestOp depthwise("onnx.Conv");
  ASSERT_TRUE(depthwise.in({1, 8, 8, 8}).param({16, 1, 3, 3}).attr("group", 8).run());
  EXPECT_EQ(depthwise.macs(), 5184);
  EXPECT_EQ(depthwise.work.items[0].cls, WorkClass::DepthwiseConv);
  const ContractionDims &dims = depthwise.work.items[0].dims;
  EXPECT_TRUE(dims.groups.is(8) && dims.m.is(36) && dims.n.is(2) && dims.k.is(9));
}

TEST(Conv, OneAndThreeDimensions) {
  // 1-D: (100 - (2*(3-1)+1))/1 + 1 = 96; 4*96*2*3.
  TestOp one("onnx.Conv");
  ASSERT_TRUE(one.in({1, 2, 100}).param({4, 2, 3}).ints("dilations", {2}).run());
  EXPECT_EQ(one.out(), "float32[1,4,96]");
  EXPECT_EQ(one.macs(), 4 * 96 * 2 * 3);
  TestOp three("onnx.Conv");
  ASSERT_TRUE(three.in({1, 2, 4, 5, 6}).param({3, 2, 2, 2, 2}).run());
  EXPECT_EQ(three.out(), "float32[1,3,3,4,5]");
  EXPECT_EQ(three.macs(), 3 * 60 * 2 * 8);
}

TEST(Conv, SamePaddingDividesRoundingUp) {
  for (const char *mode : {"SAME_UPPER", "SAME_LOWER"}) {
    TestOp op("onnx.Conv");
    ASSERT_TRUE(op.in({1, 1, 5, 7})
                    .param({1, 1, 3, 3})
                    .ints("strides", {2, 3})
                    .attr("auto_pad", mode)
                    .run());
    EXPECT_EQ(op.out(), "float32[1,1,3,3]"); // ceil(5/2), ceil(7/3)
  }
}

TEST(Conv, SymbolicImage) {
  TestOp op("onnx.Conv");
  ASSERT_TRUE(op.in({Expr::symbol("n"), 3, Expr::symbol("h"), 32})
                  .param({8, 3, 3, 3})
                  .ints("pads", {1, 1, 1, 1})
                  .run());
  EXPECT_EQ(op.out(), "float32[n,8,h,32]");
  // n*8*h*32*27 = 6912*n*h.
  EXPECT_TRUE(op.sums.macs == Expr(6912) * Expr::symbol("n") * Expr::symbol("h"));
}

TEST(Conv, RejectsInvalidModels) {
  struct Case {
    const char *attribute;
    std::vector<int64_t> values;
    const char *message;
  };
  for (const Case &c : {Case{"strides", {0, 1}, "'strides' has the value 0, expected at least 1"},
                        {"strides", {1}, "'strides' has 1 values, expected 2"},
                        {"dilations", {-1, 1}, "'dilations' has the value -1"},
                        {"pads", {0, 0, -1, 0}, "'pads' has the value -1"},
                        {"pads", {1, 1}, "'pads' has 2 values, expected 4"},
                        {"kernel_shape", {0, 3}, "'kernel_shape' has the value 0"},
                        {"kernel_shape", {5, 5}, "the weight has 3"},
                        {"dilations", {9, 9}, "does not fit spatial dim 0 of size 8"}}) {
    TestOp op("onnx.Conv");
    std::string error =
        op.in({1, 4, 8, 8}).param({4, 4, 3, 3}).ints(c.attribute, c.values).rejected();
    EXPECT_NE(error.find(c.message), std::string::npos) << error;
  }
  TestOp channels("onnx.Conv");
  EXPECT_EQ(channels.in({1, 3, 8, 8}).param({4, 4, 3, 3}).rejected(),
            "onnx.Conv: the input has 3 channels, the weight expects 4");
  TestOp groups("onnx.Conv");
  EXPECT_EQ(groups.in({1, 4, 8, 8}).param({4, 4, 3, 3}).attr("group", 0).rejected(),
            "onnx.Conv: attribute 'group' is 0, expected at least 1");
  TestOp bias("onnx.Conv");
  EXPECT_EQ(bias.in({1, 4, 8, 8}).param({6, 4, 3, 3}).param({5}).rejected(),
            "onnx.Conv: input 2 has 5 elements, expected 6");
}

TEST(Conv, OutputsBeyond64BitsAreErrors) {
  int64_t huge = int64_t(1) << 62;
  TestOp op("onnx.ConvTranspose");
  EXPECT_EQ(op.in({1, 1, huge, 1}).param({1, 1, 1, 1}).ints("strides", {4, 1}).rejected(),
            "onnx.ConvTranspose: the size of its output does not fit 64 bits");
  TestOp kernel("onnx.MaxPool");
  EXPECT_EQ(kernel.in({1, 1, 8, 8})
                .ints("kernel_shape", {huge, 1})
                .ints("dilations", {huge, 1})
                .rejected(),
            "onnx.MaxPool: the size of its output does not fit 64 bits");
  TestOp unpool("onnx.MaxUnpool");
  EXPECT_EQ(unpool.in({1, 1, 2, 2})
                .in(DType::I64, {1, 1, 2, 2})
                .ints64({1, 1, -4, 4})
                .ints("kernel_shape", {2, 2})
                .rejected(),
            "onnx.MaxUnpool: its output has a dim of -4");
}

TEST(Conv, HugeSizesOverflowInsteadOfWrapping) {
  int64_t huge = int64_t(1) << 62;
  TestOp op("onnx.Conv");
  op.in({huge, 4, 8, 8}).param({huge, 4, 3, 3}).run();
  EXPECT_TRUE(op.sums.macs.isOverflow());
}

TEST(Conv, IntegerForms) {
  // ConvInteger [1,1,3,3] by 2x2 with padding 1: 4x4 outputs, 16*4 = 64 MACs;
  // x's zero point touches its 9 elements.
  TestOp integer("onnx.ConvInteger");
  ASSERT_TRUE(integer.in(DType::U8, {1, 1, 3, 3})
                  .param({1, 1, 2, 2}, DType::U8)
                  .param({}, DType::U8)
                  .ints("pads", {1, 1, 1, 1})
                  .run())
      << integer.error;
  EXPECT_EQ(integer.out(), "int32[1,1,4,4]");
  EXPECT_EQ(integer.macs(), 64);
  EXPECT_EQ(integer.intOps(), 128 + 9);
  // QLinearConv: 64 MACs; zero points of x (9) and w (4); bias and
  // requantization of 16 outputs, the latter 6 float operations each.
  TestOp linear("onnx.QLinearConv");
  ASSERT_TRUE(linear.in(DType::U8, {1, 1, 3, 3})
                  .param({})
                  .param({}, DType::U8)
                  .param({1, 1, 2, 2}, DType::I8)
                  .param({})
                  .param({}, DType::I8)
                  .param({})
                  .param({}, DType::I8)
                  .param({1}, DType::I32)
                  .ints("pads", {1, 1, 1, 1})
                  .run())
      << linear.error;
  EXPECT_EQ(linear.out(), "int8[1,1,4,4]");
  EXPECT_EQ(linear.macs(), 64);
  EXPECT_EQ(linear.intOps(), 128 + 9 + 4 + 16);
  EXPECT_EQ(linear.flops(), 6 * 16);
}

//===----------------------------------------------------------------------===//
// ConvTranspose, DeformConv, CausalConvWithState
//===----------------------------------------------------------------------===//

TEST(ConvTranspose, EveryInputMeetsEveryTap) {
  // 4x4, stride 2, pad 1, 64 -> 32 on 16x16: 16*16*64*32*16 = 8,388,608 MACs;
  // out = 2*15 + 4 - 2 = 32.
  TestOp op("onnx.ConvTranspose");
  ASSERT_TRUE(op.in({1, 64, 16, 16})
                  .param({64, 32, 4, 4})
                  .ints("strides", {2, 2})
                  .ints("pads", {1, 1, 1, 1})
                  .explain()
                  .run())
      << op.error;
  EXPECT_EQ(op.out(), "float32[1,32,32,32]");
  EXPECT_EQ(op.macs(), 8388608);
  EXPECT_EQ(op.work.equations[0], "macs = N*IC*IH*IW*(OC/g)*KH*KW = 1*64*16*16*32*4*4 = 8388608");
}

TEST(ConvTranspose, GroupsDivideTheWork) {
  // 4 groups: 64 -> 4*8 = 32 channels: a quarter of the above.
  TestOp op("onnx.ConvTranspose");
  ASSERT_TRUE(op.in({1, 64, 16, 16})
                  .param({64, 8, 4, 4})
                  .attr("group", 4)
                  .ints("strides", {2, 2})
                  .ints("pads", {1, 1, 1, 1})
                  .run());
  EXPECT_EQ(op.out(), "float32[1,32,32,32]");
  EXPECT_EQ(op.macs(), 2097152);
}

TEST(ConvTranspose, OutputSizeAttributes) {
  // 3*(3-1) + 1 + 3 = 10 and 2*(3-1) + 1 + 3 = 8.
  TestOp padding("onnx.ConvTranspose");
  ASSERT_TRUE(padding.in({1, 1, 3, 3})
                  .param({1, 2, 3, 3})
                  .ints("strides", {3, 2})
                  .ints("output_padding", {1, 1})
                  .run());
  EXPECT_EQ(padding.out(), "float32[1,2,10,8]");
  TestOp shape("onnx.ConvTranspose");
  ASSERT_TRUE(shape.in({1, 1, 3, 3})
                  .param({1, 2, 3, 3})
                  .ints("strides", {3, 2})
                  .ints("output_shape", {10, 8})
                  .run());
  EXPECT_EQ(shape.out(), "float32[1,2,10,8]");
  TestOp same("onnx.ConvTranspose");
  ASSERT_TRUE(same.in({1, 1, 3, 3})
                  .param({1, 2, 3, 3})
                  .ints("strides", {2, 2})
                  .attr("auto_pad", "SAME_UPPER")
                  .run());
  EXPECT_EQ(same.out(), "float32[1,2,6,6]");
}

TEST(DeformConv, SamplesBeforeItMultiplies) {
  // X [1,1,3,3], W [1,1,2,2]: 2x2 outputs, 16 MACs. 16 samples of 7 operations;
  // 16 points of 12 for coordinates.
  TestOp op("onnx.DeformConv");
  ASSERT_TRUE(op.in({1, 1, 3, 3}).param({1, 1, 2, 2}).in({1, 8, 2, 2}).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[1,1,2,2]");
  EXPECT_EQ(op.macs(), 16);
  EXPECT_EQ(op.flops(), 32 + 16 * 7 + 16 * 12);
}

TEST(CausalConv, KeepsItsLength) {
  // [2,4,8] by 4 taps: 2*4*8*4 = 256 MACs; bias 64; silu 5 each.
  TestOp op("onnx.CausalConvWithState", 27);
  ASSERT_TRUE(
      op.in({2, 4, 8}).param({4, 1, 4}).param({4}).attr("activation", "silu").outputs(2).run())
      << op.error;
  EXPECT_EQ(op.out(0), "float32[2,4,8]");
  EXPECT_EQ(op.out(1), "float32[2,4,3]");
  EXPECT_EQ(op.macs(), 256);
  EXPECT_EQ(op.flops(), 512 + 64 + 5 * 64);
  TestOp empty("onnx.CausalConvWithState", 27);
  EXPECT_EQ(empty.in({2, 4, 8}).param({4, 1, 0}).outputs(2).rejected(),
            "onnx.CausalConvWithState: the kernel is empty");
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

TEST(Pool, CeilModeKeepsPartialWindows) {
  // (4 - 3)/2 = 0.5: floor gives 1 window, ceil 2.
  TestOp floor("onnx.MaxPool"), ceil("onnx.MaxPool");
  ASSERT_TRUE(floor.in({1, 1, 4, 4}).ints("kernel_shape", {3, 3}).ints("strides", {2, 2}).run());
  EXPECT_EQ(floor.out(), "float32[1,1,1,1]");
  ASSERT_TRUE(ceil.in({1, 1, 4, 4})
                  .ints("kernel_shape", {3, 3})
                  .ints("strides", {2, 2})
                  .attr("ceil_mode", 1)
                  .run());
  EXPECT_EQ(ceil.out(), "float32[1,1,2,2]");
}

TEST(Pool, CeilModeDropsWindowsThatStartInThePadding) {
  // in 2, kernel 1, stride 2, end pad 1: ceil((2+1-1)/2)+1 = 2, but the second
  // window would start at 2, past the input.
  TestOp op("onnx.MaxPool");
  ASSERT_TRUE(op.in({1, 1, 2, 2})
                  .ints("kernel_shape", {1, 1})
                  .ints("strides", {2, 2})
                  .ints("pads", {0, 0, 1, 1})
                  .attr("ceil_mode", 1)
                  .run());
  EXPECT_EQ(op.out(), "float32[1,1,1,1]");
}

TEST(Pool, CountsWindowElements) {
  // 3x3 windows at 4 positions of 2 channels: 8*9 compares.
  TestOp max("onnx.MaxPool");
  ASSERT_TRUE(max.in({1, 2, 4, 4}).ints("kernel_shape", {3, 3}).outputs(2).run());
  EXPECT_EQ(max.out(1), "int64[1,2,2,2]");
  EXPECT_EQ(max.flops(), 72);
  // A mean adds one division per output: 72 + 8.
  TestOp mean("onnx.AveragePool");
  ASSERT_TRUE(mean.in({1, 2, 4, 4}).ints("kernel_shape", {3, 3}).run());
  EXPECT_EQ(mean.flops(), 80);
  // p = 2: square and add each, and a root: 2*72 + 8.
  TestOp norm("onnx.LpPool");
  ASSERT_TRUE(norm.in({1, 2, 4, 4}).ints("kernel_shape", {3, 3}).run());
  EXPECT_EQ(norm.flops(), 152);
}

TEST(Pool, GlobalPoolIsAReduction) {
  TestOp pool("onnx.GlobalAveragePool"), mean("onnx.ReduceMean");
  ASSERT_TRUE(pool.in({2, 3, 5, 7}).run());
  ASSERT_TRUE(mean.in({2, 3, 5, 7}).ints64({2, 3}).run());
  EXPECT_EQ(pool.out(), "float32[2,3,1,1]");
  EXPECT_EQ(pool.out(), mean.out());
  EXPECT_EQ(pool.flops(), 2 * 3 * 35 + 6);
  EXPECT_EQ(pool.flops(), mean.flops());
}

TEST(Pool, KernelShapeIsRequired) {
  TestOp op("onnx.MaxPool");
  EXPECT_EQ(op.in({1, 1, 4, 4}).rejected(), "onnx.MaxPool: attribute 'kernel_shape' is missing");
}

TEST(Pool, UnpoolRestoresTheSize) {
  // 2*(2-1) + 2 = 4.
  TestOp op("onnx.MaxUnpool");
  ASSERT_TRUE(op.in({1, 1, 2, 2})
                  .in(DType::I64, {1, 1, 2, 2})
                  .ints("kernel_shape", {2, 2})
                  .ints("strides", {2, 2})
                  .run());
  EXPECT_EQ(op.out(), "float32[1,1,4,4]");
  EXPECT_EQ(op.flops(), 0);
}

TEST(Pool, RoiPoolIsBounded) {
  // 3 regions, 2 channels, at most (8+2)*(8+2) compares each.
  TestOp op("onnx.MaxRoiPool");
  ASSERT_TRUE(op.in({1, 2, 8, 8}).in({3, 5}).ints("pooled_shape", {2, 2}).run());
  EXPECT_EQ(op.out(), "float32[3,2,2,2]");
  EXPECT_EQ(op.work.status, WorkStatus::Bounded);
  EXPECT_EQ(op.flops(), 600);
}
