//===- DimSolver.cpp - Sizes that a graph accepts -------------------------===//

#include "Graph/DimSolver.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;

/// Solutions are looked for up to here, in so many tries for all equations.
constexpr int64_t kGreatestSize = 4096;
constexpr unsigned kMaxTries = 10'000;
/// A solution may undo an earlier one; what has not settled by then, does not.
constexpr unsigned kMaxRounds = 4;
/// Multiples of small numbers, for heads, groups and the three parts of QKV.
constexpr int64_t kCommonSizes[] = {1,  2,  3,  4,   6,   8,   12,  16,  24,  32,  36,
                                    48, 64, 96, 128, 144, 256, 512, 576, 768, 1024};
constexpr int64_t kSmallerSizes[] = {64, 32, 16, 8, 4, 2, 1};
/// Dims that are tried alone, and attempts altogether.
constexpr size_t kMaxTriedAlone = 8, kMaxAttempts = 160;

//===----------------------------------------------------------------------===//
// Equations
//===----------------------------------------------------------------------===//

static bool holds(const DimEquation &equation, const Expr::Bindings &sizes) {
  auto left = equation.first.evaluate(sizes), right = equation.second.evaluate(sizes);
  // Of what cannot be told nothing follows.
  return !left || !right || *left == *right;
}

/// Dims of an equation that may change: one that stands alone on a side first.
static llvm::SmallVector<std::string, 4> unknownsOf(const DimEquation &equation,
                                                    const DimSizes &given) {
  std::set<std::string> names;
  equation.first.collectSymbols(names);
  equation.second.collectSymbols(names);
  llvm::SmallVector<std::string, 4> order;
  for (const Expr *side : {&equation.second, &equation.first})
    if (auto symbol = side->asSymbol())
      order.push_back(symbol->str());
  for (const std::string &name : names)
    if (!llvm::is_contained(order, name))
      order.push_back(name);
  llvm::erase_if(order, [&](const std::string &name) { return given.count(name) != 0; });
  return order;
}

/// The size of `name` that makes the equation hold; 0 if there is none.
static int64_t solveFor(llvm::StringRef name, const DimEquation &equation, Expr::Bindings sizes,
                        unsigned &tries) {
  int64_t present = sizes[name].constant().value_or(1);
  auto holdsAt = [&](int64_t size) {
    if (tries == 0)
      return false;
    --tries;
    sizes[name] = Expr(size);
    auto left = equation.first.evaluate(sizes), right = equation.second.evaluate(sizes);
    return left && right && *left == *right;
  };
  // What the dim is said to be equal to.
  for (const Expr *side : {&equation.first, &equation.second})
    if (auto size = side->evaluate(sizes); size && *size > 0 && holdsAt(*size))
      return *size;
  for (int64_t size = std::min(present, kGreatestSize); size > 0; --size)
    if (holdsAt(size))
      return size;
  for (int64_t size = present; size < kGreatestSize;)
    if (holdsAt(++size))
      return size;
  return 0;
}

/// "the graph needs it equal to past + 1", or for what stands not alone
/// "the graph needs 2*n equal to m".
static std::string reasonFor(llvm::StringRef name, const DimEquation &equation) {
  const auto &[a, b] = equation;
  bool left = a.asSymbol() == name, right = b.asSymbol() == name;
  const Expr &other = left ? b : a;
  return "the graph needs " + (left || right ? "it" : b.str()) + " equal to " + other.str();
}

DimChoices energyopt::solveDims(llvm::ArrayRef<DimEquation> equations, DimSizes sizes,
                                const DimSizes &given) {
  Expr::Bindings bound;
  for (const auto &entry : sizes)
    bound[entry.getKey()] = Expr(entry.second);
  DimChoices choices;
  unsigned tries = kMaxTries;
  for (unsigned round = 0; round < kMaxRounds; ++round) {
    bool changed = false;
    for (const DimEquation &equation : equations) {
      if (holds(equation, bound))
        continue;
      for (const std::string &name : unknownsOf(equation, given)) {
        int64_t size = bound.count(name) ? solveFor(name, equation, bound, tries) : 0;
        if (size == 0)
          continue;
        bound[name] = Expr(size);
        choices[name] = {size, reasonFor(name, equation)};
        changed = true;
        break;
      }
    }
    if (!changed)
      break;
  }
  return choices;
}

//===----------------------------------------------------------------------===//
// Attempts
//===----------------------------------------------------------------------===//

std::vector<DimSizes> energyopt::sizesToTry(llvm::ArrayRef<std::string> assumed) {
  std::vector<DimSizes> attempts;
  auto tryAll = [&](int64_t size, llvm::function_ref<bool(llvm::StringRef)> applies) {
    DimSizes sizes;
    for (const std::string &name : assumed)
      if (applies(name))
        sizes[name] = size;
    if (!sizes.empty() && attempts.size() < kMaxAttempts)
      attempts.push_back(std::move(sizes));
  };
  for (int64_t size : kCommonSizes)
    tryAll(size, [](llvm::StringRef name) { return !ShapeFacts::suggestedSize(name); });
  for (int64_t size : kSmallerSizes)
    tryAll(size, [](llvm::StringRef name) { return ShapeFacts::suggestedSize(name) != 1; });
  for (const std::string &alone : assumed.take_front(kMaxTriedAlone))
    for (int64_t size : kCommonSizes)
      tryAll(size, [&](llvm::StringRef name) { return name == alone; });
  return attempts;
}
