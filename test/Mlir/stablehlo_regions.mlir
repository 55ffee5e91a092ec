// Ops of StableHLO that hold code: by their regions and attributes.

// RUN: energy-opt %s --split-input-file --target=a100 --format=ndjson | FileCheck %s

// A counted loop: i from 0 while i < 10 in steps of 1, an 8x8x8 product in each:
// 10*512 = 5120 MACs. Besides 10 comparisons (11 with the last, which is not
// counted) and 10 additions of the counter, in integers.
// CHECK: "unmodelled":0,{{.*}}"macs":5120,"flops":10240,"int_ops":20,
func.func @while(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %c0 = stablehlo.constant dense<0> : tensor<i32>
  %c1 = stablehlo.constant dense<1> : tensor<i32>
  %c10 = stablehlo.constant dense<10> : tensor<i32>
  %0:2 = stablehlo.while(%iterArg = %c0, %iterArg_0 = %x) : tensor<i32>, tensor<8x8xf32>
   cond {
    %1 = stablehlo.compare LT, %iterArg, %c10, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %1 = stablehlo.dot %iterArg_0, %x : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
    %2 = stablehlo.add %iterArg, %c1 : tensor<i32>
    stablehlo.return %2, %1 : tensor<i32>, tensor<8x8xf32>
  }
  return %0#1 : tensor<8x8xf32>
}

// -----

// One branch of three runs: the costliest, 4*4*4 = 64 MACs.
// CHECK-NEXT: "unmodelled":0,{{.*}}"macs":64,"flops":128,
func.func @case(%i: tensor<i32>, %x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = "stablehlo.case"(%i) ({
    stablehlo.return %x : tensor<4x4xf32>
  }, {
    %1 = stablehlo.dot %x, %x : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    stablehlo.return %1 : tensor<4x4xf32>
  }, {
    %1 = stablehlo.negate %x : tensor<4x4xf32>
    stablehlo.return %1 : tensor<4x4xf32>
  }) : (tensor<i32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}

// -----

// Windows of 3x3 over a result of 4x4 in two channels: 2*16*9 = 288 maxima.
// CHECK-NEXT: "unmodelled":0,{{.*}}"macs":0,"flops":288,
func.func @reduce_window(%x: tensor<1x2x6x6xf32>, %init: tensor<f32>) -> tensor<1x2x4x4xf32> {
  %0 = "stablehlo.reduce_window"(%x, %init) <{window_dimensions = array<i64: 1, 1, 3, 3>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %1 = stablehlo.maximum %a, %b : tensor<f32>
    stablehlo.return %1 : tensor<f32>
  }) : (tensor<1x2x6x6xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  return %0 : tensor<1x2x4x4xf32>
}

// -----

// 5 updates of 7 elements, each added to what is there: 35.
// CHECK-NEXT: "unmodelled":0,{{.*}}"macs":0,"flops":35,
func.func @scatter(%x: tensor<100x7xf32>, %i: tensor<5x1xi32>, %u: tensor<5x7xf32>) -> tensor<100x7xf32> {
  %0 = "stablehlo.scatter"(%x, %i, %u) <{scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %1 = stablehlo.add %a, %b : tensor<f32>
    stablehlo.return %1 : tensor<f32>
  }) : (tensor<100x7xf32>, tensor<5x1xi32>, tensor<5x7xf32>) -> tensor<100x7xf32>
  return %0 : tensor<100x7xf32>
}

// -----

// Three rows of 16 in comparison sort: 48*ceil(log2 16) = 192 comparisons.
// CHECK-NEXT: "unmodelled":0,{{.*}}"macs":0,"flops":192,
func.func @sort(%x: tensor<3x16xf32>) -> tensor<3x16xf32> {
  %0 = "stablehlo.sort"(%x) <{dimension = 1 : i64, is_stable = true}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %1 = stablehlo.compare LT, %a, %b, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  }) : (tensor<3x16xf32>) -> tensor<3x16xf32>
  return %0 : tensor<3x16xf32>
}

// -----

// A body that calls a function of the module: 6 elements, two operations each.
// CHECK-NEXT: "unmodelled":0,{{.*}}"macs":0,"flops":12,
func.func @reduce_by_call(%x: tensor<6xf32>, %init: tensor<f32>) -> tensor<f32> {
  %0 = stablehlo.reduce(%x init: %init) across dimensions = [0] : (tensor<6xf32>, tensor<f32>) -> tensor<f32>
   reducer(%a: tensor<f32>, %b: tensor<f32>) {
    %1 = func.call @combine(%a, %b) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    stablehlo.return %1 : tensor<f32>
  }
  return %0 : tensor<f32>
}
func.func private @combine(%a: tensor<f32>, %b: tensor<f32>) -> tensor<f32> {
  %0 = stablehlo.multiply %a, %a : tensor<f32>
  %1 = stablehlo.add %0, %b : tensor<f32>
  return %1 : tensor<f32>
}

// -----

// Annotations are free; what nobody knows is unmodelled, by name.
// CHECK-NEXT: "free":1,{{.*}}"unmodelled":1,{{.*}}"reason":"nobody says what custom_call @my_kernel does"
func.func @custom_call(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.custom_call @Sharding(%x) {mhlo.sharding = "{replicated}"} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = stablehlo.custom_call @my_kernel(%0) {api_version = 2 : i32} : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// MHLO under the same names: 3*4*5 = 60 MACs.
// CHECK-NEXT: "unmodelled":0,{{.*}}"macs":60,
func.func @mhlo(%a: tensor<3x4xf32>, %b: tensor<4x5xf32>) -> tensor<3x5xf32> {
  %0 = "mhlo.dot"(%a, %b) : (tensor<3x4xf32>, tensor<4x5xf32>) -> tensor<3x5xf32>
  return %0 : tensor<3x5xf32>
}
