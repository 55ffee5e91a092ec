//===- Editor.h - Changes to a graph whose facts are in use -----*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_EDITOR_H
#define ENERGY_OPT_LIB_SUGGEST_EDITOR_H

#include "Suggest/Facts.h"
#include "Suggest/Rewrites.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringSet.h"

namespace energyopt {

class Editor {
public:
  /// Takes the facts that the Editor of a former check left, and leaves its own if
  /// it changed nothing.
  explicit Editor(Rewrite &rewrite);
  ~Editor();

  Rewrite &rewrite;
  Facts facts;

  /// Calls `change` with every node that may be changed, in order; again, as
  /// long as it says that it changed something.
  void forEachNode(llvm::function_ref<bool(mlir::Operation *)> change);

  /// Whether `value` may take the place of `op`'s only result that is used.
  bool canReplace(mlir::Operation *op, mlir::Value value) const;
  /// Does so, logs `op`, and erases it with all that only it needed.
  void replace(mlir::Operation *op, mlir::Value value);
  /// Another operand; what only the old one needed goes.
  void setOperand(mlir::Operation *op, unsigned operand, mlir::Value value);
  /// A node in front of `op` that takes its place: result, name and type are
  /// those of `op`.
  mlir::Operation *replaceByNode(mlir::Operation *op, llvm::StringRef domain, llvm::StringRef name,
                                 mlir::ValueRange operands,
                                 llvm::ArrayRef<mlir::NamedAttribute> attributes = {});
  /// A node in front of `before` whose result nobody declared; its facts are
  /// inferred.
  mlir::Value addNode(mlir::Operation *before, llvm::StringRef name, mlir::ValueRange operands,
                      llvm::StringRef resultName,
                      llvm::ArrayRef<mlir::NamedAttribute> attributes = {});
  /// A small initializer in front of `before`.
  mlir::Value addInts(mlir::Operation *before, llvm::ArrayRef<int64_t> values,
                      llvm::StringRef name);

  /// The node that makes `value`, if it is called `name` (of ai.onnx) and stands
  /// in the same block as `user`.
  mlir::Operation *maker(mlir::Value value, llvm::StringRef name, mlir::Operation *user) const;
  /// The same, if nothing but `user` reads what it makes, and it may go.
  mlir::Operation *onlyMaker(mlir::Value value, llvm::StringRef name, mlir::Operation *user) const;
  /// Whether nobody but nodes of `inside` reads the results of nodes of `inside`
  /// other than `last`, so that they may be replaced as a whole.
  bool isClosed(llvm::ArrayRef<mlir::Operation *> inside, mlir::Operation *last) const;

private:
  void erase(mlir::Operation *op);
  /// `name`, or with a number behind it where a value of the model has it: what is
  /// asked of values by name later on, they answer alone.
  std::string unique(llvm::StringRef name);

  llvm::StringSet<> names; // empty until a value is made
  llvm::DenseSet<mlir::Operation *> erased;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_EDITOR_H
