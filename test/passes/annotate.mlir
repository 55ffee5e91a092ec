// The attributes of energy-annotate, in the stock mlir-opt. Whatever the pass
// adds survives a round trip through text and bytecode.

// RUN: mlir-opt %s --allow-unregistered-dialect --load-dialect-plugin=%plugin --verify-roundtrip --pass-pipeline='builtin.module(energy-annotate{target=nvidia-h100-sxm})' | FileCheck %s

// Running it again replaces the figures, for another target here.
// RUN: mlir-opt %s --allow-unregistered-dialect --load-dialect-plugin=%plugin --pass-pipeline='builtin.module(energy-annotate{target=google-tpu-v4},energy-annotate{target=nvidia-h100-sxm})' | FileCheck %s

// Figures of a dynamic dim follow the size that is given: 1*16*16 = 256 MACs by
// default, 32*16*16 = 8192 with it.
// RUN: mlir-opt %s --allow-unregistered-dialect --load-dialect-plugin=%plugin --pass-pipeline='builtin.module(energy-annotate{dims=dynamic/arg0.dim0=32})' | FileCheck %s --check-prefix=DIMS

// CHECK: module attributes {energy.cost = {
// Of 9 ops one is unknown: 8/9.
// CHECK-SAME: energy.coverage = 0.888888888888888
// CHECK-SAME: energy.target = "nvidia-h100-sxm"

// A function's sum covers its body and the callee's: 64*64*64 + 16*64*64 MACs.
// CHECK: func.func @main
// CHECK-SAME: energy.cost = {{{[^}]*}}macs = 327680 : i64
func.func @main(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>, %c: tensor<64x64xf32>, %d: tensor<16x64xf32>) -> tensor<16x64xf32> {
  // 64*64*64 = 262144 MACs, twice as many flops; each of three tensors of
  // 64*64*4 = 16384 bytes crosses once, and the init is not read: 49152; bytes_max reads it.
  // DRAM: the three inputs, the init among them; the result stays on chip.
  // CHECK: linalg.matmul {energy.cost = {bytes_max = 65536 : i64, bytes_min = 49152 : i64, dram_bytes = 4.915200e+04 : f64, flops = 524288 : i64, joules = {{[^,]+}} : f64, macs = 262144 : i64, seconds = {{[^,]+}} : f64}}
  %0 = linalg.matmul ins(%a, %b : tensor<64x64xf32>, tensor<64x64xf32>) outs(%c : tensor<64x64xf32>) -> tensor<64x64xf32>
  // 64*64 special functions; neither operand nor result crosses DRAM.
  // CHECK: "stablehlo.tanh"(%{{.*}}) {energy.cost = {bytes_max = 32768 : i64, flops = 4096 : i64
  %1 = stablehlo.tanh %0 : tensor<64x64xf32>
  // CHECK: call @callee(%{{.*}}) : (
  %2 = call @callee(%d, %1) : (tensor<16x64xf32>, tensor<64x64xf32>) -> tensor<16x64xf32>
  // Nothing is known of it, so that it has no figure but the bytes it would move.
  // CHECK: "acme.unknown"(%{{.*}}) {energy.cost = {{{.*}}unmodelled = "no rule for acme.unknown"}}
  %3 = "acme.unknown"(%2) : (tensor<16x64xf32>) -> tensor<16x64xf32>
  return %3 : tensor<16x64xf32>
}

// 16*64*64 = 65536 MACs.
// CHECK: func.func private @callee
// CHECK-SAME: macs = 65536 : i64
func.func private @callee(%x: tensor<16x64xf32>, %y: tensor<64x64xf32>) -> tensor<16x64xf32> {
  %init = tensor.empty() : tensor<16x64xf32>
  // CHECK: linalg.matmul {energy.cost = {{{.*}}macs = 65536 : i64
  %0 = linalg.matmul ins(%x, %y : tensor<16x64xf32>, tensor<64x64xf32>) outs(%init : tensor<16x64xf32>) -> tensor<16x64xf32>
  return %0 : tensor<16x64xf32>
}

// DIMS: func.func @dynamic
// DIMS-SAME: macs = 8192 : i64
// CHECK: func.func @dynamic
func.func @dynamic(%x: tensor<?x16xf32>, %y: tensor<16x16xf32>) -> tensor<?x16xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x16xf32>
  %init = tensor.empty(%n) : tensor<?x16xf32>
  // CHECK: linalg.matmul {{.*}}macs = 256 : i64
  %0 = linalg.matmul ins(%x, %y : tensor<?x16xf32>, tensor<16x16xf32>) outs(%init : tensor<?x16xf32>) -> tensor<?x16xf32>
  return %0 : tensor<?x16xf32>
}
