//===- KernelsTest.cpp - Which ops run as one launch ----------------------===//

#include "WorkGraphBuilder.h"

#include "Analysis/Load.h"

#include <gtest/gtest.h>

using namespace energyopt;
using namespace energyopt::test;

namespace {

/// Kernels as lists of op names: "Conv+Relu, MaxPool".
std::string kernelsOf(const WorkGraph &graph, const char *runtime) {
  GraphIndex index(graph, {*findRuntime(runtime), /*uniformFloats=*/false});
  KernelPlan plan = planKernels(index, *findRuntime(runtime));
  std::string text;
  for (const Kernel &kernel : plan.kernels) {
    text += text.empty() ? "" : ", ";
    for (size_t i = 0; i < kernel.rows.size(); ++i)
      text += (i ? "+" : "") + graph.rows[kernel.rows[i]].op;
  }
  return text;
}

/// x -> Conv -> BN -> Relu -> Conv -> BN -> (+x) -> Relu
WorkGraph residualBlock() {
  WorkGraphBuilder b;
  int32_t x = b.input(64 * 100);
  int32_t p = b.parameter(64);
  int32_t y = b.conv(x, 100, 64, 64);
  y = b.op("BatchNormalization", "batchnorm", {y, p, p, p, p}, 6400);
  y = b.elementwise("Relu", {y});
  y = b.conv(y, 100, 64, 64);
  y = b.op("BatchNormalization", "batchnorm", {y, p, p, p, p}, 6400);
  y = b.elementwise("Add", {y, x});
  b.output(b.elementwise("Relu", {y}));
  return b.graph;
}

TEST(Kernels, ResidualBlockByRuntime) {
  WorkGraph graph = residualBlock();
  EXPECT_EQ(kernelsOf(graph, "tensorrt"),
            "Conv+BatchNormalization+Relu, Conv+BatchNormalization+Add+Relu");
  // No residual in the epilogue; the sum takes its activation along.
  EXPECT_EQ(kernelsOf(graph, "tflite"),
            "Conv+BatchNormalization+Relu, Conv+BatchNormalization, Add+Relu");
  EXPECT_EQ(kernelsOf(graph, "eager"),
            "Conv, BatchNormalization, Relu, Conv, BatchNormalization, Add, Relu");
  EXPECT_EQ(kernelsOf(graph, "compiled"),
            "Conv, BatchNormalization+Relu, Conv, BatchNormalization+Add+Relu");
}

TEST(Kernels, ResidualJoinsTheLaterBranch) {
  // Both branches are convolutions of x; joining the earlier one would make it
  // depend on the later one.
  WorkGraphBuilder b;
  int32_t x = b.input(6400);
  int32_t left = b.conv(x, 100, 64, 64);
  int32_t right = b.conv(left, 100, 64, 64);
  b.output(b.elementwise("Add", {left, right}));
  EXPECT_EQ(kernelsOf(b.graph, "tensorrt"), "Conv, Conv+Add");
}

TEST(Kernels, NeverCrossABody) {
  WorkGraphBuilder b;
  int32_t y = b.conv(b.input(6400), 100, 64, 64);
  b.output(b.elementwise("Relu", {y}));
  b.graph.rows[1].scope = 1;
  EXPECT_EQ(kernelsOf(b.graph, "tensorrt"), "Conv, Relu");
  b.graph.rows[1].scope = 0;
  b.graph.rows[1].count = 10;
  EXPECT_EQ(kernelsOf(b.graph, "tensorrt"), "Conv, Relu");
}

TEST(Kernels, LinearLayerAddsItsBiasEverywhere) {
  WorkGraphBuilder b;
  int32_t y = b.matmul(b.input(640), b.parameter(64 * 64), 1, 10, 64, 64);
  y = b.elementwise("Add", {y, b.parameter(64)});
  b.output(b.elementwise("Relu", {y}));
  EXPECT_EQ(kernelsOf(b.graph, "eager"), "MatMul+Add, Relu");
  EXPECT_EQ(kernelsOf(b.graph, "tensorrt"), "MatMul+Add+Relu");
}

/// 0.5 * x * (1 + erf(x / sqrt 2)), as exporters write it.
int32_t erfGelu(WorkGraphBuilder &b, int32_t x) {
  int32_t c = b.parameter(1);
  int32_t y = b.elementwise("Div", {x, c});
  y = b.elementwise("Erf", {y});
  y = b.elementwise("Add", {y, c});
  y = b.elementwise("Mul", {x, y});
  return b.elementwise("Mul", {y, c});
}

TEST(Kernels, DecomposedGeluIsOneOp) {
  WorkGraphBuilder b;
  int32_t x = b.elementwise("Relu", {b.input(640)});
  b.output(b.elementwise("Relu", {erfGelu(b, x)}));
  EXPECT_EQ(kernelsOf(b.graph, "eager"), "Relu, Div+Erf+Add+Mul+Mul, Relu");
}

TEST(Kernels, DecomposedTanhGeluIsOneOp) {
  // 0.5 * x * (1 + tanh(c * (x + d * x^3)))
  WorkGraphBuilder b;
  int32_t c = b.parameter(1);
  int32_t x = b.input(640);
  int32_t y = b.elementwise("Pow", {x, c});
  y = b.elementwise("Mul", {y, c});
  y = b.elementwise("Add", {x, y});
  y = b.elementwise("Mul", {y, c});
  y = b.elementwise("Tanh", {y});
  y = b.elementwise("Add", {y, c});
  y = b.elementwise("Mul", {x, y});
  b.output(b.elementwise("Mul", {y, c}));
  EXPECT_EQ(kernelsOf(b.graph, "onnxruntime"), "Pow+Mul+Add+Mul+Tanh+Add+Mul+Mul");
  // Eager models spell it out.
  EXPECT_EQ(kernelsOf(b.graph, "eager"), "Pow, Mul, Add, Mul, Tanh, Add, Mul, Mul");
}

/// (x - mean) / sqrt(var + eps) * gamma + beta
int32_t layerNorm(WorkGraphBuilder &b, int32_t x) {
  int64_t rows = 10;
  int32_t c = b.parameter(1);
  int32_t mean = b.reduce("ReduceMean", x, rows);
  int32_t d = b.elementwise("Sub", {x, mean});
  int32_t v = b.reduce("ReduceMean", b.elementwise("Pow", {d, c}), rows);
  int32_t s = b.elementwise("Sqrt", {b.elementwise("Add", {v, c})});
  int32_t y = b.elementwise("Div", {d, s});
  y = b.elementwise("Mul", {y, b.parameter(64)});
  return b.elementwise("Add", {y, b.parameter(64)});
}

TEST(Kernels, DecomposedLayerNormIsOneOp) {
  WorkGraphBuilder b;
  int32_t x = b.elementwise("Relu", {b.input(640)});
  int32_t y = layerNorm(b, x);
  // The residual reads x too; the norm is still one op.
  b.output(b.elementwise("Add", {y, x}));
  EXPECT_EQ(kernelsOf(b.graph, "eager"),
            "Relu, ReduceMean+Sub+Pow+ReduceMean+Add+Sqrt+Div+Mul+Add, Add");
}

TEST(Kernels, RmsNormAndSiluAreOneOpEach) {
  WorkGraphBuilder b;
  int32_t c = b.parameter(1), x = b.input(640);
  int32_t v = b.reduce("ReduceMean", b.elementwise("Pow", {x, c}), 10);
  int32_t s = b.elementwise("Sqrt", {b.elementwise("Add", {v, c})});
  int32_t y = b.elementwise("Mul", {b.elementwise("Div", {x, s}), b.parameter(64)});
  y = b.matmul(y, b.parameter(64 * 64), 1, 10, 64, 64);
  y = b.elementwise("Mul", {y, b.elementwise("Sigmoid", {y})});
  b.output(y);
  EXPECT_EQ(kernelsOf(b.graph, "onnxruntime"),
            "Pow+ReduceMean+Add+Sqrt+Div+Mul, MatMul+Sigmoid+Mul");
  // Eager models spell RMS norm out.
  EXPECT_EQ(kernelsOf(b.graph, "eager"),
            "Pow, ReduceMean, Add, Sqrt, Div, Mul, MatMul, Sigmoid+Mul");
}

TEST(Kernels, AChainOfOpsIsNoDiamond) {
  WorkGraphBuilder b;
  int32_t y = b.elementwise("Sigmoid", {b.input(640)});
  b.output(b.elementwise("Mul", {y, b.input(640)}));
  EXPECT_EQ(kernelsOf(b.graph, "eager"), "Sigmoid, Mul");
}

/// softmax(Q K^T * c + mask) V for 4 heads of 10 x 16, with the transposes of
/// an export.
WorkGraph attention() {
  WorkGraphBuilder b;
  int32_t x = b.input(10 * 64), mask = b.input(100);
  int32_t q = b.transpose(b.view("Reshape", b.matmul(x, b.parameter(4096), 1, 10, 64, 64)));
  int32_t k = b.transpose(b.view("Reshape", b.matmul(x, b.parameter(4096), 1, 10, 64, 64)));
  int32_t v = b.transpose(b.view("Reshape", b.matmul(x, b.parameter(4096), 1, 10, 64, 64)));
  int32_t s = b.matmul(q, b.transpose(k), 4, 10, 16, 10);
  s = b.elementwise("Mul", {s, b.parameter(1)});
  s = b.elementwise("Add", {s, mask});
  s = b.op("Softmax", "softmax", {s}, 400, {{WorkClass::Vector, DType::F32, 2000}});
  int32_t o = b.view("Reshape", b.transpose(b.matmul(s, v, 4, 10, 10, 16)));
  b.output(b.matmul(o, b.parameter(4096), 1, 10, 64, 64));
  return b.graph;
}

TEST(Kernels, AttentionIsOneKernelWhereTheRuntimeHasFlash) {
  WorkGraph graph = attention();
  EXPECT_EQ(kernelsOf(graph, "tensorrt"),
            "MatMul, MatMul, MatMul, "
            "Transpose+Transpose+Transpose+Transpose+MatMul+Mul+Add+Softmax+MatMul+Transpose, "
            "MatMul");
  EXPECT_EQ(kernelsOf(graph, "eager"),
            "MatMul, Transpose, MatMul, Transpose, MatMul, Transpose, Transpose, MatMul, Mul, "
            "Add, Softmax, MatMul, Transpose, MatMul");
}

TEST(Kernels, FlashAttentionKeepsTheScoresOnChip) {
  WorkGraph graph = attention();
  GraphIndex index(graph, {*findRuntime("eager-flash"), false});
  KernelPlan plan = planKernels(index, *findRuntime("eager-flash"));
  Loads loads = measureLoads(index, plan, std::nullopt);
  int32_t k = plan.of[graph.rows.size() - 4]; // the product with V
  // Reads Q, K, V (640 floats each) and the mask (100), writes the result.
  EXPECT_EQ(loads.kernels[k].bytes.activation, 4 * (3 * 640 + 100 + 640));
  // The scale.
  EXPECT_EQ(loads.kernels[k].bytes.weight, 4);
}

/// Its softmax has a result of a type that is no tensor's.
TEST(Kernels, NoAttentionWithoutAProbability) {
  WorkGraphBuilder b;
  int32_t q = b.input(640), k = b.input(640);
  b.op("Softmax", "softmax", {b.matmul(q, k, 4, 10, 16, 10)}, 400,
       {{WorkClass::Vector, DType::F32, 2000}});
  b.graph.rows.back().writes[0].tensor = -1;
  EXPECT_EQ(kernelsOf(b.graph, "tensorrt"), "MatMul, Softmax");
}

/// A single op of attention, 4 heads of 10 x 16, behind an Expand of its mask of 10.
WorkGraph fusedAttention() {
  WorkGraphBuilder b;
  int32_t q = b.input(640), k = b.input(640), v = b.input(640);
  int32_t mask = b.op("Expand", "movement", {b.elementwise("Neg", {b.input(10)})}, 100);
  RowWork product{WorkClass::BatchMatMul, DType::F32, 4 * 10 * 16 * 10, 4, 10, 10, 16};
  b.output(b.op("MultiHeadAttention", "attention", {q, k, v, mask}, 640, {product, product}));
  return b.graph;
}

TEST(Kernels, FusedAttentionRepeatsItsMaskItself) {
  WorkGraph graph = fusedAttention();
  EXPECT_EQ(kernelsOf(graph, "tensorrt"), "Neg, MultiHeadAttention");
  EXPECT_EQ(kernelsOf(graph, "eager"), "Neg, Expand, MultiHeadAttention");
  GraphIndex index(graph, {*findRuntime("tensorrt"), false});
  Loads loads = measureLoads(index, planKernels(index, *findRuntime("tensorrt")), std::nullopt);
  // Q, K, V and the result, 640 floats each, and the 10 of the mask.
  EXPECT_EQ(loads.kernels[1].bytes.activation, 4 * (4 * 640 + 10));
  // Another reader needs the whole of it.
  graph.outputs.push_back({"mask", graph.rows[1].writes[0].tensor});
  EXPECT_EQ(kernelsOf(graph, "tensorrt"), "Neg, Expand, MultiHeadAttention");
}

TEST(Kernels, ShapeArithmeticRunsWhereTheRuntimeKnowsNoSizes) {
  WorkGraphBuilder b;
  int32_t size = b.op("Mul", "elementwise", {b.input(1, DType::I64), b.parameter(1)}, 1);
  b.graph.rows.back().fromSizes = true;
  b.output(b.op("Slice", "movement", {b.input(640), size}, 320));
  EXPECT_EQ(kernelsOf(b.graph, "onnxruntime"), "Mul, Slice");
  for (const char *runtime : {"tensorrt", "xla", "openvino", "eager"})
    EXPECT_EQ(kernelsOf(b.graph, runtime), "Slice");
}

TEST(Kernels, ScoresThatAreReadElsewhereForbidFlash) {
  WorkGraphBuilder b;
  int32_t q = b.input(640), k = b.input(640), v = b.input(640);
  int32_t s = b.matmul(q, k, 4, 10, 16, 10);
  int32_t w = b.op("Softmax", "softmax", {s}, 400, {{WorkClass::Vector, DType::F32, 2000}});
  b.output(w); // the attention weights are a result
  b.output(b.matmul(w, v, 4, 10, 10, 16));
  EXPECT_EQ(kernelsOf(b.graph, "eager-flash"), "MatMul, Softmax, MatMul");
}

TEST(Kernels, QuantizationFolds) {
  WorkGraphBuilder b;
  int32_t scale = b.parameter(1);
  int32_t stored = b.input(640, DType::I8);
  int32_t x = b.op("DequantizeLinear", "quantize", {stored, scale}, 640);
  int32_t y = b.conv(x, 10, 64, 64);
  y = b.elementwise("Relu", {y});
  y = b.op("QuantizeLinear", "quantize", {y, scale}, 640);
  b.graph.tensors[y].dtype = DType::I8;
  b.graph.tensors[y].bytes = b.graph.rows.back().writes[0].bytes = 640;
  b.output(y);
  EXPECT_EQ(kernelsOf(b.graph, "tensorrt"), "Conv+Relu+QuantizeLinear");
  GraphIndex index(b.graph, {*findRuntime("tensorrt"), false});
  Loads loads = measureLoads(index, planKernels(index, *findRuntime("tensorrt")), std::nullopt);
  // 640 int8 in, 640 int8 out; weights 64 x 64 floats and the scale.
  EXPECT_EQ(loads.kernels[0].bytes.activation, 1280);
  EXPECT_EQ(loads.kernels[0].bytes.weight, 4 * 4096 + 4);
  EXPECT_EQ(kernelsOf(b.graph, "eager"), "DequantizeLinear, Conv, Relu, QuantizeLinear");
}

TEST(Kernels, FreeAndConstantRowsRunNothing) {
  WorkGraphBuilder b;
  int32_t w = b.transpose(b.parameter(4096));
  b.graph.rows.back().constant = true;
  int32_t x = b.view("Reshape", b.input(640));
  b.output(b.matmul(x, w, 1, 10, 64, 64));
  GraphIndex index(b.graph, {*findRuntime("eager"), false});
  KernelPlan plan = planKernels(index, *findRuntime("eager"));
  EXPECT_EQ(plan.of, (std::vector<int32_t>{-1, -1, 0}));
  // What is computed at load counts as a weight.
  EXPECT_EQ(measureLoads(index, plan, std::nullopt).kernels[0].bytes.weight, 4 * 4096);
}

TEST(Loads, ATensorIsReadOncePerKernelAndWrittenOnlyIfItLeaves) {
  WorkGraph graph = residualBlock();
  GraphIndex index(graph, {*findRuntime("tensorrt"), false});
  Loads loads = measureLoads(index, planKernels(index, *findRuntime("tensorrt")), std::nullopt);
  // Second kernel: its input, x for the residual, its result: 6400 floats each.
  EXPECT_EQ(loads.kernels[1].bytes.activation, 3 * 4 * 6400);
  // Weights 64 x 64 and one tensor of 64 that all four norm operands share.
  EXPECT_EQ(loads.kernels[1].bytes.weight, 4 * (4096 + 64));
}

TEST(Loads, PrecisionScalesFloatsOnly) {
  WorkGraphBuilder b;
  int32_t ids = b.input(10, DType::I64);
  int32_t y = b.op("Gather", "gather", {b.parameter(1000), ids}, 640);
  b.graph.rows.back().reads[0].bytes = 2560; // ten rows of the table
  b.output(y);
  GraphIndex index(b.graph, {*findRuntime("eager"), true});
  Loads loads = measureLoads(index, planKernels(index, *findRuntime("eager")), Precision::Fp16);
  EXPECT_EQ(loads.kernels[0].bytes.weight, 1280);
  EXPECT_EQ(loads.kernels[0].bytes.activation, 80 + 1280);
}

} // namespace
