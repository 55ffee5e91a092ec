//===- EntryPoints.cpp - Where a module starts ----------------------------===//

#include "Mlir/EntryPoints.h"

#include "Mlir/TypeInfo.h"

#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;
using llvm::StringRef;

bool energyopt::isMetaOp(mlir::Operation *op) {
  return llvm::StringSwitch<bool>(op->getName().getStringRef().split('.').first)
      .Cases("transform", "pdl", "pdl_interp", "irdl", "iree_codegen", "dlti", true)
      .Default(false);
}

/// Names of symbols that the ops of `root` refer to, but for a function's own.
static llvm::StringSet<> referredSymbols(mlir::Operation *root) {
  llvm::StringSet<> names;
  root->walk<mlir::WalkOrder::PreOrder>([&](mlir::Operation *op) {
    if (isMetaOp(op))
      return mlir::WalkResult::skip();
    auto own = op->getParentOfType<mlir::FunctionOpInterface>();
    for (mlir::NamedAttribute attr : op->getAttrs())
      attr.getValue().walk([&](mlir::SymbolRefAttr ref) {
        StringRef name = ref.getLeafReference();
        if (!own || own.getName() != name)
          names.insert(name);
      });
    return mlir::WalkResult::advance();
  });
  return names;
}

/// Name that a caller would know the argument by.
static std::string argumentName(mlir::FunctionOpInterface function, unsigned i) {
  for (StringRef key : {"onnx.name", "ml_program.identifier", "tf.name", "iree.identifier"})
    if (auto name = function.getArgAttrOfType<mlir::StringAttr>(i, key))
      return name.getValue().str();
  if (auto named = function.getArgument(i).getLoc()->findInstanceOf<mlir::NameLoc>())
    return named.getName().str();
  return "arg" + llvm::utostr(i);
}

static DeclaredInput declaredArgument(mlir::FunctionOpInterface function, unsigned i,
                                      StringRef prefix) {
  DeclaredInput input;
  input.name = (prefix + argumentName(function, i)).str();
  TypeFacts facts = typeFacts(function.getArgument(i).getType());
  input.dtype = facts.dtype;
  if (!facts.dims)
    return input;
  input.dims.emplace();
  for (auto [d, size] : llvm::enumerate(*facts.dims)) {
    DeclaredDim dim;
    dim.size = size;
    if (!size) {
      dim.name = d < facts.dimNames.size() ? facts.dimNames[d].str() : "";
      if (dim.name.empty())
        dim.name = input.name + ".dim" + llvm::utostr(d);
    }
    input.dims->push_back(std::move(dim));
  }
  return input;
}

std::vector<EntryPoint> energyopt::entryPoints(mlir::Operation *root) {
  llvm::StringSet<> referred = referredSymbols(root);
  std::vector<EntryPoint> open, hidden;
  root->walk<mlir::WalkOrder::PreOrder>([&](mlir::Operation *op) {
    if (isMetaOp(op))
      return mlir::WalkResult::skip();
    auto function = mlir::dyn_cast<mlir::FunctionOpInterface>(op);
    if (!function)
      return mlir::WalkResult::advance();
    if (function.isExternal() || (referred.count(function.getName()) && op != root))
      return mlir::WalkResult::skip();
    auto symbol = mlir::dyn_cast<mlir::SymbolOpInterface>(op);
    (symbol && symbol.isPrivate() ? hidden : open).push_back({function, "", {}});
    return mlir::WalkResult::skip();
  });
  std::vector<EntryPoint> entries = std::move(open.empty() ? hidden : open);
  for (EntryPoint &entry : entries) {
    if (entries.size() > 1)
      entry.prefix = entry.function.getName().str() + "/";
    for (unsigned i = 0; i < entry.function.getNumArguments(); ++i)
      entry.inputs.push_back(declaredArgument(entry.function, i, entry.prefix));
  }
  return entries;
}
