//===- OptionValues.h - Texts of options to values --------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_OPTIONS_OPTIONVALUES_H
#define ENERGY_OPT_TOOL_OPTIONS_OPTIONVALUES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace energyopt {

/// What is wrong with an option, and how to mend it.
llvm::Error usageError(const llvm::Twine &message, const llvm::Twine &mend);

/// "did you mean 'x'?" if one of `known` is near, else "known are a, b, c".
std::string chooseFrom(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> known);
/// The index of `value` in `known`.
llvm::Expected<size_t> parseChoice(llvm::StringRef option, llvm::StringRef value,
                                   llvm::ArrayRef<llvm::StringRef> known);

/// A number for each hour of the day, from a CSV of lines HOUR,NUMBER; a first
/// line of titles may stand before them.
llvm::Expected<std::vector<double>> readHourly(llvm::StringRef option, llvm::StringRef path);
/// A whole number of at least `least`.
llvm::Expected<int64_t> parseCount(llvm::StringRef option, llvm::StringRef value, int64_t least);
/// A number of at least `least`; `unit` may follow it.
llvm::Expected<double> parseReal(llvm::StringRef option, llvm::StringRef value, int64_t least,
                                 llvm::StringRef unit = "");
/// "90%", or "0.9"; a share in [0, 1].
llvm::Expected<double> parseShare(llvm::StringRef option, llvm::StringRef value);
/// "150kB", "2 MiB", "300": bytes of at least 0.
llvm::Expected<double> parseBytes(llvm::StringRef option, llvm::StringRef value);

using NamedText = std::pair<std::string, std::string>;
using NamedInts = std::pair<std::string, std::vector<int64_t>>;
/// "NAME=TEXT", split at the first (or last) '='; neither part may be empty.
llvm::Expected<NamedText> parsePair(llvm::StringRef option, llvm::StringRef value, bool atLast,
                                    llvm::StringRef example);
/// "INPUT=1x3x224x224".
llvm::Expected<NamedInts> parseShape(llvm::StringRef value);
/// "INPUT=[1,3]" or "INPUT=5".
llvm::Expected<NamedInts> parseContents(llvm::StringRef value);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OPTIONS_OPTIONVALUES_H
