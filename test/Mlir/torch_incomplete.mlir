// A module may leave out what an op needs, and may give its result a type that is no
// tensor's. Neither ends up as what it is called.

// RUN: energy-opt %s --split-input-file --target=a100 --format=ndjson | FileCheck %s

// A cast of 12 elements to something unknown: 12 conversions, and the bytes that are
// read: 12*8 = 96. It is launched.
// CHECK: "unmodelled":0,{{.*}}"flops":12,{{.*}}"bytes":{"min":96,"max":96},{{.*}}"kernels":1,
func.func @cast(%x: !torch.vtensor<[3,4],f64>) -> !torch.vten {
  %0 = torch.operator "onnx.Cast"(%x) : (!torch.vtensor<[3,4],f64>) -> !torch.vten
  return %0 : !torch.vten
}

// -----

// CHECK-NEXT: "unmodelled":2,
func.func @product(%x: !torch.vtensor<[3,4],f32>) -> !torch.vtensor<[3,3],f32> {
  %0 = torch.operator "onnx.DequantizeLinear"() : () -> !torch.vtensor<[3,4],f32>
  %1 = torch.operator "onnx.MatMul"(%0, %0) : (!torch.vtensor<[3,4],f32>, !torch.vtensor<[3,4],f32>) -> !torch.vtensor<[3,3],f32>
  return %1 : !torch.vtensor<[3,3],f32>
}
