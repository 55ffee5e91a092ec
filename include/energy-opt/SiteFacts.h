//===- SiteFacts.h - Sourced figures of a device's surroundings -*- C++ -*-===//
//
// PUE, networks, the making of chips, lives of machines, equivalences: what
// lib/Footprint/site.csv holds. The carbon of electricity is Regions.h's.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_SITEFACTS_H
#define ENERGY_OPT_SITEFACTS_H

#include "energy-opt/Interval.h"
#include "energy-opt/Target.h"

#include "llvm/ADT/Twine.h"

namespace energyopt {

constexpr double kJoulePerKwh = 3.6e6;

struct SiteFact {
  llvm::StringRef kind, item; // "pue", "aws"
  llvm::StringRef unit, year; // "ratio", "2023"
  Quantity figure;            // its source names the year too
};

/// Calls `visit` with every fact of a kind, in the order of the table.
void visitFacts(llvm::StringRef kind, llvm::function_ref<void(const SiteFact &)> visit);
/// Null if the table has none of that name.
std::optional<SiteFact> findFact(llvm::StringRef kind, llvm::StringRef item);
/// Of an entry that is always there.
Quantity factOf(llvm::StringRef kind, llvm::StringRef item);

inline Interval intervalOf(const Quantity &q) { return {q.value, q.low, q.high}; }
/// "published: Aslan et al. 2018".
inline std::string originOf(const Quantity &q) { return (name(q.kind) + ": " + q.source).str(); }
/// What a person gave.
Quantity givenAs(double value, llvm::StringRef option);

/// The average PUE of the cloud that a region's code belongs to.
std::optional<Quantity> providerPue(llvm::StringRef regionCode);

} // namespace energyopt

#endif // ENERGY_OPT_SITEFACTS_H
