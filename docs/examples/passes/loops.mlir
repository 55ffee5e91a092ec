// Two ways to scale every row of %a by the exponential of its entry in %s.
func.func @scale(%a: memref<256x256xf32>, %s: memref<256xf32>) {
  // The exponential anew for each of 65536 elements.
  affine.for %i = 0 to 256 {
    affine.for %j = 0 to 256 {
      %x = affine.load %s[%i] : memref<256xf32>
      %e = math.exp %x : f32
      %v = affine.load %a[%i, %j] : memref<256x256xf32>
      %p = arith.mulf %v, %e : f32
      affine.store %p, %a[%i, %j] : memref<256x256xf32>
    }
  } {example.alternative = "scale", example.name = "inner"}
  // Once for each of 256 rows.
  affine.for %i = 0 to 256 {
    %x = affine.load %s[%i] : memref<256xf32>
    %e = math.exp %x : f32
    affine.for %j = 0 to 256 {
      %v = affine.load %a[%i, %j] : memref<256x256xf32>
      %p = arith.mulf %v, %e : f32
      affine.store %p, %a[%i, %j] : memref<256x256xf32>
    }
  } {example.alternative = "scale", example.name = "hoisted"}
  return
}
