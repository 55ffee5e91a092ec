//===- ContribTokens.h - Padding, n-grams, embeddings -----------*- C++ -*-===//
//
// What com.microsoft does to token sequences around a language model.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBTOKENS_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBTOKENS_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family paddingFamily;
/// RestorePadding, or if `remove`, RemovePadding.
constexpr FamilyUse tokenPadding(bool remove) { return {&paddingFamily, {remove}}; }

extern const Family ngramHashFamily;
/// NGramHashMapping; `packed`: its variable-length form.
constexpr FamilyUse ngramHash(bool packed) { return {&ngramHashFamily, {packed}}; }

extern const Family ngramRepeatFamily;
constexpr FamilyUse ngramRepeatBlock() { return {&ngramRepeatFamily, {}}; }

extern const Family bifurcationFamily;
constexpr FamilyUse bifurcationDetector() { return {&bifurcationFamily, {}}; }

extern const Family wordConvFamily;
constexpr FamilyUse wordConvEmbedding() { return {&wordConvFamily, {}}; }

extern const Family quantizedGatherFamily;
/// GatherBlockQuantized: rows of a packed table, dequantized.
constexpr FamilyUse quantizedGather() { return {&quantizedGatherFamily, {}}; }

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBTOKENS_H
