//===- Acme.cpp - A dialect whose ops say what they cost ------------------===//

#include "energy-opt/WorkOpInterface.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"

#include "AcmeDialect.h.inc"
#define GET_OP_CLASSES
#include "Acme.h.inc"

#include "AcmeDialect.cpp.inc"
#define GET_OP_CLASSES
#include "Acme.cpp.inc"

void acme::AcmeDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "Acme.cpp.inc"
      >();
}

/// One addition per element; the input is read and the result written once.
energyopt::Work acme::PrefixSumOp::getWork(llvm::ArrayRef<const energyopt::ValueInfo *> operands,
                                           llvm::SmallVectorImpl<energyopt::ValueInfo> &results,
                                           energyopt::ShapeContext &context) {
  const energyopt::ValueInfo &input = *operands[0];
  // Symbolic dims of the operand are those of the result.
  results.push_back(energyopt::ValueInfo::tensor(input.dtype, input.shape));
  auto bytes = input.bytes();
  if (!bytes)
    return energyopt::Work::unmodelled("the rank of its input is unknown");
  energyopt::Work work;
  work.add(energyopt::WorkClass::Vector, input.dtype, input.elements());
  work.readBytes.push_back(*bytes);
  work.writeBytes.push_back(*bytes);
  return work;
}

const char *acme::PrefixSumOp::getWorkFamily() { return "scan"; }

extern "C" LLVM_ATTRIBUTE_WEAK mlir::DialectPluginLibraryInfo mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "Acme", LLVM_VERSION_STRING,
          [](mlir::DialectRegistry *registry) { registry->insert<acme::AcmeDialect>(); }};
}
