//===- SiteOptions.cpp - Site, lifetime and compare as plain data ---------===//

#include "Options/SiteOptions.h"

#include "Options/OptionValues.h"
#include "Options/SiteLine.h"

#include "energy-opt/SiteFacts.h"

using namespace llvm;

namespace energyopt {

/// Puts what `parse` makes of an option into `slot`, if it was given.
template <typename Slot, typename Parse>
static Error given(Slot &slot, const SiteLine::Text &option, Parse parse) {
  if (!option.getNumOccurrences())
    return Error::success();
  auto parsed = parse(("--" + option.ArgStr).str(), StringRef(option));
  if (!parsed)
    return parsed.takeError();
  slot = std::move(*parsed);
  return Error::success();
}

/// A share, neither of `open` ends included.
static auto shareBut(double open) {
  return [open](StringRef option, StringRef text) -> Expected<double> {
    auto share = parseShare(option, text);
    if (share && *share == open)
      return usageError(option + ": " + text + " leaves nothing to share",
                        "give it as in " + option + "=50%");
    return share;
  };
}

static auto positive(StringRef unit) {
  return [unit](StringRef option, StringRef text) -> Expected<double> {
    auto number = parseReal(option, text, 0, unit);
    if (number && *number == 0)
      return usageError(option + ": 0 is too small", "give more than 0");
    return number;
  };
}

static Error readRenewable(const SiteLine &line, FootprintOptions &footprint) {
  if (!line.renewable.getNumOccurrences())
    return Error::success();
  StringRef text = line.renewable;
  if (text != "hourly") {
    auto share = parseShare("--renewable", text);
    if (!share)
      return share.takeError();
    footprint.carbonFreeShare = givenAs(*share, "--renewable");
    return Error::success();
  }
  if (!footprint.region)
    return usageError("--renewable=hourly: no region given", "add --region=gcp-europe-west1");
  auto share = hourlyCarbonFreeShare(*footprint.region);
  if (!share)
    return share.takeError();
  footprint.carbonFreeShare = *share;
  return Error::success();
}

static Error readFootprint(const SiteLine &line, FootprintOptions &footprint) {
  footprint.marginal = line.marginal;
  footprint.equivalences = line.equivalences;
  if (line.marginal) {
    if (!footprint.region)
      return usageError("--marginal: no region given", "add --region=egrid-AZNM");
    if (auto marginal = marginalIntensity(*footprint.region); !marginal)
      return marginal.takeError();
  }
  if (Error error = readRenewable(line, footprint))
    return error;
  if (Error error = given(footprint.idleShare, line.idleShare, shareBut(1)))
    return error;
  if (Error error = given(footprint.deviceYears, line.deviceYears, positive("")))
    return error;
  if (Error error = given(footprint.utilization, line.utilization, shareBut(0)))
    return error;
  footprint.embodied = line.embodied || footprint.deviceYears || footprint.utilization;
  return Error::success();
}

static Error readLifetime(const SiteLine &line, std::optional<LifetimeOptions> &lifetime) {
  if (!line.requestsPerDay.getNumOccurrences()) {
    for (const SiteLine::Text *option :
         {&line.years, &line.retrainEvery, &line.trainingKwh, &line.machines})
      if (option->getNumOccurrences())
        return usageError("--" + option->ArgStr + ": of how many requests?",
                          "add --requests-per-day=N");
    return Error::success();
  }
  auto atLeast0 = [](StringRef option, StringRef text) { return parseReal(option, text, 0); };
  LifetimeOptions options;
  if (Error error = given(options.requestsPerDay, line.requestsPerDay, atLeast0))
    return error;
  if (Error error = given(options.years, line.years, positive("")))
    return error;
  if (Error error = given(options.retrainEveryDays, line.retrainEvery, positive("d")))
    return error;
  std::optional<double> kwh;
  if (Error error = given(kwh, line.trainingKwh, atLeast0))
    return error;
  if (kwh)
    options.trainingJ = *kwh * kJoulePerKwh;
  auto count = [](StringRef option, StringRef text) { return parseCount(option, text, 1); };
  if (Error error = given(options.machines, line.machines, count))
    return error;
  lifetime = options;
  return Error::success();
}

Error readSiteLine(const SiteLine &line, const std::optional<Region> &region,
                   SiteOptions &options) {
  options.footprint.region = region;
  if (Error error = readFootprint(line, options.footprint))
    return error;
  return readLifetime(line, options.lifetime);
}

/// "auto", "150kB", or "150kB,2kB".
static Error readPayload(StringRef text, PlaceOptions &place) {
  if (text == "auto")
    return Error::success();
  auto [up, down] = text.split(',');
  auto upBytes = parseBytes("--payload", up);
  if (!upBytes)
    return upBytes.takeError();
  place.upBytes = *upBytes;
  if (down.empty())
    return Error::success();
  auto downBytes = parseBytes("--payload", down);
  if (!downBytes)
    return downBytes.takeError();
  place.downBytes = *downBytes;
  return Error::success();
}

static Error readNetwork(const SiteLine &line, AccessNetwork &network) {
  auto found = findNetwork(line.network);
  if (!found)
    return createStringError(inconvertibleErrorCode(), "--network: " + toString(found.takeError()));
  network = std::move(*found);
  auto quantity = [](StringRef unit) {
    return [unit](StringRef option, StringRef text) -> Expected<Quantity> {
      auto number = positive(unit)(option, text);
      if (!number)
        return number.takeError();
      return givenAs(*number, option);
    };
  };
  if (Error error = given(network.uplinkMbitPerS, line.uplink, quantity("Mbit/s")))
    return error;
  if (Error error = given(network.downlinkMbitPerS, line.downlink, quantity("Mbit/s")))
    return error;
  return given(network.roundTripMs, line.roundTrip, quantity("ms"));
}

Error readPlaceLine(const SiteLine &line, SiteOptions &options) {
  PlaceOptions &place = options.place;
  place.edge = line.edge;
  place.cloud = line.cloud;
  if (place.edge.empty() || place.cloud.empty())
    return usageError("compare: no " + Twine(place.edge.empty() ? "--edge" : "--cloud") + " given",
                      "give both, as in --edge=raspberry-pi-4 --cloud=nvidia-t4");
  auto region = [](StringRef, StringRef text) { return findRegion(text); };
  if (Error error = given(place.edgeRegion, line.edgeRegion, region))
    return error;
  if (Error error = given(place.cloudRegion, line.cloudRegion, region))
    return error;
  if (Error error = readNetwork(line, place.network))
    return error;
  if (Error error = readPayload(line.payload, place))
    return error;
  auto count = [](StringRef option, StringRef text) { return parseCount(option, text, 1); };
  return given(place.cloudBatch, line.cloudBatch, count);
}

} // namespace energyopt
