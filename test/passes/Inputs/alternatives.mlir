func.func @f(%a: memref<1000xf32>, %b: memref<f32>) {
  affine.for %i = 0 to 1000 {
    %x = affine.load %a[%i] : memref<1000xf32>
    %e = math.exp %x : f32
    affine.store %e, %a[%i] : memref<1000xf32>
  } {example.alternative = "sum", example.name = "whole"}
  affine.for %i = 0 to 5 {
    affine.for %j = 0 to 2 {
      %x = affine.load %a[%i + %j] : memref<1000xf32>
      %e = math.exp %x : f32
      %n = arith.negf %e : f32
      affine.store %n, %a[%i + %j] : memref<1000xf32>
    }
  } {example.alternative = "sum", example.name = "part"}
  affine.for %i = 0 to 1000 {
    %x = affine.load %a[%i] : memref<1000xf32>
    affine.store %x, %b[] : memref<f32>
  } {example.alternative = "open", example.name = "known"}
  affine.for %i = 0 to 1000 {
    "other.op"() : () -> ()
  } {example.alternative = "open", example.name = "unknown"}
  return
}
