"""deep_calls_mlir.py OUT: MLIR functions that call one another through 400 ifs each."""

import sys

FUNCTIONS, LEVELS = 60, 400
with open(sys.argv[1], "w") as file:
    for i in range(FUNCTIONS):
        inner = f"func.call @f{i + 1}(%c) : (i1) -> ()" if i + 1 < FUNCTIONS else ""
        file.write(f"func.func {'' if i == 0 else 'private '}@f{i}(%c: i1) {{\n")
        file.write("scf.if %c {\n" * LEVELS + inner + "\n" + "}\n" * LEVELS + "return\n}\n")
