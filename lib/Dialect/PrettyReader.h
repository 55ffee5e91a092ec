//===- PrettyReader.h - The reader behind PrettyForm ------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_DIALECT_PRETTYREADER_H
#define ENERGY_OPT_LIB_DIALECT_PRETTYREADER_H

#include "Dialect/PrettyForm.h"

namespace energyopt {

class PrettyReader {
public:
  PrettyReader(mlir::OpAsmParser &parser, mlir::OperationState &state)
      : parser(parser), state(state), context(state.getContext()) {}

  mlir::ParseResult read();

private:
  using Operand = mlir::OpAsmParser::UnresolvedOperand;
  using Argument = mlir::OpAsmParser::Argument;

  // PrettyForm.cpp
  mlir::ParseResult readParts(unsigned depth);
  mlir::ParseResult readPart(unsigned depth, bool &done);
  mlir::ParseResult readWord(unsigned depth, bool &done);
  mlir::ParseResult readOperand();
  mlir::ParseResult readGroup(unsigned depth);
  mlir::ParseResult readBrace();
  mlir::ParseResult readLiteral(PrettyPart::Kind kind, llvm::StringRef key);
  mlir::ParseResult readValue(mlir::Attribute &value, unsigned depth);
  mlir::ParseResult readList(mlir::Attribute &value, unsigned depth);
  mlir::ParseResult readTypes();
  mlir::ParseResult readResultTypes();
  mlir::ParseResult readRegion();

  // PrettyTypes.cpp
  mlir::ParseResult resolve();
  llvm::SmallVector<mlir::Type> operandTypes(size_t numOperands);
  llvm::SmallVector<mlir::Type> partlyPrinted(size_t numOperands);
  llvm::SmallVector<mlir::Type> resultTypes();

  // PrettyNames.cpp
  void nameParts();
  mlir::ParseResult applyReducer(llvm::StringRef opName);

  /// Text from the current token on, and whether the token starts its line.
  const char *here() { return parser.getCurrentLocation().getPointer(); }
  bool opEndsHere();
  bool namesOperands() const;

  mlir::OpAsmParser &parser;
  mlir::OperationState &state;
  mlir::MLIRContext *context;

  llvm::SmallVector<Operand> operands, inits;
  llvm::SmallVector<PrettyPart> parts;
  /// Types behind the colon, and behind its arrow.
  llvm::SmallVector<mlir::Type> types, results;
  bool typed = false, arrow = false, resolved = false;
  /// Arguments of the region that comes next.
  llvm::SmallVector<Argument> arguments;
  /// `(%a = %x)`: arguments of every region, typed as the operands.
  llvm::SmallVector<Argument> carried;
  llvm::StringRef reducer; // `applies stablehlo.add`
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_DIALECT_PRETTYREADER_H
