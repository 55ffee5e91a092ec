//===- SweepOptions.h - What --sweep and --generate say ---------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_OPTIONS_SWEEPOPTIONS_H
#define ENERGY_OPT_TOOL_OPTIONS_SWEEPOPTIONS_H

#include "energy-opt/Serving.h"
#include "energy-opt/Sweep.h"

#include "llvm/Support/Error.h"

namespace energyopt {

class CommandLine;
struct Options;

/// --sweep, as far as it is about sizes and number formats.
struct SweepOptions {
  std::vector<SweptDim> dims;
  std::vector<std::optional<Precision>> precisions;
  bool wanted = false;
};

/// --prompt, --generate and --decode; the batch is the model's.
struct ServingOptions {
  ServedLoad load;
  std::string decode; // path of the decode step's own model, or ""
  bool wanted() const { return load.generate > 0; }
};

/// "1:256" (doubling), "128:1024:128" (in steps) or "1,3,7".
llvm::Expected<std::vector<int64_t>> parseSizes(llvm::StringRef option, llvm::StringRef text);

/// What --precision takes.
llvm::ArrayRef<llvm::StringRef> precisionNames();
/// One of them; nullopt is as-is.
llvm::Expected<std::optional<Precision>> parsePrecisionOption(llvm::StringRef option,
                                                              llvm::StringRef text);

llvm::Error readSweepOptions(const CommandLine &line, Options &options);
llvm::Error readServingOptions(const CommandLine &line, Options &options);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OPTIONS_SWEEPOPTIONS_H
