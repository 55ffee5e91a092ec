//===- SweepGrid.cpp - Sweeps as tables -----------------------------------===//

#include "Format.h"
#include "Grid.h"

#include "energy-opt/Sweep.h"

using namespace llvm;

namespace energyopt {

static std::string dimsText(ArrayRef<NamedDim> dims) {
  std::string text;
  for (const NamedDim &dim : dims)
    text += ", " + dim.symbol + " " + std::to_string(dim.value);
  return text;
}

/// Number formats are named where there are several.
static std::string seriesName(const SweepSeries &series, bool withPrecision) {
  return series.target + (withPrecision ? " in " + series.precision : "");
}

static bool hasPrecisions(const SweepReport &sweep) {
  return !all_equal(map_range(sweep.series, [](const SweepSeries &s) { return s.precision; }));
}

static Grid seriesGrid(const SweepReport &sweep, const SweepSeries &series, bool u) {
  Grid grid{seriesName(series, true) + ", " + series.runtime + dimsText(series.dims),
            {sweep.axis.empty() ? "" : sweep.axis, "J/sample", "Energy", "90 % interval", "Latency",
             "Power", "Bound by", "Fits", ""},
            {},
            {}};
  for (auto [i, p] : enumerate(series.points)) {
    std::string mark = series.knee == i ? "knee" : "";
    if (series.best == i)
      mark += mark.empty() ? "least" : ", least";
    grid.rows.push_back({sweep.axis.empty() ? "" : std::to_string(p.size),
                         si(p.joulePerSample(), "J", u), si(p.energyJ.value, "J", u),
                         range(p.energyJ, u), si(p.latencyS.value, "s", u), si(p.powerW, "W", u),
                         name(p.bound).str(), p.fits ? "yes" : "NO", mark});
  }
  if (series.knee)
    grid.remarks.push_back("from " + sweep.axis + " " +
                           std::to_string(series.points[*series.knee].size) +
                           " on a sample costs at most 10 % more than at " + sweep.axis + " " +
                           std::to_string(series.points[*series.best].size) + ", the least");
  return grid;
}

static std::string reignText(const SweepReport &sweep, const Reign &reign) {
  return seriesName(sweep.series[reign.series], hasPrecisions(sweep)) +
         (reign.exact ? " from " : " by ") + std::to_string(reign.from);
}

static Grid crossoverGrid(const SweepReport &sweep) {
  Grid grid{"What costs least, over " + sweep.axis, {}, {}, {}};
  for (const Crossover &crossover : sweep.crossovers) {
    std::string text;
    for (const Reign &reign : crossover.reigns)
      text += (text.empty() ? ": " : ", ") + reignText(sweep, reign);
    grid.remarks.push_back((crossover.ofLatency ? "time of a run" : "energy of a sample") +
                           dimsText(crossover.dims) + (text.empty() ? ": none fits" : text));
  }
  return grid;
}

std::vector<Grid> sweepGrids(const SweepReport &sweep, bool u) {
  std::vector<Grid> grids;
  for (const SweepSeries &series : sweep.series)
    grids.push_back(seriesGrid(sweep, series, u));
  if (!sweep.crossovers.empty())
    grids.push_back(crossoverGrid(sweep));
  if (!sweep.failed.empty())
    grids.push_back({"Left out", {}, {}, sweep.failed});
  return grids;
}

std::vector<Grid> gridsOf(const Report &report, bool unicode) {
  if (report.serving)
    return servingGrids(*report.serving, unicode);
  return report.sweep ? sweepGrids(*report.sweep, unicode) : std::vector<Grid>();
}

} // namespace energyopt
