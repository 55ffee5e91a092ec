// A host that has a dialect of its own under one of the namespaces keeps it: its
// `stablehlo` refuses the op that the thin one would take. The other namespaces
// are served all the same.

// RUN: c++ -std=c++17 -fPIC -shared -I %mlir_include %S/Inputs/host_dialect.cpp -o %t.so
// RUN: not mlir-opt %s --load-dialect-plugin=%t.so --load-dialect-plugin=%plugin 2>&1 | FileCheck %s
// CHECK: unregistered operation 'stablehlo.abs' found in dialect ('stablehlo') that does not allow unknown operations
// RUN: mlir-opt %s --load-dialect-plugin=%plugin -o /dev/null
// RUN: sed '/stablehlo.abs/d' %s > %t.mlir
// RUN: mlir-opt %t.mlir --load-dialect-plugin=%t.so --load-dialect-plugin=%plugin --pass-pipeline='builtin.module(energy-annotate)' | FileCheck %s --check-prefix=OTHERS
// OTHERS: "chlo.erf"{{.*}}energy.cost
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = chlo.erf %x : tensor<4xf32> -> tensor<4xf32>
  %1 = "stablehlo.abs"(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
