//===- Regions.h - Carbon intensity of electricity by place -----*- C++ -*-===//

#ifndef ENERGY_OPT_REGIONS_H
#define ENERGY_OPT_REGIONS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace energyopt {

/// A grid, averaged over a year.
struct Region {
  llvm::StringRef code; // "DEU", "aws-eu-west-1"
  llvm::StringRef name; // "Germany"
  double gramsPerKwh = 0;
  llvm::StringRef year, source;
};

/// The region of an ISO 3166 code, a country's name or a cloud region, in any
/// case. The message of an error says what is near.
llvm::Expected<Region> findRegion(llvm::StringRef name);

/// Calls `visit` with every region, sorted by code.
void visitRegions(llvm::function_ref<void(const Region &)> visit);

} // namespace energyopt

#endif // ENERGY_OPT_REGIONS_H
