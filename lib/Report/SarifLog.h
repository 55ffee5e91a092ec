//===- SarifLog.h - Findings as SARIF 2.1.0 ---------------------*- C++ -*-===//
//
// The exchange format of code scanning (OASIS SARIF 2.1.0). Whoever has
// findings fills in SarifResults; this writes the log around them.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_REPORT_SARIFLOG_H
#define ENERGY_OPT_REPORT_SARIFLOG_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>
#include <string>
#include <vector>

namespace energyopt {

/// What a kind of finding is about; the page that its reader is shown.
struct SarifRule {
  std::string id, title;
  std::string help; // Markdown
};

enum class SarifLevel : uint8_t { Note, Warning, Error };

struct SarifResult {
  std::string ruleId;
  SarifLevel level = SarifLevel::Note;
  std::string message;
  /// The model, as a path from where the tool was started.
  std::string path;
  /// Names of ops; the whole model, if there are none.
  std::vector<std::string> nodes;
  /// What tells this finding from others of its rule and model, and stays the
  /// same when the model is exported anew.
  std::string identity;
  /// Why it is accepted, if it is.
  std::optional<std::string> suppression;
  /// Whether the base model has it too; nullopt: there is no base.
  std::optional<bool> inBase;
  double rank = 0; // 0 to 100
};

/// Writes one run. Results beyond what code-scanning services show are left
/// out, the least first, and a notification says how many.
void writeSarif(llvm::ArrayRef<SarifRule> rules, std::vector<SarifResult> results,
                llvm::raw_ostream &os);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_SARIFLOG_H
