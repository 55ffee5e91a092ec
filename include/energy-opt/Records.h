//===- Records.h - One line per model, for tables ---------------*- C++ -*-===//
//
// What a fleet's runs are collected as. The columns of `records` and their types
// are those of docs/fleet.md: each is in every line, null where there is nothing
// to say, and never of another type.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_RECORDS_H
#define ENERGY_OPT_RECORDS_H

#include "energy-opt/Report.h"

#include "llvm/Support/raw_ostream.h"

namespace energyopt {

/// Why a model has no report.
struct ModelFailure {
  std::string path;
  std::string node; // "" if it is not of one
  std::string message, hint;
};

/// A line of the format `records`. `exitStatus` is what the tool would end with if it
/// had only this model; `sought` whether suggestions were looked for.
void printRecord(const Report &report, int exitStatus, bool sought, llvm::raw_ostream &os);
void printRecord(const ModelFailure &failure, int exitStatus, llvm::raw_ostream &os);
/// The line of `ndjson` for a model that has no report.
void printNdjsonFailure(const ModelFailure &failure, int exitStatus, llvm::raw_ostream &os);

/// The path of the model that a line of either format is about; nullopt if it is of
/// neither.
std::optional<std::string> recordPath(llvm::StringRef line);

} // namespace energyopt

#endif // ENERGY_OPT_RECORDS_H
