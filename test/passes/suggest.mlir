// energy-suggest: remarks on what the energy goes to, and on what is missing.

// RUN: mlir-opt %s --allow-unregistered-dialect --load-dialect-plugin=%plugin --verify-diagnostics -o /dev/null --pass-pipeline='builtin.module(energy-suggest{target=nvidia-h100-sxm top=1 min-share=0.5 checks=-*})'

// What checks of costs find is on the module, and that no others were run: a limit of
// power, for a kernel that is bound by compute. float16 needs no TF32.
// RUN: mlir-opt %s --allow-unregistered-dialect --load-dialect-plugin=%plugin -o /dev/null --pass-pipeline='builtin.module(energy-suggest{target=nvidia-h100-sxm top=0})' 2>&1 | FileCheck %s --check-prefix=CHECKS
// CHECKS: suggest.mlir:0:0: remark: deploy-power-limit: Limit power to {{[0-9]+}} W: {{[0-9]+}} % slower; saves {{.*}}J of {{.*}}J on nvidia-h100-sxm ({{.*}} %), exact; --power-limit=
// CHECKS-NOT: remark: precision
// CHECKS: suggest.mlir:0:0: remark: checks that rewrite were not run, as the module is no ONNX model to them: it is none in the form that energy-opt imports ONNX to (onnx.opsets)

// The product has 2*4096^3 = 1.4e11 flops, the tanh 1.7e7: one remark is due.
func.func @f(%a: tensor<4096x4096xf16>, %b: tensor<4096x4096xf16>, %c: tensor<4096x4096xf16>) -> tensor<4096x4096xf16> {
  // expected-remark-re @+1 {{matmul takes {{.*}}J on nvidia-h100-sxm, {{9[0-9]|100}} % of the energy of all ops; bound by compute: fewer or narrower operations would save}}
  %0 = linalg.matmul ins(%a, %b : tensor<4096x4096xf16>, tensor<4096x4096xf16>) outs(%c : tensor<4096x4096xf16>) -> tensor<4096x4096xf16>
  %1 = stablehlo.tanh %0 : tensor<4096x4096xf16>
  // expected-remark @+1 {{not in any figure, as its cost is unknown: no rule for acme.unknown}}
  %2 = "acme.unknown"(%1) : (tensor<4096x4096xf16>) -> tensor<4096x4096xf16>
  return %2 : tensor<4096x4096xf16>
}
