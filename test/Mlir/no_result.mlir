// What an op does whose result is left out is not told by its operands: it is counted as
// such. What writes to memory has none by nature.

// RUN: energy-opt %s --split-input-file --target=a100 --format=json | FileCheck %s

// CHECK: "unmodelled": 2,
// CHECK: "unmodelled_ops": [
// CHECK: "reason": "it has no result to tell its work by"
func.func @nothing(%x: tensor<5x3xf32>) {
  "stablehlo.convert"(%x) : (tensor<5x3xf32>) -> ()
  "stablehlo.add"(%x, %x) : (tensor<5x3xf32>, tensor<5x3xf32>) -> ()
  return
}

// -----

// CHECK: "unmodelled": 0,
func.func @store(%x: f32, %to: memref<4xf32>, %at: index) {
  memref.store %x, %to[%at] : memref<4xf32>
  return
}

// -----

// Five operations for each of 16 elements, which are written to an operand.
// CHECK: "unmodelled": 0,
// CHECK: "flops": 80,
func.func @softmax(%x: memref<2x8xf32>, %y: memref<2x8xf32>) {
  linalg.softmax dimension(1) ins(%x : memref<2x8xf32>) outs(%y : memref<2x8xf32>)
  return
}
