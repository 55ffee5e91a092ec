// onnx-mlir's files: constants, returns and types in its own syntax, ops that
// ONNX has under another name or in another domain. They analyze like ONNX.

// RUN: energy-opt %s --split-input-file --target=a100 --format=ndjson | FileCheck %s

// Conv: 1*4*6*6 positions of 3x3x2 = 144*18 = 2592 MACs.
// MaxPool: 1*4*3*3 windows of 4 elements: 36*4 = 144. 2*2592 + 144 = 5328.
// CHECK: "unmodelled":0,{{.*}}"macs":2592,"flops":5328,
func.func @conv(%x: tensor<1x2x8x8xf32>) -> tensor<1x4x3x3xf32> {
  %w = onnx.Constant dense<1.0> : tensor<4x2x3x3xf32>
  %none = "onnx.NoValue"() {value} : () -> none
  %0 = "onnx.Conv"(%x, %w, %none) {group = 1 : si64, kernel_shape = [3, 3], pads = [0, 0, 0, 0], strides = [1, 1], onnx_node_name = "c"} : (tensor<1x2x8x8xf32>, tensor<4x2x3x3xf32>, none) -> tensor<1x4x6x6xf32>
  %1 = "onnx.MaxPoolSingleOut"(%0) {kernel_shape = [2, 2], strides = [2, 2]} : (tensor<1x4x6x6xf32>) -> tensor<1x4x3x3xf32>
  onnx.Return %1 : tensor<1x4x3x3xf32>
}

// -----

// A type that only onnx-mlir knows is no error. Identity copies nothing.
// CHECK-NEXT: "unmodelled":0,
func.func @sequence(%s: !onnx.Seq<tensor<*xf32>>, %t: tensor<2x!onnx.String>) -> !onnx.Seq<tensor<*xf32>> {
  %0 = "onnx.Identity"(%s) : (!onnx.Seq<tensor<*xf32>>) -> !onnx.Seq<tensor<*xf32>>
  onnx.Return %0 : !onnx.Seq<tensor<*xf32>>
}

// -----

// The domain is left out: Scaler is ai.onnx.ml's. 12 elements, minus the offset
// and times the scale: 24.
// CHECK-NEXT: "unmodelled":0,{{.*}}"flops":24,
func.func @scaler(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %0 = "onnx.Scaler"(%x) {offset = [1.0 : f32], scale = [2.0 : f32]} : (tensor<3x4xf32>) -> tensor<3x4xf32>
  onnx.Return %0 : tensor<3x4xf32>
}

// -----

// A Scan over nothing, not even with a state, is no loop that could be counted.
// CHECK-NEXT: "unmodelled":1,{{.*}}"reason":"it lacks the operands of a loop, or a body"
func.func @scan(%x: tensor<4xf32>) -> tensor<4xf32> {
  "onnx.Scan"() ({
    %1 = "onnx.Relu"(%x) : (tensor<4xf32>) -> tensor<4xf32>
    "onnx.Yield"(%1) : (tensor<4xf32>) -> ()
  }) {num_scan_inputs = 0 : si64} : () -> ()
  return %x : tensor<4xf32>
}
