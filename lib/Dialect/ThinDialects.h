//===- ThinDialects.h - Dialects read without their definitions -*- C++ -*-===//
//
// StableHLO, CHLO, MHLO, torch and a few others, as far as reading needs: any op
// is allowed, types and attributes are kept as text, and ops in pretty form are
// understood by one reader (PrettyForm.h). They print in generic form, which the
// real dialects read back.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_DIALECT_THINDIALECTS_H
#define ENERGY_OPT_LIB_DIALECT_THINDIALECTS_H

#include "mlir/IR/DialectRegistry.h"

namespace energyopt {

/// Adds the thin dialects whose namespaces `registry` does not have yet: a host
/// that owns the real dialect keeps it.
void registerThinDialects(mlir::DialectRegistry &registry);

/// Namespaces of the thin dialects.
llvm::ArrayRef<llvm::StringLiteral> thinDialectNames();

} // namespace energyopt

#endif // ENERGY_OPT_LIB_DIALECT_THINDIALECTS_H
