//===- ExprPrint.cpp - Expressions as text --------------------------------===//

#include "Shape/ExprImpl.h"

#include "llvm/ADT/StringExtras.h"

using namespace energyopt;
using namespace energyopt::detail;

static std::string call(llvm::StringRef function, llvm::ArrayRef<Expr> args) {
  std::string text = function.str() + "(";
  llvm::ListSeparator comma;
  for (const Expr &arg : args)
    text += (llvm::StringRef(comma) + arg.str()).str();
  return text + ")";
}

static std::string printAtom(const Atom &atom) {
  switch (atom.kind) {
  case Atom::Symbol:
    return atom.name;
  case Atom::Min:
    return call("min", atom.args);
  case Atom::Max:
    return call("max", atom.args);
  case Atom::FloorDiv:
    break;
  }
  // floor((x + d - 1) / d) reads better as the ceiling that it is.
  Terms numerator = termsOf(atom.args[0]);
  auto d = atom.args[1].constant();
  if (d && !numerator.empty() && numerator.back().factors.empty() &&
      numerator.back().coefficient == *d - 1)
    return call("ceildiv", {atom.args[0] - Expr(*d - 1), atom.args[1]});
  return call("floordiv", atom.args);
}

static std::string printMonomial(const Monomial &factors) {
  std::string text;
  llvm::ListSeparator star("*");
  for (const Factor &factor : factors) {
    text += (llvm::StringRef(star) + printAtom(*factor.atom)).str();
    if (factor.power > 1)
      text += "^" + llvm::utostr(factor.power);
  }
  return text;
}

std::string Expr::str() const {
  if (!poly)
    return llvm::itostr(value);
  if (poly->overflow)
    return "overflow";
  std::string text;
  for (const Term &term : poly->terms) {
    bool negative = term.coefficient < 0;
    if (text.empty())
      text += negative ? "-" : "";
    else
      text += negative ? " - " : " + ";
    // Of the least integer too, whose negation does not fit.
    uint64_t magnitude = negative ? 0 - static_cast<uint64_t>(term.coefficient)
                                  : static_cast<uint64_t>(term.coefficient);
    if (term.factors.empty())
      text += llvm::utostr(magnitude);
    else if (magnitude == 1)
      text += printMonomial(term.factors);
    else
      text += llvm::utostr(magnitude) + "*" + printMonomial(term.factors);
  }
  return text;
}
