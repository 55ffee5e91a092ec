// One product written as linalg.matmul, as an affine loop nest, as the nest that
// tiling makes of it, with a tile that does not divide, and in scf: all the same.

// 48*64*80 = 245760 MACs, 491520 flops and no others. A and B are read, C is read
// and written: (48*80 + 80*64 + 2*48*64)*4 = 60416 bytes, at least and at most.
// RUN: energy-opt %s --split-input-file --target=a100 --format=csv > %t.csv
// RUN: grep -c ',modelled,,1,245760,491520,0,0,60416,60416,' %t.csv | FileCheck %s
// CHECK: 5

// And as MLIR's own pass tiles them, the tiled ones once more.
// RUN: mlir-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(affine-loop-tile{tile-size=16}))' -o %t.tiled.mlir
// RUN: grep -c 'affine.for .* step 16' %t.tiled.mlir | FileCheck %s --check-prefix=TILED
// TILED: {{^[1-9]}}
// RUN: energy-opt %t.tiled.mlir --split-input-file --target=a100 --format=csv > %t.tiled.csv
// RUN: grep -c ',modelled,,1,245760,491520,0,0,60416,60416,' %t.tiled.csv | FileCheck %s

func.func @linalg(%a: memref<48x80xf32>, %b: memref<80x64xf32>, %c: memref<48x64xf32>) {
  linalg.matmul ins(%a, %b : memref<48x80xf32>, memref<80x64xf32>) outs(%c : memref<48x64xf32>)
  return
}

// -----

func.func @affine(%a: memref<48x80xf32>, %b: memref<80x64xf32>, %c: memref<48x64xf32>) {
  affine.for %i = 0 to 48 {
    affine.for %j = 0 to 64 {
      affine.for %k = 0 to 80 {
        %x = affine.load %a[%i, %k] : memref<48x80xf32>
        %y = affine.load %b[%k, %j] : memref<80x64xf32>
        %z = affine.load %c[%i, %j] : memref<48x64xf32>
        %p = arith.mulf %x, %y : f32
        %s = arith.addf %z, %p : f32
        affine.store %s, %c[%i, %j] : memref<48x64xf32>
      }
    }
  }
  return
}

// -----

#start = affine_map<(d0) -> (d0)>
#end = affine_map<(d0) -> (d0 + 16)>
func.func @tiled(%a: memref<48x80xf32>, %b: memref<80x64xf32>, %c: memref<48x64xf32>) {
  affine.for %ii = 0 to 48 step 16 {
    affine.for %jj = 0 to 64 step 16 {
      affine.for %kk = 0 to 80 step 16 {
        affine.for %i = #start(%ii) to #end(%ii) {
          affine.for %j = #start(%jj) to #end(%jj) {
            affine.for %k = #start(%kk) to #end(%kk) {
              %x = affine.load %a[%i, %k] : memref<48x80xf32>
              %y = affine.load %b[%k, %j] : memref<80x64xf32>
              %z = affine.load %c[%i, %j] : memref<48x64xf32>
              %p = arith.mulf %x, %y : f32
              %s = arith.addf %z, %p : f32
              affine.store %s, %c[%i, %j] : memref<48x64xf32>
            }
          }
        }
      }
    }
  }
  return
}

// -----

// 48 rows in tiles of 32: the last tile has 16.
func.func @edge(%a: memref<48x80xf32>, %b: memref<80x64xf32>, %c: memref<48x64xf32>) {
  affine.for %ii = 0 to 48 step 32 {
    affine.for %i = affine_map<(d0) -> (d0)>(%ii) to min affine_map<(d0) -> (d0 + 32, 48)>(%ii) {
      affine.for %j = 0 to 64 {
        affine.for %k = 0 to 80 {
          %x = affine.load %a[%i, %k] : memref<48x80xf32>
          %y = affine.load %b[%k, %j] : memref<80x64xf32>
          %z = affine.load %c[%i, %j] : memref<48x64xf32>
          %p = arith.mulf %x, %y : f32
          %s = arith.addf %z, %p : f32
          affine.store %s, %c[%i, %j] : memref<48x64xf32>
        }
      }
    }
  }
  return
}

// -----

// The sum is carried in a register.
func.func @scf(%a: memref<48x80xf32>, %b: memref<80x64xf32>, %c: memref<48x64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = arith.constant 48 : index
  %n = arith.constant 64 : index
  %k = arith.constant 80 : index
  scf.for %i = %c0 to %m step %c1 {
    scf.for %j = %c0 to %n step %c1 {
      %init = memref.load %c[%i, %j] : memref<48x64xf32>
      %sum = scf.for %l = %c0 to %k step %c1 iter_args(%acc = %init) -> f32 {
        %x = memref.load %a[%i, %l] : memref<48x80xf32>
        %y = memref.load %b[%l, %j] : memref<80x64xf32>
        %p = arith.mulf %x, %y : f32
        %s = arith.addf %acc, %p : f32
        scf.yield %s : f32
      }
      memref.store %sum, %c[%i, %j] : memref<48x64xf32>
    }
  }
  return
}
