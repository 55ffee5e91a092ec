//===- Explain.h - Formulas with their numbers put in -----------*- C++ -*-===//
//
// What --explain prints: each family states its equation once, and the helper
// fills in the sizes.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_EXPLAIN_H
#define ENERGY_OPT_LIB_COST_FAMILIES_EXPLAIN_H

#include "energy-opt/OpView.h"
#include "energy-opt/Work.h"

namespace energyopt {

/// Appends "formula = 1*64*3 = 192" if `op` asks for an explanation; `formula`
/// is "macs = N*OC*IC" and `factors` the values of its factors in order.
void explainProduct(const OpView &op, Work &work, llvm::StringRef formula,
                    llvm::ArrayRef<Expr> factors);

/// Appends "formula = value; with N = 1, C = 64" if `op` asks for it.
void explainFormula(const OpView &op, Work &work, llvm::StringRef formula, const Expr &value,
                    llvm::ArrayRef<std::pair<llvm::StringRef, Expr>> sizes);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_EXPLAIN_H
