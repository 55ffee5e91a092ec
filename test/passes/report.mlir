// energy-report in mlir-opt says what energy-opt says of the same file.

// RUN: mlir-opt %s --load-dialect-plugin=%plugin -o /dev/null --pass-pipeline='builtin.module(energy-report{target=nvidia-h100-sxm format=csv o=%t.pass.csv})'
// RUN: energy-opt %s --target=nvidia-h100-sxm --format=csv -o %t.tool.csv
// RUN: diff %t.pass.csv %t.tool.csv
// RUN: FileCheck %s --check-prefix=ROWS < %t.pass.csv
// ROWS: ,matmul:25,matmul,linalg,

// To stdout in text, with options as on the command line.
// RUN: mlir-opt %s --load-dialect-plugin=%plugin -o /dev/null --pass-pipeline='builtin.module(energy-report{target=nvidia-h100-sxm precision=fp16 runtime=eager top=1})' | FileCheck %s
// CHECK: 4.19 MMAC
// CHECK: fp16, eager
// CHECK: Top 1 of 2 ops

// Passes share the analysis: two of them, one computation.
// RUN: mlir-opt %s --load-dialect-plugin=%plugin -o /dev/null --mlir-timing --mlir-timing-display=tree --pass-pipeline='builtin.module(energy-suggest,energy-report{o=%t.txt})' 2>&1 | FileCheck %s --check-prefix=ONCE
// ONCE-COUNT-1: (A) energyopt::EnergyAnalysis
// ONCE-NOT: (A) energyopt::EnergyAnalysis

// The module is left as it was.
// RUN: mlir-opt %s -o %t.before.mlir
// RUN: mlir-opt %s --load-dialect-plugin=%plugin --pass-pipeline='builtin.module(energy-report{o=%t.txt})' -o %t.after.mlir
// RUN: diff %t.before.mlir %t.after.mlir
func.func @f(%a: tensor<256x128xf32>, %b: tensor<128x128xf32>, %c: tensor<256x128xf32>) -> tensor<256x128xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<256x128xf32>, tensor<128x128xf32>) outs(%c : tensor<256x128xf32>) -> tensor<256x128xf32>
  %1 = tosa.tanh %0 : (tensor<256x128xf32>) -> tensor<256x128xf32>
  return %1 : tensor<256x128xf32>
}
