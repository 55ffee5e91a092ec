//===- GraphTrafficTest.cpp - Bytes of graphs beyond 64 bits --------------===//

#include "energy-opt/Analysis.h"

#include "gtest/gtest.h"

#include <limits>

using namespace energyopt;

/// `a` and what is made of it have 2^63 - 1 elements each: bytes are held at the
/// maximum and marked, and come out of the sum of what is alive as they went in.
TEST(GraphTraffic, HeldAtTheMaximum) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  llvm::StringRef text = R"(<ir_version: 8, opset_import: ["" : 17]>
    huge (float[9223372036854775807] a, float[5] x) => (float[5] z) {
      b = Relu (a)
      c = Relu (b)
      y = Relu (x)
      z = Relu (y)
    })";
  auto model = analyseModel(llvm::MemoryBuffer::getMemBufferCopy(text), "huge.onnxtxt", {});
  ASSERT_TRUE(static_cast<bool>(model)) << llvm::toString(model.takeError());
  const WorkGraph &graph = model->graph;
  EXPECT_EQ(graph.peakActivationBytes, kMost);
  EXPECT_TRUE(graph.rows[0].saturated);
  EXPECT_EQ(graph.rows[0].bytesMin, kMost); // a
  EXPECT_EQ(graph.rows[0].bytesMax, kMost); // a and b
  EXPECT_EQ(graph.rows[2].bytesMin, 20);    // x: 5 floats
  EXPECT_FALSE(graph.rows[2].saturated);
}
