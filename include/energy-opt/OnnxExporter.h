//===- OnnxExporter.h - MLIR to ONNX files ----------------------*- C++ -*-===//
//
// Writes a module of the form that OnnxImporter.h describes as an ONNX binary.
// What was imported comes back: names, attributes, metadata, unknown fields.
// Payloads of weights go from the mapped file to the new one without a copy in
// memory.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_ONNXEXPORTER_H
#define ENERGY_OPT_ONNXEXPORTER_H

#include "energy-opt/WeightReader.h"

#include "mlir/IR/BuiltinOps.h"

namespace energyopt {

/// Writes `module` to `path`. The file takes its place when it is complete, so
/// that a failure leaves what was there. External data stays where it is if the
/// new model lies in the directory of the old one; else, and for a model of over
/// 2 GB, which protobuf cannot hold, weights go to `path` + ".data".
///
/// Returns what a user should know ("external data file 'x' is absent: the new
/// model refers to it"). An Error's text is "what is wrong", '\n', "how to mend
/// it".
llvm::Expected<std::vector<std::string>> exportOnnx(mlir::ModuleOp module, WeightReader &weights,
                                                    llvm::StringRef path);

} // namespace energyopt

#endif // ENERGY_OPT_ONNXEXPORTER_H
