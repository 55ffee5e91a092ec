//===- GraphTest.cpp - Whole small models against arithmetic by hand ------===//

#include "energy-opt/Analysis.h"

#include "gtest/gtest.h"

using namespace energyopt;

/// Analyses a model in ONNX text; `body` is what follows the model header.
static llvm::Expected<AnalysedModel> analyse(llvm::StringRef body, AnalysisOptions options = {}) {
  std::string text = "<ir_version: 8, opset_import: [\"\" : 17, \"local\" : 1]>\n" + body.str();
  return analyseModel(llvm::MemoryBuffer::getMemBufferCopy(text, "test.onnxtxt"), "test.onnxtxt",
                      options);
}

static int64_t totalMacs(const WorkGraph &graph) {
  int64_t sum = 0;
  for (const GraphRow &row : graph.rows)
    sum += row.macs;
  return sum;
}

static const GraphRow *rowNamed(const WorkGraph &graph, llvm::StringRef op) {
  for (const GraphRow &row : graph.rows)
    if (row.op == op)
      return &row;
  return nullptr;
}

#define ASSERT_OK(expected)                                                                        \
  ASSERT_TRUE(static_cast<bool>(expected)) << llvm::toString((expected).takeError())

TEST(Graph, MatMulIsCountedOnce) {
  auto model = analyse("g (float[2,3] a, float[3,5] b) => (float[2,5] y) { y = MatMul(a, b) }");
  ASSERT_OK(model);
  EXPECT_EQ(totalMacs(model->graph), 2 * 3 * 5);
  const GraphRow &row = model->graph.rows[0];
  EXPECT_EQ(row.flops, 2 * 30);
  // a, b and y, 4 bytes each: (6 + 15 + 10) * 4; nothing is touched twice.
  EXPECT_EQ(row.bytesMax, 124);
  EXPECT_EQ(row.bytesMin, 124);
}

TEST(Graph, LoopRunsItsTripCount) {
  // 10 iterations of [4,4] x [4,4]: 10 * 64.
  auto model = analyse(R"(g (float[4,4] x) => (float[4,4] y) {
      n = Constant <value = int64 {10}> ()
      c = Constant <value = bool {1}> ()
      y = Loop (n, c, x) <body = b (int64 i, bool ci, float[4,4] s) => (bool co, float[4,4] so) {
        co = Identity (ci)
        so = MatMul (s, s)
      }>
    })");
  ASSERT_OK(model);
  EXPECT_EQ(totalMacs(model->graph), 640);
  EXPECT_EQ(rowNamed(model->graph, "MatMul")->count, 10);
  EXPECT_EQ(rowNamed(model->graph, "Loop")->status, WorkStatus::Free);
}

TEST(Graph, WhileLoopIsSimulated) {
  // i = 0; while (i < 7) { x = x*x; i += 2 } runs 4 times.
  auto model = analyse(R"(g (float[4,4] x) => (float[4,4] y) {
      c = Constant <value = bool {1}> ()
      zero = Constant <value = int64 {0}> ()
      nolimit = Constant <value = int64 {9223372036854775807}> ()
      z, y = Loop (nolimit, c, zero, x) <body = b (int64 i, bool ci, int64 k, float[4,4] s)
          => (bool co, int64 ko, float[4,4] so) {
        two = Constant <value = int64 {2}> ()
        seven = Constant <value = int64 {7}> ()
        ko = Add (k, two)
        co = Less (ko, seven)
        so = MatMul (s, s)
      }>
    })");
  ASSERT_OK(model);
  EXPECT_EQ(rowNamed(model->graph, "MatMul")->count, 4);
}

TEST(Graph, UnknownTripCountIsANamedSymbol) {
  llvm::StringRef body = R"(g (float[4,4] x, bool go) => (float[4,4] y) {
      nolimit = Constant <value = int64 {9223372036854775807}> ()
      y = Loop (nolimit, go, x) <body = b (int64 i, bool ci, float[4,4] s) => (bool co, float[4,4] so) {
        m = ReduceMax <keepdims = 0> (s)
        one = Constant <value = float {1.0}> ()
        co = Less (m, one)
        so = MatMul (s, s)
      }>
    })";
  AnalysisOptions options;
  options.dims = {{"Loop.trips", 25}};
  auto model = analyse(body, options);
  ASSERT_OK(model);
  EXPECT_EQ(totalMacs(model->graph), 25 * 64);
  auto unbound = analyse(body);
  ASSERT_OK(unbound);
  EXPECT_EQ(totalMacs(unbound->graph), 64);
  ASSERT_FALSE(unbound->graph.model.assumptions.empty());
  EXPECT_NE(unbound->graph.model.assumptions[0].find("Loop.trips"), std::string::npos);
}

TEST(Graph, LoopCarriedGrowthIsExact) {
  // x grows by one row per iteration: [1,8] → [6,8] after 5.
  auto model = analyse(R"(g (float[1,8] x, float[1,8] r) => (float[n,8] y) {
      n = Constant <value = int64 {5}> ()
      c = Constant <value = bool {1}> ()
      s = Loop (n, c, x) <body = b (int64 i, bool ci, float[k,8] a) => (bool co, float[l,8] ao) {
        co = Identity (ci)
        ao = Concat <axis = 0> (a, r)
      }>
      y = Relu (s)
    })");
  ASSERT_OK(model);
  const GraphTensor &y = model->graph.tensors[model->graph.outputs[0].tensor];
  ASSERT_EQ(y.dims.size(), 2u);
  EXPECT_EQ(y.dims[0], 6);
}

TEST(Graph, ScanRunsOverItsAxis) {
  // 10 steps of [1,4] x [4,4]: 10 * 16; outputs stack to [10,1,4].
  auto model = analyse(R"(g (float[1,4] h, float[10,1,4] xs, float[4,4] w) => (float[1,4] hn, float[10,1,4] ys) {
      hn, ys = Scan <num_scan_inputs = 1, body = b (float[1,4] s, float[1,4] x) => (float[1,4] so, float[1,4] o) {
        p = MatMul (x, w)
        so = Add (s, p)
        o = Identity (so)
      }> (h, xs)
    })");
  ASSERT_OK(model);
  EXPECT_EQ(totalMacs(model->graph), 160);
  const GraphTensor &ys = model->graph.tensors[model->graph.outputs[1].tensor];
  ASSERT_EQ(ys.dims.size(), 3u);
  EXPECT_EQ(ys.dims[0], 10);
}

TEST(Graph, CostlierBranchIsTakenAndSaid) {
  auto model = analyse(R"(g (bool c, float[4,4] x) => (float[4,4] y) {
      y = If (c) <
        then_branch = t () => (float[4,4] a) { a = Relu (x) },
        else_branch = e () => (float[4,4] b) { b = MatMul (x, x) }>
    })");
  ASSERT_OK(model);
  EXPECT_EQ(totalMacs(model->graph), 64);
  EXPECT_EQ(rowNamed(model->graph, "Relu")->count, 0);
  EXPECT_EQ(model->graph.model.assumptions.size(), 1u);
}

TEST(Graph, KnownConditionTakesItsBranch) {
  auto model = analyse(R"(g (float[4,4] x) => (float[4,4] y) {
      c = Constant <value = bool {1}> ()
      y = If (c) <
        then_branch = t () => (float[4,4] a) { a = Relu (x) },
        else_branch = e () => (float[4,4] b) { b = MatMul (x, x) }>
    })");
  ASSERT_OK(model);
  EXPECT_EQ(totalMacs(model->graph), 0);
  EXPECT_TRUE(model->graph.model.assumptions.empty());
}

TEST(Graph, FunctionsAreInlinedPerCall) {
  // local::Sq squares its argument; called on [4,4] and [8,8]: 64 + 512.
  auto model = analyse(R"(g (float[4,4] x, float[8,8] z) => (float[4,4] y, float[8,8] w) {
      y = local.Sq (x)
      w = local.Sq (z)
    }
    <domain: "local", opset_import: ["" : 17]>
    Sq (a) => (b) { b = MatMul (a, a) })");
  ASSERT_OK(model);
  EXPECT_EQ(totalMacs(model->graph), 64 + 512);
}

TEST(Graph, UnknownOpsAreUnmodelledNotFree) {
  auto model = analyse("g (float[4] x) => (float[4] y) { y = local.Foo (x) }");
  ASSERT_OK(model);
  EXPECT_EQ(model->graph.rows[0].status, WorkStatus::Unmodelled);
  EXPECT_NE(model->graph.rows[0].reason.find("local::Foo"), std::string::npos);
}

TEST(Graph, OpLikePricesACustomOp) {
  AnalysisOptions options;
  options.opLike = {{"local::Foo", "MatMul"}};
  auto model = analyse("g (float[2,3] a, float[3,5] b) => (float[2,5] y) { y = local.Foo (a, b) }",
                       options);
  ASSERT_OK(model);
  EXPECT_EQ(totalMacs(model->graph), 30);
}

TEST(Graph, QdqMatMulIsInteger) {
  auto model = analyse(R"(g (uint8[2,3] a, uint8[3,5] b, float s, uint8 z) => (float[2,5] y) {
      af = DequantizeLinear (a, s, z)
      bf = DequantizeLinear (b, s, z)
      y = MatMul (af, bf)
    })");
  ASSERT_OK(model);
  const GraphRow *row = rowNamed(model->graph, "MatMul");
  EXPECT_EQ(row->macs, 30);
  EXPECT_EQ(row->intOps, 60);
  EXPECT_EQ(row->flops, 0);
}

TEST(Graph, SymbolicTotalsEqualTheConcreteOnes) {
  llvm::StringRef body = R"(g (float[batch,seq,16] x, float[16,32] w) => (float[batch,seq,seq] y) {
      h = MatMul (x, w)
      t = Transpose <perm = [0, 2, 1]> (h)
      y = MatMul (h, t)
    })";
  AnalysisOptions options;
  options.symbolic = true;
  auto closed = analyse(body, options);
  ASSERT_OK(closed);
  // 512*b*s + 32*b*s^2
  Expr batch = Expr::symbol("batch"), seq = Expr::symbol("seq");
  EXPECT_EQ(closed->symbolic->macs, Expr(512) * batch * seq + Expr(32) * batch * seq * seq);
  for (auto [b, s] : {std::pair<int64_t, int64_t>{1, 1}, {3, 7}, {16, 129}}) {
    AnalysisOptions bound;
    bound.dims = {{"batch", b}, {"seq", s}};
    auto concrete = analyse(body, bound);
    ASSERT_OK(concrete);
    Expr::Bindings at;
    at["batch"] = b;
    at["seq"] = s;
    EXPECT_EQ(closed->symbolic->macs.evaluate(at), totalMacs(concrete->graph));
  }
}

TEST(Graph, PeakActivationsFollowLiveness) {
  // Live at `b`: x (input, 400 B, until its last use at c), a, b → at c: x, b, c.
  auto model = analyse(R"(g (float[100] x) => (float[100] y) {
      a = Relu (x)
      b = Sigmoid (a)
      y = Add (b, x)
    })");
  ASSERT_OK(model);
  EXPECT_EQ(model->graph.peakActivationBytes, 3 * 400);
}

TEST(Graph, WrongDimNameIsAnError) {
  AnalysisOptions options;
  options.dims = {{"batchs", 2}};
  auto model = analyse("g (float[batch,3] a) => (float[batch,3] y) { y = Relu(a) }", options);
  ASSERT_FALSE(static_cast<bool>(model));
  EXPECT_NE(llvm::toString(model.takeError()).find("did you mean 'batch'?"), std::string::npos);
}

TEST(Graph, StrictRefusesDefaults) {
  AnalysisOptions options;
  options.strict = true;
  auto model = analyse("g (float[batch,3] a) => (float[batch,3] y) { y = Relu(a) }", options);
  ASSERT_FALSE(static_cast<bool>(model));
  EXPECT_NE(llvm::toString(model.takeError()).find("--dim batch=N"), std::string::npos);
}

TEST(Graph, ShapeMismatchNamesTheNode) {
  auto model = analyse("g (float[2,3] a, float[4,5] b) => (float[2,5] y) { y = MatMul(a, b) }");
  ASSERT_FALSE(static_cast<bool>(model));
  EXPECT_NE(llvm::toString(model.takeError()).find("MatMul"), std::string::npos);
}

TEST(Graph, GradientIsTwiceTheGraphItDifferentiates) {
  // y = relu(a x b): 30 MACs and 10 operations; backward twice that.
  std::string text = R"(<ir_version: 8, opset_import: ["" : 17, "ai.onnx.preview.training" : 1]>
    g (float[2,3] a, float[3,5] b) => (float[2,5] y, float[2,3] da) {
      h = MatMul (a, b)
      y = Relu (h)
      da = ai.onnx.preview.training.Gradient <xs = ["a"], y = "y"> (a)
    })";
  auto model = analyseModel(llvm::MemoryBuffer::getMemBufferCopy(text, "t.onnxtxt"), "t.onnxtxt", {});
  ASSERT_OK(model);
  const GraphRow *row = rowNamed(model->graph, "Gradient");
  EXPECT_EQ(row->macs, 60);
  EXPECT_EQ(row->flops, 2 * 60 + 20);
}
