//===- PrettyForm.h - Reading ops in a syntax nobody declared ---*- C++ -*-===//
//
// The pretty forms of ops differ, but are made of the same parts: operands,
// `key = value`, words, lists, attribute dictionaries, regions with arguments,
// types after a colon. One reader takes any sequence of them; what the words
// mean for a given op is a table's business (PrettyNames.h).
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_DIALECT_PRETTYFORM_H
#define ENERGY_OPT_LIB_DIALECT_PRETTYFORM_H

#include "mlir/IR/OpImplementation.h"

namespace energyopt {

/// Parses the op `state.name` from behind its name to its end.
mlir::ParseResult parsePrettyForm(mlir::OpAsmParser &parser, mlir::OperationState &state);

/// A part of an op between its operands and its types.
struct PrettyPart {
  enum Kind : uint8_t { Word, Pair, Literal, List, Symbol, String } kind;
  llvm::StringRef key; // Word, Pair
  mlir::Attribute value;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_DIALECT_PRETTYFORM_H
