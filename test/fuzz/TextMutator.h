//===- TextMutator.h - Structured damage to text ----------------*- C++ -*-===//

#ifndef ENERGY_OPT_TEST_FUZZ_TEXTMUTATOR_H
#define ENERGY_OPT_TEST_FUZZ_TEXTMUTATOR_H

#include "FuzzTarget.h"

namespace energyopt {

/// A few changes to lines, words, numbers and bracketed parts.
void mutateText(std::string &text, llvm::StringRef other, Random &random);

/// A few changes to bytes.
void mutateBytes(std::string &bytes, Random &random);

} // namespace energyopt

#endif // ENERGY_OPT_TEST_FUZZ_TEXTMUTATOR_H
