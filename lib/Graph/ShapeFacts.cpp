//===- ShapeFacts.cpp - What one analysis learns about dims ---------------===//

#include "Graph/ShapeFacts.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

using namespace energyopt;
using llvm::StringRef;

/// Beyond this many sentences a report counts the rest.
constexpr size_t kMaxSentences = 40;

ShapeFacts::ShapeFacts(llvm::StringMap<int64_t> given, bool symbolic)
    : given(std::move(given)), symbolic(symbolic) {}

static bool containsAny(StringRef text, std::initializer_list<const char *> words) {
  for (const char *word : words)
    if (text.contains(word))
      return true;
  return false;
}

int64_t ShapeFacts::defaultFor(StringRef name) const {
  std::string lower = name.lower();
  StringRef n(lower);
  constexpr int64_t kBatch = 1, kImage = 224, kSequence = 128, kPast = 512;
  if (n.contains("batch") || n == "n" || n == "b" || n == "bs")
    return kBatch;
  // A cache with the new tokens appended.
  if (n.contains("total") && containsAny(n, {"seq", "len"}))
    return kPast + kSequence;
  if (n.contains("past") || n.contains("cache"))
    return kPast;
  if (containsAny(n, {"height", "width", "image"}) || n == "h" || n == "w")
    return kImage;
  if (containsAny(n, {"seq", "token", "length", "time"}) || n == "t" || n == "s" || n == "l")
    return kSequence;
  return otherDefault;
}

Expr ShapeFacts::bindSymbol(StringRef name) { return bindSymbol(name, defaultFor(name)); }

Expr ShapeFacts::bindSymbol(StringRef name, int64_t fallback, StringRef why) {
  auto known = values.find(name);
  if (known != values.end())
    return symbolic && !given.count(name) ? Expr::symbol(name) : Expr(known->second);
  auto bound = given.find(name);
  bool isGiven = bound != given.end();
  int64_t value = isGiven ? bound->second : fallback;
  std::string reason = why.str();
  if (why.empty())
    reason = value != otherDefault || value == 1 ? "default" : "a size that the graph accepts";
  auto relation = related.find(name);
  if (!isGiven && relation != related.end()) {
    // The symbols on the right side come first, then their sum is known.
    Expr formula = relation->second;
    related.erase(relation);
    std::set<std::string> names;
    formula.collectSymbols(names);
    Expr::Bindings bound;
    for (const std::string &operand : names)
      bound[operand] = bindSymbol(operand);
    if (auto implied = formula.evaluate(bound)) {
      value = *implied;
      reason = "the graph needs it equal to " + formula.str();
    }
  }
  values[name] = value;
  seen.push_back({name.str(), value});
  if (isGiven) {
    used[name] = true;
    return Expr(value);
  }
  assumed.push_back(name.str());
  assume(llvm::Twine("dim '") + name + "' = " + llvm::Twine(value) + " (" + reason + ")");
  if (!symbolic)
    return Expr(value);
  defaults[name] = Expr(value);
  return Expr::symbol(name);
}

llvm::StringMap<Expr> ShapeFacts::relations() const {
  llvm::StringMap<Expr> found;
  for (const auto &entry : replacements)
    if (values.count(entry.getKey()) && !isDataDependent(entry.second))
      found[entry.getKey()] = canonical(entry.second);
  return found;
}

Expr ShapeFacts::dataDependentDim(StringRef hint, const Expr &bound) {
  std::string name = ("?" + hint + "." + llvm::Twine(nextDataDim++)).str();
  bounds[name] = upperBound(bound);
  return Expr::symbol(name);
}

Expr ShapeFacts::upperBound(const Expr &e) const {
  return e.isConstant() ? e : canonical(e).substitute(bounds);
}

bool ShapeFacts::isDataDependent(const Expr &e) const {
  if (e.isConstant())
    return false;
  std::set<std::string> names;
  canonical(e).collectSymbols(names);
  // Only names made by dataDependentDim start so.
  auto first = names.lower_bound("?");
  return first != names.end() && StringRef(*first).starts_with("?");
}

Expr ShapeFacts::canonical(const Expr &e) const {
  if (e.isConstant() || replacements.empty())
    return e;
  // Chains are short: every replacement was canonical when it was made.
  Expr current = e;
  for (int depth = 0; depth < 8; ++depth) {
    Expr next = current.substitute(replacements);
    if (next == current || next.isOverflow())
      return next;
    current = next;
  }
  return current;
}

std::optional<Expr> ShapeFacts::unify(const Expr &a, const Expr &b) {
  if (a == b)
    return a;
  Expr x = canonical(a), y = canonical(b);
  if (x == y)
    return x;
  if (x.isConstant() && y.isConstant())
    return std::nullopt;
  bool xData = isDataDependent(x), yData = isDataDependent(y);
  if (xData || yData) {
    // Sizes that the run decides and the op needs equal: the known one holds,
    // else the smaller bound.
    Expr keep = xData ? y : x, drop = xData ? x : y;
    if (xData && yData) {
      auto bx = evaluate(x), by = evaluate(y);
      if (bx && by && *bx < *by)
        std::swap(keep, drop);
    }
    if (auto symbol = drop.asSymbol())
      replacements[*symbol] = keep;
    return keep;
  }
  // A bare symbol is what can be replaced.
  Expr keep = x, drop = y;
  if (!drop.asSymbol())
    std::swap(keep, drop);
  assume(llvm::Twine("assumed equal: ") + keep.str() + " and " + drop.str());
  if (auto symbol = drop.asSymbol())
    replacements[*symbol] = keep;
  return keep;
}

void ShapeFacts::assume(const llvm::Twine &text) {
  std::string sentence = text.str();
  if (!said.try_emplace(sentence, true).second)
    return;
  if (sentences.size() < kMaxSentences)
    sentences.push_back(std::move(sentence));
  else
    ++cutSentences;
}

std::vector<std::string> ShapeFacts::assumptions() const {
  std::vector<std::string> all = sentences;
  if (cutSentences)
    all.push_back("and " + llvm::utostr(cutSentences) + " more of the kind");
  return all;
}

std::vector<std::string> ShapeFacts::unusedNames() const {
  std::vector<std::string> names;
  for (const auto &entry : given)
    if (!used.count(entry.getKey()))
      names.push_back(entry.getKey().str());
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<int64_t> ShapeFacts::evaluate(const Expr &e) const {
  if (auto c = e.constant())
    return c;
  Expr bounded = upperBound(e);
  return bounded.evaluate(defaults);
}
