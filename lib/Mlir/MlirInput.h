//===- MlirInput.h - MLIR files as models -----------------------*- C++ -*-===//
//
// Recognises MLIR, parses it with the dialects that the rules know (and those
// that they do not, in generic form), and analyses what it computes.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_MLIR_MLIRINPUT_H
#define ENERGY_OPT_LIB_MLIR_MLIRINPUT_H

#include "energy-opt/Analysis.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace energyopt {

struct EnergyOptions;

/// By content; the name decides only where the content could be either.
bool isMlir(llvm::StringRef bytes, llvm::StringRef path);

/// Registers the dialects that MLIR files are read with, and the work of their
/// ops. Registering loads nothing.
void registerInputDialects(mlir::DialectRegistry &registry);

struct ParsedModule {
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  llvm::StringRef format; // "mlir" or "mlirbc"
};
/// Errors are "line 12:5: what is wrong"; lines are those of the user's file.
llvm::Expected<ParsedModule> parseMlir(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                       llvm::StringRef path, int64_t firstLine);

llvm::Expected<AnalysedModel> analyseMlir(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                          llvm::StringRef path, const AnalysisOptions &options);

/// The module as text, with the costs that energy-annotate writes and the places
/// in the user's file as locations. Errors as of analyseModel.
llvm::Expected<std::string> annotatedText(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                          llvm::StringRef path, const AnalysisOptions &options,
                                          llvm::StringRef target, const EnergyOptions &energy);
/// The same of a module at hand, which gets the costs.
llvm::Expected<std::string> annotatedText(mlir::ModuleOp module, const AnalysisOptions &options,
                                          llvm::StringRef target, const EnergyOptions &energy);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_MLIRINPUT_H
