//===- FamiliesSequenceTest.cpp - Recurrent layers and attention ----------===//

#include "FamilyHarness.h"

using namespace energyopt;

//===----------------------------------------------------------------------===//
// RNN, GRU, LSTM
//===----------------------------------------------------------------------===//

TEST(Recurrent, LstmOverHundredSteps) {
  // T=100, B=1, I=32, H=64: 100*4*64*(32 + 64) = 2,457,600 MACs.
  TestOp op("onnx.LSTM");
  ASSERT_TRUE(op.in({100, 1, 32})
                  .param({1, 256, 32})
                  .param({1, 256, 64})
                  .attr("hidden_size", 64)
                  .outputs(3)
                  .explain()
                  .run())
      << op.error;
  EXPECT_EQ(op.out(0), "float32[100,1,1,64]");
  EXPECT_EQ(op.out(1), "float32[1,1,64]");
  EXPECT_EQ(op.out(2), "float32[1,1,64]");
  EXPECT_EQ(op.macs(), 2457600);
  EXPECT_EQ(op.work.equations[0], "macs = D*T*B*gates*H*(I + H) = 1*100*1*4*64*96 = 2457600");
  // 6,400 states: 4 additions of products, 4 for f*c + i*n and o*h, three
  // sigmoids of 4 and two tanh of 1: 22 each.
  EXPECT_EQ(op.flops(), 2 * 2457600 + 6400 * 22);
  EXPECT_EQ(op.transcendentals(), 6400 * 5);
}

TEST(Recurrent, GruOverHundredStepsBothWays) {
  // D=2, 3 gates: 2*100*3*64*(32 + 64) = 3,686,400 MACs.
  TestOp op("onnx.GRU");
  ASSERT_TRUE(op.in({100, 1, 32})
                  .param({2, 192, 32})
                  .param({2, 192, 64})
                  .param({2, 384})
                  .attr("hidden_size", 64)
                  .attr("direction", "bidirectional")
                  .outputs(2)
                  .run())
      << op.error;
  EXPECT_EQ(op.out(0), "float32[100,2,1,64]");
  EXPECT_EQ(op.out(1), "float32[2,1,64]");
  EXPECT_EQ(op.macs(), 3686400);
  // 12,800 states: 3 + 3 for products and biases, 5 for reset and blend, two
  // sigmoids of 4, a tanh.
  EXPECT_EQ(op.flops(), 2 * 3686400 + 12800 * 20);
}

TEST(Recurrent, LayoutAndActivations) {
  TestOp op("onnx.RNN");
  ASSERT_TRUE(op.in({3, 10, 2})
                  .param({1, 4, 2})
                  .param({1, 4, 4})
                  .attr("layout", 1)
                  .strings("activations", {"Relu"})
                  .outputs(2)
                  .run())
      << op.error;
  EXPECT_EQ(op.out(0), "float32[3,10,1,4]");
  EXPECT_EQ(op.out(1), "float32[3,1,4]");
  // 120 states: an addition and a relu.
  EXPECT_EQ(op.flops(), 2 * 120 * 6 + 240);
  EXPECT_EQ(op.transcendentals(), 0);
}

TEST(Recurrent, PeepholesAndLengths) {
  TestOp op("onnx.LSTM");
  ASSERT_TRUE(op.in({1, 2, 4})
                  .param({1, 12, 4})
                  .param({1, 12, 3})
                  .param({1, 24})
                  .in(DType::I32, {2})
                  .in({1, 2, 3})
                  .in({1, 2, 3})
                  .param({1, 9})
                  .outputs(3)
                  .run());
  // 6 states: 22 as above, 4 biases, 6 for peepholes.
  EXPECT_EQ(op.flops(), 2 * 6 * 4 * 7 + 6 * 32);
  EXPECT_EQ(op.work.status, WorkStatus::Bounded);
}

TEST(Recurrent, Rejects) {
  TestOp rows("onnx.LSTM");
  EXPECT_EQ(rows.in({100, 1, 32}).param({1, 255, 32}).param({1, 256, 64}).rejected(),
            "onnx.LSTM: input 1 has 255 in dim 1, expected 256");
  TestOp direction("onnx.GRU");
  EXPECT_NE(direction.in({100, 1, 32})
                .param({1, 192, 32})
                .param({1, 192, 64})
                .attr("direction", "sideways")
                .rejected()
                .find("expected one of forward, reverse, bidirectional"),
            std::string::npos);
  TestOp activation("onnx.RNN");
  EXPECT_NE(activation.in({3, 10, 2})
                .param({1, 4, 2})
                .param({1, 4, 4})
                .strings("activations", {"Gelu"})
                .rejected()
                .find("unknown activation 'Gelu'"),
            std::string::npos);
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

TEST(Attention, CountsBothProducts) {
  // B=2, Hq=3, Sq=4, Sk=6, D=8, Dv=10: 2*3*4*6*(8 + 10) = 2,592 MACs.
  TestOp op("onnx.Attention");
  ASSERT_TRUE(op.in({2, 3, 4, 8}).in({2, 3, 6, 8}).in({2, 3, 6, 10}).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[2,3,4,10]");
  EXPECT_EQ(op.macs(), 2592);
  // 144 scores. Scaling of Q (192) and K (288), 4 for the scale; the mask (24, 4 rows), its
  // addition, the select, and 5 for the softmax: 7*144.
  EXPECT_EQ(op.flops(), 2 * 2592 + 192 + 288 + 4 + 24 + 4 + 7 * 144);
  EXPECT_EQ(op.transcendentals(), 144);
}

TEST(Attention, GroupedQueriesWithAPast) {
  // B=2, 9 query heads share 3 key heads; 12 past + 6 new keys.
  TestOp op("onnx.Attention");
  ASSERT_TRUE(op.in({2, 4, 72})
                  .in({2, 6, 24})
                  .in({2, 6, 24})
                  .none()
                  .in({2, 3, 12, 8})
                  .in({2, 3, 12, 8})
                  .attr("q_num_heads", 9)
                  .attr("kv_num_heads", 3)
                  .outputs(4)
                  .run())
      << op.error;
  EXPECT_EQ(op.out(0), "float32[2,4,72]");
  EXPECT_EQ(op.out(1), "float32[2,3,18,8]");
  EXPECT_EQ(op.out(2), "float32[2,3,18,8]");
  EXPECT_EQ(op.out(3), "float32[2,9,4,18]");
  EXPECT_EQ(op.macs(), 2 * 9 * 4 * 18 * 16);
}

TEST(Attention, SymbolicLengthsMakeAPolynomial) {
  Expr s = Expr::symbol("s"), past = Expr::symbol("past");
  TestOp op("onnx.Attention");
  ASSERT_TRUE(op.in({1, 2, s, 8})
                  .in({1, 2, s, 8})
                  .in({1, 2, s, 8})
                  .none()
                  .in({1, 2, past, 8})
                  .in({1, 2, past, 8})
                  .run());
  // 2*s*(s + past)*16.
  EXPECT_TRUE(op.sums.macs == Expr(32) * s * (s + past)) << op.sums.macs.str();
}

TEST(Attention, Rejects) {
  TestOp heads("onnx.Attention");
  EXPECT_EQ(heads.in({2, 4, 72}).in({2, 6, 24}).in({2, 6, 24}).rejected(),
            "onnx.Attention: attribute 'q_num_heads' is 0, expected at least 1 for operands of "
            "rank 3");
  TestOp groups("onnx.Attention");
  EXPECT_EQ(groups.in({2, 4, 4, 8}).in({2, 3, 6, 8}).in({2, 3, 6, 8}).rejected(),
            "onnx.Attention: 4 query heads are not a multiple of 3 key heads");
  TestOp past("onnx.Attention");
  EXPECT_EQ(
      past.in({2, 3, 4, 8}).in({2, 3, 6, 8}).in({2, 3, 6, 8}).none().in({2, 3, 1, 8}).rejected(),
      "onnx.Attention: past_key and past_value must be given together");
}

TEST(Attention, RotaryReadsItsRows) {
  // [2,3,32] of 4 heads: 192 elements, 3 operations each; 2*3 positions of 4
  // cosines of 4 bytes.
  TestOp op("onnx.RotaryEmbedding");
  ASSERT_TRUE(op.in({2, 3, 32})
                  .param({50, 4})
                  .param({50, 4})
                  .in(DType::I64, {2, 3})
                  .attr("num_heads", 4)
                  .run())
      << op.error;
  EXPECT_EQ(op.out(), "float32[2,3,32]");
  EXPECT_EQ(op.flops(), 576);
  EXPECT_TRUE(op.work.readBytes[1].is(96));
}

TEST(Attention, LinearAttentionGrowsWithTheLength) {
  // B=2, T=4, Hq=8, Hkv=4, Dk=Dv=8: read and update of the delta rule, and the
  // queries: 2*4*(4 + 4 + 8)*64 = 8,192 MACs.
  TestOp op("onnx.LinearAttention", 27);
  ASSERT_TRUE(op.in({2, 4, 64})
                  .in({2, 4, 32})
                  .in({2, 4, 32})
                  .none()
                  .in({2, 4, 32})
                  .in({2, 4, 4})
                  .attr("q_num_heads", 8)
                  .attr("kv_num_heads", 4)
                  .outputs(2)
                  .run())
      << op.error;
  EXPECT_EQ(op.out(0), "float32[2,4,64]");
  EXPECT_EQ(op.out(1), "float32[2,4,8,8]");
  EXPECT_EQ(op.macs(), 8192);
  // The default scale is computed: a conversion, a root and a division.
  TestOp scaled("onnx.LinearAttention", 27);
  ASSERT_TRUE(scaled.in({2, 4, 64})
                  .in({2, 4, 32})
                  .in({2, 4, 32})
                  .none()
                  .in({2, 4, 32})
                  .in({2, 4, 4})
                  .attr("q_num_heads", 8)
                  .attr("kv_num_heads", 4)
                  .attr("scale", 0.25)
                  .outputs(2)
                  .run())
      << scaled.error;
  EXPECT_EQ(op.flops(), scaled.flops() + 3);
  TestOp zero("onnx.LinearAttention", 27);
  EXPECT_NE(zero.in({2, 4, 64})
                .in({2, 4, 32})
                .in({2, 4, 32})
                .none()
                .in({2, 4, 32})
                .in({2, 4, 4})
                .attr("q_num_heads", 0)
                .attr("kv_num_heads", 4)
                .rejected()
                .find("'q_num_heads' = 0"),
            std::string::npos);
}

TEST(Attention, FlexAttention) {
  TestOp op("onnx.ai.onnx.preview.FlexAttention", 1);
  ASSERT_TRUE(op.in({2, 8, 4, 16}).in({2, 2, 6, 16}).in({2, 2, 6, 16}).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[2,8,4,16]");
  EXPECT_EQ(op.macs(), 2 * 8 * 4 * 6 * 32);
}
