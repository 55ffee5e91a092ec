// energy-suggest on ONNX in the form of the importer: the checks of the command line.

// Two transposes that undo each other move 4 x 64 MB, of 6 x 64 MB that pass in all:
// without them the Relu reads what the first one read.
// RUN: mlir-opt %s --load-dialect-plugin=%plugin --verify-diagnostics -o %t.out.mlir --pass-pipeline='builtin.module(energy-suggest{target=nvidia-gtx-1080-ti checks=-*,exact-noop top=0})'
// As a pass plugin alone, with ops that nobody registered.
// RUN: mlir-opt %s --allow-unregistered-dialect --load-pass-plugin=%plugin --verify-diagnostics -o /dev/null --pass-pipeline='builtin.module(energy-suggest{target=nvidia-gtx-1080-ti checks=-*,exact-noop top=0})'
// The module is left alone, and nothing is said without checks.
// RUN: FileCheck %s --check-prefix=SAME < %t.out.mlir
// RUN: mlir-opt %s --load-dialect-plugin=%plugin -o /dev/null --pass-pipeline='builtin.module(energy-suggest{target=nvidia-gtx-1080-ti checks=-* top=0})' 2>&1 | count 0
// SAME-COUNT-2: "onnx.Transpose"
// SAME-NOT: energy.cost

// The remarks have what a report has, of the same model in a file: all ids, savings and
// targets' figures, of a module that was printed.
// RUN: energy-opt %models/resnet18.onnxtxt --target=nvidia-t4 --format=json -o %t.json
// RUN: energy-opt %models/resnet18.onnxtxt --target=nvidia-t4 --format=mlir -o %t.mlir
// RUN: mlir-opt %t.mlir --load-dialect-plugin=%plugin -o /dev/null --pass-pipeline='builtin.module(energy-suggest{target=nvidia-t4 top=0})' 2> %t.txt
// RUN: %python %S/Inputs/same_suggestions.py %t.json %t.txt

module attributes {onnx.opsets = {"ai.onnx" = 17 : i64}} {
  func.func @main(%x: tensor<16x1024x1024xf32>) -> tensor<16x1024x1024xf32> {
    %0 = "onnx.Transpose"(%x) {perm = array<i64: 0, 2, 1>} : (tensor<16x1024x1024xf32>) -> tensor<16x1024x1024xf32>
    // expected-remark-re @+1 {{exact-noop: Remove nodes and pairs of nodes that change nothing; saves {{.*}}J of {{.*}}J on nvidia-gtx-1080-ti (6{{[0-9.]+}} %), exact; --apply=exact-noop}}
    %1 = "onnx.Transpose"(%0) {perm = array<i64: 0, 2, 1>} : (tensor<16x1024x1024xf32>) -> tensor<16x1024x1024xf32>
    %2 = "onnx.Relu"(%1) : (tensor<16x1024x1024xf32>) -> tensor<16x1024x1024xf32>
    return %2 : tensor<16x1024x1024xf32>
  }
}
