//===- Declared.h - Ops whose results the IR declares -----------*- C++ -*-===//
//
// Dialects of MLIR declare the type of every result, so that these families
// infer no shapes: they say what is read, written and computed.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_DECLARED_H
#define ENERGY_OPT_LIB_COST_FAMILIES_DECLARED_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family metadataFamily;
extern const Family movedFamily;
extern const Family storedFamily;
extern const Family filledFamily;
extern const Family foldedFamily;
extern const Family outerProductFamily;
extern const Family appliedFamily;

/// D0: casts, views, sizes, bookkeeping: no arithmetic, no bytes.
constexpr FamilyUse metadata() { return {&metadataFamily, {}}; }

/// What a copy reads of input 0.
enum class Taken : int16_t { Whole, AsMuchAsResult };
/// D1: reads the inputs, writes the results; of input 0 perhaps only as much as
/// the result holds. `ops` operations per element of the result.
constexpr FamilyUse moved(Taken taken = Taken::Whole, int ops = 0) {
  return {&movedFamily, {static_cast<int16_t>(taken), static_cast<int16_t>(ops)}};
}
/// D11: writes input `value` into input `into`, or into the result, which takes
/// the memory of `into`; nothing else of it is touched. `ops` per element. A
/// negative `value` counts from the last input.
constexpr FamilyUse stored(int value, int into, int ops = 0) {
  return {&storedFamily,
          {static_cast<int16_t>(value), static_cast<int16_t>(into), static_cast<int16_t>(ops)}};
}
/// Writes every element of input `into` (-1: of the result) from next to
/// nothing.
constexpr FamilyUse filled(int into = -1) { return {&filledFamily, {static_cast<int16_t>(into)}}; }
/// M12: one operation per element of input 0.
constexpr FamilyUse folded() { return {&foldedFamily, {1}}; }
/// M12 for a variance: mean, deviation, square and sum.
constexpr FamilyUse foldedTwice() { return {&foldedFamily, {4}}; }
/// M2 with k = 1: the product of two vectors, added to input 2 if it is there.
constexpr FamilyUse outerProduct() { return {&outerProductFamily, {}}; }

/// How often an op applies its region.
enum class Applied : int16_t { PerResult, PerInput, Once };
/// C2: the work of the region (OpView::body) for each element of the result, of
/// input 0, or once.
constexpr FamilyUse applied(Applied per) { return {&appliedFamily, {static_cast<int16_t>(per)}}; }

/// Adds `body` done `times` times.
void addBody(Work &work, const Work &body, const Expr &times);
/// The shape rule of all these families.
llvm::Error asDeclared(OpView &op, const RuleParams &params);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_DECLARED_H
