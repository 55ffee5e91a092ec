//===- ValueNames.cpp - A name for every value ----------------------------===//

#include "Export/ValueNames.h"

#include "mlir/IR/Operation.h"

using namespace energyopt;
using llvm::StringRef;

void ValueNames::enterScope(mlir::Block &block) {
  llvm::StringSet<> &taken = scopes.emplace_back();
  block.walk([&](mlir::Operation *op) {
    for (mlir::Value operand : op->getOperands())
      if (StringRef name = names.lookup(operand); !name.empty())
        taken.insert(name);
  });
}

StringRef ValueNames::define(mlir::Value value, StringRef wanted) {
  std::string name = wanted.empty() ? "value" : wanted.str();
  for (unsigned number = 1; scopes.back().contains(name); ++number)
    name = (wanted.empty() ? StringRef("value") : wanted).str() + "_" + std::to_string(number);
  scopes.back().insert(name);
  StringRef kept = storage.insert(name).first->getKey();
  names[value] = kept;
  return kept;
}
