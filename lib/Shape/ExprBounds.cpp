//===- ExprBounds.cpp - What can be shown about signs; min and max --------===//
//
// lowerBound() writes every atom as its own lower bound plus a variable that is
// not negative and expands: if all coefficients come out non-negative, the
// constant term is a bound (b*s - s = s'*b' + b' with b = b'+1, s = s'+1). Where
// that fails it relaxes floors: (x - d + 1)/d <= floor(x/d) <= x/d.
//
//===----------------------------------------------------------------------===//

#include "Shape/ExprImpl.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace energyopt;
using namespace energyopt::detail;

/// Larger polynomials are not worth the expansion.
constexpr size_t kMaxBoundTerms = 24;
constexpr unsigned kMaxBoundPower = 4;

namespace {
/// What may still be spent on one bound: functions within functions to look
/// through, and expressions to bound altogether.
struct Effort {
  unsigned depth;
  unsigned &steps;
  Effort deeper() const { return {depth - 1, steps}; }
};
} // namespace
constexpr unsigned kMaxBoundDepth = 4;
constexpr unsigned kMaxBoundSteps = 200;

static std::optional<int64_t> lowerBoundOf(const Expr &e, Effort effort);

static std::optional<int64_t> upperBoundOf(const Expr &e, Effort effort) {
  auto low = lowerBoundOf(-e, effort);
  int64_t negated;
  if (!low || llvm::SubOverflow<int64_t>(0, *low, negated))
    return std::nullopt;
  return negated;
}

/// floor(x/d): with 0 <= x and d > 0 it is >= 0; with constant d it follows x.
static std::optional<int64_t> lowerBoundOfFloor(const Atom &atom, Effort effort) {
  auto low = lowerBoundOf(atom.args[0], effort);
  if (!low)
    return std::nullopt;
  if (auto d = atom.args[1].constant())
    return Expr(*low).floorDiv(Expr(*d)).constant();
  auto divisor = lowerBoundOf(atom.args[1], effort);
  return *low >= 0 && divisor && *divisor > 0 ? std::optional<int64_t>(0) : std::nullopt;
}

/// Least lower bound of a Min's arguments, greatest of a Max's.
static std::optional<int64_t> lowerBoundOfExtremum(const Atom &atom, Effort effort) {
  std::optional<int64_t> result;
  for (const Expr &arg : atom.args) {
    auto low = lowerBoundOf(arg, effort);
    if (!low && atom.kind == Atom::Min)
      return std::nullopt;
    if (low && (!result || (atom.kind == Atom::Min ? *low < *result : *low > *result)))
      result = low;
  }
  return result;
}

static std::optional<int64_t> lowerBoundOfAtom(const Atom &atom, Effort effort) {
  if (atom.kind == Atom::Symbol)
    return llvm::StringRef(atom.name).starts_with("?") ? 0 : 1;
  if (effort.depth == 0)
    return std::nullopt;
  return atom.kind == Atom::FloorDiv ? lowerBoundOfFloor(atom, effort.deeper())
                                     : lowerBoundOfExtremum(atom, effort.deeper());
}

/// Smallest known upper bound of a Min's arguments, largest of a Max's.
static std::optional<int64_t> upperBoundOfAtom(const Atom &atom, Effort effort) {
  if (atom.kind == Atom::Symbol || effort.depth == 0)
    return std::nullopt;
  if (atom.kind == Atom::FloorDiv) {
    auto high = upperBoundOf(atom.args[0], effort.deeper());
    if (!high || !atom.args[1].isConstant())
      return std::nullopt;
    return Expr(*high).floorDiv(atom.args[1]).constant();
  }
  std::optional<int64_t> result;
  for (const Expr &arg : atom.args) {
    auto high = upperBoundOf(arg, effort.deeper());
    if (!high && atom.kind == Atom::Max)
      return std::nullopt;
    if (high && (!result || (atom.kind == Atom::Min ? *high < *result : *high > *result)))
      result = high;
  }
  return result;
}

/// Appends the terms of coefficient * prod (low_i + v_i)^p_i; false if some atom
/// has no lower bound.
static bool expand(const Term &term, Effort effort, Terms &out) {
  Expr product = term.coefficient;
  for (const Factor &factor : term.factors) {
    auto low = lowerBoundOfAtom(*factor.atom, effort);
    if (!low || factor.power > kMaxBoundPower)
      return false;
    Expr shifted = fromMonomial({Factor{factor.atom, 1}}) + *low;
    for (unsigned i = 0; i < factor.power; ++i)
      product *= shifted;
    if (product.isOverflow())
      return false;
  }
  Terms terms = termsOf(product);
  out.insert(out.end(), terms.begin(), terms.end());
  return out.size() <= kMaxBoundTerms * 16;
}

/// coefficient * prod width_i^p_i for a negative coefficient; nullopt if some
/// variable is unbounded.
static std::optional<int64_t> leastOf(const Term &term, Effort effort) {
  Expr product = term.coefficient;
  for (const Factor &factor : term.factors) {
    auto low = lowerBoundOfAtom(*factor.atom, effort);
    auto high = upperBoundOfAtom(*factor.atom, effort);
    if (!low || !high)
      return std::nullopt;
    for (unsigned i = 0; i < factor.power; ++i)
      product *= Expr(*high) - Expr(*low);
  }
  return product.constant();
}

static std::optional<int64_t> boundByShifting(const Terms &terms, Effort effort) {
  Terms expanded;
  for (const Term &term : terms)
    if (!expand(term, effort, expanded))
      return std::nullopt;
  Expr shifted = fromTerms(std::move(expanded));
  if (shifted.isOverflow())
    return std::nullopt;
  Expr bound = 0;
  for (const Term &term : termsOf(shifted)) {
    if (term.factors.empty())
      bound += term.coefficient;
    else if (term.coefficient < 0) {
      auto least = leastOf(term, effort);
      if (!least)
        return std::nullopt;
      bound += *least;
    }
  }
  return bound.constant();
}

/// Replaces c*floor(x/d)*m, m >= 0, by its real bound, all multiplied by d.
static std::optional<int64_t> boundByRelaxing(const Terms &terms, Effort effort) {
  for (size_t i = 0; i < terms.size(); ++i) {
    const Term &term = terms[i];
    for (const Factor &factor : term.factors) {
      const Atom &atom = *factor.atom;
      if (atom.kind != Atom::FloorDiv || factor.power != 1 || !atom.args[1].isConstant())
        continue;
      Monomial single = {factor};
      Expr others = fromMonomial(*divide(term.factors, single));
      if (!others.isConstant() && lowerBoundOf(others, effort.deeper()).value_or(-1) < 0)
        continue;
      const Expr &d = atom.args[1];
      Terms kept = terms;
      kept.erase(kept.begin() + i);
      Expr numerator = atom.args[0];
      if (term.coefficient > 0)
        numerator = numerator - d + 1;
      Expr scaled = fromTerms(kept) * d + numerator * others * term.coefficient;
      auto low = lowerBoundOf(scaled, effort.deeper());
      if (!low)
        continue;
      return Expr(*low).ceilDiv(d).constant();
    }
  }
  return std::nullopt;
}

static std::optional<int64_t> lowerBoundOf(const Expr &e, Effort effort) {
  if (auto c = e.constant())
    return c;
  if (e.isOverflow())
    return std::nullopt;
  if (effort.steps == 0)
    return std::nullopt;
  --effort.steps;
  Terms terms = termsOf(e);
  if (terms.size() > kMaxBoundTerms)
    return std::nullopt;
  if (auto bound = boundByShifting(terms, effort))
    return bound;
  return effort.depth ? boundByRelaxing(terms, effort) : std::nullopt;
}

std::optional<int64_t> Expr::lowerBound() const {
  if (!poly)
    return value;
  unsigned steps = kMaxBoundSteps;
  return lowerBoundOf(*this, {kMaxBoundDepth, steps});
}

//===----------------------------------------------------------------------===//
// Maximum over ranges of symbols
//===----------------------------------------------------------------------===//

namespace {
enum class Extreme : bool { Least, Most };
} // namespace

static Extreme opposite(Extreme which) {
  return which == Extreme::Most ? Extreme::Least : Extreme::Most;
}

static Expr extremeOf(const Expr &e, const Expr::Bindings &bounds, Extreme which);

static Expr extremeOfAtom(const Atom &atom, const Expr::Bindings &bounds, Extreme which) {
  if (atom.kind == Atom::Symbol) {
    auto bound = bounds.find(atom.name);
    if (bound == bounds.end())
      return Expr::symbol(atom.name);
    return which == Extreme::Most ? bound->second : Expr(0);
  }
  Expr result = extremeOf(atom.args[0], bounds, which);
  if (atom.kind == Atom::FloorDiv) {
    Expr divisor = extremeOf(atom.args[1], bounds, opposite(which));
    // Nothing is divided by 0: where the least is 0, 1 is.
    return result.floorDiv(divisor.is(0) ? Expr(1) : divisor);
  }
  for (const Expr &arg : llvm::ArrayRef(atom.args).drop_front()) {
    Expr next = extremeOf(arg, bounds, which);
    result = atom.kind == Atom::Min ? Expr::min(result, next) : Expr::max(result, next);
  }
  return result;
}

/// Terms that are added are as large as can be, those that are subtracted as
/// small.
static Expr extremeOf(const Expr &e, const Expr::Bindings &bounds, Extreme which) {
  if (e.isConstant() || e.isOverflow())
    return e;
  Expr sum = 0;
  for (const Term &term : termsOf(e)) {
    Expr product = term.coefficient;
    for (const Factor &factor : term.factors) {
      Expr atom =
          extremeOfAtom(*factor.atom, bounds, term.coefficient > 0 ? which : opposite(which));
      for (unsigned i = 0; i < factor.power; ++i)
        product *= atom;
    }
    sum += product;
  }
  return sum;
}

Expr Expr::maximize(const Bindings &bounds) const {
  return extremeOf(*this, bounds, Extreme::Most);
}

//===----------------------------------------------------------------------===//
// Min and max
//===----------------------------------------------------------------------===//

/// Arguments of an extremum, those of a nested one of the same kind included.
static void collectArgs(const Expr &e, Atom::Kind kind, llvm::SmallVectorImpl<Expr> &args) {
  if (const Expr::Poly *poly = Expr::Poly::get(e); poly && poly->terms.size() == 1)
    if (AtomRef atom = asAtom(poly->terms[0]); atom && atom->kind == kind) {
      args.append(atom->args.begin(), atom->args.end());
      return;
    }
  args.push_back(e);
}

static Expr extremum(const Expr &a, const Expr &b, Atom::Kind kind) {
  if (a.isOverflow() || b.isOverflow())
    return Expr::overflow();
  llvm::SmallVector<Expr, 4> all, kept;
  collectArgs(a, kind, all);
  collectArgs(b, kind, all);
  // Drops what another argument is known to beat.
  for (const Expr &candidate : all) {
    auto beats = [&](const Expr &winner, const Expr &loser) {
      return isNonNegative(kind == Atom::Min ? loser - winner : winner - loser);
    };
    bool beaten = llvm::any_of(kept, [&](const Expr &k) { return beats(k, candidate); });
    if (beaten)
      continue;
    llvm::erase_if(kept, [&](const Expr &k) { return beats(candidate, k); });
    kept.push_back(candidate);
  }
  if (kept.size() == 1)
    return kept[0];
  llvm::sort(kept, [](const Expr &x, const Expr &y) { return compare(x, y) < 0; });
  return fromAtom(Atom{kind, "", {kept.begin(), kept.end()}});
}

Expr Expr::min(const Expr &a, const Expr &b) {
  if (!a.poly && !b.poly)
    return std::min(a.value, b.value);
  return extremum(a, b, Atom::Min);
}

Expr Expr::max(const Expr &a, const Expr &b) {
  if (!a.poly && !b.poly)
    return std::max(a.value, b.value);
  return extremum(a, b, Atom::Max);
}
