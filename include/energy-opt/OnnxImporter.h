//===- OnnxImporter.h - ONNX files to MLIR ----------------------*- C++ -*-===//
//
// Reads ONNX (binary, ONNX text, protobuf text) into a module of the thin
// `onnx` dialect. The IR it makes, also the exporter's input:
//
//   module attributes {onnx.ir_version = 8 : i64, onnx.producer = "…",
//                      onnx.opsets = {"ai.onnx" = 17 : i64, …}, …}
//     Further: onnx.producer_version, onnx.domain, onnx.model_version, onnx.doc,
//     onnx.metadata = [["key", "value"], …].
//   - The graph is `func.func @main`; a model-local function is a private
//     `func.func @"domain::name[:overload]"` with its own `onnx.opsets` and
//     `onnx.function` = {domain, name, overload, attributes = ["alpha", …]} and
//     `onnx.attribute_defaults` = {beta = …}. Arguments and results carry names in `onnx.name`
//     argument/result attributes; a result whose declared type is not that of
//     its value has it in `onnx.type`.
//   - A node is `"onnx.Conv"` or `"onnx.<domain>.<Op>"` (domain ai.onnx is
//     left out). Its names are in its location and are no attributes, so that
//     equal nodes stay equal for CSE: an OpaqueLoc or, printed, a FusedLoc with metadata
//     StringAttr("node") of NameLocs [node name, output name…]. OnnxDialect.h has the
//     functions that read it, and spellNodeLocations() for who prints.
//   - An initializer is `"onnx.initializer"`, a weight reference in attributes:
//       source = 0 (model file) | 1 (external) | 2 (made by a rewrite), offset, length : i64 bytes,
//       encoding = "raw" | "packed" | "sparse" | "none" (empty, or stripped:
//       `offset` is that of the TensorProto then),
//       location (external), values and indices (sparse: tensors as below),
//     and the tensor type as its result type. It stands where it is scoped: in
//     the function, or in a region. One that is also a graph input, as a
//     default that a run may override, is no argument but has the position
//     among the declared inputs in `graph_input`.
//   - An absent optional operand is the result of `"onnx.none"`, type none; an
//     omitted output has type none.
//   - A call of a model-local function is a node with `onnx.callee`. In a
//     function's body `onnx.attr_ref.<attr> = "name"` stands for an attribute
//     whose value is the function's attribute of that name, its AttributeType
//     in `onnx.attr_type.<attr>`.
//   - Subgraph attributes are regions, their names in `onnx.regions` ("body",
//     of a list of graphs "name[0]", "name[1]"); captured values are used
//     directly. Terminators: func.return, `"onnx.yield"` with the outputs' names
//     in `onnx.names`.
//   - Attributes keep their ONNX names (one that starts with "onnx." becomes
//     "onnx.attr.<name>"): int = i64, float = f32, string = StringAttr, ints =
//     DenseI64ArrayAttr, floats = DenseF32ArrayAttr, strings = ArrayAttr, tensor
//     = DictionaryAttr {type, source, offset, …, name}, type = TypeAttr, other
//     lists = ArrayAttr.
//   - Result types are the *declared* ones: ranked tensors whose encoding
//     names the symbolic dims (`tensor<?x3xf32, ["batch", ""]>`), or the
//     opaque type `!onnx.value` where nothing was declared.
//   - What is not interpreted (doc strings and metadata of parts, quantization
//     annotations, training info, unknown fields) is kept as it is in the file:
//     `onnx.verbatim` = pairs of offset and length, tag included, on the module,
//     function, yield, initializer or port; of a node in its location.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_ONNXIMPORTER_H
#define ENERGY_OPT_ONNXIMPORTER_H

#include "energy-opt/WeightReader.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace energyopt {

class OpMemo;

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
  /// What analyses of the model and of its copies have found out of ops; made by
  /// the first.
  std::shared_ptr<OpMemo> memo;
};

/// Imports a model. `buffer` is the file's mapped bytes, `path` its name for
/// messages and for resolving external data. An error message is one line
/// "node 'x': what is wrong" followed, after '\n', by "how to mend it".
llvm::Expected<ImportedModel> importOnnx(mlir::MLIRContext &context,
                                         std::unique_ptr<llvm::MemoryBuffer> buffer,
                                         llvm::StringRef path, const ImportOptions &options);

} // namespace energyopt

#endif // ENERGY_OPT_ONNXIMPORTER_H
