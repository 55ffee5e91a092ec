//===- ServingGrid.cpp - Serving as tables --------------------------------===//

#include "Format.h"
#include "Grid.h"

#include "energy-opt/Serving.h"

using namespace llvm;

namespace energyopt {

static std::string countsText(const CountSums &counts, bool u) {
  return siCount(counts.macs, "MAC", u) + ", " + siCount(counts.flops, "FLOP", u) + ", weights " +
         siCount(counts.weightBytes, "B", u) +
         (counts.saturated ? " (some counts are held at the maximum)" : "");
}

static Grid tokenGrid(const ServingReport &serving, bool u) {
  Grid grid{"", // the caller's
            {"Target", "J/token", "J/prompt token", "J/request", "90 % interval", "TTFT", "TPOT",
             "Tokens/s"},
            {},
            {"TTFT: time to the first token, of the prefill; TPOT: time of each token after it"}};
  for (const ServingOnTarget &t : serving.targets) {
    double batch = serving.load.batch;
    Interval request{serving.requestJ(t), (t.prefill.energyJ.low + t.decode.energyJ.low) / batch,
                     (t.prefill.energyJ.high + t.decode.energyJ.high) / batch};
    grid.rows.push_back(
        {t.name, si(serving.joulePerToken(t), "J", u), si(serving.joulePerPromptToken(t), "J", u),
         si(request.value, "J", u), range(request, u), si(t.prefill.latencyS.value, "s", u),
         si(serving.secondsPerToken(t), "s", u), digits(serving.tokensPerSecond(t))});
  }
  return grid;
}

static Grid phaseGrid(const ServingReport &serving, bool u) {
  Grid grid{"Phases, of all requests",
            {"Target", "Prefill", "Bound by", "Decode", "Bound by", "Host", "Facility", "Carbon",
             "Cache", "Fits"},
            {},
            {}};
  for (const ServingOnTarget &t : serving.targets) {
    grid.rows.push_back({t.name, si(t.prefill.energyJ.value, "J", u), name(t.prefillBound).str(),
                         si(t.decode.energyJ.value, "J", u), name(t.decodeBound).str(),
                         si(t.prefill.hostJ.value + t.decode.hostJ.value, "J", u),
                         si(t.prefill.facilityJ + t.decode.facilityJ, "J", u),
                         si(t.prefill.carbonG.value + t.decode.carbonG.value, "g", u),
                         siCount(t.cacheBytes, "B", u), t.fits ? "yes" : "NO"});
  }
  const ServedLoad &load = serving.load;
  grid.remarks.push_back("prefill: " + countsText(serving.prefill, u));
  grid.remarks.push_back("decode, " + countOf(load.generate, "step", u) + ": " +
                         countsText(serving.decode, u));
  if (serving.cached)
    grid.remarks.push_back("cache: " + siCount(serving.cacheBytesPerToken, "B", u) +
                           " per token of a request, in the model's format");
  else
    grid.remarks.push_back("the model keeps no keys and values: every token runs the whole "
                           "sequence again");
  for (const auto &[figure, formula] : serving.symbolic)
    grid.remarks.push_back(figure + " = " +
                           (formula.isOverflow() ? "too large to write down" : formula.str()));
  for (const ServingOnTarget &t : serving.targets)
    for (const std::string &note : t.notes)
      grid.remarks.push_back(t.name + ": " + note);
  return grid;
}

std::vector<Grid> servingGrids(const ServingReport &serving, bool u) {
  const ServedLoad &load = serving.load;
  Grid tokens = tokenGrid(serving, u);
  tokens.title = "Serving " + countOf(load.batch, "request", u) + " at a time, " +
                 std::to_string(load.prompt) + " prompt tokens and " +
                 std::to_string(load.generate) + " generated ones each";
  return {std::move(tokens), phaseGrid(serving, u)};
}

} // namespace energyopt
