func.func @main(%x: tensor<8x8x8x3xf32>) -> tensor<8x10xf32> {
  %none = stablehlo.constant dense<0.0> : tensor<f32>
  %zero = stablehlo.broadcast_in_dim %none, dims = [] : (tensor<f32>) -> tensor<8x6x6x16xf32>
  %w1 = stablehlo.constant dense<0.1> : tensor<3x3x3x16xf32>
  %w2 = stablehlo.constant dense<0.1> : tensor<576x10xf32>
  %y = stablehlo.convolution(%x, %w1)
      dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f],
      window = {stride = [1, 1], pad = [[0, 0], [0, 0]]}
      {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
      : (tensor<8x8x8x3xf32>, tensor<3x3x3x16xf32>) -> tensor<8x6x6x16xf32>
  %h = stablehlo.maximum %y, %zero : tensor<8x6x6x16xf32>
  %flat = stablehlo.reshape %h : (tensor<8x6x6x16xf32>) -> tensor<8x576xf32>
  %logits = stablehlo.dot_general %flat, %w2, contracting_dims = [1] x [0]
      : (tensor<8x576xf32>, tensor<576x10xf32>) -> tensor<8x10xf32>
  return %logits : tensor<8x10xf32>
}
