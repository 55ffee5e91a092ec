//===- GraphExporter.h - Functions and regions to GraphProto ----*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_EXPORT_GRAPHEXPORTER_H
#define ENERGY_OPT_LIB_EXPORT_GRAPHEXPORTER_H

#include "Export/TensorExporter.h"
#include "Export/ValueNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace energyopt {

/// Exports one function with the subgraphs in it.
class GraphExporter {
public:
  /// `file`: the bytes that verbatim fields refer to.
  GraphExporter(TensorExporter &tensors, llvm::StringRef file) : tensors(tensors), file(file) {}

  /// GraphProto of the main function.
  llvm::Expected<WireMessage> graph(mlir::func::FuncOp main);
  /// FunctionProto of a model-local function.
  llvm::Expected<WireMessage> function(mlir::func::FuncOp func);

private:
  /// What tells GraphProto from FunctionProto.
  struct Form {
    uint32_t node, valueInfo;
  };
  struct Port {
    llvm::StringRef name;
    mlir::Type type;
    mlir::DictionaryAttr attrs;
  };

  llvm::Expected<WireMessage> region(mlir::Region &region);
  /// The GraphProto of a block whose scope is entered and whose arguments have
  /// names; leaves the scope. `inputs` is asked once all values have names.
  llvm::Expected<WireMessage> graphProto(mlir::Block &block, llvm::StringRef name,
                                         llvm::ArrayRef<Port> outputs,
                                         llvm::function_ref<std::vector<Port>()> inputs,
                                         mlir::DictionaryAttr attrs);
  void nameOutputs(mlir::Block &block, llvm::ArrayRef<Port> outputs);
  void nameRest(mlir::Block &block);
  llvm::Error addNodes(mlir::Block &block, Form form, WireMessage &out);
  llvm::Error addInitializer(mlir::Operation *op, WireMessage &out);
  void addOutputCopies(mlir::Block &block, llvm::ArrayRef<Port> outputs, Form form,
                       WireMessage &out);
  void addValueInfos(mlir::Block &block, llvm::ArrayRef<Port> outputs, Form form, WireMessage &out);
  llvm::Expected<WireMessage> node(mlir::Operation *op);
  llvm::Error addAttributes(mlir::Operation *op, WireMessage &out);
  llvm::Error addRegions(mlir::Operation *op, WireMessage &out);
  WireMessage valueInfo(const Port &port) const;
  std::vector<Port> inputPorts(mlir::func::FuncOp func) const;
  std::vector<Port> outputPorts(mlir::func::FuncOp func) const;
  llvm::Error addSignature(mlir::func::FuncOp func, WireMessage &out);

  TensorExporter &tensors;
  llvm::StringRef file;
  ValueNames names;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_EXPORT_GRAPHEXPORTER_H
