// --format=mlir writes costs into the module, as energy-annotate does, and keeps
// the places of the user's file as locations.
// mlir-opt has no sanitizers, and cannot load a plugin that has.
// UNSUPPORTED: sanitized

// RUN: energy-opt %s --format=mlir --target=h100 -o %t.tool.mlir
// RUN: mlir-opt %s --load-dialect-plugin=%plugin --mlir-print-debuginfo --pass-pipeline='builtin.module(energy-annotate{target=nvidia-h100-sxm})' -o %t.pass.mlir
// RUN: diff %t.tool.mlir %t.pass.mlir
// RUN: FileCheck %s < %t.tool.mlir

// The result is MLIR again.
// RUN: energy-opt %t.tool.mlir --format=csv --target=h100 | FileCheck %s --check-prefix=AGAIN
// AGAIN: ,matmul,linalg,{{.*}},modelled,,1,6144,

// A part of a file has the lines of the file.
// RUN: echo '// -----' > %t.parts.mlir && cat %s >> %t.parts.mlir
// RUN: energy-opt %t.parts.mlir --split-input-file --format=mlir | FileCheck %s --check-prefix=PART
// PART: linalg.matmul {{.*}} loc(#[[LOC:.*]])
// PART: #[[LOC]] = loc("{{.*}}.parts.mlir":[[#@LINE+24]]:8)

// An ONNX model becomes a module, with the same work and energy as in a report; small
// contents stand in it.
// RUN: energy-opt %models/resnet18.onnxtxt --format=mlir --target=h100 | FileCheck %s --check-prefix=ONNX
// RUN: energy-opt %models/resnet18.onnxtxt --format=mlir --target=h100 -o %t.onnx.mlir
// RUN: energy-opt %t.onnx.mlir --format=json --target=h100 --checks=-* -o %t.mlir.json
// RUN: energy-opt %models/resnet18.onnxtxt --format=json --target=h100 --checks=-* -o %t.onnx.json
// RUN: %python -c "import json; a, b = (json.load(open('%t.' + k + '.json')) for k in ('mlir', 'onnx')); assert a['totals']['macs'] == b['totals']['macs'] == 1814073344 and a['totals']['flops'] == b['totals']['flops']; assert abs(a['targets'][0]['energy_j']['value'] / b['targets'][0]['energy_j']['value'] - 1) < 1e-3"
// ONNX: module attributes {energy.cost = {{{.*}}macs = 1814073344 : i64
// ONNX: func.func @main(%arg0: tensor<?x3x224x224xf32, ["batch", "", "", ""]>
// RUN: not energy-opt %s --format=mlir --target=h100,a100 2>&1 | FileCheck %s --check-prefix=TARGETS
// TARGETS: error: --format=mlir writes the figures of one target
// RUN: not energy-opt %s --format=mlir --mode=training 2>&1 | FileCheck %s --check-prefix=TRAINING
// TRAINING: error: --format=mlir: the module has no backward pass to write costs into
// RUN: not energy-opt %s --format=mlir --dim n=3 2>&1 | FileCheck %s --check-prefix=DIM
// DIM: error: {{.*}}'n'

// 16*24*16 = 6144 MACs.
// CHECK: module attributes {energy.cost = {{{.*}}macs = 6144 : i64
// CHECK: linalg.matmul {energy.cost = {{{.*}}macs = 6144 : i64{{.*}} loc(#[[LOC:.*]])
// CHECK: #[[LOC]] = loc("{{.*}}format_mlir.mlir":[[#@LINE+2]]:8)
func.func @f(%a: tensor<16x24xf32>, %b: tensor<24x16xf32>, %c: tensor<16x16xf32>) -> tensor<16x16xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<16x24xf32>, tensor<24x16xf32>) outs(%c : tensor<16x16xf32>) -> tensor<16x16xf32>
  %1 = stablehlo.tanh %0 : tensor<16x16xf32>
  return %1 : tensor<16x16xf32>
}
