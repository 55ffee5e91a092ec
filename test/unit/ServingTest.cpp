//===- ServingTest.cpp - Serving against the sum of single analyses -------===//

#include "energy-opt/Serving.h"
#include "energy-opt/Analysis.h"

#include "gtest/gtest.h"

using namespace energyopt;

#define ASSERT_OK(expected)                                                                        \
  ASSERT_TRUE(static_cast<bool>(expected)) << llvm::toString((expected).takeError())

/// A layer of attention with a cache, one token at a time. The rows of its
/// table of positions are read up to its end: a minimum within the range.
static constexpr llvm::StringLiteral kStep = R"(
<ir_version: 8, opset_import: ["" : 17]>
step (float[batch,1,64] x, float[batch,4,past,16] past_key, float[batch,4,past,16] past_value)
    => (float[batch,1,64] y, float[batch,4,n,16] present_key, float[batch,4,n,16] present_value)
<float[64,64] wq = {}, float[64,64] wk = {}, float[64,64] wv = {}, float[64,256] up = {}, float[256,64] down = {},
 float[300,64] table = {}, int64[4] heads = {0, 0, 4, 16}, int64[3] joined = {0, 0, 64}> {
  q = MatMul(x, wq)
  k = MatMul(x, wk)
  v = MatMul(x, wv)
  q4 = Reshape(q, heads)
  k4 = Reshape(k, heads)
  v4 = Reshape(v, heads)
  qh = Transpose<perm = [0, 2, 1, 3]>(q4)
  kh = Transpose<perm = [0, 2, 1, 3]>(k4)
  vh = Transpose<perm = [0, 2, 1, 3]>(v4)
  present_key = Concat<axis = 2>(past_key, kh)
  present_value = Concat<axis = 2>(past_value, vh)
  kt = Transpose<perm = [0, 1, 3, 2]>(present_key)
  scores = MatMul(qh, kt)
  p = Softmax<axis = -1>(scores)
  oh = MatMul(p, present_value)
  o4 = Transpose<perm = [0, 2, 1, 3]>(oh)
  o = Reshape(o4, joined)
  shape = Shape(present_key)
  two = Constant<value = int64[1] {2}>()
  length = Gather(shape, two)
  scalar = Squeeze(length)
  zero = Constant<value = int64 {0}>()
  one = Constant<value = int64 {1}>()
  places = Range(zero, scalar, one)
  rows = Gather(table, places)
  mean = ReduceMean<axes = [0], keepdims = 0>(rows)
  z = Add(o, mean)
  hidden = MatMul(z, up)
  active = Relu(hidden)
  y = MatMul(active, down)
})";

static llvm::Expected<WorkGraph> stepAt(int64_t past) {
  AnalysisOptions options;
  options.dims = {{"past", past}};
  options.batch = 3;
  auto model = analyseModel(llvm::MemoryBuffer::getMemBufferCopy(kStep, "step.onnxtxt"),
                            "step.onnxtxt", options);
  if (!model)
    return model.takeError();
  return std::move(model->graph);
}

TEST(Serving, SumIsThatOf256Analyses) {
  constexpr int64_t kPrompt = 200, kGenerate = 256;
  auto family = GraphFamily::find(stepAt, kPrompt, kPrompt + kGenerate - 1);
  ASSERT_OK(family);
  // The table has 300 rows: a bend at past 299 or 300.
  EXPECT_GT(family->analyses(), 5);
  EXPECT_LT(family->analyses(), 80);
  auto t4 = loadTarget("nvidia-t4");
  ASSERT_OK(t4);
  CountSums sums;
  double joules = 0, seconds = 0, low = 0;
  for (int64_t past = kPrompt; past < kPrompt + kGenerate; ++past) {
    auto graph = stepAt(past);
    ASSERT_OK(graph);
    sums += countsOf(*graph);
    auto report = estimate(*graph, *t4, {});
    ASSERT_OK(report);
    joules += report->energyJ.value;
    low += report->energyJ.low;
    seconds += report->latencyS.value;
  }
  CountSums found = family->sums();
  EXPECT_EQ(found.macs, sums.macs);
  EXPECT_EQ(found.flops, sums.flops);
  EXPECT_EQ(found.intOps, sums.intOps);
  EXPECT_EQ(found.transcendentals, sums.transcendentals);
  EXPECT_EQ(found.bytesMin, sums.bytesMin);
  EXPECT_EQ(found.bytesMax, sums.bytesMax);
  EXPECT_EQ(found.weightBytes, sums.weightBytes);
  EXPECT_FALSE(found.saturated);

  auto prefill = stepAt(1);
  ASSERT_OK(prefill);
  auto served = serve({*prefill, *family}, {kPrompt, kGenerate, 3}, *t4, {});
  ASSERT_OK(served);
  const PhaseCost &decode = served->targets.front().decode;
  EXPECT_NEAR(decode.energyJ.value, joules, kStepTolerance * joules);
  EXPECT_NEAR(decode.energyJ.low, low, kStepTolerance * low);
  EXPECT_NEAR(decode.latencyS.value, seconds, kStepTolerance * seconds);
}

TEST(Serving, GraphOfAFamilyIsThatOfAnAnalysis) {
  auto family = GraphFamily::find(stepAt, 10, 100);
  ASSERT_OK(family);
  WorkGraph found = family->at(57);
  auto graph = stepAt(57);
  ASSERT_OK(graph);
  EXPECT_EQ(found.peakActivationBytes, graph->peakActivationBytes);
  ASSERT_EQ(found.rows.size(), graph->rows.size());
  for (auto [a, b] : llvm::zip_equal(found.rows, graph->rows)) {
    EXPECT_EQ(a.bytesMax, b.bytesMax) << a.name;
    EXPECT_EQ(a.macs, b.macs) << a.name;
  }
}

/// A graph of one row that has `macs` of them.
static WorkGraph graphOf(int64_t macs) {
  WorkGraph graph;
  GraphRow row;
  row.macs = macs;
  graph.rows.push_back(row);
  return graph;
}

TEST(Serving, QuadraticsNeedFiveAnalyses) {
  auto family = GraphFamily::find(
      [](int64_t n) -> llvm::Expected<WorkGraph> { return graphOf(3 * n * n + n); }, 100, 1099);
  ASSERT_OK(family);
  EXPECT_EQ(family->analyses(), 5);
  // 3*sum n^2 + sum n over 100..1099; sum n = 1000*1199/2 = 599500,
  // sum n^2 = 1099*1100*2199/6 - 99*100*199/6 = 443061850 - 328350 = 442733500.
  EXPECT_EQ(family->sums().macs, 3 * 442733500LL + 599500);
}

TEST(Serving, WhatFollowsNoFormulaIsAnalysedStepByStep) {
  auto family = GraphFamily::find(
      [](int64_t n) -> llvm::Expected<WorkGraph> { return graphOf(n % 7 * n % 5); }, 0, 99);
  ASSERT_OK(family);
  int64_t sum = 0;
  for (int64_t n = 0; n < 100; ++n)
    sum += n % 7 * n % 5;
  EXPECT_EQ(family->sums().macs, sum);
  EXPECT_LE(family->analyses(), 100);
}

TEST(Serving, SumsSaturate) {
  auto family = GraphFamily::find(
      [](int64_t n) -> llvm::Expected<WorkGraph> { return graphOf(INT64_MAX / 4); }, 0, 9);
  ASSERT_OK(family);
  EXPECT_TRUE(family->sums().saturated);
  EXPECT_EQ(family->sums().macs, INT64_MAX);
}

TEST(Serving, ErrorsOfAStepPass) {
  auto family = GraphFamily::find(
      [](int64_t n) -> llvm::Expected<WorkGraph> {
        if (n > 5)
          return llvm::createStringError(llvm::inconvertibleErrorCode(), "too long");
        return graphOf(n);
      },
      0, 9);
  ASSERT_FALSE(static_cast<bool>(family));
  EXPECT_EQ(llvm::toString(family.takeError()), "too long");
}

static int64_t valueAt(const Expr &e, int64_t prompt, int64_t generate, int64_t batch) {
  Expr::Bindings bound;
  bound["P"] = Expr(prompt);
  bound["G"] = Expr(generate);
  bound["b"] = Expr(batch);
  return e.evaluate(bound).value_or(-1);
}

TEST(Serving, ClosedFormsAreTheSums) {
  Expr p = Expr::symbol("p"), b = Expr::symbol("b");
  Expr step = Expr(3) * b * p * p + Expr(5) * p + Expr::min(b, Expr(7));
  auto sum = sumOver(step, "p", Expr::symbol("P"), Expr::symbol("G"));
  ASSERT_TRUE(sum);
  for (int64_t prompt : {0, 1, 17})
    for (int64_t generate : {1, 2, 9})
      for (int64_t batch : {1, 8}) {
        int64_t expected = 0;
        for (int64_t n = prompt; n < prompt + generate; ++n)
          expected += 3 * batch * n * n + 5 * n + std::min<int64_t>(batch, 7);
        EXPECT_EQ(valueAt(*sum, prompt, generate, batch), expected);
      }
  // A minimum of p itself has no such sum.
  EXPECT_FALSE(sumOver(Expr::min(p, Expr(3)), "p", Expr(0), Expr(9)));
  EXPECT_FALSE(sumOver(Expr::min(p, Expr(1000)), "p", Expr(0), Expr(9)));
}
