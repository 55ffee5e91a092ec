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

class ShapeFacts : public ShapeContext {
public:
  /// `given`: values that the user bound. In symbolic mode the other symbols
  /// stay; otherwise each gets its default at first sight.
  ShapeFacts(llvm::StringMap<int64_t> given, bool symbolic);

  /// A model's symbol: its value, or in symbolic mode itself. `fallback` is
  /// what it is assumed to be if the user did not bind it.
  Expr bindSymbol(llvm::StringRef name, int64_t fallback, llvm::StringRef why = "");
  /// The same with the default that its name suggests (docs/cli.md).
  Expr bindSymbol(llvm::StringRef name);
  /// Default value by name: batch 1, height/width 224, past 512, sequence 128,
  /// otherwise 1.
  int64_t defaultFor(llvm::StringRef name) const;

  /// Dims that the graph itself relates: "total" → "past + 1". From a symbolic
  /// run, for a concrete one to start from.
  llvm::StringMap<Expr> relations() const;
  /// Makes `relations` override the defaults of the symbols that they name.
  void adopt(llvm::StringMap<Expr> relations) { related = std::move(relations); }

  /// Default of the dims whose names say nothing.
  void setOtherDefault(int64_t value) { otherDefault = value; }

  Expr dataDependentDim(llvm::StringRef hint, const Expr &bound) override;
  Expr upperBound(const Expr &e) const override;
  bool isDataDependent(const Expr &e) const override;
  std::optional<Expr> unify(const Expr &a, const Expr &b) override;
  void assume(const llvm::Twine &text) override;

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
  llvm::StringMap<int64_t> given;
  bool symbolic;
  int64_t otherDefault = 1;
  llvm::StringMap<int64_t> values;
  llvm::StringMap<bool> used;
  std::vector<NamedDim> seen;
  std::vector<std::string> assumed;
  std::vector<std::string> sentences;
  llvm::StringMap<bool> said;
  Expr::Bindings bounds;       // data-dependent symbols
  Expr::Bindings replacements; // dims assumed equal
  llvm::StringMap<Expr> related;
  Expr::Bindings defaults;     // symbolic mode: values of the free symbols
  unsigned nextDataDim = 0;
  unsigned cutSentences = 0;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_GRAPH_SHAPEFACTS_H
