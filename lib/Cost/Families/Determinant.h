//===- Determinant.h - Factorizing square matrices --------------*- C++ -*-===//
//
// Det, and what other dense solvers can reuse.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_DETERMINANT_H
#define ENERGY_OPT_LIB_COST_FAMILIES_DETERMINANT_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family determinantFamily;
constexpr FamilyUse determinant() { return {&determinantFamily, {}}; }

/// M14: LU factorization of an n x n matrix: n(n-1)/2 divisions and
/// n(n-1)(2n-1)/3 multiplications and additions. Source: Golub and Van Loan,
/// Matrix Computations, section 3.2.
Expr luOps(const Expr &n);

/// Batch shape of a stack of square matrices; an error if input 0 is none.
llvm::Expected<Shape> squareBatch(const OpView &op);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_DETERMINANT_H
