//===- GraphTest.cpp - Whole small models against arithmetic by hand ------===//

#include "energy-opt/Analysis.h"
#include "energy-opt/Live.h"

#include "Graph/GraphBuilder.h"

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

TEST(Graph, RowsHaveNamesOfTheirOwn) {
  ShapeFacts facts({}, /*symbolic=*/false);
  GraphBuilder builder(facts, /*symbolic=*/false);
  // The second is named by its op and place, as the first is already; "a/" is what a
  // call without a name inside "a" leaves.
  for (const char *name : {"Relu_1", "", "a/", "a/", "Relu_1"}) {
    GraphRow &row = builder.graph.rows.emplace_back();
    row.op = "Relu";
    row.name = name;
  }
  std::vector<std::string> names;
  const WorkGraph graph = builder.finish({});
  for (const GraphRow &row : graph.rows)
    names.push_back(row.name);
  const std::vector<std::string> expected = {"Relu_1", "Relu_1#2", "a/Relu_2", "a/Relu_3",
                                             "Relu_1#3"};
  EXPECT_EQ(names, expected);
}

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
  auto model = analyse(
      R"(g (float[1,4] h, float[10,1,4] xs, float[4,4] w) => (float[1,4] hn, float[10,1,4] ys) {
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

TEST(Graph, BranchesTeachNothingAboutDims) {
  // NonZero finds up to 9 rows. That the branch which squeezes them would need
  // exactly one says nothing about what follows.
  auto model = analyse(R"(g (bool c, float[9] x) => (int64[n,1] w, int64[1] y) {
      i = NonZero (x)
      z = Transpose (i)
      y = If (c) <
        then_branch = t () => (int64[1] a) { zero = Constant <value = int64[1] {0}> () a = Squeeze (z, zero) },
        else_branch = e () => (int64[1] b) { b = Constant <value = int64[1] {0}> () }>
      w = Neg (z)
    })");
  ASSERT_OK(model);
  const GraphTensor &w = model->graph.tensors[model->graph.outputs[0].tensor];
  EXPECT_EQ(w.dims[0], std::nullopt);
  EXPECT_EQ(w.elements, 9);
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

TEST(Graph, UnmodelledOpsHaveNoFigures) {
  ShapeFacts facts({}, /*symbolic=*/false);
  GraphBuilder builder(facts, /*symbolic=*/false);
  int32_t x =
      builder.addTensor(ValueInfo::tensor(DType::F32, Shape{4}), "x", GraphTensor::Role::Input);
  // Found out halfway that a size is unknown.
  Work work = Work::unmodelled("a size is unknown");
  work.add(WorkClass::Vector, DType::I64, Expr(4));
  work.readBytes.push_back(Expr(16));
  GraphBuilder::NewRow row;
  row.op = "Foo";
  row.inputs = x;
  builder.addRow(row, work);
  WorkGraph graph = builder.finish({});
  EXPECT_EQ(graph.rows[0].reason, "a size is unknown");
  EXPECT_EQ(graph.rows[0].intOps, 0);
  EXPECT_EQ(graph.rows[0].bytesMax, 0);
}

TEST(Graph, OpLikePricesACustomOp) {
  AnalysisOptions options;
  options.opLike = {{"local::Foo", "MatMul"}};
  auto model =
      analyse("g (float[2,3] a, float[3,5] b) => (float[2,5] y) { y = local.Foo (a, b) }", options);
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

TEST(Graph, GivenDimsStayInTheFormula) {
  AnalysisOptions options;
  options.symbolic = true;
  options.dims = {{"batch", 3}};
  auto model = analyse(R"(g (float[batch,4] x, float[4,5] w) => (float[batch,5] y) {
      y = MatMul (x, w) })",
                       options);
  ASSERT_OK(model);
  EXPECT_EQ(model->symbolic->macs, Expr(20) * Expr::symbol("batch"));
  EXPECT_EQ(totalMacs(model->graph), 60);
}

/// Windows of 7x7 of an image of any size, shifted by 3, as Swin transformers
/// cut them: padded to a multiple of 7, rolled, and split.
static const char *const kSwinWindows = R"(
  g (float[batch,h,w,96] x, float[96,288] weight) => (float[n,49,288] qkv)
  <int64[1] seven = {7}, int64[1] zero = {0}, int64[1] one = {1}, int64[1] two = {2}, int64[1] three = {3},
   int64[1] channels = {96}, int64[1] end = {9223372036854775807}, int64[5] before = {0,0,0,0,0},
   int64[3] windows = {-1, 49, 96}> {
    size = Shape (x)
    b = Gather (size, zero)
    h0 = Gather (size, one)
    w0 = Gather (size, two)
    h1 = Mod (h0, seven)
    h2 = Sub (seven, h1)
    h3 = Mod (h2, seven)
    w1 = Mod (w0, seven)
    w2 = Sub (seven, w1)
    w3 = Mod (w2, seven)
    pads = Concat <axis = 0> (before, h3, w3, zero)
    padded = Pad (x, pads)
    low = Slice (padded, three, end, one)
    high = Slice (padded, zero, three, one)
    rolled = Concat <axis = 1> (low, high)
    size2 = Shape (rolled)
    h4 = Gather (size2, one)
    w4 = Gather (size2, two)
    rows = Div (h4, seven)
    columns = Div (w4, seven)
    grid = Concat <axis = 0> (b, rows, seven, columns, seven, channels)
    cut = Reshape (rolled, grid)
    sorted = Transpose <perm = [0, 1, 3, 2, 4, 5]> (cut)
    tokens = Reshape (sorted, windows)
    qkv = MatMul (tokens, weight)
  })";

TEST(Graph, SwinWindowsOfAnyImage) {
  // 56/7 = 8 windows each way, as for 50, which is padded to 56; 57 makes 9:
  // 49 tokens a window, 96*288 = 27,648 multiplications each.
  for (auto [h, w, windows] :
       {std::tuple<int64_t, int64_t, int64_t>{56, 56, 64}, {50, 56, 64}, {57, 50, 72}, {7, 1, 1}}) {
    AnalysisOptions options;
    options.dims = {{"h", h}, {"w", w}, {"batch", 2}};
    auto model = analyse(kSwinWindows, options);
    ASSERT_OK(model);
    EXPECT_EQ(totalMacs(model->graph), 2 * windows * 49 * 27648);
  }
  AnalysisOptions options;
  options.symbolic = true;
  auto closed = analyse(kSwinWindows, options);
  ASSERT_OK(closed);
  Expr::Bindings at;
  at["batch"] = 3;
  at["h"] = 57;
  at["w"] = 50;
  EXPECT_EQ(closed->symbolic->macs.evaluate(at), 3 * 72 * 49 * 27648);
}

/// Value of a dim of the report.
static int64_t dimOf(const AnalysedModel &model, llvm::StringRef name) {
  for (const NamedDim &dim : model.graph.model.dims)
    if (dim.symbol == name)
      return dim.value;
  return -1;
}

TEST(Graph, DimsThatTheGraphRelatesFollowFromEachOther) {
  // Defaults are 512 past and 640 total tokens; the sum needs 512 + 1.
  auto model =
      analyse(R"(g (float[1,past] k, float[1,1] new, float[1,total_seq] mask) => (float[1,t] y) {
      all = Concat <axis = 1> (k, new)
      y = Add (all, mask) })");
  ASSERT_OK(model);
  EXPECT_EQ(dimOf(*model, "past"), 512);
  EXPECT_EQ(dimOf(*model, "total_seq"), 513);
  EXPECT_EQ(model->graph.model.assumptions[1],
            "dim 'total_seq' = 513 (the graph needs it equal to past + 1)");
}

TEST(Graph, GivenDimsDecideTheRelatedOnes) {
  AnalysisOptions options;
  options.dims = {{"total_seq", 100}};
  auto model =
      analyse(R"(g (float[1,past] k, float[1,1] new, float[1,total_seq] mask) => (float[1,t] y) {
      all = Concat <axis = 1> (k, new)
      y = Add (all, mask) })",
              options);
  ASSERT_OK(model);
  EXPECT_EQ(dimOf(*model, "past"), 99);
}

TEST(Graph, ATableLimitsTheDimThatReadsIt) {
  // Positions 0 to 7 are stored, the first s are added to s tokens: the default
  // of 128 tokens does not fit, 8 do.
  auto model = analyse(R"(g (float[batch,seq,4] x) => (float[batch,seq,4] y)
    <float[8,4] table = {}, int64[1] zero = {0}> {
      length = Shape <start = 1, end = 2> (x)
      rows = Slice (table, zero, length, zero)
      y = Add (x, rows) })");
  ASSERT_OK(model);
  EXPECT_EQ(dimOf(*model, "seq"), 8);
}

TEST(Graph, SizesAreTriedWhereTheGraphOnlyRefuses) {
  // Two of n elements: n is at least 2. A size that the user gave is not changed.
  llvm::StringRef body = R"(g (float[n] x) => (float[2] y, int64[2] i) <int64[1] k = {2}> {
      y, i = TopK (x, k) })";
  auto model = analyse(body);
  ASSERT_OK(model);
  EXPECT_EQ(dimOf(*model, "n"), 2);
  EXPECT_EQ(model->graph.model.assumptions[0], "dim 'n' = 2 (a size that the graph accepts)");
  AnalysisOptions options;
  options.dims = {{"n", 1}};
  EXPECT_EQ(llvm::toString(analyse(body, options).takeError()),
            "node '#1 (TopK)': onnx.TopK: cannot take 2 of 1 elements");
}

TEST(Graph, ScanChecksWhatItsBodyTakes) {
  auto model = analyse(R"(g (float[2] s, float[3,2] x) => (float[2] t) {
      t = Scan <num_scan_inputs = 1,
        body = b (float[2] si, float[2,2] xi) => (float[2] so) { so = Identity (si) }> (s, x)
    })");
  ASSERT_FALSE(static_cast<bool>(model));
  EXPECT_EQ(llvm::toString(model.takeError()), "node '#1 (Scan)': the body's input 'xi' is "
                                               "declared otherwise than float32[2], which it gets");
}

TEST(Graph, OptionalTakesItsTypeFromItsAttribute) {
  llvm::StringRef text = R"(ir_version: 8 opset_import { version: 17 }
    graph { name: "g"
      node { op_type: "Optional" output: "o"
             attribute { name: "type" type: TYPE_PROTO
                         tp { tensor_type { elem_type: 1 shape { dim { dim_value: 2 } } } } } }
      node { op_type: "OptionalGetElement" input: "o" output: "y" }
      output { name: "y" } })";
  auto model =
      analyseModel(llvm::MemoryBuffer::getMemBufferCopy(text, "t.textproto"), "t.textproto", {});
  ASSERT_OK(model);
  const GraphTensor &y = model->graph.tensors[model->graph.outputs[0].tensor];
  EXPECT_EQ(y.dtype, DType::F32);
  ASSERT_EQ(y.dims.size(), 1u);
  EXPECT_EQ(y.dims[0], 2);
}

TEST(Graph, ModifiersSeeAllScores) {
  // 2 heads, 3 queries, 5 keys: the modifier multiplies 30 scores.
  auto model =
      analyse(R"(g (float[1,2,3,4] q, float[1,2,5,4] k, float[1,2,5,4] v) => (float[1,2,3,4] y) {
      y = ai.onnx.preview.FlexAttention <
        prob_mod = m (float[B,H,L,S] p) => (float[B,H,L,S] r) { r = Mul (p, p) }> (q, k, v)
    })");
  ASSERT_OK(model);
  EXPECT_EQ(rowNamed(model->graph, "Mul")->flops, 30);
  EXPECT_TRUE(model->graph.model.dims.empty());
}

TEST(Graph, PeakActivationsFollowLiveness) {
  // Tensors of 400 B. At a: x and a; at b: x, a, b; at y: x (until then), b, y.
  auto model = analyse(R"(g (float[100] x) => (float[100] y) {
      a = Relu (x)
      b = Sigmoid (a)
      y = Add (b, x)
    })");
  ASSERT_OK(model);
  EXPECT_EQ(model->graph.peakActivationBytes, 3 * 400);
  EXPECT_EQ(liveActivations(model->graph), (std::vector<int64_t>{800, 1200, 1200}));
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
  auto model =
      analyseModel(llvm::MemoryBuffer::getMemBufferCopy(text, "t.onnxtxt"), "t.onnxtxt", {});
  ASSERT_OK(model);
  const GraphRow *row = rowNamed(model->graph, "Gradient");
  EXPECT_EQ(row->macs, 60);
  EXPECT_EQ(row->flops, 2 * 60 + 20);
}
