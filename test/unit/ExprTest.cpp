//===- ExprTest.cpp - Exact symbolic integers -----------------------------===//

#include "energy-opt/Expr.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <random>

using namespace energyopt;

namespace {

const Expr b = Expr::symbol("b"), s = Expr::symbol("s"), h = Expr::symbol("h");
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

TEST(Expr, SumsAndProductsHaveOneForm) {
  EXPECT_EQ(b * s, s * b);
  EXPECT_EQ(b * s + b * s, Expr(2) * b * s);
  EXPECT_EQ(b + s - b, s);
  EXPECT_EQ((b + 1) * (b - 1), b * b - 1);
  EXPECT_TRUE((b - b).is(0));
  EXPECT_NE(b, s);
  EXPECT_NE(b, b + 1);
}

TEST(Expr, PrintsTermsByDegreeThenName) {
  EXPECT_EQ((Expr(3) * s - 1 + Expr(2) * s * b).str(), "2*b*s + 3*s - 1");
  EXPECT_EQ((-(b * b)).str(), "-b^2");
  EXPECT_EQ(Expr(-7).str(), "-7");
  EXPECT_EQ(Expr(kMin).str(), "-9223372036854775808");
  EXPECT_EQ((h + 1).floorDiv(2).str(), "ceildiv(h, 2)");
  EXPECT_EQ(h.floorDiv(2).str(), "floordiv(h, 2)");
  EXPECT_EQ(Expr::min(s, 512).str(), "min(s, 512)");
  EXPECT_EQ(Expr::overflow().str(), "overflow");
}

TEST(Expr, DivisionByConstantsSimplifies) {
  EXPECT_EQ((Expr(4) * b).floorDiv(2), Expr(2) * b);
  EXPECT_EQ((Expr(4) * b + 3).floorDiv(4), b); // 0 <= 3 < 4
  EXPECT_EQ((Expr(5) * b).floorDiv(2), Expr(2) * b + b.floorDiv(2));
  EXPECT_EQ((Expr(6) * b + 2).floorDiv(4), (Expr(3) * b + 1).floorDiv(2));
  EXPECT_TRUE((b + 3).mod(1).is(0));
  EXPECT_TRUE((Expr(8) * b).mod(4).is(0));
  EXPECT_EQ((Expr(8) * b + 3).mod(4), Expr(3));
  EXPECT_EQ((b * s * 2 + 1).ceilDiv(2), b * s + 1);
  // Two stride-2 layers are one stride-4 layer: ceil(ceil(h/2)/2) = ceil(h/4).
  EXPECT_EQ(h.ceilDiv(2).ceilDiv(2), h.ceilDiv(4));
  EXPECT_EQ(h.floorDiv(2).floorDiv(2), h.floorDiv(4));
  // A negative numerator is the same ceiling.
  EXPECT_EQ((-h).floorDiv(7), -h.ceilDiv(7));
}

TEST(Expr, PaddingToAMultipleDividesOut) {
  // Swin pads h to a multiple of its window 7 and splits it into windows.
  Expr padded = h + (Expr(7) - h.mod(7)).mod(7);
  EXPECT_EQ(padded.floorDiv(7), h.ceilDiv(7));
  EXPECT_TRUE(padded.mod(7).is(0));
}

TEST(Expr, DivisionBySymbols) {
  EXPECT_EQ((b * s * 768).exactDiv(b * s), Expr(768));
  EXPECT_EQ((b * s * 768).exactDiv(b * s * 12), Expr(64));
  EXPECT_EQ((b * b - 1).exactDiv(b + 1), b - 1);
  EXPECT_EQ((b * s + b * 3).exactDiv(s + 3), b);
  EXPECT_EQ((b * s).exactDiv(b * s * 2), std::nullopt);
  EXPECT_EQ((b + 1).exactDiv(b), std::nullopt);
  EXPECT_EQ(b.exactDiv(0), std::nullopt);
  EXPECT_EQ((b * s + s - 1).floorDiv(s), b); // 0 <= s-1 < s
  EXPECT_EQ((b * s - 1).floorDiv(s), b - 1);
  EXPECT_EQ(b.floorDiv(b), Expr(1));
}

TEST(Expr, ConstantDivisionRoundsDown) {
  EXPECT_EQ(Expr(-7).floorDiv(2), Expr(-4));
  EXPECT_EQ(Expr(-7).ceilDiv(2), Expr(-3));
  EXPECT_EQ(Expr(-7).mod(2), Expr(1));
  EXPECT_EQ(Expr(7).floorDiv(-2), Expr(-4));
  EXPECT_EQ(Expr(7).mod(-2), Expr(-1));
}

TEST(Expr, MinAndMaxKnowSymbolsArePositive) {
  EXPECT_EQ(Expr::min(s, s + 3), s);
  EXPECT_EQ(Expr::max(s, s + 3), s + 3);
  EXPECT_EQ(Expr::max(b, 1), b);
  EXPECT_EQ(Expr::min(1, b), Expr(1));
  EXPECT_EQ(Expr::min(b, b * s), b);
  EXPECT_EQ(Expr::min(b, s), Expr::min(s, b));
  EXPECT_EQ(Expr::min(Expr::min(b, 9), s), Expr::min(b, Expr::min(s, 9)));
  EXPECT_EQ(Expr::min(Expr::min(s, 512), 600), Expr::min(s, 512));
  EXPECT_EQ(Expr::max(h.ceilDiv(2), 1), h.ceilDiv(2));
  // A size that only the run decides may be 0.
  Expr found = Expr::symbol("?found.0");
  EXPECT_NE(Expr::max(found, 1), found);
  EXPECT_EQ(Expr::max(found, 0), found);
}

TEST(Expr, LowerBounds) {
  EXPECT_EQ((b * s - s).lowerBound(), 0);
  EXPECT_EQ((b * s * 3 + 4).lowerBound(), 7);
  EXPECT_EQ((b - s).lowerBound(), std::nullopt);
  EXPECT_EQ(h.mod(7).lowerBound(), 0);
  EXPECT_EQ((Expr(6) - h.mod(7)).lowerBound(), 0);
  EXPECT_EQ((h - h.ceilDiv(7)).lowerBound(), 0);
  EXPECT_EQ((Expr(512) - Expr::min(s, 512)).lowerBound(), 0);
}

TEST(Expr, MaximizesOverRanges) {
  Expr n = Expr::symbol("?n.0");
  Expr::Bindings bounds;
  bounds["?n.0"] = 100;
  EXPECT_EQ((n * 3 + s).maximize(bounds), s + 300);
  EXPECT_EQ((Expr(100) - n).maximize(bounds), Expr(100)); // not 0
  EXPECT_EQ((s * 100 - s * n).maximize(bounds), s * 100);
  EXPECT_EQ(n.ceilDiv(8).maximize(bounds), Expr(13));
  EXPECT_EQ(Expr::min(n, s).maximize(bounds), Expr::min(100, s));
  EXPECT_EQ(Expr(64).floorDiv(n).maximize(bounds), Expr(64)); // n = 1
  EXPECT_EQ((Expr(50) - Expr::min(n, 30)).maximize(bounds), Expr(50));
  EXPECT_EQ((s + 1).maximize(bounds), s + 1);
}

TEST(Expr, OverflowIsAbsorbingAndNeverWraps) {
  EXPECT_TRUE((Expr(kMax) + 1).isOverflow());
  EXPECT_TRUE((Expr(kMin) - 1).isOverflow());
  EXPECT_TRUE((Expr(kMax) * 2).isOverflow());
  EXPECT_TRUE((-Expr(kMin)).isOverflow());
  EXPECT_TRUE((Expr(kMax) * b * 2).isOverflow());
  EXPECT_TRUE((Expr(kMax) * b + Expr(kMax) * b).isOverflow());
  EXPECT_TRUE(b.floorDiv(0).isOverflow());
  EXPECT_TRUE(b.mod(0).isOverflow());
  EXPECT_TRUE((Expr::overflow() * 0).isOverflow());
  EXPECT_TRUE(Expr::min(Expr::overflow(), 1).isOverflow());
  EXPECT_FALSE(Expr::overflow() == Expr::overflow());
  EXPECT_EQ((Expr(kMin) * b).exactDiv(b * -1), std::nullopt);
  Expr::Bindings big;
  big["b"] = kMax;
  EXPECT_EQ((b * b).evaluate(big), std::nullopt);
  EXPECT_EQ((b * b).evaluate({}), std::nullopt);
}

TEST(Expr, GrowthIsLimited) {
  Expr sum = 0;
  for (int i = 0; i < 1000; ++i)
    sum += Expr::symbol("x" + std::to_string(i));
  EXPECT_TRUE(sum.isOverflow());
  Expr nested = b;
  for (int i = 0; i < 1000; ++i)
    nested = Expr::min(nested * s + 1, h).floorDiv(b + 1);
  EXPECT_TRUE(nested.isOverflow());
}

TEST(Expr, SubstitutesInsideFunctions) {
  Expr::Bindings bindings;
  bindings["h"] = b * 2;
  EXPECT_EQ(h.ceilDiv(2).substitute(bindings), b);
  EXPECT_EQ(Expr::min(h, s).substitute(bindings), Expr::min(b * 2, s));
  std::set<std::string> names;
  (h.ceilDiv(2) * Expr::max(b, s)).collectSymbols(names);
  EXPECT_EQ(names, (std::set<std::string>{"b", "h", "s"}));
  EXPECT_EQ(b.asSymbol()->str(), "b");
  EXPECT_FALSE((b + 1).asSymbol() || (b * 2).asSymbol() || Expr(1).asSymbol());
}

//===----------------------------------------------------------------------===//
// Property: what an expression says equals what integers do
//===----------------------------------------------------------------------===//

int64_t floorDivision(int64_t a, int64_t d) {
  return a / d - (a % d != 0 && (a < 0) != (d < 0) ? 1 : 0);
}

/// Builds the same random computation as an Expr and as numbers, for several
/// bindings at once.
struct Generator {
  std::mt19937 random;
  std::vector<std::array<int64_t, 3>> bindings;
  struct Pair {
    Expr e;
    std::vector<int64_t> values;
  };
  explicit Generator(unsigned seed) : random(seed) {
    for (int i = 0; i < 8; ++i)
      bindings.push_back({pick(1, 40), pick(1, 40), pick(1, 40)});
  }
  int64_t pick(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
  }
  Pair leaf() {
    if (pick(0, 2) == 0) {
      int64_t c = pick(-9, 9);
      return {c, std::vector<int64_t>(bindings.size(), c)};
    }
    int which = pick(0, 2);
    const char *names[] = {"b", "s", "h"};
    Pair p{Expr::symbol(names[which]), {}};
    for (const auto &binding : bindings)
      p.values.push_back(binding[which]);
    return p;
  }
  template <typename Fn> static std::vector<int64_t> zip(const Pair &x, const Pair &y, Fn fn) {
    std::vector<int64_t> values;
    for (size_t i = 0; i < x.values.size(); ++i)
      values.push_back(fn(x.values[i], y.values[i]));
    return values;
  }
  Pair make(int depth) {
    if (depth == 0)
      return leaf();
    Pair x = make(depth - 1), y = make(depth - 1);
    switch (pick(0, 8)) {
    case 0:
    case 1:
      return {x.e + y.e, zip(x, y, [](int64_t a, int64_t c) { return a + c; })};
    case 2:
      return {x.e - y.e, zip(x, y, [](int64_t a, int64_t c) { return a - c; })};
    case 3:
      return {x.e * y.e, zip(x, y, [](int64_t a, int64_t c) { return a * c; })};
    case 4:
      return {Expr::min(x.e, y.e), zip(x, y, [](int64_t a, int64_t c) { return std::min(a, c); })};
    case 5:
      return {Expr::max(x.e, y.e), zip(x, y, [](int64_t a, int64_t c) { return std::max(a, c); })};
    case 6: {
      int64_t d = pick(1, 9);
      Pair p{x.e.floorDiv(d), x.values};
      for (int64_t &v : p.values)
        v = floorDivision(v, d);
      return p;
    }
    case 7: {
      int64_t d = pick(1, 9);
      Pair p{x.e.mod(d), x.values};
      for (int64_t &v : p.values)
        v -= d * floorDivision(v, d);
      return p;
    }
    default: {
      // A symbolic divisor that is positive, as sizes are.
      Pair d = leaf();
      if (d.e.lowerBound().value_or(0) < 1)
        return x;
      return {x.e.ceilDiv(d.e),
              zip(x, d, [](int64_t a, int64_t c) { return -floorDivision(-a, c); })};
    }
    }
  }
};

TEST(ExprProperty, RandomExpressionsEvaluateLikeIntegers) {
  unsigned checked = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    Generator generator(seed);
    Generator::Pair p = generator.make(seed % 10 == 0 ? 4 : 1 + seed % 3);
    auto low = p.e.lowerBound();
    for (size_t i = 0; i < generator.bindings.size(); ++i) {
      Expr::Bindings bindings;
      bindings["b"] = generator.bindings[i][0];
      bindings["s"] = generator.bindings[i][1];
      bindings["h"] = generator.bindings[i][2];
      auto value = p.e.evaluate(bindings);
      if (!value) // grew past the limit
        continue;
      ++checked;
      ASSERT_EQ(*value, p.values[i]) << "seed " << seed << ": " << p.e.str();
      if (low) {
        ASSERT_LE(*low, p.values[i]) << "seed " << seed << ": " << p.e.str();
      }
    }
  }
  EXPECT_GT(checked, 22000u);
}

TEST(ExprProperty, ProductsDivideExactly) {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    Generator generator(seed);
    Expr x = generator.make(2).e, y = generator.make(2).e;
    Expr product = x * y;
    if (product.isOverflow() || y.is(0))
      continue;
    auto quotient = product.exactDiv(y);
    ASSERT_TRUE(quotient.has_value()) << x.str() << " times " << y.str();
    EXPECT_EQ(*quotient, x) << x.str() << " times " << y.str();
  }
}

TEST(ExprProperty, OrderOfOperationsDoesNotShow) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    Generator generator(seed);
    Expr x = generator.make(2).e, y = generator.make(2).e, z = generator.make(2).e;
    EXPECT_EQ((x + y) + z, z + (y + x));
    EXPECT_EQ((x + y) * z, z * y + z * x);
    EXPECT_EQ(Expr::min(x, y).str(), Expr::min(y, x).str());
  }
}

} // namespace
