"""deep_bytecode.py OUT LEVELS: bytecode of modules inside one another.

mlir-opt needs more stack for it than it has by default.
"""

import resource
import subprocess
import sys

path, levels = sys.argv[1], int(sys.argv[2])


def more_stack():
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    resource.setrlimit(resource.RLIMIT_STACK, (hard, hard))


text = "module {\n" * levels + "}\n" * levels
subprocess.run(
    ["mlir-opt", "--emit-bytecode", "--verify-each=0", "-", "-o", path],
    input=text.encode(),
    check=True,
    preexec_fn=more_stack,
)
