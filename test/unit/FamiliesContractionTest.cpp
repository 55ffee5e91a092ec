//===- FamiliesContractionTest.cpp - Matrix products ----------------------===//

#include "FamilyHarness.h"

using namespace energyopt;

TEST(Contraction, MatMulBroadcastsBatches) {
  // 8 products of [64,128] x [128,256]: 8*64*128*256 = 16,777,216 MACs.
  TestOp op("onnx.MatMul");
  ASSERT_TRUE(op.in({64, 128}).in({8, 128, 256}).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[8,64,256]");
  EXPECT_EQ(op.macs(), 16777216);
  EXPECT_EQ(op.flops(), 2 * 16777216);
  EXPECT_EQ(op.work.items[0].cls, WorkClass::BatchMatMul);
  EXPECT_TRUE(op.work.items[0].dims.groups.is(8));
}

TEST(Contraction, StackTimesMatrixIsOneTallProduct) {
  // [2,3,4,5] x [5,7]: rows 2*3*4 = 24.
  TestOp op("onnx.MatMul");
  ASSERT_TRUE(op.in({2, 3, 4, 5}).param({5, 7}).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[2,3,4,7]");
  EXPECT_EQ(op.macs(), 24 * 7 * 5);
  EXPECT_EQ(op.work.items[0].cls, WorkClass::MatMul);
  EXPECT_TRUE(op.work.items[0].dims.m.is(24));
  EXPECT_TRUE(op.work.items[0].dims.groups.is(1));
}

TEST(Contraction, VectorsLoseTheirDim) {
  TestOp row("onnx.MatMul"), column("onnx.MatMul"), dot("onnx.MatMul");
  ASSERT_TRUE(row.in({3}).in({3, 4}).run());
  EXPECT_EQ(row.out(), "float32[4]");
  ASSERT_TRUE(column.in({2, 3}).in({3}).run());
  EXPECT_EQ(column.out(), "float32[2]");
  ASSERT_TRUE(dot.in({3}).in({3}).run());
  EXPECT_EQ(dot.out(), "float32[]");
  EXPECT_EQ(dot.macs(), 3);
}

TEST(Contraction, InnerDimsMustAgree) {
  TestOp op("onnx.MatMul");
  EXPECT_EQ(op.in({2, 3}).in({4, 5}).rejected(), "onnx.MatMul: inner dims 3 and 4 differ");
}

TEST(Contraction, UnknownRankStaysUnknown) {
  TestOp op("onnx.MatMul");
  ASSERT_TRUE(op.unranked().in({4, 5}).run());
  EXPECT_FALSE(op.op.outputs[0].hasRank());
  EXPECT_EQ(op.work.status, WorkStatus::Unmodelled);
}

TEST(Contraction, SymbolicBatchStaysASymbol) {
  TestOp op("onnx.MatMul");
  ASSERT_TRUE(op.in({Expr::symbol("b"), 5}).param({5, 7}).run());
  EXPECT_EQ(op.out(), "float32[b,7]");
  EXPECT_EQ(op.sums.macs.str(), "35*b");
}

TEST(Contraction, GemmTransposesAndAddsBias) {
  // A' [3,4] -> [4,3]; B [5,3] -> [3,5]: 4*5*3 = 60 MACs, 20 additions.
  TestOp op("onnx.Gemm");
  ASSERT_TRUE(op.in({3, 4}).param({5, 3}).param({5}).attr("transA", 1).attr("transB", 1).run())
      << op.error;
  EXPECT_EQ(op.out(), "float32[4,5]");
  EXPECT_EQ(op.macs(), 60);
  EXPECT_EQ(op.flops(), 120 + 20);
  // alpha and beta other than 1 multiply each of the 20 outputs.
  TestOp scaled("onnx.Gemm");
  ASSERT_TRUE(
      scaled.in({4, 3}).param({3, 5}).param({1}).attr("alpha", 0.5).attr("beta", 2.0).run());
  EXPECT_EQ(scaled.flops(), 120 + 3 * 20);
}

TEST(Contraction, GemmBiasMustBroadcast) {
  TestOp op("onnx.Gemm");
  EXPECT_EQ(op.in({4, 3}).param({3, 5}).param({4}).rejected(),
            "onnx.Gemm: input 2 (float32[4]) does not broadcast to float32[4,5]");
}

TEST(Contraction, ExplanationPutsNumbersIn) {
  TestOp op("onnx.MatMul");
  ASSERT_TRUE(op.in({2, 3}).in({3, 4}).explain().run());
  ASSERT_EQ(op.work.equations.size(), 1u);
  EXPECT_EQ(op.work.equations[0], "macs = groups*M*N*K = 1*2*4*3 = 24");
}

//===----------------------------------------------------------------------===//
// Einsum
//===----------------------------------------------------------------------===//

TEST(Einsum, AttentionScores) {
  // b=2, h=3, i=4, j=5, d=6: 2*3 groups of [4,6] x [6,5]: 720 MACs.
  TestOp op("onnx.Einsum");
  ASSERT_TRUE(op.in({2, 3, 4, 6}).in({2, 3, 5, 6}).attr("equation", "bhid,bhjd->bhij").run())
      << op.error;
  EXPECT_EQ(op.out(), "float32[2,3,4,5]");
  EXPECT_EQ(op.macs(), 720);
  const ContractionDims &dims = op.work.items[0].dims;
  EXPECT_TRUE(dims.groups.is(6) && dims.m.is(4) && dims.n.is(5) && dims.k.is(6));
}

TEST(Einsum, EllipsisBroadcasts) {
  TestOp op("onnx.Einsum");
  ASSERT_TRUE(op.in({7, 2, 3}).in({3, 4}).attr("equation", "...ij,jk->...ik").run()) << op.error;
  EXPECT_EQ(op.out(), "float32[7,2,4]");
  EXPECT_EQ(op.macs(), 7 * 2 * 4 * 3);
}

TEST(Einsum, EllipsesStandForTheSameDims) {
  TestOp op("onnx.Einsum");
  EXPECT_NE(op.in({3, 3, 3})
                .in({3, 3, 3, 3})
                .attr("equation", "...ij,...jk->...ik")
                .rejected()
                .find("the ellipsis stands for 2 dims in term 1, for 1 in another"),
            std::string::npos);
}

TEST(Einsum, ImplicitOutputSortsLabelsThatOccurOnce) {
  TestOp op("onnx.Einsum");
  ASSERT_TRUE(op.in({2, 3}).in({3, 4}).attr("equation", "ab,bA").run()) << op.error;
  // Upper case sorts first.
  EXPECT_EQ(op.out(), "float32[4,2]");
  EXPECT_EQ(op.macs(), 24);
}

TEST(Einsum, HadamardProductIsNoContraction) {
  TestOp op("onnx.Einsum");
  ASSERT_TRUE(op.in({2, 3}).in({2, 3}).attr("equation", "ij,ij->ij").run());
  EXPECT_EQ(op.macs(), 0);
  EXPECT_EQ(op.flops(), 6);
}

TEST(Einsum, SingleOperandSumsOrViews) {
  TestOp diagonal("onnx.Einsum"), sum("onnx.Einsum"), transpose("onnx.Einsum");
  ASSERT_TRUE(diagonal.in({3, 3}).attr("equation", "ii->i").run());
  EXPECT_EQ(diagonal.out(), "float32[3]");
  EXPECT_EQ(diagonal.flops(), 0);
  ASSERT_TRUE(sum.in({3, 4}).attr("equation", "ij->i").run());
  EXPECT_EQ(sum.flops(), 12);
  ASSERT_TRUE(transpose.in({3, 4}).attr("equation", "ij->ji").run());
  EXPECT_EQ(transpose.out(), "float32[4,3]");
  EXPECT_EQ(transpose.flops(), 0);
}

TEST(Einsum, ThreeOperandsContractFromTheLeft) {
  // bn,anm->ban... : "bn,anm,bm->ba", b=2, n=3, a=4, m=5: first bn,anm keeps
  // b, a, m and sums n: 2*4*5*3 = 120; then bam,bm->ba: 2*4*5 = 40.
  TestOp op("onnx.Einsum");
  ASSERT_TRUE(op.in({2, 3}).in({4, 3, 5}).in({2, 5}).attr("equation", "bn,anm,bm->ba").run())
      << op.error;
  EXPECT_EQ(op.out(), "float32[2,4]");
  EXPECT_EQ(op.macs(), 160);
}

TEST(Einsum, RejectsBadEquations) {
  struct Case {
    const char *equation, *message;
  };
  for (Case c : {Case{"ij,jk->->ik", "more than one '->'"},
                 {"ij,jk->i,k", "the output is not a single term"},
                 {"ij,jk,kl->il", "3 terms for 2 inputs"},
                 {"ijk,jk->i", "term 0 has 3 labels, its input has rank 2"},
                 {"ij,jk->il", "the output label 'l' is in no input"},
                 {"ij,jk->ii", "the output repeats 'i'"},
                 {"......ij,jk->ik", "a term has more than one ellipsis"},
                 {"i1,jk->ik", "unexpected character '1'"}}) {
    TestOp op("onnx.Einsum");
    std::string error = op.in({2, 3}).in({3, 4}).attr("equation", c.equation).rejected();
    EXPECT_NE(error.find(c.message), std::string::npos) << error;
  }
  TestOp sizes("onnx.Einsum");
  EXPECT_NE(sizes.in({2, 3})
                .in({4, 5})
                .attr("equation", "ij,jk->ik")
                .rejected()
                .find("another dim with its label is 3"),
            std::string::npos);
}

//===----------------------------------------------------------------------===//
// Integer forms
//===----------------------------------------------------------------------===//

TEST(Contraction, MatMulIntegerCountsIntegers) {
  // [4,8] x [8,16] = 512 MACs of int8, 1024 int_ops; zero points of A (32
  // elements) and B (128).
  TestOp op("onnx.MatMulInteger");
  ASSERT_TRUE(op.in(DType::U8, {4, 8})
                  .param({8, 16}, DType::I8)
                  .param({}, DType::U8)
                  .param({}, DType::I8)
                  .run())
      << op.error;
  EXPECT_EQ(op.out(), "int32[4,16]");
  EXPECT_EQ(op.macs(), 512);
  EXPECT_EQ(op.flops(), 0);
  EXPECT_EQ(op.intOps(), 1024 + 32 + 128);
}

TEST(Contraction, MatMulIntegerNeedsBytes) {
  TestOp op("onnx.MatMulInteger");
  EXPECT_EQ(op.in(DType::I8, {4, 8}).in(DType::I16, {8, 16}).rejected(),
            "onnx.MatMulInteger: input 1 has type int16, expected an 8-bit type");
}

/// [4,8] x [8,16] in every spelling: 512 MACs.
TEST(Contraction, OneProductInAllSpellings) {
  TestOp matmul("onnx.MatMul"), gemm("onnx.Gemm"), einsum("onnx.Einsum"), conv("onnx.Conv"),
      qlinear("onnx.QLinearMatMul");
  ASSERT_TRUE(matmul.in({4, 8}).param({8, 16}).run());
  ASSERT_TRUE(gemm.in({4, 8}).param({16, 8}).attr("transB", 1).run());
  ASSERT_TRUE(einsum.in({4, 8}).param({8, 16}).attr("equation", "ik,kj->ij").run());
  // A 1x1 convolution: 4 images of one pixel with 8 channels, 16 filters.
  ASSERT_TRUE(conv.in({4, 8, 1, 1}).param({16, 8, 1, 1}).run());
  ASSERT_TRUE(qlinear.in(DType::U8, {4, 8})
                  .param({})
                  .param({}, DType::U8)
                  .param({8, 16}, DType::I8)
                  .param({})
                  .param({}, DType::I8)
                  .param({})
                  .param({}, DType::U8)
                  .run())
      << qlinear.error;
  EXPECT_EQ(qlinear.out(), "uint8[4,16]");
  for (TestOp *op : {&matmul, &gemm, &einsum, &conv, &qlinear}) {
    EXPECT_EQ(op->macs(), 512) << op->op.name.str();
    const ContractionDims &dims = op->work.items[0].dims;
    EXPECT_TRUE(dims.groups.is(1) && dims.m.is(4) && dims.n.is(16) && dims.k.is(8))
        << op->op.name.str();
  }
}
