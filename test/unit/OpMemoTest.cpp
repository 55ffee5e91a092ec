//===- OpMemoTest.cpp - Ops that are visited again ------------------------===//

#include "ImportHelper.h"

#include "Graph/OpMemo.h"
#include "energy-opt/Analysis.h"

using namespace energyopt;

namespace {
class OpMemoTest : public ImportTest {
protected:
  void importBody(llvm::StringRef body) {
    importText("<ir_version: 8, opset_import: [\"\" : 17]>\n" + body.str());
  }
  WorkGraph analyse(AnalysisOptions options = {}) {
    auto analysed = analyseImported(*model, "test.onnxtxt", options);
    if (!analysed) {
      ADD_FAILURE() << llvm::toString(analysed.takeError());
      return {};
    }
    return std::move(analysed->graph);
  }
  static std::vector<int64_t> dimsOf(const WorkGraph &graph, llvm::StringRef tensor) {
    std::vector<int64_t> dims;
    for (const GraphTensor &each : graph.tensors)
      if (each.name == tensor)
        for (PrintedDim dim : each.dims)
          dims.push_back(dim.value_or(-1));
    return dims;
  }
  static int64_t flopsOf(const WorkGraph &graph) {
    int64_t sum = 0;
    for (const GraphRow &row : graph.rows)
      sum += row.flops;
    return sum;
  }
};
} // namespace

using Dims = std::vector<int64_t>;

TEST_F(OpMemoTest, RepeatedLayersAreLookedAtOnce) {
  importBody(R"(g (float[2,3] x) => (float[2,3] y) {
    a = Relu (x)
    b = Relu (a)
    y = Relu (b)
  })");
  WorkGraph graph = analyse();
  EXPECT_EQ(model->memo->size(), 2u); // y has a declared type, a and b have none
  ASSERT_EQ(graph.rows.size(), 3u);
  // A comparison for each of the 6 elements, in each of the 3.
  EXPECT_EQ(flopsOf(graph), 18);
  for (int32_t row = 0; row < 3; ++row) {
    int32_t written = graph.rows[row].writes[0].tensor;
    EXPECT_EQ(graph.tensors[written].producer, row);
    EXPECT_EQ(graph.tensors[written].bytes, 24);
  }
  EXPECT_EQ(graph.rows[1].reads[0].tensor, graph.rows[0].writes[0].tensor);
  EXPECT_NE(graph.rows[1].name, graph.rows[0].name);
}

TEST_F(OpMemoTest, ContentsTellOpsApart) {
  importBody(R"(g (float[2,12] x) => (float[3,8] a, float[4,6] b)
  <int64[2] s = {3,8}, int64[2] t = {4,6}> {
    a = Reshape (x, s)
    b = Reshape (x, t)
  })");
  for (int round = 0; round < 2; ++round) {
    WorkGraph graph = analyse();
    EXPECT_EQ(dimsOf(graph, "a"), Dims({3, 8}));
    EXPECT_EQ(dimsOf(graph, "b"), Dims({4, 6}));
  }
}

TEST_F(OpMemoTest, ComputedContentsTellOpsApart) {
  importBody(R"(g (float[2,12] x, float[4,6] z) => (float[2,12] a, float[4,6] b) {
    s = Shape (x)
    t = Shape (z)
    a = Reshape (z, s)
    b = Reshape (x, t)
  })");
  WorkGraph graph = analyse();
  EXPECT_EQ(dimsOf(graph, "a"), Dims({2, 12}));
  EXPECT_EQ(dimsOf(graph, "b"), Dims({4, 6}));
}

TEST_F(OpMemoTest, AttributesAndParametersTellOpsApart) {
  importBody(R"(g (float[2,6] x) => (float[6,2] a, float[2,6] b, float[2,6] c)
  <float[2,6] w = {1,2,3,4,5,6,7,8,9,10,11,12}> {
    a = Transpose <perm = [1,0]> (x)
    b = Transpose <perm = [0,1]> (x)
    c = Transpose <perm = [0,1]> (w)
  })");
  WorkGraph graph = analyse();
  EXPECT_EQ(dimsOf(graph, "a"), Dims({6, 2}));
  EXPECT_EQ(dimsOf(graph, "b"), Dims({2, 6}));
  EXPECT_FALSE(graph.rows[1].constant);
  EXPECT_TRUE(graph.rows[2].constant);
}

TEST_F(OpMemoTest, OtherSizesAreAnotherOp) {
  importBody("g (float[batch,3] x) => (float[batch,3] y) { y = Relu (x) }");
  AnalysisOptions options;
  for (int64_t batch : {1, 4, 1}) {
    options.batch = batch;
    EXPECT_EQ(flopsOf(analyse(options)), 3 * batch);
  }
}

TEST_F(OpMemoTest, WhatAnAnalysisAssumesEachOneSays) {
  importBody(R"(g (float[2,n] x, float[2,m] z) => (y) {
    p = NonZero (x)
    q = NonZero (x)
    y = Add (x, z)
  })");
  WorkGraph first = analyse(), second = analyse();
  EXPECT_EQ(first.model.assumptions, second.model.assumptions);
  EXPECT_EQ(first.model.assumptions.size(), 2u); // the sizes of n and m
  // How many there are only the run decides, of each by itself.
  EXPECT_EQ(dimsOf(second, "p"), Dims({2, -1}));
  EXPECT_EQ(dimsOf(second, "q"), Dims({2, -1}));
}

TEST_F(OpMemoTest, IdentityIsOfWhatIsKnown) {
  OpMemo memo;
  ValueInfo a = ValueInfo::tensor(DType::F32, Shape{Expr(2), Expr(3)});
  ValueInfo b = a;
  EXPECT_EQ(memo.identityOf(a), memo.identityOf(b));
  b.isParameter = true;
  EXPECT_NE(memo.identityOf(a), memo.identityOf(b));
  b = a;
  b.dtype = DType::F16;
  EXPECT_NE(memo.identityOf(a), memo.identityOf(b));
  b = a;
  b.data = std::make_shared<TensorData>(6, Scalar(1));
  ValueInfo c = a;
  c.data = std::make_shared<TensorData>(6, Scalar(2));
  EXPECT_NE(memo.identityOf(b), memo.identityOf(c));
  EXPECT_NE(memo.identityOf(a), memo.identityOf(b));
  ValueInfo open = ValueInfo::tensor(DType::F32, Shape{Expr::symbol("n")});
  EXPECT_EQ(memo.identityOf(open), OpMemo::kUnknown);
  EXPECT_EQ(memo.identityOf(ValueInfo::tensor(DType::F32)), OpMemo::kUnknown);
}
