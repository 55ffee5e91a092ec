//===- OpRule.h - Rules: one record per op, formulas in families *- C++ -*-===//
//
// A rule is a row: op name, family, a few numbers, a source. Formulas live in
// the families. From the rows come the lookup table, `energy-opt ops`,
// docs/ops.md and the coverage test.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_OPRULE_H
#define ENERGY_OPT_OPRULE_H

#include "energy-opt/OpView.h"
#include "energy-opt/Work.h"

namespace energyopt {

/// A row's numbers; their meaning is the family's (see its constructor).
struct RuleParams {
  int16_t a = 0, b = 0, c = 0, d = 0;
};

struct Family {
  const char *name;     // "elementwise"
  const char *equation; // label in docs/model.md and what it says
  /// Sets op.outputs. An Error means that the model is invalid. If something
  /// it needs is merely unknown, it leaves the output's shape unset.
  llvm::Error (*shape)(OpView &op, const RuleParams &params);
  /// Runs after the shape rule, with outputs set. Needs every shape it uses
  /// to be known, else returns Work::unmodelled.
  Work (*work)(const OpView &op, const RuleParams &params);
  /// It answers for an op without results too, one that writes to an operand or to
  /// nothing. The others may take for granted that there is one.
  bool withoutResults = false;
};

/// What the family constructors (`elementwise(1)`, `conv()`) return.
struct FamilyUse {
  const Family *family;
  RuleParams params;
};

struct OpRule {
  const char *op; // full op name
  unsigned since; // first opset of the domain that this row describes
  FamilyUse use;
  const char *source; // spec or formula this row follows; never empty
};

/// The row for an op at an opset version: the one with the greatest since <=
/// opset; null if there is none.
const OpRule *findRule(llvm::StringRef op, int64_t opset);
/// Every row, by table, for listings.
llvm::ArrayRef<llvm::ArrayRef<OpRule>> allRules();

/// Runs a row's shape rule. Whatever the rule thinks of it, no output may have a
/// negative dim, or contents that are not as many as its shape says.
llvm::Error inferShapes(const OpRule &rule, OpView &op);
/// Runs its work rule. Counts below zero come from operands and attributes that
/// contradict each other unseen by the rule; such work is unmodelled.
Work workOf(const OpRule &rule, const OpView &op);

/// True if rows are sorted by (op, since), unique and sourced; for the
/// static_assert behind each table.
template <size_t N> constexpr bool wellFormed(const OpRule (&rows)[N]) {
  auto less = [](const char *a, const char *b) {
    while (*a && *a == *b)
      ++a, ++b;
    return static_cast<int>(static_cast<unsigned char>(*a)) -
           static_cast<int>(static_cast<unsigned char>(*b));
  };
  for (size_t i = 0; i < N; ++i) {
    if (!rows[i].source[0] || !rows[i].use.family)
      return false;
    if (i == 0)
      continue;
    int order = less(rows[i - 1].op, rows[i].op);
    if (order > 0 || (order == 0 && rows[i - 1].since >= rows[i].since))
      return false;
  }
  return true;
}

} // namespace energyopt

#endif // ENERGY_OPT_OPRULE_H
