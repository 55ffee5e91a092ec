//===- Expr.h - Exact symbolic integers -------------------------*- C++ -*-===//
//
// Tensor dimensions, byte counts and operation counts are all values of this
// one type: immutable, overflow-checked polynomials over named symbols, with
// floordiv, ceildiv, mod, min and max as further atoms. A constant is stored
// inline, without allocation; it is the fast path of every operation.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_EXPR_H
#define ENERGY_OPT_EXPR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace energyopt {

class Expr {
public:
  /// What symbols stand for, by name.
  using Bindings = llvm::StringMap<Expr>;
  /// The polynomial behind a non-constant expression (Expr.cpp).
  struct Poly;

  Expr(int64_t value = 0) : value(value) {}

  static Expr symbol(llvm::StringRef name);
  /// A result that does not fit 64 bits, or grew past the size limit. It is
  /// absorbing: everything computed from it overflows too, and never wraps.
  static Expr overflow();

  bool isConstant() const { return !poly; }
  bool isOverflow() const;
  /// The value of a constant, otherwise nullopt.
  std::optional<int64_t> constant() const {
    return poly ? std::nullopt : std::optional<int64_t>(value);
  }
  bool is(int64_t c) const { return !poly && value == c; }
  /// The name if this is a bare symbol.
  std::optional<llvm::StringRef> asSymbol() const;

  Expr operator+(const Expr &other) const;
  Expr operator-(const Expr &other) const;
  Expr operator*(const Expr &other) const;
  Expr operator-() const { return Expr(0) - *this; }
  Expr &operator+=(const Expr &other) { return *this = *this + other; }
  Expr &operator*=(const Expr &other) { return *this = *this * other; }

  /// Rounds towards minus / plus infinity; division by zero overflows.
  Expr floorDiv(const Expr &divisor) const;
  Expr ceilDiv(const Expr &divisor) const;
  /// Remainder of floorDiv.
  Expr mod(const Expr &divisor) const;
  static Expr min(const Expr &a, const Expr &b);
  static Expr max(const Expr &a, const Expr &b);
  /// this / divisor if that is a polynomial with integer coefficients (as for
  /// b*s*768 / (b*s*12)); otherwise nullopt.
  std::optional<Expr> exactDiv(const Expr &divisor) const;
  /// A number that this never falls below, given that every symbol is at least
  /// 1 (at least 0 if its name starts with '?', which marks a size that only
  /// the run decides); nullopt if none can be shown. The simplifications of
  /// floorDiv, min and max rest on it.
  std::optional<int64_t> lowerBound() const;

  /// Canonical forms make this the mathematical equality of polynomials:
  /// b*s == s*b. Overflow equals nothing, itself included.
  bool operator==(const Expr &other) const;
  bool operator!=(const Expr &other) const { return !(*this == other); }

  Expr substitute(const Bindings &bindings) const;
  /// The most that a size can be if the symbols of `bounds` lie between 0 and
  /// what they are bound to: N - n is at most N. Functions inside (floordiv,
  /// min, max) count as not negative, as sizes are.
  Expr maximize(const Bindings &bounds) const;
  /// The value once every symbol is bound; nullopt if one is not or it
  /// overflows.
  std::optional<int64_t> evaluate(const Bindings &bindings) const;
  /// Adds the names of all symbols, also those inside atoms.
  void collectSymbols(std::set<std::string> &names) const;

  /// Deterministic, terms by degree then name: "2*batch*seq + 3*seq - 1".
  std::string str() const;

private:
  explicit Expr(std::shared_ptr<const Poly> poly) : poly(std::move(poly)) {}
  friend struct Poly;

  int64_t value = 0;
  std::shared_ptr<const Poly> poly;
};

/// Dimensions of a tensor, outermost first.
using Shape = llvm::SmallVector<Expr, 4>;

/// Product of all dims; 1 for a scalar.
Expr numElements(llvm::ArrayRef<Expr> shape);

} // namespace energyopt

#endif // ENERGY_OPT_EXPR_H
