//===- Einsum.cpp - Einsum equations --------------------------------------===//

#include "Cost/Families/Einsum.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace energyopt;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

namespace {
/// A term as written: its letters, and where the ellipsis stands in them.
struct WrittenTerm {
  EinsumTerm letters;
  std::optional<size_t> ellipsis;
};
} // namespace

static llvm::Error syntaxError(const OpView &op, StringRef equation, const Twine &what) {
  return op.error("equation '" + equation + "': " + what);
}

static Expected<WrittenTerm> readTerm(const OpView &op, StringRef equation, StringRef text) {
  WrittenTerm term;
  while (!text.empty()) {
    char c = text.front();
    if (text.consume_front("...")) {
      if (term.ellipsis)
        return syntaxError(op, equation, "a term has more than one ellipsis");
      term.ellipsis = term.letters.size();
      continue;
    }
    text = text.drop_front();
    if (c == ' ')
      continue;
    if (!llvm::isAlpha(c))
      return syntaxError(op, equation, "unexpected character '" + Twine(c) + "'");
    term.letters.push_back(c);
  }
  return term;
}

/// The labels of a term whose ellipsis stands for `extra` dims.
static EinsumTerm expandTerm(const WrittenTerm &written, int64_t extra) {
  EinsumTerm labels = written.letters;
  if (written.ellipsis)
    for (int64_t i = 0; i < extra; ++i)
      labels.insert(labels.begin() + *written.ellipsis, kEllipsis + i);
  return labels;
}

/// Without "->": the ellipsis, then the labels that occur once, in order.
static EinsumTerm implicitOutput(llvm::ArrayRef<EinsumTerm> inputs, int64_t ellipsisRank) {
  EinsumTerm output, letters;
  for (int64_t i = ellipsisRank; i-- > 0;)
    output.push_back(kEllipsis + i);
  for (const EinsumTerm &term : inputs)
    for (int label : term)
      if (label < kEllipsis)
        letters.push_back(label);
  llvm::sort(letters);
  for (int label : letters)
    if (llvm::count(letters, label) == 1)
      output.push_back(label);
  return output;
}

/// The output may name each label once, and only labels of the inputs.
static llvm::Error checkOutput(const OpView &op, StringRef text, const EinsumEquation &equation) {
  for (int label : equation.output) {
    if (label >= kEllipsis)
      continue;
    if (llvm::count(equation.output, label) > 1)
      return syntaxError(op, text, "the output repeats '" + Twine(static_cast<char>(label)) + "'");
    bool known = llvm::any_of(
        equation.inputs, [&](const EinsumTerm &term) { return llvm::is_contained(term, label); });
    if (!known)
      return syntaxError(
          op, text, "the output label '" + Twine(static_cast<char>(label)) + "' is in no input");
  }
  return llvm::Error::success();
}

Expected<EinsumEquation> energyopt::parseEinsum(const OpView &op, StringRef text,
                                                llvm::ArrayRef<int64_t> ranks) {
  auto [left, right] = text.split("->");
  bool explicitOutput = text.contains("->");
  if (right.contains("->"))
    return syntaxError(op, text, "more than one '->'");
  llvm::SmallVector<StringRef, 4> terms;
  left.split(terms, ',');
  if (terms.size() != ranks.size())
    return syntaxError(op, text,
                       Twine(terms.size()) + " terms for " + Twine(ranks.size()) + " inputs");
  EinsumEquation equation;
  std::optional<int64_t> ellipsis;
  for (size_t i = 0; i < terms.size(); ++i) {
    auto written = readTerm(op, text, terms[i]);
    if (!written)
      return written.takeError();
    int64_t letters = written->letters.size();
    if (letters > ranks[i] || (letters < ranks[i] && !written->ellipsis))
      return syntaxError(op, text,
                         "term " + Twine(i) + " has " + Twine(letters) +
                             " labels, its input has rank " + Twine(ranks[i]));
    int64_t extra = ranks[i] - letters;
    if (written->ellipsis && ellipsis.value_or(extra) != extra)
      return syntaxError(op, text,
                         "the ellipsis stands for " + Twine(extra) + " dims in term " + Twine(i) +
                             ", for " + Twine(*ellipsis) + " in another");
    if (written->ellipsis)
      ellipsis = extra;
    equation.inputs.push_back(expandTerm(*written, extra));
  }
  const int64_t ellipsisRank = ellipsis.value_or(0);
  if (!explicitOutput) {
    equation.output = implicitOutput(equation.inputs, ellipsisRank);
    return equation;
  }
  if (right.contains(','))
    return syntaxError(op, text, "the output is not a single term");
  auto written = readTerm(op, text, right);
  if (!written)
    return written.takeError();
  if (ellipsisRank > 0 && !written->ellipsis)
    return syntaxError(op, text, "the output lacks the ellipsis of the inputs");
  equation.output = expandTerm(*written, ellipsisRank);
  if (llvm::Error error = checkOutput(op, text, equation))
    return std::move(error);
  return equation;
}

Expected<EinsumSizes> EinsumSizes::of(const OpView &op, const EinsumEquation &equation) {
  EinsumSizes result;
  for (auto [index, term] : llvm::enumerate(equation.inputs))
    for (auto [position, label] : llvm::enumerate(term)) {
      const Expr &dim = op.in(index).dim(position);
      auto *known = llvm::find_if(
          result.sizes, [label = label](const auto &entry) { return entry.first == label; });
      if (known == result.sizes.end()) {
        result.sizes.push_back({label, dim});
        continue;
      }
      // Ellipses broadcast; runtimes also broadcast a letter of size 1.
      if (known->second.is(1))
        known->second = dim;
      if (dim.is(1))
        continue;
      auto same = op.ctx->unify(known->second, dim);
      if (!same)
        return op.error("input " + Twine(index) + " dim " + Twine(position) + " is " + dim.str() +
                        ", but another dim with its label is " + known->second.str());
      known->second = *same;
    }
  return result;
}

const Expr &EinsumSizes::operator[](int label) const {
  static const Expr one = 1;
  const auto *entry =
      llvm::find_if(sizes, [label](const auto &candidate) { return candidate.first == label; });
  return entry == sizes.end() ? one : entry->second;
}

Shape EinsumSizes::shape(llvm::ArrayRef<int> labels) const {
  Shape shape;
  for (int label : labels)
    shape.push_back((*this)[label]);
  return shape;
}
