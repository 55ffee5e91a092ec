//===- Expr.cpp - Polynomials: order, sum, product, substitution ----------===//

#include "Shape/ExprImpl.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace energyopt;
using namespace energyopt::detail;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

int detail::compare(const Atom &a, const Atom &b) {
  if (&a == &b)
    return 0;
  if (a.kind != b.kind)
    return a.kind < b.kind ? -1 : 1;
  if (a.kind == Atom::Symbol)
    return a.name.compare(b.name);
  if (a.args.size() != b.args.size())
    return a.args.size() < b.args.size() ? -1 : 1;
  for (size_t i = 0; i < a.args.size(); ++i)
    if (int order = compare(a.args[i], b.args[i]))
      return order;
  return 0;
}

static unsigned degree(const Monomial &m) {
  unsigned sum = 0;
  for (const Factor &factor : m)
    sum += factor.power;
  return sum;
}

int detail::compare(const Monomial &a, const Monomial &b) {
  unsigned da = degree(a), db = degree(b);
  if (da != db)
    return da > db ? -1 : 1;
  for (size_t i = 0, e = std::min(a.size(), b.size()); i < e; ++i) {
    if (int order = compare(*a[i].atom, *b[i].atom))
      return order;
    if (a[i].power != b[i].power)
      return a[i].power > b[i].power ? -1 : 1;
  }
  return 0; // equal degrees and no difference: equal
}

int detail::compare(const Expr &a, const Expr &b) {
  const Expr::Poly *pa = Expr::Poly::get(a), *pb = Expr::Poly::get(b);
  if (pa == pb && pa)
    return 0;
  if (!pa && !pb) {
    int64_t x = *a.constant(), y = *b.constant();
    return x < y ? -1 : x > y;
  }
  if (!pa || !pb)
    return pa ? -1 : 1; // constants last
  if (pa->terms.size() != pb->terms.size())
    return pa->terms.size() < pb->terms.size() ? -1 : 1;
  for (size_t i = 0; i < pa->terms.size(); ++i) {
    const Term &x = pa->terms[i], &y = pb->terms[i];
    if (int order = compare(x.factors, y.factors))
      return order;
    if (x.coefficient != y.coefficient)
      return x.coefficient < y.coefficient ? -1 : 1;
  }
  return 0;
}

//===----------------------------------------------------------------------===//
// Canonical form
//===----------------------------------------------------------------------===//

Terms detail::termsOf(const Expr &e) {
  if (const Expr::Poly *poly = Expr::Poly::get(e))
    return poly->terms;
  if (e.is(0))
    return {};
  return {Term{*e.constant(), {}}};
}

/// Sorts and merges; false if a coefficient overflows.
static bool canonicalize(Terms &terms) {
  std::sort(terms.begin(), terms.end(),
            [](const Term &a, const Term &b) { return compare(a.factors, b.factors) < 0; });
  size_t kept = 0;
  for (size_t i = 0; i < terms.size();) {
    Term sum = std::move(terms[i++]);
    while (i < terms.size() && compare(sum.factors, terms[i].factors) == 0)
      if (llvm::AddOverflow(sum.coefficient, terms[i++].coefficient, sum.coefficient))
        return false;
    if (sum.coefficient != 0)
      terms[kept++] = std::move(sum);
  }
  terms.resize(kept);
  return true;
}

Expr detail::fromTerms(Terms terms) {
  if (!canonicalize(terms))
    return Expr::overflow();
  if (terms.empty())
    return Expr(0);
  if (terms.size() == 1 && terms[0].factors.empty())
    return Expr(terms[0].coefficient);
  auto poly = std::make_shared<Expr::Poly>();
  for (const Term &term : terms) {
    poly->size += 1;
    for (const Factor &factor : term.factors) {
      poly->size += 1;
      for (const Expr &arg : factor.atom->args)
        if (const Expr::Poly *inner = Expr::Poly::get(arg)) {
          poly->size += inner->size;
          poly->depth = std::max(poly->depth, inner->depth + 1);
        }
    }
    if (degree(term.factors) > kMaxDegree)
      return Expr::overflow();
  }
  if (terms.size() > kMaxTerms || poly->size > kMaxSize || poly->depth > kMaxDepth)
    return Expr::overflow();
  poly->terms = std::move(terms);
  return Expr::Poly::wrap(std::move(poly));
}

Expr detail::fromMonomial(const Monomial &factors, int64_t coefficient) {
  return fromTerms({Term{coefficient, factors}});
}

Expr detail::fromAtom(Atom atom) {
  Monomial factors;
  factors.push_back({std::make_shared<const Atom>(std::move(atom)), 1});
  return fromMonomial(factors);
}

AtomRef detail::asAtom(const Term &term) {
  if (term.coefficient != 1 || term.factors.size() != 1 || term.factors[0].power != 1)
    return nullptr;
  return term.factors[0].atom;
}

Expr Expr::symbol(StringRef name) { return fromAtom(Atom{Atom::Symbol, name.str(), {}}); }

Expr Expr::overflow() {
  static const std::shared_ptr<const Poly> instance = [] {
    auto poly = std::make_shared<Poly>();
    poly->overflow = true;
    return poly;
  }();
  return Expr(instance);
}

bool Expr::isOverflow() const { return poly && poly->overflow; }

std::optional<StringRef> Expr::asSymbol() const {
  if (!poly || poly->terms.size() != 1)
    return std::nullopt;
  AtomRef atom = asAtom(poly->terms[0]);
  if (!atom || atom->kind != Atom::Symbol)
    return std::nullopt;
  return StringRef(atom->name);
}

bool Expr::operator==(const Expr &other) const {
  if (!poly || !other.poly)
    return !poly && !other.poly && value == other.value;
  return !isOverflow() && !other.isOverflow() && compare(*this, other) == 0;
}

//===----------------------------------------------------------------------===//
// Sum and product
//===----------------------------------------------------------------------===//

Expr Expr::operator+(const Expr &other) const {
  if (!poly && !other.poly) {
    int64_t sum;
    return llvm::AddOverflow(value, other.value, sum) ? overflow() : Expr(sum);
  }
  if (isOverflow() || other.isOverflow())
    return overflow();
  if (is(0))
    return other;
  if (other.is(0))
    return *this;
  Terms terms = termsOf(*this), more = termsOf(other);
  terms.insert(terms.end(), more.begin(), more.end());
  return fromTerms(std::move(terms));
}

Expr Expr::operator-(const Expr &other) const {
  if (!poly && !other.poly) {
    int64_t difference;
    return llvm::SubOverflow(value, other.value, difference) ? overflow() : Expr(difference);
  }
  return *this + other * Expr(-1);
}

static Monomial multiply(const Monomial &a, const Monomial &b) {
  Monomial product;
  size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    int order = i == a.size() ? 1 : j == b.size() ? -1 : compare(*a[i].atom, *b[j].atom);
    if (order < 0)
      product.push_back(a[i++]);
    else if (order > 0)
      product.push_back(b[j++]);
    else {
      product.push_back({a[i].atom, a[i].power + b[j].power});
      ++i, ++j;
    }
  }
  return product;
}

Expr Expr::operator*(const Expr &other) const {
  if (!poly && !other.poly) {
    int64_t product;
    return llvm::MulOverflow(value, other.value, product) ? overflow() : Expr(product);
  }
  if (isOverflow() || other.isOverflow())
    return overflow();
  if (is(0) || other.is(0))
    return Expr(0);
  if (is(1))
    return other;
  if (other.is(1))
    return *this;
  Terms a = termsOf(*this), b = termsOf(other), product;
  if (a.size() * b.size() > kMaxTerms * 16)
    return overflow();
  product.reserve(a.size() * b.size());
  for (const Term &x : a)
    for (const Term &y : b) {
      int64_t coefficient;
      if (llvm::MulOverflow(x.coefficient, y.coefficient, coefficient))
        return overflow();
      product.push_back({coefficient, multiply(x.factors, y.factors)});
    }
  return fromTerms(std::move(product));
}

Expr energyopt::numElements(llvm::ArrayRef<Expr> shape) {
  Expr product = 1;
  for (const Expr &dim : shape) {
    // Empty however large the other dims.
    if (dim.is(0))
      return 0;
    product *= dim;
  }
  return product;
}

//===----------------------------------------------------------------------===//
// Substitution
//===----------------------------------------------------------------------===//

static Expr substituteAtom(const Atom &atom, const Expr::Bindings &bindings) {
  if (atom.kind == Atom::Symbol) {
    auto bound = bindings.find(atom.name);
    return bound == bindings.end() ? Expr::symbol(atom.name) : bound->second;
  }
  Expr result = atom.args[0].substitute(bindings);
  for (const Expr &arg : llvm::ArrayRef(atom.args).drop_front()) {
    Expr next = arg.substitute(bindings);
    result = atom.kind == Atom::FloorDiv ? result.floorDiv(next)
             : atom.kind == Atom::Min    ? Expr::min(result, next)
                                         : Expr::max(result, next);
  }
  return result;
}

Expr Expr::substitute(const Bindings &bindings) const {
  if (!poly || poly->overflow)
    return *this;
  Expr sum = 0;
  for (const Term &term : poly->terms) {
    Expr product = term.coefficient;
    for (const Factor &factor : term.factors) {
      Expr atom = substituteAtom(*factor.atom, bindings);
      for (unsigned i = 0; i < factor.power; ++i)
        product *= atom;
    }
    sum += product;
  }
  return sum;
}

std::optional<int64_t> Expr::evaluate(const Bindings &bindings) const {
  return substitute(bindings).constant();
}

void Expr::collectSymbols(std::set<std::string> &names) const {
  if (!poly)
    return;
  for (const Term &term : poly->terms)
    for (const Factor &factor : term.factors) {
      if (factor.atom->kind == Atom::Symbol)
        names.insert(factor.atom->name);
      for (const Expr &arg : factor.atom->args)
        arg.collectSymbols(names);
    }
}
