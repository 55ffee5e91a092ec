//===- WorkOpInterface.td - The work of one op -------------*- tablegen -*-===//

#ifndef ENERGY_OPT_WORKOPINTERFACE
#define ENERGY_OPT_WORKOPINTERFACE

include "mlir/IR/OpBase.td"

def WorkOpInterface : OpInterface<"WorkOpInterface"> {
  let description = [{
    Says what an op does: arithmetic by kind and type, and bytes by operand,
    free of any hardware. A dialect implements it for its ops; the analysis
    asks it before it looks for a rule by name. An op that needs none of the
    figures answers `Work::free()`, one that cannot say answers
    `Work::unmodelled(reason)`; zero is never a stand-in for "unknown".
  }];
  let cppNamespace = "::energyopt";
  let methods = [
    InterfaceMethod<
      /*desc=*/[{
        The op's work for operands that are known as given (one entry per
        operand, in order). Sets `results` to what is then known of the
        results, one entry per result. `context` binds and compares dims.
      }],
      /*retTy=*/"::energyopt::Work",
      /*methodName=*/"getWork",
      /*args=*/(ins "::llvm::ArrayRef<const ::energyopt::ValueInfo *>":$operands,
                    "::llvm::SmallVectorImpl<::energyopt::ValueInfo> &":$results,
                    "::energyopt::ShapeContext &":$context)>,
    InterfaceMethod<
      /*desc=*/[{
        Which kind of op it is to a runtime that fuses ops: the name of a family
        of `energy-opt ops` ("elementwise", "matmul", "conv", "reduce" ...), ""
        if none fits. Must outlive the op.
      }],
      /*retTy=*/"const char *",
      /*methodName=*/"getWorkFamily",
      /*args=*/(ins),
      /*methodBody=*/"",
      /*defaultImplementation=*/[{ return ""; }]>,
  ];
}

#endif // ENERGY_OPT_WORKOPINTERFACE
