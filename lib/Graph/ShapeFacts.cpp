//===- ShapeFacts.cpp - What one analysis learns about dims ---------------===//

#include "Graph/ShapeFacts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

using namespace energyopt;
using llvm::StringRef;

/// Beyond this many sentences a report counts the rest.
constexpr size_t kMaxSentences = 40;
/// More equations between dims are not kept.
constexpr size_t kMaxEquations = 256;

ShapeFacts::ShapeFacts(llvm::StringMap<int64_t> given, bool symbolic)
    : given(std::move(given)), symbolic(symbolic) {}

static bool containsAny(StringRef text, std::initializer_list<const char *> words) {
  for (const char *word : words)
    if (text.contains(word))
      return true;
  return false;
}

std::optional<int64_t> ShapeFacts::suggestedSize(StringRef name) {
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
  return std::nullopt;
}

Expr ShapeFacts::bindSymbol(StringRef name) {
  int64_t fallback = suggestedSize(name).value_or(1);
  if (nameScope.name.empty() || nameScope.outer.count(name))
    return bindSymbol(name, fallback);
  return bindSymbol(nameScope.name + "." + name.str(), fallback);
}

Expr ShapeFacts::bindSymbol(StringRef name, int64_t fallback, StringRef why) {
  ++numUses;
  auto known = values.find(name);
  if (known != values.end())
    return symbolic ? Expr::symbol(name) : Expr(known->second);
  auto bound = given.find(name);
  bool isGiven = bound != given.end();
  int64_t size = isGiven ? bound->second : fallback;
  std::string reason = why.empty() ? "default" : why.str();
  if (auto choice = chosen.find(name); !isGiven && choice != chosen.end()) {
    size = choice->second.size;
    reason = choice->second.reason;
  }
  values[name] = size;
  seen.push_back({name.str(), size});
  if (isGiven) {
    used[name] = true;
  } else {
    assumed.push_back(name.str());
    assume(llvm::Twine("dim '") + name + "' = " + llvm::Twine(size) + " (" + reason + ")");
  }
  if (!symbolic)
    return Expr(size);
  defaults[name] = Expr(size);
  return Expr::symbol(name);
}

void ShapeFacts::restore(Knowledge knowledge) {
  replacements = std::move(knowledge.replacements);
  needed = std::move(knowledge.equations);
}

Expr ShapeFacts::dataDependentDim(StringRef hint, const Expr &bound) {
  ++numUses;
  std::string name = ("?" + hint + "." + llvm::Twine(nextDataDim++)).str();
  bounds[name] = upperBound(bound);
  return Expr::symbol(name);
}

Expr ShapeFacts::upperBound(const Expr &e) const {
  return e.isConstant() ? e : canonical(e).maximize(bounds);
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

/// Replaces a bare symbol; one that its replacement contains stays.
static void replace(Expr::Bindings &replacements, const Expr &symbol, const Expr &by) {
  auto name = symbol.asSymbol();
  if (!name)
    return;
  std::set<std::string> names;
  by.collectSymbols(names);
  if (!names.count(name->str()))
    replacements[*name] = by;
}

/// Sizes of which at least one only the run decides: the known one holds, else
/// the one with the smaller bound.
Expr ShapeFacts::unifyDataDependent(const Expr &x, const Expr &y) {
  bool xData = isDataDependent(x), yData = isDataDependent(y);
  Expr keep = xData ? y : x, drop = xData ? x : y;
  if (xData && yData) {
    auto bx = evaluate(x), by = evaluate(y);
    if (bx && by && *bx < *by)
      std::swap(keep, drop);
  }
  replace(replacements, drop, keep);
  return keep;
}

std::optional<Expr> ShapeFacts::unify(const Expr &a, const Expr &b) {
  if (a == b)
    return a;
  Expr x = canonical(a), y = canonical(b);
  if (x == y)
    return x;
  if (x.isConstant() && y.isConstant())
    return std::nullopt;
  ++numUses;
  if (isDataDependent(x) || isDataDependent(y))
    return unifyDataDependent(x, y);
  // A bare symbol is what can be replaced.
  Expr keep = x, drop = y;
  if (!drop.asSymbol())
    std::swap(keep, drop);
  assume(llvm::Twine("assumed equal: ") + keep.str() + " and " + drop.str());
  if (DimEquation equation(keep, drop);
      needed.size() < kMaxEquations && !llvm::is_contained(needed, equation))
    needed.push_back(std::move(equation));
  replace(replacements, drop, keep);
  return keep;
}

void ShapeFacts::assume(const llvm::Twine &text) {
  ++numUses;
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
