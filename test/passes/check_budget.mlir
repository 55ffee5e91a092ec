// energy-check-budget: errors on the ops that have most of the cost.

// RUN: mlir-opt %s --allow-unregistered-dialect --load-dialect-plugin=%plugin --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(energy-check-budget{max-joules=0.01 max-latency=0.0005})'

// Half of the ops are unknown; 0.5 is met, 0.6 is not.
// RUN: mlir-opt %s --allow-unregistered-dialect --load-dialect-plugin=%plugin --split-input-file -o /dev/null --pass-pipeline='builtin.module(energy-check-budget{min-coverage=0.5})'
// RUN: not mlir-opt %s --allow-unregistered-dialect --load-dialect-plugin=%plugin --split-input-file -o /dev/null --pass-pipeline='builtin.module(energy-check-budget{min-coverage=0.6})' 2>&1 | FileCheck %s --check-prefix=COVERAGE
// COVERAGE: :4:8: error: not modelled: no rule for acme.unknown
// COVERAGE-NOT: error

// 2*2048^3 = 1.7e10 flops at the 19.5 TFLOP/s that the device has in fp32 take 0.88 ms,
// and at its 400 W some 0.3 J. The other module does next to nothing.
func.func @over(%a: tensor<2048x2048xf32>, %b: tensor<2048x2048xf32>, %c: tensor<2048x2048xf32>) -> tensor<2048x2048xf32> {
  // expected-error-re @+2 {{energy of one run on nvidia-a100-sxm-80gb is {{.*}}, over the budget of 10 mJ: matmul takes {{.*}}J}}
  // expected-error-re @+1 {{time of one run on nvidia-a100-sxm-80gb is {{.*}}, over the budget of 500 us: matmul takes {{.*}}s}}
  %0 = linalg.matmul ins(%a, %b : tensor<2048x2048xf32>, tensor<2048x2048xf32>) outs(%c : tensor<2048x2048xf32>) -> tensor<2048x2048xf32>
  return %0 : tensor<2048x2048xf32>
}

// -----

func.func @nothing_to_price(%a: tensor<4xf32>) -> tensor<2x2xf32> {
  %0 = "acme.unknown"(%a) : (tensor<4xf32>) -> tensor<4xf32>
  %1 = tensor.expand_shape %0 [[0, 1]] output_shape [2, 2] : tensor<4xf32> into tensor<2x2xf32>
  return %1 : tensor<2x2xf32>
}
