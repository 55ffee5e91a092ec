//===- Sequence.h - Sequences and optionals ---------------------*- C++ -*-===//
//
// A sequence or an optional holds references to its tensors: building it or
// taking it apart moves no elements. Only splitting a tensor into a sequence
// and joining one do.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_SEQUENCE_H
#define ENERGY_OPT_LIB_COST_FAMILIES_SEQUENCE_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family sequenceFamily;

enum class SequenceForm : int16_t {
  Construct,
  Empty,
  Insert,
  Erase,
  At,
  Length,
  Split,
  Concat,
};
constexpr FamilyUse sequence(SequenceForm form) {
  return {&sequenceFamily, {static_cast<int16_t>(form)}};
}

extern const Family optionalFamily;

enum class OptionalForm : int16_t { Wrap, Get, Has };
constexpr FamilyUse optionals(OptionalForm form) {
  return {&optionalFamily, {static_cast<int16_t>(form)}};
}

/// What an element of a sequence can be if it is either `a` or `b`: dims that
/// differ become data-dependent, at most the larger. nullopt: the types differ.
std::optional<ValueInfo> joinElements(const ValueInfo &a, const ValueInfo &b, ShapeContext &ctx);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_SEQUENCE_H
