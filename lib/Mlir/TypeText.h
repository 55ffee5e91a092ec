//===- TypeText.h - Types of dialects that are not linked -------*- C++ -*-===//
//
// `!torch.vtensor<[2,?],f32>` and the like, kept as text by a thin dialect.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_MLIR_TYPETEXT_H
#define ENERGY_OPT_LIB_MLIR_TYPETEXT_H

#include "Mlir/TypeInfo.h"

namespace energyopt {

/// What the text of a dialect's type says; kind None for what holds no numbers.
TypeFacts factsOfText(llvm::StringRef dialect, llvm::StringRef text);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_TYPETEXT_H
