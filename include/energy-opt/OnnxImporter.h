//===- OnnxImporter.h - ONNX files to MLIR ----------------------*- C++ -*-===//
//
// Reads ONNX (binary, ONNX text, protobuf text) into a module of the thin
// `onnx` dialect. The IR it makes, also the exporter's input:
//
//   module attributes {onnx.ir_version = 8 : i64, onnx.producer = "…",
//                      onnx.opsets = {"ai.onnx" = 17 : i64, …}, …}
//   - The graph is `func.func @main`; a model-local function is a private
//     `func.func @"domain::name[:overload]"` with `onnx.function`. Arguments
//     and results carry names in `onnx.name` argument/result attributes.
//   - A node is `"onnx.Conv"` or `"onnx.<domain>.<Op>"` (domain ai.onnx is
//     left out). Location: FusedLoc with metadata StringAttr("node"), of
//     NameLocs [node name, output name…]. Names are not attributes, so equal
//     nodes stay equal for CSE.
//   - An initializer is `"onnx.initializer"`, a weight reference in attributes:
//       source = 0 (model file) | 1 (external), offset, length : i64 bytes,
//       encoding = "raw" | "packed" | "none" (absent), location (external),
//     and the tensor type as its result type.
//   - An absent optional operand is the result of `"onnx.none"`, type none.
//   - Subgraph attributes are regions, their names in `onnx.regions`; captured
//     values are used directly. Terminators: func.return, `"onnx.yield"`.
//   - Attributes keep their ONNX names: int = i64, float = f32, string =
//     StringAttr, ints = DenseI64ArrayAttr, floats = DenseF32ArrayAttr,
//     strings = ArrayAttr, tensor = DictionaryAttr {type, source, offset, …}.
//   - Result types are the *declared* ones: ranked tensors whose encoding
//     names the symbolic dims (`tensor<?x3xf32, ["batch", ""]>`), or the
//     opaque type `!onnx.value` where nothing was declared.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_ONNXIMPORTER_H
#define ENERGY_OPT_ONNXIMPORTER_H

#include "energy-opt/WeightReader.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace energyopt {

struct ImportOptions {
  /// Follow external data out of the model's directory (symlinks of hub
  /// caches).
  bool trustExternal = false;
};

struct ImportedModel {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// "onnx", "onnxtxt" or "textproto".
  std::string format;
  /// Decodes weights; owns the mapped file that the module refers to.
  std::shared_ptr<WeightReader> weights;
  /// What a user should know and is no error: "graph sorted", "external data
  /// file 'x' is absent".
  std::vector<std::string> notes;
};

/// Imports a model. `buffer` is the file's mapped bytes, `path` its name for
/// messages and for resolving external data. An error message is one line
/// "node 'x': what is wrong" followed, after '\n', by "how to mend it".
llvm::Expected<ImportedModel> importOnnx(mlir::MLIRContext &context,
                                         std::unique_ptr<llvm::MemoryBuffer> buffer,
                                         llvm::StringRef path, const ImportOptions &options);

} // namespace energyopt

#endif // ENERGY_OPT_ONNXIMPORTER_H
