//===- ExprDivision.cpp - Exact, floor and ceiling division ---------------===//

#include "Shape/ExprImpl.h"

#include "llvm/Support/MathExtras.h"

#include <limits>
#include <numeric>

using namespace energyopt;
using namespace energyopt::detail;

std::optional<Monomial> detail::divide(const Monomial &a, const Monomial &b) {
  Monomial quotient;
  size_t j = 0;
  for (const Factor &factor : a) {
    if (j == b.size() || compare(*factor.atom, *b[j].atom) != 0) {
      quotient.push_back(factor);
      continue;
    }
    if (factor.power < b[j].power)
      return std::nullopt;
    if (factor.power > b[j].power)
      quotient.push_back({factor.atom, factor.power - b[j].power});
    ++j;
  }
  if (j != b.size())
    return std::nullopt;
  return quotient;
}

namespace {
struct Division {
  Expr quotient = 0, remainder = 0;
};
} // namespace

/// a = quotient * d + remainder, taking out every term that the leading term of
/// d divides. The remainder is 0 exactly if d divides a as a polynomial.
static Division divideByLeading(const Expr &a, const Expr &d) {
  Term lead = termsOf(d).front();
  Division result;
  Expr rest = a;
  // Each step removes the leading term of `rest`, and smaller ones take its
  // place; the limit is a guard against a pathological number of steps.
  for (size_t step = 0; step < kMaxTerms * 4; ++step) {
    if (rest.isOverflow())
      break;
    Terms terms = termsOf(rest);
    if (terms.empty())
      return result;
    const Term &top = terms.front();
    auto monomial = divide(top.factors, lead.factors);
    bool representable =
        lead.coefficient != -1 || top.coefficient != std::numeric_limits<int64_t>::min();
    if (monomial && representable && top.coefficient % lead.coefficient == 0) {
      Expr part = fromMonomial(*monomial, top.coefficient / lead.coefficient);
      result.quotient += part;
      rest = rest - part * d;
    } else {
      Expr part = fromMonomial(top.factors, top.coefficient);
      result.remainder += part;
      rest = rest - part;
    }
  }
  return {0, a};
}

std::optional<Expr> Expr::exactDiv(const Expr &divisor) const {
  if (isOverflow() || divisor.isOverflow() || divisor.is(0))
    return std::nullopt;
  if (divisor.is(-1)) {
    Expr negated = -*this;
    return negated.isOverflow() ? std::nullopt : std::optional<Expr>(negated);
  }
  if (!poly && !divisor.poly)
    return value % divisor.value ? std::nullopt : std::optional<Expr>(value / divisor.value);
  Division division = divideByLeading(*this, divisor);
  if (!division.remainder.is(0) || division.quotient.isOverflow())
    return std::nullopt;
  return division.quotient;
}

/// floor(a / d) of numbers, d > 0.
static int64_t floorOf(int64_t a, int64_t d) {
  int64_t quotient = a / d;
  return a % d < 0 ? quotient - 1 : quotient;
}

/// floor((floor(x/d1) + c) / d) = floor((x + c*d1) / (d1*d)) for integers.
static std::optional<Expr> mergeNested(const Terms &numerator, int64_t d) {
  if (numerator.empty() || numerator.size() > 2)
    return std::nullopt;
  AtomRef inner = asAtom(numerator[0]);
  if (!inner || inner->kind != Atom::FloorDiv || !inner->args[1].isConstant())
    return std::nullopt;
  if (numerator.size() == 2 && !numerator[1].factors.empty())
    return std::nullopt;
  Expr constant = numerator.size() == 2 ? numerator[1].coefficient : 0;
  const Expr &d1 = inner->args[1];
  Expr merged = (inner->args[0] + constant * d1).floorDiv(d1 * Expr(d));
  return merged.isOverflow() ? std::nullopt : std::optional<Expr>(merged);
}

/// Divides numerator and divisor by what the non-constant coefficients and the
/// divisor share: floor((g*x + c) / (g*d)) = floor((x + floor(c/g)) / d).
static void cancelCommonFactor(Terms &numerator, int64_t &d) {
  int64_t g = d;
  for (const Term &term : numerator)
    if (!term.factors.empty())
      g = std::gcd(g, term.coefficient);
  if (g <= 1)
    return;
  d /= g;
  for (Term &term : numerator)
    term.coefficient = floorOf(term.coefficient, g);
}

/// Takes multiples of d out of every coefficient, into `whole`. What remains:
/// the constant in [0, d), other coefficients in (-d/2, d/2].
static Expr takeWholes(Terms &numerator, int64_t d) {
  Terms whole;
  for (Term &term : numerator) {
    int64_t q = floorOf(term.coefficient, d);
    int64_t r = term.coefficient - q * d;
    if (!term.factors.empty() && r > d / 2)
      q += 1, r -= d;
    if (q)
      whole.push_back({q, term.factors});
    term.coefficient = r;
  }
  return fromTerms(std::move(whole));
}

/// An atom floor(e/d), or the value where the bounds of e decide it.
static Expr floorAtom(const Expr &e, const Expr &d) {
  if (e.isOverflow() || d.isOverflow())
    return Expr::overflow();
  if (isNonNegative(e) && isNonNegative(d - e - 1))
    return 0;
  if (isNonNegative(-e - 1) && isNonNegative(e + d))
    return -1;
  return fromAtom(Atom{Atom::FloorDiv, "", {e, d}});
}

/// floor(e / d), d > 0 constant, e not: the canonical form has a positive
/// leading coefficient, using floor(-x/d) = -floor((x + d - 1)/d).
static Expr floorDivByConstant(const Expr &e, int64_t d) {
  Terms numerator = termsOf(e);
  Expr whole = takeWholes(numerator, d);
  Expr rest = fromTerms(numerator);
  numerator = termsOf(rest);
  cancelCommonFactor(numerator, d);
  rest = fromTerms(numerator);
  if (auto c = rest.constant())
    return whole + floorOf(*c, d);
  if (d == 1 || rest.isOverflow())
    return whole + rest;
  numerator = termsOf(rest);
  bool flip = false;
  for (const Term &term : numerator)
    if (!term.factors.empty() && term.coefficient * 2 != d) {
      flip = term.coefficient < 0;
      break;
    }
  if (flip) {
    Terms flipped = termsOf(-rest + (d - 1));
    whole = whole - takeWholes(flipped, d);
    numerator = termsOf(fromTerms(flipped));
  }
  auto merged = mergeNested(numerator, d);
  Expr part = merged ? *merged : floorAtom(fromTerms(numerator), d);
  return flip ? whole - part : whole + part;
}

Expr Expr::floorDiv(const Expr &divisor) const {
  if (isOverflow() || divisor.isOverflow() || divisor.is(0))
    return overflow();
  if (auto d = divisor.constant()) {
    if (*d < 0) // floor(a / -d) = floor(-a / d)
      return (-*this).floorDiv(-divisor);
    return poly ? floorDivByConstant(*this, *d) : Expr(floorOf(value, *d));
  }
  if (is(0))
    return Expr(0);
  Division division = divideByLeading(*this, divisor);
  if (division.remainder.is(0))
    return division.quotient;
  return division.quotient + floorAtom(division.remainder, divisor);
}

Expr Expr::ceilDiv(const Expr &divisor) const {
  auto d = divisor.constant();
  if (poly && d && *d > 0)
    return (*this + (*d - 1)).floorDiv(divisor);
  return -(-*this).floorDiv(divisor);
}

Expr Expr::mod(const Expr &divisor) const { return *this - divisor * floorDiv(divisor); }
