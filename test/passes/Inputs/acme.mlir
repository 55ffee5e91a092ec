func.func @f(%x: tensor<?x9xf32>) -> tensor<?x9xf32> {
  %0 = acme.prefix_sum %x : tensor<?x9xf32>
  %1 = stablehlo.negate %0 : tensor<?x9xf32>
  return %1 : tensor<?x9xf32>
}
