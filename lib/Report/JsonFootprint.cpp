//===- JsonFootprint.cpp - Serving and sweeps, for programs ---------------===//

#include "JsonFootprint.h"

#include "energy-opt/Serving.h"
#include "energy-opt/Sweep.h"

using namespace llvm;

namespace energyopt {

static void dimsJson(JsonWriter &json, ArrayRef<NamedDim> dims) {
  json.object("dims", [&] {
    for (const NamedDim &dim : dims)
      json.integer(dim.symbol, dim.value);
  });
}

//===----------------------------------------------------------------------===//
// serving
//===----------------------------------------------------------------------===//

static void countsJson(JsonWriter &json, StringRef key, const CountSums &counts) {
  json.object(key, [&] {
    json.integer("macs", counts.macs);
    json.integer("flops", counts.flops);
    json.integer("int_ops", counts.intOps);
    json.integer("transcendentals", counts.transcendentals);
    json.object("bytes", [&] {
      json.integer("min", counts.bytesMin);
      json.integer("max", counts.bytesMax);
    });
    json.integer("weight_bytes", counts.weightBytes);
    json.boolean("saturated", counts.saturated);
  });
}

static void phaseJson(JsonWriter &json, StringRef key, const PhaseCost &cost, Bound bound) {
  json.object(key, [&] {
    json.interval("energy_j", cost.energyJ);
    json.interval("latency_s", cost.latencyS);
    json.interval("host_j", cost.hostJ);
    json.number("facility_j", cost.facilityJ);
    json.interval("carbon_g", cost.carbonG);
    json.number("dram_bytes", cost.dramBytes);
    json.text("bound", name(bound));
  });
}

static void servedTarget(JsonWriter &json, const ServingReport &serving, const ServingOnTarget &t) {
  json.text("name", t.name);
  json.text("precision", t.precision);
  json.text("runtime", t.runtime);
  phaseJson(json, "prefill", t.prefill, t.prefillBound);
  phaseJson(json, "decode", t.decode, t.decodeBound);
  json.number("energy_per_request_j", serving.requestJ(t));
  json.number("energy_per_token_j", serving.joulePerToken(t));
  json.number("energy_per_prompt_token_j", serving.joulePerPromptToken(t));
  json.number("time_to_first_token_s", t.prefill.latencyS.value);
  json.number("time_per_token_s", serving.secondsPerToken(t));
  json.number("tokens_per_s", serving.tokensPerSecond(t));
  json.integer("cache_bytes", t.cacheBytes);
  json.boolean("fits_in_memory", t.fits);
  json.array("notes", [&] {
    for (const std::string &note : t.notes)
      json.element(note);
  });
}

static void servingJson(JsonWriter &json, const ServingReport &serving) {
  json.integer("prompt", serving.load.prompt);
  json.integer("generate", serving.load.generate);
  json.integer("batch", serving.load.batch);
  json.boolean("cached", serving.cached);
  json.text("decode_model", serving.decodeModel);
  json.integer("cache_bytes_per_token", serving.cacheBytesPerToken);
  json.integer("decode_analyses", serving.analyses);
  countsJson(json, "prefill", serving.prefill);
  countsJson(json, "decode", serving.decode);
  if (!serving.symbolic.empty())
    json.object("symbolic", [&] {
      for (const auto &[figure, formula] : serving.symbolic)
        json.text(figure, formula.isOverflow() ? "too large to write down" : formula.str());
    });
  json.array("targets", [&] {
    for (const ServingOnTarget &t : serving.targets)
      json.OStream::object([&] { servedTarget(json, serving, t); });
  });
}

//===----------------------------------------------------------------------===//
// sweep
//===----------------------------------------------------------------------===//

static void pointJson(JsonWriter &json, const SweepPoint &p, bool hasAxis) {
  if (hasAxis)
    json.integer("size", p.size);
  json.integer("samples", p.samples);
  json.interval("energy_j", p.energyJ);
  json.number("energy_per_sample_j", p.joulePerSample());
  json.interval("latency_s", p.latencyS);
  json.number("power_w", p.powerW);
  json.number("host_j", p.hostJ);
  json.number("carbon_g", p.carbonG);
  json.text("bound", name(p.bound));
  json.boolean("fits_in_memory", p.fits);
}

static void seriesJson(JsonWriter &json, const SweepSeries &series, bool hasAxis) {
  json.text("target", series.target);
  json.text("precision", series.precision);
  json.text("runtime", series.runtime);
  dimsJson(json, series.dims);
  json.array("points", [&] {
    for (const SweepPoint &p : series.points)
      json.OStream::object([&] { pointJson(json, p, hasAxis); });
  });
  auto size = [&](StringRef key, std::optional<size_t> point) {
    if (point)
      json.integer(key, series.points[*point].size);
    else
      json.raw(key, "null");
  };
  size("knee", series.knee);
  size("least", series.best);
}

static void crossoverJson(JsonWriter &json, const SweepReport &sweep, const Crossover &crossover) {
  json.text("figure", crossover.ofLatency ? "latency_s" : "energy_per_sample_j");
  dimsJson(json, crossover.dims);
  json.array("reigns", [&] {
    for (const Reign &reign : crossover.reigns)
      json.OStream::object([&] {
        json.integer("from", reign.from);
        json.boolean("exact", reign.exact);
        json.text("target", sweep.series[reign.series].target);
        json.text("precision", sweep.series[reign.series].precision);
      });
  });
}

static void sweepJson(JsonWriter &json, const SweepReport &sweep) {
  json.text("dim", sweep.axis);
  json.array("series", [&] {
    for (const SweepSeries &series : sweep.series)
      json.OStream::object([&] { seriesJson(json, series, !sweep.axis.empty()); });
  });
  json.array("crossovers", [&] {
    for (const Crossover &crossover : sweep.crossovers)
      json.OStream::object([&] { crossoverJson(json, sweep, crossover); });
  });
  json.array("failed", [&] {
    for (const std::string &text : sweep.failed)
      json.element(text);
  });
}

void footprintJson(JsonWriter &json, const Report &report) {
  if (report.serving)
    json.object("serving", [&] { servingJson(json, *report.serving); });
  if (report.sweep)
    json.object("sweep", [&] { sweepJson(json, *report.sweep); });
}

} // namespace energyopt
