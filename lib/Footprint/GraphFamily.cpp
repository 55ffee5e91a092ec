//===- GraphFamily.cpp - A graph as a function of one dim -----------------===//

#include "energy-opt/GraphFamily.h"

#include "Footprint/Wide.h"

#include <map>

using namespace energyopt;

/// Calls `visit` with every figure of a graph that its dims decide, in a fixed
/// order. `Graph` is const or not.
template <typename Graph, typename Visit> static void visitFigures(Graph &graph, Visit visit) {
  for (auto &tensor : graph.tensors) {
    for (auto &dim : tensor.dims)
      if (dim)
        visit(*dim);
    visit(tensor.elements);
    visit(tensor.bytes);
  }
  for (auto &row : graph.rows) {
    visit(row.count);
    for (auto &work : row.work)
      for (auto *figure : {&work.count, &work.groups, &work.m, &work.n, &work.k})
        visit(*figure);
    for (auto &use : row.reads)
      visit(use.bytes);
    for (auto &use : row.writes)
      visit(use.bytes);
    for (auto *figure : {&row.macs, &row.flops, &row.intOps, &row.transcendentals, &row.bytesMax,
                         &row.weightBytes, &row.bytesMin})
      visit(*figure);
  }
  visit(graph.peakActivationBytes);
}

static std::vector<int64_t> figuresOf(const WorkGraph &graph) {
  std::vector<int64_t> figures;
  visitFigures(graph, [&](int64_t figure) { figures.push_back(figure); });
  return figures;
}

/// Whether two graphs differ in figures only.
static bool sameStructure(const WorkGraph &a, const WorkGraph &b) {
  auto sameUses = [](const auto &x, const auto &y) {
    return llvm::equal(x, y,
                       [](const TensorUse &u, const TensorUse &v) { return u.tensor == v.tensor; });
  };
  auto sameWork = [](const RowWork &x, const RowWork &y) {
    return x.cls == y.cls && x.dtype == y.dtype;
  };
  auto sameRow = [&](const GraphRow &x, const GraphRow &y) {
    return x.op == y.op && x.name == y.name && x.status == y.status && x.scope == y.scope &&
           x.constant == y.constant && !x.saturated && !y.saturated &&
           (x.count == 0) == (y.count == 0) && sameUses(x.reads, y.reads) &&
           sameUses(x.writes, y.writes) && llvm::equal(x.work, y.work, sameWork);
  };
  auto sameTensor = [](const GraphTensor &x, const GraphTensor &y) {
    auto bothOrNone = [](const PrintedDim &d, const PrintedDim &e) {
      return d.has_value() == e.has_value();
    };
    return x.dtype == y.dtype && x.role == y.role && x.producer == y.producer &&
           x.viewOf == y.viewOf && llvm::equal(x.dims, y.dims, bothOrNone);
  };
  return llvm::equal(a.rows, b.rows, sameRow) && llvm::equal(a.tensors, b.tensors, sameTensor);
}

/// SV2: f(first + t) = f0 + t*d1 + t*(t - 1)/2*d2
static Wide polynomial(int64_t f0, int64_t d1, int64_t d2, Wide t) {
  return f0 + t * d1 + t * (t - 1) / 2 * d2;
}

/// Sum of the same over t = 0 .. n-1: n*f0 + C(n,2)*d1 + C(n,3)*d2. Held at the
/// maximum where that is beyond 127 bits, as no count of a real run is.
static Wide polynomialSum(Wide f0, Wide d1, Wide d2, Wide n) {
  Wide pairs = n * (n - 1) / 2, triples = pairs * (n - 2) / 3;
  Wide a, b, c, sum;
  if (__builtin_mul_overflow(n, f0, &a) || __builtin_mul_overflow(pairs, d1, &b) ||
      __builtin_mul_overflow(triples, d2, &c) || __builtin_add_overflow(a, b, &sum) ||
      __builtin_add_overflow(sum, c, &sum))
    return std::numeric_limits<int64_t>::max() + Wide(1);
  return sum;
}

//===----------------------------------------------------------------------===//
// Counts
//===----------------------------------------------------------------------===//

namespace {
struct CountField {
  int64_t CountSums::*sum;
  int64_t GraphRow::*row;
};
} // namespace

static constexpr CountField kCounts[] = {{&CountSums::macs, &GraphRow::macs},
                                         {&CountSums::flops, &GraphRow::flops},
                                         {&CountSums::intOps, &GraphRow::intOps},
                                         {&CountSums::transcendentals, &GraphRow::transcendentals},
                                         {&CountSums::bytesMin, &GraphRow::bytesMin},
                                         {&CountSums::bytesMax, &GraphRow::bytesMax},
                                         {&CountSums::weightBytes, &GraphRow::weightBytes}};

CountSums &CountSums::operator+=(const CountSums &other) {
  for (const CountField &field : kCounts)
    this->*field.sum = clampToInt64(Wide(this->*field.sum) + other.*field.sum, saturated);
  saturated |= other.saturated;
  return *this;
}

CountSums energyopt::countsOf(const WorkGraph &graph) {
  CountSums sums;
  for (const GraphRow &row : graph.rows) {
    for (const CountField &field : kCounts)
      sums.*field.sum = clampToInt64(Wide(sums.*field.sum) + row.*field.row, sums.saturated);
    sums.saturated |= row.saturated;
  }
  return sums;
}

//===----------------------------------------------------------------------===//
// Finding
//===----------------------------------------------------------------------===//

class GraphFamily::Finder {
public:
  Finder(const Analyse &analyse, GraphFamily &family) : analyse(analyse), family(family) {}

  /// Pieces of [first, last], from the left to the right.
  llvm::Error cover(int64_t first, int64_t last) {
    // Ranges that wait for their turn, the next one on top.
    std::vector<std::pair<int64_t, int64_t>> waiting{{first, last}};
    while (!waiting.empty()) {
      auto [from, to] = waiting.back();
      waiting.pop_back();
      auto fitted = fit(from, to);
      if (!fitted)
        return fitted.takeError();
      if (*fitted) {
        known.erase(known.begin(), known.upper_bound(to));
        continue;
      }
      int64_t middle = from + (to - from) / 2;
      waiting.emplace_back(middle + 1, to);
      waiting.emplace_back(from, middle);
    }
    return llvm::Error::success();
  }

private:
  static constexpr int64_t kMostAnalyses = 10'000;

  llvm::Expected<const WorkGraph *> graphAt(int64_t size) {
    if (auto it = known.find(size); it != known.end())
      return &it->second;
    if (family.analysed == kMostAnalyses)
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     "costs follow no formula of the length, and there are too "
                                     "many lengths to analyze each\ntake fewer tokens");
    auto graph = analyse(size);
    if (!graph)
      return graph.takeError();
    ++family.analysed;
    return &known.emplace(size, std::move(*graph)).first->second;
  }

  /// Whether [first, last] is one piece, which is kept then.
  llvm::Expected<bool> fit(int64_t first, int64_t last) {
    auto graph = graphAt(first);
    if (!graph)
      return graph.takeError();
    Piece piece{first, last, **graph, figuresOf(**graph), {}, {}};
    piece.d1.resize(piece.f0.size());
    piece.d2.resize(piece.f0.size());
    if (first < last) {
      // Of two or three sizes these are all there is to confirm.
      for (int64_t t = 1; t <= std::min<int64_t>(2, last - first); ++t) {
        auto next = graphAt(first + t);
        if (!next)
          return next.takeError();
        if (!sameStructure(piece.graph, **next))
          return false;
        extend(piece, figuresOf(**next), t);
      }
      for (int64_t size : {last, first + (last - first) / 2}) {
        auto other = graphAt(size);
        if (!other)
          return other.takeError();
        if (!sameStructure(piece.graph, **other) || !meets(piece, figuresOf(**other), size))
          return false;
      }
    }
    family.pieces.push_back(std::move(piece));
    return true;
  }

  static void extend(Piece &piece, const std::vector<int64_t> &figures, int64_t t) {
    using Count = std::numeric_limits<int64_t>;
    for (size_t i = 0; i < figures.size(); ++i) {
      if (t == 1)
        piece.d1[i] = figures[i] - piece.f0[i];
      else
        // A difference that does not fit is not met by the next sizes.
        piece.d2[i] = static_cast<int64_t>(std::clamp<Wide>(
            Wide(figures[i]) - piece.f0[i] - 2 * Wide(piece.d1[i]), Count::min(), Count::max()));
    }
  }

  static bool meets(const Piece &piece, const std::vector<int64_t> &figures, int64_t size) {
    for (size_t i = 0; i < figures.size(); ++i)
      if (polynomial(piece.f0[i], piece.d1[i], piece.d2[i], size - piece.first) != figures[i])
        return false;
    return true;
  }

  const Analyse &analyse;
  GraphFamily &family;
  std::map<int64_t, WorkGraph> known;
};

llvm::Expected<GraphFamily> GraphFamily::find(const Analyse &analyse, int64_t first, int64_t last) {
  GraphFamily family;
  if (llvm::Error error = Finder(analyse, family).cover(first, last))
    return std::move(error);
  return std::move(family);
}

WorkGraph GraphFamily::at(int64_t size) const {
  auto piece = llvm::find_if(pieces, [&](const Piece &p) { return size <= p.last; });
  WorkGraph graph = piece->graph;
  size_t i = 0;
  bool ignored = false;
  visitFigures(graph, [&](int64_t &figure) {
    if (piece->d1[i] != 0 || piece->d2[i] != 0)
      figure = clampToInt64(
          polynomial(piece->f0[i], piece->d1[i], piece->d2[i], size - piece->first), ignored);
    ++i;
  });
  return graph;
}

CountSums GraphFamily::sums() const {
  CountSums sums;
  for (const Piece &piece : pieces) {
    // The rows' polynomials added up, then summed over the sizes.
    CountSums f0 = countsOf(piece.graph);
    CountSums next = countsOf(piece.first < piece.last ? at(piece.first + 1) : piece.graph);
    CountSums third = countsOf(piece.first + 1 < piece.last ? at(piece.first + 2) : piece.graph);
    CountSums sum;
    sum.saturated = f0.saturated || next.saturated || third.saturated;
    Wide n = piece.last - piece.first + 1;
    for (const CountField &field : kCounts) {
      Wide a = f0.*field.sum, d1 = next.*field.sum - a; // twice d1 may leave 64 bits
      Wide d2 = n > 2 ? third.*field.sum - a - 2 * d1 : 0;
      sum.*field.sum = clampToInt64(polynomialSum(a, d1, d2, n), sum.saturated);
    }
    sums += sum;
  }
  return sums;
}
