//===- ShapeFacts.h - What one analysis learns about dims -------*- C++ -*-===//
//
// The ShapeContext behind every shape rule: binds symbols, bounds
// data-dependent dims, merges dims that an op needs equal, and keeps the list
// of what was assumed.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_GRAPH_SHAPEFACTS_H
#define ENERGY_OPT_LIB_GRAPH_SHAPEFACTS_H

#include "energy-opt/OpView.h"
#include "energy-opt/WorkGraph.h"

namespace energyopt {

/// A size that was picked for a dim that nobody gave, and why.
struct DimChoice {
  int64_t size;
  std::string reason; // "the graph needs it equal to past + 1"
};
using DimChoices = llvm::StringMap<DimChoice>;
/// Two sizes that an op needs equal.
using DimEquation = std::pair<Expr, Expr>;

class ShapeFacts : public ShapeContext {
public:
  /// `given`: values that the user bound. In symbolic mode symbols stay, and
  /// only evaluate() knows their values; otherwise each is its value from first
  /// sight, that of a dim that was not given being its default.
  ShapeFacts(llvm::StringMap<int64_t> given, bool symbolic);

  /// A model's symbol: its value, or in symbolic mode itself. `fallback` is
  /// what it is assumed to be if the user did not bind it.
  Expr bindSymbol(llvm::StringRef name, int64_t fallback, llvm::StringRef why = "");
  /// The same with the default that its name suggests (docs/cli.md).
  Expr bindSymbol(llvm::StringRef name);
  /// Size that a name suggests: batch 1, height/width 224, past 512, sequence
  /// 128; nullopt for one that says nothing, which is taken as 1.
  static std::optional<int64_t> suggestedSize(llvm::StringRef name);

  /// Where the names of dims come from: those of a graph called `name` are its
  /// own, "decoder.past", except the `outer` ones. "" for the model's.
  struct NameScope {
    std::string name;
    llvm::StringMap<int64_t> outer;
  };
  /// Returns the scope that was in effect.
  NameScope enter(NameScope scope) { return std::exchange(nameScope, std::move(scope)); }

  /// Sizes that override the defaults of the dims that they name.
  void choose(DimChoices choices) { chosen = std::move(choices); }
  /// Symbolic mode: what ops needed equal, in order.
  llvm::ArrayRef<DimEquation> equations() const { return needed; }
  /// Sizes of all symbols seen.
  const llvm::StringMap<int64_t> &sizes() const { return values; }

  /// What was learned of dims. A branch that is not taken teaches nothing:
  /// knowledge() before it, restore() after it.
  struct Knowledge {
    Expr::Bindings replacements;
    std::vector<DimEquation> equations;
  };
  Knowledge knowledge() const { return {replacements, needed}; }
  void restore(Knowledge knowledge);

  Expr dataDependentDim(llvm::StringRef hint, const Expr &bound) override;
  Expr upperBound(const Expr &e) const override;
  bool isDataDependent(const Expr &e) const override;
  std::optional<Expr> unify(const Expr &a, const Expr &b) override;
  void assume(const llvm::Twine &text) override;

  /// Grows whenever something is asked or told that depends on the analysis: a
  /// symbol, a size that only the run decides, an assumption.
  uint64_t uses() const { return numUses; }

  /// `e` as a number: data-dependent symbols at their bounds, unbound symbols
  /// at their defaults. nullopt on overflow.
  std::optional<int64_t> evaluate(const Expr &e) const;
  /// `e` with dims that were found equal replaced by one of them.
  Expr canonical(const Expr &e) const;

  /// Symbols seen, in order, with the values used.
  const std::vector<NamedDim> &dims() const { return seen; }
  /// Given names that no symbol of the model matched.
  std::vector<std::string> unusedNames() const;
  /// Sentences, each once, in order; long lists are cut with a count.
  std::vector<std::string> assumptions() const;
  /// Names assumed (not given), for --strict.
  const std::vector<std::string> &assumedNames() const { return assumed; }

private:
  Expr unifyDataDependent(const Expr &x, const Expr &y);

  llvm::StringMap<int64_t> given;
  bool symbolic;
  llvm::StringMap<int64_t> values;
  llvm::StringMap<bool> used;
  std::vector<NamedDim> seen;
  std::vector<std::string> assumed;
  std::vector<std::string> sentences;
  llvm::StringMap<bool> said;
  Expr::Bindings bounds;       // data-dependent symbols
  Expr::Bindings replacements; // dims assumed equal
  Expr::Bindings defaults;     // symbolic mode: values of the symbols
  DimChoices chosen;
  std::vector<DimEquation> needed;
  NameScope nameScope;
  uint64_t numUses = 0;
  unsigned nextDataDim = 0;
  unsigned cutSentences = 0;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_GRAPH_SHAPEFACTS_H
