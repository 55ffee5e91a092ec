//===- SiteOptions.h - Site, lifetime and compare as plain data -*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_OPTIONS_SITEOPTIONS_H
#define ENERGY_OPT_TOOL_OPTIONS_SITEOPTIONS_H

#include "energy-opt/Footprint.h"
#include "energy-opt/Lifetime.h"
#include "energy-opt/Placement.h"

namespace energyopt {

struct SiteLine;

/// What `compare` compares.
struct PlaceOptions {
  std::string edge, cloud;
  AccessNetwork network;
  /// Encoded bytes; nullopt: of the tensors.
  std::optional<double> upBytes, downBytes;
  int64_t cloudBatch = 1;
  /// nullopt: that of --region.
  std::optional<Region> edgeRegion, cloudRegion;
};

struct SiteOptions {
  FootprintOptions footprint;
  std::optional<LifetimeOptions> lifetime;
  PlaceOptions place;
};

/// Reads the options of `line`. `region` is that of --region.
llvm::Error readSiteLine(const SiteLine &line, const std::optional<Region> &region,
                         SiteOptions &options);
/// Reads those of `compare`.
llvm::Error readPlaceLine(const SiteLine &line, SiteOptions &options);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OPTIONS_SITEOPTIONS_H
