// torch-mlir's files: ONNX nodes wrapped in torch.operator, aten ops, types that
// are spelled with spaces.

// RUN: energy-opt %s --split-input-file --target=a100 --format=ndjson | FileCheck %s

// 5*6*7 = 210 MACs.
// CHECK: "unmodelled":0,{{.*}}"macs":210,
func.func @wrapped(%a: !torch.vtensor<[5,6],f32>, %b: !torch.vtensor<[6,7],f32>) -> !torch.vtensor<[5,7],f32> attributes {torch.onnx_meta.ir_version = 8 : si64, torch.onnx_meta.opset_version = 17 : si64} {
  %0 = torch.operator "onnx.MatMul"(%a, %b) : (!torch.vtensor<[5,6],f32>, !torch.vtensor<[6,7],f32>) -> !torch.vtensor<[5,7],f32>
  return %0 : !torch.vtensor<[5,7],f32>
}

// -----

// 2*3*4 = 24 MACs; the tanh of 8 elements is 8 transcendentals.
// CHECK-NEXT: "unmodelled":0,{{.*}}"macs":24,"flops":56,"int_ops":0,"transcendentals":8,
func.func @aten(%a: !torch.vtensor<[2, 3], f32>, %b: !torch.vtensor<[3,4],f32>) -> !torch.vtensor {
  %0 = torch.aten.mm %a, %b : !torch.vtensor<[2,3],f32>, !torch.vtensor<[3,4],f32> -> !torch.vtensor<[2,4],f32>
  %1 = torch.aten.tanh %0 : !torch.vtensor<[2,4],f32> -> !torch.vtensor<[2,4],f32>
  %2 = torch.tensor_static_info_cast %1 : !torch.vtensor<[2,4],f32> to !torch.vtensor
  %3 = torch.copy.to_tensor %2 : !torch.tensor
  %4 = torch.copy.to_vtensor %3 : !torch.vtensor
  return %4 : !torch.vtensor
}

// -----

// One branch of two runs: the costlier one, an mm of 1000 MACs.
// CHECK-NEXT: "unmodelled":0,{{.*}}"macs":1000,
func.func @branches(%x: !torch.vtensor<[10,10],f32>, %p: i1) -> !torch.vtensor<[10,10],f32> {
  %c = torch_c.from_i1 %p
  %0 = torch.prim.If %c -> (!torch.vtensor<[10,10],f32>) {
    torch.prim.If.yield %x : !torch.vtensor<[10,10],f32>
  } else {
    %1 = torch.aten.mm %x, %x : !torch.vtensor<[10,10],f32>, !torch.vtensor<[10,10],f32> -> !torch.vtensor<[10,10],f32>
    torch.prim.If.yield %1 : !torch.vtensor<[10,10],f32>
  }
  return %0 : !torch.vtensor<[10,10],f32>
}
