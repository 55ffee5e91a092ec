//===- Regions.cpp - Carbon intensity of electricity by place -------------===//
//
// Reads the table that the build embeds (regions.csv); it has neither quotes
// nor commas inside fields.
//
//===----------------------------------------------------------------------===//

#include "energy-opt/Regions.h"

#include "Shape/Nearest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

using namespace llvm;

namespace energyopt {

/// The text of regions.csv.
extern const StringLiteral kRegionsCsv;

/// The text of iso3166.csv.
extern const StringLiteral kIso3166Csv;

/// The code of three letters of a country's code of two; else the name itself.
static StringRef ofThreeLetters(StringRef name) {
  if (name.size() != 2)
    return name;
  for (StringRef rest = kIso3166Csv; !rest.empty();) {
    auto [line, next] = rest.split('\n');
    rest = next;
    if (auto [two, three] = line.split(','); two.equals_insensitive(name))
      return three;
  }
  return name;
}

/// Sources by the short names that the table's head explains.
static StringRef sourceOf(StringRef key) {
  if (key == "owid")
    return "Our World in Data, life cycle";
  if (key == "google")
    return "Google region-carbon-info 2024";
  if (key == "google-2023")
    return "Google region carbon 2023";
  return "Cloud Carbon Footprint";
}

void visitRegions(function_ref<void(const Region &)> visit) {
  StringRef rest = kRegionsCsv;
  while (!rest.empty()) {
    auto [line, next] = rest.split('\n');
    rest = next;
    SmallVector<StringRef, 5> fields;
    line.split(fields, ',');
    Region region;
    // Neither comments nor the head have a number there.
    if (fields.size() != 5 || fields[2].getAsDouble(region.gramsPerKwh))
      continue;
    region.code = fields[0];
    region.name = fields[1];
    region.year = fields[3];
    region.source = sourceOf(fields[4]);
    visit(region);
  }
}

/// How to mend an unknown name: by codes and names that are near to it.
static std::string mend(StringRef name) {
  std::vector<StringRef> known, codes;
  std::vector<Region> near;
  visitRegions(
      [&](const Region &region) { known.insert(known.end(), {region.code, region.name}); });
  std::vector<StringRef> found = nearest(name, known);
  visitRegions([&](const Region &region) {
    if (!is_contained(found, region.code) && !is_contained(found, region.name))
      return;
    near.push_back(region);
    codes.push_back(region.code);
  });
  if (near.size() == 1)
    return ("did you mean '" + near.front().code + "', " + near.front().name + "?").str();
  if (!near.empty())
    return didYouMean(codes);
  return "give a country's code or name (DEU, Germany), or a cloud region "
         "(aws-eu-west-1, azure-eu-west, gcp-europe-west1)";
}

Expected<Region> findRegion(StringRef name) {
  std::optional<Region> found;
  visitRegions([&](const Region &region) {
    for (StringRef known : {region.code, region.name})
      if (!found && known.equals_insensitive(ofThreeLetters(name)))
        found = region;
  });
  if (found)
    return *found;
  return createStringError(inconvertibleErrorCode(),
                           "unknown region '" + name + "'\n" + mend(name));
}

} // namespace energyopt
