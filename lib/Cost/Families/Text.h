//===- Text.h - Strings, n-grams, encoded images ----------------*- C++ -*-===//
//
// Ops on data whose size only the run knows. A string is counted as
// kStringBytes characters, an encoded image by the pixels it decodes to.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_TEXT_H
#define ENERGY_OPT_LIB_COST_FAMILIES_TEXT_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family textFamily;

enum class TextForm : int16_t {
  Normalize, // StringNormalizer: case, stop words
  Concat,    // StringConcat: broadcasts
  Split,     // StringSplit
  Match,     // RegexFullMatch
  Tokenize,  // com.microsoft.Tokenizer
};
constexpr FamilyUse text(TextForm form) { return {&textFamily, {static_cast<int16_t>(form)}}; }

extern const Family tfIdfFamily;
constexpr FamilyUse tfIdf() { return {&tfIdfFamily, {}}; }

extern const Family imageDecodeFamily;
constexpr FamilyUse imageDecode() { return {&imageDecodeFamily, {}}; }

/// W2: element lookups that TfIdfVectorizer makes in a row of `length`: each
/// n-gram of each skip distance s starts at length - (n-1)*(s+1) places, if any,
/// and walks n elements; single elements have no skip distance.
Expr ngramLookups(const Expr &length, int64_t minGram, int64_t maxGram, int64_t maxSkip);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_TEXT_H
