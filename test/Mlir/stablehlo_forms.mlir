// StableHLO in the pretty form that JAX prints, and the same in generic form:
// one network, one cost.

// RUN: split-file %s %t
// RUN: energy-opt %t/pretty.mlir --format=csv --target=a100 | cut -d, -f6- > %t/pretty.csv
// RUN: energy-opt %t/generic.mlir --format=csv --target=a100 | cut -d, -f6- > %t/generic.csv
// RUN: diff %t/pretty.csv %t/generic.csv
// RUN: energy-opt %t/pretty.mlir --format=json --target=a100 | FileCheck %s

// dot_general: 8 batches of 16x32 by 32x64, 8*16*32*64 = 262144 MACs.
// convolution: 1x14x14 positions of 3x3x8 (8 inputs) by 16 outputs,
// 1*14*14*3*3*8*16 = 225792 MACs. Together 487936.
// CHECK: "totals": {
// CHECK-NEXT: "macs": 487936,

// flops: 2*487936 = 975872 of the contractions; reduce adds each of its
// 8*16*64 = 8192 elements once; compare and select 1 each on 8*16 = 128.
// 975872 + 8192 + 128 = 984192, the select moves i32 and computes none.
// CHECK-NEXT: "flops": 984192,

//--- pretty.mlir
module @jit_f attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<8x16x32xf32>, %arg1: tensor<8x32x64xf32>, %arg2: tensor<1x16x16x8xf32>, %arg3: tensor<3x3x8x16xf32>) -> (tensor<8x16xi32> {jax.result_info = ""}, tensor<1x14x14x16xf32>) {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.dot_general %arg0, %arg1, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [DEFAULT, DEFAULT] : (tensor<8x16x32xf32>, tensor<8x32x64xf32>) -> tensor<8x16x64xf32>
    %1 = stablehlo.reduce(%0 init: %cst) applies stablehlo.add across dimensions = [2] : (tensor<8x16x64xf32>, tensor<f32>) -> tensor<8x16xf32>
    %2 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<8x16xf32>
    %3 = stablehlo.compare  GT, %1, %2,  FLOAT : (tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<8x16xi1>
    %4 = stablehlo.iota dim = 1 : tensor<8x16xi32>
    %5 = stablehlo.slice %4 [0:8, 0:16] : (tensor<8x16xi32>) -> tensor<8x16xi32>
    %6 = stablehlo.select %3, %4, %5 : tensor<8x16xi1>, tensor<8x16xi32>
    %7 = stablehlo.convolution(%arg2, %arg3) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [1, 1], pad = [[0, 0], [0, 0]], rhs_dilate = [1, 1]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x16x16x8xf32>, tensor<3x3x8x16xf32>) -> tensor<1x14x14x16xf32>
    return %6, %7 : tensor<8x16xi32>, tensor<1x14x14x16xf32>
  }
}
//--- generic.mlir
"builtin.module"() <{sym_name = "jit_f"}> ({
  "func.func"() <{function_type = (tensor<8x16x32xf32>, tensor<8x32x64xf32>, tensor<1x16x16x8xf32>, tensor<3x3x8x16xf32>) -> (tensor<8x16xi32>, tensor<1x14x14x16xf32>), sym_name = "main"}> ({
  ^bb0(%arg0: tensor<8x16x32xf32>, %arg1: tensor<8x32x64xf32>, %arg2: tensor<1x16x16x8xf32>, %arg3: tensor<3x3x8x16xf32>):
    %cst = "stablehlo.constant"() <{value = dense<0.000000e+00> : tensor<f32>}> : () -> tensor<f32>
    %0 = "stablehlo.dot_general"(%arg0, %arg1) <{dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = [0], rhs_batching_dimensions = [0], lhs_contracting_dimensions = [2], rhs_contracting_dimensions = [1]>, precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]}> : (tensor<8x16x32xf32>, tensor<8x32x64xf32>) -> tensor<8x16x64xf32>
    %1 = "stablehlo.reduce"(%0, %cst) <{dimensions = array<i64: 2>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %s = "stablehlo.add"(%a, %b) : (tensor<f32>, tensor<f32>) -> tensor<f32>
      "stablehlo.return"(%s) : (tensor<f32>) -> ()
    }) : (tensor<8x16x64xf32>, tensor<f32>) -> tensor<8x16xf32>
    %2 = "stablehlo.broadcast_in_dim"(%cst) <{broadcast_dimensions = array<i64>}> : (tensor<f32>) -> tensor<8x16xf32>
    %3 = "stablehlo.compare"(%1, %2) <{compare_type = #stablehlo<comparison_type FLOAT>, comparison_direction = #stablehlo<comparison_direction GT>}> : (tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<8x16xi1>
    %4 = "stablehlo.iota"() <{iota_dimension = 1 : i64}> : () -> tensor<8x16xi32>
    %5 = "stablehlo.slice"(%4) <{limit_indices = array<i64: 8, 16>, start_indices = array<i64: 0, 0>, strides = array<i64: 1, 1>}> : (tensor<8x16xi32>) -> tensor<8x16xi32>
    %6 = "stablehlo.select"(%3, %4, %5) : (tensor<8x16xi1>, tensor<8x16xi32>, tensor<8x16xi32>) -> tensor<8x16xi32>
    %7 = "stablehlo.convolution"(%arg2, %arg3) <{batch_group_count = 1 : i64, dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>, feature_group_count = 1 : i64, padding = dense<0> : tensor<2x2xi64>, rhs_dilation = array<i64: 1, 1>, window_strides = array<i64: 1, 1>}> : (tensor<1x16x16x8xf32>, tensor<3x3x8x16xf32>) -> tensor<1x14x14x16xf32>
    "func.return"(%6, %7) : (tensor<8x16xi32>, tensor<1x14x14x16xf32>) -> ()
  }) : () -> ()
}) : () -> ()
