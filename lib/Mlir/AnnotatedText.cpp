//===- AnnotatedText.cpp - An MLIR file with costs written into it --------===//

#include "Mlir/Annotate.h"
#include "Mlir/MlirInput.h"
#include "energy-opt/OnnxDialect.h"

#include "mlir/IR/OperationSupport.h"

using namespace energyopt;
using llvm::StringRef;

llvm::Expected<std::string> energyopt::annotatedText(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                                     StringRef path, const AnalysisOptions &options,
                                                     StringRef target,
                                                     const EnergyOptions &energy) {
  // A part of a file is read from the line where it stands, so that locations
  // are those of the file.
  AnalysisOptions whole = options;
  if (options.firstLine > 1) {
    std::string padded(options.firstLine - 1, '\n');
    padded += buffer->getBuffer();
    buffer = llvm::MemoryBuffer::getMemBufferCopy(padded, path);
    whole.firstLine = 1;
  }
  auto parsed = parseMlir(std::move(buffer), path, whole.firstLine);
  if (!parsed)
    return parsed.takeError();
  return annotatedText(*parsed->module, whole, target, energy);
}

llvm::Expected<std::string> energyopt::annotatedText(mlir::ModuleOp module,
                                                     const AnalysisOptions &options,
                                                     StringRef target,
                                                     const EnergyOptions &energy) {
  spellNodeLocations(module);
  EnergyAnalysis analysis(module, options);
  auto report = analysis.on(target, energy);
  if (!report)
    return report.takeError();
  annotate(module, analysis, *report);
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os, mlir::OpPrintingFlags().enableDebugInfo());
  os << '\n'; // as MLIR's tools end a module
  return text;
}
