//===- Sheet.cpp - The numbers behind an estimate -------------------------===//

#include "energy-opt/Sheet.h"

#include "Estimate.h"

using namespace energyopt;

namespace energyopt {

llvm::Expected<const Constants &> constantsFor(const Target &target, const EnergyOptions &options) {
  if (options.constants)
    return *options.constants;
  if (target.constants)
    return *target.constants;
  return builtinConstants();
}

TargetSheet sheetOf(const Target &target, const EnergyOptions &options) {
  std::string cls = name(target.cls).str();
  TargetSheet sheet{target.name, target.title, cls, target.hash, "", {}, {}};
  visitQuantities(target, [&](llvm::StringRef path, const Quantity &number) {
    sheet.numbers.push_back({path.str(), number});
  });
  if (auto constants = constantsFor(target, options)) {
    sheet.constantsHash = constants->hash;
    visitQuantities(*constants, [&](llvm::StringRef path, const Quantity &number) {
      if (path.starts_with(cls + "."))
        sheet.constants.push_back({path.str(), number});
    });
  } else {
    llvm::consumeError(constants.takeError()); // no estimate without them
  }
  return sheet;
}

} // namespace energyopt
