// The backward pass that TR1 derives, against one that is written out: the same
// multiply-accumulates, exactly, and about the same of everything else.
//
// RUN: energy-opt %s --format=json --checks=-* | %python %S/Inputs/compare_steps.py %S/Inputs/forward.mlir
//
// Convolution of 8x8x8x3 with 3x3x3x16: 8*6*6*16 * 27 = 124416, forward and for
// its weights. Product of 8x576 with 576x10: 46080, forward, for its weights and
// for its operand. 2 * 124416 + 3 * 46080 = 387072.

func.func @main(%x: tensor<8x8x8x3xf32>, %target: tensor<8x10xf32>, %w1: tensor<3x3x3x16xf32>,
                %w2: tensor<576x10xf32>) -> (tensor<3x3x3x16xf32>, tensor<576x10xf32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<8x6x6x16xf32>
  %rate1 = stablehlo.constant dense<0.01> : tensor<3x3x3x16xf32>
  %rate2 = stablehlo.constant dense<0.01> : tensor<576x10xf32>
  // forward
  %y = stablehlo.convolution(%x, %w1)
      dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f],
      window = {stride = [1, 1], pad = [[0, 0], [0, 0]]}
      {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
      : (tensor<8x8x8x3xf32>, tensor<3x3x3x16xf32>) -> tensor<8x6x6x16xf32>
  %h = stablehlo.maximum %y, %zero : tensor<8x6x6x16xf32>
  %flat = stablehlo.reshape %h : (tensor<8x6x6x16xf32>) -> tensor<8x576xf32>
  %logits = stablehlo.dot_general %flat, %w2, contracting_dims = [1] x [0]
      : (tensor<8x576xf32>, tensor<576x10xf32>) -> tensor<8x10xf32>
  // backward, of half the squared error
  %dlogits = stablehlo.subtract %logits, %target : tensor<8x10xf32>
  %dw2 = stablehlo.dot_general %flat, %dlogits, contracting_dims = [0] x [0]
      : (tensor<8x576xf32>, tensor<8x10xf32>) -> tensor<576x10xf32>
  %dflat = stablehlo.dot_general %dlogits, %w2, contracting_dims = [1] x [1]
      : (tensor<8x10xf32>, tensor<576x10xf32>) -> tensor<8x576xf32>
  %dh = stablehlo.reshape %dflat : (tensor<8x576xf32>) -> tensor<8x6x6x16xf32>
  %on = stablehlo.compare GT, %y, %zero
      : (tensor<8x6x6x16xf32>, tensor<8x6x6x16xf32>) -> tensor<8x6x6x16xi1>
  %dy = stablehlo.select %on, %dh, %zero : tensor<8x6x6x16xi1>, tensor<8x6x6x16xf32>
  %dw1 = stablehlo.convolution(%x, %dy)
      dim_numbers = [f, 0, 1, b]x[i, 0, 1, o]->[0, 1, b, f],
      window = {stride = [1, 1], pad = [[0, 0], [0, 0]]}
      {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
      : (tensor<8x8x8x3xf32>, tensor<8x6x6x16xf32>) -> tensor<3x3x3x16xf32>
  // update
  %s1 = stablehlo.multiply %rate1, %dw1 : tensor<3x3x3x16xf32>
  %n1 = stablehlo.subtract %w1, %s1 : tensor<3x3x3x16xf32>
  %s2 = stablehlo.multiply %rate2, %dw2 : tensor<576x10xf32>
  %n2 = stablehlo.subtract %w2, %s2 : tensor<576x10xf32>
  return %n1, %n2 : tensor<3x3x3x16xf32>, tensor<576x10xf32>
}
