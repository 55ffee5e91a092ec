//===- Explain.cpp - Formulas with their numbers put in -------------------===//

#include "Cost/Families/Explain.h"

#include "llvm/ADT/StringExtras.h"

using namespace energyopt;

/// A factor as text; a sum is put in parentheses.
static std::string factorText(const Expr &factor) {
  std::string text = factor.str();
  return llvm::StringRef(text).contains(' ') ? "(" + text + ")" : text;
}

void energyopt::explainProduct(const OpView &op, Work &work, llvm::StringRef formula,
                               llvm::ArrayRef<Expr> factors) {
  if (!op.explain)
    return;
  std::string numbers;
  for (const Expr &factor : factors)
    numbers += (numbers.empty() ? "" : "*") + factorText(factor);
  work.equations.push_back((formula + " = " + numbers + " = " + numElements(factors).str()).str());
}

void energyopt::explainFormula(const OpView &op, Work &work, llvm::StringRef formula,
                               const Expr &value,
                               llvm::ArrayRef<std::pair<llvm::StringRef, Expr>> sizes) {
  if (!op.explain)
    return;
  std::string with;
  for (const auto &[name, size] : sizes)
    with += (with.empty() ? "; with " : ", ") + name.str() + " = " + size.str();
  work.equations.push_back((formula + " = " + value.str() + with).str());
}
