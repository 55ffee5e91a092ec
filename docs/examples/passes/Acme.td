// A dialect that energy-opt has never heard of.

include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/IR/OpBase.td"
include "energy-opt/WorkOpInterface.td"

def Acme_Dialect : Dialect {
  let name = "acme";
  let cppNamespace = "::acme";
}

def Acme_PrefixSumOp : Op<Acme_Dialect, "prefix_sum",
    [SameOperandsAndResultType,
     DeclareOpInterfaceMethods<WorkOpInterface, ["getWorkFamily"]>]> {
  let summary = "Running sum along the last dim";
  let arguments = (ins AnyRankedTensor:$input);
  let results = (outs AnyRankedTensor:$output);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}
