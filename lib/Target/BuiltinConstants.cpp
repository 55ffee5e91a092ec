//===- BuiltinConstants.cpp - The constants that are in the binary --------===//

#include "FlatConstants.h"
#include "Schema.h"
#include "TargetStore.h"

namespace energyopt {

static Constants unfold(const FlatConstants &flat) {
  auto text = [&](uint32_t start) { return std::string(flat.texts.data() + start); };
  Constants constants;
  constants.hash = text(flat.hash);
  for (const FlatRuntime &runtime : flat.runtimes)
    constants.classes[unsigned(runtime.cls)].runtimes[text(runtime.name)];
  for (uint32_t technology : flat.technologies)
    constants.picojoulePerBit[text(technology)];
  for (uint32_t target : flat.calibrated)
    constants.calibrated.push_back(text(target));
  const FlatNumber *next = flat.numbers.begin();
  unsigned place = 0;
  editQuantities(constants, [&](llvm::StringRef, Quantity &number) {
    if (next != flat.numbers.end() && next->place == place++) {
      number = {next->value, next->low, next->high, next->kind, text(next->source)};
      ++next;
    }
  });
  return constants;
}

llvm::Expected<const Constants &> builtinConstants() {
  static const Constants constants = unfold(flatConstants());
  return constants;
}

llvm::Expected<const Constants &> builtinPriors() {
  static llvm::Expected<Constants> priors = parseConstants(embeddedConstants(), "constants.yaml");
  if (!priors)
    return llvm::createStringError("built-in constants are broken");
  return *priors;
}

} // namespace energyopt
