//===- JsonSite.cpp - Footprint, lifetime and placement as JSON -----------===//

#include "JsonSite.h"

#include "energy-opt/Placement.h"
#include "energy-opt/Views.h"

using namespace llvm;

namespace energyopt {

static void maybe(JsonWriter &json, StringRef key, const std::optional<Interval> &interval) {
  if (interval)
    json.interval(key, *interval);
  else
    json.raw(key, "null");
}

static void maybe(JsonWriter &json, StringRef key, const std::optional<double> &number) {
  if (number)
    json.number(key, *number);
  else
    json.raw(key, "null");
}

static void embodied(JsonWriter &json, const Footprint &f) {
  maybe(json, "embodied_g", f.embodiedG);
  json.object("embodied", [&] {
    if (!f.embodiedUnknown.empty())
      return json.text("unknown", f.embodiedUnknown);
    json.quantity("kg_co2e", f.embodiedKg);
    json.quantity("lifetime_h", f.lifetimeH);
    json.quantity("utilization", f.utilization);
  });
}

static void equivalences(JsonWriter &json, ArrayRef<Equivalence> all) {
  if (all.empty())
    return;
  json.array("equivalences", [&] {
    for (const Equivalence &e : all)
      json.OStream::object([&] {
        json.text("what", e.what);
        json.interval("count", e.count);
        json.text("source", e.origin);
      });
  });
}

static void footprint(JsonWriter &json, const Footprint &f) {
  if (f.idleJ) {
    json.quantity("idle_share", f.idleShare);
    json.interval("idle_j", *f.idleJ);
    json.interval("idle_carbon_g", *f.idleG);
  }
  if (f.matchedG) {
    json.quantity("carbon_free_share", f.carbonFreeShare);
    json.interval("matched_carbon_g", *f.matchedG);
  }
  if (f.embodiedG || !f.embodiedUnknown.empty())
    embodied(json, f);
  if (f.marginalG) {
    json.quantity("marginal_g_per_kwh", f.marginalGramsPerKwh);
    json.interval("marginal_carbon_g", *f.marginalG);
  }
  equivalences(json, f.equivalences);
}

static void lifetime(JsonWriter &json, const Lifetime &life) {
  json.number("requests", life.requests);
  json.number("trainings", life.trainings);
  json.number("busy_devices", life.busyDevices);
  json.array("parts", [&] {
    for (const LifetimePart &part : life.parts)
      json.OStream::object([&] {
        json.text("name", part.name);
        maybe(json, "energy_j", part.energyJ);
        maybe(json, "carbon_g", part.carbonG);
        json.text("note", part.note);
      });
  });
  json.interval("energy_j", life.energyJ);
  json.interval("carbon_g", life.carbonG);
  json.text("dominant", life.dominant);
  equivalences(json, life.equivalences);
}

void siteJson(JsonWriter &json, const TargetReport &target) {
  if (!target.footprint.empty())
    json.object("footprint", [&] { footprint(json, target.footprint); });
  if (target.lifetime)
    json.object("lifetime", [&] { lifetime(json, *target.lifetime); });
}

//===----------------------------------------------------------------------===//
// energy-opt compare
//===----------------------------------------------------------------------===//

static void side(JsonWriter &json, const PlacementSide &side) {
  json.text("target", side.target);
  json.text("precision", side.precision);
  json.text("runtime", side.runtime);
  json.interval("energy_j", side.energyJ);
  json.interval("time_s", side.timeS);
  json.interval("carbon_g", side.carbonG);
  json.number("pue", side.pue);
  json.number("carbon_intensity_g_per_kwh", side.gramsPerKwh);
  json.object("parts_j", [&] {
    for (const PlacementPart &part : side.parts)
      json.interval(part.name, part.energyJ);
  });
}

static void network(JsonWriter &json, const AccessNetwork &network) {
  json.text("name", network.name);
  json.quantity("kwh_per_gb", network.kwhPerGb);
  json.quantity("radio_w", network.radioW);
  json.quantity("uplink_mbit_per_s", network.uplinkMbitPerS);
  json.quantity("downlink_mbit_per_s", network.downlinkMbitPerS);
  json.quantity("round_trip_ms", network.roundTripMs);
}

static void placement(JsonWriter &json, const Placement &p) {
  json.head();
  json.text("model", p.model);
  json.object("payload", [&] {
    json.number("up_bytes", p.upBytes);
    json.number("down_bytes", p.downBytes);
  });
  json.integer("cloud_batch", p.cloudBatch);
  json.object("network", [&] { network(json, p.network); });
  json.object("edge", [&] { side(json, p.edge); });
  json.object("cloud", [&] { side(json, p.cloud); });
  json.array("verdicts", [&] {
    for (const SideVerdict &v : p.verdicts)
      json.OStream::object([&] {
        json.text("figure", v.figure);
        json.text("less", v.edge ? "edge" : "cloud");
        json.number("ratio", v.ratio);
        json.boolean("sure", v.sure);
      });
  });
  json.object("break_even", [&] {
    maybe(json, "payload_bytes", p.breakEvenBytes);
    maybe(json, "network_kwh_per_gb", p.breakEvenKwhPerGb);
    maybe(json, "cloud_batch",
          p.breakEvenBatch ? std::optional(double(*p.breakEvenBatch)) : std::nullopt);
    json.integer("most_batch_tried", p.mostBatch);
  });
  json.array("assumptions", [&] {
    for (const std::string &text : p.assumptions)
      json.element(text);
  });
}

void printPlacementJson(const Placement &p, const ViewOptions &, raw_ostream &os) {
  {
    VisibleStream stream(os);
    JsonWriter json(stream, /*IndentSize=*/2);
    json.OStream::object([&] { placement(json, p); });
  }
  os << '\n';
}

} // namespace energyopt
