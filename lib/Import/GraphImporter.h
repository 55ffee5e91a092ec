//===- GraphImporter.h - GraphProto to ops ----------------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_IMPORT_GRAPHIMPORTER_H
#define ENERGY_OPT_LIB_IMPORT_GRAPHIMPORTER_H

#include "Import/AttributeImporter.h"
#include "Import/FunctionTable.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/SetVector.h"

namespace energyopt {

class GraphImporter {
public:
  GraphImporter(mlir::MLIRContext *context, TypeImporter &types, TensorImporter &tensors,
                const FunctionTable &functions, llvm::StringRef path);

  /// A func.func of a graph or of a function's body. Inputs that have an
  /// initializer are no arguments.
  llvm::Expected<mlir::func::FuncOp> import(const GraphView &graph, llvm::StringRef symbol);

  bool sortedAny = false;
  /// Domains of the nodes imported since it was last cleared.
  llvm::SmallSetVector<llvm::StringRef, 4> domains;

private:
  /// Names visible in a graph: its own, then those of the graphs around it.
  struct Scope {
    Scope(const GraphView &graph, const Scope *parent, mlir::Block &block)
        : graph(graph), parent(parent), block(block), ops(graph.nodes.size()) {}

    const GraphView &graph;
    const Scope *parent;
    mlir::Block &block;
    std::vector<mlir::Operation *> ops;                  // by node; null before its turn
    llvm::DenseMap<llvm::StringRef, mlir::Value> values; // inputs and initializers
    llvm::DenseMap<llvm::StringRef, const ValueInfoView *> declared;
    mlir::Value none;

    mlir::Value lookup(llvm::StringRef name) const { return lookup({name, graph.lookup(name)}); }
    mlir::Value lookup(const InputView &input) const;
  };

  llvm::Error importBody(Scope &scope);
  llvm::Error declareTypes(Scope &scope);
  llvm::Error addArguments(Scope &scope, bool keepDefaults);
  llvm::Error importInitializers(Scope &scope);
  void addInitializer(Scope &scope, llvm::StringRef name, ImportedTensor tensor);
  llvm::Error importNode(const NodeView &node, size_t index, Scope &scope);
  llvm::Error addOperands(const NodeView &node, Scope &scope, mlir::OperationState &state);
  llvm::Error addResults(const NodeView &node, Scope &scope, mlir::OperationState &state);
  llvm::Error addAttributes(const NodeView &node, mlir::OperationState &state);
  llvm::Error addRegions(const NodeView &node, Scope &scope, mlir::OperationState &state);
  llvm::Expected<std::unique_ptr<mlir::Region>> importRegion(const GraphView &graph,
                                                             const Scope &parent);
  llvm::Expected<llvm::SmallVector<mlir::Value>> outputs(const Scope &scope);
  llvm::Expected<mlir::Type> declaredType(const Scope &scope, llvm::StringRef name);
  mlir::OperationName opName(const NodeView &node);
  mlir::DictionaryAttr portAttrs(const ValueInfoView &port, mlir::Type actual, mlir::Type declared);
  mlir::Value none(Scope &scope);

  mlir::Builder b;
  TypeImporter &types;
  TensorImporter &tensors;
  AttributeImporter attributes;
  const FunctionTable &functions;
  mlir::StringAttr file;
  llvm::DenseMap<std::pair<llvm::StringRef, llvm::StringRef>, mlir::OperationName> opNames;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_GRAPHIMPORTER_H
