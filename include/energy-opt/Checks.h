//===- Checks.h - Rewrites that lower a model's cost ------------*- C++ -*-===//
//
// A check finds a kind of waste in a model or in how it is run. The tables, one
// for each family in lib/Suggest, are data: `energy-opt checks` and the
// documentation are made from them.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_CHECKS_H
#define ENERGY_OPT_CHECKS_H

#include "energy-opt/OnnxImporter.h"

#include "llvm/ADT/StringMap.h"

#include <map>
#include <memory>

namespace energyopt {

class Advisor;
class CopiedFacts;
struct Check;
struct EnergyOptions;
struct Target;
struct WorkGraph;

/// Of lost accuracy, or of work that a user has to do.
enum class Degree : uint8_t { None, Low, Medium, High };
llvm::StringRef name(Degree degree);

/// What a user may set: --apply='prune-channels:ratio=0.3'.
struct CheckParameter {
  llvm::StringLiteral name;
  double fallback, low, high;  // the default, and what is accepted
  llvm::StringLiteral meaning; // with the unit
};

/// Parameters that were given, texts as they stand. Every check also takes
/// `only` and `keep`: globs of node names.
using CheckArguments = std::map<std::string, std::string>;

/// One run of a check on a model.
struct Rewrite {
  ImportedModel &model;
  const Check &check;
  CheckArguments arguments;
  /// The result is to be priced, not run: weights are neither read nor made,
  /// new ones have a type and no contents (addWeight).
  bool dry = false;
  /// Nodes to leave as they are, beside those of `keep`.
  llvm::ArrayRef<std::string> spared;

  /// Names of the nodes and initializers that were removed or changed, in the
  /// graph's order.
  std::vector<std::string> ops;
  /// Of a check that is perLayer: the nodes that stand for one of `ops` now,
  /// itself included.
  std::map<std::string, std::vector<std::string>> made;
  /// Those that the check is about and that it left: "conv1: first layer".
  std::vector<std::string> kept;

  /// The model's analysis, if there is one: sizes of what was not declared.
  const WorkGraph *graph = nullptr;
  /// Its tensors by name, filled by shapeOf.
  llvm::StringMap<int32_t> tensors = {};
  /// Of an unchanged copy of a model that others may have asked about; null if there
  /// is none.
  CopiedFacts *facts = nullptr;

  /// Applies the check. What functions return is declared as before where the check
  /// leaves that to its values.
  void run();

  WeightReader &weights() const { return *model.weights; }
  /// A parameter of the check's table: what was given, or its default.
  double number(llvm::StringRef parameter) const;
  /// A given text; empty if there is none.
  llvm::StringRef text(llvm::StringRef parameter) const;
  /// Whether `only`, `keep` and `spared` let the node of this name be changed.
  bool mayChange(llvm::StringRef node) const;
  /// Sizes of a value: declared, else as the analysis found them at the dims that
  /// are priced; nullopt if neither knows, ShapedType::kDynamic for an open one.
  std::optional<llvm::SmallVector<int64_t>> shapeOf(mlir::Value value);
};

struct Check {
  llvm::StringLiteral id;    // "exact-dead-code"
  llvm::StringLiteral title; // what it does, in the imperative
  /// Why that saves energy, and when.
  llvm::StringLiteral rationale;
  /// How to do it without this tool.
  llvm::StringLiteral elsewhere;
  /// Same outputs for all inputs, up to rounding of folded constants.
  bool exact = false;
  Degree risk = Degree::None;   // of lost accuracy
  Degree effort = Degree::None; // None: `optimize` does it all
  /// Of checks with one group, a plan takes one: they do the same in other ways.
  llvm::StringLiteral group = "";
  /// Judges by the contents of weights, which a report does not read unless
  /// --checks names the check.
  bool readsWeights = false;
  /// Costs more than a report should take: only when --checks names it.
  bool onRequest = false;
  /// The same for graphs of more rows than this; 0: for none.
  unsigned mostRows = 0;
  /// Changes single layers independently, so that those may be spared that do
  /// not gain on a target.
  bool perLayer = false;
  /// Judges by what a run costs alone: of models of any dialect.
  bool ofCosts = false;
  /// Popular: a report says so where it does not pay, and why.
  bool tellsWhenNot = false;
  /// An argument that only the user has, and without which a model is priced but
  /// not changed: "ranges=FILE".
  llvm::StringLiteral needs = "";
  /// Why a target cannot run what is made ("it has no units for int8"), or why
  /// the price would not tell; null where neither holds.
  const char *(*unsuited)(const Target &target, const EnergyOptions &options) = nullptr;
  llvm::ArrayRef<CheckParameter> parameters = {};
  /// Rewrites the model as often as it can, and logs it; null: the check is
  /// about how a model is run or made.
  void (*apply)(Rewrite &rewrite) = nullptr;
  /// Adds suggestions of its own kind; null: apply's result is priced.
  void (*advise)(Advisor &advisor) = nullptr;
};

/// All checks, in the order in which they are best applied.
llvm::ArrayRef<const Check *> allChecks();
/// By id; null if there is none.
const Check *findCheck(llvm::StringRef id);

/// The checks that `globs` chooses, in clang-tidy's syntax ("-*,prune-*"): the
/// last glob that matches an id decides. Without a glob that names them, checks
/// that read weights are off.
std::vector<const Check *> selectChecks(llvm::StringRef globs);
/// Whether any of a list of globs ('*' any text) matches.
bool matchesGlob(llvm::StringRef glob, llvm::StringRef text);

/// A check with its arguments, as --apply names it.
struct ChosenCheck {
  const Check *check;
  CheckArguments arguments;
};
/// "ID[:NAME=VALUE]...". An Error's text is "what is wrong", '\n', "how to mend
/// it".
llvm::Expected<ChosenCheck> parseCheck(llvm::StringRef text);

} // namespace energyopt

#endif // ENERGY_OPT_CHECKS_H
