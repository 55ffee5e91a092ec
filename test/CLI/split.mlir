// The parts of a file are models of their own, named by their first lines.

// RUN: energy-opt %s --split-input-file --target=a100 --format=ndjson | FileCheck %s
// CHECK: "path":"{{.*}}split.mlir:1"{{.*}}"macs":24,
// CHECK-NEXT: "path":"{{.*}}split.mlir:[[#SECOND:]]"{{.*}}"macs":60,

// 2*3*4 = 24 MACs.
func.func @first(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>, %c: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<2x3xf32>, tensor<3x4xf32>) outs(%c : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

// 3*4*5 = 60 MACs.
func.func @second(%a: tensor<3x4xf32>, %b: tensor<4x5xf32>, %c: tensor<3x5xf32>) -> tensor<3x5xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<3x4xf32>, tensor<4x5xf32>) outs(%c : tensor<3x5xf32>) -> tensor<3x5xf32>
  return %0 : tensor<3x5xf32>
}
