//===- BuiltinSheets.cpp - The sheets that are in the binary --------------===//

#include "FlatSheets.h"
#include "Schema.h"
#include "TargetStore.h"

#include "llvm/ADT/StringExtras.h"

using namespace energyopt;

static llvm::StringRef viewOf(FlatText start) { return flatSheets().texts + start; }
static std::string textOf(FlatText start) { return viewOf(start).str(); }

/// Puts the given numbers of a sheet in their places.
template <typename SheetT> static void unfold(llvm::ArrayRef<FlatNumber> numbers, SheetT &sheet) {
  unsigned place = 0;
  editQuantities(sheet, [&](const llvm::Twine &, Quantity &number) {
    if (numbers.empty() || numbers.front().place != place++)
      return;
    const FlatNumber &given = numbers.front();
    number = {given.value, given.low, given.high, given.kind, textOf(given.source)};
    numbers = numbers.drop_front();
  });
}

static Constants unfold(const FlatConstants &flat) {
  Constants constants;
  constants.hash = textOf(flat.hash);
  for (const FlatRuntime &runtime : flat.runtimes)
    constants.classes[unsigned(runtime.cls)].runtimes[textOf(runtime.name)];
  for (FlatText technology : flat.technologies)
    constants.picojoulePerBit[textOf(technology)];
  for (FlatText target : flat.calibrated)
    constants.calibrated.push_back(textOf(target));
  unfold(flat.numbers, constants);
  return constants;
}

static Target unfold(const FlatTarget &flat) {
  Target target;
  target.name = textOf(flat.name);
  target.title = textOf(flat.title);
  target.cls = flat.cls;
  llvm::SmallVector<llvm::StringRef, 8> aliases;
  llvm::SplitString(viewOf(flat.aliases), aliases);
  for (llvm::StringRef alias : aliases)
    target.aliases.push_back(alias.str());
  target.runtime = textOf(flat.runtime);
  target.hash = textOf(flat.hash);
  target.host = flat.host;
  for (auto [i, part] : llvm::enumerate(unitParts()))
    (target.*part.member).kind = flat.units[i];
  for (auto [i, part] : llvm::enumerate(memoryParts()))
    (target.*part.member).technology = textOf(flat.technologies[i]);
  unfold(flatSheets().numbers.slice(flat.firstNumber, flat.numbers), target);
  return target;
}

namespace energyopt {

llvm::ArrayRef<TargetEntry> builtinTargets() {
  static const std::vector<TargetEntry> entries = [] {
    std::vector<TargetEntry> all;
    all.reserve(flatSheets().targets.size());
    for (const FlatTarget &target : flatSheets().targets)
      all.push_back(
          {viewOf(target.name), viewOf(target.title), name(target.cls), viewOf(target.aliases)});
    return all;
  }();
  return entries;
}

Target builtinTarget(size_t index) { return unfold(flatSheets().targets[index]); }

llvm::Expected<const Constants &> builtinConstants() {
  // Never freed, as they are in use up to the end.
  static const Constants &constants = *new Constants(unfold(flatSheets().constants));
  return constants;
}

llvm::Expected<const Constants &> builtinPriors() {
  static llvm::Expected<Constants> priors = parseConstants(flatSheets().priors, "constants.yaml");
  if (!priors)
    return llvm::createStringError("built-in constants are broken");
  return *priors;
}

} // namespace energyopt
