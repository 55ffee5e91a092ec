//===- TextLimits.h - What MLIR text may ask its parser for -----*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_MLIR_TEXTLIMITS_H
#define ENERGY_OPT_LIB_MLIR_TEXTLIMITS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace energyopt {

/// MLIR's parser has no limits of its own. It recurses by nesting, some 6 kB of stack
/// a level (Limit::MlirNesting), and a use of result N of a value, "%0#N", makes it
/// keep N places. An error says where `text` asks for too much; its first line has
/// the number `firstLine`.
llvm::Error checkTextLimits(llvm::StringRef text, int64_t firstLine);

/// "nested deeper than 500 levels" and how to raise that, behind `place`.
llvm::Error tooDeep(const llvm::Twine &place);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_TEXTLIMITS_H
