"""branches.py N: N nodes If of one condition, each with a branch of its own, as protobuf text."""

import sys


def branch(name, op):
    return f"""attribute {{ name: "{name}" type: GRAPH g {{ name: "{name}"
      node {{ op_type: "{op}" input: "x" output: "o" }} output {{ name: "o" }} }} }}"""


OPS = ("Sin", "Cos", "Exp", "Abs")
print('ir_version: 8 opset_import { version: 17 } graph { name: "g"')
for i in range(int(sys.argv[1])):
    then, other = OPS[i % 4], OPS[i // 4 % 4]
    print(f"""node {{ op_type: "If" name: "if_{i}" input: "c" output: "y{i}"
    {branch("then_branch", then)} {branch("else_branch", other)} }}
  output {{ name: "y{i}" }}""")
print("""input { name: "c" type { tensor_type { elem_type: 9 shape { } } } }
input { name: "x" type { tensor_type { elem_type: 1 shape { dim { dim_value: 2 } } } } } }""")
