"""Two layers, and between them a Slice from a row on: the square of the square of ... of 1."""

TIMES = 60


def ones(count):
    return ", ".join(["1"] * count)


squares = "".join(f"  row_{i + 1} = Mul(row_{i}, row_{i})\n" for i in range(TIMES))
print(f"""<ir_version: 8, opset_import: ["" : 17]>
g (float[2, 8] x) => (float[1, 4] y)
<float[8, 16] first = {{{ones(128)}}}, float[16, 4] second = {{{ones(64)}}},
 int64[1] row_0 = {{1}}, int64[1] end = {{2}}, int64[1] axis = {{0}}> {{
  hidden = MatMul(x, first)
{squares}  rest = Slice(hidden, row_{TIMES}, end, axis)
  y = MatMul(rest, second)
}}""")
