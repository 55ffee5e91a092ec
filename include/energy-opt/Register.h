//===- Register.h - What a host adds to its dialect registry ----*- C++ -*-===//
//
// Both are registrations: nothing is loaded before it is used.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_REGISTER_H
#define ENERGY_OPT_REGISTER_H

#include "mlir/IR/DialectRegistry.h"

namespace energyopt {

/// Makes every structured op of linalg, and vector.contract, answer
/// WorkOpInterface as soon as its dialect is loaded. A pass that uses the
/// analysis calls it in getDependentDialects.
void registerLinalgWork(mlir::DialectRegistry &registry);

/// StableHLO, CHLO, MHLO, torch and a few others, as far as reading needs: any op
/// is allowed, types and attributes are kept as text, and ops in pretty form are
/// understood by one reader. They print in generic form, which the real dialects
/// read back. Namespaces that `registry` has already are left alone: a host that
/// owns the real dialect keeps it.
void registerThinDialects(mlir::DialectRegistry &registry);

/// Namespaces of the thin dialects.
llvm::ArrayRef<llvm::StringLiteral> thinDialectNames();

} // namespace energyopt

#endif // ENERGY_OPT_REGISTER_H
