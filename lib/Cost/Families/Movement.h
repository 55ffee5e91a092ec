//===- Movement.h - Elements in other places --------------------*- C++ -*-===//
//
// Ops that copy elements without computing on them. None has arithmetic; what
// they cost is the bytes they read and write, which is often less than their
// operands hold.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_MOVEMENT_H
#define ENERGY_OPT_LIB_COST_FAMILIES_MOVEMENT_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family transposeFamily;
extern const Family concatFamily;
extern const Family splitFamily;
extern const Family sliceFamily;
extern const Family expandFamily;
extern const Family tileFamily;
extern const Family padFamily;
extern const Family depthSpaceFamily;
extern const Family centerCropPadFamily;
extern const Family copyFamily;
extern const Family castFamily;
extern const Family col2ImFamily;

/// D1, free if only dims of size 1 move.
constexpr FamilyUse transpose() { return {&transposeFamily, {}}; }
constexpr FamilyUse concat() { return {&concatFamily, {}}; }
constexpr FamilyUse split() { return {&splitFamily, {}}; }
/// D2: reads what it keeps.
constexpr FamilyUse slice() { return {&sliceFamily, {}}; }
constexpr FamilyUse expand() { return {&expandFamily, {}}; }
constexpr FamilyUse tile() { return {&tileFamily, {}}; }
constexpr FamilyUse pad() { return {&padFamily, {}}; }
constexpr FamilyUse depthToSpace() { return {&depthSpaceFamily, {1}}; }
constexpr FamilyUse spaceToDepth() { return {&depthSpaceFamily, {0}}; }
constexpr FamilyUse centerCropPad() { return {&centerCropPadFamily, {}}; }
/// Same shape and type as input 0: Trilu, ReverseSequence.
constexpr FamilyUse copyElements() { return {&copyFamily, {}}; }
/// D3: one conversion per element. `like`: input 1 gives the type.
constexpr FamilyUse cast(bool like = false) { return {&castFamily, {static_cast<int16_t>(like)}}; }
constexpr FamilyUse col2Im() { return {&col2ImFamily, {}}; }

/// D1 for an op that takes only part of input 0: reads `taken` bytes of it and
/// the other inputs whole, writes its outputs.
Work partialReadWork(const OpView &op, std::optional<Expr> taken);
/// Free if output 0 has the elements of input 0 in the same order, else D1.
Work freeIfSameShape(const OpView &op);

/// Sets the contents of output 0 to the elements of input 0 at `positions`
/// (row-major), if those contents are known.
void takeElements(OpView &op, unsigned output, llvm::ArrayRef<int64_t> positions);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_MOVEMENT_H
