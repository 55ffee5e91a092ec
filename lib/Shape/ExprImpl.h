//===- ExprImpl.h - Inside of Expr ------------------------------*- C++ -*-===//
//
// A polynomial is a list of terms, each an integer times a product of powers of
// atoms. An atom is a symbol or a function that is no polynomial. ceilDiv and
// mod need no atoms of their own: ceil(a/d) = floor((a+d-1)/d) and
// a mod d = a - d*floor(a/d), which makes more expressions equal.
//
// Shared by the Expr*.cpp files only.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_SHAPE_EXPRIMPL_H
#define ENERGY_OPT_LIB_SHAPE_EXPRIMPL_H

#include "energy-opt/Expr.h"

namespace energyopt::detail {

/// Limits past which an expression overflows. Real models stay far below (a
/// symbolic ResNet's total has some 60 terms); they bound time and recursion.
constexpr size_t kMaxTerms = 256;
constexpr size_t kMaxSize = 4096;
constexpr unsigned kMaxDepth = 48;
constexpr unsigned kMaxDegree = 48;

struct Atom {
  enum Kind : uint8_t { Symbol, FloorDiv, Min, Max };
  Kind kind;
  std::string name;                // of a symbol
  llvm::SmallVector<Expr, 2> args; // of a function; Min and Max: sorted
};
using AtomRef = std::shared_ptr<const Atom>;

struct Factor {
  AtomRef atom;
  unsigned power;
};
/// Sorted by atom; empty for the constant term.
using Monomial = llvm::SmallVector<Factor, 2>;

struct Term {
  int64_t coefficient;
  Monomial factors;
};
using Terms = std::vector<Term>;

/// Total orders. Monomials: higher degree first, then lexicographic, which is
/// an admissible order, so that division by leading terms is exact.
int compare(const Atom &a, const Atom &b);
int compare(const Monomial &a, const Monomial &b);
int compare(const Expr &a, const Expr &b);

/// The terms of any expression; a constant's is made on the fly. Must not be
/// asked of an overflow.
Terms termsOf(const Expr &e);
/// The canonical expression of unsorted terms.
Expr fromTerms(Terms terms);
Expr fromMonomial(const Monomial &factors, int64_t coefficient = 1);
Expr fromAtom(Atom atom);
/// The quotient of two monomials, if it is one.
std::optional<Monomial> divide(const Monomial &a, const Monomial &b);
/// The atom if this is exactly one, with coefficient 1.
AtomRef asAtom(const Term &term);

/// True if e >= 0 for all symbols >= 1 can be shown.
inline bool isNonNegative(const Expr &e) {
  auto low = e.lowerBound();
  return low && *low >= 0;
}

} // namespace energyopt::detail

struct energyopt::Expr::Poly {
  detail::Terms terms; // canonical: sorted, merged, no zero coefficient
  bool overflow = false;
  size_t size = 0; // nodes, as a tree
  unsigned depth = 0;

  static Expr wrap(std::shared_ptr<const Poly> poly) { return Expr(std::move(poly)); }
  static const Poly *get(const Expr &e) { return e.poly.get(); }
};

#endif // ENERGY_OPT_LIB_SHAPE_EXPRIMPL_H
