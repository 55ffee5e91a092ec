"""nest.py PREFIX: writes MLIR files that nest very deep, and some that only look so."""

import sys

DEEP, ALLOWED = 200000, 490

FILES = {
    "regions": "module {\n" * DEEP + "}\n" * DEEP,
    "lists": '"a.b"() {x = ' + "[" * DEEP + "]" * DEEP + "} : () -> ()\n",
    "types": "func.func private @f(" + "tuple<" * DEEP + "i1" + ">" * DEEP + ")\n",
    "operands": "%0 = stablehlo.add " + "(" * DEEP + ")" * DEEP + "\n",
    "flat": "#s = affine_set<(d0) : ("
    + ", ".join(["d0 <= 9"] * 600)
    + ")>\n"
    + "// {{{\n" * 600
    + 'func.func private @f(tensor<f32>) -> tensor<f32>\n"a.b"() {x = "'
    + "[" * 600
    + '\\""} : () -> ()\n'
    + "".join(f"func.func private @g{i}() -> i1\n" for i in range(600)),
    "allowed": "module {\n" * ALLOWED + "}\n" * ALLOWED,
}
for name in FILES:
    with open(f"{sys.argv[1]}.{name}.mlir", "w") as file:
        file.write(FILES[name])
