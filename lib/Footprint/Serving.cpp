//===- Serving.cpp - What a language model costs to serve -----------------===//

#include "energy-opt/Serving.h"

#include "Footprint/Wide.h"
#include "energy-opt/Decoder.h"

#include "llvm/ADT/StringExtras.h"

#include <array>
#include <cmath>
#include <map>

using namespace energyopt;

//===----------------------------------------------------------------------===//
// Sums over steps
//===----------------------------------------------------------------------===//

/// The figures of a run that add up over runs.
using Costs = std::array<double, 14>;

static Costs costsOf(const TargetReport &r) {
  return {r.energyJ.value, r.energyJ.low,  r.energyJ.high, r.latencyS.value, r.latencyS.low,
          r.latencyS.high, r.hostJ.value,  r.hostJ.low,    r.hostJ.high,     r.carbonG.value,
          r.carbonG.low,   r.carbonG.high, r.facilityJ,    r.dramBytes};
}

static PhaseCost phaseOf(const Costs &c) {
  return {{c[0], c[1], c[2]},
          {c[3], c[4], c[5]},
          {c[6], c[7], c[8]},
          {c[9], c[10], c[11]},
          c[12],
          c[13]};
}

namespace {
/// Prices decode steps, each once.
class Steps {
public:
  Steps(const GraphFamily &family, const Target &target, const EnergyOptions &options)
      : family(family), target(target), options(options) {}

  llvm::Expected<const TargetReport *> at(int64_t past) {
    if (auto it = priced.find(past); it != priced.end())
      return &it->second;
    auto report = estimate(family.at(past), target, options);
    if (!report)
      return report.takeError();
    report->rows.clear(); // of which thousands would be kept
    report->kernels.clear();
    return &priced.emplace(past, std::move(*report)).first->second;
  }

  /// SV6: sum over all steps, by halves that are linear in their middle.
  llvm::Expected<Costs> sum() {
    constexpr int64_t kLeastParts = 8; // a bend in one of them shows
    const int64_t first = family.first(), last = family.last();
    const int64_t longest = std::max<int64_t>(1, (last - first) / kLeastParts);
    Costs total{};
    auto atFirst = at(first);
    if (!atFirst)
      return atFirst.takeError();
    add(total, costsOf(**atFirst), 1);
    std::vector<std::pair<int64_t, int64_t>> waiting; // (from, to], the next one on top
    if (first < last)
      waiting.emplace_back(first, last);
    while (!waiting.empty()) {
      auto [from, to] = waiting.back();
      waiting.pop_back();
      auto a = at(from), b = at(to);
      if (!a || !b)
        return a ? b.takeError() : (llvm::consumeError(b.takeError()), a.takeError());
      Costs left = costsOf(**a), right = costsOf(**b);
      if (to - from == 1) {
        add(total, right, 1);
        continue;
      }
      int64_t middle = from + (to - from) / 2;
      auto m = at(middle);
      if (!m)
        return m.takeError();
      double share = double(middle - from) / (to - from);
      if (to - from > longest || !isLinear(left, costsOf(**m), right, share)) {
        waiting.emplace_back(middle, to);
        waiting.emplace_back(from, middle);
        continue;
      }
      // from + 1 .. to on the two lines through the middle.
      trapezoid(total, left, costsOf(**m), middle - from);
      trapezoid(total, costsOf(**m), right, to - middle);
    }
    return total;
  }

private:
  static void add(Costs &total, const Costs &costs, double times) {
    for (size_t i = 0; i < total.size(); ++i)
      total[i] += times * costs[i];
  }

  /// n steps after `a`, the last of them `b`: (n - 1)/2 * a + (n + 1)/2 * b.
  static void trapezoid(Costs &total, const Costs &a, const Costs &b, int64_t n) {
    add(total, a, (n - 1) / 2.0);
    add(total, b, (n + 1) / 2.0);
  }

  static bool isLinear(const Costs &a, const Costs &m, const Costs &b, double share) {
    for (size_t i = 0; i < m.size(); ++i) {
      double line = a[i] + share * (b[i] - a[i]);
      if (std::fabs(line - m[i]) > kStepTolerance * std::fabs(m[i]))
        return false;
    }
    return true;
  }

  const GraphFamily &family;
  const Target &target;
  const EnergyOptions &options;
  std::map<int64_t, TargetReport> priced;
};
} // namespace

//===----------------------------------------------------------------------===//
// The cache
//===----------------------------------------------------------------------===//

/// SV8: keys and values of a token of one request: what the inputs that hold
/// them grow by.
static Wide cacheBits(const GraphFamily &steps, int64_t batch, std::optional<Precision> precision) {
  const WorkGraph shorter = steps.at(steps.first()), longer = steps.at(steps.last());
  Wide bits = 0;
  for (auto [a, b] : llvm::zip(shorter.inputs, longer.inputs)) {
    if (a.tensor < 0 || b.tensor < 0)
      continue;
    const GraphTensor &x = shorter.tensors[a.tensor], &y = longer.tensors[b.tensor];
    if (!isCacheName(a.name, x.dims.size()))
      continue;
    unsigned width = precision && isFloat(x.dtype) ? storageBits(*precision) : bitWidth(x.dtype);
    bits += (Wide(y.elements) - x.elements) * width;
  }
  return bits / std::max<int64_t>(1, steps.last() - steps.first()) / batch;
}

static int64_t cacheBytes(Wide bits, int64_t tokens, int64_t requests) {
  bool ignored = false;
  // A token's share of 2^63 bits and 2^40 tokens of 2^20 requests fit 128 bits.
  return clampToInt64(bits * tokens * requests / 8, ignored);
}

//===----------------------------------------------------------------------===//
// Serving
//===----------------------------------------------------------------------===//

/// SV3: energy of a request = (prefill + decode) / B
double ServingReport::requestJ(const ServingOnTarget &t) const {
  return (t.prefill.energyJ.value + t.decode.energyJ.value) / load.batch;
}
/// SV4: energy of a token = decode / (B*G), of a prompt token prefill / (B*P)
double ServingReport::joulePerToken(const ServingOnTarget &t) const {
  return t.decode.energyJ.value / load.batch / load.generate;
}
double ServingReport::joulePerPromptToken(const ServingOnTarget &t) const {
  return t.prefill.energyJ.value / load.batch / load.prompt;
}
/// SV5: time of a token = decode / G; tokens/s = B*G / (prefill + decode)
double ServingReport::secondsPerToken(const ServingOnTarget &t) const {
  return t.decode.latencyS.value / load.generate;
}
double ServingReport::tokensPerSecond(const ServingOnTarget &t) const {
  double seconds = t.prefill.latencyS.value + t.decode.latencyS.value;
  return seconds > 0 ? double(load.batch) * load.generate / seconds : 0;
}

/// Both phases' notes; those of one alone say of which.
static std::vector<std::string> notesOf(const TargetReport &prefill, const TargetReport &longest) {
  std::vector<std::string> notes;
  for (const std::string &note : prefill.notes)
    notes.push_back((llvm::is_contained(longest.notes, note) ? "" : "prefill: ") + note);
  for (const std::string &note : longest.notes)
    if (!llvm::is_contained(prefill.notes, note))
      notes.push_back("decode: " + note);
  return notes;
}

static llvm::Expected<ServingOnTarget> serveOn(const Target &target, const ServedGraphs &graphs,
                                               const EnergyOptions &options) {
  auto prefill = estimate(graphs.prefill, target, options);
  if (!prefill)
    return prefill.takeError();
  Steps steps(graphs.decode, target, options);
  auto sum = steps.sum();
  if (!sum)
    return sum.takeError();
  auto longest = steps.at(graphs.decode.last());
  if (!longest)
    return longest.takeError();
  ServingOnTarget result;
  result.name = prefill->name;
  result.precision = prefill->precision;
  result.runtime = prefill->runtime;
  result.prefill = phaseOf(costsOf(*prefill));
  result.decode = phaseOf(*sum);
  result.fits = prefill->fitsInMemory && (*longest)->fitsInMemory;
  result.prefillBound = prefill->bound;
  result.decodeBound = (*longest)->bound;
  result.notes = notesOf(*prefill, **longest);
  return result;
}

/// SV1: one run of the prompt, then G steps at past = P .. P+G-1
llvm::Expected<ServingReport> energyopt::serve(const ServedGraphs &graphs, const ServedLoad &load,
                                               llvm::ArrayRef<Target> targets,
                                               const EnergyOptions &options) {
  ServingReport report;
  report.load = load;
  report.prefill = countsOf(graphs.prefill);
  report.decode = graphs.decode.sums();
  report.analyses = graphs.decode.analyses();
  report.cacheBytesPerToken = cacheBytes(cacheBits(graphs.decode, load.batch, std::nullopt), 1, 1);
  for (const Target &target : targets) {
    auto served = serveOn(target, graphs, options);
    if (!served)
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     target.name + ": " + llvm::toString(served.takeError()));
    served->cacheBytes = cacheBytes(cacheBits(graphs.decode, load.batch, options.precision),
                                    load.prompt + load.generate, load.batch);
    report.targets.push_back(std::move(*served));
  }
  return std::move(report);
}

//===----------------------------------------------------------------------===//
// Closed forms
//===----------------------------------------------------------------------===//

/// sum / divisor, which is a whole number for all whole symbols, with the
/// least divisor that is left.
static std::optional<Expr> divided(const Expr &sum, int64_t divisor) {
  for (int64_t left = 1; left <= divisor; ++left)
    if (divisor % left == 0)
      if (auto quotient = sum.exactDiv(Expr(divisor / left)))
        return quotient->floorDiv(Expr(left));
  return std::nullopt;
}

/// SV7: sum of c_k*C(p, k) over p = P .. P+G-1 is the sum of
/// c_k*(C(P+G, k+1) - C(P, k+1))
std::optional<Expr> energyopt::sumOver(const Expr &step, llvm::StringRef past, const Expr &from,
                                       const Expr &count) {
  constexpr int64_t kMostDegree = 4;
  // Newton's form: step(p) = sum of c_k * C(p, k), c_k its k-th difference at 0;
  // and C(p, k) over p < n adds up to C(n, k + 1).
  std::vector<Expr> differences;
  for (int64_t p = 0; p <= kMostDegree + 1; ++p) {
    Expr::Bindings bound;
    bound[past] = Expr(p);
    differences.push_back(step.substitute(bound));
  }
  std::vector<Expr> newton;
  while (!differences.empty()) {
    newton.push_back(differences.front());
    for (size_t i = 0; i + 1 < differences.size(); ++i)
      differences[i] = differences[i + 1] - differences[i];
    differences.pop_back();
  }
  if (!newton.back().is(0))
    return std::nullopt;
  // A minimum or a division can look like a polynomial near 0.
  Expr rebuilt = 0, p = Expr::symbol(past), to = from + count;
  Expr sum = 0, rest = 0;
  int64_t factorial = 1;
  constexpr int64_t kCommon = 120; // (kMostDegree + 1)!
  for (int64_t k = 0; k <= kMostDegree; ++k) {
    Expr upper = 1, lower = 1, falling = 1;
    for (int64_t i = 0; i <= k; ++i) {
      upper *= to - Expr(i);
      lower *= from - Expr(i);
      if (i < k)
        falling *= p - Expr(i);
    }
    rebuilt += newton[k] * falling * Expr(kCommon / factorial);
    factorial *= k + 1;
    sum += newton[k] * (upper - lower) * Expr(kCommon / factorial);
  }
  if (rebuilt != step * Expr(kCommon))
    return std::nullopt;
  return divided(sum, kCommon);
}
