//===- Sweep.cpp - Costs over a range of sizes ----------------------------===//

#include "energy-opt/Sweep.h"

#include <cmath>
#include <map>

using namespace energyopt;

int64_t energyopt::samplesOf(const WorkGraph &graph) {
  if (graph.inputs.empty() || graph.inputs.front().tensor < 0)
    return 1;
  const GraphTensor &input = graph.tensors[graph.inputs.front().tensor];
  return input.dims.empty() ? 1 : std::max<int64_t>(1, input.dims.front().value_or(1));
}

/// SV9: the point of the least energy per sample that fits.
static std::optional<size_t> bestOf(llvm::ArrayRef<SweepPoint> points) {
  std::optional<size_t> best;
  for (auto [i, point] : llvm::enumerate(points))
    if (point.fits && (!best || point.joulePerSample() < points[*best].joulePerSample()))
      best = i;
  return best;
}

/// SV10: the first point within 10 % of the least energy per sample
std::optional<size_t> energyopt::kneeOf(llvm::ArrayRef<SweepPoint> points) {
  std::optional<size_t> best = bestOf(points);
  if (!best)
    return std::nullopt;
  double most = (1 + kKneeShare) * points[*best].joulePerSample();
  for (auto [i, point] : llvm::enumerate(points))
    if (point.fits && point.joulePerSample() <= most)
      return i;
  return best;
}

namespace {

class Sweeper {
public:
  Sweeper(const SweepRequest &request, const AnalyseAt &analyse, llvm::ArrayRef<Target> targets,
          const EnergyOptions &options)
      : request(request), analyse(analyse), targets(targets), options(options) {
    if (!request.dims.empty())
      report.axis = request.dims.front().name;
  }

  llvm::Expected<SweepReport> run() {
    std::vector<NamedDim> chosen;
    if (llvm::Error error = overOthers(1, chosen))
      return std::move(error);
    if (llvm::all_of(report.series, [](const SweepSeries &s) { return s.points.empty(); }))
      return llvm::createStringError(llvm::inconvertibleErrorCode(), "--sweep: " + firstFailure);
    return std::move(report);
  }

private:
  /// All combinations of the dims from `next` on.
  llvm::Error overOthers(size_t next, std::vector<NamedDim> &chosen) {
    if (next >= request.dims.size())
      return overSeries(chosen);
    for (int64_t size : request.dims[next].sizes) {
      chosen.push_back({request.dims[next].name, size});
      if (llvm::Error error = overOthers(next + 1, chosen))
        return error;
      chosen.pop_back();
    }
    return llvm::Error::success();
  }

  llvm::Error overSeries(const std::vector<NamedDim> &others) {
    graphs.clear();
    dims = others;
    size_t begin = report.series.size();
    for (const Target &target : targets)
      for (std::optional<Precision> precision : request.precisions) {
        SweepSeries series;
        series.target = target.name;
        series.precision = precision ? name(*precision).str() : "as-is";
        series.dims = others;
        if (llvm::Error error = priceSeries(series, target, precision))
          return error;
        report.series.push_back(std::move(series));
      }
    if (!report.axis.empty() && report.series.size() - begin > 1)
      for (bool ofLatency : {false, true})
        findCrossover(begin, ofLatency);
    return llvm::Error::success();
  }

  llvm::ArrayRef<int64_t> sizes() const {
    static constexpr int64_t kNone[] = {0};
    return request.dims.empty() ? llvm::ArrayRef(kNone)
                                : llvm::ArrayRef<int64_t>(request.dims.front().sizes);
  }

  llvm::Error priceSeries(SweepSeries &series, const Target &target,
                          std::optional<Precision> precision) {
    for (int64_t size : sizes()) {
      const WorkGraph *graph = graphAt(size);
      if (!graph)
        continue;
      auto point = price(*graph, size, target, precision, &series.runtime);
      if (!point)
        return point.takeError();
      series.points.push_back(*point);
    }
    auto samples = [](const SweepPoint &point) { return point.samples; };
    auto counts = llvm::map_range(series.points, samples);
    if (!series.points.empty() && !llvm::all_equal(counts)) {
      series.best = bestOf(series.points);
      series.knee = kneeOf(series.points);
    }
    return llvm::Error::success();
  }

  llvm::Expected<SweepPoint> price(const WorkGraph &graph, int64_t size, const Target &target,
                                   std::optional<Precision> precision, std::string *runtime) {
    EnergyOptions own = options;
    own.precision = precision;
    auto priced = estimate(graph, target, own);
    if (!priced)
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     target.name + ": " + llvm::toString(priced.takeError()));
    if (runtime)
      *runtime = priced->runtime;
    SweepPoint point;
    point.size = size;
    point.samples = samplesOf(graph);
    point.energyJ = priced->energyJ;
    point.latencyS = priced->latencyS;
    point.powerW = priced->powerW;
    point.hostJ = priced->hostJ.value;
    point.carbonG = priced->carbonG.value;
    point.bound = priced->bound;
    point.fits = priced->fitsInMemory;
    return point;
  }

  /// Null where the model does not run at `size`; the report says so, once.
  const WorkGraph *graphAt(int64_t size) {
    if (auto it = graphs.find(size); it != graphs.end())
      return it->second ? &*it->second : nullptr;
    std::vector<NamedDim> all = dims;
    if (!report.axis.empty())
      all.insert(all.begin(), {report.axis, size});
    auto graph = analyse(all);
    std::optional<WorkGraph> &slot = graphs[size];
    if (graph) {
      slot = std::move(*graph);
      return &*slot;
    }
    std::string reason = llvm::toString(graph.takeError());
    if (firstFailure.empty())
      firstFailure = reason;
    if (llvm::is_contained(sizes(), size))
      report.failed.push_back(report.axis + " = " + std::to_string(size) + ": " +
                              reason.substr(0, reason.find('\n')));
    return nullptr;
  }

  //===--------------------------------------------------------------------===//
  // Crossovers
  //===--------------------------------------------------------------------===//

  /// SV11: the series from `begin` on that costs least at `size`; nullopt if
  /// none fits. Of equals the first.
  std::optional<size_t> winner(size_t begin, int64_t size, bool ofLatency) {
    const WorkGraph *graph = graphAt(size);
    if (!graph)
      return std::nullopt;
    std::optional<size_t> best;
    double least = HUGE_VAL;
    size_t series = begin;
    for (const Target &target : targets)
      for (std::optional<Precision> precision : request.precisions) {
        auto point = known(series, size);
        if (!point) {
          auto priced = price(*graph, size, target, precision, nullptr);
          if (priced)
            point = *priced;
          else
            llvm::consumeError(priced.takeError());
        }
        if (point && point->fits) {
          double value = ofLatency ? point->latencyS.value : point->joulePerSample();
          if (value < least) {
            least = value;
            best = series;
          }
        }
        ++series;
      }
    return best;
  }

  std::optional<SweepPoint> known(size_t series, int64_t size) const {
    for (const SweepPoint &point : report.series[series].points)
      if (point.size == size)
        return point;
    return std::nullopt;
  }

  /// Where the winner changes between the sizes of the sweep, by bisection over
  /// whole sizes. Between two sizes with one winner none other is looked for.
  void findCrossover(size_t begin, bool ofLatency) {
    Crossover crossover;
    crossover.ofLatency = ofLatency;
    crossover.dims = dims;
    std::optional<std::pair<int64_t, size_t>> last;
    for (int64_t size : sizes()) {
      std::optional<size_t> now = winner(begin, size, ofLatency);
      if (!now)
        continue;
      if (!last)
        crossover.reigns.push_back({size, *now, true});
      else
        bisect(begin, *last, {size, *now}, crossover);
      last = {size, *now};
    }
    report.crossovers.push_back(std::move(crossover));
  }

  void bisect(size_t begin, std::pair<int64_t, size_t> low, std::pair<int64_t, size_t> high,
              Crossover &crossover) {
    if (low.second == high.second)
      return;
    if (high.first - low.first == 1) {
      crossover.reigns.push_back({high.first, high.second, true});
      return;
    }
    int64_t middle = low.first + (high.first - low.first) / 2;
    std::optional<size_t> between = winner(begin, middle, crossover.ofLatency);
    if (!between) { // it does not run at this size
      crossover.reigns.push_back({high.first, high.second, false});
      return;
    }
    bisect(begin, low, {middle, *between}, crossover);
    bisect(begin, {middle, *between}, high, crossover);
  }

  const SweepRequest &request;
  const AnalyseAt &analyse;
  llvm::ArrayRef<Target> targets;
  const EnergyOptions &options;
  SweepReport report;
  std::string firstFailure;
  std::vector<NamedDim> dims;                         // of the series at hand
  std::map<int64_t, std::optional<WorkGraph>> graphs; // by size, at these dims
};

} // namespace

llvm::Expected<SweepReport> energyopt::sweep(const SweepRequest &request, const AnalyseAt &analyse,
                                             llvm::ArrayRef<Target> targets,
                                             const EnergyOptions &options) {
  return Sweeper(request, analyse, targets, options).run();
}
