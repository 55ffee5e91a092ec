"""multiply.py PREFIX: code that multiplies: PREFIX.calls.mlir has a loop with functions that call the
next one twice, PREFIX.index.mlir one with an index that is the sum of the one before and itself, and
PREFIX.functions.mlir functions on tensors that call the next one twice."""

import sys

LEVELS = 60

calls = ""
for i in range(LEVELS):
    call = f"llvm.call @f{i + 1}(%x) : (f32) -> f32"
    body = f"  %a = {call}\n  %b = {call}\n" if i + 1 < LEVELS else "  %b = arith.addf %x, %x : f32\n"
    calls += f"llvm.func @f{i}(%x: f32) -> f32 {{\n{body}  llvm.return %b : f32\n}}\n"
calls += """func.func @main(%m: memref<4xf32>) {
  affine.for %i = 0 to 4 {
    %v = memref.load %m[%i] : memref<4xf32>
    %w = llvm.call @f0(%v) : (f32) -> f32
    memref.store %w, %m[%i] : memref<4xf32>
  }
  return
}
"""

sums = "".join(f"      %x{i + 1} = arith.addi %x{i}, %x{i} : index\n" for i in range(LEVELS))
index = f"""func.func @main(%a: memref<64xf32>, %b: memref<8xf32>, %c: memref<8xf32>, %x0: index) {{
  affine.for %i = 0 to 8 {{
    affine.for %j = 0 to 8 {{
{sums}      %s = memref.load %c[%i] : memref<8xf32>
      %l = memref.load %a[%x{LEVELS}] : memref<64xf32>
      %r = memref.load %b[%j] : memref<8xf32>
      %p = arith.mulf %l, %r : f32
      %t = arith.addf %s, %p : f32
      memref.store %t, %c[%i] : memref<8xf32>
    }}
  }}
  return
}}
"""

functions = "func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n  %y = call @f0(%x) : (tensor<4xf32>) -> tensor<4xf32>\n  return %y : tensor<4xf32>\n}\n"
for i in range(LEVELS):
    op = f"call @f{i + 1}" + "(%{}) : (tensor<4xf32>) -> tensor<4xf32>"
    if i + 1 == LEVELS:
        op = "math.exp %{} : tensor<4xf32>"
    body = f"  %y = {op.format('x')}\n  %z = {op.format('y')}\n  return %z : tensor<4xf32>\n"
    functions += f"func.func private @f{i}(%x: tensor<4xf32>) -> tensor<4xf32> {{\n{body}}}\n"

for name, text in ("calls", calls), ("index", index), ("functions", functions):
    with open(f"{sys.argv[1]}.{name}.mlir", "w") as file:
        file.write(text)
