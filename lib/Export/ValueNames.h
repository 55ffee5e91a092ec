//===- ValueNames.h - A name for every value --------------------*- C++ -*-===//
//
// ONNX values are their names. A value keeps the one that its location has,
// unless another of its graph has it, or one around that graph which is used in
// it.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_EXPORT_VALUENAMES_H
#define ENERGY_OPT_LIB_EXPORT_VALUENAMES_H

#include "mlir/IR/Block.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"

namespace energyopt {

class ValueNames {
public:
  /// Starts the names of a graph's block; what it uses of others has names.
  void enterScope(mlir::Block &block);
  void leaveScope() { scopes.pop_back(); }

  /// Names `value` in the innermost scope: `wanted`, or with a number behind it.
  llvm::StringRef define(mlir::Value value, llvm::StringRef wanted);
  /// Names `value` as `other` is: the default of an input is its initializer of the
  /// same name.
  void share(mlir::Value value, mlir::Value other) { names[value] = names.lookup(other); }
  /// Keeps a name from being given to another value.
  void reserve(llvm::StringRef name) { scopes.back().insert(name); }
  /// "" for a value without a name: an absent operand.
  llvm::StringRef operator[](mlir::Value value) const { return names.lookup(value); }

private:
  std::vector<llvm::StringSet<>> scopes;
  llvm::DenseMap<mlir::Value, llvm::StringRef> names;
  llvm::StringSet<> storage;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_EXPORT_VALUENAMES_H
