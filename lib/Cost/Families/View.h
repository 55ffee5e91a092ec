//===- View.h - The same elements under another shape -----------*- C++ -*-===//
//
// Ops that only change what a value is called: nothing is computed, no element
// moves. Shape and Size belong here too, they read no elements.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_VIEW_H
#define ENERGY_OPT_LIB_COST_FAMILIES_VIEW_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family viewFamily;

enum class ViewForm : int16_t {
  Identity,
  Reshape,
  Squeeze,
  Unsqueeze,
  Flatten,
  BitCast,
  Shape,
  Size
};
/// D0: no arithmetic, no bytes.
constexpr FamilyUse view(ViewForm form) { return {&viewFamily, {static_cast<int16_t>(form)}}; }

/// `count` dims that only the run knows, whose product is `elements`: the first
/// is bounded by it, the others by 1, so that the bound of the product is exact.
Shape dimsOfProduct(const OpView &op, const Expr &elements, size_t count);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_VIEW_H
