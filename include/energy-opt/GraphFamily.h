//===- GraphFamily.h - A graph as a function of one dim ---------*- C++ -*-===//
//
// The figures of a decode step grow with the tokens before it, row by row, as
// polynomials of degree two at most. So a few analyses tell the graph at every
// length, and sums over thousands of steps are exact without thousands of
// analyses (docs/serving.md, SV2).
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_GRAPHFAMILY_H
#define ENERGY_OPT_GRAPHFAMILY_H

#include "energy-opt/WorkGraph.h"

#include "llvm/Support/Error.h"

#include <functional>

namespace energyopt {

/// The published counts, summed over runs.
struct CountSums {
  int64_t macs = 0, flops = 0, intOps = 0, transcendentals = 0;
  int64_t bytesMin = 0, bytesMax = 0, weightBytes = 0;
  bool saturated = false; // some sum did not fit 64 bits and is held at the maximum
  CountSums &operator+=(const CountSums &other);
};

/// The sums of one graph's rows.
CountSums countsOf(const WorkGraph &graph);

class GraphFamily {
public:
  using Analyse = std::function<llvm::Expected<WorkGraph>(int64_t size)>;

  /// The graphs at `first` to `last`, in as few analyses as show the
  /// polynomials. Three neighbours give them, and the middle and the end of
  /// their range confirm them; where these differ (a minimum that changes
  /// sides), the range is halved.
  static llvm::Expected<GraphFamily> find(const Analyse &analyse, int64_t first, int64_t last);

  int64_t first() const { return pieces.front().first; }
  int64_t last() const { return pieces.back().last; }
  /// The graph at a size between first() and last().
  WorkGraph at(int64_t size) const;
  /// Sums over all sizes, of the integers themselves.
  CountSums sums() const;
  /// How many analyses it took.
  int64_t analyses() const { return analysed; }

private:
  /// Figures f(first + t) = f0 + t*d1 + t(t-1)/2*d2, in the order of a visit.
  struct Piece {
    int64_t first, last;
    WorkGraph graph; // at `first`
    std::vector<int64_t> f0, d1, d2;
  };
  class Finder;

  std::vector<Piece> pieces; // in order, without gaps
  int64_t analysed = 0;
};

} // namespace energyopt

#endif // ENERGY_OPT_GRAPHFAMILY_H
